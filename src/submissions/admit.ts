/** Admission without running anything: the manifest, its files and steps, the static scan, declared against real inputs and outputs. */
import type { ZodType } from "zod";
import { join } from "node:path";
import { fail } from "../contract/errors.js";
import type { ModelFacts, SubmissionRun } from "../contract/run.js";
import {
  onnxSubmission,
  type ModelInput,
  type ModelOutput,
  type OnnxSubmission,
  type Step,
} from "../contract/submission.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readYaml } from "../storage/documents.js";
import { hashFile } from "../storage/hashing.js";
import { resolveInside } from "../storage/paths.js";
import { graphHash } from "./graph-hash.js";
import { readOnnx } from "./onnx-reader.js";
import { factsOf, judgeModel } from "./onnx-rules.js";

/** What admission must know of a step: the schema of its parameters. */
interface KnownStep {
  readonly parameters: ZodType;
}
export interface KnownSteps {
  readonly preprocess: Readonly<Record<string, KnownStep>>;
  readonly postprocess: Readonly<Record<string, KnownStep>>;
}

export interface AdmittedSubmission {
  readonly folder: string;
  readonly manifest: OnnxSubmission;
  readonly manifestHash: string;
  /** Absolute path of the model file. */
  readonly modelFile: string;
  readonly tests: readonly { readonly input: string; readonly output: string; readonly tolerance: number }[];
  readonly facts: ModelFacts;
  readonly hashes: NonNullable<SubmissionRun["hashes"]>;
}

/**
 * Reads and judges a submission's folder.
 * @throws DOCUMENT_*, PATH_UNSAFE; SUBMISSION_MODEL_MISSING, SUBMISSION_HASH_MISMATCH, SUBMISSION_MODEL_*, SUBMISSION_STEP_*,
 * SUBMISSION_DECLARATION_MISMATCH
 */
export async function judgeSubmission(folder: string, steps: KnownSteps): Promise<AdmittedSubmission> {
  const file = join(folder, "submission.yaml");
  const manifest = await readYaml(file, onnxSubmission);
  for (const input of manifest.inputs) judgeSteps(input.preprocess, steps.preprocess, "preprocessing", file);
  judgeSteps(manifest.postprocess, steps.postprocess, "postprocessing", file);

  const modelFile = await resolveModel(folder, manifest.model.file);
  const measured = await hashFile(modelFile);
  if (measured.sha256 !== manifest.model.sha256)
    fail(
      "SUBMISSION_HASH_MISMATCH",
      `${modelFile} has SHA-256 ${measured.sha256}, declared is ${manifest.model.sha256}`,
      {
        file: modelFile,
      },
    );
  const tests = [];
  for (const test of manifest.tests)
    tests.push({
      input: await resolveInside(folder, test.input),
      output: await resolveInside(folder, test.output),
      tolerance: test.tolerance,
    });

  const model = readOnnx(modelFile);
  judgeModel(model, modelFile);
  const facts = factsOf(model, measured);
  judgeDeclaration(manifest, facts, file);
  return {
    folder,
    manifest,
    manifestHash: hashDocument(manifest),
    modelFile,
    tests,
    facts,
    hashes: {
      graph: graphHash(model),
      preprocess: hashDocument(manifest.inputs.map((input) => input.preprocess)),
      postprocess: hashDocument(manifest.postprocess),
      threshold: hashDocument(manifest.operatingPoint ?? null),
    },
  };
}

async function resolveModel(folder: string, path: string): Promise<string> {
  try {
    return await resolveInside(folder, path);
  } catch (error) {
    if ((error as { code?: string }).code !== "DOCUMENT_MISSING") throw error;
    fail("SUBMISSION_MODEL_MISSING", `${join(folder, path)} does not exist`, {
      file: join(folder, path),
      cause: error,
    });
  }
}

function judgeSteps(
  declared: readonly Step[],
  known: Readonly<Record<string, KnownStep>>,
  what: string,
  file: string,
): void {
  for (const [index, step] of declared.entries()) {
    const definition = Object.hasOwn(known, step.op) ? known[step.op] : undefined;
    if (!definition)
      fail(
        "SUBMISSION_STEP_UNKNOWN",
        `${file}: ${what} step ${index + 1} is "${step.op}"; known are ${Object.keys(known).join(", ")}`,
        {
          file,
        },
      );
    const parsed = definition.parameters.safeParse(step);
    if (parsed.success) continue;
    const issue = parsed.error.issues[0];
    const place = issue && issue.path.length > 0 ? ` at ${issue.path.join(".")}` : "";
    fail(
      "SUBMISSION_STEP_INVALID",
      `${file}: ${what} step ${index + 1} (${step.op})${place}: ${issue?.message ?? "not valid"}`,
      {
        file,
      },
    );
  }
}

type Shape = readonly (number | string)[];
interface Real {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
}

/** Compares the declaration with what the file, or ONNX Runtime, says. @throws SUBMISSION_DECLARATION_MISMATCH */
export function judgeDeclaration(
  manifest: Pick<OnnxSubmission, "inputs" | "outputs">,
  real: { readonly inputs: readonly Real[]; readonly outputs: readonly Real[] },
  file: string,
): void {
  const mismatch = (text: string): never => fail("SUBMISSION_DECLARATION_MISMATCH", `${file}: ${text}`, { file });
  const judge = (kind: "input" | "output", declared: ModelInput | ModelOutput, list: readonly Real[]) => {
    const found = list.find((value) => value.name === declared.name);
    if (!found)
      return mismatch(
        `${kind} "${declared.name}" is declared, the model has ${list.map((value) => `"${value.name}"`).join(", ")}`,
      );
    if (found.dtype !== declared.dtype)
      mismatch(`${kind} "${declared.name}" is declared ${declared.dtype}, the model has ${found.dtype}`);
    if (!agrees(declared.shape, found.shape))
      mismatch(
        `${kind} "${declared.name}" is declared [${declared.shape.join(", ")}], the model has [${found.shape.join(", ")}]`,
      );
  };
  for (const input of manifest.inputs) {
    judge("input", input, real.inputs);
    if (input.axes.length !== input.shape.length)
      mismatch(`input "${input.name}" names ${input.axes.length} axes for ${input.shape.length} dimensions`);
  }
  for (const input of real.inputs)
    if (!manifest.inputs.some((declared) => declared.name === input.name))
      mismatch(`the model takes an input "${input.name}" that is not declared`);
  const names = new Set<string>();
  for (const output of manifest.outputs) {
    if (names.has(output.name)) mismatch(`output "${output.name}" is declared twice`);
    names.add(output.name);
    judge("output", output, real.outputs);
  }
}

/**
 * A dimension that the file fixes must be declared as that number; one that it leaves open ("?", a symbol) may be declared as either.
 * A file that gives no shape at all ("?" alone) agrees with any.
 */
function agrees(declared: Shape, found: Shape): boolean {
  if (found.length === 1 && found[0] === "?") return true;
  if (declared.length !== found.length) return false;
  return found.every((size, axis) => typeof size !== "number" || declared[axis] === size);
}
