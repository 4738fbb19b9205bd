/** `score`: predictions made elsewhere are checked before they count. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import type { CaseIndex, IndexedCase } from "../../src/contract/case-index.js";
import type { Prediction } from "../../src/contract/prediction.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import type { RunDocument } from "../../src/contract/run.js";
import { score as scoreOn, type ScoreOptions } from "../../src/inference/score.js";
import { sha256 } from "../../src/storage/hashing.js";
import { answerRules } from "../../src/tasks/answer-labels.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";
import { noteMissing, sharedFolder } from "../shared.js";
import { temporaryFolder } from "./fixtures.js";

/** With the rules of the protocol's task, as the stage hands them over. */
const score = (options: Omit<ScoreOptions, "answers">): Promise<RunDocument> =>
  scoreOn({ ...options, answers: answerRules(taskProfile(options.protocol.task)) });

const detection: EffectiveProtocol = effectiveProtocol(taskProfile("lung-nodule-detection"), null);
const folder = temporaryFolder();
const set = join(folder, "set");
const manifest = join(folder, "submission.yaml");

function indexOf(cases: Partial<IndexedCase>[]): CaseIndex {
  return {
    schema: "medassay/index/1",
    dataset: { id: "marks", version: "1", cardHash: sha256("card") },
    task: "lung-nodule-detection",
    cases: cases.map((own) => ({
      id: "a",
      patient: "p",
      site: "unknown",
      kind: "none",
      files: [],
      attributes: {},
      issues: [],
      ...own,
    })),
    gates: [],
    joins: [],
    tool: { name: "medassay", version: "0" },
  };
}

beforeAll(() => {
  mkdirSync(set, { recursive: true });
  // Case a: 100 x 100 x 50 voxels of 1 x 1 x 2 mm, first voxel at (-50, -50, 0); columns along x, rows along y.
  const geometry: IndexedCase["geometry"] = {
    shape: [100, 100, 50],
    spacing: [1, 1, 2],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    origin: [-50, -50, 0],
  };
  writeFileSync(join(set, "index.json"), JSON.stringify(indexOf([{ id: "a", geometry }, { id: "b" }])));
  writeFileSync(manifest, JSON.stringify(predictionsManifest("lung-nodule-detection")));
});

function predictionsManifest(task: string): object {
  return {
    schema: "medassay/submission/1",
    id: "elsewhere",
    vendor: "Vendor",
    product: { name: { "zh-CN": "检测", en: "Detector" }, model: "D1", version: { release: "1", complete: "1.0.0.0" } },
    task,
    kind: "predictions",
  };
}

/** The English notes of the only submission. */
const notesOf = ({ submissions }: RunDocument): string[] =>
  (submissions[0]?.notes ?? []).map((note) => (typeof note === "string" ? note : note.en));

let runs = 0;
async function scoreText(name: string, content: string | Buffer, changes: Partial<EffectiveProtocol> = {}) {
  const predictions = join(folder, name);
  writeFileSync(predictions, content);
  const out = join(folder, `run-${++runs}`);
  const document = await score({
    dataset: set,
    predictions,
    submission: manifest,
    out,
    protocol: { ...detection, ...changes },
    openTruth: true,
  });
  const text = readFileSync(join(out, "elsewhere", "predictions.jsonl"), "utf8");
  return {
    document,
    lines: text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Prediction),
  };
}

describe("a table of marks", () => {
  test("becomes predictions in index order, marks in the order of rows, scores not rounded", async () => {
    const csv = "seriesuid,coordX,coordY,coordZ,probability\nb,1,2,3,0.1\na,-49.5,10,20,0.999941576\na,0,0,0,1e-3\n";
    const { lines, document } = await scoreText("marks.csv", csv);
    expect(lines.map((line) => line.case)).toEqual(["a", "b"]);
    expect(lines[0]?.findings).toEqual([
      { id: "m1", geometry: { type: "point", at: [-49.5, 10, 20] }, score: 0.999941576 },
      { id: "m2", geometry: { type: "point", at: [0, 0, 0] }, score: 0.001 },
    ]);
    expect(document).toMatchObject({ kind: "score", isolation: null, openTruth: true });
    expect(notesOf(document)).toContain("1 marks in cases without recorded geometry: places not checked");
  });

  test("may be packed, and gives the same bytes", async () => {
    const csv = "case,x,y,z,score\na,0,0,0,0.5\nb,0,0,0,0.25\n";
    const plain = await scoreText("plain.csv", csv);
    const packed = await scoreText("packed.csv.gz", gzipSync(csv));
    expect(packed.document.submissions[0]?.predictionsHash).toBe(plain.document.submissions[0]?.predictionsHash);
  });

  test.each([
    ["an unknown case", "case,x,y,z,score\nA,0,0,0,0.5\n", "PREDICTION_UNKNOWN_CASE", "A"],
    ["a score that is not a number", "case,x,y,z,score\na,0,0,0,nan\nb,0,0,0,1\n", "PREDICTION_INVALID", ":2:"],
    ["an infinite coordinate", "case,x,y,z,score\na,0,0,0,1\nb,0,1e999,0,1\n", "PREDICTION_INVALID", ":3:"],
    ["a missing cell", "case,x,y,z,score\na,0,0,0\n", "PREDICTION_INVALID", "4 cells"],
    ["an unknown column", "case,x,y,z,score,hue\na,0,0,0,1,2\n", "PREDICTION_INVALID", "hue"],
    ["marks without a score", "case,x,y,z\na,0,0,0\n", "PREDICTION_INVALID", "no score"],
    ["a file without a line", "", "PREDICTION_INVALID", "header"],
    ["an absent case", "case,x,y,z,score\na,0,0,0,1\n", "PREDICTION_ABSENT", "b"],
  ])("with %s is refused", async (_, csv, code, words) => {
    await expect(scoreText("bad.csv", csv, { absentCases: "error" })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    });
  });

  test("in another coordinate system is refused, single marks outside are counted", async () => {
    const marks = (places: string[]) =>
      `case,x,y,z,score\n${places.map((place) => `a,${place},0.5\n`).join("")}b,0,0,0,1\n`;
    await expect(scoreText("voxels.csv", marks(["80,80,40", "90,70,30", "0,0,0"]))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
    });
    const { document } = await scoreText("border.csv", marks(["-50.5,49.5,99", "-50.6,0,0", "0,0,0"]));
    expect(notesOf(document)).toContain("1 of 3 marks lie outside their images");
    expect(document.submissions[0]?.notes[1]).toHaveProperty("zh-CN", "3 个标记中有 1 个位于图像之外");
  });

  test("leaves absent cases absent where the protocol takes them as without findings", async () => {
    const { lines, document } = await scoreText("absent.csv", "case,x,y,z,score\na,0,0,0,1\n", {
      absentCases: "no-findings",
    });
    expect(lines.map((line) => line.case)).toEqual(["a"]);
    expect(notesOf(document)).toContain("1 cases without a prediction, taken as without findings");
  });
});

describe("a table of cases", () => {
  test("holds scores and labels, one row a case", async () => {
    const { lines } = await scoreText("cases.csv", "case,scores.referable,labels.icdr\na,0.75,3\nb,0.25,0\n");
    expect(lines[0]).toMatchObject({ case: "a", scores: { referable: 0.75 }, labels: { icdr: 3 }, findings: [] });
  });

  test("with two rows for a case is refused", async () => {
    await expect(scoreText("twice.csv", "case,scores.p\na,1\nb,1\na,0\n")).rejects.toMatchObject({
      code: "PREDICTION_DUPLICATE",
    });
  });
});

describe("labels and scores of a multi-label task", () => {
  const classes = ["1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"];
  const ecgSet = join(folder, "ecg");
  const ecgManifest = join(folder, "ecg.yaml");
  const protocol = effectiveProtocol(taskProfile("ecg-diagnosis"), null);

  beforeAll(() => {
    mkdirSync(ecgSet);
    const index = { ...indexOf([{ id: "a" }, { id: "b" }]), task: "ecg-diagnosis" };
    writeFileSync(join(ecgSet, "index.json"), JSON.stringify(index));
    writeFileSync(ecgManifest, JSON.stringify(predictionsManifest("ecg-diagnosis")));
  });

  async function scoreEcg(name: string, content: string): Promise<RunDocument> {
    const predictions = join(folder, name);
    writeFileSync(predictions, content);
    const out = join(folder, `ecg-run-${++runs}`);
    return score({ dataset: ecgSet, predictions, submission: ecgManifest, out, protocol, openTruth: true });
  }
  /** A table of two cases: every class called absent, but for `cell` in AF of case b. */
  const tableOf = (names: readonly string[], cell = "0"): string => {
    const row = (id: string, af: string) => [id, ...names.map((name) => (name.includes("AF") ? af : "0"))].join(",");
    return `${["case", ...names].join(",")}\n${row("a", "0")}\n${row("b", cell)}\n`;
  };
  const all = classes.map((id) => `labels.${id}`);

  test("of every class are taken without a remark", async () => {
    expect(notesOf(await scoreEcg("all.csv", tableOf(all, "1")))).toEqual(["2 cases, 2 with labels or scores"]);
    const scored = classes.map((id) => `scores.${id}`);
    expect(notesOf(await scoreEcg("scored.csv", tableOf(scored, "0.5")))).toHaveLength(1);
  });

  test("that the task does not know are refused with the ones it knows", async () => {
    const renamed = all.map((name) => name.replace(/AF$/, "AFF"));
    await expect(scoreEcg("renamed.csv", tableOf(renamed))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      line: 1,
      message: expect.stringMatching(/:1: labels\.AFF is not known .* 1dAVb, RBBB, LBBB, SB, AF, ST$/) as string,
    });
    await expect(scoreEcg("score.csv", tableOf([...all, "scores.af"]))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      message: expect.stringContaining("scores.af is not known") as string,
    });
    const line = (part: string, name: string) =>
      `{"case":"a","status":"ok"}\n{"case":"b","status":"ok","${part}":{"AF":1,"${name}":0}}\n`;
    await expect(scoreEcg("renamed.jsonl", line("labels", "AFF"))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      line: 2,
      pointer: "/labels",
    });
    await expect(scoreEcg("score.jsonl", line("scores", "AFF"))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      line: 2,
      pointer: "/scores",
    });
  });

  test("in two columns are refused", async () => {
    await expect(scoreEcg("two.csv", tableOf([...all, "labels.AF"]))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      message: expect.stringContaining("two columns hold labels.AF") as string,
    });
  });

  test("with a value that no label has are refused where they stand", async () => {
    await expect(scoreEcg("value.csv", tableOf(all, "2"))).rejects.toMatchObject({
      code: "GRADE_UNKNOWN",
      line: 3,
      message: expect.stringContaining("labels.AF is 2, neither 0 nor 1") as string,
    });
    await expect(
      scoreEcg("value.jsonl", '{"case":"a","status":"ok","labels":{"AF":"yes"}}\n{"case":"b","status":"ok"}\n'),
    ).rejects.toMatchObject({ code: "GRADE_UNKNOWN", line: 1, pointer: "/labels" });
  });

  test("that leave a class out are remarked on in both languages; failed cases alone are not", async () => {
    const document = await scoreEcg("without.csv", tableOf(all.filter((name) => !name.includes("AF"))));
    expect(notesOf(document)[1]).toBe("neither labels nor scores for AF: no average over all classes");
    expect(document.submissions[0]?.notes[1]).toHaveProperty(
      "zh-CN",
      "以下类别既无标签也无评分，不给出全部类别的平均：AF",
    );
    const failed = (id: string) =>
      `{"case":"${id}","status":"failed","error":{"code":"MODEL_TIMEOUT","message":"too slow"}}\n`;
    expect(notesOf(await scoreEcg("failed.jsonl", failed("a") + failed("b")))).toHaveLength(1);
  });
});

test("many cases without a prediction are counted where a few are named", async () => {
  const many = join(folder, "many");
  mkdirSync(many);
  const ids = ["c1", "c2", "c3", "c4", "c5", "c6", "c7"];
  writeFileSync(join(many, "index.json"), JSON.stringify(indexOf(ids.map((id) => ({ id })))));
  const absentAfter = async (rows: number) => {
    const predictions = join(folder, `many-${rows}.csv`);
    writeFileSync(
      predictions,
      `case,x,y,z,score\n${ids
        .slice(0, rows)
        .map((id) => `${id},0,0,0,1\n`)
        .join("")}`,
    );
    const options = { dataset: many, predictions, submission: manifest, out: join(folder, "many-run") };
    return score({ ...options, protocol: { ...detection, absentCases: "error" }, openTruth: true });
  };
  await expect(absentAfter(1)).rejects.toMatchObject({
    code: "PREDICTION_ABSENT",
    message: expect.stringMatching(/ 6 cases: c2, c3, c4, c5, c6 and 1 more$/) as string,
  });
  await expect(absentAfter(2)).rejects.toMatchObject({
    message: expect.stringMatching(/ 5 cases: c3, c4, c5, c6, c7$/) as string,
  });
});

describe("lines of JSON", () => {
  test("are judged by the contract", async () => {
    const good = [
      { case: "b", status: "ok" },
      { case: "a", status: "failed", error: { code: "MODEL_TIMEOUT", message: "too slow" } },
    ];
    const { lines, document } = await scoreText(
      "lines.jsonl",
      good.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    expect(lines.map((line) => line.status)).toEqual(["failed", "ok"]);
    expect(document.submissions[0]).toMatchObject({ failed: 1, failures: { MODEL_TIMEOUT: 1 } });
  });

  test.each([
    ["a case twice", '{"case":"a","status":"ok"}\n{"case":"a","status":"ok"}\n', "PREDICTION_DUPLICATE", 2],
    ["an unknown key", '{"case":"a","status":"ok","speed":1}\n', "DOCUMENT_INVALID", 1],
    ["half a line", '{"case":"a","status":"ok"}\n{"case":"b","sta', "DOCUMENT_SYNTAX", 2],
  ])("with %s are refused with the line", async (_, text, code, line) => {
    await expect(scoreText("bad.jsonl", text)).rejects.toMatchObject({ code, line });
  });
});

test("a submission for another task, of kind onnx, or with thresholds of unknown classes, is refused", async () => {
  writeFileSync(join(folder, "p.csv"), "case,x,y,z,score\na,0,0,0,1\nb,0,0,0,1\n");
  const options = { dataset: set, predictions: join(folder, "p.csv"), out: join(folder, "other"), protocol: detection };
  const other = join(folder, "other.yaml");
  writeFileSync(other, JSON.stringify(predictionsManifest("dr-grading")));
  await expect(score({ ...options, submission: other })).rejects.toMatchObject({ code: "SUBMISSION_TASK" });
  writeFileSync(other, JSON.stringify({ ...predictionsManifest("lung-nodule-detection"), kind: "onnx" }));
  await expect(score({ ...options, submission: other })).rejects.toMatchObject({ code: "DOCUMENT_INVALID" });
  writeFileSync(
    other,
    JSON.stringify({
      ...predictionsManifest("lung-nodule-detection"),
      operatingPoint: { thresholds: { nodule: 0.5 } },
    }),
  );
  await expect(score({ ...options, submission: other })).rejects.toMatchObject({
    code: "SUBMISSION_LABEL_UNKNOWN",
    exit: 4,
    file: other,
    pointer: "/operatingPoint/thresholds",
  });
  expect(existsSync(join(folder, "other"))).toBe(false);
});

test("55,677 marks of a real detector on 888 scans are taken whole", async () => {
  const shared = sharedFolder();
  if (!shared) return noteMissing("marks of a real detector", 1);
  const oracle = join(shared, "oracles", "luna16");
  const ids = readFileSync(join(oracle, "seriesuids.csv"), "utf8").trim().split(/\s+/);
  const luna = join(folder, "luna");
  mkdirSync(luna);
  writeFileSync(join(luna, "index.json"), JSON.stringify(indexOf(ids.map((id) => ({ id, patient: id })))));
  const out = join(folder, "luna-run");
  const document = await score({
    dataset: luna,
    predictions: join(oracle, "marks-dpn3d26.csv.gz"),
    submission: manifest,
    out,
    protocol: { ...detection, absentCases: "no-findings" },
    openTruth: true,
  });
  expect(notesOf(document)).toContain("887 cases, 55677 marks");
  const lines = readFileSync(join(out, "elsewhere", "predictions.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  const order = new Map(ids.map((id, index) => [id, index]));
  const places = lines.map((line) => order.get((JSON.parse(line) as Prediction).case) as number);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(lines).toHaveLength(887);
});
