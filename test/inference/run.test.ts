/** `run`: what comes out of cases and models, whatever the number of processes; and when it refuses to begin. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CaseIndex } from "../../src/contract/case-index.js";
import type { Prediction, Timing } from "../../src/contract/prediction.js";
import type { Seal } from "../../src/contract/seal.js";
import { run, type RunOptions } from "../../src/inference/run.js";
import { run as runStage } from "../../src/stages.js";
import { hashDocument } from "../../src/storage/canonical-json.js";
import { sha256 } from "../../src/storage/hashing.js";
import { graph, model, node, tensor, value } from "../onnx-encoder.js";
import {
  answers,
  brightnessGrader,
  meanConstants,
  meanNodes,
  pictureInput,
  pictureSet,
  protocolOf,
  slowGrader,
  submissionFolder,
  temporaryFolder,
  type ManifestChanges,
} from "./fixtures.js";

const folder = temporaryFolder();
const protocol = protocolOf();
const set = join(folder, "set");
let index: CaseIndex;
let submission: string;

beforeAll(async () => {
  index = await pictureSet(set, 8);
  submission = submissionFolder(join(folder, "submission"), brightnessGrader());
});

const plain = ["plain"] as const;
const all = ["bubblewrap", "unshare", "other-user", "plain"] as const;

let runs = 0;
const options = (changes: Partial<RunOptions> = {}): RunOptions => ({
  dataset: set,
  submissions: [submission],
  out: join(folder, `run-${++runs}`),
  protocol,
  answers,
  openTruth: true,
  isolation: plain,
  ...changes,
});
const linesOf = <T>(out: string, file: string, id = "grader") =>
  readFileSync(join(out, id, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

describe("predictions", () => {
  test("are the same bytes with 1, 2 and 4 processes, and in the strongest isolation", async () => {
    const texts: string[] = [];
    for (const [jobs, isolation] of [
      [1, plain],
      [2, plain],
      [4, plain],
      [2, all],
    ] as const) {
      const choice = options({ jobs, isolation });
      const document = await run(choice);
      expect(document.submissions[0]).toMatchObject({ status: "complete", failed: 0, repeat: { cases: 3, equal: 3 } });
      texts.push(readFileSync(join(choice.out, "grader", "predictions.jsonl"), "utf8"));
    }
    expect(new Set(texts).size).toBe(1);
    const lines = (texts[0] as string)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Prediction);
    expect(lines.map((line) => line.case)).toEqual(index.cases.map(({ id }) => id));
  });

  test("follow the pictures: brightness in, grades out", async () => {
    const choice = options();
    const document = await run(choice);
    const lines = linesOf<Prediction>(choice.out, "predictions.jsonl");
    for (const [i, line] of lines.entries()) {
      // Pictures are (37 i mod 256) + 0..12 bright: the mean lies near 37 i + 6.
      const mean = (((37 * i) % 256) + 6) / 255;
      const q2 = 1 / (1 + Math.exp(-8 * (mean - 0.4)));
      expect(line.scores.referable).toBeCloseTo(q2, 1);
    }
    expect(lines.map((line) => line.labels.icdr)).toEqual([0, 0, 1, 2, 3, 3, 4, 0]);
    const timings = linesOf<Timing>(choice.out, "timings.jsonl");
    expect(timings.map((line) => line.case)).toEqual(lines.map((line) => line.case));
    expect(timings.every(({ inferMs, cpuMs, attempts }) => inferMs > 0 && cpuMs > 0 && attempts === 1)).toBe(true);
    expect(document.lastProcessEndedAt).not.toBeNull();
    expect(Date.parse(document.lastProcessEndedAt as string)).toBeLessThanOrEqual(
      Date.parse(document.endedAt as string),
    );
    expect(document.isolation).toMatchObject({ level: "L0", method: "plain", probes: { connect: true } });
  });

  test("of several submissions are made side by side and apart", async () => {
    // The first takes seconds, the second next to nothing: one after the other, the first would end first.
    const slow = submissionFolder(join(folder, "slow"), slowGrader(80_000));
    const other = submissionFolder(join(folder, "other"), slowGrader(1000), { id: "other" });
    const seen: string[] = [];
    const choice = options({
      submissions: [slow, other],
      jobs: 2,
      onProgress: ({ phase, submission: id, done }) => {
        if (phase === "cases" && done) seen.push(id as string);
      },
    });
    const document = await run(choice);
    expect(document.submissions.map(({ id, status }) => [id, status])).toEqual([
      ["grader", "complete"],
      ["other", "complete"],
    ]);
    expect(seen.lastIndexOf("grader")).toBeGreaterThan(seen.lastIndexOf("other"));
    for (const id of ["grader", "other"])
      expect(linesOf<Prediction>(choice.out, "predictions.jsonl", id).map((line) => line.case)).toEqual(
        index.cases.map((one) => one.id),
      );
  });
});

describe("a run is refused", () => {
  const refused = (changes: Partial<RunOptions>) => expect(run(options(changes))).rejects;

  test("where truth lies open and that was not allowed", async () => {
    const open = join(folder, "open");
    await pictureSet(open, 1);
    mkdirSync(join(open, "truth"));
    await refused({ dataset: open, openTruth: false }).toMatchObject({ code: "TRUTH_OPEN", exit: 2 });
    expect((await run(options({ dataset: open }))).openTruth).toBe(true);
  });

  test("where the sealed index or protocol is another", async () => {
    const sealed = join(folder, "sealed");
    const sealedIndex = await pictureSet(sealed, 1);
    const seal: Seal = {
      schema: "medassay/seal/1",
      dataset: { id: "pictures", version: "1" },
      indexHash: hashDocument(sealedIndex),
      cardHash: sha256("card"),
      protocol,
      protocolHash: hashDocument(protocol),
      truthCommitment: sha256("truth"),
      recipients: ["age1"],
      sealedAt: "2026-01-31T09:00:00Z",
      tool: { name: "medassay", version: "0" },
    };
    writeFileSync(join(sealed, "seal.json"), JSON.stringify(seal));
    const document = await run(options({ dataset: sealed, openTruth: false }));
    expect(document).toMatchObject({ openTruth: false, truthCommitment: seal.truthCommitment });
    await refused({ dataset: sealed, protocol: protocolOf({ version: "2" }) }).toMatchObject({ code: "SEAL_MISMATCH" });
    const other = { ...sealedIndex, cases: sealedIndex.cases.map((one) => ({ ...one, patient: "another" })) };
    writeFileSync(join(sealed, "index.json"), JSON.stringify(other));
    await refused({ dataset: sealed }).toMatchObject({ code: "SEAL_MISMATCH", exit: 5 });
  });

  test("where isolation is weaker than the protocol demands", async () => {
    await refused({ protocol: protocolOf({ isolation: { atLeast: "L3" } }) }).toMatchObject({
      code: "ISOLATION_TOO_WEAK",
      exit: 4,
    });
  });

  test("on a set without index, without cases, without images, or with a failed gate", async () => {
    const bad = join(folder, "bad");
    mkdirSync(bad);
    await refused({ dataset: bad }).toMatchObject({ code: "DATASET_NOT_CHECKED" });
    const write = (changes: Partial<CaseIndex>) =>
      writeFileSync(join(bad, "index.json"), JSON.stringify({ ...index, ...changes }));
    write({ cases: [] });
    await refused({ dataset: bad }).toMatchObject({ code: "DATASET_EMPTY", exit: 3 });
    write({ cases: index.cases.map((one) => ({ ...one, kind: "none" as const })) });
    await refused({ dataset: bad }).toMatchObject({ code: "USAGE" });
    const gate = {
      code: "DUPLICATE",
      severity: "error" as const,
      cases: [],
      files: [],
      message: "two alike",
      remedy: "",
    };
    write({ gates: [gate] });
    await refused({ dataset: bad }).toMatchObject({ code: "DATASET_GATE_FAILED", exit: 3 });
    await refused({ dataset: join(folder, "nowhere") }).toMatchObject({ code: "DOCUMENT_MISSING" });
  });

  test("when a file of a case is missing or changed, naming it", async () => {
    const changed = join(folder, "changed");
    await pictureSet(changed, 3);
    const file = join(changed, "images", "case-002.png");
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([whole.subarray(0, -1), Buffer.from([0])]));
    const expected = { code: "CASE_FILES_CHANGED", exit: 5, message: expect.stringContaining("case-002") as string };
    await refused({ dataset: changed }).toMatchObject(expected);
    rmSync(file);
    await refused({ dataset: changed }).toMatchObject(expected);
  });

  test("for two submissions of one id, and for another task", async () => {
    await refused({ submissions: [submission, submission] }).toMatchObject({ code: "USAGE" });
    const other = submissionFolder(join(folder, "task"), brightnessGrader(), { task: "lung-nodule-detection" });
    await refused({ submissions: [other] }).toMatchObject({ code: "SUBMISSION_TASK", exit: 4 });
  });

  test("for a manifest with labels, grades or classes that the task does not know, before any case is run", async () => {
    const file = brightnessGrader();
    const five = model(
      graph({
        nodes: [...meanNodes, node("Expand", ["mean", "five"], ["grades"])],
        initializers: [...meanConstants, tensor("five", "int64", [2], [1, 5])],
        inputs: [pictureInput],
        outputs: [value("grades", "float32", [1, 5])],
      }),
    );
    const unknown: [Buffer, ManifestChanges, string, string][] = [
      [
        file,
        { postprocess: [{ op: "decode-cumulative-grades", output: "grades", label: "stage" }] },
        "/postprocess/0/label",
        "labels.stage, which the task does not know; known are icdr, gradable",
      ],
      [
        five,
        { outputs: [{ name: "grades", dtype: "float32", shape: [1, 5] }] },
        "/postprocess/0/output",
        "the value 5, not one of 0, 1, 2, 3, 4",
      ],
      [file, { operatingPoint: { thresholds: { icdr: 0.5 } } }, "/operatingPoint/thresholds", "icdr"],
    ];
    for (const [at, [bytes, changes, pointer, said]] of unknown.entries()) {
      const bad = submissionFolder(join(folder, `unknown-${at}`), bytes, changes);
      const phases: string[] = [];
      const choice = options({ submissions: [bad], onProgress: ({ phase }) => void phases.push(phase) });
      await expect(run(choice)).rejects.toMatchObject({
        code: "SUBMISSION_LABEL_UNKNOWN",
        exit: 4,
        file: join(bad, "submission.yaml"),
        pointer,
        message: expect.stringContaining(said) as string,
      });
      expect(phases).toEqual(["isolation", "admission"]);
      expect(existsSync(join(choice.out, "run.json"))).toBe(false);
    }
  });

  test("by the stage too, which hands over the rules of the set's own task", async () => {
    const own = join(folder, "own-card");
    await pictureSet(own, 1);
    const card = {
      schema: "medassay/dataset/1",
      id: "pictures",
      version: "1",
      title: { "zh-CN": "图", en: "pictures" },
      task: "dr-grading",
      modality: "OP",
      owner: "nobody",
      licence: "none",
      provenance: "synthetic",
      annotation: { design: "imported" },
    };
    writeFileSync(join(own, "dataset.yaml"), JSON.stringify(card));
    const weak = { schema: "medassay/protocol/1", task: "dr-grading", isolation: { atLeast: "L0" } };
    writeFileSync(join(own, "protocol.yaml"), JSON.stringify(weak));
    const named = (label: string) =>
      submissionFolder(join(folder, `label-${label}`), brightnessGrader(), {
        postprocess: [{ op: "decode-cumulative-grades", output: "grades", label }],
      });
    const staged = (label: string) =>
      runStage({
        dataset: own,
        submissions: [named(label)],
        out: join(folder, `run-${label}`),
        openTruth: true,
        isolation: plain,
      });
    await expect(staged("stage")).rejects.toMatchObject({ code: "SUBMISSION_LABEL_UNKNOWN" });
    expect((await staged("icdr")).submissions[0]).toMatchObject({ status: "complete", failed: 0 });
  });
});

test("a picture that can't be decoded is a recorded failure of that case", async () => {
  const broken = join(folder, "broken");
  const own = await pictureSet(broken, 2);
  const junk = Buffer.from("not a picture");
  writeFileSync(join(broken, "images", "case-002.png"), junk);
  const [file] = own.cases[1]?.files ?? [];
  if (file) Object.assign(file, { bytes: junk.length, sha256: sha256(junk) });
  writeFileSync(join(broken, "index.json"), JSON.stringify(own));
  const choice = options({ dataset: broken });
  const document = await run(choice);
  expect(document.submissions[0]?.failures).toEqual({ CASE_UNREADABLE: 1 });
  const [, line] = linesOf<Prediction>(choice.out, "predictions.jsonl");
  expect(line?.error?.message).toBe("the case can't be decoded: RASTER_UNSUPPORTED");
});

test("a run that is aborted before it begins says so", async () => {
  await expect(run(options({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: "INTERRUPTED", exit: 130 });
});
