/** Slices to a stack: order, spacing, gaps, duplicates, tilt, from Image Position and Orientation alone (PS3.3 C.7.6.2). Instance Number and Slice Location are never used. */
import type { VolumeGeometry } from "../../contract/case-index.js";
import type { ErrorCode } from "../../contract/errors.js";
import { cross, dot, norm, normalized, scaled, subtract, type Vector3 } from "../../geometry/vector.js";

/** Where a slice lies; lengths in millimetres, LPS. */
export interface SlicePlacement {
  file: string;
  rows: number;
  columns: number;
  /** Centre of the first pixel. */
  position: Vector3;
  /** Direction in which the column index grows, then in which the row index grows. */
  rowDirection: Vector3;
  columnDirection: Vector3;
  /** Between neighbouring columns, between neighbouring rows. */
  columnSpacing: number;
  rowSpacing: number;
  /** The tag; only used where a single slice has no neighbour. */
  thickness: number | undefined;
}

export interface ImagingProblem {
  code: ErrorCode;
  severity: "error" | "warning";
  /** The files at fault. */
  files: string[];
  message: string;
}

export interface Stack<S extends SlicePlacement> {
  /** Ascending along the normal (row x column direction); of slices at one position the first by file name is kept. */
  slices: S[];
  /** Undefined where slices are missing or uneven: then no affine is true. */
  geometry: VolumeGeometry | undefined;
  /** Distance of neighbouring slices along the normal, mm; undefined for a single slice and where distances are uneven. */
  spacing: number | undefined;
  problems: ImagingProblem[];
}

/** Positions are often written with two decimals: neighbours may be off by a hundredth without meaning. */
const jitterMm = 0.0105;
const maxTiltDegrees = 0.1;
const maxSidewaysMm = 0.1;

/**
 * Orders slices of one size and orientation and finds their common geometry.
 * Problems: DICOM_SLICE_DUPLICATE (all files at such positions), DICOM_SLICE_MISSING (a problem for each gap, naming both neighbours), DICOM_SPACING_UNEVEN; as a warning DICOM_TILTED, where the third axis of `direction` is not the normal.
 */
export function stackSlices<S extends SlicePlacement>(given: readonly S[]): Stack<S> {
  const problems: ImagingProblem[] = [];
  const first = given[0];
  if (first === undefined) return { slices: [], geometry: undefined, spacing: undefined, problems };
  const normal = normalized(cross(first.rowDirection, first.columnDirection));
  const along = (slice: S): number => dot(slice.position, normal);
  const sorted = [...given].sort((a, b) => along(a) - along(b) || (a.file < b.file ? -1 : 1));
  const slices = withoutDuplicates(sorted, along, problems);
  const distances = slices.slice(1).map((slice, index) => along(slice) - along(slices[index]!));
  if (distances.length === 0) {
    const spacing = first.thickness !== undefined && first.thickness > 0 ? first.thickness : 1;
    return { slices, geometry: geometryOf(slices, scaled(normal, spacing)), spacing: undefined, problems };
  }
  const spacing = median(distances);
  findGaps(slices, distances, spacing, problems);
  const whole = problems.every((problem) => problem.code === "DICOM_SLICE_DUPLICATE");
  const last = slices[slices.length - 1]!;
  const step = scaled(subtract(last.position, slices[0]!.position), 1 / distances.length);
  const cosine = Math.min(1, dot(step, normal) / norm(step));
  const tilt = (Math.acos(cosine) * 180) / Math.PI;
  if (tilt > maxTiltDegrees) {
    problems.push({
      code: "DICOM_TILTED",
      severity: "warning",
      files: slices.map((slice) => slice.file),
      message: `the stack is sheared by ${tilt.toFixed(2)} degrees`,
    });
  }
  if (whole) findSideways(slices, step, problems);
  const even = problems.every((problem) => problem.code === "DICOM_SLICE_DUPLICATE" || problem.code === "DICOM_TILTED");
  const uneven = problems.some((problem) => problem.code === "DICOM_SPACING_UNEVEN");
  return {
    slices,
    geometry: even ? geometryOf(slices, step) : undefined,
    spacing: even ? rounded(dot(step, normal)) : uneven ? undefined : rounded(spacing),
    problems,
  };
}

/** Removes the tail of binary fractions (5.000000000000001) that a mean of decimal positions leaves. */
const rounded = (value: number): number => Number(value.toPrecision(12));

function geometryOf(slices: readonly SlicePlacement[], step: Vector3): VolumeGeometry {
  const { columns, rows, columnSpacing, rowSpacing, rowDirection: r, columnDirection: c, position } = slices[0]!;
  const s = normalized(step);
  return {
    shape: [columns, rows, slices.length],
    spacing: [columnSpacing, rowSpacing, rounded(norm(step))],
    direction: [r[0], c[0], s[0], r[1], c[1], s[1], r[2], c[2], s[2]],
    origin: [...position],
  };
}

function withoutDuplicates<S extends SlicePlacement>(
  sorted: readonly S[],
  along: (slice: S) => number,
  problems: ImagingProblem[],
): S[] {
  const steps = sorted.slice(1).map((slice, index) => along(slice) - along(sorted[index]!));
  const apart = steps.filter((step) => step > 1e-3);
  const tolerance = apart.length > 0 ? Math.max(1e-3, 0.01 * median(apart)) : 1e-3;
  const groups: S[][] = [];
  for (const slice of sorted) {
    const group = groups[groups.length - 1];
    if (group !== undefined && along(slice) - along(group[0]!) <= tolerance) group.push(slice);
    else groups.push([slice]);
  }
  const shared = groups.filter((group) => group.length > 1);
  if (shared.length > 0) {
    const everywhere = shared.length === groups.length && groups.length > 1;
    problems.push({
      code: "DICOM_SLICE_DUPLICATE",
      severity: "error",
      files: shared.flatMap((group) => group.map((slice) => slice.file)).sort(),
      message: everywhere
        ? `every position is taken more than once (${sorted.length} slices at ${groups.length} positions): several phases or copies of a whole series`
        : `${shared.length} positions are taken more than once, the first at ${along(shared[0]![0]!).toFixed(2)} mm along the normal`,
    });
  }
  return groups.map((group) => group.reduce((kept, slice) => (slice.file < kept.file ? slice : kept)));
}

function findGaps(
  slices: readonly SlicePlacement[],
  distances: readonly number[],
  spacing: number,
  problems: ImagingProblem[],
): void {
  const uneven = new Set<string>();
  const seen: number[] = [];
  distances.forEach((distance, index) => {
    if (Math.abs(distance - spacing) <= Math.max(jitterMm, 0.01 * spacing)) return;
    const neighbours = [slices[index]!.file, slices[index + 1]!.file];
    const times = Math.round(distance / spacing);
    if (times >= 2 && Math.abs(distance - times * spacing) <= 0.05 * times * spacing) {
      problems.push({
        code: "DICOM_SLICE_MISSING",
        severity: "error",
        files: neighbours,
        message: `${times - 1} missing between two slices ${distance.toFixed(2)} mm apart, where ${spacing.toFixed(2)} mm is usual`,
      });
    } else {
      for (const file of neighbours) uneven.add(file);
      seen.push(distance);
    }
  });
  if (uneven.size > 0) {
    const range = `${Math.min(...seen).toFixed(3)} to ${Math.max(...seen).toFixed(3)} mm`;
    problems.push({
      code: "DICOM_SPACING_UNEVEN",
      severity: "error",
      files: [...uneven],
      message: `${seen.length} of ${distances.length} distances between slices (${range}) differ from the usual ${spacing.toFixed(3)} mm`,
    });
  }
}

/** Slices that don't lie on the straight line from the first to the last. */
function findSideways(slices: readonly SlicePlacement[], step: Vector3, problems: ImagingProblem[]): void {
  const origin = slices[0]!.position;
  const off = slices.filter((slice, index) => {
    const expected = scaled(step, index);
    return norm(subtract(subtract(slice.position, origin), expected)) > maxSidewaysMm;
  });
  if (off.length > 0) {
    problems.push({
      code: "DICOM_SPACING_UNEVEN",
      severity: "error",
      files: off.map((slice) => slice.file),
      message: `${off.length} slices lie more than ${maxSidewaysMm} mm off the straight line through the stack`,
    });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
