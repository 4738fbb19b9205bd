/**
 * Lesion detection against every case of `oracles/detection`: counts, curves and thresholds exact, rates and areas to 1e-9.
 * Files are read by shape: `cases` (points on spheres), `marksA` (two detectors with stored draws), `reference` (boxes).
 */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Finding, Geometry } from "../../src/contract/finding.js";
import type { EffectiveProtocol, MatchRule } from "../../src/contract/protocol.js";
import { joinCases } from "../../src/evaluation/join.js";
import { readPredictionTable } from "../../src/inference/prediction-table.js";
import {
  frocSweep,
  metricByName,
  type CountedUnits,
  type FrocSweep,
  type PreparedMetric,
} from "../../src/metrics/index.js";
import { bootstrapSummary, jackknifeSe, leaveOneOut, percentileInterval } from "../../src/stats/index.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { averagePrecisionOf, cocoPrecision } from "../../src/tasks/forms/compatibility/coco.js";
import { frocCounts } from "../../src/tasks/forms/compatibility/events.js";
import { luna16Rule, luna16Sensitivities } from "../../src/tasks/forms/compatibility/luna16.js";
import { monaiFroc, monaiSensitivity } from "../../src/tasks/forms/compatibility/monai-froc.js";
import { picaiPeerSensitivity, picaiResult } from "../../src/tasks/forms/compatibility/picai.js";
import { scoreDetection } from "../../src/tasks/forms/detection.js";
import { matchCase, type MatchedCase } from "../../src/tasks/forms/matching.js";
import type { JoinedCase, ScoredSet } from "../../src/tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";
import { noteMissing } from "../shared.js";
import { documentsOf, isInformation, isObject, mayHoldCases, notePassedOver } from "./documents.js";

type Row = [number, ...number[]];
type Expected = Record<string, unknown>;
interface OracleCase {
  id: string;
  nCases: number;
  lesions: Row[];
  excluded?: Row[];
  marks: Row[];
  extraLimits?: number[];
  luna16MaxMarksPerCase?: number;
  /** Answers of other tools, wrong ones among them. */
  peers?: Record<string, Expected>;
  criterion?: { rMin: number; strict: boolean };
  expected: Expected;
}
interface PointFile {
  limits: number[];
  cases?: OracleCase[];
  invalidInputs?: OracleCase[];
}
interface PairFile {
  nCases: number;
  patients: number;
  patientOfCase: number[];
  limits: number[];
  lesions: Row[];
  marksA: Row[];
  marksB: Row[];
  criterion: { rMin: number; strict: boolean };
  expected: Record<string, unknown>;
}
interface BoxFile {
  nCases: number;
  limits: number[];
  reference: Row[];
  marks: Row[];
  expected: Record<string, Record<string, unknown>>;
}

function sphere([, x = 0, y = 0, z = 0, diameter = 0]: Row, at: number, prefix: string): Finding {
  const stated = diameter === -1 ? 10 : diameter;
  const geometry: Geometry =
    stated > 0 ? { type: "sphere", center: [x, y, z], diameterMm: stated } : { type: "point", at: [x, y, z] };
  return { id: `${prefix}${at}`, geometry };
}

const mark = ([, x = 0, y = 0, z = 0, score = 0]: Row, at: number): Finding => ({
  id: `m${at}`,
  geometry: { type: "point", at: [x, y, z] },
  score,
});
const rowsOf = (rows: readonly Row[] = [], at: number) => rows.filter(([index]) => index === at);

function protocolOf(match: Partial<MatchRule>): EffectiveProtocol {
  const base = effectiveProtocol(lungNoduleDetection, null);
  return { ...base, exclude: {}, match: { ...base.match, rule: "centre-distance", ...match } };
}

function joined(
  nCases: number,
  truth: (at: number) => Finding[],
  marks: (at: number) => Finding[],
  patientOf = (at: number) => at,
): JoinedCase[] {
  return Array.from({ length: nCases }, (_, at) => ({
    id: `c${at}`,
    patient: patientOf(at),
    reference: {
      case: `c${at}`,
      findings: truth(at),
      labels: {},
      quantities: {},
      basis: { rule: "oracle", readers: [] },
    },
    prediction: { case: `c${at}`, status: "ok", findings: marks(at), scores: {}, labels: {}, quantities: {} },
  }));
}

const unitSettings = (limits: readonly number[]) => ({
  threshold: null,
  thresholdFromTestSet: false,
  frocReading: "step" as const,
  frocLimits: [...limits].sort((a, b) => a - b),
});
const allOf = (set: number) => ({ cases: new Uint8Array(set).fill(1) });

function near(found: unknown, expected: unknown, what: string): void {
  if (typeof found !== "number" || typeof expected !== "number") expect(found, what).toEqual(expected);
  else expect(Math.abs(found - expected), what).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

function eachNear(found: ArrayLike<unknown>, expected: readonly unknown[], what: string): void {
  expect(found.length, what).toBe(expected.length);
  expected.forEach((value, at) => near(found[at], value, `${what} ${at}`));
}

/** 0 for -0, which is the same score. */
const unsigned = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(unsigned) : typeof value === "number" ? value + 0 : value;

/** Calls the check of every key that is no information; a key that is not known fails. */
function everyKey<T extends object>(object: T, checks: Record<string, (value: never) => void>, what: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (isInformation(key)) continue;
    const check = checks[key];
    expect(check, `${what}: unknown key ${key}`).toBeDefined();
    check?.(value as never);
  }
}

/** Calls the checks of the keys that are known, and no other. */
function knownKeys(object: object, checks: Record<string, (value: never) => void>): void {
  for (const [key, value] of Object.entries(object)) checks[key]?.(value as never);
}

function countsOf(set: ScoredSet, cases: number) {
  const counts = set.marks(allOf(cases), null) ?? {};
  return {
    TP: counts.lesionsFound,
    FN: (counts.lesions ?? 0) - (counts.lesionsFound ?? 0),
    FP: counts.falsePositive,
    duplicates: counts.duplicate,
    ignored: counts.ignored,
    identical: counts.identical,
    pointLesions: counts.pointLesions,
  } as Record<string, number | undefined>;
}

const figures: Record<string, string> = {
  AFROC: "afroc",
  wAFROC: "wafroc",
  AFROC1: "afroc1",
  wAFROC1: "wafroc1",
  inferredROC: "inferred-roc",
  LROC: "lroc",
  fractionCorrectlyLocalised: "fraction-correctly-localised",
};

/** A metric by name as the reference writes it: a number, or null with the reason that the situation asks for. */
function checkMetric(units: CountedUnits, name: string, expected: number | null, what: string): void {
  const { definition, parameter } = metricByName(name);
  checkPrepared(units, definition.prepare(units, parameter), expected, `${what} ${name}`);
}

function checkPrepared(units: CountedUnits, prepared: PreparedMetric, expected: number | null, what: string): void {
  if (expected !== null) {
    near(prepared.estimate, expected, what);
    return;
  }
  const isEmpty = units.casePatient.length === 0;
  const reason = isEmpty ? "no-data" : units.lesions?.patient.length === 0 ? "no-positives" : "no-negatives";
  expect([prepared.estimate, prepared.reason], what).toEqual([null, reason]);
}

/** The sensitivity at a limit; a limit of 0 has no name in a protocol. */
function sensitivityAt(units: CountedUnits, limit: number): PreparedMetric {
  const { definition } = metricByName(limit > 0 ? `froc-sensitivity@${limit}` : "froc-sensitivity@1");
  return definition.prepare(units, limit);
}

const checkSensitivities =
  (units: CountedUnits, limits: readonly number[], what: string) => (values: (number | null)[]) => {
    expect(values.length, what).toBe(limits.length);
    limits.forEach((limit, at) =>
      checkPrepared(units, sensitivityAt(units, limit), values[at] as number | null, `${what} at ${limit}`),
    );
  };

function setOf(oracle: OracleCase, match: Partial<MatchRule>, marks = oracle.marks): ScoredSet {
  const { rMin, strict } = oracle.criterion ?? { rMin: 0, strict: false };
  const cases = joined(
    oracle.nCases,
    (at) => [
      ...rowsOf(oracle.lesions, at).map((row, place) => sphere(row, place, "l")),
      ...rowsOf(oracle.excluded, at).map((row, place) => ({ ...sphere(row, place, "x"), excluded: true })),
    ],
    (at) => rowsOf(marks, at).map(mark),
  );
  const protocol = protocolOf({ ...match, comparator: strict ? "lt" : "le", minRadiusMm: rMin });
  return scoreDetection(cases, cases.length, protocol);
}

function checkRule(
  oracle: OracleCase,
  limits: number[],
  assignment: MatchRule["assignment"],
  expected: Expected,
  marks?: Row[],
) {
  const set = setOf(oracle, { assignment }, marks);
  const units = set.units(allOf(oracle.nCases), unitSettings(limits));
  const sweep = frocSweep(units) as FrocSweep;
  const counts = countsOf(set, oracle.nCases);
  const count = (key: string) => (value: number) => expect(counts[key], `${oracle.id} ${key}`).toBe(value);
  everyKey(
    expected,
    {
      TP: count("TP"),
      FN: count("FN"),
      FP: count("FP"),
      duplicates: count("duplicates"),
      ignored: count("ignored"),
      curve: (rows: unknown[]) =>
        expect(
          unsigned(sweep.points().map((point) => [point.truePositives, point.falsePositives, point.threshold])),
          oracle.id,
        ).toEqual(unsigned(rows)),
      sensitivity: checkSensitivities(units, limits, oracle.id),
      frocScore: (value: number | null) => {
        checkMetric(units, "froc-score", value, oracle.id);
        const rising = limits.every((limit, at) => limit > (limits[at - 1] ?? 0));
        if (rising) checkMetric(units, `froc-score@${limits.join()}`, value, oracle.id);
      },
      sensitivityAtExtraLimits: checkSensitivities(units, oracle.extraLimits ?? [], `${oracle.id} extra limits`),
    },
    oracle.id,
  );
}

function checkCase(oracle: OracleCase, limits: number[]): void {
  const units = setOf(oracle, { assignment: "one-to-one" }).units(allOf(oracle.nCases), unitSettings(limits));
  const rule = (assignment: MatchRule["assignment"]) => (expected: Expected) => {
    checkRule(oracle, limits, assignment, expected);
    // Which mark is the duplicate may depend on the order of rows; counts may not.
    if (assignment === "one-to-one") checkRule(oracle, limits, assignment, expected, [...oracle.marks].reverse());
  };
  everyKey(
    oracle.expected,
    {
      oneToOne: rule("one-to-one"),
      hitRule: rule("hit-rule"),
      limitReached: (values: boolean[]) => {
        const sweep = frocSweep(units) as FrocSweep;
        const readings = sweep.readings();
        expect(
          limits.map((limit) => readings[sweep.limits.indexOf(limit)]?.limitReached),
          oracle.id,
        ).toEqual(values);
      },
      sensitivityAtExtraLimits: checkSensitivities(units, oracle.extraLimits ?? [], `${oracle.id} extra limits`),
      figuresOfMerit: (values: Record<string, number | null>) => {
        for (const [name, value] of Object.entries(values)) {
          if (isInformation(name)) continue;
          expect(figures[name], `unknown figure of merit ${name}`).toBeDefined();
          checkMetric(units, figures[name] as string, value, oracle.id);
        }
      },
    },
    oracle.id,
  );
}

const matchedOf = (oracle: OracleCase, rule: MatchRule): MatchedCase[] =>
  Array.from({ length: oracle.nCases }, (_, at) =>
    matchCase(
      rowsOf(oracle.lesions, at).map((row, place) => sphere(row, place, "l")),
      rowsOf(oracle.excluded, at).map((row, place) => sphere(row, place, "x")),
      rowsOf(oracle.marks, at).map(mark),
      rule,
    ),
  );

/** Values of a curve as JSON has them: null for NaN and for what is infinite. */
const jsonOf = (values: readonly number[]) => values.map((value) => (Number.isFinite(value) ? value : null));

/**
 * What other tools answer, right or wrong: the compatibility modes must be able to say the same. luna16 got the geometry
 * (its own rule and cap), the others the lists of the one-to-one rule. Peers without a mode, answers that name a version of
 * their own (the modes are of those in docs/compatibility.md) and keys that no mode has are information.
 */
function checkPeers(oracle: OracleCase, limits: number[]): void {
  const { rMin, strict } = oracle.criterion ?? { rMin: 0, strict: false };
  const own = protocolOf({ minRadiusMm: rMin, comparator: strict ? "lt" : "le" }).match;
  const matched = matchedOf(oracle, own);
  const counts = frocCounts(matched);
  const modes: Record<string, (expected: Expected) => void> = {
    luna16: (expected) => {
      // The script ends in an exception without a scan or a candidate.
      if ("error" in expected) return;
      const rule = { ...luna16Rule, maxMarksPerCase: oracle.luna16MaxMarksPerCase ?? luna16Rule.maxMarksPerCase };
      const set = scoreDetection(
        setCases(oracle).map((one, at) => ({
          ...one,
          prediction: { ...one.prediction, findings: rowsOf(oracle.marks, at).map(mark) },
        })),
        oracle.nCases,
        { ...protocolOf({}), match: rule },
      );
      const found = countsOf(set, oracle.nCases);
      for (const [key, value] of Object.entries(expected)) {
        const sensitivities = luna16Sensitivities(frocCounts(matchedOf(oracle, rule)), limits);
        if (key === "sensitivity") eachNear(sensitivities, value as unknown[], `${oracle.id} luna16`);
        else if (key in found) expect(found[key], `${oracle.id} luna16 ${key}`).toBe(value);
      }
    },
    monai: (expected) => {
      const curve = monaiFroc(counts);
      knownKeys(expected, {
        curve: (rows: unknown[][]) => {
          eachNear(
            jsonOf(curve.falsePositivesPerImage),
            rows.map(([x]) => x),
            `${oracle.id} monai`,
          );
          eachNear(
            jsonOf(curve.sensitivity),
            rows.map(([, y]) => y),
            `${oracle.id} monai`,
          );
        },
        sensitivity: (values: unknown[]) =>
          eachNear(jsonOf(limits.map((limit) => monaiSensitivity(curve, limit))), values, `${oracle.id} monai`),
      });
    },
    picai_eval: (expected) => {
      if ("error" in expected) return;
      const result = picaiResult(
        matched.map(({ lesions, marks }) => ({
          rows: [
            ...lesions.map(({ score }) => ({ isLesion: 1 as const, confidence: score ?? 0, overlap: 1 })),
            ...marks
              .filter(({ kind }) => kind === "false-positive")
              .map(({ score }) => ({ isLesion: 0 as const, confidence: score, overlap: 0 })),
          ],
          score: Math.max(...marks.filter(({ kind }) => kind !== "ignored").map(({ score }) => score), 0),
          duplicates: 0,
          abnormal: lesions.length > 0,
        })),
      );
      knownKeys(expected, {
        sensitivity: (values: unknown[]) =>
          eachNear(jsonOf(limits.map((limit) => picaiPeerSensitivity(result, limit))), values, `${oracle.id} picai`),
        // Without a lesion the peer gives -0.
        AP: (value: number) => near(result.averagePrecision ?? -0, value, `${oracle.id} picai AP`),
        AUROC: (value: number | null) => near(result.auroc, value, `${oracle.id} picai AUROC`),
      });
    },
  };
  for (const [peer, expected] of Object.entries(oracle.peers ?? {}))
    if (isObject(expected) && !("version" in expected)) modes[peer]?.(expected);
}

/** The marks as a file of predictions, read and joined as the command `score` does. */
async function readAndJoin(oracle: OracleCase): Promise<JoinedCase[]> {
  const lines = oracle.marks.map(([at, x, y, z, score]) => [`c${at}`, x, y, z, score].join(","));
  const text = ["seriesuid,coordX,coordY,coordZ,probability", ...lines].join("\n");
  const predictions = await readPredictionTable(Readable.from([Buffer.from(text)]), "marks.csv", null);
  const truth = setCases(oracle);
  const index = truth.map(({ id }) => ({
    id,
    patient: id,
    site: "unknown",
    kind: "none" as const,
    files: [],
    attributes: {},
    issues: [],
  }));
  const protocol = { ...protocolOf({}), absentCases: "no-findings" as const };
  const reference = new Map(truth.map((one) => [one.id, one.reference]));
  return joinCases({ cases: index } as never, reference, [...predictions.values()], protocol).cases;
}

const setCases = (oracle: OracleCase) =>
  joined(
    oracle.nCases,
    (at) => [
      ...rowsOf(oracle.lesions, at).map((row, place) => sphere(row, place, "l")),
      ...rowsOf(oracle.excluded, at).map((row, place) => ({ ...sphere(row, place, "x"), excluded: true })),
    ],
    () => [],
  );

/** What the errors of the house are called in the reference. */
const errorNames: readonly (readonly [name: string, code: string, message: RegExp])[] = [
  ["missing-score", "PREDICTION_INVALID", /score is "", not a finite number|marks have no score/],
  ["non-finite-score", "PREDICTION_INVALID", /score is ".+", not a finite number/],
  ["non-finite-coordinate", "PREDICTION_INVALID", /[xyz] is ".*", not a finite number/],
  ["unknown-case", "PREDICTION_UNKNOWN_CASE", /./],
];
const warningCounts: Record<string, string> = { "zero-diameter": "pointLesions", "identical-rows": "identical" };

async function checkInvalid(oracle: OracleCase, limits: number[]): Promise<void> {
  const { error, warning, ...rest } = oracle.expected as { error?: string; warning?: string };
  if (error !== undefined) {
    const thrown = (await readAndJoin(oracle).catch((cause: unknown) => cause)) as { code?: string; message?: string };
    const name = errorNames.find(([, code, text]) => code === thrown.code && text.test(thrown.message ?? ""))?.[0];
    expect(name, `${oracle.id}: ${thrown.message}`).toBe(error);
    return;
  }
  const cases = await readAndJoin(oracle);
  const counts = countsOf(scoreDetection(cases, cases.length, protocolOf({})), cases.length);
  if (warning !== undefined) {
    expect(warningCounts[warning], `unknown warning ${warning}`).toBeDefined();
    expect(counts[warningCounts[warning] as string], oracle.id).toBeGreaterThan(0);
  }
  checkCase({ ...oracle, expected: rest }, limits);
}

function checkPair(file: PairFile): void {
  const preparedOf = (marks: Row[]) => {
    const cases = joined(
      file.nCases,
      (at) => rowsOf(file.lesions, at).map((row, place) => sphere(row, place, "l")),
      (at) => rowsOf(marks, at).map(mark),
      (at) => file.patientOfCase[at] as number,
    );
    const { rMin, strict } = file.criterion;
    const set = scoreDetection(
      cases,
      file.patients,
      protocolOf({ minRadiusMm: rMin, comparator: strict ? "lt" : "le" }),
    );
    const units = set.units(allOf(file.nCases), unitSettings(file.limits));
    return file.limits.map((limit) => sensitivityAt(units, limit));
  };
  const a = preparedOf(file.marksA);
  const b = preparedOf(file.marksB);
  const draws = (file.expected.replicateWeights as string[]).map((digits) => Uint16Array.from(digits, Number));
  const replicates = (metrics: typeof a) =>
    metrics.map((metric) => draws.map((weights, at) => metric.weighted(weights, at)));
  const [replicatesA, replicatesB] = [replicates(a), replicates(b)];
  const minus = (first: ArrayLike<number>, second: ArrayLike<number>) =>
    Array.from(first, (value, at) => value - (second[at] as number));
  const differences = file.limits.map((_, at) => minus(replicatesA[at] as number[], replicatesB[at] as number[]));
  const jackknife = (metrics: typeof a) =>
    metrics.map((metric) => leaveOneOut((weights, draw) => metric.weighted(weights, draw), file.patients));
  const [withoutA, withoutB] = [jackknife(a), jackknife(b)];
  const seOf = (values: ArrayLike<number>[]) =>
    values.map((one) => {
      const outcome = jackknifeSe(one);
      return outcome.ok ? outcome.se : null;
    });
  /** The bounds of each, or null with its reason; equal replicates have no interval (one without width in the reference). */
  const percentiles = (values: number[][], what: string) => (expected: (number[] | null)[]) => {
    expect(values.length, what).toBe(expected.length);
    expected.forEach((bounds, at) => {
      const interval = percentileInterval(values[at] as number[]);
      if (interval.ok) eachNear([interval.low, interval.high], bounds ?? ["no interval"], `${what} ${at}`);
      else if (bounds === null) expect(["zero-variance", "resampling-degenerate"], what).toContain(interval.reason);
      else {
        expect(interval.reason, what).toBe("zero-variance");
        const value = (values[at] as number[]).find((one) => !Number.isNaN(one));
        eachNear([value, value], bounds, `${what} ${at}`);
      }
    });
  };
  /** A draw without a lesion has no sensitivity: null. */
  const rows = (found: number[][], what: string) => (expected: (number | null)[][]) => {
    expect(found.length, what).toBe(expected.length);
    expected.forEach((row, at) =>
      eachNear(
        (found[at] as number[]).map((value) => (Number.isNaN(value) ? null : value)),
        row,
        `${what} ${at}`,
      ),
    );
  };
  const turned = (values: number[][]) => draws.map((_, draw) => values.map((one) => one[draw] as number));
  const estimates = (metrics: typeof a) => metrics.map(({ estimate }) => estimate as number);
  everyKey(
    file.expected,
    {
      sensitivityA: (values: number[]) => eachNear(estimates(a), values, "A"),
      sensitivityB: (values: number[]) => eachNear(estimates(b), values, "B"),
      difference: (values: number[]) => eachNear(minus(estimates(a), estimates(b)), values, "difference"),
      replicateWeights: (weights: string[]) => expect(weights.length).toBeGreaterThan(0),
      replicateSensitivityA: rows(turned(replicatesA), "replicate A"),
      replicateSensitivityB: rows(turned(replicatesB), "replicate B"),
      percentile95A: percentiles(replicatesA, "percentile A"),
      percentile95B: percentiles(replicatesB, "percentile B"),
      percentile95Difference: percentiles(differences, "percentile difference"),
      bootstrapSeA: (values: number[]) => eachNear(bootstrapSe(replicatesA), values, "SE A"),
      bootstrapSeB: (values: number[]) => eachNear(bootstrapSe(replicatesB), values, "SE B"),
      bootstrapSeDifference: (values: number[]) => eachNear(bootstrapSe(differences), values, "SE difference"),
      jackknifeSeA: (values: number[]) => eachNear(seOf(withoutA), values, "jackknife A"),
      jackknifeSeB: (values: number[]) => eachNear(seOf(withoutB), values, "jackknife B"),
      jackknifeSeDifference: (values: number[]) =>
        eachNear(
          seOf(withoutA.map((one, at) => minus(one, withoutB[at] as Float64Array))),
          values,
          "jackknife difference",
        ),
    },
    "pair",
  );
}

function bootstrapSe(replicates: number[][]): (number | null)[] {
  return replicates.map((one) => {
    const summary = bootstrapSummary(0, one, []);
    return "se" in summary ? summary.se : null;
  });
}

function checkBoxes(file: BoxFile): void {
  const box = ([, x0 = 0, y0 = 0, x1 = 0, y1 = 0]: Row): Geometry => ({ type: "box", min: [x0, y0], max: [x1, y1] });
  const findings = (rows: Row[], at: number) =>
    rowsOf(rows, at).map((row, place): Finding => ({
      id: `f${place}`,
      geometry: box(row),
      ...(row.length > 5 ? { score: row[5] as number } : {}),
    }));
  const cases = joined(
    file.nCases,
    (at) => findings(file.reference, at),
    (at) => findings(file.marks, at),
  );
  for (const [name, entry] of Object.entries(file.expected)) {
    if (isInformation(name)) continue;
    const atLeast = entry.iouThreshold as number;
    const overlap = { rule: "overlap", overlap: { measure: "iou", atLeast } } as const;
    const oneToOne = scoreDetection(cases, cases.length, protocolOf(overlap));
    const coco = scoreDetection(
      cases,
      cases.length,
      protocolOf({ ...overlap, assignment: "coco", duplicates: "false-positive" }),
    );
    const count = (set: ScoredSet, key: string) => (value: number) =>
      expect(countsOf(set, file.nCases)[key], `${name} ${key}`).toBe(value);
    const units = oneToOne.units(allOf(file.nCases), unitSettings(file.limits));
    const precision = cocoPrecision(
      cases.map(({ reference, prediction }) => ({ lesions: reference.findings, marks: prediction.findings })),
      atLeast,
    );
    everyKey(
      entry,
      {
        iouThreshold: (value: number) => expect(value).toBe(Number(name)),
        oneToOne: (expected: object) =>
          everyKey(
            expected,
            {
              TP: count(oneToOne, "TP"),
              FN: count(oneToOne, "FN"),
              FP: count(oneToOne, "FP"),
              duplicates: count(oneToOne, "duplicates"),
              sensitivity: checkSensitivities(units, file.limits, name),
            },
            name,
          ),
        cocoGreedy: (expected: object) =>
          everyKey(
            expected,
            {
              TP: count(coco, "TP"),
              FP: count(coco, "FP"),
              ap101: (value: number) => near(averagePrecisionOf(precision, "101-recalls"), value, name),
              peerPycocotoolsAP: (value: number) => near(averagePrecisionOf(precision, "101-recalls"), value, name),
              apExactEnvelope: (value: number) => near(averagePrecisionOf(precision, "envelope"), value, name),
            },
            name,
          ),
      },
      name,
    );
  }
}

describe("detection oracles", () => {
  const found = documentsOf("detection");
  if (found === null) {
    noteMissing("detection oracles", 99);
    it("are not at hand", () => expect(documentsOf("detection")).toBeNull());
    return;
  }
  for (const { name, content } of found.documents) {
    const file = isObject(content) ? content : {};
    describe(name, () => {
      if (Array.isArray(file.cases) || Array.isArray(file.invalidInputs)) {
        const { cases = [], limits, invalidInputs = [] } = content as PointFile;
        for (const oracle of cases) it(oracle.id, () => checkCase(oracle, limits));
        for (const oracle of cases)
          if (oracle.peers) it(`${oracle.id}: what others answer`, () => checkPeers(oracle, limits));
        for (const oracle of invalidInputs) it(`input ${oracle.id}`, () => checkInvalid(oracle, limits));
        if (cases.length + invalidInputs.length === 0) notePassedOver("detection", name);
      } else if ("marksA" in file) it("draws, differences and standard errors", () => checkPair(content as PairFile));
      else if ("reference" in file) it("boxes, one-to-one and COCO rule", () => checkBoxes(content as BoxFile));
      else if (!mayHoldCases(content)) notePassedOver("detection", name);
      it("holds nothing that is not read", () =>
        expect(
          ["cases", "invalidInputs", "marksA", "reference"].some((key) => key in file) || !mayHoldCases(content),
        ).toBe(true));
    });
  }
});
