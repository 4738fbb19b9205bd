/** Preprocessing: the illuminated field of a fundus photograph, as a square. */
import { z } from "zod";
import type { PreprocessOperation, Raster, Sample } from "./operation.js";

const parameters = z.strictObject({
  op: z.literal("crop-field").optional(),
  /** A pixel belongs to the field when its brightest channel is above this. */
  threshold: z.number().min(0).max(255).default(16),
  /** Share of a row's or column's pixels that must belong to the field. */
  minimumShare: z.number().min(0).max(1).default(0.02),
});
type Parameters = z.infer<typeof parameters>;

export const cropField: PreprocessOperation<Parameters> = {
  id: "crop-field",
  title: { "zh-CN": "裁取眼底视野", en: "Crop to the field" },
  description:
    "A pixel is in the field when max(channels) > threshold. The box runs from the first to the last column, and from the first to the last row, " +
    "of which more than minimumShare of the pixels are in the field. The result is the square of side max(box width, box height) about the box: its first column is " +
    "box left - floor((side - box width) / 2), rows alike; what lies outside the picture is 0. A picture without a field is squared as a whole. " +
    "Values are not changed.",
  parameters: parameters as z.ZodType<Parameters>,
  accepts: "raster",
  apply: (sample: Sample, { threshold, minimumShare }: Parameters): Sample => {
    const raster = sample as Raster;
    const { width, height, channels, data } = raster;
    const columns = new Uint32Array(width);
    const rows = new Uint32Array(height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = channels * (x + width * y);
        for (let c = 0; c < channels; c++) {
          if ((data[at + c] as number) > threshold) {
            columns[x] = (columns[x] as number) + 1;
            rows[y] = (rows[y] as number) + 1;
            break;
          }
        }
      }
    }
    const [left, right] = extent(columns, minimumShare * height);
    const [top, bottom] = extent(rows, minimumShare * width);
    const side = Math.max(right - left, bottom - top);
    const x0 = left - Math.floor((side - (right - left)) / 2);
    const y0 = top - Math.floor((side - (bottom - top)) / 2);
    const out = new Float32Array(channels * side * side);
    const from = Math.max(0, x0);
    const to = Math.min(width, x0 + side);
    for (let y = Math.max(0, y0); y < Math.min(height, y0 + side); y++) {
      out.set(
        data.subarray(channels * (from + width * y), channels * (to + width * y)),
        channels * (from - x0 + side * (y - y0)),
      );
    }
    return { kind: "raster", data: out, width: side, height: side, channels };
  },
};

/** First and one past the last place whose count is above the limit; all of it when there is none. */
function extent(counts: Uint32Array, limit: number): [number, number] {
  let first = 0;
  while (first < counts.length && (counts[first] as number) <= limit) first++;
  if (first === counts.length) return [0, counts.length];
  let last = counts.length - 1;
  while ((counts[last] as number) <= limit) last--;
  return [first, last + 1];
}
