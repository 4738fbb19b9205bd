/** Reading documents of the contract: bounded, parsed, judged by their schema, with file, line and JSON pointer in errors. */
import { open, stat } from "node:fs/promises";
import { isScalar, LineCounter, parseDocument } from "yaml";
import type { ZodError } from "zod";
import type { DocumentDefinition } from "../contract/document.js";
import { withoutExtensions } from "../contract/document.js";
import { fail } from "../contract/errors.js";
import { failStorage } from "./errors.js";

/** Largest human-written or JSON document, bytes. */
const documentLimit = 64 * 1024 * 1024;
/** Largest JSON Lines file, bytes. */
const linesLimit = 2 * 1024 * 1024 * 1024;

/** Reads a text file up to a limit. @throws DOCUMENT_MISSING, LIMIT_EXCEEDED, STORAGE_READ_FAILED */
export async function readText(file: string, limitBytes: number = documentLimit): Promise<string> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) fail("DOCUMENT_MISSING", `${file} is not a file`, { file });
    if (stats.size > limitBytes)
      fail("LIMIT_EXCEEDED", `${file} has ${stats.size} bytes, the limit is ${limitBytes}`, { file });
    const handle = await open(file, "r");
    try {
      return (await handle.readFile()).toString("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    failStorage(error, file, true);
  }
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function issueText(error: ZodError): { text: string; path: PropertyKey[] } {
  const issue = error.issues[0];
  if (!issue) return { text: "is not valid", path: [] };
  const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
  return { text: issue.message, path: keys.length > 0 ? [...issue.path, keys[0] as string] : [...issue.path] };
}

/** Judges a parsed value. `lineOf` finds the line of a path, where the source has lines. */
export function validateDocument<T>(
  definition: DocumentDefinition<T>,
  value: unknown,
  file: string,
  lineOf: (path: readonly PropertyKey[]) => number | undefined = () => undefined,
): T {
  const parsed = bounded(file, () => definition.type.safeParse(withoutExtensions(value)));
  if (parsed.success) return parsed.data;
  const { text, path } = issueText(parsed.error);
  const pointer = pointerOf(path);
  const line = lineOf(path);
  const place = `${file}${line === undefined ? "" : `:${line}`}${pointer === "" ? "" : ` at ${pointer}`}`;
  fail("DOCUMENT_INVALID", `${place}: ${text} (${definition.schemaId})`, { file, line, pointer });
}

/** Deepest nesting of brackets that a document of ours could want; the parser's time grows with it. */
const deepestFlow = 1000;

/** Upper bound of the nesting of `[` and `{`, strings included. */
function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/** Nesting that exhausts the stack is the document's fault, not ours. */
function bounded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fail("LIMIT_EXCEEDED", `${file} is nested too deep`, { file, cause: error });
  }
}

/** The value of a YAML document; one whose aliases multiply beyond measure is refused. */
function aliasesBounded(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError) fail("LIMIT_EXCEEDED", `${file}: ${error.message}`, { file, cause: error });
    throw error;
  }
}

/** Reads and judges a YAML document. Aliases are bounded; duplicate keys are errors. @throws DOCUMENT_* */
export async function readYaml<T>(file: string, definition: DocumentDefinition<T>): Promise<T> {
  const text = await readText(file, 4 * 1024 * 1024);
  if (flowDepth(text) > deepestFlow) fail("LIMIT_EXCEEDED", `${file} is nested too deep`, { file });
  const counter = new LineCounter();
  const document = bounded(file, () => parseDocument(text, { lineCounter: counter, uniqueKeys: true }));
  const problem = document.errors[0];
  if (problem) {
    const line = counter.linePos(problem.pos[0]).line;
    fail("DOCUMENT_SYNTAX", `${file}:${line}: ${problem.message.split("\n")[0]}`, { file, line });
  }
  const value: unknown = bounded(file, () => aliasesBounded(document, file));
  return validateDocument(definition, value, file, (path) => {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node && (isScalar(node) || node.range)) return counter.linePos(node.range?.[0] ?? 0).line;
    }
    return undefined;
  });
}

/** Reads and judges a JSON document. @throws DOCUMENT_* */
export async function readJson<T>(file: string, definition: DocumentDefinition<T>): Promise<T> {
  const text = await readText(file, linesLimit);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail("DOCUMENT_SYNTAX", `${file} is not JSON: ${(error as Error).message.slice(0, 200)}`, { file });
  }
  return validateDocument(definition, value, file);
}

/** Reads and judges JSON Lines, line by line. Empty lines are errors. @throws DOCUMENT_* with the line */
export async function readJsonLines<T>(file: string, definition: DocumentDefinition<T>): Promise<T[]> {
  return parseJsonLines(await readText(file, linesLimit), definition, file);
}

/** As {@link readJsonLines}, from a text in memory. */
export function parseJsonLines<T>(text: string, definition: DocumentDefinition<T>, file: string): T[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, index) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      fail("DOCUMENT_SYNTAX", `${file}:${index + 1}: not JSON`, { file, line: index + 1 });
    }
    return validateDocument(definition, value, file, () => index + 1);
  });
}
