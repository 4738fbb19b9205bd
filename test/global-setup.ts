/**
 * Before any test: brings dist/ up to date, since models run in a child process that is compiled JavaScript. Only files that
 * changed are compiled, one by one and without type check (the test command checks types as a step of its own).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Compiles what is newer than its output; returns how many files. */
export default function setup(): void {
  const source = readFileSync(join(root, "tsconfig.json"), "utf8");
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", source) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  for (const room of ["src", "datasets"]) for (const file of sources(join(root, room))) compile(file, options);
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function compile(file: string, options: ts.CompilerOptions): void {
  const target = join(root, "dist", relative(root, file)).replace(/\.ts$/, ".js");
  if (existsSync(target) && statSync(target).mtimeMs >= statSync(file).mtimeMs) return;
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    fileName: file,
    // Every file is an ES module; without its neighbours the compiler could not know.
    compilerOptions: {
      ...options,
      noEmit: false,
      module: ts.ModuleKind.ES2022,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    },
  });
  mkdirSync(dirname(target), { recursive: true });
  // Several test runs may compile at once: each file appears whole.
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, outputText);
  renameSync(temporary, target);
}
