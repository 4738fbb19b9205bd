/** The declared pre- and postprocessing steps, by id. */
import { cropField } from "./crop-field.js";
import { decodeCumulativeGrades } from "./decode-cumulative-grades.js";
import type { PostprocessOperation, PreprocessOperation } from "./operation.js";
import { resizeRaster } from "./resize-raster.js";
import { toRgb } from "./to-rgb.js";

const byId = <T extends { readonly id: string }>(operations: readonly T[]): Readonly<Record<string, T>> =>
  Object.fromEntries(operations.map((operation) => [operation.id, operation]));

/** Steps before the model. Each operation's own schema types its parameters, so the table forgets them. */
export const preprocessOperations = byId<PreprocessOperation>([
  cropField as PreprocessOperation,
  resizeRaster as PreprocessOperation,
  toRgb as PreprocessOperation,
]);

/** Steps after the model. */
export const postprocessOperations = byId<PostprocessOperation>([decodeCumulativeGrades as PostprocessOperation]);
