/** Preprocessing: a linear window of intensities. */
import { z } from "zod";
import type { Grid, PreprocessOperation, Sample } from "./operation.js";

const parameters = z
  .strictObject({
    op: z.literal("window-intensity").optional(),
    /** Input values (CT: HU) that become `toLow` and `toHigh`. */
    low: z.number(),
    high: z.number(),
    toLow: z.number().default(0),
    toHigh: z.number().default(1),
  })
  .refine((p) => p.low < p.high, "`low` must be below `high`");
type Parameters = z.infer<typeof parameters>;

export const windowIntensity: PreprocessOperation<Parameters> = {
  id: "window-intensity",
  title: { "zh-CN": "窗宽窗位变换", en: "Window the intensities" },
  description:
    "y = toLow + (min(max(x, low), high) - low) * (toHigh - toLow) / (high - low), in double precision, stored as 32-bit floats; no rounding to whole numbers. low and high are values, not centre and width.",
  parameters: parameters,
  accepts: "grid",
  apply: (sample: Sample, { low, high, toLow, toHigh }: Parameters): Sample => {
    const grid = sample as Grid;
    const gain = (toHigh - toLow) / (high - low);
    const data = new Float32Array(grid.data.length);
    for (let i = 0; i < data.length; i++) {
      const x = grid.data[i]!;
      data[i] = toLow + ((x < low ? low : x > high ? high : x) - low) * gain;
    }
    return { ...grid, data };
  },
};
