/** From a heap of DICOM files to series: which slices belong together, in which order, with which geometry, and what is wrong with them. */
import pLimit from "p-limit";
import type { Attribute, VolumeGeometry } from "../../contract/case-index.js";
import { MedassayError } from "../../contract/errors.js";
import { cross, dot, norm, type Vector3 } from "../../geometry/vector.js";
import { seriesAttributes } from "./attributes.js";
import { readDicomHeader, type DicomHeader } from "./header.js";
import { stackSlices, type ImagingProblem, type SlicePlacement } from "./stack.js";
import { number, numbers, text, texts, unsigned } from "./values.js";

export interface SeriesSlice extends SlicePlacement {
  sopInstanceUid: string;
}

export interface SeriesDescription {
  seriesInstanceUid: string;
  studyInstanceUid: string | undefined;
  patientId: string | undefined;
  modality: string | undefined;
  /** Ascending along the normal. Where slices of several kinds are mixed, the most frequent kind. */
  slices: SeriesSlice[];
  /** Undefined where the slices make no volume; `problems` say why. */
  geometry: VolumeGeometry | undefined;
  /** By the standard names of the contract. */
  attributes: Record<string, Attribute>;
  problems: ImagingProblem[];
}

/** How many headers are read at the same time. */
const readsAtOnce = 8;

/**
 * Reads the headers of `files` and describes each series among them (by Series Instance UID, in the order of that UID).
 * `read` gives a file's header; a caller that reads whole files anyway brings its own.
 * `problems` are about files that belong to no series: DICOM_NOT_DICOM (a warning for files that are neither empty nor named .dcm), DICOM_MALFORMED, DICOM_TRUNCATED ...
 */
export async function describeSeries(
  files: readonly string[],
  read: (file: string) => Promise<DicomHeader> = readDicomHeader,
): Promise<{ series: SeriesDescription[]; problems: ImagingProblem[] }> {
  const limit = pLimit(readsAtOnce);
  const problems: ImagingProblem[] = [];
  const bySeries = new Map<string, DicomHeader[]>();
  const headers = await Promise.all(files.map((file) => limit(() => readOrReport(file, read))));
  for (const found of headers) {
    if (!("elements" in found)) {
      problems.push(found);
      continue;
    }
    const uid = text(found, "SeriesInstanceUID");
    if (uid === undefined) {
      problems.push({
        code: found.truncated ? "DICOM_TRUNCATED" : "DICOM_VALUE_INVALID",
        severity: "error",
        files: [found.file],
        message: "the file has no Series Instance UID",
      });
      continue;
    }
    const members = bySeries.get(uid);
    if (members) members.push(found);
    else bySeries.set(uid, [found]);
  }
  const series = [...bySeries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([uid, members]) => describe(uid, members));
  return { series, problems };
}

async function readOrReport(
  file: string,
  read: (file: string) => Promise<DicomHeader>,
): Promise<DicomHeader | ImagingProblem> {
  try {
    return await read(file);
  } catch (error) {
    if (!(error instanceof MedassayError) || error.exit === 74) throw error;
    const harmless = error.code === "DICOM_NOT_DICOM" && !/\.dcm$/i.test(file) && !/empty/.test(error.message);
    return { code: error.code, severity: harmless ? "warning" : "error", files: [file], message: error.message };
  }
}

function describe(seriesInstanceUid: string, members: readonly DicomHeader[]): SeriesDescription {
  const problems: ImagingProblem[] = [];
  const truncated = members.filter((header) => header.truncated).map((header) => header.file);
  if (truncated.length > 0) {
    problems.push({
      code: "DICOM_TRUNCATED",
      severity: "error",
      files: truncated.sort(),
      message: `${truncated.length} files end before their data do`,
    });
  }
  const images = withoutLocalizers(members, problems);
  const placed = placements(images, problems);
  const kept = mostFrequentKind(placed, problems);
  const stack = stackSlices(kept.map((entry) => entry.slice));
  problems.push(...stack.problems);
  const byFile = new Map(kept.map((entry) => [entry.slice.file, entry.header]));
  const lead = (stack.slices[0] && byFile.get(stack.slices[0].file)) ?? members[0]!;
  const complete = kept.length === images.length;
  return {
    seriesInstanceUid,
    studyInstanceUid: text(lead, "StudyInstanceUID"),
    patientId: text(lead, "PatientID"),
    modality: text(lead, "Modality"),
    slices: stack.slices,
    geometry: complete ? stack.geometry : undefined,
    attributes: seriesAttributes(lead, stack.spacing),
    problems,
  };
}

function withoutLocalizers(members: readonly DicomHeader[], problems: ImagingProblem[]): DicomHeader[] {
  const isLocalizer = (header: DicomHeader): boolean => texts(header, "ImageType").includes("LOCALIZER");
  const images = members.filter((header) => !isLocalizer(header));
  const localizers = members.filter(isLocalizer).map((header) => header.file);
  if (localizers.length > 0) {
    problems.push({
      code: "DICOM_LOCALIZER",
      severity: images.length > 0 ? "warning" : "error",
      files: localizers.sort(),
      message: `${localizers.length} localizer images are left out`,
    });
  }
  return images;
}

interface Placed {
  header: DicomHeader;
  slice: SeriesSlice;
}

function placements(images: readonly DicomHeader[], problems: ImagingProblem[]): Placed[] {
  const placed: Placed[] = [];
  for (const header of images) {
    try {
      const slice = placementOf(header);
      if (typeof slice !== "string") placed.push({ header, slice });
      else {
        const same = problems.find((problem) => problem.code === "DICOM_GEOMETRY_MISSING" && problem.message === slice);
        if (same) same.files.push(header.file);
        else {
          problems.push({
            code: "DICOM_GEOMETRY_MISSING",
            severity: "error",
            files: [header.file],
            message: slice,
          });
        }
      }
    } catch (error) {
      if (!(error instanceof MedassayError)) throw error;
      problems.push({ code: error.code, severity: "error", files: [header.file], message: error.message });
    }
  }
  return placed;
}

/** The placement that a header states, or why it states none. Errors: DICOM_VALUE_INVALID. */
export function placementOf(header: DicomHeader): SeriesSlice | string {
  const rows = unsigned(header, "Rows");
  const columns = unsigned(header, "Columns");
  if (!rows || !columns) return "the file holds no image (no Rows or Columns)";
  if ((number(header, "NumberOfFrames") ?? 1) !== 1) return "multi-frame images are not read as slices";
  const [x, y, z] = numbers(header, "ImagePositionPatient");
  if (x === undefined || y === undefined || z === undefined) return "no Image Position (Patient)";
  const cosines = numbers(header, "ImageOrientationPatient");
  const [a, b, c, d, e, f] = cosines;
  if (cosines.length !== 6) return "no Image Orientation (Patient)";
  const rowDirection: Vector3 = [a!, b!, c!];
  const columnDirection: Vector3 = [d!, e!, f!];
  const unit = (vector: Vector3): boolean => Math.abs(norm(vector) - 1) < 1e-3;
  if (!unit(rowDirection) || !unit(columnDirection) || Math.abs(dot(rowDirection, columnDirection)) > 1e-3) {
    return "Image Orientation (Patient) holds no two perpendicular unit vectors";
  }
  const [rowSpacing, columnSpacing] = numbers(header, "PixelSpacing");
  if (!rowSpacing || !columnSpacing || rowSpacing < 0 || columnSpacing < 0) return "no Pixel Spacing";
  return {
    file: header.file,
    sopInstanceUid: text(header, "SOPInstanceUID") ?? "",
    rows,
    columns,
    position: [x, y, z],
    rowDirection,
    columnDirection,
    rowSpacing,
    columnSpacing,
    thickness: number(header, "SliceThickness"),
  };
}

/** What all slices of a volume share. `splits`: slices that differ in it can't lie in one array. */
const kinds: { name: string; splits: boolean; differs: (a: Placed, b: Placed) => boolean }[] = [
  {
    name: "Rows or Columns",
    splits: true,
    differs: (a, b) => a.slice.rows !== b.slice.rows || a.slice.columns !== b.slice.columns,
  },
  {
    name: "Image Orientation",
    splits: true,
    differs: (a, b) =>
      apart(a.slice.rowDirection, b.slice.rowDirection) || apart(a.slice.columnDirection, b.slice.columnDirection),
  },
  {
    name: "Pixel Spacing",
    splits: true,
    differs: (a, b) =>
      Math.abs(a.slice.rowSpacing - b.slice.rowSpacing) > 1e-3 * a.slice.rowSpacing ||
      Math.abs(a.slice.columnSpacing - b.slice.columnSpacing) > 1e-3 * a.slice.columnSpacing,
  },
  { name: "Frame of Reference", splits: true, differs: (a, b) => other(a, b, "FrameOfReferenceUID") },
  { name: "SOP Class", splits: true, differs: (a, b) => other(a, b, "SOPClassUID") },
  { name: "Convolution Kernel", splits: false, differs: (a, b) => other(a, b, "ConvolutionKernel") },
  {
    name: "Slice Thickness",
    splits: false,
    differs: (a, b) => Math.abs((a.slice.thickness ?? 0) - (b.slice.thickness ?? 0)) > 1e-3,
  },
];

const apart = (a: Vector3, b: Vector3): boolean => norm(cross(a, b)) > 1e-3 || dot(a, b) < 0;
const other = (a: Placed, b: Placed, name: "FrameOfReferenceUID" | "SOPClassUID" | "ConvolutionKernel"): boolean =>
  text(a.header, name) !== text(b.header, name);

/** Reports slices that differ from the most frequent kind, one problem for each way of differing; keeps those that can share an array. */
function mostFrequentKind(placed: readonly Placed[], problems: ImagingProblem[]): Placed[] {
  let kept = [...placed];
  for (const { name, splits, differs } of kinds) {
    const groups: Placed[][] = [];
    for (const entry of kept) {
      const group = groups.find((members) => !differs(members[0]!, entry));
      if (group) group.push(entry);
      else groups.push([entry]);
    }
    if (groups.length < 2) continue;
    const largest = groups.reduce((best, group) => (group.length > best.length ? group : best));
    const files = groups.filter((group) => group !== largest).flatMap((group) => group.map(({ slice }) => slice.file));
    problems.push({
      code: "DICOM_SLICES_MIXED",
      severity: "error",
      files: files.sort(),
      message: `${name}: ${files.length} of ${kept.length} slices differ from the others`,
    });
    if (splits) kept = largest;
  }
  return kept;
}
