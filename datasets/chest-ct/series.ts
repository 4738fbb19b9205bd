/** From a phantom to the slices of a series: thickness, dose, kernel; and a thick series out of a thin one's planes. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import type { KernelClass } from "./noise.js";
import { kernelProperties } from "./noise.js";
import { imageSize, makePainter } from "./painter.js";
import type { Phantom } from "./phantom.js";

export interface SeriesPlan {
  readonly thicknessMm: number;
  readonly kernel: KernelClass;
  /** Relative to a routine dose. */
  readonly dose: number;
}

/** Takes slice `index` (centre at (index + 0.5) thickness above the lower end). The pixel buffer is used again afterwards. */
export type SliceSink = (index: number, pixels: Int16Array) => void;

const pixels = imageSize * imageSize;
/** The longest distance between planes of one slice. */
const planeMm = 2;

function sigmaOf(plan: SeriesPlan): number {
  return kernelProperties[plan.kernel].sigmaHu * Math.sqrt(1.25 / plan.thicknessMm) * (1 / Math.sqrt(plan.dose));
}

function noiseOffsets(seed: number, name: string, index: number): [number, number, number, number] {
  const random = new RandomStream(BigInt(seed), streamOf("chest-ct", "slice-noise", name, index));
  return [random.below(512), random.below(512), random.below(2), random.below(512)];
}

/** Number of slices of a series. */
export function sliceCount(phantom: Phantom, thicknessMm: number): number {
  return Math.floor(phantom.patient.height / thicknessMm + 1e-9);
}

/**
 * Paints a series slice by slice. With `partner`, a thicker series of the same scan is made from means of the thin planes,
 * softened in the plane to its own kernel and given its own noise; its thickness must be a whole multiple.
 */
export function paintSeries(
  phantom: Phantom,
  plan: SeriesPlan,
  sink: SliceSink,
  partner?: { readonly plan: SeriesPlan; readonly sink: SliceSink },
): void {
  const painter = makePainter(phantom, plan.kernel);
  const seed = phantom.patient.seed;
  const plane = new Float32Array(pixels);
  const out = new Int16Array(pixels);
  const subPlanes = Math.ceil(plan.thicknessMm / planeMm);
  const sum = new Float32Array(pixels);
  const thick = new Float32Array(pixels);
  const factor = partner ? Math.round(partner.plan.thicknessMm / plan.thicknessMm) : 0;
  let gathered = 0;
  const count = sliceCount(phantom, plan.thicknessMm);
  for (let index = 0; index < count; index++) {
    if (subPlanes === 1) painter.paint((index + 0.5) * plan.thicknessMm, plane);
    else {
      sum.fill(0);
      for (let s = 0; s < subPlanes; s++) {
        painter.paint((index + (s + 0.5) / subPlanes) * plan.thicknessMm, plane);
        for (let i = 0; i < pixels; i++) sum[i] = sum[i]! + plane[i]!;
      }
      const share = 1 / subPlanes;
      for (let i = 0; i < pixels; i++) plane[i] = sum[i]! * share;
    }
    if (partner) {
      if (gathered === 0) thick.set(plane);
      else for (let i = 0; i < pixels; i++) thick[i] = thick[i]! + plane[i]!;
      gathered++;
    }
    const z = (index + 0.5) * plan.thicknessMm;
    painter.finish(
      plane,
      z,
      sigmaOf(plan),
      noiseOffsets(seed, plan.kernel + plan.thicknessMm, index),
      plan.kernel,
      out,
    );
    sink(index, out);
    if (partner && gathered === factor) {
      const place = Math.floor(index / factor);
      soften(thick, plane, plan.kernel, partner.plan.kernel, factor);
      painter.finish(
        plane,
        (place + 0.5) * partner.plan.thicknessMm,
        sigmaOf(partner.plan),
        noiseOffsets(seed, partner.plan.kernel + partner.plan.thicknessMm, place),
        partner.plan.kernel,
        out,
      );
      partner.sink(place, out);
      gathered = 0;
    }
  }
}

/** Mean of the gathered planes, blurred by three taps in each direction when the wanted kernel is softer. */
function soften(sum: Float32Array, out: Float32Array, from: KernelClass, to: KernelClass, factor: number): void {
  const share = 1 / factor;
  const wide = kernelProperties[to].width;
  const narrow = kernelProperties[from].width;
  // Variance of a linear edge of width w is w^2/12; three taps (q, 1 - 2q, q) have variance 2q.
  const q = wide > narrow ? Math.min(0.25, (0.64 * (wide * wide - narrow * narrow)) / 24) : 0;
  if (q === 0) {
    for (let i = 0; i < pixels; i++) out[i] = sum[i]! * share;
    return;
  }
  const middle = (1 - 2 * q) * share;
  const side = q * share;
  for (let row = 0; row < imageSize; row++) {
    const first = row * imageSize;
    for (let c = 0; c < imageSize; c++) {
      const left = c === 0 ? 0 : c - 1;
      const right = c === imageSize - 1 ? c : c + 1;
      out[first + c] = middle * sum[first + c]! + side * (sum[first + left]! + sum[first + right]!);
    }
  }
  sum.set(out);
  for (let row = 0; row < imageSize; row++) {
    const up = row === 0 ? 0 : (row - 1) * imageSize;
    const down = row === imageSize - 1 ? row * imageSize : (row + 1) * imageSize;
    const here = row * imageSize;
    for (let c = 0; c < imageSize; c++) {
      out[here + c] = (1 - 2 * q) * sum[here + c]! + q * (sum[up + c]! + sum[down + c]!);
    }
  }
}
