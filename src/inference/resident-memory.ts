/** Resident memory of a process, or of the innermost process that its wrappers started. Linux; 0 elsewhere. */
import { readFileSync } from "node:fs";

/** Bytes; 0 where it can't be known. */
export function residentBytes(pid: number): number {
  try {
    let at = pid;
    for (let depth = 0; depth < 4; depth++) {
      const children = readFileSync(`/proc/${at}/task/${at}/children`, "utf8").trim().split(" ");
      if (children[0] === "" || children[0] === undefined) break;
      at = Number(children.at(-1));
    }
    const pages = Number(readFileSync(`/proc/${at}/statm`, "utf8").split(" ")[1]);
    return Number.isFinite(pages) ? pages * 4096 : 0;
  } catch {
    return 0;
  }
}
