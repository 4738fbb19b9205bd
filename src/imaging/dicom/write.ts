/** Writes CT slices as DICOM Part 10 files (CT Image Storage, explicit VR little endian). The header of a series is encoded once; a slice adds only what differs. */
import { createHash } from "node:crypto";
import { closeSync, openSync, writevSync } from "node:fs";
import { endianness } from "node:os";
import { fail } from "../../contract/errors.js";

/** What all slices of a series share. Lengths in millimetres. */
export interface CtSeries {
  patientId: string;
  /** DICOM person name; default `<patientId>^Phantom`. */
  patientName?: string;
  sex: "M" | "F" | "O";
  ageYears: number;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  frameOfReferenceUid: string;
  /** Four digits; written as `YYYY0101`, a date that says no more than the year. */
  acquisitionYear: number;
  manufacturer: string;
  model: string;
  softwareVersion: string;
  stationName?: string;
  /** ConvolutionKernel, such as `B70f`. */
  kernel: string;
  kvp: number;
  /** X-ray tube current (mA) and exposure time (ms); Exposure (mAs) is written from `exposureMas`. */
  tubeCurrentMa: number;
  exposureTimeMs: number;
  exposureMas: number;
  contrastAgent?: string;
  sliceThicknessMm: number;
  rows: number;
  columns: number;
  /** Distance between neighbouring columns, then between neighbouring rows. */
  spacingMm: readonly [column: number, row: number];
  /** Direction of a row, then of a column, as six cosines; default axial. */
  orientation?: readonly [number, number, number, number, number, number];
  /** HU = stored value * slope + intercept. */
  rescaleSlope?: number;
  rescaleIntercept: number;
  /** Bits Stored; default 16. With `signed: false` stored values must not be negative. */
  bitsStored?: number;
  signed?: boolean;
  seriesNumber?: number;
  seriesDescription?: string;
}

/** What differs from slice to slice. */
export interface CtSlice {
  sopInstanceUid: string;
  /** Scanners that number from head to feet give descending numbers along +z. */
  instanceNumber: number;
  /** Centre of the first pixel, LPS millimetres. */
  position: readonly [number, number, number];
}

/** Writes a slice of one series to `path`. `pixels`: stored values, row by row, `rows * columns` of them. */
type CtSliceWriter = (path: string, slice: CtSlice, pixels: Int16Array) => void;

const ctImageStorage = "1.2.840.10008.5.1.4.1.1.2";
const explicitLittleEndian = "1.2.840.10008.1.2.1";
/** Under the UUID-derived root, see {@link uidFromName}. */
const implementationClass = "2.25.216940826735109843517266839105725410153";
const longForm = new Set(["OB", "OW", "SQ", "UN", "UT"]);

/** A deterministic UID under 2.25 (PS3.5 B.2) from any text: the same text gives the same UID. */
export function uidFromName(name: string): string {
  const bytes = createHash("sha256").update(name).digest().subarray(0, 16);
  // The bits of a version 8 UUID (RFC 9562), so that the number is one a UUID can have.
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString("hex")}`)}`;
}

/** Decimal string of at most 16 characters (PS3.5 6.2), with as many digits as fit. */
function decimal(value: number): string {
  let text = String(value);
  for (let digits = 16; text.length > 16 && digits > 1; digits--) text = String(Number(value.toPrecision(digits)));
  return text;
}

function element(tag: number, vr: string, value: string | Buffer): Buffer {
  const raw = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  const odd = raw.length % 2;
  const head = longForm.has(vr) ? 12 : 8;
  const out = Buffer.alloc(head + raw.length + odd);
  out.writeUInt16LE(tag >>> 16, 0);
  out.writeUInt16LE(tag & 0xffff, 2);
  out.write(vr, 4, "latin1");
  if (head === 12) out.writeUInt32LE(raw.length + odd, 8);
  else out.writeUInt16LE(raw.length + odd, 6);
  raw.copy(out, head);
  if (odd !== 0) out[out.length - 1] = vr === "UI" || vr === "OB" ? 0 : 0x20;
  return out;
}

function unsigned(...values: number[]): Buffer {
  const out = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => out.writeUInt16LE(value, 2 * index));
  return out;
}

function unsignedLong(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

/**
 * Encodes the header of a series and returns the function that writes its slices (about 0.1 ms for 256 x 256).
 * Type 1 and 2 attributes of the CT Image IOD (PS3.3 A.3) are present; no institution, no birth date, PatientIdentityRemoved is YES.
 */
export function ctSeriesWriter(series: CtSeries): CtSliceWriter {
  const { rows, columns } = series;
  const bitsStored = series.bitsStored ?? 16;
  const signed = series.signed ?? true;
  const date = `${series.acquisitionYear}0101`;
  const orientation = series.orientation ?? [1, 0, 0, 0, 1, 0];
  const text = (value: number | readonly number[]): string =>
    typeof value === "number" ? decimal(value) : value.map(decimal).join("\\");

  const beforeInstance = Buffer.concat([
    element(0x00080020, "DA", date),
    element(0x00080021, "DA", date),
    element(0x00080022, "DA", date),
    element(0x00080023, "DA", date),
    element(0x00080030, "TM", ""),
    element(0x00080033, "TM", ""),
    element(0x00080050, "SH", ""),
    element(0x00080060, "CS", "CT"),
    element(0x00080070, "LO", series.manufacturer),
    element(0x00080090, "PN", ""),
    ...(series.stationName === undefined ? [] : [element(0x00081010, "SH", series.stationName)]),
    ...(series.seriesDescription === undefined ? [] : [element(0x0008103e, "LO", series.seriesDescription)]),
    element(0x00081090, "LO", series.model),
    element(0x00100010, "PN", series.patientName ?? `${series.patientId}^Phantom`),
    element(0x00100020, "LO", series.patientId),
    element(0x00100030, "DA", ""),
    element(0x00100040, "CS", series.sex),
    element(0x00101010, "AS", `${String(Math.round(series.ageYears)).padStart(3, "0")}Y`),
    element(0x00120062, "CS", "YES"),
    element(0x00120063, "LO", "Synthetic phantom, no person"),
    element(0x00180010, "LO", series.contrastAgent ?? ""),
    element(0x00180015, "CS", "CHEST"),
    element(0x00180050, "DS", text(series.sliceThicknessMm)),
    element(0x00180060, "DS", text(series.kvp)),
    element(0x00181020, "LO", series.softwareVersion),
    element(0x00181100, "DS", text(series.spacingMm[0] * columns)),
    element(0x00181120, "DS", "0"),
    element(0x00181150, "IS", String(Math.round(series.exposureTimeMs))),
    element(0x00181151, "IS", String(Math.round(series.tubeCurrentMa))),
    element(0x00181152, "IS", String(Math.round(series.exposureMas))),
    element(0x00181210, "SH", series.kernel),
    element(0x00185100, "CS", "HFS"),
    element(0x0020000d, "UI", series.studyInstanceUid),
    element(0x0020000e, "UI", series.seriesInstanceUid),
    element(0x00200010, "SH", "1"),
    element(0x00200011, "IS", String(series.seriesNumber ?? 1)),
    element(0x00200012, "IS", "1"),
  ]);
  const orientationAndFrame = Buffer.concat([
    element(0x00200037, "DS", text(orientation)),
    element(0x00200052, "UI", series.frameOfReferenceUid),
    element(0x00201040, "LO", ""),
  ]);
  const pixelDescription = Buffer.concat([
    element(0x00280002, "US", unsigned(1)),
    element(0x00280004, "CS", "MONOCHROME2"),
    element(0x00280010, "US", unsigned(rows)),
    element(0x00280011, "US", unsigned(columns)),
    element(0x00280030, "DS", text([series.spacingMm[1], series.spacingMm[0]])),
    element(0x00280100, "US", unsigned(16)),
    element(0x00280101, "US", unsigned(bitsStored)),
    element(0x00280102, "US", unsigned(bitsStored - 1)),
    element(0x00280103, "US", unsigned(signed ? 1 : 0)),
    element(0x00280301, "CS", "NO"),
    element(0x00281050, "DS", "-600"),
    element(0x00281051, "DS", "1500"),
    element(0x00281052, "DS", text(series.rescaleIntercept)),
    element(0x00281053, "DS", text(series.rescaleSlope ?? 1)),
    element(0x00281054, "LO", "HU"),
  ]);
  const pixelHeader = Buffer.alloc(12);
  pixelHeader.writeUInt16LE(0x7fe0, 0);
  pixelHeader.writeUInt16LE(0x0010, 2);
  pixelHeader.write("OW", 4, "latin1");
  pixelHeader.writeUInt32LE(2 * rows * columns, 8);

  const preamble = Buffer.alloc(132);
  preamble.write("DICM", 128, "latin1");
  const metaVersion = element(0x00020001, "OB", Buffer.from([0, 1]));
  const metaClass = element(0x00020002, "UI", ctImageStorage);
  const metaEnd = Buffer.concat([
    element(0x00020010, "UI", explicitLittleEndian),
    element(0x00020012, "UI", implementationClass),
    element(0x00020013, "SH", "MEDASSAY"),
  ]);
  const start = Buffer.concat([
    element(0x00080005, "CS", "ISO_IR 192"),
    element(0x00080008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
    element(0x00080016, "UI", ctImageStorage),
  ]);
  // Slice location: projection of the position on the normal, as in PS3.3 C.7.6.2.1.2.
  const [a, b, c, d, e, f] = orientation;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d] as const;

  return (path, slice, pixels) => {
    if (pixels.length !== rows * columns) {
      fail("INTERNAL", `a slice of ${pixels.length} pixels was given for ${rows} rows of ${columns}`, { file: path });
    }
    const metaInstance = element(0x00020003, "UI", slice.sopInstanceUid);
    const metaLength = metaVersion.length + metaClass.length + metaInstance.length + metaEnd.length;
    const [x, y, z] = slice.position;
    const header = Buffer.concat([
      preamble,
      element(0x00020000, "UL", unsignedLong(metaLength)),
      metaVersion,
      metaClass,
      metaInstance,
      metaEnd,
      start,
      element(0x00080018, "UI", slice.sopInstanceUid),
      beforeInstance,
      element(0x00200013, "IS", String(slice.instanceNumber)),
      element(0x00200032, "DS", text(slice.position)),
      orientationAndFrame,
      element(0x00201041, "DS", text(x * normal[0] + y * normal[1] + z * normal[2])),
      pixelDescription,
      pixelHeader,
    ]);
    let bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    if (endianness() === "BE") bytes = Buffer.from(bytes).swap16();
    writeChunks(path, [header, bytes]);
  };
}

function writeChunks(path: string, chunks: Buffer[]): void {
  const file = openSync(path, "w");
  try {
    const wanted = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const written = writevSync(file, chunks);
    if (written !== wanted) fail("STORAGE_FULL", `${written} of ${wanted} bytes could be written`, { file: path });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOSPC")
      fail("STORAGE_FULL", "no room for a DICOM file", { file: path, cause });
    throw cause;
  } finally {
    closeSync(file);
  }
}
