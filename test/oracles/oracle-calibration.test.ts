/** Calibration of probabilities against reference values. */
import { describe } from "vitest";
import {
  brierScore,
  hosmerLemeshow,
  netBenefit,
  observedExpectedRatio,
  reliability,
  spiegelhalterTest,
  type BinRule,
} from "../../src/stats/calibration.js";
import type { Outcome } from "../../src/stats/outcome.js";
import { calibrationInTheLarge, recalibration } from "../../src/stats/recalibration.js";
import { checkFolder, type Answerer } from "./reading.js";

/** A value of an outcome, or its reason. */
const part = <T extends object>(r: Outcome<T>, of: (values: T) => unknown): unknown => (r.ok ? of(r) : r);

const rules: Record<string, [BinRule, "width" | "right_closed" | "mass"]> = {
  width: ["width", "width"],
  right_closed: ["width-right-closed", "right_closed"],
  mass: ["mass", "mass"],
};

/** Rule and number of bins of a name such as `ece_width_10_right_closed`. */
function binsOf(name: string): [BinRule, number] {
  const [, kind = "", count, closed] = /^ece_(width|mass)_(\d+)(?:_(right_closed))?$/.exec(name) ?? [];
  return [rules[closed ?? kind]![0], Number(count)];
}

const calibration: Answerer = ({ labels, prob }, _folder, expected) => {
  const brier = brierScore(labels, prob);
  const spiegelhalter = spiegelhalterTest(labels, prob);
  const model = recalibration(labels, prob);
  const large = calibrationInTheLarge(labels, prob);
  const values: Record<string, unknown> = {
    brier: part(brier, (r) => r.brier),
    murphy_by_value: brier,
    brier_max: part(brier, (r) => r.highest),
    brier_skill: part(brier, (r) => r.skill),
    spiegelhalter_z: part(spiegelhalter, (r) => r.z),
    spiegelhalter_p: part(spiegelhalter, (r) => r.p),
    oe_ratio: part(observedExpectedRatio(labels, prob), (r) => r.ratio),
    recalibration: part(model, (r) => ({ ...r, se_intercept: r.seIntercept, se_slope: r.seSlope })),
    citl: large,
  };
  for (const name of Object.keys(expected)) {
    if (name.startsWith("ece_")) {
      const r = reliability(labels, prob, ...binsOf(name));
      values[name] = part(r, ({ bins, ece, mce }) => ({
        bins: bins.map((bin) => [bin.index, bin.count, bin.meanProbability, bin.observed]),
        ece,
        mce,
      }));
    }
    const grouping = /^hosmer_lemeshow_(blocks|quantile)(\d+)$/.exec(name);
    if (grouping) {
      const r = hosmerLemeshow(labels, prob, grouping[1] as "blocks" | "quantile", Number(grouping[2]));
      values[name] = part(r, ({ statistic, groups, internal, external }) => ({
        stat: statistic,
        groups,
        df_external: external.degrees,
        p_external: external.p,
        df_internal: part(internal, ({ degrees }) => degrees),
        p_internal: part(internal, ({ p }) => p),
      }));
    }
    if (name === "net_benefit" && expected.net_benefit === null) values[name] = netBenefit(labels, prob, 0.5);
    else if (name === "net_benefit") {
      values[name] = Object.fromEntries(
        Object.keys(expected.net_benefit).map((threshold) => [
          threshold,
          part(netBenefit(labels, prob, Number(threshold)), (r) => ({ ...r, treat_all: r.treatAll, treat_none: 0 })),
        ]),
      );
    }
  }
  return { values };
};

describe("calibration agrees with the reference values", () => {
  checkFolder("calibration", { calibration }, 7);
});
