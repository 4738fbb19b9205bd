/** Preprocessing: sides of a volume padded to multiples of a number, for networks that halve their input. */
import { z } from "zod";
import { fail } from "../../contract/errors.js";
import type { Grid, PreprocessOperation, Sample } from "./operation.js";

const parameters = z.strictObject({
  op: z.literal("pad-grid").optional(),
  /** Every side becomes a multiple of this ... */
  multipleOf: z.int().min(1).max(256).default(1),
  /** ... and at least this long. */
  minimum: z.int().min(1).max(4096).default(1),
  value: z.number().default(0),
});
type Parameters = z.infer<typeof parameters>;

/** No result may hold more voxels than this. */
const maxVoxels = 400_000_000;

export const padGrid: PreprocessOperation<Parameters> = {
  id: "pad-grid",
  title: { "zh-CN": "边缘填充", en: "Pad the sides" },
  description:
    "Each side of n voxels becomes the smallest multiple of multipleOf that is at least n and at least minimum. The new voxels lie behind the last index of the axis and hold `value`; voxel (0,0,0) keeps its place.",
  parameters: parameters,
  accepts: "grid",
  apply: (sample: Sample, { multipleOf, minimum, value }: Parameters): Sample => {
    const grid = sample as Grid;
    const shape = grid.shape.map((n) => Math.ceil(Math.max(n, minimum) / multipleOf) * multipleOf) as [
      number,
      number,
      number,
    ];
    if (shape[0] * shape[1] * shape[2] > maxVoxels) {
      fail("LIMIT_EXCEEDED", `pad-grid would make ${shape.join(" x ")} voxels; at most ${maxVoxels} are allowed.`);
    }
    const [nx, ny, nz] = grid.shape;
    const data = new Float32Array(shape[0] * shape[1] * shape[2]).fill(value);
    for (let k = 0; k < nz; k++) {
      for (let j = 0; j < ny; j++) {
        const from = nx * (j + ny * k);
        data.set(grid.data.subarray(from, from + nx), shape[0] * (j + shape[1] * k));
      }
    }
    return { ...grid, data, shape };
  },
};
