/** The documents of a folder of reference cases, the keys in them that are information, and which documents hold no cases. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "../shared.js";

export interface OracleDocument {
  name: string;
  content: unknown;
}

/** Every `*.json` of `oracles/<folder>` by name; null where the folder, or any document in it, is missing. */
export function documentsOf(folder: string): { root: string; documents: OracleDocument[] } | null {
  const shared = sharedFolder();
  const root = shared === null ? null : join(shared, "oracles", folder);
  if (root === null || !existsSync(root)) return null;
  const names = readdirSync(root)
    .filter((name) => name.endsWith(".json"))
    .sort();
  if (names.length === 0) return null;
  const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), "utf8"));
  return { root, documents: names.map((name) => ({ name, content: read(name) })) };
}

const information = new Set(["about", "note", "words", "source", "sources", "peer", "peers", "disagree", "check"]);

/** Keys that say something about a case and are never compared. */
export const isInformation = (key: string): boolean => information.has(key) || key.startsWith("tool_");

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Words of documents that hold cases, whatever their shape. */
const words = new Set([
  ...["expected", "expect", "cases", "tests", "results", "result", "answers", "output", "outputs", "method", "id"],
  ...["weights", "replicates", "invalidInputs", "reference", "marks", "marksA", "ref", "pred", "detection"],
]);

/** Whether a document that no reader knows may hold reference cases: passing over it would hide them. */
export function mayHoldCases(content: unknown): boolean {
  if (Array.isArray(content)) return content.some(mayHoldCases);
  if (!isObject(content)) return false;
  return Object.entries(content).some(([key, value]) => words.has(key) || (!isInformation(key) && mayHoldCases(value)));
}

/** Says that a document without cases was passed over. */
export function notePassedOver(folder: string, name: string): void {
  process.stdout.write(`oracles/${folder}/${name}: holds no reference cases, passed over\n`);
}
