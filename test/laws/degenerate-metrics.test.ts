/**
 * Degenerate sets are results: every metric on empty, failed, tied, separated, one-class and one-patient sets. And resamples of
 * every metric are the same numbers however the replicates are shared.
 */
import { describe, expect, it } from "vitest";
import { reasons } from "../../src/contract/reasons.js";
import {
  metricByName,
  metrics,
  type BinaryUnits,
  type CountedUnits,
  type ScoredUnits,
} from "../../src/metrics/index.js";
import { maskUnitsOf, quantityUnitsOf } from "../metrics/made-units.js";
import { patientWeights, RandomStream } from "../../src/stats/index.js";
import { faults } from "./answers.js";

interface Image {
  readonly positive: boolean;
  readonly score: number;
  readonly truth: number;
  readonly answer: number;
}

/** One case a patient: lesions by their scores (-Infinity: missed), false positives, and images. */
interface Patient {
  readonly failed?: boolean;
  readonly lesions: readonly number[];
  readonly alarms: readonly number[];
  readonly images: readonly Image[];
}

function unitsOf(patients: readonly Patient[], changed: Partial<CountedUnits> = {}): CountedUnits {
  const scored = (of: (one: Patient) => readonly number[]): ScoredUnits => ({
    patient: Int32Array.from(patients.flatMap((one, at) => of(one).map(() => at))),
    score: Float64Array.from(patients.flatMap(of)),
  });
  const images = patients.flatMap((one, patient) => one.images.map((image) => ({ ...image, patient })));
  const index = Int32Array.from(images, ({ patient }) => patient);
  const binary: BinaryUnits = {
    patient: index,
    positive: Uint8Array.from(images, ({ positive }) => (positive ? 1 : 0)),
    call: Int8Array.from(images, ({ score }) => (score >= 0.5 ? 1 : 0)),
    score: Float64Array.from(images, ({ score }) => score),
    failed: Uint8Array.from(images, ({ score }) => (Number.isFinite(score) ? 0 : 1)),
    scored: true,
  };
  const graded = {
    patient: index,
    truth: Int32Array.from(images, ({ truth }) => truth),
    answer: Int32Array.from(images, ({ answer }) => answer),
    grades: 4,
  };
  const top = (list: readonly number[]) => Math.max(-Infinity, ...list);
  const own = (of: (one: Patient) => readonly number[]) =>
    Int32Array.from(patients.flatMap((one, at) => of(one).map(() => at)));
  return {
    patientCount: patients.length,
    casePatient: Int32Array.from(patients, (_, at) => at),
    answered: Uint8Array.from(patients, ({ failed }) => (failed ? 0 : 1)),
    threshold: 0.5,
    thresholdFromTestSet: false,
    frocReading: "step",
    lesions: scored(({ lesions }) => lesions),
    falsePositives: scored(({ alarms }) => alarms),
    detectionCases: {
      abnormal: Uint8Array.from(patients, ({ lesions }) => (lesions.length > 0 ? 1 : 0)),
      topScore: Float64Array.from(patients, ({ lesions, alarms, failed }) =>
        failed && lesions.length === 0 ? Infinity : top([...lesions, ...alarms]),
      ),
      topOnLesion: Uint8Array.from(patients, ({ lesions, alarms }) => (top(lesions) > top(alarms) ? 1 : 0)),
      topFalsePositive: Float64Array.from(patients, ({ alarms }) => top(alarms)),
      lesionCase: own(({ lesions }) => lesions),
      falsePositiveCase: own(({ alarms }) => alarms),
    },
    binary: { image: binary, patient: binary },
    graded: { image: graded, patient: graded },
    labels: [binary, binary],
    masks: maskUnitsOf(images),
    quantities: quantityUnitsOf(images),
    frocLimits: [0.125, 1, 4],
    prepared: new Map(),
    ...changed,
  };
}

const image = (positive: boolean, score: number, truth = positive ? 3 : 0, answer = truth): Image => ({
  positive,
  score,
  truth,
  answer,
});
const many = (times: number, one: Patient): Patient[] => new Array<Patient>(times).fill(one);
const nothing: Patient = { lesions: [], alarms: [], images: [] };
const found: Patient = { lesions: [0.9], alarms: [], images: [image(true, 0.9)] };
const missed: Patient = { lesions: [-Infinity], alarms: [], images: [image(true, 0.1, 3, 0)] };
const normal: Patient = { lesions: [], alarms: [], images: [image(false, 0.1)] };
const alarmed: Patient = { lesions: [], alarms: [0.9], images: [image(false, 0.9, 0, 3)] };

const sets: Record<string, CountedUnits> = {
  "no patient": unitsOf([]),
  "one patient without anything": unitsOf([nothing]),
  "one patient who is found": unitsOf([found]),
  "one patient who is missed": unitsOf([missed]),
  "one normal patient": unitsOf([normal]),
  "one normal patient with an alarm": unitsOf([alarmed]),
  "one patient of each class": unitsOf([found, normal]),
  "one patient with everything": unitsOf([
    {
      lesions: [0.9, 0.4, -Infinity],
      alarms: [0.8, 0.3],
      images: [image(true, 0.9), image(true, 0.2, 3, 0), image(false, 0.7, 0, 2)],
    },
  ]),
  "positives only, all found": unitsOf(many(12, found)),
  "positives only, all missed": unitsOf(many(12, missed)),
  "negatives only, all right": unitsOf(many(12, normal)),
  "negatives only, all alarmed": unitsOf(many(12, alarmed)),
  "perfect separation": unitsOf([...many(6, found), ...many(6, normal)]),
  "perfect opposition": unitsOf([...many(6, missed), ...many(6, alarmed)]),
  "all tied": unitsOf([
    ...many(6, { lesions: [0.5], alarms: [0.5], images: [image(true, 0.5, 1, 1)] }),
    ...many(6, { lesions: [], alarms: [0.5], images: [image(false, 0.5, 1, 1)] }),
  ]),
  "all lesions in one patient": unitsOf([
    { lesions: new Array<number>(50).fill(0.7), alarms: [], images: [] },
    ...many(5, normal),
  ]),
  "all marks in one patient": unitsOf([{ ...found, alarms: new Array<number>(500).fill(0.6) }, ...many(5, nothing)]),
  "all failed": unitsOf(
    many(8, {
      failed: true,
      lesions: [-Infinity],
      alarms: [],
      images: [image(true, -Infinity, 3, -1), image(false, Infinity, 0, -1)],
    }),
  ),
  "several images a patient, all right": unitsOf(
    many(8, {
      lesions: [0.9, 0.8],
      alarms: [],
      images: [image(true, 0.9), image(true, 0.8), image(false, 0.1), image(false, 0.2)],
    }),
  ),
  "scores of 0 and 1": unitsOf([
    ...many(4, { ...found, images: [image(true, 1)] }),
    ...many(4, { ...normal, images: [image(false, 0)] }),
    { ...normal, images: [image(false, 1)] },
  ]),
  "no operating point": unitsOf([...many(4, found), ...many(4, alarmed)], { threshold: null }),
  "a threshold above all scores": unitsOf([...many(4, found), ...many(4, alarmed)], { threshold: 2 }),
  "no marks form": unitsOf(many(4, normal), {
    lesions: null,
    falsePositives: null,
    binary: {},
    graded: {},
    labels: [],
  }),
};

const names = [...metrics.values()].map(({ id, parameter }) => (parameter ? `${id}@${parameter.example}` : id));

function problemsOf(name: string, units: CountedUnits): string[] {
  const { definition, parameter } = metricByName(name);
  const prepared = definition.prepare({ ...units, prepared: new Map() }, parameter);
  const { estimate, reason, n, patients, interval } = prepared;
  const found = [...faults(n, "n"), ...faults(patients, "patients")];
  const known = reason !== undefined && reasons.includes(reason) && reason !== "no-convergence";
  if (estimate === null) return known ? found : [...found, `no estimate, reason ${reason}`];
  if (!Number.isFinite(estimate)) found.push(`estimate ${estimate}`);
  const [low, high] = {
    proportion: [0, 1],
    rate: [0, Infinity],
    index: [-Infinity, 1],
    score: [-Infinity, 1],
    number: [-Infinity, Infinity],
  }[definition.kind] as [number, number];
  if (estimate < low - 1e-12 || estimate > high + 1e-12) found.push(`estimate ${estimate} of a ${definition.kind}`);
  for (const level of [0.5, 0.95]) {
    const answer = interval?.(level);
    if (answer === undefined) continue;
    found.push(...faults(answer, "interval"));
    if (answer.ok && !(answer.low <= estimate + 1e-9 && answer.high >= estimate - 1e-9)) {
      found.push(`interval ${answer.low} to ${answer.high} (${answer.method}) without ${estimate}`);
    }
  }
  const weights = new Uint16Array(units.patientCount);
  const none = prepared.weighted(weights, 0);
  if (!Number.isNaN(none) && !Number.isFinite(none)) found.push(`without a patient ${none}`);
  const ones = prepared.weighted(weights.fill(1), 1);
  if (!(Math.abs(ones - estimate) <= 1e-9 * Math.max(1, Math.abs(estimate))))
    found.push(`with all patients ${ones}, estimate ${estimate}`);
  for (let draw = 2; draw < 8; draw++) {
    const value = prepared.weighted(
      weights.map((_, i) => (i * draw) % 3),
      draw,
    );
    if (!Number.isNaN(value) && !Number.isFinite(value)) found.push(`a draw gives ${value}`);
  }
  return found;
}

describe("every metric", () => {
  it.each(Object.keys(sets))("on a set with %s gives finite numbers in its range, or a reason", (set) => {
    const problems = names.flatMap((name) => {
      try {
        return problemsOf(name, sets[set] as CountedUnits).map((problem) => `${name}: ${problem}`);
      } catch (error) {
        return [`${name}: ${String(error)}`];
      }
    });
    expect(problems).toEqual([]);
  });
});

describe("resamples of every metric", () => {
  const random = new RandomStream(20260101n, 1n);
  const score = () => (1 + random.below(9)) / 10;
  const several = (most: number, of: () => number) => Array.from({ length: random.below(most + 1) }, of);
  const patients = Array.from({ length: 40 }, (): Patient => {
    const truth = () => random.below(4);
    return {
      lesions: several(3, () => (random.below(4) === 0 ? -Infinity : score())),
      alarms: several(3, score),
      images: several(2, truth).map((grade) => image(grade >= 2, score(), grade, random.below(4))),
    };
  });
  const replicates = 32;

  /** What `parts` workers give, each with units of its own and every parts-th replicate, put together. */
  function sharedBy(name: string, parts: number): Float64Array {
    const values = new Float64Array(replicates);
    for (let part = parts - 1; part >= 0; part--) {
      const { definition, parameter } = metricByName(name);
      const prepared = definition.prepare(unitsOf(patients), parameter);
      const weights = new Uint16Array(patients.length);
      for (let r = part; r < replicates; r += parts) {
        patientWeights(5n, "shared", r, patients.length, weights);
        values[r] = prepared.weighted(weights, r);
      }
    }
    return values;
  }

  it("are the same bytes from one worker, two or eight", () => {
    const differing = names.filter((name) => {
      const bytes = (parts: number) => Buffer.from(sharedBy(name, parts).buffer);
      return [2, 8].some((parts) => !bytes(parts).equals(bytes(1)));
    });
    expect(differing).toEqual([]);
    const spread = names.filter((name) => new Set(sharedBy(name, 1)).size > 5);
    expect(spread.length).toBeGreaterThan(names.length / 2);
  });
});
