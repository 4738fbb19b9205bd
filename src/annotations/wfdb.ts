/** WFDB records without their signals: the header (.hea) and annotation files in MIT format (.atr, .qrs ...). */
import { open, stat } from "node:fs/promises";
import { fail } from "../contract/errors.js";
import { readText } from "../storage/documents.js";
import { failStorage } from "../storage/errors.js";

export interface WfdbHeader {
  readonly record: string;
  readonly signals: number;
  /** Hz. */
  readonly fs: number;
  /** Length of the record; null: not stated. */
  readonly samples: number | null;
  /** Years; null: not stated. */
  readonly age: number | null;
  readonly sex: "M" | "F" | null;
}

export interface WfdbAnnotation {
  readonly sample: number;
  /** Code as it is printed: `N`, `V`, `+`, `[` ... */
  readonly symbol: string;
  readonly subtype: number;
  /** Text, such as the rhythm of `+`. */
  readonly aux: string;
}

export interface WfdbAnnotations {
  readonly annotations: WfdbAnnotation[];
  /** Samples a second that the file says its times are in; null: those of the record. */
  readonly timeResolution: number | null;
}

const maxHeaderBytes = 1024 * 1024;
const maxAnnotationBytes = 64 * 1024 * 1024;

/** Reads a header. @throws ANNOTATION_INVALID (with the line), LIMIT_EXCEEDED, DOCUMENT_MISSING */
export async function readWfdbHeader(file: string): Promise<WfdbHeader> {
  return parseWfdbHeader(await readText(file, maxHeaderBytes), file);
}

/** `name[/segments] signals [fs[/counter] [samples ...]]`, then signals; comments anywhere. Frequency is 250 Hz unless stated. */
export function parseWfdbHeader(text: string, file: string): WfdbHeader {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  const parts = /^([A-Za-z0-9_]+)(?:\/\d+)?\s+(\d{1,4})(?:\s+([\d.eE+]{1,20})(?:\/\S*)?(?:\s+(\d{1,15})\b)?)?/.exec(
    lines[at] ?? "",
  );
  const fs = Number(parts?.[3] ?? 250);
  if (!parts || !(fs > 0 && fs <= 1e6))
    fail("ANNOTATION_INVALID", "the header has no record line with name, signals and frequency", {
      file,
      line: at + 1,
    });
  const samples = Number(parts[4] ?? 0);
  const comments = lines.filter((line) => line.startsWith("#")).map((line) => line.slice(1).trim());
  return {
    record: parts[1] as string,
    signals: Number(parts[2]),
    fs,
    samples: samples > 0 ? samples : null,
    ...personOf(comments),
  };
}

/** Age and sex as comments give them: `Age: 69`, `Sex: M`, or (MIT-BIH) `69 M ...` first. */
function personOf(comments: readonly string[]): Pick<WfdbHeader, "age" | "sex"> {
  const [, plainAge, plainSex] = /^(-?\d{1,3}) ([MF])\b/.exec(comments[0] ?? "") ?? [];
  const field = (name: RegExp): string | undefined =>
    comments.map((comment) => name.exec(comment)?.[1]).find((value) => value !== undefined);
  const age = Number(plainAge ?? field(/^<?age>?\s*:?\s*(\d{1,3})\b/i) ?? -1);
  const sex = (plainSex ?? field(/^<?(?:sex|gender)>?\s*:?\s*([MF])/i))?.toUpperCase();
  return { age: age >= 0 ? age : null, sex: sex === "M" || sex === "F" ? sex : null };
}

/** Codes 0 to 41, in their order; a blank is none. */
const symbols = ' NLRaVFJASEj/Q~ | sT*D"=pB^t+u?![]en@xf()r';
const [skip, num, sub, chn, aux] = [59, 60, 61, 62, 63] as const;
/** Code of a note. */
const note = '"';

/** Reads an annotation file. @throws ANNOTATION_INVALID, LIMIT_EXCEEDED, DOCUMENT_MISSING */
export async function readWfdbAnnotations(file: string): Promise<WfdbAnnotations> {
  try {
    const { size } = await stat(file);
    if (size > maxAnnotationBytes)
      fail("LIMIT_EXCEEDED", `${file} has ${size} bytes, the limit is ${maxAnnotationBytes}`, { file });
    const handle = await open(file, "r");
    try {
      return parseWfdbAnnotations(await handle.readFile(), file);
    } finally {
      await handle.close();
    }
  } catch (error) {
    failStorage(error, file, true);
  }
}

/**
 * Parses MIT format: little-endian words of code (6 bits) and time since the annotation before (10 bits), with words for
 * longer times, subtype and text. Text of bytes, as Latin-1; a closing NUL is left out.
 */
export function parseWfdbAnnotations(bytes: Uint8Array, file: string): WfdbAnnotations {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const annotations: WfdbAnnotation[] = [];
  let at = 0;
  let sample = 0;
  const refuse = (message: string): never => fail("ANNOTATION_INVALID", `${message} at byte ${at}`, { file });
  const word = (): number => {
    if (at + 2 > bytes.length) refuse("the file ends within an annotation");
    at += 2;
    return view.getUint16(at - 2, true);
  };
  while (at < bytes.length) {
    const first = word();
    if (first === 0) break;
    const [code, rest] = [first >> 10, first & 0x3ff];
    if (code === skip) {
      // The high word first.
      const high = word();
      sample += ((high << 16) | word()) + rest;
      continue;
    }
    const last = annotations.at(-1);
    if (code >= num) {
      if (code === aux) {
        const end = at + rest;
        if (end > bytes.length) refuse("a text is longer than the file");
        const text = Buffer.from(bytes.subarray(at, end)).toString("latin1").replace(/\0+$/, "");
        at = end + (rest % 2);
        if (last) annotations[annotations.length - 1] = { ...last, aux: text };
      } else if (code === sub && last) {
        annotations[annotations.length - 1] = { ...last, subtype: (rest << 24) >> 24 };
      } else if (code !== chn && code !== num && !last) refuse("a subtype stands before the first annotation");
      continue;
    }
    sample += rest;
    const symbol = symbols[code] ?? " ";
    if (sample < 0) refuse("an annotation lies before the record");
    annotations.push({ sample, symbol: symbol === " " ? `[${code}]` : symbol, subtype: 0, aux: "" });
  }
  return withoutDefinitions(annotations);
}

/** Notes at time 0 that start with `##` tell how to read the file. */
function withoutDefinitions(all: readonly WfdbAnnotation[]): WfdbAnnotations {
  let timeResolution: number | null = null;
  const annotations = all.filter(({ sample, symbol, aux: text }) => {
    if (sample !== 0 || symbol !== note || !text.startsWith("##")) return true;
    const stated = /^## time resolution: ([\d.]+)$/.exec(text)?.[1];
    if (stated !== undefined && Number(stated) > 0) timeResolution = Number(stated);
    return false;
  });
  return { annotations, timeResolution };
}
