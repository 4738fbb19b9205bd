/** Reading the FROC curve: by hand at every kind of limit, and against its definition with hundreds of marks. */
import { describe, expect, it } from "vitest";
import { FrocSweep, frocSweep, metricByName, type CountedUnits, type ScoredUnits } from "../../src/metrics/index.js";
import { nothing } from "./worked/worked.js";

type Scored = readonly (readonly [patient: number, score: number])[];
const scored = (rows: Scored): ScoredUnits => ({
  patient: Int32Array.from(rows, ([patient]) => patient),
  score: Float64Array.from(rows, ([, score]) => score),
});

/** Cases by the patient of each. */
const unitsOf = (
  cases: readonly number[],
  lesions: Scored,
  marks: Scored,
  limits: readonly number[],
  frocReading: "step" | "linear" = "step",
): CountedUnits => ({
  ...nothing,
  patientCount: Math.max(...cases) + 1,
  casePatient: Int32Array.from(cases),
  answered: new Uint8Array(cases.length).fill(1),
  lesions: scored(lesions),
  falsePositives: scored(marks),
  frocLimits: limits,
  frocReading,
  prepared: new Map(),
});
const sweepOf = (units: CountedUnits) =>
  new FrocSweep(units, units.lesions as ScoredUnits, units.falsePositives as ScoredUnits);
const ones = (units: CountedUnits) => new Uint16Array(units.patientCount).fill(1);

describe("seven cases by hand", () => {
  const cases = [0, 0, 1, 2, 3, 4, 3];
  const lesions: Scored = [[0, 0.9], [0, 0.5], [0, -Infinity], [1, 0.6]]; // prettier-ignore
  const marks: Scored = [[0, 0.7], [1, 0.8], [1, 0.4], [2, 0.6], [2, 0.3], [4, 0.5]]; // prettier-ignore
  const limits = [0.1, 0.2, 0.4, 0.5, 0.8, 1];

  it("has a point for every score", () => {
    const points = sweepOf(unitsOf(cases, lesions, marks, limits)).points();
    expect(points.map((point) => [point.falsePositives, point.truePositives, point.threshold])).toEqual([
      [0, 0, null],
      [0, 1, 0.9],
      [1, 1, 0.8],
      [2, 1, 0.7],
      [3, 2, 0.6],
      [4, 3, 0.5],
      [5, 3, 0.4],
      [6, 3, 0.3],
    ]);
  });

  it("is read at the last point that keeps the limit", () => {
    const sweep = sweepOf(unitsOf(cases, lesions, marks, limits));
    const read = sweep.readings();
    expect(read.map((one) => one.falsePositives)).toEqual([0, 1, 2, 3, 5, 6]);
    expect(read.map((one) => one.truePositives)).toEqual([1, 1, 1, 2, 3, 3]);
    expect(read.map((one) => one.sensitivity)).toEqual([1 / 4, 1 / 4, 1 / 4, 2 / 4, 3 / 4, 3 / 4]);
    expect(read.map((one) => one.threshold)).toEqual([0.9, 0.8, 0.7, 0.6, 0.4, 0.3]);
    // The next score: 0.8, 0.7, a lesion and a false positive at 0.6, two such at 0.5, 0.3, none.
    expect(read.map((one) => one.crossingTies)).toEqual([1, 1, 2, 2, 1, 0]);
    expect(read.map((one) => one.limitReached)).toEqual([true, true, true, true, true, false]);
    expect([sweep.lesionCount, sweep.caseCount, sweep.contributingPatients]).toEqual([4, 7, 2]);
  });

  it("is read on the line to the next point", () => {
    const units = unitsOf(cases, lesions, marks, limits, "linear");
    const expected = [1 / 4, 1 / 4, (1 + 0.8) / 4, (2 + 0.5) / 4, 3 / 4, 3 / 4];
    const read = sweepOf(units).readings();
    read.forEach(({ sensitivity }, at) => expect(sensitivity).toBeCloseTo(expected[at] as number, 14));
    expect(read.map((one) => one.truePositives)).toEqual([1, 1, 1, 2, 3, 3]);
    const values = sweepOf(units).weighted(ones(units), 0);
    values.forEach((value, at) => expect(value).toBeCloseTo(expected[at] as number, 14));
  });
});

describe("the ends of a curve", () => {
  const bare = { threshold: null, falsePositives: 0, truePositives: 0, sensitivity: 0 };

  it("nothing is read where the first mark is too many", () => {
    const first = unitsOf([0, 1], [[0, 0.3]], [[1, 0.9]], [0.2]);
    expect(sweepOf(first).readings()).toEqual([{ ...bare, crossingTies: 1, limitReached: true }]);
  });

  it("without a false positive all lesions found are read, in steps and on lines", () => {
    for (const reading of ["step", "linear"] as const) {
      const found = unitsOf([0, 1], [[0, 0.3], [1, -Infinity]], [], [0.2], reading); // prettier-ignore
      expect(sweepOf(found).readings()).toEqual([
        {
          threshold: 0.3,
          falsePositives: 0,
          truePositives: 1,
          sensitivity: 1 / 2,
          crossingTies: 0,
          limitReached: false,
        },
      ]);
      expect([...sweepOf(found).weighted(Uint16Array.of(3, 1), 0)]).toEqual([3 / 4]);
      const missed = unitsOf([0, 1], [[0, -Infinity]], [], [0.2], reading);
      expect(sweepOf(missed).readings()).toEqual([{ ...bare, crossingTies: 0, limitReached: false }]);
    }
  });

  it("a limit that all marks meet exactly is reached", () => {
    const units = unitsOf([0, 1], [[0, 0.3]], [[0, 0.5], [1, 0.4]], [1, 1.01]); // prettier-ignore
    const read = sweepOf(units).readings();
    expect(read.map((one) => one.limitReached)).toEqual([true, false]);
    expect(read.map((one) => one.truePositives)).toEqual([1, 1]);
  });

  it("equal scores that cross the limit are read together or not at all; a line goes through them", () => {
    // Two lesions and three false positives at 0.5 on two cases: 3/2 a case.
    const make = (reading: "step" | "linear") =>
      unitsOf([0, 1], [[0, 0.9], [0, 0.5], [1, 0.5]], [[0, 0.5], [1, 0.5], [1, 0.5]], [1, 1.5], reading); // prettier-ignore
    const [at1, at15] = sweepOf(make("step")).readings();
    expect(at1).toEqual({
      threshold: 0.9,
      falsePositives: 0,
      truePositives: 1,
      sensitivity: 1 / 3,
      crossingTies: 5,
      limitReached: true,
    });
    expect(at15).toMatchObject({ threshold: 0.5, falsePositives: 3, truePositives: 3, crossingTies: 0 });
    const units = make("linear");
    expect(sweepOf(units).readings()[0]?.sensitivity).toBeCloseTo((1 + (2 / 3) * 2) / 3, 14);
    const [value, whole] = sweepOf(units).weighted(ones(units), 0);
    expect(value).toBeCloseTo((1 + (2 / 3) * 2) / 3, 14);
    expect(whole).toBe(1);
    // Patient 1 three times: four cases, seven false positives at once, five lesions.
    const [drawn] = sweepOf(units).weighted(Uint16Array.of(1, 3), 1);
    expect(drawn).toBeCloseTo((1 + (4 / 7) * 4) / 5, 14);
  });

  it("a limit just below a share of whole numbers is not met by it", () => {
    // 5/6 is the double above 0.8333333333333333, and six times that is rounded to 5.
    const six = [0, 1, 2, 3, 4, 5];
    const marks = six.map((patient): [number, number] => [patient, 0.9 - patient / 10]);
    const read = sweepOf(unitsOf(six, [[0, 0.1]], marks, [0.8333333333333333, 5 / 6])).readings();
    expect(read.map((one) => one.falsePositives)).toEqual([4, 5]);
  });
});

describe("a limit beyond all marks", () => {
  it("reads the end of the curve, however large it is", () => {
    const huge = [1e15, 1e17, 1e300, Infinity];
    const units = unitsOf([0, 1, 2], [[0, 0.3], [2, -Infinity]], [[0, 0.5], [1, 0.4], [1, 0.2]], huge); // prettier-ignore
    const end = { truePositives: 1, falsePositives: 3, sensitivity: 1 / 2, threshold: 0.2, limitReached: false };
    for (const read of sweepOf(units).readings()) expect(read).toEqual({ ...end, crossingTies: 0 });
    expect([...sweepOf(units).weighted(Uint16Array.of(1, 3, 1), 0)]).toEqual(huge.map(() => 1 / 2));
    for (const name of ["froc-sensitivity@1e300", "froc-score@1e17,1e300", "froc-area@1e300"]) {
      const { definition, parameter } = metricByName(name);
      expect(definition.prepare(units, parameter), name).toMatchObject({ estimate: 1 / 2, flags: ["plateau"] });
    }
  });
});

describe("flags of a reading", () => {
  /** Ten cases, a lesion at the top, so many false positives apart, and so many that share the next score. */
  const flagsAt = (limit: number, apart: number, tied: number) => {
    const cases = Array.from({ length: 10 }, (_, patient) => patient);
    const marks: [number, number][] = [
      ...Array.from({ length: apart }, (_, at): [number, number] => [at % 10, 0.9 - at / 100]),
      ...Array.from({ length: tied }, (_, at): [number, number] => [at % 10, 0.1]),
    ];
    const { definition, parameter } = metricByName(`froc-sensitivity@${limit}`);
    return definition.prepare(unitsOf(cases, [[0, 0.99]], marks, []), parameter).flags;
  };

  it("a group of equal scores is wide where it keeps the rate below nine tenths of the limit", () => {
    expect(flagsAt(1, 9, 2)).toEqual([]);
    expect(flagsAt(1, 8, 3)).toEqual(["wide-tie"]);
    expect(flagsAt(2, 18, 3)).toEqual([]);
    expect(flagsAt(2, 17, 4)).toEqual(["wide-tie"]);
  });

  it("a single mark is no group", () => {
    expect(flagsAt(0.19, 2, 0)).toEqual([]);
    expect(flagsAt(0.19, 0, 2)).toEqual(["wide-tie"]);
  });

  it("a curve that ends before the limit has a plateau", () => {
    expect(flagsAt(1, 10, 0)).toEqual([]);
    expect(flagsAt(1.1, 10, 0)).toEqual(["plateau"]);
  });

  it("lesions without cases have no reading", () => {
    const units: CountedUnits = {
      ...unitsOf([0], [[0, 0.9]], [[0, 0.5]], [1]),
      casePatient: new Int32Array(0),
      answered: new Uint8Array(0),
    };
    for (const name of ["froc-sensitivity@1", "froc-score", "froc-area@1"]) {
      const { definition, parameter } = metricByName(name);
      expect(definition.prepare(units, parameter), name).toMatchObject({ estimate: null, reason: "no-data" });
    }
  });
});

describe("a walk over many marks", () => {
  const limits = [0.125, 0.25, 0.5, 1, 2, 4, 8];
  // Numbers that look drawn: a linear congruence.
  let state = 7;
  const below = (count: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * count);
  };
  const patients = 40;
  const make = (markCount: number, levels: number, reading: "step" | "linear") => {
    const cases = [...Array(patients).keys(), ...Array.from({ length: 20 }, () => below(patients))];
    const rows = (count: number): Scored =>
      Array.from({ length: count }, () => [below(patients), below(8) === 0 ? -Infinity : below(levels) / levels]);
    const marks = rows(markCount).map(([patient, score]): [number, number] => [patient, Math.max(score, 0)]);
    return unitsOf(cases, rows(50), marks, limits, reading);
  };

  /** Sensitivity at a limit by the definition: points by falling score, the last one allowed, and the line to the next. */
  function byDefinition(units: CountedUnits, weights: Uint16Array, limit: number): number {
    const weightOf = (patient: number) => weights[patient] as number;
    const total = ({ patient }: ScoredUnits) => patient.reduce((sum, one) => sum + weightOf(one), 0);
    const [lesions, marks] = [units.lesions as ScoredUnits, units.falsePositives as ScoredUnits];
    const cases = units.casePatient.reduce((sum, one) => sum + weightOf(one), 0);
    const from = ({ patient, score }: ScoredUnits, threshold: number) =>
      patient.reduce((sum, one, at) => sum + ((score[at] as number) >= threshold ? weightOf(one) : 0), 0);
    const thresholds = [...new Set([...lesions.score, ...marks.score])].filter(Number.isFinite).sort((a, b) => b - a);
    const points = [Infinity, ...thresholds].map((at) => [from(marks, at) / cases, from(lesions, at)] as const);
    const allowed = points.filter(([rate]) => rate <= limit).length;
    const [rate, found] = points[allowed - 1] as readonly [number, number];
    const next = points[allowed];
    const share = next && units.frocReading === "linear" ? (limit - rate) / (next[0] - rate) : 0;
    return (found + share * ((next?.[1] ?? found) - found)) / total(lesions);
  }

  for (const reading of ["step", "linear"] as const) {
    it(`gives what the definition gives, by ${reading}s`, () => {
      for (const [markCount, levels] of [
        [500, 1000],
        [500, 12],
        [128, 300],
        [64, 300],
        [63, 5],
      ] as const) {
        // prettier-ignore
        const units = make(markCount, levels, reading);
        const sweep = sweepOf(units);
        const whole = sweep.readings();
        limits.forEach((limit, at) =>
          expect(whole[at]?.sensitivity).toBeCloseTo(byDefinition(units, ones(units), limit), 12),
        );
        for (let draw = 0; draw < 5; draw++) {
          const weights = Uint16Array.from({ length: patients }, () => below(4));
          const values = sweep.weighted(weights, draw);
          limits.forEach((limit, at) => expect(values[at]).toBeCloseTo(byDefinition(units, weights, limit), 12));
        }
        expect([...sweep.weighted(new Uint16Array(patients), 9)]).toEqual(limits.map(() => Number.NaN));
      }
    });
  }

  it("is not shared by other limits", () => {
    const units = make(200, 50, "step");
    const weights = Uint16Array.from({ length: patients }, (_, patient) => patient % 4);
    for (const own of [limits, [0.3, 0.7, 1.5], [1], limits]) {
      const values = frocSweep(units, own)?.weighted(weights, 5);
      expect(values).toHaveLength(own.length);
      own.forEach((limit, at) => expect(values?.[at]).toBeCloseTo(byDefinition(units, weights, limit), 12));
    }
  });

  it("is shared by lesions of the same cases, not by other cases", () => {
    const units = make(200, 50, "step");
    const some: CountedUnits = { ...units, casePatient: units.casePatient.slice(0, 30), prepared: new Map() };
    const weights = Uint16Array.from({ length: patients }, (_, patient) => (patient < 30 ? 1 + (patient % 3) : 0));
    for (const own of [units, some]) {
      const values = frocSweep(own)?.weighted(weights, 3);
      limits.forEach((limit, at) => expect(values?.[at]).toBeCloseTo(byDefinition(own, weights, limit), 12));
    }
  });
});
