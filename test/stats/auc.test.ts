/** One AUC: its interval where there is a variance and where there is none, and what is refused. */
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import {
  delongAuc,
  hanleyMcNeilSe,
  logitAuc,
  newcombeAuc,
  rocAuc,
  splitByLabel,
  waldAuc,
} from "../../src/stats/auc.js";
import { normalQuantile } from "../../src/stats/normal.js";
import { ok, refused } from "./tables.js";

const close = (value: number): number => expect.closeTo(value, 12) as number;
const zeroVariance = refused("zero-variance");
const z90 = normalQuantile(0.95);
const expit = (u: number): number => 1 / (1 + Math.exp(-u));

describe("the AUC of independent cases", () => {
  // Placements of the positives among four negatives: 1, 3/4, 1/2 + 1/8; AUC 9.5/12
  const positives = [5, 3, 2];
  const negatives = [1, 0, 2, 4];

  it("has DeLong's variance, a logit interval and Wald's", () => {
    const auc = 9.5 / 12;
    const spread = (values: number[]): number =>
      values.reduce((sum, value) => sum + (value - auc) * (value - auc), 0) / (values.length - 1) / values.length;
    const variance = spread([1, 0.75, 0.625]) + spread([1, 1, 2.5 / 3, 1 / 3]);
    const se = Math.sqrt(variance);
    const logit = {
      ok: true,
      low: close(expit(Math.log(auc / (1 - auc)) - (z90 * se) / (auc * (1 - auc)))),
      high: close(expit(Math.log(auc / (1 - auc)) + (z90 * se) / (auc * (1 - auc)))),
      level: 0.9,
      method: "auc_delong_logit",
    };
    expect(delongAuc(positives, negatives, 0.9)).toEqual({
      ok: true,
      auc: close(auc),
      twoU: 19,
      positives: 3,
      negatives: 4,
      variance: close(variance),
      se: close(se),
      interval: logit,
      wald: { ok: true, low: close(auc - z90 * se), high: 1, level: 0.9, method: "auc_delong_wald" },
      logit,
    });
    expect(rocAuc(positives, negatives)).toEqual({ ok: true, auc: close(auc), twoU: 19, positives: 3, negatives: 4 });
  });

  it.each([
    ["separated", [3, 4], [1, 2], 1],
    ["reversed", [1, 2], [3, 4], 0],
    ["tied throughout", [2, 2], [2, 2], 0.5],
  ])("%s has no variance, and Newcombe's interval", (_, x, y, auc) => {
    const r = ok(delongAuc(x, y, 0.9));
    expect(r).toMatchObject({ auc, variance: 0, se: 0, wald: zeroVariance, logit: zeroVariance });
    expect(r.interval).toEqual(newcombeAuc(auc, 2, 2, 0.9));
  });

  it("has no variance either with a single case of a class", () => {
    const few = refused("too-few");
    for (const [x, y] of [
      [[2], [1, 3, 0]],
      [[2, 0, 3], [1]],
      [[2], [1]],
    ] as [number[], number[]][]) {
      const r = ok(delongAuc(x, y));
      expect(r).toMatchObject({ variance: few, se: few, wald: few, logit: few });
      expect(r.interval).toEqual(newcombeAuc(r.auc, x.length, y.length));
    }
  });

  it("needs both classes", () => {
    for (const f of [rocAuc, (x: number[], y: number[]) => delongAuc(x, y)]) {
      expect(f([], [])).toEqual(refused("no-data"));
      expect(f([], [1])).toEqual(refused("no-positives"));
      expect(f([1], [])).toEqual(refused("no-negatives"));
    }
    for (const level of [0, 1]) expect(() => delongAuc([], [], level)).toThrow(MedassayError);
  });

  it("splits by label, in the order of the cases", () => {
    const { positives, negatives } = splitByLabel([1, 0, 0, 1, 1], [5, 4, 3, 2, 1]);
    expect([[...positives], [...negatives]]).toEqual([
      [5, 2, 1],
      [4, 3],
    ]);
    for (const [labels, scores] of [
      [[1], [1, 2]],
      [
        [1, -1],
        [1, 2],
      ],
      [
        [1, 0.5],
        [1, 2],
      ],
      [
        [1, NaN],
        [1, 2],
      ],
      [
        [1, 3],
        [1, 2],
      ],
      [
        [1, 0],
        [1, undefined as unknown as null],
      ],
      [
        [1, 0],
        [null, 2],
      ],
      [
        [0, 1],
        [-Infinity, 2],
      ],
    ] as [number[], (number | null)[]][]) {
      expect(() => splitByLabel(labels, scores)).toThrow(MedassayError);
    }
    expect(() => splitByLabel([1, 0], [1, undefined as unknown as null])).toThrow("missing-score");
  });
});

describe("intervals of an AUC", () => {
  it("by Wald and by logit have none without variance", () => {
    for (const variance of [0, -1e-20, NaN]) {
      for (const auc of [0, 0.5, 1]) {
        expect(waldAuc(auc, variance, 0.95, "wald")).toEqual(zeroVariance);
        expect(logitAuc(auc, variance, 0.95, "logit")).toEqual(zeroVariance);
      }
    }
    expect(waldAuc(0.5, 0.01, 0.9, "wald")).toEqual({
      ok: true,
      low: close(0.5 - z90 / 10),
      high: close(0.5 + z90 / 10),
      level: 0.9,
      method: "wald",
    });
    // The logit of 0 and of 1 is infinite, whatever the variance.
    for (const auc of [0, 1]) {
      expect(logitAuc(auc, 0.01, 0.95, "logit")).toEqual(zeroVariance);
      expect(waldAuc(auc, 0.01, 0.95, "wald").ok).toBe(true);
    }
  });

  it("by Newcombe solve his equation, at 0 and 1 as well", () => {
    /** Standard errors between an AUC t and the one observed; numbers of cases halved as he has them. */
    const distance = (auc: number, t: number, m: number, n: number): number => {
      const half = (m + n) / 2 - 1;
      const bracket = 1 + (half * (1 - t)) / (2 - t) + (half * t) / (1 + t);
      return Math.abs(auc - t) / Math.sqrt((t * (1 - t) * bracket) / (m * n));
    };
    for (const auc of [0, 0.3, 0.99, 1]) {
      const r = ok(newcombeAuc(auc, 7, 12, 0.9));
      expect(r).toMatchObject({ level: 0.9, method: "auc_newcombe5" });
      if (auc === 0) expect(r.low).toBe(0);
      else expect(distance(auc, r.low, 7, 12)).toBeCloseTo(z90, 8);
      if (auc === 1) expect(r.high).toBe(1);
      else expect(distance(auc, r.high, 7, 12)).toBeCloseTo(z90, 8);
    }
    expect(ok(newcombeAuc(0.5, 1, 1)).low).toBeLessThan(0.5);
    expect(newcombeAuc(0.5, 0, 3)).toEqual(refused("no-positives"));
    expect(newcombeAuc(0.5, 3, 0)).toEqual(refused("no-negatives"));
    expect(newcombeAuc(0.5, 0, 0)).toEqual(refused("no-positives"));
    for (const level of [0, 1]) expect(() => newcombeAuc(0.5, 0, 0, level)).toThrow(MedassayError);
  });

  it("for planning stand on Hanley and McNeil's standard error", () => {
    // Q1 = 0.8/1.2, Q2 = 1.28/1.8
    const variance = (0.16 + 9 * (0.8 / 1.2 - 0.64) + 19 * (1.28 / 1.8 - 0.64)) / 200;
    expect(hanleyMcNeilSe(0.8, 10, 20)).toBeCloseTo(Math.sqrt(variance), 14);
    expect([hanleyMcNeilSe(0, 3, 4), hanleyMcNeilSe(1, 3, 4)]).toEqual([0, 0]);
  });
});
