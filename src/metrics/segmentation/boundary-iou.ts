/** Boundary IoU: intersection over union of the bands of two masks along their contours. */
import { borderVoxels, type ImageEdge } from "../../geometry/border-voxels.js";
import { eroded } from "../../geometry/erosion.js";
import { cutToForeground, type Mask } from "../../geometry/mask.js";
import { nearestDistances } from "../../geometry/nearest-distance.js";
import { notEstimable, requireArgument } from "../../stats/outcome.js";
import { agreementOfEmpty, emptyReason, requireSameGrid, type EmptyRule, type Value } from "./pair.js";

/**
 * Which voxels of a mask belong to the band of `width` voxels: those that `width` erosions by the full neighbourhood take
 * away (Cheng et al. 2021, doi:10.1109/CVPR46437.2021.01508), or those nearer than `width` to the mask's border voxels
 * (MetricsReloaded). The spacing plays no part in either.
 */
export type BoundaryBand = "chessboard-erosion" | "distance";

export interface BoundaryIouOptions extends EmptyRule {
  readonly band?: BoundaryBand;
  /** In voxels; default 2 % of the image's diagonal, at least 1. Erosion takes whole numbers. */
  readonly width?: number;
  readonly edge?: ImageEdge;
}

/** 2 % of the diagonal of an image in whole voxels, at least 1; a half up, where the code of Cheng et al. goes to even. */
function usualWidth(shape: readonly number[]): number {
  return Math.max(1, Math.round(0.02 * Math.sqrt(shape.reduce((sum, length) => sum + length * length, 0))));
}

function bandOf(mask: Mask, band: BoundaryBand, width: number, edge: ImageEdge): Uint8Array {
  if (band === "chessboard-erosion") {
    const inner = eroded(mask, width, edge).voxels;
    return mask.voxels.map((voxel, at) => (voxel !== 0 && inner[at] === 0 ? 1 : 0));
  }
  const inBand = new Uint8Array(mask.voxels.length);
  const border = borderVoxels(mask, edge);
  if (border.length === 0) return inBand;
  const inside: number[] = [];
  mask.voxels.forEach((voxel, at) => {
    if (voxel !== 0) inside.push(at);
  });
  const voxels = Int32Array.from(inside);
  const ones = mask.shape.map(() => 1);
  nearestDistances(voxels, border, mask.shape, ones).forEach((distance, at) => {
    if (distance < width) inBand[voxels[at] as number] = 1;
  });
  return inBand;
}

/** Intersection over union of the two bands. `no-data`: masks that fill an open image have no band. */
export function boundaryIou(reference: Mask, prediction: Mask, options: BoundaryIouOptions = {}): Value {
  requireSameGrid(reference, prediction);
  const { band = "chessboard-erosion", width = usualWidth(reference.shape), edge = "background" } = options;
  requireArgument(
    width > 0 && width < Infinity && (band === "distance" || Number.isInteger(width)),
    `width: ${width} is no width of a band of voxels`,
  );
  const [a, b] = cutToForeground([reference, prediction]).map((mask) => bandOf(mask, band, width, edge)) as [
    Uint8Array,
    Uint8Array,
  ];
  let both = 0;
  let either = 0;
  for (let at = 0; at < a.length; at++) {
    both += (a[at] as number) & (b[at] as number);
    either += (a[at] as number) | (b[at] as number);
  }
  if (either > 0) return both / either;
  const holds = (mask: Mask) => (mask.voxels.some((voxel) => voxel !== 0) ? 1 : 0);
  const empty = emptyReason(holds(reference), holds(prediction));
  return empty === "both-empty" ? agreementOfEmpty(empty, options) : notEstimable("no-data");
}
