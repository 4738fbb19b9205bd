import tseslint from "typescript-eslint";

/** Numbers that reach result files come from these rooms: the same bytes wherever and whenever they are made. */
const counting = ["src/stats/**", "src/metrics/**", "src/tasks/**", "src/evaluation/**", "src/geometry/**"];
/** Rooms that besides know nothing but their arguments. */
const pure = ["src/stats/**", "src/metrics/**", "src/tasks/**", "src/geometry/**"];

const power = "differs between Node versions: multiply, or exp(y * log x)";
const clock = "results know no clock";
const locale = "differs between locales: compare with < and print with storage/canonical-json.ts";
const arrival = "takes what comes first: wait for all, in a fixed order";
const ambient = "known to the process, not to the call";

export default tseslint.config(
  { ignores: ["dist", "schemas", "node_modules", "reports", "**/*.mjs", "eslint.config.js"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: counting,
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "pow", message: power },
        { object: "Math", property: "random", message: "use stats/random.ts" },
        { object: "Promise", property: "race", message: arrival },
        { object: "Promise", property: "any", message: arrival },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "BinaryExpression[operator='**']", message: power },
        { selector: "AssignmentExpression[operator='**=']", message: power },
        { selector: "MemberExpression[property.name=/^(toLocale|localeCompare)/]", message: locale },
        { selector: "ForInStatement", message: "takes inherited keys, in an order of its own: use Object.entries" },
      ],
      "no-restricted-globals": [
        "error",
        { name: "Date", message: clock },
        { name: "performance", message: clock },
        { name: "Intl", message: locale },
        { name: "crypto", message: "use stats/random.ts" },
      ],
      "@typescript-eslint/require-array-sort-compare": ["error", { ignoreStringArrays: true }],
    },
  },
  {
    files: pure,
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "Date", message: clock },
        { name: "performance", message: clock },
        { name: "Intl", message: locale },
        { name: "crypto", message: "use stats/random.ts" },
        { name: "process", message: ambient },
        { name: "globalThis", message: ambient },
      ],
      "no-restricted-imports": ["error", { patterns: [{ group: ["node:*"], message: ambient }] }],
    },
  },
  { files: ["test/**", "bench/**", "models/**"], rules: { "no-console": "off" } },
  {
    files: ["test/**"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
