/** Preprocessing: a picture at another size, by a named convention. */
import { z } from "zod";
import type { PreprocessOperation, Raster, Sample } from "./operation.js";

const parameters = z.strictObject({
  op: z.literal("resize-raster").optional(),
  width: z.int().min(1).max(4096),
  height: z.int().min(1).max(4096),
  convention: z.enum(["half-pixel-bilinear", "antialiased-bilinear", "area"]),
});
type Parameters = z.infer<typeof parameters>;

export const resizeRaster: PreprocessOperation<Parameters> = {
  id: "resize-raster",
  title: { "zh-CN": "图像缩放", en: "Resize a picture" },
  description:
    "Output sample o lies at input coordinate i(o) = (o + 0.5) n / m - 0.5, n input and m output samples along the axis; weights are computed per axis, normalised to 1, " +
    "columns first, then rows, without rounding in between. half-pixel-bilinear: the two neighbours of i, the edge repeated " +
    "(torch interpolate bilinear align_corners=False; OpenCV INTER_LINEAR without its fixed-point rounding). antialiased-bilinear: triangle of half width max(1, n / m) about i, cut at the edge " +
    "(torch antialias=True; Pillow BILINEAR without its rounding to 8 bits). area: mean over the interval [o n / m, (o + 1) n / m), by overlap (OpenCV INTER_AREA when reducing).",
  parameters: parameters as z.ZodType<Parameters>,
  accepts: "raster",
  apply: (sample: Sample, { width, height, convention }: Parameters): Sample => {
    const raster = sample as Raster;
    const { channels } = raster;
    const middle = resizeRows(raster, axisWeights(raster.width, width, convention));
    const data = resizeColumns(middle, channels * width, axisWeights(raster.height, height, convention));
    return { kind: "raster", data, width, height, channels };
  },
};

/** Every row at its new width. */
function resizeRows({ data, width, height, channels }: Raster, { first, start, weights }: AxisWeights): Float64Array {
  const out = new Float64Array(channels * first.length * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = channels * width * y;
    for (let x = 0; x < first.length; x++) {
      const from = row + channels * first[x]!;
      const begin = start[x]!;
      const end = start[x + 1]!;
      if (channels === 3) {
        // The usual case, its three sums side by side.
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let k = begin, at = from; k < end; k++, at += 3) {
          const weight = weights[k]!;
          red += weight * data[at]!;
          green += weight * data[at + 1]!;
          blue += weight * data[at + 2]!;
        }
        out[to] = red;
        out[to + 1] = green;
        out[to + 2] = blue;
      } else {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = begin, at = from + c; k < end; k++, at += channels) sum += weights[k]! * data[at]!;
          out[to + c] = sum;
        }
      }
      to += channels;
    }
  }
  return out;
}

/** Every column of rows of `length` numbers at its new height. */
function resizeColumns(middle: Float64Array, length: number, { first, start, weights }: AxisWeights): Float32Array {
  const out = new Float32Array(length * first.length);
  const sums = new Float64Array(length);
  for (let y = 0; y < first.length; y++) {
    sums.fill(0);
    const end = start[y + 1]!;
    let k = start[y]!;
    let from = length * first[y]!;
    // Two rows at a time, added one after the other: half the passes over the sums.
    for (; k + 1 < end; k += 2, from += 2 * length) {
      const a = weights[k]!;
      const b = weights[k + 1]!;
      const next = from + length;
      for (let x = 0; x < length; x++) sums[x] = sums[x]! + a * middle[from + x]! + b * middle[next + x]!;
    }
    if (k < end) {
      const a = weights[k]!;
      for (let x = 0; x < length; x++) sums[x] = sums[x]! + a * middle[from + x]!;
    }
    out.set(sums, length * y);
  }
  return out;
}

interface AxisWeights {
  /** First input sample that output sample o reads. */
  readonly first: Int32Array;
  /** Its weights are those from start[o] up to but not including start[o + 1]. */
  readonly start: Int32Array;
  readonly weights: Float64Array;
}

/** Weights of one axis: n input samples, m output samples. */
function axisWeights(n: number, m: number, convention: Parameters["convention"]): AxisWeights {
  const scale = n / m;
  const first = new Int32Array(m);
  const start = new Int32Array(m + 1);
  const weights: number[] = [];
  for (let o = 0; o < m; o++) {
    const centre = (o + 0.5) * scale - 0.5;
    let low: number;
    let list: number[];
    if (convention === "half-pixel-bilinear") {
      const clamped = Math.min(n - 1, Math.max(0, centre));
      low = Math.min(n - 1, Math.floor(clamped));
      const share = clamped - low;
      list = low === n - 1 || share === 0 ? [1] : [1 - share, share];
    } else if (convention === "antialiased-bilinear") {
      const half = Math.max(1, scale);
      low = Math.max(0, Math.floor(centre - half) + 1);
      const high = Math.min(n - 1, Math.ceil(centre + half) - 1);
      list = [];
      for (let i = low; i <= high; i++) list.push(1 - Math.abs(i - centre) / half);
    } else {
      const from = o * scale;
      const to = (o + 1) * scale;
      low = Math.min(n - 1, Math.floor(from));
      list = [];
      for (let i = low; i < n && (i < to || i === low); i++)
        list.push(Math.max(1e-12, Math.min(to, i + 1) - Math.max(from, i)));
    }
    let sum = 0;
    for (const weight of list) sum += weight;
    first[o] = low;
    for (const weight of list) weights.push(weight / sum);
    start[o + 1] = weights.length;
  }
  return { first, start, weights: Float64Array.from(weights) };
}
