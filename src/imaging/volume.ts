/** A DICOM series of single slices to one volume of Hounsfield units (or rescaled values) with its place in the patient. */
import { endianness } from "node:os";
import type { VolumeGeometry } from "../contract/case-index.js";
import { fail } from "../contract/errors.js";
import { sha256 } from "../storage/hashing.js";
import { readDicomFile, type DicomFile, type DicomHeader } from "./dicom/header.js";
import { decodePixels, type StoredValues } from "./dicom/pixels.js";
import { placementOf, type SeriesSlice } from "./dicom/series.js";
import { stackSlices } from "./dicom/stack.js";
import { number, text } from "./dicom/values.js";

/** Geometry as in index.json: order [column, row, slice], LPS millimetres, origin at the centre of the first voxel. */
export interface Volume extends VolumeGeometry {
  /** Index (slice * rows + row) * columns + column. int16 where every slope is 1 and every intercept an integer, and all values fit. */
  data: Int16Array | Float32Array;
}

const maxVoxels = 768 * 1024 * 1024;
const modalityLut = 0x00283000;

/**
 * Reads the slices of a volume, one after the other. `files` is in ascending order along the normal, as describeSeries gives it.
 * `open` gives a file's header and pixel data; they are used up before it is called again, so that it may use one buffer for all.
 * Values are stored value * slope + intercept of each slice, neither clipped nor freed of padding.
 * Errors: those of reading pixels; DICOM_SLICES_MIXED where a slice has another size; DICOM_SLICE_MISSING, DICOM_SLICE_DUPLICATE, DICOM_SPACING_UNEVEN, DICOM_GEOMETRY_MISSING.
 */
export async function readVolume(
  files: readonly string[],
  open: (file: string) => DicomFile | Promise<DicomFile> = readDicomFile,
): Promise<Volume> {
  const slices: SeriesSlice[] = new Array<SeriesSlice>(files.length);
  let size: { rows: number; columns: number } | undefined;
  let data: Int16Array | Float32Array = new Int16Array(0);
  for (const [index, file] of files.entries()) {
    const dicom = await open(file);
    const slice = placementOf(dicom.header);
    if (typeof slice === "string") fail("DICOM_GEOMETRY_MISSING", slice, { file });
    const { rows, columns, samples, values } = await decodePixels(dicom);
    if (size === undefined) {
      if (rows * columns * files.length > maxVoxels) fail("LIMIT_EXCEEDED", "the volume is too large", { file });
      size = { rows, columns };
      data = new Int16Array(rows * columns * files.length);
    }
    if (rows !== size.rows || columns !== size.columns) {
      const shape = `${columns} x ${rows} pixels among slices of ${size.columns} x ${size.rows}`;
      fail("DICOM_SLICES_MIXED", shape, { file });
    }
    if (samples !== 1 || text(dicom.header, "PhotometricInterpretation") === "PALETTE COLOR") {
      fail("DICOM_PIXELS_UNSUPPORTED", "a colour image among the slices of a volume", { file });
    }
    slices[index] = slice;
    data = place(data, index * rows * columns, values, rescaleOf(dicom.header));
  }
  const stack = stackSlices(slices);
  const problem = stack.problems.find(({ severity }) => severity === "error");
  if (problem !== undefined) fail(problem.code, problem.message, { file: problem.files[0] });
  if (stack.geometry === undefined || stack.slices.some((slice, index) => slice !== slices[index])) {
    fail("INTERNAL", "slices were given in an order that is not ascending along the normal", { file: files[0] });
  }
  return { ...stack.geometry, data };
}

/** SHA-256 of the values in index order, little endian, as int16 or float32. */
export function volumeHash({ data }: Volume): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (endianness() === "LE") return sha256(bytes);
  const copy = Buffer.from(bytes);
  return sha256(data instanceof Int16Array ? copy.swap16() : copy.swap32());
}

interface Rescale {
  slope: number;
  intercept: number;
}

function rescaleOf(header: DicomHeader): Rescale {
  const { file } = header;
  if (header.elements.has(modalityLut))
    fail("DICOM_PIXELS_UNSUPPORTED", "a Modality LUT instead of a rescale", { file });
  const slope = number(header, "RescaleSlope") ?? 1;
  const intercept = number(header, "RescaleIntercept") ?? 0;
  if (slope === 0) fail("DICOM_VALUE_INVALID", "Rescale Slope is 0", { file });
  return { slope, intercept };
}

/** Rescales a slice into the volume at `start`; returns the volume, as float32 from the first slice on that needs it. */
function place(
  data: Int16Array | Float32Array,
  start: number,
  values: StoredValues,
  { slope, intercept }: Rescale,
): Int16Array | Float32Array {
  const count = values.length;
  if (data instanceof Int16Array && slope === 1 && Number.isInteger(intercept)) {
    if (values instanceof Int16Array && intercept === 0) {
      data.set(values, start);
      return data;
    }
    let fits = true;
    for (let i = 0; i < count; i++) {
      const value = values[i]! + intercept;
      data[start + i] = value;
      if (value < -32768 || value > 32767) fits = false;
    }
    if (fits) return data;
  }
  const float = data instanceof Float32Array ? data : Float32Array.from(data);
  for (let i = 0; i < count; i++) float[start + i] = values[i]! * slope + intercept;
  return float;
}
