/** ECG statistics and scores, worked by hand, and the edges where they have no value. */
import { describe, expect, it } from "vitest";
import {
  beatRows,
  beatStatistics,
  cincClasses,
  cincScore,
  grossAndAverage,
  metricByName,
  type CincWeights,
  type RecordStatistic,
} from "../../src/metrics/index.js";
import { nothing } from "./worked/worked.js";

/** A matrix in which each cell has a power of two of its own, so that a sum names its cells. */
const powers = beatRows.map((_, row) => beatRows.map((_, column) => 2 ** (7 * row + column)));

function cells(value: number): string[] {
  const found: string[] = [];
  beatRows.forEach((row, r) =>
    beatRows.forEach((column, c) => {
      const power = powers[r]?.[c] ?? 0;
      if (Math.floor(value / power) % 2 === 1) found.push(row + column);
    }),
  );
  return found;
}

const product = (rows: string, columns: string) => [...rows].flatMap((row) => [...columns].map((c) => row + c));

describe("the statistics of a beat matrix", () => {
  const expected = {
    qrsSensitivity: [product("NSVFQ", "NSVFQ"), product("NSVFQ", "NSVFQOX")],
    qrsPpv: [product("NSVFQ", "NSVFQ"), product("NSVFQOX", "NSVFQ")],
    vebSensitivity: [["VV"], product("V", "NSVFQOX")],
    vebPpv: [["VV"], ["NV", "SV", "VV", "OV", "XV"]],
    vebFalsePositiveRate: [
      ["NV", "SV", "OV", "XV"],
      [...product("NSFQOX", "NSFQ"), "NV", "SV", "OV", "XV"],
    ],
    svebSensitivity: [["SS"], product("S", "NSVFQOX")],
    svebPpv: [["SS"], ["NS", "SS", "VS", "FS", "OS", "XS"]],
  } as const;

  for (const [name, [numerator, denominator]] of Object.entries(expected)) {
    it(`${name} is made of the cells that EC57 names`, () => {
      const ratio = beatStatistics(powers)[name as keyof typeof expected];
      expect(cells(ratio.numerator)).toEqual([...numerator].sort(byPlace));
      expect(cells(ratio.denominator)).toEqual([...denominator].sort(byPlace));
    });
  }

  it("are 0 of 0 without beats", () => {
    for (const ratio of Object.values(beatStatistics([]))) expect(ratio).toEqual({ numerator: 0, denominator: 0 });
  });
});

function byPlace(a: string, b: string): number {
  const place = (cell: string) => 7 * "NSVFQOX".indexOf(cell.charAt(0)) + "NSVFQOX".indexOf(cell.charAt(1));
  return place(a) - place(b);
}

describe("records that are equal", () => {
  it("have their own value on average, in every draw", () => {
    const of = (id: string, statistic: RecordStatistic, numerator: number, denominator: number) => {
      const counts = {
        numerator: new Float64Array(9).fill(numerator),
        denominator: new Float64Array(9).fill(denominator),
      };
      const records = {
        patient: Int32Array.from({ length: 9 }, (_, at) => at),
        counts: new Map([[statistic, counts]]),
      };
      const prepared = metricByName(id).definition.prepare({ ...nothing, patientCount: 9, records }, null);
      const draws = [
        [1, 1, 1, 1, 1, 1, 1, 1, 1],
        [0, 3, 1, 0, 0, 2, 2, 1, 0],
        [7, 0, 0, 2, 0, 0, 0, 0, 0],
      ];
      return [prepared.estimate, ...draws.map((weights) => prepared.weighted(Uint16Array.from(weights), 0))];
    };
    for (const [numerator, denominator] of [
      [9, 10],
      [1, 3],
      [7, 10],
    ] as const)
      expect(of("average-qrs-sensitivity", "qrsSensitivity", numerator, denominator)).toEqual(
        new Array(4).fill(numerator / denominator),
      );
    expect(of("rr-error", "rrSquaredError", 0.1, 3)).toEqual(new Array(4).fill(Math.sqrt(0.1 / 3)));
  });
});

describe("totals over records", () => {
  it("are the ratio of sums, and the mean of ratios where there is one", () => {
    const records = [
      { numerator: 1, denominator: 2 },
      { numerator: 0, denominator: 0 },
      { numerator: 6, denominator: 6 },
    ];
    expect(grossAndAverage(records)).toEqual({ gross: 7 / 8, average: 0.75, recordsDefined: 2 });
  });

  it("are what each of equal records has", () => {
    const { average } = grossAndAverage(new Array(9).fill({ numerator: 9, denominator: 10 }));
    expect(average).toBe(0.9);
  });

  it("have a reason where there is none", () => {
    const none = (reason: string) => ({
      gross: { ok: false, reason },
      average: { ok: false, reason },
      recordsDefined: 0,
    });
    expect(grossAndAverage([])).toEqual(none("no-data"));
    expect(grossAndAverage([{ numerator: 0, denominator: 0 }])).toEqual(none("zero-denominator"));
  });
});

describe("the CinC score", () => {
  const weights: CincWeights = {
    classes: ["1", "2|3", "4"],
    weights: [
      [1, 0.5, 0],
      [0.5, 1, 0.25],
      [0, 0.25, 1],
    ],
    sinusRhythm: "4",
  };

  it("takes codes that are scored as one for one class", () => {
    expect(cincClasses(["3"], weights.classes)).toEqual([1]);
    expect(cincClasses(["2", "3", "1"], weights.classes)).toEqual([0, 1]);
    expect(cincClasses(["5", "23", "2|3"], weights.classes)).toEqual([]);
  });

  it("shares a recording among the classes that labels or answer name", () => {
    // Labels {0, 1}, answer {1, 2}: union 3; w01 + w02 + w11 + w12 = 0.5 + 0 + 1 + 0.25
    const score = cincScore([[0, 1]], [[1, 2]], weights);
    expect(score.observed).toBeCloseTo(1.75 / 3, 15);
    expect(score.correct).toBeCloseTo(3 / 2, 15);
    expect(score.inactive).toBeCloseTo(0.25 / 3, 15);
    expect(score.normalised).toBeCloseTo((1.75 / 3 - 0.25 / 3) / (1.5 - 0.25 / 3), 15);
    expect(score.challengeMetric).toBe(score.normalised);
    expect(score.exactMatch).toBe(0);
  });

  it("counts a class that is named twice once", () => {
    expect(cincScore([[0, 0]], [[0, 1, 1]], weights)).toEqual(cincScore([[0]], [[0, 1]], weights));
  });

  it("gives nothing for an empty answer, and nothing to an unlabelled recording", () => {
    expect(cincScore([[0]], [[]], weights).observed).toBe(0);
    expect(cincScore([[]], [[0]], weights)).toMatchObject({ observed: 0, correct: 0, inactive: 0, exactMatch: 0 });
    expect(cincScore([[]], [[]], weights).exactMatch).toBe(1);
  });

  it("is undefined where labels are worth no more than sinus rhythm; the challenge's code gives 0", () => {
    const score = cincScore([[2]], [[2]], weights);
    expect(score.normalised).toEqual({ ok: false, reason: "zero-denominator" });
    expect(score.challengeMetric).toBe(0);
  });

  it("has no values without recordings", () => {
    const score = cincScore([], [], weights, []);
    const none = (reason: string) => ({ ok: false, reason });
    expect(score).toMatchObject({ observed: 0, correct: 0, inactive: 0 });
    expect(score.normalised).toEqual(none("no-data"));
    expect(score.challengeMetric).toEqual(none("no-data"));
    expect(score.exactMatch).toEqual(none("no-data"));
    expect(score.f1Macro).toEqual(none("zero-denominator"));
    expect(score.aurocMacro).toEqual(none("no-data"));
    expect(score.auprcMacro).toEqual(none("no-data"));
  });

  it("has an F1 by class where a label or an answer names it", () => {
    const score = cincScore([[0], [0], [1], []], [[0], [1], [1], []], weights);
    expect(score.f1).toEqual([2 / 3, 2 / 3, { ok: false, reason: "zero-denominator" }]);
    expect(score.f1Macro).toBeCloseTo(2 / 3, 15);
    expect(score.exactMatch).toBe(0.75);
  });

  it("ranks by scores where there are some", () => {
    const scores = [
      [0.9, 0.2, 0.5],
      [0.4, 0.8, 0.5],
      [0.3, 0.7, 0.5],
    ];
    const score = cincScore([[0], [1], [0]], [[], [], []], weights, scores);
    expect(score.auroc).toEqual([0.5, 1, { ok: false, reason: "no-positives" }]);
    expect(score.aurocMacro).toBe(0.75);
    expect(score.auprc[0]).toBeCloseTo((1 + 2 / 3) / 2, 15);
    expect(score.auprc[2]).toEqual({ ok: false, reason: "no-positives" });
    expect(score.auprcMacro).toBeCloseTo((5 / 6 + 1) / 2, 15);
    const without = cincScore([[0]], [[0]], weights);
    expect(without.auroc).toEqual(new Array(3).fill({ ok: false, reason: "no-scores" }));
    expect(without.auprcMacro).toEqual({ ok: false, reason: "no-scores" });
  });

  it("has no AUROC where every recording has the class", () => {
    const score = cincScore([[0], [0]], [[0], [0]], weights, [
      [1, 0, 0],
      [0, 1, 1],
    ]);
    expect(score.auroc[0]).toEqual({ ok: false, reason: "no-negatives" });
    expect(score.aurocMacro).toEqual({ ok: false, reason: "no-negatives" });
  });

  it("refuses lists that do not belong together", () => {
    const wrong = (call: () => unknown, what: RegExp) => expect(call).toThrow(what);
    wrong(() => cincScore([[0]], [], weights), /length-mismatch: 1 labels, 0 outputs/);
    wrong(() => cincScore([[0]], [[0]], weights, []), /length-mismatch: scores are 1 rows of 3/);
    wrong(() => cincScore([[0]], [[0]], weights, [[1, 2]]), /length-mismatch: scores/);
    wrong(() => cincScore([[3]], [[0]], weights), /class 3 is not one of 3/);
    wrong(() => cincScore([[0]], [[-1]], weights), /class -1 is not one of 3/);
    wrong(() => cincScore([], [], { ...weights, sinusRhythm: "7" }), /sinus rhythm 7 is not one class/);
    wrong(() => cincScore([], [], { ...weights, weights: weights.weights.slice(1) }), /weights are 3 rows of 3/);
    wrong(
      () => cincScore([], [], { ...weights, weights: weights.weights.map((row, at) => row.slice(at === 1 ? 1 : 0)) }),
      /weights are 3 rows of 3/,
    );
  });
});
