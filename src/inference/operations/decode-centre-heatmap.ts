/** Postprocessing: candidates out of a map of centre probabilities with sizes and offsets. */
import { z } from "zod";
import { fail } from "../../contract/errors.js";
import type { Finding } from "../../contract/finding.js";
import { positionAt } from "./grid-geometry.js";
import type { Answer, Grid, PostprocessOperation, Sample, TensorValue } from "./operation.js";

const parameters = z.strictObject({
  op: z.literal("decode-centre-heatmap").optional(),
  /** Name of the output [1, 5, z, y, x]: probability, ln(diameter / referenceMm), offset x, y, z in cells. */
  output: z.string().min(1).max(200),
  /** Voxels of the input along a side of one cell. */
  stride: z.int().min(1).max(64),
  referenceMm: z.number().positive().default(8),
  /** A cell below this is never a candidate. */
  floor: z.number().min(0).max(1).default(0.03),
  /** Diameters are held inside this range, mm. */
  minimumMm: z.number().positive().default(2),
  maximumMm: z.number().positive().default(60),
  /** A candidate nearer to a stronger one than max(this, half the stronger one's diameter) is dropped, mm. */
  suppressionMm: z.number().min(0).default(5),
  maxCandidates: z.int().min(1).max(1000).default(60),
  label: z.string().max(64).optional(),
});
type Parameters = z.infer<typeof parameters>;

interface Candidate {
  readonly center: [number, number, number];
  readonly diameterMm: number;
  readonly score: number;
}

export const decodeCentreHeatmap: PostprocessOperation<Parameters> = {
  id: "decode-centre-heatmap",
  title: { "zh-CN": "中心热图解码", en: "Candidates from a centre map" },
  description:
    "A cell is a peak when its probability is at least floor and no cell of its 3 x 3 x 3 neighbourhood is higher (of equal neighbours the one with the lowest index counts). Its centre in voxels of the model's input is stride * i + (stride - 1) / 2 + stride * clip(offset, -1, 1) " +
    "along each axis, placed in the patient by that input's grid. Its diameter is referenceMm * exp(size), held in minimumMm..maximumMm. Peaks are taken by falling probability (equal ones by index); one whose centre is nearer to an already taken one than max(suppressionMm, half of that one's diameter) is dropped; " +
    "at most maxCandidates are taken. Peaks whose centre lies outside the input's voxels are dropped. The probability is the score.",
  parameters: parameters,
  apply: (answer: Answer, settings: Parameters, input: Sample): Answer => {
    if (input.kind !== "grid") fail("DOCUMENT_INVALID", "decode-centre-heatmap needs a volume as the model's input.");
    const tensor = mapOf(answer, settings.output);
    const candidates = suppress(peaks(tensor, input, settings), settings);
    const findings: Finding[] = candidates.map((c, n) => ({
      id: `c${String(n + 1).padStart(3, "0")}`,
      geometry: { type: "sphere", center: c.center, diameterMm: c.diameterMm },
      ...(settings.label === undefined ? {} : { label: settings.label }),
      score: c.score,
      attributes: { diameterMm: c.diameterMm },
    }));
    return { ...answer, findings: [...answer.findings, ...findings] };
  },
};

function mapOf(answer: Answer, output: string): TensorValue {
  const tensor = answer.outputs[output];
  if (tensor === undefined) fail("DOCUMENT_INVALID", `decode-centre-heatmap: the model has no output "${output}".`);
  const { dims, data } = tensor;
  if (dims.length !== 5 || dims[0] !== 1 || dims[1] !== 5 || data.length !== dims.reduce((a, b) => a * b, 1)) {
    fail(
      "DOCUMENT_INVALID",
      `decode-centre-heatmap: output "${output}" is [${dims.join(", ")}]; [1, 5, z, y, x] is expected.`,
    );
  }
  return tensor;
}

/** All peaks, strongest first. */
function peaks(tensor: TensorValue, grid: Grid, settings: Parameters): Candidate[] {
  const [nz, ny, nx] = tensor.dims.slice(2) as [number, number, number];
  const { data } = tensor;
  const cells = nx * ny * nz;
  const { stride } = settings;
  const found: { index: number; score: number }[] = [];
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++) {
        const index = i + nx * (j + ny * k);
        const score = data[index]!;
        if (score >= settings.floor && isPeak(data, nx, ny, nz, i, j, k, score)) found.push({ index, score });
      }
    }
  }
  found.sort((a, b) => b.score - a.score || a.index - b.index);
  const candidates: Candidate[] = [];
  for (const { index, score } of found) {
    const i = index % nx;
    const j = Math.floor(index / nx) % ny;
    const k = Math.floor(index / (nx * ny));
    const size = data[cells + index]!;
    const place = [i, j, k].map((cell, axis) => {
      const offset = data[(2 + axis) * cells + index]!;
      return stride * cell + (stride - 1) / 2 + stride * Math.min(1, Math.max(-1, offset));
    });
    if (!Number.isFinite(size) || !place.every(Number.isFinite)) {
      fail("DOCUMENT_INVALID", "decode-centre-heatmap: the map holds a size or an offset that is not a number.");
    }
    const inside = place.every((p, axis) => p >= -0.5 && p <= grid.shape[axis]! - 0.5);
    if (!inside) continue;
    candidates.push({
      center: positionAt(grid, place[0]!, place[1]!, place[2]!),
      diameterMm: Math.min(settings.maximumMm, Math.max(settings.minimumMm, settings.referenceMm * Math.exp(size))),
      score,
    });
  }
  return candidates;
}

function isPeak(
  data: Float32Array,
  nx: number,
  ny: number,
  nz: number,
  i: number,
  j: number,
  k: number,
  score: number,
): boolean {
  const own = i + nx * (j + ny * k);
  for (let c = Math.max(0, k - 1); c <= Math.min(nz - 1, k + 1); c++) {
    for (let b = Math.max(0, j - 1); b <= Math.min(ny - 1, j + 1); b++) {
      for (let a = Math.max(0, i - 1); a <= Math.min(nx - 1, i + 1); a++) {
        const index = a + nx * (b + ny * c);
        const other = data[index]!;
        if (other > score || (other === score && index < own)) return false;
      }
    }
  }
  return true;
}

function suppress(candidates: readonly Candidate[], settings: Parameters): Candidate[] {
  const taken: Candidate[] = [];
  for (const candidate of candidates) {
    if (taken.length >= settings.maxCandidates) break;
    const near = taken.some((stronger) => {
      const dx = stronger.center[0] - candidate.center[0];
      const dy = stronger.center[1] - candidate.center[1];
      const dz = stronger.center[2] - candidate.center[2];
      const limit = Math.max(settings.suppressionMm, stronger.diameterMm / 2);
      return dx * dx + dy * dy + dz * dz < limit * limit;
    });
    if (!near) taken.push(candidate);
  }
  return taken;
}
