/** Inside the child: opens one model, answers cases with it. Texts of ONNX Runtime and of the model go no further than here. */
import { readFileSync, statSync } from "node:fs";
import type * as Ort from "onnxruntime-node";
import type { ModelInput, ModelOutput } from "../contract/submission.js";
import { sha256 } from "../storage/hashing.js";
import { checkedBytes, FileChanged } from "./checked-files.js";
import type { CaseFile, CaseTiming, ChildReply, ChildRequest, SessionValue } from "./messages.js";
import { postprocessOperations, preprocessOperations } from "./operations/index.js";
import type { Answer, Sample, TensorValue } from "./operations/operation.js";
import type { Reader } from "./samples.js";
import { CaseFailure, checkInput, checkOutputs, tensorOf, type Symbols } from "./tensors.js";

type Request<T extends ChildRequest["type"]> = Extract<ChildRequest, { type: T }>;

const maxTestBytes = 64 * 1024 * 1024;
const outOfMemory = /Failed to allocate memory|bad_alloc|Array buffer allocation failed|Invalid typed array length/;

interface OpenModel {
  readonly ort: typeof Ort;
  readonly session: Ort.InferenceSession;
  readonly input: ModelInput;
  readonly outputs: readonly ModelOutput[];
  readonly before: ((sample: Sample) => Sample)[];
  readonly after: ((answer: Answer, input: Sample) => Answer)[];
}

let opened: OpenModel | undefined;
const read: { volume?: Reader["read"]; image?: Reader["read"] } = {};

/** Loads the model from the bytes that were hashed, so that what runs is what was admitted. */
export async function openModel(request: Request<"open">): Promise<ChildReply> {
  const bytes = readFileSync(request.model.path);
  if (sha256(bytes) !== request.model.sha256) return { type: "refused", reason: "hash" };
  const ort = await import("onnxruntime-node");
  const samples = await import("./samples.js");
  if (request.kind === "volume") read.volume = (await samples.volumes()).read;
  else read.image = (await samples.pictures()).read;
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const input = request.inputs[0] as ModelInput;
    opened = {
      ort,
      session,
      input,
      outputs: request.outputs,
      before: input.preprocess.map((step) => {
        const operation = preprocessOperations[step.op];
        if (!operation) throw new Error(`no operation ${step.op}`);
        const parameters = operation.parameters.parse(step);
        return (sample) => {
          if (sample.kind !== operation.accepts)
            throw new CaseFailure("PREPROCESS_FAILED", `step ${operation.id} takes a ${operation.accepts}`);
          return operation.apply(sample, parameters);
        };
      }),
      after: request.postprocess.map((step) => {
        const operation = postprocessOperations[step.op];
        if (!operation) throw new Error(`no operation ${step.op}`);
        const parameters = operation.parameters.parse(step);
        return (answer, sample) => operation.apply(answer, parameters, sample);
      }),
    };
    return { type: "opened", inputs: valuesOf(session.inputMetadata), outputs: valuesOf(session.outputMetadata) };
  } catch (error) {
    return { type: "refused", reason: outOfMemory.test(String(error)) ? "memory" : "load" };
  }
}

function valuesOf(metadata: Ort.InferenceSession["inputMetadata"]): SessionValue[] {
  return metadata.slice(0, 64).map((value) => ({
    name: value.name.slice(0, 200),
    dtype: value.isTensor ? value.type : "other",
    shape: value.isTensor ? value.shape.map((size) => (typeof size === "number" ? size : size.slice(0, 200))) : [],
  }));
}

/** Reads, preprocesses, infers, postprocesses. Never throws for what a case or a model may cause. */
export async function inferCase(request: Request<"case">): Promise<ChildReply> {
  const { name } = request;
  const clock = new Clock();
  try {
    if (!opened) throw new Error("no model is open");
    const { before, after, input, outputs } = opened;
    const sample = await clock.of("readMs", () => readSample(request));
    const prepared = await clock.of("preprocessMs", () => {
      let at = sample;
      for (const step of before) at = guarded("PREPROCESS_FAILED", () => step(at));
      return { at, tensor: tensorOf(at) };
    });
    const symbols: Symbols = new Map();
    checkInput(prepared.tensor, input, symbols);
    const tensors = await clock.of("inferMs", () => infer(prepared.tensor, symbols, outputs));
    const answer = await clock.of("postprocessMs", () => {
      let at: Answer = { outputs: tensors, findings: [], scores: {}, labels: {} };
      for (const step of after) at = guarded("POSTPROCESS_FAILED", () => step(at, prepared.at));
      return { findings: at.findings, scores: at.scores, labels: at.labels };
    });
    return { type: "answer", name, answer, timing: clock.timing() };
  } catch (error) {
    if (error instanceof FileChanged) return { type: "changed", name, path: error.path };
    const failure =
      error instanceof CaseFailure ? error : new CaseFailure("MODEL_RUNTIME_ERROR", "the model could not be run");
    return { type: "failed", name, code: failure.code, message: failure.message, timing: clock.timing() };
  }
}

async function infer(
  tensor: TensorValue,
  symbols: Symbols,
  outputs: readonly ModelOutput[],
): Promise<Record<string, TensorValue>> {
  const { ort, session, input } = opened as OpenModel;
  let raw: Ort.InferenceSession.ReturnType;
  try {
    const feed = new ort.Tensor("float32", tensor.data, tensor.dims);
    raw = await session.run(
      { [input.name]: feed },
      outputs.map((output) => output.name),
    );
  } catch (error) {
    if (outOfMemory.test(String(error)))
      throw new CaseFailure("MODEL_OUT_OF_MEMORY", "the model needs more memory than it is given");
    throw new CaseFailure("MODEL_RUNTIME_ERROR", "ONNX Runtime ended the model's run with an error");
  }
  return checkOutputs(raw, outputs, symbols);
}

function guarded<T>(code: "PREPROCESS_FAILED" | "POSTPROCESS_FAILED", work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CaseFailure) throw error;
    throw new CaseFailure(code, `a declared step failed: ${plain(error)}`);
  }
}

/** Our own operations' words: without control characters, and short. */
function plain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, 200);
}

async function readSample(request: Request<"case">): Promise<Sample> {
  const reader = read[request.kind];
  if (!reader) throw new CaseFailure("CASE_UNREADABLE", `the model takes no ${request.kind}`);
  const unread = new Set(request.files);
  const bytesOf = (file: CaseFile): Buffer => {
    unread.delete(file);
    return checkedBytes(file);
  };
  try {
    const sample = await reader(request.files, bytesOf);
    for (const file of unread) checkedBytes(file);
    return sample;
  } catch (error) {
    if (error instanceof FileChanged) throw error;
    // What can't be decoded may have been changed, in this file or a later one: that counts first.
    for (const file of request.files) checkedBytes(file);
    // Paths hold the test set's own names: only the code of the error leaves.
    const code = (error as { code?: unknown }).code;
    throw new CaseFailure("CASE_UNREADABLE", `the case can't be decoded${typeof code === "string" ? `: ${code}` : ""}`);
  }
}

/** Runs a submission's own test tensors: JSON files {name: {dims, data}}. */
export async function testModel(request: Request<"test">): Promise<ChildReply> {
  const tested = (problem: string | null, largestDifference: number | null = null): ChildReply => ({
    type: "tested",
    largestDifference,
    problem,
  });
  try {
    const { input, outputs } = opened as OpenModel;
    const given = readTensors(request.input)[input.name];
    if (!given) return tested(`the test holds no tensor "${input.name}"`);
    const expected = readTensors(request.output);
    const symbols: Symbols = new Map();
    checkInput(given, input, symbols);
    const actual = await infer(given, symbols, outputs);
    let largest = 0;
    for (const [name, want] of Object.entries(expected)) {
      const got = actual[name];
      if (!got) return tested("the test names an output that is not declared");
      if (got.dims.join() !== want.dims.join()) return tested(`output "${name}" has another shape than the test's`);
      for (let i = 0; i < want.data.length; i++)
        largest = Math.max(largest, Math.abs((got.data[i] as number) - (want.data[i] as number)));
    }
    return tested(largest <= request.tolerance ? null : "an output differs by more than the tolerance", largest);
  } catch (error) {
    return tested(error instanceof CaseFailure ? error.message : "a test tensor can't be read");
  }
}

function readTensors(path: string): Record<string, TensorValue> {
  if (statSync(path).size > maxTestBytes)
    throw new CaseFailure("PREPROCESS_FAILED", "a test tensor of more than 64 MiB");
  const parsed = JSON.parse(readFileSync(path, "utf8")) as Record<string, { dims: unknown; data: unknown }>;
  const tensors: Record<string, TensorValue> = {};
  for (const [name, { dims, data }] of Object.entries(parsed)) {
    if (!Array.isArray(dims) || !Array.isArray(data)) throw new Error("not a tensor");
    const sizes = dims.map(Number);
    const values = Float32Array.from(data.map(Number));
    if (sizes.reduce((product, size) => product * size, 1) !== values.length) throw new Error("dims and data differ");
    tensors[name] = { dtype: "float32", dims: sizes, data: values };
  }
  return tensors;
}

/** Wall time of each part, CPU time and peak memory of the process. */
class Clock {
  readonly #cpu = process.cpuUsage();
  readonly #parts = { readMs: 0, preprocessMs: 0, inferMs: 0, postprocessMs: 0 };

  async of<T>(part: "readMs" | "preprocessMs" | "inferMs" | "postprocessMs", work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#parts[part] = performance.now() - start;
    }
  }

  timing(): CaseTiming {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { ...this.#parts, cpuMs: (user + system) / 1000, peakMemoryMb: process.resourceUsage().maxRSS / 1024 };
  }
}
