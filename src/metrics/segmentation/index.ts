/** Metrics of a pair of masks. */
export { maskOf, maskOfRuns, runsOf, type Mask } from "../../geometry/mask.js";
export type { ImageEdge } from "../../geometry/border-voxels.js";
export { connectedComponents, type Components, type Connectivity } from "../../geometry/connected-components.js";
export { thinned } from "../../geometry/thinning.js";
export { boundaryIou, type BoundaryBand, type BoundaryIouOptions } from "./boundary-iou.js";
export { clDice, type ClDice, type ClDiceOptions } from "./cl-dice.js";
export { lesionWise, type LesionWise, type LesionWiseOptions } from "./lesion-wise.js";
export { overlap, voxelCounts, type Overlap, type VoxelCounts } from "./overlap.js";
export {
  maskMeasures,
  measureKey,
  type MaskMeasure,
  type MaskMeasureId,
  type MaskState,
  type MaskUnits,
} from "./mask-units.js";
export type { EmptyRule, Value } from "./pair.js";
export { measureOfMetric } from "./set-metrics.js";
export {
  borderVoxelMetrics,
  surfelAreaMetrics,
  type BorderVoxelDistances,
  type SurfaceDistances,
  type SurfaceMetrics,
  type SurfaceOptions,
} from "./surface-distances.js";
