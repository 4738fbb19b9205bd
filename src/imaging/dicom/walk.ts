/** Walks the elements of a DICOM data set in memory without decoding values (PS3.5 section 7): what is where, up to the pixel data. Never recurses. */

/** Where an element's value lies. Offsets count from the start of the buffer that was walked. */
interface ElementPlace {
  /** Two letters; empty where the encoding carries none (implicit VR). */
  vr: string;
  offset: number;
  /** Bytes of the value; -1 for encapsulated pixel data (undefined length). */
  length: number;
}

export interface Encoding {
  implicit: boolean;
  bigEndian: boolean;
}

export type WalkEnd =
  /** All elements before the end of the buffer were read. */
  | { kind: "end" }
  /** Stopped at pixel data, whose place is among the elements. */
  | { kind: "pixels"; tag: number }
  /** The buffer ends inside an element that needs bytes up to `need` (at least). */
  | { kind: "short"; at: number; need: number }
  /** Not to be read on from `at`. */
  | { kind: "malformed"; at: number; reason: string };

/** Tags are `group * 65536 + element`. */
export type Elements = Map<number, ElementPlace>;

const maxDepth = 64;
const maxElements = 100_000;
const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const pixelTags = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);
/** VRs with a 16-bit length; all others, unknown ones too, have 32 bits (PS3.5 7.1.2). */
const shortForm = new Set(
  "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US"
    .split(" ")
    .map((vr) => (vr.charCodeAt(0) << 8) | vr.charCodeAt(1)),
);
const vrNames = new Map<number, string>();

const isCapital = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

/** True where an element at `at` names a VR: then the data set is explicit, whatever the file says. */
export function looksExplicit(buffer: Buffer, at: number): boolean {
  return at + 6 <= buffer.length && isCapital(buffer[at + 4]!) && isCapital(buffer[at + 5]!);
}

/** Reads element headers one after the other; the fields hold the last one read. */
class Cursor {
  tag = 0;
  vr = 0;
  /** Offset of the value. */
  value = 0;
  length = 0;

  constructor(
    private readonly buffer: Buffer,
    private readonly bigEndian: boolean,
  ) {}

  private u16(at: number): number {
    const low = this.buffer[at]!;
    const high = this.buffer[at + 1]!;
    return this.bigEndian ? (low << 8) | high : low | (high << 8);
  }

  private u32(at: number): number {
    return this.bigEndian ? this.buffer.readUInt32BE(at) : this.buffer.readUInt32LE(at);
  }

  /** Reads the element header at `at`; 0 when it was whole, else how many bytes the buffer must have. */
  read(at: number, implicit: boolean): number {
    if (at + 8 > this.buffer.length) return at + 8;
    this.tag = this.u16(at) * 65536 + this.u16(at + 2);
    this.vr = 0;
    if (this.tag >= item && this.tag <= sequenceEnd) {
      this.length = this.u32(at + 4);
      this.value = at + 8;
      return 0;
    }
    const first = this.buffer[at + 4]!;
    const second = this.buffer[at + 5]!;
    // An element without VR letters in an explicit data set is read as implicit: some writers mix them.
    if (implicit || !isCapital(first) || !isCapital(second)) {
      this.length = this.u32(at + 4);
      this.value = at + 8;
      return 0;
    }
    this.vr = (first << 8) | second;
    if (shortForm.has(this.vr)) {
      this.length = this.u16(at + 6);
      this.value = at + 8;
      return 0;
    }
    if (at + 12 > this.buffer.length) return at + 12;
    this.length = this.u32(at + 8);
    this.value = at + 12;
    return 0;
  }
}

function nameOf(vr: number): string {
  if (vr === 0) return "";
  let name = vrNames.get(vr);
  if (name === undefined) {
    name = String.fromCharCode(vr >> 8, vr & 255);
    vrNames.set(vr, name);
  }
  return name;
}

const unknownVr = (0x55 << 8) | 0x4e;

/** Steps over a sequence of undefined length whose first item is at `start`; returns the offset behind it, or why not. */
function skipSequence(cursor: Cursor, buffer: Buffer, start: number, implicit: boolean): number | WalkEnd {
  // Only what has an undefined length is entered; the rest is stepped over. Each level is a sequence or an item.
  const stack: { isItem: boolean; implicit: boolean }[] = [{ isItem: false, implicit }];
  let at = start;
  for (;;) {
    const level = stack[stack.length - 1];
    if (level === undefined) return at;
    const need = cursor.read(at, level.implicit);
    if (need > 0) return { kind: "short", at, need };
    const { tag, length, value } = cursor;
    if (tag === sequenceEnd) {
      stack.pop();
      // A missing item delimiter: the sequence's own delimiter closes both.
      if (level.isItem) stack.pop();
      at = value;
    } else if (tag === itemEnd) {
      // After an item of defined length it is superfluous, and stepped over.
      if (level.isItem) stack.pop();
      at = value;
    } else if (tag === item) {
      if (level.isItem) stack.pop();
      else if (length === undefinedLength) {
        stack.push({ isItem: true, implicit: level.implicit });
        at = value;
      } else at = value + length;
    } else if (!level.isItem) {
      return { kind: "malformed", at, reason: "an element stands where an item of a sequence was expected" };
    } else if (length === undefinedLength) {
      stack.push({ isItem: false, implicit: level.implicit || cursor.vr === unknownVr });
      at = value;
    } else at = value + length;
    if (stack.length > 2 * maxDepth) {
      return { kind: "malformed", at, reason: `sequences are nested more than ${maxDepth} deep` };
    }
    if (at > buffer.length) return { kind: "short", at: value, need: at };
  }
}

/**
 * Walks elements from `start` and adds their places to `elements`, until pixel data, the end of the buffer, or `stopAfterGroup` is left.
 * Sequences are noted as one element (length: bytes up to and with their delimiter).
 */
export function walkElements(
  buffer: Buffer,
  start: number,
  encoding: Encoding,
  elements: Elements,
  onlyGroup?: number,
): { end: WalkEnd; at: number } {
  const cursor = new Cursor(buffer, encoding.bigEndian);
  let at = start;
  while (at < buffer.length) {
    const need = cursor.read(at, encoding.implicit);
    if (need > 0) return { end: { kind: "short", at, need }, at };
    const { tag, vr, value, length } = cursor;
    if (onlyGroup !== undefined && Math.floor(tag / 65536) !== onlyGroup) break;
    if (pixelTags.has(tag)) {
      elements.set(tag, { vr: nameOf(vr), offset: value, length: length === undefinedLength ? -1 : length });
      return { end: { kind: "pixels", tag }, at: value };
    }
    if (tag === itemEnd || tag === sequenceEnd) {
      at = value;
      continue;
    }
    if (tag < 0x00010000 && length === 0) {
      return { end: { kind: "malformed", at, reason: "zeros stand where an element was expected" }, at };
    }
    if (elements.size >= maxElements) {
      return { end: { kind: "malformed", at, reason: `more than ${maxElements} elements` }, at };
    }
    let next = value + length;
    if (length === undefinedLength) {
      const behind = skipSequence(cursor, buffer, value, encoding.implicit || vr === unknownVr);
      if (typeof behind !== "number") return { end: behind, at };
      next = behind;
    }
    if (next > buffer.length) return { end: { kind: "short", at, need: next }, at };
    elements.set(tag, { vr: nameOf(vr), offset: value, length: next - value });
    at = next;
  }
  return { end: { kind: "end" }, at };
}
