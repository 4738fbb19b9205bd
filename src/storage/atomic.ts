/** Files appear whole or not at all: written beside their place, flushed, renamed. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { failStorage } from "./errors.js";

let counter = 0;

/** Name for a temporary file beside `path`; readers of folders skip names that start with `.medassay-`. */
function temporaryBeside(path: string): string {
  return join(dirname(path), `.medassay-${process.pid}-${counter++}-${basename(path)}`);
}

/** Writes a file whole: on any failure the old content stays. @throws STORAGE_FULL, STORAGE_NOT_WRITABLE */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await produceFile(path, async (temporary) => {
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** As {@link writeFileAtomic}, for a file that `produce` writes under a temporary name. */
export async function produceFile(path: string, produce: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await produce(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    failStorage(error, path);
  }
}

/** Writes a JSON document, indented, ending in a line feed. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Writes JSON Lines. */
export async function writeJsonLines(path: string, lines: readonly unknown[]): Promise<void> {
  await writeFileAtomic(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Makes a rename durable. Folders can't be opened for sync everywhere: then the rename alone must do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  if (!handle) return;
  await handle.sync().catch(() => {});
  await handle.close();
}
