/** DICOM RLE Lossless (PS3.5 annex G): PackBits segments, one a byte plane, most significant byte first. */
import { fail } from "../../contract/errors.js";

/**
 * Decodes a frame into `rows * columns * samples` values of `bytes` bytes, little endian, colour by pixel.
 * Every segment must yield exactly one byte a pixel. Errors: DICOM_TRUNCATED, DICOM_PIXELS_CORRUPT.
 */
export function decodeRle(file: string, frame: Buffer, pixels: number, samples: number, bytes: number): Buffer {
  const wanted = samples * bytes;
  if (frame.length < 64) fail("DICOM_TRUNCATED", "the RLE header is cut off", { file });
  const segments = frame.readUInt32LE(0);
  if (segments !== wanted) {
    fail("DICOM_PIXELS_CORRUPT", `the RLE frame has ${segments} segments where ${wanted} were expected`, { file });
  }
  // Two bytes of PackBits yield 128 at most: a frame that could not fill the image is refused before memory is taken.
  if (pixels * wanted > frame.length * 64)
    fail("DICOM_TRUNCATED", "the RLE frame is too short for its image", { file });
  const out = Buffer.allocUnsafe(pixels * wanted);
  let previous = 64;
  for (let segment = 0; segment < segments; segment++) {
    const start = frame.readUInt32LE(4 + 4 * segment);
    const end = segment + 1 < segments ? frame.readUInt32LE(8 + 4 * segment) : frame.length;
    if (start < previous || end < start) fail("DICOM_PIXELS_CORRUPT", "RLE segments overlap", { file });
    if (end > frame.length) fail("DICOM_TRUNCATED", "an RLE segment lies behind the end of its frame", { file });
    previous = start;
    const sample = Math.floor(segment / bytes);
    const plane = bytes - 1 - (segment % bytes);
    const missing = decodeSegment(frame, start, end, out, sample * bytes + plane, wanted, pixels);
    if (missing !== 0) fail("DICOM_TRUNCATED", `an RLE segment ends ${missing} bytes early`, { file });
  }
  return out;
}

/** Writes `count` bytes to `out` from `first` in steps of `stride`; returns how many were missing. */
function decodeSegment(
  frame: Buffer,
  start: number,
  end: number,
  out: Buffer,
  first: number,
  stride: number,
  count: number,
): number {
  let at = start;
  let to = first;
  let left = count;
  while (left > 0 && at < end) {
    const code = frame[at++]!;
    if (code < 128) {
      const run = Math.min(code + 1, left);
      if (at + run > end) return left;
      for (let i = 0; i < run; i++, to += stride) out[to] = frame[at + i]!;
      at += code + 1;
      left -= run;
    } else if (code > 128) {
      if (at >= end) return left;
      const value = frame[at++]!;
      const run = Math.min(257 - code, left);
      for (let i = 0; i < run; i++, to += stride) out[to] = value;
      left -= run;
    }
  }
  return left;
}
