/** Metrics by case of a detection test: ROC inferred from the highest mark, LROC, and the share of cases localised correctly. */
import { weightedRankArea } from "../stats/index.js";
import { areaIntervalName } from "./afroc.js";
import { prepareAuc } from "./auc.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";
import type { CountedUnits } from "./units.js";

const shared = { unit: "case", higherIsBetter: true, findingStrata: false } as const;

export const inferredRoc: MetricDefinition = {
  ...shared,
  id: "inferred-roc",
  title: { "zh-CN": "病例级 ROC 曲线下面积（由标记推得）", en: "Case-level AUC (inferred from marks)" },
  formula: {
    "zh-CN": "P(异常病例的最高标记评分 > 正常病例的最高标记评分) + P(两者相等) / 2；落在排除病变上的忽略标记不计",
    en: "P(highest mark of an abnormal case > highest mark of a normal case) + half the ties; marks on excluded findings are left out",
  },
  source: "Chakraborty 2017, doi:10.1201/9781351228190 (inferred ROC)",
  interval: "logit of DeLong; logit of Obuchowski where a patient has several cases",
  edges:
    "no abnormal case: no-positives; no normal case: no-negatives; cases without marks rank below all, ties among them count 1/2; a failed normal case ranks above all",
  kind: "index",
  prepare({ detectionCases: cases, casePatient }) {
    if (!cases) return undefinedMetric("no-data");
    return prepareAuc({ patient: casePatient, positive: cases.abnormal, score: cases.topScore, scored: true });
  },
};

function prepareLroc({ detectionCases: cases, casePatient, patientCount }: CountedUnits): PreparedMetric {
  if (!cases || casePatient.length === 0) return undefinedMetric("no-data");
  const abnormal = [...casePatient.keys()].filter((at) => cases.abnormal[at] === 1);
  const normal = [...casePatient.keys()].filter((at) => cases.abnormal[at] === 0);
  const n = { abnormal: abnormal.length, normal: normal.length };
  if (n.abnormal === 0) return undefinedMetric("no-positives", n);
  if (n.normal === 0) return undefinedMetric("no-negatives", n);
  const side = (chosen: readonly number[]) => ({
    patient: chosen.map((at) => casePatient[at] as number),
    score: Float64Array.from(chosen, (at) => cases.topScore[at] as number),
  });
  const area = weightedRankArea(
    { ...side(abnormal), gain: Float64Array.from(abnormal, (at) => cases.topOnLesion[at] as number) },
    side(normal),
  );
  const patients = new Set(casePatient).size;
  return {
    n: { ...n, patients },
    patients,
    estimate: area(new Uint16Array(patientCount).fill(1)),
    interval: null,
    weighted: area,
  };
}

export const lroc: MetricDefinition = {
  ...shared,
  id: "lroc",
  title: { "zh-CN": "LROC 曲线下面积", en: "LROC area" },
  formula: {
    "zh-CN":
      "同由标记推得的病例级 ROC 曲线下面积，但异常病例仅当其评分最高的标记（评分并列者均须）落在病灶上时得分，否则计为 0",
    en: "as inferred-roc, but an abnormal case counts only where its highest mark (every one that shares the score) lies on a lesion",
  },
  source: "Swensson 1996, doi:10.1118/1.597758; Chakraborty 2017, doi:10.1201/9781351228190",
  interval: areaIntervalName,
  edges:
    "no abnormal case: no-positives; no normal case: no-negatives; an abnormal case without marks, or whose highest mark lies on no lesion, counts 0 against every normal case, one without marks too; ties of a lesion with the mark of a normal case count 1/2; a failed normal case ranks above all",
  kind: "index",
  prepare: prepareLroc,
};

export const fractionLocalised: MetricDefinition = {
  ...shared,
  id: "fraction-correctly-localised",
  title: { "zh-CN": "正确定位病例比例", en: "Fraction of cases correctly localised" },
  formula: {
    "zh-CN": "评分最高的标记（评分并列者均须）落在病灶上的异常病例数 / 异常病例数",
    en: "abnormal cases whose highest mark lies on a lesion (every one that shares the score) / abnormal cases",
  },
  source: "Swensson 1996, doi:10.1118/1.597758 (upper end of the LROC curve)",
  interval: proportionIntervalName,
  edges: "no abnormal case: no-positives; a case without marks is not localised",
  kind: "proportion",
  prepare({ detectionCases: cases, casePatient }) {
    if (!cases) return undefinedMetric("no-data");
    return prepareProportion(
      casePatient,
      (at) => (cases.abnormal[at] === 0 ? -1 : cases.topOnLesion[at] === 1 ? 1 : 0),
      "no-positives",
    );
  },
};
