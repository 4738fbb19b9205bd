/** Centres, sizes, distances and overlaps of findings. Volumes in LPS millimetres, photographs in pixels. */
import type { Geometry } from "../contract/finding.js";
import { maskContent } from "./mask.js";

/** Centre of a finding. The whole case and masks, which know only their grid, have none: [0, 0, 0]. */
export function centreOf(geometry: Geometry): readonly number[] {
  switch (geometry.type) {
    case "point":
      return geometry.at;
    case "sphere":
      return geometry.center;
    case "box":
      return geometry.min.map((low, axis) => (low + (geometry.max[axis] as number)) / 2);
    case "mask":
    case "case":
      return [0, 0, 0];
  }
}

/** Diameter in mm: of a sphere its own, of boxes and masks the sphere's of equal volume (disc of equal area in 2-D); points have 0. */
export function diameterOf(geometry: Geometry): number {
  if (geometry.type === "sphere") return geometry.diameterMm;
  if (geometry.type === "box") return roundDiameter(boxVolume(geometry.min, geometry.max), geometry.min.length);
  return geometry.type === "mask" ? roundDiameter(maskContent(geometry), geometry.shape.length) : 0;
}

/** Diameter of the ball of a volume, in two dimensions of the disc of an area. */
function roundDiameter(content: number, axes: number): number {
  return axes === 3 ? 2 * Math.cbrt((3 * content) / (4 * Math.PI)) : 2 * Math.sqrt(content / Math.PI);
}

/** Euclidean distance of two points of the same dimension. */
export function distanceMm(a: readonly number[], b: readonly number[]): number {
  let squared = 0;
  for (let axis = 0; axis < a.length; axis++) {
    const step = (a[axis] as number) - (b[axis] as number);
    squared += step * step;
  }
  return Math.sqrt(squared);
}

function boxVolume(min: readonly number[], max: readonly number[]): number {
  return min.reduce((volume, low, axis) => volume * Math.max(0, (max[axis] as number) - low), 1);
}

/** Axis-aligned bounds: [min, max] along each axis. */
function boundsOf(geometry: Geometry): [readonly number[], readonly number[]] {
  if (geometry.type === "box") return [geometry.min, geometry.max];
  const centre = centreOf(geometry);
  const radius = diameterOf(geometry) / 2;
  return [centre.map((value) => value - radius), centre.map((value) => value + radius)];
}

export type OverlapMeasure = "iou" | "dice";

/** Each measure by one division of sums: a threshold that whole numbers meet exactly is met. 0 when both are empty. */
function overlapOf(measure: OverlapMeasure, common: number, sizes: number): number {
  const [part, whole] = measure === "iou" ? [common, sizes - common] : [2 * common, sizes];
  return whole > 0 ? part / whole : 0;
}

/** Overlap of the axis-aligned bounds of two findings, in real coordinates (no "+1 pixel"). 0 when both are empty. */
export function boxOverlap(a: Geometry, b: Geometry, measure: OverlapMeasure): number {
  const [minA, maxA] = boundsOf(a);
  const [minB, maxB] = boundsOf(b);
  const min = minA.map((low, axis) => Math.max(low, minB[axis] as number));
  const max = maxA.map((high, axis) => Math.min(high, maxB[axis] as number));
  return overlapOf(measure, boxVolume(min, max), boxVolume(minA, maxA) + boxVolume(minB, maxB));
}

type MaskGeometry = Extract<Geometry, { type: "mask" }>;

/** Ends of the foreground runs of a mask, start and end by turns. */
function foreground({ runs }: MaskGeometry): number[] {
  const ends: number[] = [];
  let at = 0;
  runs.forEach((length, run) => {
    if (run % 2 === 1) ends.push(at, at + length);
    at += length;
  });
  return ends;
}

/** Overlap of two masks by their runs; 0 when they do not lie on one grid or both are empty. */
export function maskOverlap(a: MaskGeometry, b: MaskGeometry, measure: OverlapMeasure): number {
  if (a.shape.length !== b.shape.length || a.shape.some((length, axis) => length !== b.shape[axis])) return 0;
  const [first, second] = [foreground(a), foreground(b)];
  const total = (ends: readonly number[]) => ends.reduce((sum, end, at) => sum + (at % 2 === 1 ? end : -end), 0);
  let common = 0;
  for (let i = 0, j = 0; i < first.length && j < second.length;) {
    const [endA, endB] = [first[i + 1] as number, second[j + 1] as number];
    common += Math.max(0, Math.min(endA, endB) - Math.max(first[i] as number, second[j] as number));
    if (endA <= endB) i += 2;
    else j += 2;
  }
  return overlapOf(measure, common, total(first) + total(second));
}
