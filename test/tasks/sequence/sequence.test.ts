/** A small set of ECG records from events to metrics with intervals. */
import { beforeEach, describe, expect, it } from "vitest";
import type { CaseIndex } from "../../../src/contract/case-index.js";
import type { Event } from "../../../src/contract/event.js";
import type { Prediction } from "../../../src/contract/prediction.js";
import type { EffectiveProtocol } from "../../../src/contract/protocol.js";
import type { Reference } from "../../../src/contract/reading.js";
import type { MetricResult } from "../../../src/contract/result.js";
import type { Submission } from "../../../src/contract/submission.js";
import { estimate } from "../../../src/evaluation/estimates.js";
import { score, type Scored } from "../../../src/evaluation/scoring.js";
import { ecgMetrics } from "../../../src/metrics/ecg/index.js";
import { metrics } from "../../../src/metrics/index.js";
import { clusterLogit, kornGraubard, wilson } from "../../../src/stats/index.js";
import { effectiveProtocol } from "../../../src/tasks/effective-protocol.js";
import { scoreSequence } from "../../../src/tasks/forms/sequence.js";
import { ecgBeats } from "../../../src/tasks/profiles/ecg-beats.js";

interface MadeRecord {
  readonly patient: string;
  /** A beat a second from 301 s on, by its letter; `.` is none. */
  readonly reference: string;
  /** The product's; null: failed. */
  readonly answer: string | null;
  readonly shiftMs?: number;
  readonly referenceEpisodes?: Event[];
  readonly answerEpisodes?: Event[];
  readonly attributes?: Record<string, number | string>;
}

const beats = (letters: string, shiftMs = 0): Event[] =>
  [...letters].flatMap((symbol, at) => (symbol === "." ? [] : [{ time: 301 + at + shiftMs / 1000, symbol }]));

const manifest: Submission = {
  schema: "medassay/submission/1",
  id: "product",
  vendor: "nobody",
  product: { name: { "zh-CN": "产品", en: "product" }, model: "P", version: { release: "1", complete: "1.0.0.0" } },
  task: "ecg-beats",
  kind: "predictions",
};

function scored(records: readonly MadeRecord[], written: Partial<EffectiveProtocol> = {}): Scored {
  const index: CaseIndex = {
    schema: "medassay/index/1",
    dataset: { id: "made", version: "1", cardHash: "0".repeat(64) },
    task: "ecg-beats",
    cases: records.map(({ patient, attributes = { samplingHz: 250, durationS: 330 } }, at) => ({
      id: `r${at}`,
      patient,
      site: "unknown",
      kind: "none",
      files: [],
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { value, origin: "declared" as const }]),
      ),
      issues: [],
    })),
    gates: [],
    joins: [],
    tool: { name: "medassay", version: "0" },
  };
  const reference = new Map(
    records.map((record, at): [string, Reference] => [
      `r${at}`,
      {
        case: `r${at}`,
        findings: [],
        labels: {},
        quantities: {},
        events: [...beats(record.reference), ...(record.referenceEpisodes ?? [])],
        basis: { rule: "made", readers: [] },
      },
    ]),
  );
  const predictions = records.map((record, at): Prediction => {
    const line = { case: `r${at}`, findings: [], scores: {}, labels: {}, quantities: {} };
    return record.answer === null
      ? { ...line, status: "failed", error: { code: "MODEL_CRASHED", message: "" } }
      : {
          ...line,
          status: "ok",
          events: [...beats(record.answer, record.shiftMs), ...(record.answerEpisodes ?? [])],
        };
  });
  const protocol = { ...effectiveProtocol(ecgBeats, null), strata: [], ...written };
  return score(index, reference, predictions, protocol, ecgBeats, manifest);
}

function results(records: readonly MadeRecord[], written: Partial<EffectiveProtocol> = {}): Map<string, MetricResult> {
  const { jobs, joined } = scored(records, { metrics: ecgMetrics.map(({ id }) => id), ...written });
  const intervals = { level: 0.95, cluster: "patient", replicates: 200, seed: 7 } as const;
  return new Map(estimate(jobs, joined.patientCount, intervals).map((row) => [row.metric, row]));
}

/** Six patients; the first has two records. */
const set: MadeRecord[] = [
  { patient: "a", reference: "NNVNVNNNNN", answer: "NNVNNNNN.N" },
  { patient: "a", reference: "NNNNNNNNNN", answer: "NNNNNNNNNN" },
  { patient: "b", reference: "NVNVVNNNNA", answer: "NVNVVNNNVN" },
  { patient: "c", reference: "NNNNNNNNNN", answer: "NNNNNNNNNN", shiftMs: 20 },
  { patient: "d", reference: "AANNAVNNNN", answer: "AANNNVNNNN" },
  { patient: "e", reference: "NNNNVNNNN.", answer: "NNNNVNNNNN" },
  { patient: "f", reference: "FNNNNNNVNN", answer: "VNNNNNNVNN" },
];

describe("beats of a set of records", () => {
  let rows: Map<string, MetricResult>;
  beforeEach(() => {
    rows = results(set);
  });
  const row = (metric: string): MetricResult => rows.get(metric) as MetricResult;

  it("have gross statistics over all records, with intervals by patient", () => {
    // 69 reference beats, one missed, one extra
    expect(row("qrs-sensitivity")).toMatchObject({
      estimate: 68 / 69,
      n: { numerator: 68, denominator: 69, patients: 6 },
    });
    expect(row("qrs-ppv")).toMatchObject({ estimate: 68 / 69, n: { numerator: 68, denominator: 69 } });
    const expected = kornGraubard([19, 10, 10, 10, 9, 10], [20, 10, 10, 10, 9, 10]);
    expect(row("qrs-sensitivity").interval).toMatchObject(
      expected.ok ? { low: expected.low, high: expected.high, method: "korn_graubard" } : {},
    );
    // V: 2 + 3 + 1 + 1 + 1, of which one is called N; called V besides: N of b, F of f (not counted)
    expect(row("veb-sensitivity")).toMatchObject({ estimate: 7 / 8, n: { numerator: 7, denominator: 8, patients: 5 } });
    expect(row("veb-ppv")).toMatchObject({ estimate: 7 / 8, n: { numerator: 7, denominator: 8 } });
    // S: one of b called N, three of d of which one is called N
    expect(row("sveb-sensitivity")).toMatchObject({ n: { numerator: 2, denominator: 4, patients: 2 } });
    expect(row("veb-false-positive-rate").n).toMatchObject({ numerator: 1, denominator: 60 });
  });

  it("have averages over the records where they are defined", () => {
    expect(row("average-veb-sensitivity")).toMatchObject({
      estimate: (0.5 + 1 + 1 + 1 + 1) / 5,
      n: { records: 5, patients: 5 },
    });
    expect(row("average-qrs-sensitivity").n).toEqual({ records: 7, patients: 6 });
    expect(row("average-qrs-sensitivity").interval?.method).toBe("bootstrap_percentile");
    expect(row("average-qrs-sensitivity").estimate).toBeCloseTo((9 / 10 + 6) / 7, 15);
  });

  it("have no interval where all records are alike", () => {
    const alike = results(set.map((record) => ({ ...record, answer: record.reference })));
    expect(alike.get("average-qrs-ppv")).toMatchObject({
      estimate: 1,
      interval: null,
      notEstimable: { reason: "zero-variance" },
    });
    expect(alike.get("qrs-ppv")?.interval).toMatchObject({ high: 1 });
    expect(alike.get("rr-error")).toMatchObject({
      estimate: 0,
      interval: null,
      notEstimable: { reason: "zero-variance" },
    });
  });

  it("have reasons where there is nothing to count", () => {
    expect(row("af-episode-sensitivity")).toMatchObject({ estimate: null, notEstimable: { reason: "no-positives" } });
    expect(row("average-vf-duration-ppv")).toMatchObject({
      estimate: null,
      notEstimable: { reason: "zero-denominator" },
      n: { records: 0, patients: 0 },
    });
    expect(row("sveb-sensitivity")).toMatchObject({ estimate: null, notEstimable: { reason: "too-few-clusters" } });
    const quiet = results(set.map(({ patient }) => ({ patient, reference: "", answer: "" })));
    const reasonOf = (metric: string) => quiet.get(metric)?.notEstimable?.reason;
    expect(ecgMetrics.map(({ id }) => quiet.get(id)?.estimate)).toEqual(ecgMetrics.map(() => null));
    expect(["qrs-sensitivity", "qrs-ppv", "veb-false-positive-rate", "rr-error"].map(reasonOf)).toEqual([
      "no-positives",
      "zero-denominator",
      "no-negatives",
      "no-data",
    ]);
  });

  it("have errors of RR intervals in milliseconds", () => {
    // Every second beat is 20 ms late: all intervals are wrong by 20 ms.
    const late = (at: number): Event => ({ time: 301 + at + (at % 2) * 0.02, symbol: "N" });
    const records = ["a", "b", "c", "d", "e"].map((patient, at) => ({
      patient,
      reference: "NNNNN",
      answer: at === 0 ? "NNNNN" : "",
      answerEpisodes: at === 0 ? [] : [0, 1, 2, 3, 4].map(late),
    }));
    const error = results(records).get("rr-error") as MetricResult;
    expect(error.n).toEqual({ intervals: 20, patients: 5 });
    expect(error.estimate).toBeCloseTo(Math.sqrt((16 * 400) / 20), 9);
    expect(error.interval?.low).toBeGreaterThan(0);
    expect(error.interval?.high).toBeLessThanOrEqual(20);
  });

  it("that fail are missed", () => {
    const failed = results([...set.slice(1), { patient: "a", reference: "NNVNVNNNNN", answer: null }]);
    expect(failed.get("qrs-sensitivity")?.n).toMatchObject({ numerator: 59, denominator: 69 });
    expect(failed.get("qrs-ppv")?.n).toMatchObject({ numerator: 59, denominator: 60 });
    expect(failed.get("average-qrs-sensitivity")?.n.records).toBe(7);
  });

  it("may be left out by the protocol where they fail", () => {
    const left = results([...set.slice(1), { patient: "a", reference: "NNVNVNNNNN", answer: null }], {
      failedCases: "exclude",
    });
    expect(left.get("qrs-sensitivity")?.n).toMatchObject({ numerator: 59, denominator: 59 });
  });
});

describe("episodes and runs of a set of records", () => {
  const episode = (start: number, end: number | null, kind: "AF" | "VF" = "AF"): Event => ({ start, end, kind });
  const patients = ["a", "b", "c", "d", "e"];

  it("count whole episodes and their time in milliseconds", () => {
    const rows = results(
      [...patients, "f"].map((patient, at) => ({
        patient,
        reference: "",
        answer: "",
        referenceEpisodes: [episode(302, 306), episode(310, 320)],
        answerEpisodes: at === 0 ? [] : [episode(304, 308)],
      })),
    );
    expect(rows.get("af-episode-sensitivity")?.n).toMatchObject({ numerator: 5, denominator: 12 });
    expect(rows.get("af-episode-ppv")?.n).toMatchObject({ numerator: 5, denominator: 5 });
    expect(rows.get("af-duration-sensitivity")?.n).toMatchObject({ numerator: 10_000, denominator: 84_000 });
    expect(rows.get("af-duration-ppv")?.n).toMatchObject({ numerator: 10_000, denominator: 20_000 });
    expect(rows.get("average-af-duration-ppv")).toMatchObject({ estimate: 0.5, n: { records: 5 } });
    const expected = clusterLogit([0, 2000, 2000, 2000, 2000, 2000], new Array<number>(6).fill(14_000));
    expect(rows.get("af-duration-sensitivity")?.interval).toMatchObject(
      expected.ok ? { low: expected.low, high: expected.high, method: "cluster_logit" } : {},
    );
  });

  it("have an exact limit on the patients where all their time is found, none where every patient has the same share", () => {
    const share = (end: number) =>
      results(
        patients.map((patient) => ({
          patient,
          reference: "",
          answer: "",
          referenceEpisodes: [episode(302, 306)],
          answerEpisodes: [episode(302, end)],
        })),
      ).get("af-duration-sensitivity") as MetricResult;
    const exact = wilson(5, 5);
    expect(share(306)).toMatchObject({ estimate: 1, flags: ["small-sample", "exact-on-clusters"] });
    expect(share(306).interval?.low).toBeLessThan(exact.ok ? exact.low : 0);
    expect(share(304)).toMatchObject({ estimate: 0.5, interval: null, notEstimable: { reason: "zero-variance" } });
  });

  it("count episodes of ventricular fibrillation that go on to the end", () => {
    const rows = results(
      patients.map((patient) => ({
        patient,
        reference: "",
        answer: "",
        referenceEpisodes: [episode(320, null, "VF")],
        answerEpisodes: [episode(325, 335, "VF")],
      })),
    );
    expect(rows.get("vf-duration-sensitivity")?.n).toMatchObject({ numerator: 25_000, denominator: 50_000 });
    expect(rows.get("vf-episode-ppv")?.n).toMatchObject({ numerator: 5, denominator: 5 });
  });

  it("count runs by length", () => {
    const rows = results(
      patients.map((patient, at) => ({
        patient,
        reference: "NVVNVVVNVVVVVVN",
        answer: at === 0 ? "NVVNVVVNVVVVVVN.NNN" : `NVNNVVVNVVVVVNN${at === 1 ? ".VVN" : ""}`,
      })),
    );
    const counts = (id: string) => [rows.get(id)?.n.numerator, rows.get(id)?.n.denominator];
    expect(counts("ventricular-couplet-sensitivity")).toEqual([1, 5]);
    expect(counts("ventricular-couplet-ppv")).toEqual([1, 2]);
    expect(counts("ventricular-short-run-ppv")).toEqual([9, 9]);
    expect(counts("ventricular-long-run-sensitivity")).toEqual([1, 5]);
    const expected = wilson(1, 5);
    expect(rows.get("ventricular-couplet-sensitivity")?.interval).toMatchObject(
      expected.ok ? { low: expected.low, high: expected.high } : {},
    );
    expect(rows.get("supraventricular-couplet-sensitivity")?.notEstimable?.reason).toBe("no-positives");
  });
});

describe("a set of records", () => {
  const made = () => scored([...set, { patient: "g", reference: "NNN", answer: null }]);
  const all = { cases: new Uint8Array(8).fill(1) };

  it("is positive where a record has an arrhythmia", () => {
    const positive = (record: Partial<MadeRecord>) =>
      scored([{ patient: "a", reference: "N", answer: "N", ...record }]).set.positive(0);
    expect(positive({})).toBe(false);
    expect(positive({ answer: "V" })).toBe(false);
    for (const letter of "VA") expect(positive({ reference: letter })).toBe(true);
    for (const kind of ["AF", "VF"] as const)
      expect(positive({ referenceEpisodes: [{ start: 302, end: 303, kind }] })).toBe(true);
    expect(positive({ referenceEpisodes: [{ start: 302, end: 303, kind: "AFL" }] })).toBe(false);
  });

  it("has no marks with scores", () => {
    const { set: form, settings } = made();
    expect(form.findings(0)).toEqual([]);
    expect(form.thresholdAt(1, all)).toBeNull();
    expect(form.marks(all, null)).toBeNull();
    expect(form.excludedFindings(all)).toBe(0);
    expect(form.units(all, settings)).toMatchObject({ lesions: null, falsePositives: null, binary: {}, graded: {} });
    expect(form.units(all, settings).answered).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 0));
  });

  it("has a table of classes", () => {
    const { set: form, settings } = made();
    const [table, ...rest] = form.confusion(all, settings);
    expect(rest).toEqual([]);
    expect(table).toMatchObject({ unit: "beat", rows: [..."NSVFQOX"], columns: [..."NSVFQOX"] });
    expect(table?.counts[0]).toEqual([54, 0, 1, 0, 0, 4, 0]);
    expect(table?.counts[2]).toEqual([1, 0, 7, 0, 0, 0, 0]);
    const part = form.confusion({ cases: Uint8Array.from({ length: 8 }, (_, at) => (at === 4 ? 1 : 0)) }, settings);
    expect(part[0]?.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it("lists each error with its time", () => {
    const { set: form } = made();
    const errors = form.errors(null);
    expect(errors.map(({ case: at, kind, reference, answer }) => [at, kind, reference, answer])).toEqual([
      [0, "wrong-beat", "V at 305.000 s", "N at 305.000 s"],
      [0, "missed-beat", "N at 309.000 s", "O"],
      [2, "wrong-beat", "N at 309.000 s", "V at 309.000 s"],
      [2, "wrong-beat", "S at 310.000 s", "N at 310.000 s"],
      [4, "wrong-beat", "S at 305.000 s", "N at 305.000 s"],
      [5, "extra-beat", "O", "N at 310.000 s"],
      [6, "wrong-beat", "F at 301.000 s", "V at 301.000 s"],
      [7, "failed", "3 beats", "MODEL_CRASHED"],
    ]);
    expect(errors.map(({ unit }) => unit)).toEqual([...new Array<string>(7).fill("beat"), "case"]);
    expect(
      errors.every(
        ({ finding, mark, nearest, score: given }) => !finding && !mark && nearest === null && given === null,
      ),
    ).toBe(true);
  });

  it("has an outcome for each record", () => {
    const { set: form } = made();
    expect(form.outcomes(null).map(({ key, unit, outcome }) => [key, unit, outcome])).toEqual([
      ["record r0", "record", "1 beats missed, 0 extra, 1 of another class"],
      ["record r1", "record", "0 beats missed, 0 extra, 0 of another class"],
      ["record r2", "record", "0 beats missed, 0 extra, 2 of another class"],
      ["record r3", "record", "0 beats missed, 0 extra, 0 of another class"],
      ["record r4", "record", "0 beats missed, 0 extra, 1 of another class"],
      ["record r5", "record", "0 beats missed, 1 extra, 0 of another class"],
      ["record r6", "record", "0 beats missed, 0 extra, 1 of another class"],
      ["record r7", "record", "failed"],
    ]);
    expect(form.outcomes(null)[3]?.case).toBe("r3");
  });

  it("needs sampling and length of every record", () => {
    const one = (attributes: Record<string, number | string>) => () =>
      scored([{ patient: "a", reference: "N", answer: "N", attributes }]);
    for (const attributes of [
      { samplingHz: 250 },
      { durationS: 300 },
      { samplingHz: 0, durationS: 300 },
      { samplingHz: 250, durationS: 0 },
      { samplingHz: "250", durationS: 300 },
    ] as Record<string, number | string>[])
      expect(one(attributes)).toThrow(/samplingHz/);
  });

  it("may have answers and references without an event", () => {
    const none = { findings: [], scores: {}, labels: {}, quantities: {} };
    const joined = {
      id: "r0",
      patient: 0,
      reference: { case: "r0", findings: [], labels: {}, quantities: {}, basis: { rule: "made", readers: [] } },
      prediction: { case: "r0", status: "ok" as const, ...none },
    };
    const period = { fs: 250, length: 1000, start: 0 };
    const empty = scoreSequence([joined], 1, [period]);
    expect(empty.errors(null)).toEqual([]);
    expect(empty.outcomes(null)[0]?.outcome).toBe("0 beats missed, 0 extra, 0 of another class");
    const silent = { ...joined, prediction: { ...joined.prediction, status: "failed" as const } };
    expect(scoreSequence([silent], 1, [period]).errors(null)).toMatchObject([{ kind: "failed", answer: "" }]);
  });

  it("that are too short for a test period count nothing", () => {
    const short = scored([
      { patient: "a", reference: "NN", answer: "NN", attributes: { samplingHz: 250, durationS: 10 } },
    ]);
    expect(
      short.set
        .confusion({ cases: Uint8Array.of(1) }, short.settings)[0]
        ?.counts.flat()
        .some(Boolean),
    ).toBe(false);
  });
});

describe("the ECG metrics", () => {
  it("are in the catalogue, each once, and mind no records at all", () => {
    const units = scored(set).set.units(
      { cases: new Uint8Array(7) },
      {
        threshold: null,
        thresholdFromTestSet: false,
        frocReading: "step",
        frocLimits: [],
      },
    );
    const { records: _, ...without } = units;
    for (const metric of ecgMetrics) {
      expect(metrics.get(metric.id)).toBe(metric);
      for (const none of [units, without])
        expect(metric.prepare(none, null), metric.id).toMatchObject({ estimate: null, reason: "no-data" });
    }
    expect(new Set(ecgMetrics.map(({ id }) => id)).size).toBe(ecgMetrics.length);
  });

  it("are gross and average, of beats, episodes, their time, and runs", () => {
    const gross = [
      ...["qrs-sensitivity", "qrs-ppv", "veb-sensitivity", "veb-ppv", "veb-false-positive-rate", "sveb-sensitivity"],
      "sveb-ppv",
      ...["af", "vf"].flatMap((kind) =>
        ["episode-sensitivity", "episode-ppv", "duration-sensitivity", "duration-ppv"].map((id) => `${kind}-${id}`),
      ),
      ...["ventricular", "supraventricular"].flatMap((kind) =>
        ["couplet", "short-run", "long-run"].flatMap((run) => [`${kind}-${run}-sensitivity`, `${kind}-${run}-ppv`]),
      ),
    ];
    expect(ecgMetrics.map(({ id }) => id)).toEqual([...gross.flatMap((id) => [id, `average-${id}`]), "rr-error"]);
    const unitOf = (id: string) =>
      id.startsWith("average-")
        ? "record"
        : /couplet|run/.test(id)
          ? "run"
          : id.includes("duration")
            ? "millisecond"
            : id.includes("episode")
              ? "episode"
              : "beat";
    for (const { id, unit, kind, higherIsBetter, findingStrata, interval, edges, title, formula } of ecgMetrics) {
      expect([id, unit]).toEqual([id, unitOf(id)]);
      expect([id, kind]).toEqual([id, id === "rr-error" ? "rate" : unit === "record" ? "index" : "proportion"]);
      expect([id, higherIsBetter]).toEqual([id, !/false-positive|rr-error/.test(id)]);
      expect(findingStrata).toBe(false);
      expect(interval).toMatch(
        kind !== "proportion" ? /resampling/ : unit === "millisecond" ? /ratio estimator/ : /Korn-Graubard/,
      );
      expect(edges).toMatch(/no-data/);
      expect([title.en.includes("average"), formula.en.startsWith("mean over the records")]).toEqual([
        unit === "record",
        unit === "record",
      ]);
    }
    expect(new Set(ecgMetrics.map(({ title }) => title.en)).size).toBe(ecgMetrics.length);
    expect(new Set(ecgMetrics.map(({ title }) => title["zh-CN"])).size).toBe(ecgMetrics.length);
  });

  it("under weights equal those of a set in which patients stand that often", () => {
    const jobs = scored(set, { metrics: ecgMetrics.map(({ id }) => id) }).jobs;
    const weights = Uint16Array.of(2, 1, 0, 1, 3, 1);
    const counts: Record<string, number> = { a: 2, b: 1, c: 0, d: 1, e: 3, f: 1 };
    const repeated = set.flatMap((record) => new Array<MadeRecord>(counts[record.patient] ?? 0).fill(record));
    const again = scored(repeated, { metrics: ecgMetrics.map(({ id }) => id) }).jobs;
    for (const [at, job] of jobs.entries()) {
      const weighted = job.prepared.weighted(weights, 0);
      const value = again[at]?.prepared.estimate;
      if (value === null || value === undefined) expect(Number.isNaN(weighted), job.name).toBe(true);
      else expect(weighted, job.name).toBeCloseTo(value, 12);
      expect(Number.isNaN(job.prepared.weighted(new Uint16Array(6), 0)), job.name).toBe(true);
    }
  });
});
