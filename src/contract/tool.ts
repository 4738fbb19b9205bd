/** Name and version of this tool, as documents carry them. */
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the package: the nearest one above this file that holds package.json (sources and compiled code lie at different depths). */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

export const packageRoot = packageFolder();

const { version } = createRequire(import.meta.url)(join(packageRoot, "package.json")) as { version: string };

export const tool = { name: "medassay", version } as const;
