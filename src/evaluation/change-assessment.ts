/** What changed between two versions, in the codes C0-C5, beside what their version numbers claim. Facts about data; the regulatory decision is the manufacturer's. */
import type { Bilingual } from "../contract/common.js";
import type { Comparison, Difference } from "../contract/comparison.js";
import type { SubmissionRun } from "../contract/run.js";

type Hashes = Comparison["hashes"];
type Claim = Comparison["versionChange"]["claims"];

/** Which parts of the two products are equal. */
export function compareParts(baseline: SubmissionRun, candidate: SubmissionRun): Hashes {
  const state = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined ? ("unknown" as const) : a === b ? ("equal" as const) : ("changed" as const);
  const [a, b] = [baseline.hashes, candidate.hashes];
  return {
    graph: state(a?.graph, b?.graph),
    weights: state(baseline.model?.sha256, candidate.model?.sha256),
    preprocess: state(a?.preprocess, b?.preprocess),
    postprocess: state(a?.postprocess, b?.postprocess),
    threshold: state(a?.threshold, b?.threshold),
  };
}

/** True when graph, input/output, pre- or postprocessing or the threshold differ: flagged as algorithm-driven whatever the statistics say. */
export function isStructural(hashes: Hashes): boolean {
  return [hashes.graph, hashes.preprocess, hashes.postprocess, hashes.threshold].includes("changed");
}

/** C1-C4 of one difference (the primary metric's); null when it can't be estimated. */
function statisticalCode(primary: Difference | undefined): "C1" | "C2" | "C3" | "C4" | null {
  if (primary?.verdict === "identical") return "C1";
  if (
    !primary?.interval ||
    primary.higherIsBetter === null ||
    typeof primary.interval.low !== "number" ||
    typeof primary.interval.high !== "number"
  )
    return null;
  const sign = primary.higherIsBetter ? 1 : -1;
  const [low, high] =
    sign > 0 ? [primary.interval.low, primary.interval.high] : [-primary.interval.high, -primary.interval.low];
  if (low > 0) return "C2";
  if (high < 0) return "C3";
  return low > -primary.margin && high < primary.margin ? "C1" : "C4";
}

export function changeCodesOf(
  comparable: boolean,
  primary: Difference | undefined,
  hashes: Hashes,
): Comparison["changeCodes"] {
  const structural = isStructural(hashes) ? (["C5"] as const) : [];
  if (!comparable) return ["C0", ...structural];
  const code = statisticalCode(primary);
  return [...(code === null ? [] : [code]), ...structural];
}

/** The first field of X.Y.Z.B that differs. */
export function claimOf(from: string, to: string): Claim {
  const [a, b] = [from, to].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const names = ["major", "minor", "correction", "build"] as const;
  for (const [at, name] of names.entries()) {
    if (a[at] === b[at]) continue;
    return (b[at] as number) > (a[at] as number) ? name : "backwards";
  }
  return "none";
}

const claimTexts: Record<Claim, Bilingual> = {
  none: { "zh-CN": "版本号未变", en: "the version is unchanged" },
  build: { "zh-CN": "仅构建号（B）改变", en: "only the build (B) changes" },
  correction: { "zh-CN": "纠正类更新（Z）", en: "a correction (Z)" },
  minor: { "zh-CN": "轻微增强类更新（Y）", en: "a minor enhancement (Y)" },
  major: { "zh-CN": "重大增强类更新（X）", en: "a major enhancement (X)" },
  backwards: { "zh-CN": "版本号倒退", en: "the version runs backwards" },
};

/**
 * Sets the claim of the version numbers beside the measured change: a structural change or a significant change of performance
 * calls for X (algorithm-driven updates are normally major; data-driven ones are when performance differs significantly from
 * the registered version); new weights alone call for a new number at least.
 */
export function versionChangeOf(
  from: string,
  to: string,
  codes: Comparison["changeCodes"],
  hashes: Hashes,
): Comparison["versionChange"] {
  const claims = claimOf(from, to);
  const significant = codes.includes("C2") || codes.includes("C3");
  const structural = codes.includes("C5");
  const judged = codes.some((code) => code !== "C0" && code !== "C5");
  const anyChange = Object.values(hashes).includes("changed");
  const measured: Bilingual = structural
    ? {
        "zh-CN": "检出算法结构或流程改变（算法驱动型更新提示）",
        en: "a structural or flow change was found (algorithm-driven)",
      }
    : significant
      ? { "zh-CN": "算法性能有统计学显著改变", en: "performance changed significantly" }
      : anyChange
        ? {
            "zh-CN": "模型参数改变，未检出显著性能改变（数据驱动型更新提示）",
            en: "weights changed without a significant change of performance (data-driven)",
          }
        : { "zh-CN": "未检出改变", en: "no change was found" };
  const agrees =
    structural || significant
      ? claims === "major"
      : !judged
        ? null
        : claims !== "backwards" && (!anyChange || claims !== "none");
  return {
    from,
    to,
    claims,
    agrees,
    explanation: {
      "zh-CN": `声明：${claimTexts[claims]["zh-CN"]}；实测：${measured["zh-CN"]}。`,
      en: `Declared: ${claimTexts[claims].en}; measured: ${measured.en}.`,
    },
  };
}
