/** Whether the truth of a test set is sealed, lies open, or is not there. Looks at names only, opens nothing. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { names, partOf } from "./folder.js";

/** Where truth/ goes while it is being removed; plain truth lies open until it is gone. */
export const removedTruth = ".medassay-truth-removed";

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** `open` whenever plain truth lies in the folder, also beside a seal. */
export async function truthState(folder: string): Promise<"sealed" | "open" | "missing"> {
  if ((await exists(partOf(folder, "truth"))) || (await exists(join(folder, removedTruth)))) return "open";
  const sealed = (await exists(partOf(folder, "sealedTruth"))) && (await exists(partOf(folder, "seal")));
  return sealed ? "sealed" : "missing";
}

/** Name of the truth's files inside truth.age. */
export const archiveFolder = `${names.truth}/`;
