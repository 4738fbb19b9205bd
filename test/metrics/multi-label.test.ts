/** Averages over the classes of a multi-label set, subset accuracy, Hamming loss and F1: by hand, at their edges, and against the statistics library. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { metricByName, type BinaryUnits, type CountedUnits, type PreparedMetric } from "../../src/metrics/index.js";
import { kornGraubard, multilabelValues, wilson } from "../../src/stats/index.js";

/** A class: truth and call (-1: none) of every case; scores where there are some. */
interface MadeClass {
  readonly truth: readonly number[];
  readonly call: readonly number[];
  readonly score?: readonly number[];
  readonly flagged?: boolean;
}

function unitsOf(classes: readonly MadeClass[] | undefined, patients?: readonly number[]): CountedUnits {
  const cases = classes?.[0]?.truth.length ?? 0;
  const patient = Int32Array.from(patients ?? Array.from({ length: cases }, (_, at) => at));
  const binary = ({ truth, call, score, flagged }: MadeClass): BinaryUnits => ({
    patient,
    positive: Uint8Array.from(truth),
    call: Int8Array.from(call),
    score: Float64Array.from(score ?? truth.map(() => 0)),
    failed: new Uint8Array(cases),
    scored: score !== undefined,
    ...(flagged ? { scoreFlags: ["scores-contradict-decisions" as const] } : {}),
  });
  return {
    patientCount: Math.max(0, ...patient.map((one) => one + 1)),
    casePatient: patient,
    answered: new Uint8Array(cases).fill(1),
    threshold: null,
    thresholdFromTestSet: false,
    frocReading: "step",
    frocLimits: [],
    lesions: null,
    falsePositives: null,
    binary: {},
    graded: {},
    ...(classes === undefined ? {} : { labels: classes.map(binary) }),
    prepared: new Map(),
  };
}

const prepared = (name: string, units: CountedUnits): PreparedMetric =>
  metricByName(name).definition.prepare(units, null);
const intervalOf = (metric: PreparedMetric) => metric.interval?.(0.95);

/** Two cases of AF, one found; one case of SB, found, with a false alarm. */
const two: MadeClass[] = [
  { truth: [1, 1, 0, 0], call: [1, 0, 0, 0], score: [0.9, 0.2, 0.3, 0.1] },
  { truth: [0, 0, 1, 0], call: [1, 0, 1, 0], score: [0.6, 0.1, 0.8, 0.2] },
];
const names = [
  "macro-sensitivity",
  "macro-specificity",
  "macro-f1",
  "macro-auc",
  "macro-average-precision",
  "micro-f1",
  "subset-accuracy",
  "hamming-loss",
];

describe("over the classes", () => {
  it("the mean of each class's value", () => {
    const units = unitsOf(two);
    expect(prepared("macro-sensitivity", units).estimate).toBeCloseTo((1 / 2 + 1) / 2, 15);
    expect(prepared("macro-specificity", units).estimate).toBeCloseTo((1 + 2 / 3) / 2, 15);
    expect(prepared("macro-f1", units).estimate).toBeCloseTo((2 / 3 + 2 / 3) / 2, 15);
    // AF: of the pairs (0.9, 0.3), (0.9, 0.1), (0.2, 0.3), (0.2, 0.1) three are in order.
    expect(prepared("macro-auc", units).estimate).toBeCloseTo((3 / 4 + 1) / 2, 15);
    expect(prepared("macro-sensitivity", units)).toMatchObject({
      n: { units: 4, classes: 2, allClasses: 2, patients: 4 },
      patients: 4,
      flags: [],
      interval: null,
    });
  });

  it("the counts of all classes together", () => {
    // TP 2, FP 1, FN 1.
    const micro = prepared("micro-f1", unitsOf(two));
    expect(micro.estimate).toBeCloseTo(4 / 6, 15);
    expect(micro.n).toEqual({ truePositives: 2, units: 4, patients: 3 });
    const loss = prepared("hamming-loss", unitsOf(two));
    expect(loss.estimate).toBe(2 / 8);
    expect(intervalOf(loss)).toEqual(kornGraubard([1, 1, 0, 0], [2, 2, 2, 2]));
  });

  it("the cases with every class right", () => {
    const metric = prepared("subset-accuracy", unitsOf(two));
    expect(metric.estimate).toBe(2 / 4);
    expect(intervalOf(metric)).toEqual(wilson(2, 4));
  });

  it("say which way is better", () => {
    for (const name of names) {
      const { definition } = metricByName(name);
      expect(definition.higherIsBetter, name).toBe(name !== "hamming-loss");
      expect(definition).toMatchObject({ overClasses: true, unit: "case", findingStrata: false });
    }
    expect(metricByName("macro-sensitivity").definition.kind).toBe("proportion");
    expect(metricByName("macro-f1").definition.kind).toBe("index");
  });
});

describe("classes without a value", () => {
  const withEmpty: MadeClass[] = [...two, { truth: [0, 0, 0, 0], call: [0, 0, 0, 0], score: [0.1, 0.2, 0.3, 0.4] }];

  it("are left out of the mean, and it is said", () => {
    const metric = prepared("macro-sensitivity", unitsOf(withEmpty));
    expect(metric.estimate).toBeCloseTo(3 / 4, 15);
    expect(metric.n).toMatchObject({ classes: 2, allClasses: 3 });
    expect(metric.flags).toEqual(["classes-left-out"]);
    expect(prepared("macro-specificity", unitsOf(withEmpty))).toMatchObject({
      flags: [],
      n: { classes: 3, allClasses: 3 },
    });
  });

  it("leave nothing where no class has one", () => {
    const none = unitsOf([{ truth: [0, 0], call: [0, 1] }]);
    expect(prepared("macro-sensitivity", none)).toMatchObject({ estimate: null, reason: "no-positives" });
    expect(prepared("macro-auc", none)).toMatchObject({ estimate: null, reason: "no-positives" });
    expect(prepared("macro-sensitivity", none).n).toMatchObject({ units: 2, classes: 0, allClasses: 1 });
  });

  it("in a draw of patients leave the others; a draw without any has no value", () => {
    const metric = prepared("macro-sensitivity", unitsOf(two));
    // Cases 0 and 1 are AF, case 2 is SB.
    expect(metric.weighted(Uint16Array.from([1, 1, 0, 0]), 0)).toBe(1 / 2);
    expect(metric.weighted(Uint16Array.from([0, 0, 3, 0]), 0)).toBe(1);
    expect(metric.weighted(Uint16Array.from([0, 0, 0, 4]), 0)).toBeNaN();
    expect(metric.weighted(Uint16Array.from([1, 1, 1, 1]), 0)).toBe(metric.estimate);
  });
});

describe("classes that the product does not answer", () => {
  const [af, sb] = two as [MadeClass, MadeClass];
  const undecided: MadeClass = { truth: sb.truth, call: [-1, -1, -1, -1] };
  const decidedAlone: MadeClass = { truth: sb.truth, call: sb.call };

  it("leave no mean: without them the product would be better than with its wrong answers", () => {
    for (const name of ["macro-sensitivity", "macro-specificity", "macro-f1"]) {
      const metric = prepared(name, unitsOf([af, undecided]));
      expect(metric, name).toMatchObject({ estimate: null, reason: "no-operating-point", interval: null });
      expect(metric.n, name).toEqual({ units: 4, classes: 1, allClasses: 2, patients: 4 });
      expect(metric.patients, name).toBe(4);
      expect(metric.weighted(Uint16Array.from([1, 1, 1, 1]), 0), name).toBeNaN();
    }
    for (const name of ["macro-auc", "macro-average-precision"])
      expect(prepared(name, unitsOf([af, decidedAlone])), name).toMatchObject({ estimate: null, reason: "no-scores" });
  });

  it("concern only the means that need what is missing", () => {
    expect(prepared("macro-sensitivity", unitsOf([af, decidedAlone])).estimate).toBe(3 / 4);
    const scoredAlone = { ...undecided, score: [0.6, 0.1, 0.8, 0.2] };
    expect(prepared("macro-auc", unitsOf([af, scoredAlone])).estimate).toBe((3 / 4 + 1) / 2);
  });

  it("are named before classes that the truth leaves out", () => {
    const empty: MadeClass = { truth: [0, 0, 0, 0], call: [0, 0, 0, 0] };
    expect(prepared("macro-sensitivity", unitsOf([empty, undecided]))).toMatchObject({ reason: "no-operating-point" });
    // No positive case: the ranking of this class could not be judged whatever the product had given.
    expect(prepared("macro-auc", unitsOf([af, empty]))).toMatchObject({
      estimate: 3 / 4,
      flags: ["classes-left-out"],
    });
  });
});

describe("a sum over many classes", () => {
  it("loses no digit to its order", () => {
    // Sensitivities 1/10 of ten classes: added one after the other, ten times 0.1 is 0.9999999999999999.
    const tenth: MadeClass = { truth: new Array<number>(10).fill(1), call: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] };
    const metric = prepared("macro-sensitivity", unitsOf(new Array<MadeClass>(10).fill(tenth)));
    expect(metric.estimate).toBe(0.1);
    expect(metric.weighted(new Uint16Array(10).fill(1), 0)).toBe(0.1);
  });
});

describe("F1 of a class that does not occur", () => {
  it("counts 0 with a false alarm, and is left out without one", () => {
    const [af] = two as [MadeClass, MadeClass];
    const alarm: MadeClass = { truth: [0, 0, 0, 0], call: [0, 1, 0, 0] };
    expect(prepared("macro-f1", unitsOf([af, alarm]))).toMatchObject({ estimate: 1 / 3, flags: [] });
    const quiet: MadeClass = { truth: [0, 0, 0, 0], call: [0, 0, 0, 0] };
    expect(prepared("macro-f1", unitsOf([af, quiet]))).toMatchObject({ estimate: 2 / 3, flags: ["classes-left-out"] });
  });
});

describe("what must be known about scores", () => {
  it("of one class holds for the mean, and only for means of scores", () => {
    const flagged = unitsOf([two[0] as MadeClass, { ...(two[1] as MadeClass), flagged: true }]);
    expect(prepared("macro-auc", flagged).flags).toEqual(["scores-contradict-decisions"]);
    expect(prepared("macro-average-precision", flagged).flags).toEqual(["scores-contradict-decisions"]);
    expect(prepared("macro-sensitivity", flagged).flags).toEqual([]);
  });
});

describe("nothing to count", () => {
  it("in a set of another form, without classes, or without cases", () => {
    for (const name of names) {
      expect(prepared(name, unitsOf(undefined)), name).toMatchObject({ estimate: null, reason: "no-data" });
      const [noClasses, noCases] = [prepared(name, unitsOf([])), prepared(name, unitsOf([{ truth: [], call: [] }]))];
      expect(noClasses.estimate, name).toBeNull();
      expect(noCases.estimate, name).toBeNull();
      expect(noClasses.weighted(new Uint16Array(0), 0), name).toBeNaN();
    }
    expect(prepared("hamming-loss", unitsOf([]))).toMatchObject({ reason: "no-data" });
    expect(prepared("subset-accuracy", unitsOf([]))).toMatchObject({ reason: "no-data" });
    expect(prepared("micro-f1", unitsOf([]))).toMatchObject({ reason: "zero-denominator" });
  });

  it("without a decision of every class", () => {
    const undecided = unitsOf([two[0] as MadeClass, { truth: [0, 1, 0, 1], call: [-1, -1, -1, -1] }]);
    for (const name of ["subset-accuracy", "hamming-loss", "micro-f1"])
      expect(prepared(name, undecided), name).toMatchObject({ estimate: null, reason: "no-operating-point" });
    expect(prepared("subset-accuracy", undecided).n).toEqual({ units: 4 });
    expect(prepared("hamming-loss", undecided).n).toEqual({ units: 8 });
  });
});

describe("F1", () => {
  const ofClass = (one: MadeClass, patients?: readonly number[]): PreparedMetric => {
    const units = unitsOf([one], patients);
    return prepared("f1", { ...units, binary: { image: (units.labels as BinaryUnits[])[0] as BinaryUnits } });
  };
  const carried = (share: number) => (2 * share) / (1 + share);

  it("is 2TP/(2TP + FP + FN), with the interval of TP/(TP + FP + FN) carried over", () => {
    // TP 2, FP 1, FN 1, TN 1.
    const metric = ofClass({ truth: [1, 1, 0, 1, 0], call: [1, 1, 1, 0, 0] });
    expect(metric.estimate).toBeCloseTo(4 / 6, 15);
    expect(metric.n).toEqual({ truePositives: 2, units: 4, patients: 4 });
    const share = wilson(2, 4);
    expect(intervalOf(metric)).toEqual({
      ok: true,
      low: carried(share.low),
      high: carried(share.high),
      level: 0.95,
      method: "f1_wilson",
    });
    expect(metric.weighted(Uint16Array.from([2, 1, 0, 1, 5]), 0)).toBeCloseTo(6 / 7, 15);
  });

  it("has an interval where everything is right", () => {
    const metric = ofClass({ truth: [1, 1, 1, 0], call: [1, 1, 1, 0] });
    expect(metric.estimate).toBe(1);
    const interval = intervalOf(metric);
    expect(interval).toMatchObject({ ok: true, high: 1 });
    expect(interval?.ok && interval.low).toBeLessThan(0.9);
  });

  it("is made by patient where a patient has several cases", () => {
    const metric = ofClass({ truth: [1, 1, 1, 1], call: [1, 1, 0, 1] }, [0, 0, 1, 1]);
    const interval = intervalOf(metric);
    expect(interval).toMatchObject({ ok: true, method: "f1_korn_graubard" });
    const share = kornGraubard([2, 1], [2, 2]);
    expect(interval?.ok && share.ok && interval.low === carried(share.low)).toBe(true);
    // One patient has no spread that an interval could be made of.
    const alone = intervalOf(ofClass({ truth: [1, 1], call: [1, 0] }, [0, 0]));
    expect(alone?.ok).toBe(kornGraubard([1], [2]).ok);
  });

  it("has no value where nothing is there and nothing called, or nothing is decided", () => {
    expect(ofClass({ truth: [0, 0], call: [0, 0] })).toMatchObject({ estimate: null, reason: "zero-denominator" });
    expect(ofClass({ truth: [1, 0], call: [-1, -1] })).toMatchObject({ estimate: null, reason: "no-operating-point" });
    expect(ofClass({ truth: [1, 0], call: [0, 0] }).estimate).toBe(0);
  });
});

describe("point values", () => {
  it("are those of the statistics library", () => {
    const labels = fc.array(
      fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { minLength: 3, maxLength: 3 }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(labels, (rows) => {
        const classes = [0, 1, 2].map((one): MadeClass => ({
          truth: rows.map((row) => (row[one] as [number, number])[0]),
          call: rows.map((row) => (row[one] as [number, number])[1]),
        }));
        const units = unitsOf(classes);
        const expected = multilabelValues(
          rows.map((row) => row.map(([truth]) => truth)),
          rows.map((row) => row.map(([, call]) => call)),
        );
        if (!expected.ok) throw new Error("no values");
        expect(prepared("subset-accuracy", units).estimate).toBeCloseTo(expected.subsetAccuracy, 14);
        expect(prepared("hamming-loss", units).estimate).toBeCloseTo(expected.hammingLoss, 14);
        const micro = prepared("micro-f1", units).estimate;
        if (typeof expected.f1Micro === "number") expect(micro).toBeCloseTo(expected.f1Micro, 14);
        else expect(micro).toBeNull();
        const defined = expected.f1.filter((value) => typeof value === "number");
        const macro = prepared("macro-f1", units).estimate;
        if (defined.length === 0) expect(macro).toBeNull();
        else expect(macro).toBeCloseTo(defined.reduce((sum, value) => sum + value, 0) / defined.length, 14);
      }),
      { numRuns: 100 },
    );
  });
});
