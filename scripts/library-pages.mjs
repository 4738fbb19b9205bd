/** The reference of `medassay/stats` and `medassay/metrics`: every public function with its arguments and docstring, read by TypeScript. */
import { basename, relative, sep } from "node:path";
import ts from "typescript";

/** Public functions of a module: file, name, arguments, docstring. */
function functionsOf(program, file) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const found = [];
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.find(
      (node) => ts.isFunctionDeclaration(node) || (ts.isVariableDeclaration(node) && node.initializer),
    );
    if (!declaration) continue;
    const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
    if (!signature) continue;
    const args = signature.getParameters().map((parameter) => {
      const { valueDeclaration } = parameter;
      const optional = valueDeclaration?.initializer !== undefined || valueDeclaration?.questionToken !== undefined;
      const bound = valueDeclaration?.name;
      const name =
        bound && ts.isObjectBindingPattern(bound)
          ? `{ ${bound.elements.map((element) => element.name.getText()).join(", ")} }`
          : parameter.name;
      return optional ? `${name}?` : name;
    });
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    found.push({ file: declaration.getSourceFile().fileName, name: exported.name, args, text });
  }
  return found;
}

/** `{@link x}` as code, on one line. */
const plain = (text) => text.replace(/\{@link (\w+)\}/g, "`$1`").replace(/\s*\n\s*/g, " ");

const fileTitle = (file) => {
  const words = basename(file, ".ts").replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/**
 * Body of docs/library.md.
 * @param root absolute path of the repository, @param firstComment reads what a file says that it is for
 */
export function librarySections(root, firstComment) {
  const program = ts.createProgram(
    ["stats", "metrics"].map((room) => `${root}/src/${room}/index.ts`),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, strict: true, noEmit: true, types: ["node"] },
  );
  return ["stats", "metrics"].flatMap((room) => {
    const functions = functionsOf(program, `${root}/src/${room}/index.ts`);
    const files = [...new Set(functions.map(({ file }) => file))].sort();
    return [
      `## medassay/${room}`,
      ...files.flatMap((file) => [
        `### ${fileTitle(file)}`,
        firstComment(relative(root, file).split(sep).join("/")),
        functions
          .filter((one) => one.file === file)
          .map(({ name, args, text }) => `- \`${name}(${args.join(", ")})\`${text === "" ? "" : `: ${plain(text)}`}`)
          .join("\n"),
      ]),
    ];
  });
}
