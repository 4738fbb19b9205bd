/** Preprocessing: three channels, in the range of numbers that the model was trained with. */
import { z } from "zod";
import type { PreprocessOperation, Raster, Sample } from "./operation.js";

const parameters = z.strictObject({
  op: z.literal("to-rgb").optional(),
  range: z.enum(["0..255", "0..1"]),
});
type Parameters = z.infer<typeof parameters>;

export const toRgb: PreprocessOperation<Parameters> = {
  id: "to-rgb",
  title: { "zh-CN": "转为 RGB 并定标", en: "To RGB in a range" },
  description:
    "One channel (or one and alpha) is copied to three; of four channels the fourth (alpha) is dropped without compositing. 0..255: values stay as decoded. 0..1: value / 255. Nothing is clipped.",
  parameters: parameters as z.ZodType<Parameters>,
  accepts: "raster",
  apply: (sample: Sample, { range }: Parameters): Sample => {
    const raster = sample as Raster;
    const { width, height, channels, data } = raster;
    const divisor = range === "0..1" ? 255 : 1;
    if (channels === 3 && divisor === 1) return raster;
    const out = new Float32Array(3 * width * height);
    const colours = channels >= 3;
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let c = 0; c < 3; c++) out[3 * pixel + c] = (data[channels * pixel + (colours ? c : 0)] as number) / divisor;
    }
    return { kind: "raster", data: out, width, height, channels: 3 };
  },
};
