/** Where the compiled child and the packages that it loads are. The child is always compiled JavaScript. */
import { existsSync, lstatSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve, sep } from "node:path";
import { fail } from "../contract/errors.js";
import { packageRoot as packageFolder } from "../contract/tool.js";

const packageRoot = realpathSync(packageFolder);
const packages = ["onnxruntime-node", "onnxruntime-common", "sharp", "zod", "p-limit"];

/** The child's module. @throws INFERENCE_CHILD_FAILED when the package is not built */
export function childModule(): string {
  const file = join(packageRoot, "dist", "src", "inference", "child.js");
  if (!existsSync(file))
    fail("INFERENCE_CHILD_FAILED", `${file} does not exist`, { file, hint: "Build first: npm run build." });
  return file;
}

/** Folders that the child reads its code from: for a sandbox that shows nothing else. */
export function codeFolders(): string[] {
  const folders = new Set([join(packageRoot, "dist"), join(packageRoot, "package.json")]);
  const require = createRequire(join(packageRoot, "package.json"));
  for (const name of packages) {
    let entry: string;
    try {
      entry = realpathSync(require.resolve(name));
    } catch {
      continue;
    }
    const marker = `${sep}node_modules${sep}`;
    // The outermost one: layouts of links (pnpm) keep packages in folders inside it.
    const at = entry.indexOf(marker);
    if (at !== -1) folders.add(entry.slice(0, at + marker.length - 1));
  }
  return [...folders].map((folder) => resolve(folder));
}

/** Where the package's own node_modules is a link: [link, what it points to]. */
export function codeLinks(): [string, string][] {
  const folder = join(packageRoot, "node_modules");
  const isLink = lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? [[folder, realpathSync(folder)]] : [];
}

/** Version of ONNX Runtime, without loading it; null where it is not installed. */
export function onnxruntimeVersion(): string | null {
  try {
    const require = createRequire(join(packageRoot, "package.json"));
    return (require("onnxruntime-node/package.json") as { version: string }).version;
  } catch {
    return null;
  }
}
