/** One run at a time in a folder: a file that names the process, taken over when that process is gone. */
import { open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fail } from "../contract/errors.js";
import { failStorage } from "../storage/errors.js";

const attempts = 3;

/** Locks a folder; the function that comes back unlocks it. @throws RUN_FOLDER_BUSY, STORAGE_* */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, ".medassay-lock");
  const own = `${hostname()} ${process.pid}\n`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const handle = await open(file, "wx");
      try {
        await handle.writeFile(own);
      } finally {
        await handle.close();
      }
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        await rm(file, { force: true }).catch(() => {});
        failStorage(error, file);
      }
    }
    const holder = await readFile(file, "utf8").catch(() => "");
    if (isHeld(holder)) fail("RUN_FOLDER_BUSY", `${folder} is in use by process ${holder.trim()}`, { file });
    await rm(file, { force: true });
  }
  fail("RUN_FOLDER_BUSY", `${folder} is being taken by others`, { file });
}

/** A holder on another machine counts as alive; one on this machine is looked for. A file that was cut short holds nothing. */
function isHeld(holder: string): boolean {
  const [host, pid] = holder.trim().split(" ");
  if (host === undefined || pid === undefined) return false;
  if (host !== hostname()) return true;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
