/** Yes/no labels: where a decision comes from, what failed and empty answers count as, and when scores and decisions contradict each other. */
import { beforeEach, describe, expect, it } from "vitest";
import type { AttributeValue } from "../../src/contract/finding.js";
import type { BinaryUnits } from "../../src/metrics/index.js";
import { labelValue, scoreMultiLabel, type DecisionRule } from "../../src/tasks/forms/multi-label.js";
import type { JoinedCase, ScoredSet, Selection, UnitSettings } from "../../src/tasks/forms/scored-set.js";

interface Made {
  readonly patient?: number;
  /** Reference of AF and SB. */
  readonly truth: readonly [AttributeValue, AttributeValue];
  /** Null: failed. */
  readonly answer: { labels?: Record<string, AttributeValue>; scores?: Record<string, number> } | null;
}

const labels = ["AF", "SB"];

function joinedOf(made: readonly Made[]): JoinedCase[] {
  return made.map(({ patient, truth, answer }, at) => {
    const id = `c${at}`;
    const line = { case: id, findings: [], quantities: {}, events: [] };
    return {
      id,
      patient: patient ?? at,
      reference: { ...line, labels: { AF: truth[0], SB: truth[1] }, basis: { rule: "made", readers: [] } },
      prediction:
        answer === null
          ? {
              ...line,
              status: "failed",
              labels: {},
              scores: {},
              error: { code: "MODEL_CRASHED", message: "" },
            }
          : { ...line, status: "ok", labels: answer.labels ?? {}, scores: answer.scores ?? {} },
    };
  });
}

const own: DecisionRule = { ownLabels: true, thresholdOf: () => null };
const at = (threshold: number): DecisionRule => ({ ownLabels: true, thresholdOf: () => threshold });
const settings: UnitSettings = {
  threshold: null,
  thresholdFromTestSet: false,
  frocReading: "step",
  frocLimits: [],
};

const setOf = (made: readonly Made[], rule: DecisionRule = own): ScoredSet =>
  scoreMultiLabel(joinedOf(made), made.length, labels, rule);
const all = (made: readonly Made[], label?: string): Selection => ({
  cases: new Uint8Array(made.length).fill(1),
  ...(label === undefined ? {} : { label }),
});
function binaryOf(made: readonly Made[], label: string, rule?: DecisionRule): BinaryUnits {
  const { image } = setOf(made, rule).units(all(made, label), settings).binary;
  if (!image) throw new Error("no units");
  return image;
}

describe("a yes/no label", () => {
  it("is 0, 1, false or true, as a value or as text", () => {
    expect([1, "1", true, "true"].map(labelValue)).toEqual([1, 1, 1, 1]);
    expect([0, "0", false, "false"].map(labelValue)).toEqual([0, 0, 0, 0]);
    expect([null, undefined, "", 2, "yes"].map(labelValue)).toEqual([null, null, null, null, null]);
  });

  it("that is none of them is refused, in the reference and in answers", () => {
    const answer = { labels: { AF: 0, SB: 0 } };
    expect(() => setOf([{ truth: [2, 0], answer }])).toThrow(
      expect.objectContaining({ code: "GRADE_UNKNOWN", message: expect.stringContaining("reference of c0: AF is 2") }),
    );
    expect(() => setOf([{ truth: [null, 0], answer }])).toThrow(expect.objectContaining({ code: "GRADE_UNKNOWN" }));
    const [whole] = joinedOf([{ truth: [1, 0], answer }]) as [JoinedCase];
    const without = { ...whole, reference: { ...whole.reference, labels: { AF: 1 } } };
    expect(() => scoreMultiLabel([without], 1, labels, own)).toThrow(
      expect.objectContaining({ message: "reference of c0: SB is absent, neither 0 nor 1" }),
    );
    expect(() => setOf([{ truth: [1, 0], answer: { labels: { AF: "maybe", SB: 0 } } }])).toThrow(
      expect.objectContaining({ message: expect.stringContaining('prediction of c0: AF is "maybe"') }),
    );
  });
});

describe("decisions", () => {
  const both: Made[] = [
    { truth: [1, 0], answer: { labels: { AF: 1, SB: 0 }, scores: { AF: 0.2, SB: 0.9 } } },
    { truth: [0, 1], answer: { labels: { AF: 0, SB: 1 }, scores: { AF: 0.6, SB: 0.1 } } },
  ];

  it("are the product's own labels, whatever the scores say", () => {
    expect([...binaryOf(both, "AF", at(0.5)).call]).toEqual([1, 0]);
    expect([...binaryOf(both, "SB", at(0.5)).call]).toEqual([0, 1]);
  });

  it("come from the scores where a threshold of the plan holds; at the threshold is positive", () => {
    const plan: DecisionRule = { ownLabels: false, thresholdOf: (label) => (label === "AF" ? 0.6 : 0.05) };
    expect([...binaryOf(both, "AF", plan).call]).toEqual([0, 1]);
    expect([...binaryOf(both, "SB", plan).call]).toEqual([1, 1]);
  });

  it("come from the scores where there are no labels, and are missing without a threshold", () => {
    const scores: Made[] = both.map(({ truth, answer }) => ({ truth, answer: { scores: answer?.scores ?? {} } }));
    expect([...binaryOf(scores, "AF", at(0.5)).call]).toEqual([0, 1]);
    expect([...binaryOf(scores, "AF", own).call]).toEqual([-1, -1]);
    expect(setOf(scores, own).confusion(all(scores, "AF"), settings)).toEqual([]);
    expect(setOf(scores, own).errors(null)).toEqual([]);
    expect(
      setOf(scores, own)
        .outcomes(null)
        .map(({ outcome }) => outcome),
    ).toEqual(new Array<string>(4).fill("undecided"));
  });

  it("need no score; then there is none to rank by", () => {
    const decided: Made[] = both.map(({ truth, answer }) => ({ truth, answer: { labels: answer?.labels ?? {} } }));
    const units = binaryOf(decided, "AF", at(0.5));
    expect([...units.call]).toEqual([1, 0]);
    expect(units.scored).toBe(false);
    expect(binaryOf(both, "AF").scored).toBe(true);
    expect([...binaryOf(both, "AF").score]).toEqual([0.2, 0.6]);
  });

  it("are missing for a class that has neither label nor score", () => {
    const partly: Made[] = both.map(({ truth, answer }) => ({
      truth,
      answer: { scores: { AF: answer?.scores?.AF as number } },
    }));
    expect([...binaryOf(partly, "AF", at(0.5)).call]).toEqual([0, 1]);
    expect([...binaryOf(partly, "SB", at(0.5)).call]).toEqual([-1, -1]);
    expect(binaryOf(partly, "SB", at(0.5)).scored).toBe(false);
  });

  it("that only some answers give are an error, labels and scores alike", () => {
    const some: Made[] = [both[0] as Made, { truth: [0, 1], answer: { scores: { AF: 0.6, SB: 0.1 } } }];
    expect(() => setOf(some)).toThrow(
      expect.objectContaining({
        code: "PREDICTION_INVALID",
        message: "labels.AF is given for 1 of 2 answered cases, not for c1",
      }),
    );
    const half: Made[] = [both[0] as Made, { truth: [0, 1], answer: { labels: { AF: 0, SB: 1 }, scores: { AF: 1 } } }];
    expect(() => setOf(half)).toThrow(
      expect.objectContaining({ message: "scores.SB is given for 1 of 2 answered cases, not for c1" }),
    );
  });
});

describe("a case without a usable answer", () => {
  const made: Made[] = [
    { truth: [1, 0], answer: { labels: { AF: 1, SB: 0 }, scores: { AF: 0.7, SB: 0.1 } } },
    { truth: [1, 0], answer: null },
    { truth: [0, 1], answer: { labels: { AF: 0, SB: 0 }, scores: { AF: 0.2, SB: 0.3 } } },
  ];

  it("that failed has every class wrong and ranks worst of its class", () => {
    const [af, sb] = [binaryOf(made, "AF"), binaryOf(made, "SB")];
    expect([...af.call]).toEqual([1, 0, 0]);
    expect([...sb.call]).toEqual([0, 1, 0]);
    expect([...af.failed]).toEqual([0, 1, 0]);
    expect([...af.score]).toEqual([0.7, -Infinity, 0.2]);
    expect([...sb.score]).toEqual([0.1, Infinity, 0.3]);
  });

  it("that failed gives nothing, whatever it holds", () => {
    const given = { labels: { AF: 1, SB: 0 }, scores: { AF: 0.7, SB: 0.1 } };
    const cases = joinedOf([
      { truth: [1, 0], answer: given },
      { truth: [1, 0], answer: given },
    ]).map((joined, at): JoinedCase =>
      at === 0 ? joined : { ...joined, prediction: { ...joined.prediction, status: "failed" } },
    );
    for (const rule of [own, { ownLabels: false, thresholdOf: () => 0.5 }]) {
      const { image } = scoreMultiLabel(cases, 2, labels, rule).units(
        { cases: Uint8Array.of(1, 1), label: "AF" },
        settings,
      ).binary;
      expect([[...(image?.call ?? [])], [...(image?.score ?? [])]]).toEqual([
        [1, 0],
        [0.7, -Infinity],
      ]);
    }
  });

  it("is told from the answered ones", () => {
    const units = setOf(made).units(all(made), settings);
    expect([...units.answered]).toEqual([1, 0, 1]);
    expect([...units.casePatient]).toEqual([0, 1, 2]);
    expect(units.binary).toEqual({});
    expect(units.labels?.map(({ call }) => [...call])).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(setOf(made).units(all(made, "AF"), settings).labels).toBeUndefined();
  });

  it("stands in the confusion table in a column of its own", () => {
    expect(setOf(made).confusion(all(made, "AF"), settings)).toEqual([
      {
        unit: "case",
        rows: ["positive", "negative"],
        columns: ["positive", "negative", "failed"],
        counts: [
          [1, 0, 1],
          [0, 1, 0],
        ],
      },
    ]);
    expect(setOf(made).confusion(all(made), settings)).toEqual([]);
  });

  it("is listed once with its code, misses and false alarms once a class", () => {
    const more: Made[] = [
      ...made,
      { truth: [0, 0], answer: { labels: { AF: 1, SB: 0 }, scores: { AF: 0.9, SB: 0.3 } } },
    ];
    const rows = setOf(more).errors(null);
    expect(
      rows.map(({ case: index, kind, reference, answer, score }) => [index, kind, reference, answer, score]),
    ).toEqual([
      [1, "failed", "AF", "MODEL_CRASHED", null],
      [2, "missed-positive", "SB 1", "SB 0", 0.3],
      [3, "false-alarm", "AF 0", "AF 1", 0.9],
    ]);
    for (const row of rows) expect(row).toMatchObject({ unit: "case", finding: null, mark: null, nearest: null });
    const [failed] = joinedOf([{ truth: [1, 1], answer: null }]) as [JoinedCase];
    const { error: _, ...silent } = failed.prediction;
    expect(scoreMultiLabel([{ ...failed, prediction: silent }], 1, labels, own).errors(null)).toEqual([
      expect.objectContaining({ kind: "failed", reference: "AF SB", answer: "" }),
    ]);
    expect(setOf(more).outcomes(null).slice(0, 5)).toEqual([
      { key: "case c0 AF", case: "c0", unit: "case", outcome: "positive" },
      { key: "case c0 SB", case: "c0", unit: "case", outcome: "negative" },
      { key: "case c1 AF", case: "c1", unit: "case", outcome: "failed" },
      { key: "case c1 SB", case: "c1", unit: "case", outcome: "failed" },
      { key: "case c2 AF", case: "c2", unit: "case", outcome: "negative" },
    ]);
  });
});

describe("a multi-label set", () => {
  const made: Made[] = [
    { truth: [1, 0], answer: { labels: { AF: 1, SB: 0 } } },
    { truth: [0, 0], answer: { labels: { AF: 1, SB: 0 } } },
    { truth: [0, 1], answer: { labels: { AF: 0, SB: 0 } } },
  ];
  let set: ScoredSet;
  beforeEach(() => {
    set = setOf(made);
  });

  it("has a case positive of a class, or of any", () => {
    expect([0, 1, 2].map((one) => set.positive(one, "AF"))).toEqual([true, false, false]);
    expect([0, 1, 2].map((one) => set.positive(one, "SB"))).toEqual([false, false, true]);
    expect([0, 1, 2].map((one) => set.positive(one))).toEqual([true, false, true]);
    expect(set.labels).toEqual(labels);
  });

  it("counts the cases of the selection", () => {
    const units = set.units({ cases: Uint8Array.from([0, 1, 1]), label: "AF" }, settings);
    expect([...(units.binary.image?.patient ?? [])]).toEqual([1, 2]);
    expect([...(units.binary.image?.positive ?? [])]).toEqual([0, 0]);
    expect([...(units.binary.image?.call ?? [])]).toEqual([1, 0]);
  });

  it("has no lesions, no marks and no rate of false positives", () => {
    expect(set.findings(0)).toEqual([]);
    expect(set.marks(all(made), null)).toBeNull();
    expect(set.thresholdAt(1, all(made))).toBeNull();
    expect(set.excludedFindings(all(made))).toBe(0);
    expect(set.units(all(made), settings)).toMatchObject({ lesions: null, falsePositives: null, graded: {} });
  });
});

describe("scores against the product's own decisions", () => {
  const of = (rows: readonly (readonly [call: 0 | 1, score: number])[]): Made[] =>
    rows.map(([call, score]) => ({
      truth: [0, 0],
      answer: { labels: { AF: call, SB: 0 }, scores: { AF: score, SB: 0 } },
    }));

  it("agree where every case called positive scores higher than every one called negative", () => {
    const made = of([
      [0, 0.1],
      [1, 0.5],
      [0, 0.4],
    ]);
    expect(setOf(made).consistency?.[0]).toEqual({
      label: "AF",
      highestNegative: 0.4,
      lowestPositive: 0.5,
      consistent: true,
    });
    expect(binaryOf(made, "AF").scoreFlags).toBeUndefined();
  });

  it("contradict each other where they cross or tie: no threshold gives the decisions", () => {
    for (const rows of [
      [
        [0, 0.6],
        [1, 0.5],
      ],
      [
        [0, 0.5],
        [1, 0.5],
      ],
    ] as const) {
      const made = of(rows);
      expect(setOf(made).consistency?.[0]?.consistent).toBe(false);
      expect(binaryOf(made, "AF").scoreFlags).toEqual(["scores-contradict-decisions"]);
      expect(binaryOf(made, "SB").scoreFlags).toBeUndefined();
    }
  });

  it("agree where all are called alike", () => {
    expect(
      setOf(
        of([
          [1, 0],
          [1, -0.5],
        ]),
      ).consistency?.[0],
    ).toEqual({ label: "AF", highestNegative: null, lowestPositive: -0.5, consistent: true });
    expect(
      setOf(
        of([
          [1, 0.2],
          [1, 0.9],
        ]),
      ).consistency?.[0],
    ).toMatchObject({
      highestNegative: null,
      lowestPositive: 0.2,
      consistent: true,
    });
    expect(
      setOf(
        of([
          [0, 0.2],
          [0, 0.9],
        ]),
      ).consistency?.[0],
    ).toMatchObject({
      highestNegative: 0.9,
      lowestPositive: null,
      consistent: true,
    });
  });

  it("are not compared where decisions are made from the scores, or a case failed", () => {
    const made = of([
      [0, 0.6],
      [1, 0.5],
    ]);
    expect(setOf(made, { ownLabels: false, thresholdOf: () => 0.5 }).consistency).toEqual([]);
    const withFailed: Made[] = [
      ...of([
        [0, 0.1],
        [1, 0.5],
      ]),
      { truth: [0, 1], answer: null },
    ];
    expect(setOf(withFailed).consistency?.every(({ consistent }) => consistent)).toBe(true);
  });
});
