import tseslint from "typescript-eslint";

/** Numbers that reach result files come from these rooms. */
const pure = ["src/stats/**", "src/metrics/**", "src/tasks/**", "src/evaluation/**", "src/geometry/**"];

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
    files: pure,
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "pow", message: "differs between Node versions: multiply, or exp(y * log x)" },
        { object: "Math", property: "random", message: "use stats/random.ts" },
        { object: "Date", property: "now", message: "results know no clock" },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "BinaryExpression[operator='**']", message: "differs between Node versions" },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "results know no clock" },
      ],
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
