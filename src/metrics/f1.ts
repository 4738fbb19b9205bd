/** F1 score of a yes/no decision for images or patients. */
import { both } from "../contract/common.js";
import type { IntervalOutcome } from "../stats/index.js";
import { atBothLevels, prepareDecision } from "./binary.js";

/** F1 = 2J/(1 + J) of the share J = TP / (TP + FP + FN). */
const f1OfShare = (share: number): number => (2 * share) / (1 + share);

function transformed(outcome: IntervalOutcome): IntervalOutcome {
  if (!outcome.ok) return outcome;
  return { ...outcome, low: f1OfShare(outcome.low), high: f1OfShare(outcome.high), method: `f1_${outcome.method}` };
}

export const f1 = atBothLevels({
  id: "f1",
  title: { "zh-CN": "F1 值", en: "F1 score" },
  formula: both("2 TP / (2 TP + FP + FN)"),
  source:
    "van Rijsbergen 1979; as a rising function of TP/(TP + FP + FN): Hand et al. 2021, doi:10.1007/s10994-021-05964-1",
  interval: "limits J of TP/(TP + FP + FN) as of a proportion, carried over by 2J/(1 + J)",
  edges: "no positive unit and none called positive: zero-denominator; no threshold: no-operating-point",
  kind: "index",
  of: "calls",
  higherIsBetter: true,
  prepare(decisions) {
    const share = prepareDecision(
      decisions,
      (positive, call) => (positive === 0 && call === 0 ? -1 : positive === call ? 1 : 0),
      "zero-denominator",
    );
    const { interval } = share;
    if (interval === null) return share;
    const { numerator, denominator, ...counts } = share.n;
    const truePositives = numerator as number;
    const units = denominator as number;
    return {
      ...share,
      n: { truePositives, units, ...counts },
      // By one division, so that it is the nearest number to the ratio of the counts.
      estimate: (2 * truePositives) / (units + truePositives),
      interval: (level) => transformed(interval(level)),
      weighted: (weights, replicate) => f1OfShare(share.weighted(weights, replicate)),
    };
  },
});
