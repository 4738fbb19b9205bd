/** What commands end with on a terminal: failed cases of a result and of a comparison, in both languages. */
import { describe, expect, it } from "vitest";
import { describeComparison, describeResult } from "../../src/cli/summaries.js";
import { Terminal } from "../../src/cli/terminal.js";
import type { Comparison } from "../../src/contract/comparison.js";
import { noduleComparison, noduleResult } from "../report/fixtures.js";

const compared = noduleComparison(noduleResult());
const lines = (failed: Comparison["failed"], lang: "zh-CN" | "en", color = false) =>
  describeComparison({ ...compared, failed }, new Terminal({ json: false, quiet: true, color, lang })).split("\n");

describe("the summary of a comparison", () => {
  const within = { cases: 40, baseline: 3, candidate: 2, allowed: 0.05 };
  const beyond = { ...within, candidate: 3 };

  it("gives the failed cases of both and the limit", () => {
    expect(lines(within, "en")).toContain("  failed cases of 40: baseline 3, candidate 2; limit 5.0 %");
    expect(lines(within, "zh-CN")).toContain("  失败病例（共 40 例）：基线 3，候选 2；上限 5.0 %");
    expect(lines(within, "en").join()).not.toContain("beyond");
  });

  it("says that the candidate is beyond the limit, in red", () => {
    expect(lines(beyond, "en")).toContain("  the candidate is beyond the limit of failed cases");
    expect(lines(beyond, "zh-CN")).toContain("  候选版本失败病例超过上限");
    expect(lines(beyond, "en", true)).toContain(
      "  \u001b[31mthe candidate is beyond the limit of failed cases\u001b[0m",
    );
  });

  it("says nothing of them where the two can't be compared", () => {
    expect(lines(null, "en").join()).not.toContain("failed cases");
  });
});

describe("the summary of a result", () => {
  const summary = (failed: number, lang: "zh-CN" | "en", color = false) => {
    const made = noduleResult();
    made.sample.failed = failed;
    return describeResult(made, new Terminal({ json: false, quiet: true, color, lang }))
      .split("\n")
      .at(-1);
  };

  it("says in red that more cases failed than the protocol allows", () => {
    expect(summary(18, "en")).toBe("  failed cases 18 of 340, beyond the limit of 5.0 %");
    expect(summary(18, "zh-CN")).toBe("  失败病例 18/340，超过上限 5.0 %");
    expect(summary(18, "en", true)).toBe("  \u001b[31mfailed cases 18 of 340, beyond the limit of 5.0 %\u001b[0m");
    expect(summary(17, "en")).toBe("  verdict: pass");
  });
});
