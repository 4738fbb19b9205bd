/** Builds the package: compiled code in dist/, JSON Schemas of the documents in schemas/. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(join(root, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
const { publishedSchemas } = await import(new URL("../dist/src/contract/documents.js", import.meta.url).href);
rmSync(join(root, "schemas"), { recursive: true, force: true });
mkdirSync(join(root, "schemas"));
for (const { file, schema } of publishedSchemas()) {
  writeFileSync(join(root, "schemas", file), `${JSON.stringify(schema, null, 2)}\n`);
}
chmodSync(join(root, "dist/src/cli/main.js"), 0o755);
