/** Text in DICOM: bytes to strings by Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 section 6.1). Never fails: what is undecodable becomes U+FFFD or Latin-1. */

import { TextDecoder } from "node:util";

/** Encoding names of the WHATWG standard for the single-byte sets, and the multi-byte sets that stand alone. */
const whole: Readonly<Record<string, string>> = {
  "13": "shift_jis",
  "101": "iso-8859-2",
  "109": "iso-8859-3",
  "110": "iso-8859-4",
  "126": "iso-8859-7",
  "127": "iso-8859-6",
  "138": "iso-8859-8",
  "144": "iso-8859-5",
  "148": "windows-1254",
  "166": "windows-874",
  "192": "utf-8",
  GB18030: "gb18030",
  GBK: "gbk",
};

/** Escape sequences that designate a set to G1 (bytes above 7F), by what follows ESC. */
const highSets: Readonly<Record<string, string>> = {
  "$)A": "gbk",
  "$)C": "euc-kr",
  ")I": "shift_jis",
  "-A": "latin1",
  "-B": "iso-8859-2",
  "-C": "iso-8859-3",
  "-D": "iso-8859-4",
  "-F": "iso-8859-7",
  "-G": "iso-8859-6",
  "-H": "iso-8859-8",
  "-L": "iso-8859-5",
  "-M": "windows-1254",
  "-T": "windows-874",
};
const decoders = new Map<string, TextDecoder>();

function decodeAs(encoding: string, bytes: Buffer): string {
  if (encoding === "latin1") return bytes.toString("latin1");
  let decoder = decoders.get(encoding);
  if (decoder === undefined) {
    decoder = new TextDecoder(encoding);
    decoders.set(encoding, decoder);
  }
  return decoder.decode(bytes);
}

/** `ISO 2022 IR 58`, `ISO_IR 58`, `ISO-IR 58` all become `58`. */
const shortName = (declared: string): string => {
  const name = declared.trim().toUpperCase();
  return name.replace(/^ISO[ _-]?(2022[ _-])?IR[ _-]/, "");
};

const encodingOf = (name: string | undefined): string => (name === undefined ? "latin1" : (whole[name] ?? "latin1"));

/** Decodes `bytes`; `declared` are the values of (0008,0005). */
export function decodeText(bytes: Buffer, declared: readonly string[]): string {
  const sets = declared.map(shortName);
  const first = encodingOf(sets[0]);
  if (!bytes.includes(0x1b)) {
    // ISO 2022 without any escape: only the first set is in force.
    return decodeAs(first, bytes);
  }
  return decodeEscaped(bytes, first);
}

/** ISO 2022: escape sequences switch sets, delimiters switch back to the first (PS3.5 6.1.2.5.3). */
function decodeEscaped(bytes: Buffer, first: string): string {
  let out = "";
  let low: "ascii" | "0208" | "0212" = "ascii";
  let high = first;
  let run = 0;
  const flush = (end: number): void => {
    if (end > run) {
      const part = bytes.subarray(run, end);
      out += low === "ascii" ? decodeAs(high, part) : decodeTwoByte(part, low === "0212");
    }
    run = end;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x1b) {
      flush(at);
      const escape = /^(\$\([A-Z]|\$\)[A-Z]|\$[A-Z]|[()-][A-Z])/.exec(bytes.toString("latin1", at + 1, at + 4))?.[0];
      if (escape === undefined) continue;
      if (escape === "$B" || escape === "$@") low = "0208";
      else if (escape === "$(D") low = "0212";
      else if (escape.startsWith("(")) low = "ascii";
      else high = highSets[escape] ?? high;
      at += escape.length;
      run = at + 1;
    } else if (low === "ascii" && isDelimiter(byte)) {
      flush(at + 1);
      high = first;
    }
  }
  flush(bytes.length);
  return out;
}

/** `\ ^ =` and the control characters that end a line or a column. */
const isDelimiter = (byte: number): boolean =>
  byte === 0x5c || byte === 0x5e || byte === 0x3d || byte === 0x0d || byte === 0x0a || byte === 0x0c || byte === 0x09;

/** JIS X 0208 or 0212 in G0, decoded as EUC-JP, where the same codes have their high bits set. */
function decodeTwoByte(part: Buffer, supplementary: boolean): string {
  const euc: number[] = [];
  for (let at = 0; at + 1 < part.length; at += 2) {
    if (supplementary) euc.push(0x8f);
    euc.push(part[at]! | 0x80, part[at + 1]! | 0x80);
  }
  return decodeAs("euc-jp", Buffer.from(euc));
}
