/**
 * The shared material (oracles, real data) that tests read beside the repository: `MEDASSAY_SHARED`, default `../shared`.
 * Where it is missing, a test says how many cases were not run.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const repositoryRoot = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** Absolute path of the shared folder, or null where there is none. */
export function sharedFolder(): string | null {
  const folder = resolve(repositoryRoot, process.env.MEDASSAY_SHARED ?? "../shared");
  return existsSync(folder) ? folder : null;
}

/** Prints one line that says what could not be run because the shared folder, or a part of it, is missing. */
export function noteMissing(what: string, cases: number): void {
  process.stdout.write(`${what}: ${cases} cases not run, no shared material at MEDASSAY_SHARED (default ../shared)\n`);
}
