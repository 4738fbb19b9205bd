/** Stored values of a DICOM image: native, RLE and JPEG-LS, with the rules on bits, sign, byte order and length of PS3.5 section 8. */
import { endianness } from "node:os";
import { fail } from "../../contract/errors.js";
import { encapsulatedFrames } from "./encapsulated.js";
import { transferSyntaxes, type DicomFile, type DicomHeader } from "./header.js";
import { decodeJpegLs } from "./jpeg-ls.js";
import { decodeRle } from "./rle.js";
import { number, text, unsigned } from "./values.js";

export type StoredValues = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

export interface PixelData {
  frames: number;
  rows: number;
  columns: number;
  samples: number;
  /** Frames x rows x columns x samples; signed and masked to Bits Stored, no modality LUT, no colour transform. */
  values: StoredValues;
}

interface Layout extends Omit<PixelData, "values"> {
  allocated: number;
  stored: number;
  highBit: number;
  signed: boolean;
  byPlane: boolean;
}

const maxSamples = 256 * 1024 * 1024;
const native = new Set<string>([
  transferSyntaxes.implicit,
  transferSyntaxes.explicit,
  transferSyntaxes.deflated,
  transferSyntaxes.bigEndian,
]);
const names: Readonly<Record<string, string>> = {
  "1.2.840.10008.1.2.4.50": "JPEG Baseline",
  "1.2.840.10008.1.2.4.51": "JPEG Extended",
  "1.2.840.10008.1.2.4.57": "JPEG Lossless",
  "1.2.840.10008.1.2.4.70": "JPEG Lossless SV1",
  "1.2.840.10008.1.2.4.90": "JPEG 2000 Lossless",
  "1.2.840.10008.1.2.4.91": "JPEG 2000",
  "1.2.840.10008.1.2.4.110": "JPEG XL Lossless",
  "1.2.840.10008.1.2.4.111": "JPEG XL JPEG Recompression",
  "1.2.840.10008.1.2.4.112": "JPEG XL",
  "1.2.840.10008.1.2.4.201": "HTJ2K Lossless",
  "1.2.840.10008.1.2.4.202": "HTJ2K Lossless RPCL",
  "1.2.840.10008.1.2.4.203": "HTJ2K",
};

/**
 * Decodes the stored values of a file.
 * Errors: DICOM_TRANSFER_SYNTAX_UNSUPPORTED, DICOM_PIXELS_UNSUPPORTED, DICOM_TRUNCATED, DICOM_PIXELS_CORRUPT, DICOM_VALUE_INVALID, LIMIT_EXCEEDED.
 */
export async function decodePixels({ header, dataSet }: DicomFile): Promise<PixelData> {
  const { file, pixels, transferSyntax } = header;
  if (pixels === undefined) {
    const code = header.truncated ? "DICOM_TRUNCATED" : "DICOM_VALUE_INVALID";
    fail(code, header.truncated ? "the file ends before its pixel data" : "the file has no pixel data", { file });
  }
  if (pixels.tag !== 0x7fe00010) fail("DICOM_PIXELS_UNSUPPORTED", "floating-point pixel data", { file });
  const layout = layoutOf(header);
  const { frames, rows, columns, samples } = layout;
  const values =
    pixels.length >= 0 && native.has(transferSyntax)
      ? nativeValues(header, dataSet, layout)
      : await compressedValues(header, dataSet, layout);
  return { frames, rows, columns, samples, values };
}

function required(header: DicomHeader, name: "Rows" | "Columns" | "BitsAllocated"): number {
  const value = unsigned(header, name);
  return value !== undefined && value > 0
    ? value
    : fail("DICOM_VALUE_INVALID", `${name} is absent or zero`, { file: header.file });
}

function layoutOf(header: DicomHeader): Layout {
  const { file } = header;
  const rows = required(header, "Rows");
  const columns = required(header, "Columns");
  const allocated = required(header, "BitsAllocated");
  const samples = unsigned(header, "SamplesPerPixel") ?? 1;
  const stored = unsigned(header, "BitsStored") ?? allocated;
  const highBit = unsigned(header, "HighBit") ?? stored - 1;
  const frames = number(header, "NumberOfFrames") ?? 1;
  if (![1, 8, 16, 32].includes(allocated)) fail("DICOM_PIXELS_UNSUPPORTED", `${allocated} bits allocated`, { file });
  if (stored < 1 || stored > allocated || highBit >= allocated || highBit + 1 < stored) {
    fail("DICOM_VALUE_INVALID", `${stored} bits stored of ${allocated} with high bit ${highBit}`, { file });
  }
  if (samples !== 1 && samples !== 3) fail("DICOM_PIXELS_UNSUPPORTED", `${samples} samples a pixel`, { file });
  if (!Number.isInteger(frames) || frames < 1) fail("DICOM_VALUE_INVALID", `${frames} frames`, { file });
  if (rows * columns * samples * frames > maxSamples) {
    fail("LIMIT_EXCEEDED", `${columns} x ${rows} x ${frames} pixels are more than can be read at once`, { file });
  }
  const photometric = text(header, "PhotometricInterpretation") ?? "";
  if (native.has(header.transferSyntax) && /_42[02]$/.test(photometric)) {
    fail("DICOM_PIXELS_UNSUPPORTED", `uncompressed ${photometric}`, { file });
  }
  const signed = unsigned(header, "PixelRepresentation") === 1 && samples === 1;
  const byPlane = samples > 1 && unsigned(header, "PlanarConfiguration") === 1;
  return { frames, rows, columns, samples, allocated, stored, highBit, signed, byPlane };
}

function nativeValues(header: DicomHeader, dataSet: Buffer, layout: Layout): StoredValues {
  const { file, pixels, encoding } = header;
  const { frames, rows, columns, samples, allocated } = layout;
  const count = frames * rows * columns * samples;
  const wanted = Math.ceil((count * allocated) / 8);
  const { offset, length, vr } = pixels!;
  const there = Math.min(length, dataSet.length - offset);
  if (there < wanted) {
    fail("DICOM_TRUNCATED", `the pixel data have ${there} bytes where ${wanted} are needed`, { file });
  }
  let bytes = dataSet.subarray(offset, offset + wanted);
  if (allocated === 1) return bits(bytes, count);
  const size = allocated / 8;
  if (size === 1 && encoding.bigEndian && vr === "OW") {
    // Bytes in words: each pair is swapped, the last one with its pad byte.
    bytes = swapped(dataSet.subarray(offset, offset + wanted + (wanted % 2)), 2).subarray(0, wanted);
  }
  // Big-endian data sets swap words, not bytes: OB is left as it is.
  if (size > 1 && (encoding.bigEndian && vr !== "OB") !== (endianness() === "BE")) bytes = swapped(bytes, size);
  if (layout.byPlane) bytes = byPixel(bytes, frames, rows * columns, samples, size);
  return interpreted(bytes, layout);
}

async function compressedValues(header: DicomHeader, dataSet: Buffer, layout: Layout): Promise<StoredValues> {
  const { file, transferSyntax, pixels } = header;
  const { frames, rows, columns, samples, allocated } = layout;
  const size = allocated / 8;
  const isRle = transferSyntax === transferSyntaxes.rle;
  const isJpegLs = transferSyntax === transferSyntaxes.jpegLsLossless || transferSyntax === transferSyntaxes.jpegLsNear;
  if (!isRle && !isJpegLs) {
    const name = names[transferSyntax];
    const called = name === undefined ? transferSyntax : `${name} (${transferSyntax})`;
    fail("DICOM_TRANSFER_SYNTAX_UNSUPPORTED", `transfer syntax ${called} is not read`, { file });
  }
  if (pixels!.length >= 0) {
    fail("DICOM_PIXELS_CORRUPT", "the pixel data are not encapsulated, though the transfer syntax says so", { file });
  }
  if (size < 1 || (isJpegLs && size > 2))
    fail("DICOM_PIXELS_UNSUPPORTED", `${allocated} bits allocated, compressed`, { file });
  const startsFrame = (fragment: Buffer): boolean => isRle || (fragment[0] === 0xff && fragment[1] === 0xd8);
  const streams = encapsulatedFrames(file, dataSet, pixels!.offset, frames, startsFrame);
  const frameBytes = rows * columns * samples * size;
  const all = frames === 1 ? undefined : Buffer.allocUnsafe(frames * frameBytes);
  for (const [index, stream] of streams.entries()) {
    let frame: Buffer;
    if (isRle) frame = decodeRle(file, stream, rows * columns, samples, size);
    else {
      const { data, precision } = await decodeJpegLs(file, stream, { rows, columns, samples });
      if (precision > allocated || (precision > 8 ? 2 : 1) > size) {
        fail("DICOM_PIXELS_CORRUPT", `JPEG-LS precision ${precision} in ${allocated} bits allocated`, { file });
      }
      frame = precision <= 8 && size === 2 ? Buffer.from(new Uint16Array(data).buffer) : data;
    }
    if (endianness() === "BE" && size > 1) frame = swapped(frame, size);
    if (all === undefined) return interpreted(frame, layout);
    frame.copy(all, index * frameBytes);
  }
  return interpreted(all!, layout);
}

/** Values in the machine's byte order to numbers: masked to Bits Stored (old overlays lie above), shifted, sign-extended. */
function interpreted(bytes: Buffer, layout: Layout): StoredValues {
  const { allocated, stored, highBit, signed } = layout;
  const inPlace = bytes.byteOffset % (allocated / 8) === 0 && highBit + 1 === stored;
  const own = inPlace ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  const buffer = own.buffer as ArrayBuffer;
  const { byteOffset, length } = own;
  const count = length / (allocated / 8);
  const values =
    allocated === 8
      ? new (signed ? Int8Array : Uint8Array)(buffer, byteOffset, count)
      : allocated === 16
        ? new (signed ? Int16Array : Uint16Array)(buffer, byteOffset, count)
        : new (signed ? Int32Array : Uint32Array)(buffer, byteOffset, count);
  if (stored === allocated) return values;
  const up = 31 - highBit;
  const down = 32 - stored;
  if (signed) for (let i = 0; i < count; i++) values[i] = (values[i]! << up) >> down;
  else for (let i = 0; i < count; i++) values[i] = (values[i]! << up) >>> down;
  return values;
}

function swapped(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.from(bytes);
  return size === 2 ? copy.swap16() : copy.swap32();
}

function byPixel(planes: Buffer, frames: number, pixels: number, samples: number, size: number): Buffer {
  const out = Buffer.allocUnsafe(planes.length);
  let to = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let sample = 0; sample < samples; sample++) {
        const from = ((frame * samples + sample) * pixels + pixel) * size;
        for (let byte = 0; byte < size; byte++) out[to++] = planes[from + byte]!;
      }
    }
  }
  return out;
}

/** Bits Allocated 1: least significant bit first, frames not aligned to bytes. */
function bits(bytes: Buffer, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = (bytes[i >> 3]! >> (i & 7)) & 1;
  return out;
}
