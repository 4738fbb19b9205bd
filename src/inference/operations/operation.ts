/** What a declared pre- or postprocessing step is: one file exports one definition, listed in `index.ts`. */
import type { ZodType } from "zod";
import type { Finding } from "../../contract/finding.js";
import type { CountOfOutput, DeclaredLabel } from "../../submissions/declared-labels.js";

export type Vec3 = readonly [number, number, number];

/** A volume on a regular grid. Index order x fastest: data[x + nx * (y + ny * z)]. */
export interface Grid {
  readonly kind: "grid";
  readonly data: Float32Array | Int16Array;
  /** [columns, rows, slices]. */
  readonly shape: readonly [number, number, number];
  /** Centre of voxel (0,0,0), LPS millimetres. */
  readonly origin: Vec3;
  /** Steps of one voxel along column index, row index, slice index, LPS millimetres. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

/** A picture: data[channel + channels * (x + width * y)], after EXIF orientation, values 0..255 unless a step changed them. */
export interface Raster {
  readonly kind: "raster";
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

export type Sample = Grid | Raster;

/** A tensor as ONNX Runtime takes and gives it. */
export interface TensorValue {
  readonly dtype: "float32";
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** One declared step before the model. `apply` must be deterministic and must not keep its input. */
export interface PreprocessOperation<P = unknown> {
  readonly id: string;
  readonly title: { readonly "zh-CN": string; readonly en: string };
  /** Exact semantics: conventions, rounding, edges, with the source. */
  readonly description: string;
  readonly parameters: ZodType<P>;
  readonly accepts: "grid" | "raster";
  apply(sample: Sample, parameters: P): Sample;
}

/** What the model has said about a case so far. */
export interface Answer {
  /** Raw outputs by name. */
  readonly outputs: Readonly<Record<string, TensorValue>>;
  readonly findings: readonly Finding[];
  readonly scores: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string | number>>;
}

/** One declared step after the model. */
export interface PostprocessOperation<P = unknown> {
  readonly id: string;
  readonly title: { readonly "zh-CN": string; readonly en: string };
  readonly description: string;
  readonly parameters: ZodType<P>;
  /** `input` is the sample that went into the model (its grid places voxels in the patient). */
  apply(answer: Answer, parameters: P, input: Sample): Answer;
  /** Labels that it gives every answer, so that they can be judged before any case is run; absent: none. */
  labels?(parameters: P, countOf: CountOfOutput): readonly DeclaredLabel[];
}
