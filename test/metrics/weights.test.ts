/** A draw of patients is a set of weights: every metric with weights must be the metric of the set that names patient i as often. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  FrocSweep,
  metricByName,
  metrics,
  type BinaryUnits,
  type CountedUnits,
  type DetectionCases,
  type GradedUnits,
  type ScoredUnits,
} from "../../src/metrics/index.js";
import { maskUnitsOf, quantityUnitsOf, recordUnitsOf } from "./made-units.js";

/** Everything of one patient, in plain lists. */
interface Patient {
  readonly cases: number;
  readonly failedCases: number;
  readonly lesions: readonly (number | null)[];
  readonly falsePositives: readonly number[];
  readonly images: readonly { positive: boolean; score: number; truth: number; answer: number }[];
}

const limits = [0.125, 0.5, 1, 2, 4];
const grades = 4;

/** Scores from a coarse scale, so that ties are common. */
const score = fc.integer({ min: 1, max: 9 }).map((n) => n / 10);

const patient: fc.Arbitrary<Patient> = fc.record({
  cases: fc.integer({ min: 1, max: 3 }),
  failedCases: fc.integer({ min: 0, max: 1 }),
  lesions: fc.array(fc.option(score, { freq: 3 }), { maxLength: 3 }),
  falsePositives: fc.array(score, { maxLength: 3 }),
  images: fc.array(
    fc.record({
      positive: fc.boolean(),
      score: fc.oneof({ weight: 8, arbitrary: score }, { weight: 1, arbitrary: fc.constantFrom(-Infinity, Infinity) }),
      truth: fc.integer({ min: 0, max: grades - 1 }),
      answer: fc.integer({ min: -1, max: grades - 1 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const worst = (images: Patient["images"]) => ({
  positive: images.some(({ positive }) => positive),
  score: Math.max(...images.map((image) => image.score)),
  truth: Math.max(...images.map(({ truth }) => truth)),
  answer: images.some(({ answer }) => answer === -1) ? -1 : Math.max(...images.map(({ answer }) => answer)),
});

/** A second label of the same images: by their grades. */
function byGrade({ binary, graded }: { binary: BinaryUnits; graded: GradedUnits }): BinaryUnits {
  return {
    ...binary,
    positive: Uint8Array.from(graded.truth, (grade) => (grade >= 2 ? 1 : 0)),
    call: Int8Array.from(graded.answer, (grade) => (grade >= 2 ? 1 : 0)),
  };
}

/** Cases of patients, in order: lesions lie in a patient's first case, false positives in all of them in turn. */
function detectionCases(patients: readonly Patient[]): DetectionCases {
  const cases = patients.flatMap((one) =>
    Array.from({ length: one.cases }, (_, at) => ({
      lesions: at === 0 ? one.lesions.map((value) => value ?? -Infinity) : [],
      falsePositives: one.falsePositives.filter((_, mark) => mark % one.cases === at),
    })),
  );
  const first = (patient: number) => patients.slice(0, patient).reduce((sum, one) => sum + one.cases, 0);
  const top = ({ lesions, falsePositives }: (typeof cases)[number]) =>
    Math.max(-Infinity, ...lesions, ...falsePositives);
  return {
    abnormal: Uint8Array.from(cases, ({ lesions }) => (lesions.length > 0 ? 1 : 0)),
    topScore: Float64Array.from(cases, top),
    topOnLesion: Uint8Array.from(cases, (one) =>
      top(one) > -Infinity && !one.falsePositives.includes(top(one)) ? 1 : 0,
    ),
    topFalsePositive: Float64Array.from(cases, ({ falsePositives }) => Math.max(-Infinity, ...falsePositives)),
    lesionCase: Int32Array.from(patients.flatMap(({ lesions }, at) => lesions.map(() => first(at)))),
    falsePositiveCase: Int32Array.from(
      patients.flatMap((one, at) => one.falsePositives.map((_, mark) => first(at) + (mark % one.cases))),
    ),
  };
}

function unitsOf(patients: readonly Patient[], frocReading: "step" | "linear" = "step"): CountedUnits {
  const scored = (of: (patient: Patient) => readonly number[]): ScoredUnits => ({
    patient: Int32Array.from(patients.flatMap((one, at) => of(one).map(() => at))),
    score: Float64Array.from(patients.flatMap(of)),
  });
  const decided = (of: (patient: Patient) => Patient["images"]) => {
    const units = patients.flatMap((one, at) => of(one).map((image) => ({ ...image, at })));
    const index = Int32Array.from(units, ({ at }) => at);
    return {
      binary: {
        patient: index,
        positive: Uint8Array.from(units, ({ positive }) => (positive ? 1 : 0)),
        call: Int8Array.from(units, (unit) => (unit.score >= 0.5 ? 1 : 0)),
        score: Float64Array.from(units, (unit) => unit.score),
        failed: Uint8Array.from(units, (unit) => (Number.isFinite(unit.score) ? 0 : 1)),
        scored: true,
      },
      graded: {
        patient: index,
        truth: Int32Array.from(units, ({ truth }) => truth),
        answer: Int32Array.from(units, ({ answer }) => answer),
        grades,
      },
    };
  };
  const image = decided(({ images }) => images);
  const imagesOfAll = patients.flatMap(({ images }, at) => images.map((one) => ({ ...one, patient: at })));
  const whole = decided(({ images }) => (images.length === 0 ? [] : [worst(images)]));
  return {
    patientCount: patients.length,
    casePatient: Int32Array.from(patients.flatMap(({ cases }, at) => new Array<number>(cases).fill(at))),
    answered: Uint8Array.from(
      patients.flatMap(({ cases, failedCases }) => Array.from({ length: cases }, (_, n) => (n < failedCases ? 0 : 1))),
    ),
    threshold: 0.5,
    thresholdFromTestSet: false,
    frocReading,
    lesions: scored(({ lesions }) => lesions.map((value) => value ?? -Infinity)),
    falsePositives: scored(({ falsePositives }) => falsePositives),
    detectionCases: detectionCases(patients),
    binary: { image: image.binary, patient: whole.binary },
    graded: { image: image.graded, patient: whole.graded },
    labels: [image.binary, byGrade(image)],
    masks: maskUnitsOf(imagesOfAll),
    quantities: quantityUnitsOf(imagesOfAll),
    records: recordUnitsOf(imagesOfAll),
    frocLimits: limits,
    prepared: new Map(),
  };
}

const names = [...metrics.values()].flatMap(({ id, parameter }) => {
  if (!parameter) return [id];
  return (id === "froc-sensitivity" ? limits : [parameter.example]).map((value) => `${id}@${value}`);
});

/** Patients with how often each is drawn. */
const drawn = fc.array(fc.tuple(patient, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 8 });

/** Sets of patients, each with a draw of them as weights, and the set in which patient i stands weights[i] times. */
const makeDraws = () =>
  fc.sample(drawn, { numRuns: 80, seed: 17 }).map((draw) => {
    const patients = draw.map(([one]) => one);
    const repeated = draw.flatMap(([one, weight]) => new Array<Patient>(weight).fill(one));
    const units = (reading: "step" | "linear") => ({
      set: unitsOf(patients, reading),
      repeated: unitsOf(repeated, reading),
    });
    return {
      weights: Uint16Array.from(draw, ([, weight]) => weight),
      step: units("step"),
      linear: units("linear"),
    };
  });
let made: ReturnType<typeof makeDraws> | undefined;
/** The same sets for all metrics, made when the first one asks. */
const draws = () => (made ??= makeDraws());

describe("weighted values", () => {
  for (const reading of ["step", "linear"] as const) {
    for (const name of names) {
      if (reading === "linear" && !name.startsWith("froc")) continue;
      it(`${name} (${reading}) equals the value of the set with patient i named weights[i] times`, () => {
        const { definition, parameter } = metricByName(name);
        let compared = 0;
        for (const { weights, [reading]: units } of draws()) {
          const prepared = definition.prepare(units.set, parameter);
          // Where the set itself has no value, none of its draws is asked for.
          if (prepared.estimate === null) continue;
          const value = prepared.weighted(weights, 0);
          const expected = definition.prepare(units.repeated, parameter).estimate;
          // Undefined, or among the cases that rank last.
          if (expected === null) expect(Number.isFinite(value)).toBe(false);
          else expect(value).toBeCloseTo(expected, 12);
          compared++;
        }
        expect(compared).toBeGreaterThan(10);
      });
    }
  }

  it("with every weight 1 are the estimate", () => {
    fc.assert(
      fc.property(fc.array(patient, { minLength: 1, maxLength: 8 }), (patients) => {
        const units = unitsOf(patients);
        for (const name of names) {
          const { definition, parameter } = metricByName(name);
          const prepared = definition.prepare(units, parameter);
          if (prepared.estimate === null) continue;
          expect(prepared.weighted(new Uint16Array(patients.length).fill(1), 7)).toBeCloseTo(prepared.estimate, 12);
        }
      }),
    );
  });
});

describe("estimates", () => {
  it("do not depend on the order of units, nor on which number a patient has", () => {
    fc.assert(
      fc.property(fc.array(patient, { minLength: 2, maxLength: 8 }), fc.nat(), (patients, turn) => {
        const by = turn % patients.length;
        const given = unitsOf(patients);
        const turned = unitsOf([...patients.slice(by), ...patients.slice(0, by)].reverse());
        for (const name of names) {
          const { definition, parameter } = metricByName(name);
          const [a, b] = [definition.prepare(given, parameter), definition.prepare(turned, parameter)];
          expect(b.n).toEqual(a.n);
          if (a.estimate === null) expect(b.estimate).toBeNull();
          else expect(b.estimate).toBeCloseTo(a.estimate, 12);
        }
      }),
    );
  });

  it("carry a reason wherever they are null, and are finite numbers where they are not", () => {
    const sets: Patient[][] = [
      [],
      [{ cases: 1, failedCases: 0, lesions: [], falsePositives: [], images: [] }],
      [{ cases: 1, failedCases: 1, lesions: [null], falsePositives: [], images: [] }],
      [
        {
          cases: 1,
          failedCases: 0,
          lesions: [],
          falsePositives: [0.9],
          images: [{ positive: true, score: 0.9, truth: 3, answer: -1 }],
        },
      ],
    ];
    for (const set of sets) {
      for (const name of names) {
        const { definition, parameter } = metricByName(name);
        const prepared = definition.prepare(unitsOf(set), parameter);
        if (prepared.estimate === null) expect(prepared.reason, name).toBeDefined();
        else expect(Number.isFinite(prepared.estimate), name).toBe(true);
      }
    }
  });
});

/** Definition of the curve: shows the marks from a threshold on and counts. */
function curveByDefinition(units: CountedUnits): [number, number, number | null][] {
  const lesions = [...(units.lesions as ScoredUnits).score];
  const alarms = [...(units.falsePositives as ScoredUnits).score];
  const thresholds = [...new Set([...lesions, ...alarms])].filter((value) => value !== -Infinity).sort((a, b) => b - a);
  const count = (values: number[], threshold: number) => values.filter((value) => value >= threshold).length;
  return [
    [0, 0, null],
    ...thresholds.map((at): [number, number, number] => [count(lesions, at), count(alarms, at), at]),
  ];
}

describe("FROC", () => {
  const sets = fc.array(patient, { minLength: 1, maxLength: 8 }).map((patients) => unitsOf(patients));
  const sweepOf = (units: CountedUnits) =>
    new FrocSweep(units, units.lesions as ScoredUnits, units.falsePositives as ScoredUnits);

  it("is the count of lesions and false positives at every threshold", () => {
    fc.assert(
      fc.property(sets, (units) => {
        const points = sweepOf(units).points();
        expect(points.map((point) => [point.truePositives, point.falsePositives, point.threshold])).toEqual(
          curveByDefinition(units),
        );
      }),
    );
  });

  it("is read as the largest sensitivity among thresholds with no more false positives a case than the limit", () => {
    fc.assert(
      fc.property(sets, (units) => {
        const sweep = sweepOf(units);
        if (sweep.lesionCount === 0) return;
        const points = curveByDefinition(units);
        sweep.readings().forEach((reading, at) => {
          const allowed = points.filter(([, fp]) => fp / units.casePatient.length <= (limits[at] as number));
          expect(reading.truePositives).toBe(Math.max(...allowed.map(([tp]) => tp)));
          const ends = (points.at(-1)?.[1] ?? 0) / units.casePatient.length;
          expect(reading.limitReached).toBe(ends >= (limits[at] as number));
        });
      }),
    );
  });

  it("reads a limit that is met exactly: 29 false positives on 100 cases are 0.29 a case", () => {
    const one = (falsePositives: number[]): Patient => ({
      cases: 1,
      failedCases: 0,
      lesions: [],
      falsePositives,
      images: [],
    });
    const patients = [
      { ...one([]), lesions: [0.5, 0.3] },
      ...Array.from({ length: 29 }, () => one([0.5])),
      ...Array.from({ length: 70 }, () => one([0.3])),
    ];
    const units = { ...unitsOf(patients), frocLimits: [0.28, 0.29, 0.98, 0.99] };
    expect(
      sweepOf(units)
        .readings()
        .map(({ truePositives }) => truePositives),
    ).toEqual([0, 1, 1, 2]);
    const ones = new Uint16Array(100).fill(1);
    expect([...sweepOf(units).weighted(ones, 0)]).toEqual([0, 0.5, 0.5, 1]);
  });

  it("flags a plateau where the curve ends before the limit, and a tie group that jumps over it", () => {
    const flagsAt = (falsePositives: number[], name: string) => {
      const patients = falsePositives.map((value): Patient => ({
        cases: 1,
        failedCases: 0,
        lesions: [0.9],
        falsePositives: [value],
        images: [],
      }));
      const { definition, parameter } = metricByName(name);
      return definition.prepare(unitsOf(patients), parameter).flags;
    };
    expect(flagsAt([0.1, 0.2, 0.3, 0.4], "froc-sensitivity@2")).toEqual(["plateau"]);
    expect(flagsAt([0.1, 0.2, 0.3, 0.4], "froc-sensitivity@1")).toEqual([]);
    expect(flagsAt([0.3, 0.3, 0.3, 0.3], "froc-sensitivity@0.5")).toEqual(["wide-tie"]);
  });
});
