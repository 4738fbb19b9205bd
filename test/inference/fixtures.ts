/** Small test sets of pictures, submissions and protocols for tests of inference. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import type { CaseIndex } from "../../src/contract/case-index.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import { sha256 } from "../../src/storage/hashing.js";
import { answerRules } from "../../src/tasks/answer-labels.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";
import * as onnx from "../onnx-encoder.js";

/** A new folder that disappears with the test run's process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "medassay-test-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A checked set of `count` pictures of 24 x 20 pixels; picture i has the brightness (37 i) mod 256, give or take. */
export async function pictureSet(folder: string, count: number): Promise<CaseIndex> {
  mkdirSync(join(folder, "images"), { recursive: true });
  const cases: CaseIndex["cases"] = [];
  for (let i = 0; i < count; i++) {
    const data = Buffer.alloc(24 * 20 * 3);
    for (let at = 0; at < data.length; at++) data[at] = (37 * i + ((at * 7919) % 13)) % 256;
    const png = await sharp(data, { raw: { width: 24, height: 20, channels: 3 } })
      .png()
      .toBuffer();
    const id = `case-${String(i + 1).padStart(3, "0")}`;
    const path = `images/${id}.png`;
    writeFileSync(join(folder, path), png);
    cases.push({
      id,
      patient: id,
      site: "unknown",
      kind: "image",
      files: [{ path, bytes: png.length, sha256: sha256(png) }],
      attributes: {},
      size: [24, 20],
      issues: [],
    });
  }
  const index: CaseIndex = {
    schema: "medassay/index/1",
    dataset: { id: "pictures", version: "1", cardHash: sha256("card") },
    task: "dr-grading",
    cases,
    gates: [],
    joins: [],
    tool: { name: "medassay", version: "0" },
  };
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
  return index;
}

/** The task's default protocol with short deadlines and any isolation. */
export function protocolOf(changes: Partial<EffectiveProtocol> = {}): EffectiveProtocol {
  return {
    ...effectiveProtocol(taskProfile("dr-grading"), null),
    isolation: { atLeast: "L0" },
    deadlines: { createSeconds: 30, caseSeconds: 30 },
    ...changes,
  };
}

/** What answers of the task of {@link pictureSet} may hold. */
export const answers = answerRules(taskProfile("dr-grading"));

const { node, value, tensor, graph, graphAttribute, model, intAttribute, intsAttribute } = onnx;

export const pictureInput = value("image", "float32", [1, 3, 16, 16]);
export const gradesOutput = value("grades", "float32", [1, 4]);

/** Nodes that turn `image` into its mean brightness 0..1 as `mean`, [1, 1]. */
export const meanNodes = [
  node("ReduceMean", ["image"], ["average"], [intsAttribute("axes", [1, 2, 3]), intAttribute("keepdims", 1)]),
  node("Reshape", ["average", "two"], ["flat"]),
  node("Div", ["flat", "white"], ["mean"]),
];
export const meanConstants = [tensor("two", "int64", [2], [1, 1]), tensor("white", "float32", [1], [255])];

/** A grader that answers with brightness: q_k = sigmoid(weight (mean - cut_k)). */
export function brightnessGrader(weight = 8): Buffer {
  return model(
    graph({
      nodes: [
        ...meanNodes,
        node("Sub", ["mean", "cuts"], ["above"]),
        node("Mul", ["above", "weight"], ["logits"]),
        node("Sigmoid", ["logits"], ["grades"]),
      ],
      initializers: [
        ...meanConstants,
        tensor("cuts", "float32", [1, 4], [0.2, 0.4, 0.6, 0.8]),
        tensor("weight", "float32", [1], [weight]),
      ],
      inputs: [pictureInput],
      outputs: [gradesOutput],
    }),
  );
}

/** A grader of which `nodes` make `grades` from `image`, `mean` and `one` (float 1). */
export function graderOf(
  nodes: readonly onnx.Message[],
  initializers: readonly onnx.Message[] = [],
  parts: onnx.ModelParts = {},
): Buffer {
  return model(
    graph({
      nodes: [...meanNodes, ...nodes],
      initializers: [...meanConstants, tensor("one", "float32", [1], [1]), ...initializers],
      inputs: [pictureInput],
      outputs: [gradesOutput],
    }),
    parts,
  );
}

/** A grader whose loop of `trips` passes takes a while for each case. */
export function slowGrader(trips: number): Buffer {
  const body = graph({
    nodes: [node("Identity", ["going"], ["go"]), node("Softmax", ["v"], ["w"])],
    inputs: [value("i", "int64", []), value("going", "bool", []), value("v", "float32", [1, 3, 16, 16])],
    outputs: [value("go", "bool", []), value("w", "float32", [1, 3, 16, 16])],
  });
  return graderOf(
    [
      node("Loop", ["trips", "yes", "image"], ["stirred"], [graphAttribute("body", body)]),
      node("ReduceMax", ["stirred"], ["small"], [intAttribute("keepdims", 0)]),
      node("Add", ["mean", "small"], ["sum"]),
      node("Expand", ["sum", "four"], ["grades"]),
    ],
    [tensor("trips", "int64", [], [trips]), tensor("yes", "bool", [], [1]), tensor("four", "int64", [2], [1, 4])],
  );
}

export interface ManifestChanges {
  id?: string;
  [key: string]: unknown;
}

/** Writes a submission's folder around a model file. */
export function submissionFolder(folder: string, file: Buffer, changes: ManifestChanges = {}): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.onnx"), file);
  const manifest = {
    schema: "medassay/submission/1",
    id: "grader",
    vendor: "Vendor",
    product: {
      name: { "zh-CN": "分级软件", en: "Grader" },
      model: "G1",
      version: { release: "1", complete: "1.0.0.1" },
    },
    task: "dr-grading",
    kind: "onnx",
    model: { file: "model.onnx", sha256: sha256(file) },
    inputs: [
      {
        name: "image",
        dtype: "float32",
        shape: [1, 3, 16, 16],
        axes: ["n", "c", "y", "x"],
        preprocess: [{ op: "resize-raster", width: 16, height: 16, convention: "half-pixel-bilinear" }],
      },
    ],
    outputs: [{ name: "grades", dtype: "float32", shape: [1, 4] }],
    postprocess: [{ op: "decode-cumulative-grades", output: "grades" }],
    ...changes,
  };
  // JSON is YAML.
  writeFileSync(join(folder, "submission.yaml"), JSON.stringify(manifest, null, 2));
  return folder;
}
