/** JPEG-LS (ISO/IEC 14495-1) by CharLS in WebAssembly, behind a guard that refuses cut or contradictory streams before they cost time. */
import type { CharlsModule } from "@cornerstonejs/codec-charls/decodewasmjs";
import { fail } from "../../contract/errors.js";

export interface CodeStreamSize {
  rows: number;
  columns: number;
  samples: number;
}

let codec: Promise<CharlsModule> | undefined;

async function loadCodec(): Promise<CharlsModule> {
  const { default: createModule } = await import("@cornerstonejs/codec-charls/decodewasmjs");
  const silent = (): void => undefined;
  return createModule({ print: silent, printErr: silent });
}

/**
 * Decodes a frame: `data` by pixel, one byte a sample where `precision` <= 8, else two, little endian.
 * Errors: DICOM_TRUNCATED, DICOM_PIXELS_CORRUPT.
 */
export async function decodeJpegLs(
  file: string,
  stream: Buffer,
  size: CodeStreamSize,
): Promise<{ data: Buffer; precision: number }> {
  guard(file, stream, size);
  codec ??= loadCodec();
  const module = await codec;
  const decoder = new module.JpegLSDecoder();
  try {
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    const info = decoder.getFrameInfo();
    const view = decoder.getDecodedBuffer();
    const bytes = info.bitsPerSample > 8 ? 2 : 1;
    const wanted = size.rows * size.columns * size.samples * bytes;
    if (view.length !== wanted) {
      fail("DICOM_PIXELS_CORRUPT", `JPEG-LS gave ${view.length} bytes where ${wanted} were expected`, { file });
    }
    const byPlane = size.samples > 1 && decoder.getInterleaveMode() === 0;
    const data = byPlane ? interleaved(view, size.samples, bytes) : Buffer.from(view);
    return { data, precision: info.bitsPerSample };
  } catch (cause) {
    // A failed decode may leave the codec's memory in disorder: the next frame gets a fresh one.
    codec = undefined;
    if (cause instanceof Error && cause.name === "MedassayError") throw cause;
    return fail("DICOM_PIXELS_CORRUPT", "the JPEG-LS stream can't be decoded", { file, cause });
  } finally {
    decoder.delete();
  }
}

/**
 * Walks the markers up to the first scan and looks for the end marker: CharLS needs many seconds to notice a cut stream.
 * The size in the stream must be that of the header.
 */
function guard(file: string, stream: Buffer, size: CodeStreamSize): void {
  if (stream.length < 4 || stream.readUInt16BE(0) !== 0xffd8) {
    fail("DICOM_PIXELS_CORRUPT", "the JPEG-LS stream does not begin with its start marker", { file });
  }
  let end = stream.length;
  while (end > 2 && stream[end - 1] === 0) end--;
  // Some encoders pad an odd length with a fill byte FF instead of 00.
  if (stream[end - 1] === 0xff && stream[end - 2] === 0xd9) end--;
  if (stream.readUInt16BE(end - 2) !== 0xffd9)
    fail("DICOM_TRUNCATED", "the JPEG-LS stream has no end marker", { file });
  let described = false;
  for (let at = 2; at + 4 <= end;) {
    if (stream[at] !== 0xff) fail("DICOM_PIXELS_CORRUPT", `no JPEG-LS marker at byte ${at}`, { file });
    const marker = stream[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = stream.readUInt16BE(at + 2);
    if (marker === 0xf7) {
      if (length < 8 || at + 10 > end) fail("DICOM_PIXELS_CORRUPT", "the JPEG-LS frame header is cut off", { file });
      const [rows, columns, samples] = [stream.readUInt16BE(at + 5), stream.readUInt16BE(at + 7), stream[at + 9]!];
      if (rows !== size.rows || columns !== size.columns || samples !== size.samples) {
        fail(
          "DICOM_PIXELS_CORRUPT",
          `the JPEG-LS stream is ${columns} x ${rows} with ${samples} samples, the header says ${size.columns} x ${size.rows} with ${size.samples}`,
          { file },
        );
      }
      described = true;
    }
    if (marker === 0xda) {
      if (!described) fail("DICOM_PIXELS_CORRUPT", "the JPEG-LS stream has no frame header", { file });
      return;
    }
    at += 2 + length;
  }
  fail("DICOM_TRUNCATED", "the JPEG-LS stream holds no scan", { file });
}

function interleaved(planes: Uint8Array, samples: number, bytes: number): Buffer {
  const out = Buffer.allocUnsafe(planes.length);
  const pixels = planes.length / samples / bytes;
  for (let sample = 0; sample < samples; sample++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let byte = 0; byte < bytes; byte++) {
        out[(pixel * samples + sample) * bytes + byte] = planes[(sample * pixels + pixel) * bytes + byte]!;
      }
    }
  }
  return out;
}
