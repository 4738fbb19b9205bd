/** Encapsulated pixel data (PS3.5 annex A.4): fragments and the offset table to one code stream a frame. */
import { fail } from "../../contract/errors.js";

const item = 0xe000fffe;
const sequenceEnd = 0xe0ddfffe;

interface Fragment {
  /** Offset of the fragment's item tag, counted from the first fragment's. */
  at: number;
  bytes: Buffer;
}

/**
 * Code streams of the `frames` frames whose first item (the basic offset table) is at `offset`.
 * Frames are told apart by count, by the offset table, or by `startsFrame` where there is neither.
 * Errors: DICOM_TRUNCATED where the file ends inside a fragment, DICOM_PIXELS_CORRUPT where fragments can't be assigned.
 */
export function encapsulatedFrames(
  file: string,
  data: Buffer,
  offset: number,
  frames: number,
  startsFrame: (fragment: Buffer) => boolean,
): Buffer[] {
  const { table, fragments } = readFragments(file, data, offset);
  const first = fragments[0];
  if (first === undefined) fail("DICOM_TRUNCATED", "the encapsulated pixel data hold no fragment", { file });
  if (frames === 1) return [joined(fragments)];
  if (fragments.length === frames) return fragments.map((fragment) => fragment.bytes);
  const starts =
    table.length === frames
      ? table.map((at) => fragments.findIndex((fragment) => fragment.at === at))
      : fragments.flatMap((fragment, index) => (startsFrame(fragment.bytes) ? [index] : []));
  const inOrder = starts.every((start, index) => start >= 0 && (index === 0 || start > starts[index - 1]!));
  if (starts.length !== frames || starts[0] !== 0 || !inOrder) {
    fail("DICOM_PIXELS_CORRUPT", `${fragments.length} fragments can't be assigned to ${frames} frames`, { file });
  }
  return starts.map((start, index) => joined(fragments.slice(start, starts[index + 1])));
}

const joined = (fragments: Fragment[]): Buffer =>
  fragments.length === 1 ? fragments[0]!.bytes : Buffer.concat(fragments.map((fragment) => fragment.bytes));

function readFragments(file: string, data: Buffer, offset: number): { table: number[]; fragments: Fragment[] } {
  const table: number[] = [];
  const fragments: Fragment[] = [];
  let firstFragment = -1;
  let at = offset;
  for (let index = 0; at + 8 <= data.length; index++) {
    const tag = data.readUInt32LE(at);
    if (tag === sequenceEnd) return { table, fragments };
    if (tag !== item) fail("DICOM_PIXELS_CORRUPT", `no pixel data item at offset ${at}`, { file });
    const length = data.readUInt32LE(at + 4);
    const end = at + 8 + length;
    if (end > data.length) fail("DICOM_TRUNCATED", "the file ends inside its compressed pixel data", { file });
    const bytes = data.subarray(at + 8, end);
    if (index === 0) {
      for (let entry = 0; entry + 4 <= length; entry += 4) table.push(bytes.readUInt32LE(entry));
    } else {
      if (firstFragment < 0) firstFragment = at;
      fragments.push({ at: at - firstFragment, bytes });
    }
    at = end;
  }
  // Some writers leave the sequence delimiter out; what the fragments hold is judged by the decoder.
  return { table, fragments };
}
