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
    const channels = raster.channels;
    const across = axisWeights(raster.width, width, convention);
    const down = axisWeights(raster.height, height, convention);
    const middle = new Float64Array(channels * width * raster.height);
    for (let y = 0; y < raster.height; y++) {
      for (let x = 0; x < width; x++) {
        const first = across.first[x] as number;
        const weights = across.weights[x] as Float64Array;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          let at = channels * (first + raster.width * y) + c;
          for (let k = 0; k < weights.length; k++, at += channels)
            sum += (weights[k] as number) * (raster.data[at] as number);
          middle[channels * (x + width * y) + c] = sum;
        }
      }
    }
    const row = channels * width;
    const out = new Float32Array(row * height);
    const sums = new Float64Array(row);
    for (let y = 0; y < height; y++) {
      const first = down.first[y] as number;
      const weights = down.weights[y] as Float64Array;
      sums.fill(0);
      for (let k = 0; k < weights.length; k++) {
        const weight = weights[k] as number;
        const base = row * (first + k);
        for (let x = 0; x < row; x++) sums[x] = (sums[x] as number) + weight * (middle[base + x] as number);
      }
      out.set(sums, row * y);
    }
    return { kind: "raster", data: out, width, height, channels };
  },
};

interface AxisWeights {
  /** First input sample that output sample o reads. */
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** Weights of one axis: n input samples, m output samples. */
function axisWeights(n: number, m: number, convention: Parameters["convention"]): AxisWeights {
  const scale = n / m;
  const first = new Int32Array(m);
  const weights: Float64Array[] = [];
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
    weights.push(Float64Array.from(list, (weight) => weight / sum));
  }
  return { first, weights };
}
