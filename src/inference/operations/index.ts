/** The declared pre- and postprocessing steps, by id. */
import { cropField } from "./crop-field.js";
import { decodeCentreHeatmap } from "./decode-centre-heatmap.js";
import { decodeCumulativeGrades } from "./decode-cumulative-grades.js";
import { lungBox } from "./lung-box.js";
import type { PostprocessOperation, PreprocessOperation } from "./operation.js";
import { padGrid } from "./pad-grid.js";
import { resampleGrid } from "./resample-grid.js";
import { resizeRaster } from "./resize-raster.js";
import { toRgb } from "./to-rgb.js";
import { windowIntensity } from "./window-intensity.js";

const byId = <T extends { readonly id: string }>(operations: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(operations.map((operation) => [operation.id, operation]));

/** Steps before the model. Each operation's own schema types its parameters, so the table forgets them. */
export const preprocessOperations = byId<PreprocessOperation>([
  cropField,
  lungBox,
  padGrid,
  resampleGrid,
  resizeRaster,
  toRgb,
  windowIntensity,
]);

/** Steps after the model. */
export const postprocessOperations = byId<PostprocessOperation>([decodeCentreHeatmap, decodeCumulativeGrades]);
