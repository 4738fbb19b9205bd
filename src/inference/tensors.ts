/** Samples to tensors, and what a model gave back to tensors that keep what the manifest declares. */
import type { FailureCode } from "../contract/prediction.js";
import type { ModelInput, ModelOutput } from "../contract/submission.js";
import { floatsOf } from "./operations/grid-geometry.js";
import type { Sample, TensorValue } from "./operations/operation.js";

/** Largest output of a model, all tensors together. */
const maxOutputBytes = 2 * 1024 * 1024 * 1024;

/** A failure of one case, in our own words. */
export class CaseFailure extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** A volume becomes [1, 1, z, y, x], a picture [1, c, y, x]. */
export function tensorOf(sample: Sample): TensorValue {
  if (sample.kind === "grid") {
    const [nx, ny, nz] = sample.shape;
    return { dtype: "float32", dims: [1, 1, nz, ny, nx], data: floatsOf(sample) };
  }
  const { width, height, channels } = sample;
  const pixels = width * height;
  const data = new Float32Array(channels * pixels);
  const values = sample.data;
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * pixels;
    for (let pixel = 0, at = channel; pixel < pixels; pixel++, at += channels)
      data[plane + pixel] = values[at] as number;
  }
  return { dtype: "float32", dims: [1, channels, height, width], data };
}

/** Values of symbolic dimensions, bound by the first tensor that has them. */
export type Symbols = Map<string, number>;

const show = (dims: readonly (number | string)[]) => `[${dims.join(", ")}]`;

/** Whether dims keep a declared shape; binds symbols. */
function keepsShape(dims: readonly number[], declared: readonly (number | string)[], symbols: Symbols): boolean {
  if (dims.length !== declared.length) return false;
  return dims.every((size, axis) => {
    const claim = declared[axis] as number | string;
    if (typeof claim === "number") return size === claim;
    const bound = symbols.get(claim);
    if (bound === undefined) symbols.set(claim, size);
    return bound === undefined || bound === size;
  });
}

/** @throws CaseFailure PREPROCESS_FAILED when preprocessing does not give what the model takes */
export function checkInput(tensor: TensorValue, declared: ModelInput, symbols: Symbols): void {
  if (!keepsShape(tensor.dims, declared.shape, symbols))
    throw new CaseFailure(
      "PREPROCESS_FAILED",
      `preprocessing gives ${show(tensor.dims)}, the model takes ${show(declared.shape)}`,
    );
}

interface RawTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** Declared outputs, checked: presence, type, shape, size, finite values. @throws CaseFailure */
export function checkOutputs(
  raw: Readonly<Record<string, RawTensor | undefined>>,
  declared: readonly ModelOutput[],
  symbols: Symbols,
): Record<string, TensorValue> {
  const outputs: Record<string, TensorValue> = {};
  let bytes = 0;
  for (const claim of declared) {
    const tensor = raw[claim.name];
    if (!tensor) throw new CaseFailure("MODEL_OUTPUT_MISSING", `output "${claim.name}" is missing`);
    if (tensor.type !== claim.dtype || !(tensor.data instanceof Float32Array))
      throw new CaseFailure("MODEL_OUTPUT_SHAPE", `output "${claim.name}" is not ${claim.dtype}`);
    const dims = [...tensor.dims];
    const { data } = tensor;
    bytes += data.byteLength;
    if (bytes > maxOutputBytes) throw new CaseFailure("MODEL_OUTPUT_TOO_LARGE", "outputs of more than 2 GiB");
    if (dims.reduce((product, size) => product * size, 1) !== data.length || !keepsShape(dims, claim.shape, symbols))
      throw new CaseFailure(
        "MODEL_OUTPUT_SHAPE",
        `output "${claim.name}" has shape ${show(dims.slice(0, 16))}, declared is ${show(claim.shape)}`,
      );
    if (!allFinite(data)) throw new CaseFailure("MODEL_OUTPUT_NOT_FINITE", `output "${claim.name}" is not finite`);
    outputs[claim.name] = { dtype: "float32", dims, data };
  }
  return outputs;
}

/** x - x is 0 for finite x and NaN else; the sum stays 0 as long as all are finite. */
function allFinite(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i] as number;
    sum += x - x;
  }
  return sum === 0;
}
