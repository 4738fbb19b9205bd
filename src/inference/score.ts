/** Stage `score`: predictions made elsewhere, checked, instead of a model. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { IndexedCase } from "../contract/case-index.js";
import type { Bilingual } from "../contract/common.js";
import { fail } from "../contract/errors.js";
import {
  prediction as predictionLine,
  type AnswerLabels,
  type AnswerRules,
  type Prediction,
} from "../contract/prediction.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { RunDocument } from "../contract/run.js";
import { predictionsSubmission } from "../contract/submission.js";
import { affineOf } from "../geometry/affine.js";
import { writeFileAtomic, writeJson } from "../storage/atomic.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readYaml, validateDocument } from "../storage/documents.js";
import { failStorage } from "../storage/errors.js";
import { sha256 } from "../storage/hashing.js";
import { judgeThresholds } from "../submissions/declared-labels.js";
import { checkLabel, checkName, readPredictionTable } from "./prediction-table.js";
import { beginRun, earlierRun } from "./run-document.js";
import { openTestSet } from "./test-set.js";

export interface ScoreOptions {
  /** Folder of the test set. */
  readonly dataset: string;
  /** A .jsonl or .csv file, plain or .gz. */
  readonly predictions: string;
  /** submission.yaml of kind `predictions`. */
  readonly submission: string;
  readonly out: string;
  readonly protocol: EffectiveProtocol;
  readonly answers: AnswerRules;
  readonly openTruth?: boolean;
}

/** Unpacked bytes of a file of predictions. */
const maxBytes = 2 * 1024 * 1024 * 1024;
/** Beyond this share of marks outside their volumes, the coordinates are in another system. */
const outsideShare = 0.5;

/**
 * Checks predictions against the test set and writes predictions.jsonl (in index order) and run.json.
 * Cases without prediction stay absent where the protocol says `absentCases: no-findings`.
 * @throws PREDICTION_*, GRADE_UNKNOWN, SUBMISSION_TASK, SUBMISSION_LABEL_UNKNOWN, DOCUMENT_*, DATASET_*, TRUTH_OPEN, SEAL_MISMATCH, RUN_FOLDER_MISMATCH, STORAGE_*
 */
export async function score(options: ScoreOptions): Promise<RunDocument> {
  const { protocol } = options;
  const set = await openTestSet(options.dataset, { openTruth: options.openTruth ?? false, protocol });
  const manifest = await readYaml(options.submission, predictionsSubmission);
  if (manifest.task !== set.index.task)
    fail("SUBMISSION_TASK", `${manifest.id} is for ${manifest.task}, the test set for ${set.index.task}`, {
      file: options.submission,
    });
  const { known } = options.answers;
  judgeThresholds(manifest, known, options.submission);
  const byCase = await readPredictions(options.predictions, known);
  const notes = [...checkAgainst(byCase, set.index.cases, options), ...unansweredClasses(byCase, known)];

  await mkdir(options.out, { recursive: true }).catch((error: unknown) => failStorage(error, options.out));
  const out = await realpath(options.out);
  const lines: string[] = [];
  let failed = 0;
  const failures: RunDocument["submissions"][number]["failures"] = {};
  for (const { id } of set.index.cases) {
    const line = byCase.get(id);
    if (!line) continue;
    if (line.error) {
      failed++;
      failures[line.error.code] = (failures[line.error.code] ?? 0) + 1;
    }
    lines.push(`${JSON.stringify(line)}\n`);
  }
  const text = lines.join("");
  const predictionsHash = sha256(text);
  const document = beginRun({
    out,
    set,
    protocol,
    kind: "score",
    submissions: [
      {
        id: manifest.id,
        manifest,
        manifestHash: hashDocument(manifest),
        status: "complete",
        cases: set.index.cases.length,
        failed,
        failures,
        predictionsHash,
        repeat: null,
        notes,
      },
    ],
    isolation: null,
    concurrency: null,
    onnxruntime: null,
  });
  const earlier = await earlierRun(document, out);
  if (earlier && earlier.submissions[0]?.predictionsHash !== predictionsHash)
    fail("RUN_FOLDER_MISMATCH", `${join(out, "run.json")} records other predictions`, { file: out });
  await writeFileAtomic(join(out, manifest.id, "predictions.jsonl"), text);
  const finished = {
    ...document,
    startedAt: earlier?.startedAt ?? document.startedAt,
    endedAt: new Date().toISOString(),
  };
  await writeJson(join(out, "run.json"), finished);
  return finished;
}

async function readPredictions(file: string, known: AnswerLabels | null): Promise<Map<string, Prediction>> {
  const name = file.replace(/\.gz$/, "");
  if (!existsSync(file) || !statSync(file).isFile()) fail("DOCUMENT_MISSING", `${file} does not exist`, { file });
  if (name.endsWith(".csv")) return readPredictionTable(openText(file), file, known);
  if (name.endsWith(".jsonl")) return readPredictionLines(openText(file), file, known);
  fail("PREDICTION_INVALID", `${file} is neither .jsonl nor .csv (plain or .gz)`, { file });
}

/** The file's bytes, unpacked; the stream fails beyond the limit. */
function openText(file: string): Readable {
  const source = createReadStream(file);
  const text: Readable = file.endsWith(".gz") ? source.pipe(createGunzip()) : source;
  if (text !== source) source.once("error", (error) => text.destroy(error));
  let bytes = 0;
  text.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxBytes) text.destroy(new Error("too large"));
  });
  return text;
}

async function readPredictionLines(
  input: Readable,
  file: string,
  known: AnswerLabels | null,
): Promise<Map<string, Prediction>> {
  const byCase = new Map<string, Prediction>();
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line++;
      if (text.trim() === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        fail("DOCUMENT_SYNTAX", `${file}:${line}: not JSON`, { file, line });
      }
      const parsed = validateDocument(predictionLine, value, file, () => line);
      if (byCase.has(parsed.case))
        fail("PREDICTION_DUPLICATE", `${file}:${line}: case ${parsed.case} has two lines`, { file, line });
      for (const part of ["labels", "scores"] as const)
        for (const name of Object.keys(parsed[part])) checkName(part, name, known, { file, line, pointer: `/${part}` });
      for (const [name, value] of Object.entries(parsed.labels))
        checkLabel(name, value, known, { file, line, pointer: "/labels" });
      const { schema: _, ...rest } = parsed;
      byCase.set(parsed.case, rest);
    }
  } catch (error) {
    if ((error as { name?: string }).name === "MedassayError") throw error;
    failStorage(error, file, true);
  }
  return byCase;
}

/** Ids and places. Gives notes for the report. */
function checkAgainst(
  byCase: ReadonlyMap<string, Prediction>,
  cases: readonly IndexedCase[],
  { protocol, answers, predictions: file }: ScoreOptions,
): Bilingual[] {
  const known = new Map(cases.map((indexed) => [indexed.id, indexed]));
  const unknown = [...byCase.keys()].filter((id) => !known.has(id));
  if (unknown.length > 0)
    fail(
      "PREDICTION_UNKNOWN_CASE",
      `${file} names ${unknown.length} cases that are not in the test set: ${unknown.slice(0, 5).join(", ").slice(0, 400)}`,
      { file },
    );
  const absent = cases.filter(({ id }) => !byCase.has(id)).map(({ id }) => id);
  if (absent.length > 0 && protocol.absentCases === "error")
    fail(
      "PREDICTION_ABSENT",
      `${file} has no prediction for ${absent.length} cases: ${absent.slice(0, 5).join(", ")}${absent.length > 5 ? ` and ${absent.length - 5} more` : ""}`,
      {
        file,
      },
    );
  answers.check([...byCase.values()]);
  let marks = 0;
  let checked = 0;
  let outside = 0;
  for (const [id, { findings }] of byCase) {
    const indexed = known.get(id) as IndexedCase;
    const isInside = insideTest(indexed);
    for (const { geometry } of findings) {
      if (geometry.type === "case" || geometry.type === "mask") continue;
      const place =
        geometry.type === "point" ? geometry.at : geometry.type === "sphere" ? geometry.center : middle(geometry);
      marks++;
      if (isInside === null) continue;
      checked++;
      if (!isInside(place)) outside++;
    }
  }
  if (outside > outsideShare * checked)
    fail("PREDICTION_INVALID", `${outside} of ${checked} marks of ${file} lie outside their images`, {
      file,
      hint: "Volumes: patient coordinates, LPS, millimetres. Photographs: pixels, x right, y down.",
    });
  const labelled = [...byCase.values()].filter(
    ({ labels, scores }) => Object.keys({ ...labels, ...scores }).length > 0,
  );
  const size = byCase.size;
  const notes: Bilingual[] = [
    labelled.length > 0
      ? {
          "zh-CN": `${size} 例，其中 ${labelled.length} 例有标签或评分`,
          en: `${size} cases, ${labelled.length} with labels or scores`,
        }
      : { "zh-CN": `${size} 例，${marks} 个标记`, en: `${size} cases, ${marks} marks` },
  ];
  if (absent.length > 0)
    notes.push({
      "zh-CN": `${absent.length} 例未提交结果，按无所见计`,
      en: `${absent.length} cases without a prediction, taken as without findings`,
    });
  if (outside > 0)
    notes.push({
      "zh-CN": `${checked} 个标记中有 ${outside} 个位于图像之外`,
      en: `${outside} of ${checked} marks lie outside their images`,
    });
  if (checked < marks)
    notes.push({
      "zh-CN": `${marks - checked} 个标记所在病例未记录几何信息：位置未核对`,
      en: `${marks - checked} marks in cases without recorded geometry: places not checked`,
    });
  return notes;
}

/** A note on classes of the task that no answer mentions. */
function unansweredClasses(byCase: ReadonlyMap<string, Prediction>, known: AnswerLabels | null): Bilingual[] {
  const given = new Set([...byCase.values()].flatMap(({ labels, scores }) => Object.keys({ ...labels, ...scores })));
  const missing = (known?.classes ?? []).filter((id) => !given.has(id));
  if (given.size === 0 || missing.length === 0) return [];
  return [
    {
      "zh-CN": `以下类别既无标签也无评分，不给出全部类别的平均：${missing.join("、")}`,
      en: `neither labels nor scores for ${missing.join(", ")}: no average over all classes`,
    },
  ];
}

function middle({ min, max }: { min: number[]; max: number[] }): number[] {
  return min.map((low, axis) => (low + (max[axis] ?? low)) / 2);
}

/** Whether a place lies in the image, borders of the outermost pixels included; null where nothing is recorded. */
function insideTest({ geometry, size }: IndexedCase): ((place: readonly number[]) => boolean) | null {
  const within = (index: readonly number[], shape: readonly number[]) =>
    index.length >= shape.length &&
    shape.every((count, axis) => (index[axis] as number) >= -0.5 && (index[axis] as number) <= count - 0.5);
  if (geometry) {
    const { toVoxel } = affineOf(geometry);
    return (place) => place.length === 3 && within(toVoxel(place as [number, number, number]), geometry.shape);
  }
  return size ? (place) => within(place, size) : null;
}
