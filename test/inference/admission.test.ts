/** Admission: what a submission must be before any case is shown to it. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { admit } from "../../src/inference/admission.js";
import { measureIsolation, type Isolation } from "../../src/inference/isolation.js";
import { graph, intAttribute, model, node, tensor, tensorAttribute, value } from "../onnx-encoder.js";
import {
  brightnessGrader,
  graderOf,
  gradesOutput,
  pictureInput,
  submissionFolder,
  temporaryFolder,
  type ManifestChanges,
} from "./fixtures.js";

const folder = temporaryFolder();
let isolation: Isolation;
beforeAll(async () => {
  mkdirSync(join(folder, "images"));
  isolation = await measureIsolation(join(folder, "images"), ["plain"]);
});

let count = 0;
function admitModel(
  file: Buffer,
  changes: ManifestChanges = {},
  change?: (folder: string) => void,
  createSeconds = 30,
) {
  const submission = submissionFolder(join(folder, `s${++count}`), file, changes);
  change?.(submission);
  return admit(submission, { isolation, deadlines: { createSeconds, caseSeconds: 30 }, kind: "image" });
}

const input = (changes: object) => ({
  inputs: [
    {
      name: "image",
      dtype: "float32",
      shape: [1, 3, 16, 16],
      axes: ["n", "c", "y", "x"],
      preprocess: [{ op: "resize-raster", width: 16, height: 16, convention: "area" }],
      ...changes,
    },
  ],
});
const output = (changes: object) => ({ outputs: [{ name: "grades", dtype: "float32", shape: [1, 4], ...changes }] });

test("a submission that keeps its word is admitted, with facts and hashes", async () => {
  const admitted = await admitModel(brightnessGrader());
  expect(admitted.facts).toMatchObject({
    nodes: 6,
    inputs: [{ name: "image", dtype: "float32", shape: [1, 3, 16, 16] }],
  });
  expect(Object.values(admitted.hashes).every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  const retrained = await admitModel(brightnessGrader(4), { operatingPoint: { threshold: 0.5 } });
  expect(retrained.hashes).toMatchObject({ graph: admitted.hashes.graph, postprocess: admitted.hashes.postprocess });
  expect(retrained.hashes.threshold).not.toBe(admitted.hashes.threshold);
  expect(retrained.facts.sha256).not.toBe(admitted.facts.sha256);
});

describe("a manifest that lies is refused", () => {
  test.each<[string, ManifestChanges]>([
    ["about the size of the input", input({ shape: [1, 3, 32, 32] })],
    ["about the rank of the input", input({ shape: [3, 16, 16], axes: ["c", "y", "x"] })],
    ["with a symbol where the file has a number", input({ shape: ["n", 3, 16, 16] })],
    ["about the name of the input", input({ name: "picture" })],
    ["about the axes", input({ axes: ["n", "c"] })],
    ["about the size of the output", output({ shape: [1, 5] })],
    ["about the name of the output", output({ name: "scores" })],
  ])("%s", async (_, changes) => {
    await expect(admitModel(brightnessGrader(), changes)).rejects.toMatchObject({
      code: "SUBMISSION_DECLARATION_MISMATCH",
      exit: 4,
    });
  });

  test("about the size of an output that the file does not say, but ONNX Runtime infers", async () => {
    const silent = model(
      graph({
        nodes: [node("Flatten", ["image"], ["grades"])],
        inputs: [pictureInput],
        outputs: [value("grades", "float32", null)],
      }),
    );
    await expect(admitModel(silent)).rejects.toMatchObject({ code: "SUBMISSION_DECLARATION_MISMATCH" });
  });

  test("about inputs, by leaving one out", async () => {
    const two = model(
      graph({
        nodes: [node("Mul", ["mask", "image"], ["m"]), node("ReduceMean", ["m"], ["grades"])],
        inputs: [pictureInput, value("mask", "float32", [1, 3, 16, 16])],
        outputs: [value("grades", "float32", [1, 1, 1, 1])],
      }),
    );
    await expect(admitModel(two, output({ shape: [1, 1, 1, 1] }))).rejects.toMatchObject({
      code: "SUBMISSION_DECLARATION_MISMATCH",
      message: expect.stringContaining("mask") as string,
    });
  });

  test("about the model file", async () => {
    const changes = { model: { file: "model.onnx", sha256: "0".repeat(64) } };
    await expect(admitModel(brightnessGrader(), changes)).rejects.toMatchObject({ code: "SUBMISSION_HASH_MISMATCH" });
  });
});

describe("a submission is refused", () => {
  test("without its model, or with a link in its place", async () => {
    const remove = (at: string) => rmSync(join(at, "model.onnx"));
    await expect(admitModel(brightnessGrader(), {}, remove)).rejects.toMatchObject({
      code: "SUBMISSION_MODEL_MISSING",
    });
    const link = (at: string) => {
      remove(at);
      symlinkSync("/etc/hostname", join(at, "model.onnx"));
    };
    await expect(admitModel(brightnessGrader(), {}, link)).rejects.toMatchObject({ code: "PATH_UNSAFE" });
  });

  test("without a manifest, with another version of it, or with a path that leaves its folder", async () => {
    const remove = (at: string) => rmSync(join(at, "submission.yaml"));
    await expect(admitModel(brightnessGrader(), {}, remove)).rejects.toMatchObject({ code: "DOCUMENT_MISSING" });
    await expect(admitModel(brightnessGrader(), { schema: "medassay/submission/2" })).rejects.toMatchObject({
      code: "DOCUMENT_INVALID",
      line: 2,
    });
    const outside = { model: { file: "../model.onnx", sha256: "0".repeat(64) } };
    await expect(admitModel(brightnessGrader(), outside)).rejects.toMatchObject({ code: "DOCUMENT_INVALID" });
  });

  test("with a step that is not known, or parameters that the step does not take", async () => {
    await expect(admitModel(brightnessGrader(), { postprocess: [{ op: "guess" }] })).rejects.toMatchObject({
      code: "SUBMISSION_STEP_UNKNOWN",
    });
    await expect(
      admitModel(
        brightnessGrader(),
        input({ preprocess: [{ op: "resize-raster", width: -1, height: 16, convention: "area" }] }),
      ),
    ).rejects.toMatchObject({ code: "SUBMISSION_STEP_INVALID", message: expect.stringContaining("width") as string });
    await expect(admitModel(brightnessGrader(), { postprocess: [{ op: "__proto__" }] })).rejects.toMatchObject({
      code: "SUBMISSION_STEP_UNKNOWN",
    });
  });

  test("whose operators ONNX Runtime does not have", async () => {
    await expect(admitModel(graderOf([node("NoSuchOperator", ["mean"], ["grades"])]))).rejects.toMatchObject({
      code: "SUBMISSION_SESSION_FAILED",
    });
  });

  test("whose loading computes without end", async () => {
    // A constant loop: ONNX Runtime folds it while it makes the session.
    const side = 9000;
    const heavy = graderOf(
      [
        node("ConstantOfShape", ["side"], ["a"], [tensorAttribute("value", tensor("", "float32", [1], [1]))]),
        node("MatMul", ["a", "a"], ["b"]),
        node("ReduceMean", ["b"], ["c"], [intAttribute("keepdims", 0)]),
        node("Mul", ["mean", "c"], ["d"]),
        node("Expand", ["d", "four"], ["grades"]),
      ],
      [tensor("side", "int64", [2], [side, side]), tensor("four", "int64", [2], [1, 4])],
    );
    await expect(admitModel(heavy, {}, undefined, 1.5)).rejects.toMatchObject({ code: "SUBMISSION_SESSION_TIMEOUT" });
  });
});

describe("a submission's own tests", () => {
  const tests = (tolerance: number) => ({ tests: [{ input: "tests/in.json", output: "tests/out.json", tolerance }] });
  const write = (grades: number[]) => (at: string) => {
    mkdirSync(join(at, "tests"));
    const picture = { dims: [1, 3, 16, 16], data: new Array(768).fill(127.5) };
    writeFileSync(join(at, "tests", "in.json"), JSON.stringify({ image: picture }));
    writeFileSync(
      join(at, "tests", "out.json"),
      JSON.stringify({ grades: { dims: [1, grades.length], data: grades } }),
    );
  };
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const right = [0.2, 0.4, 0.6, 0.8].map((cut) => sigmoid(8 * (0.5 - cut)));

  test("are passed by the model that they were made with", async () => {
    const admitted = await admitModel(brightnessGrader(), tests(1e-5), write(right));
    expect(admitted.tests).toHaveLength(1);
  });
  test("are failed by another model, and by tensors of another shape", async () => {
    await expect(admitModel(brightnessGrader(4), tests(1e-5), write(right))).rejects.toMatchObject({
      code: "SUBMISSION_TEST_FAILED",
    });
    await expect(admitModel(brightnessGrader(), tests(1), write([0.5]))).rejects.toMatchObject({
      code: "SUBMISSION_TEST_FAILED",
    });
  });
});

test("outputs beyond those declared are allowed, and the words of a hostile name stay out of messages", async () => {
  const two = model(
    graph({
      nodes: [
        node("ReduceMean", ["image"], ["m"]),
        node("Expand", ["m", "shape"], ["wide"]),
        node("Reshape", ["wide", "flat"], ["grades"]),
        node("Neg", ["grades"], ["extra"]),
      ],
      initializers: [tensor("shape", "int64", [4], [1, 1, 1, 4]), tensor("flat", "int64", [2], [1, 4])],
      inputs: [pictureInput],
      outputs: [gradesOutput, value("extra", "float32", [1, 4])],
    }),
  );
  const admitted = await admitModel(two);
  expect(admitted.facts.outputs.map(({ name }) => name)).toEqual(["grades", "extra"]);
  expect(readFileSync(join(admitted.folder, "submission.yaml"), "utf8")).not.toContain("extra");
});
