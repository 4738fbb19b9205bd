/** Metrics of a yes/no decision for images or patients: how they are made for both levels. */
import type { Bilingual } from "../contract/common.js";
import type { Reason } from "../contract/reasons.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import { prepareProportion } from "./proportions.js";
import type { BinaryUnits, UnitLevel } from "./units.js";

const levelTitles: Record<UnitLevel, Bilingual> = {
  image: { "zh-CN": "图像级", en: "Image-level " },
  patient: { "zh-CN": "患者级", en: "Patient-level " },
};

/** The title of a metric at a level; Latin letters stand apart from Chinese ones. */
export function titleAtLevel(level: UnitLevel, title: Bilingual): Bilingual {
  const gap = /^[A-Za-z]/.test(title["zh-CN"]) ? " " : "";
  return {
    "zh-CN": levelTitles[level]["zh-CN"] + gap + title["zh-CN"],
    en: levelTitles[level].en + title.en,
  };
}

type Parts = Pick<
  MetricDefinition,
  "formula" | "source" | "interval" | "edges" | "kind" | "higherIsBetter" | "parameter"
> & {
  id: string;
  title: Bilingual;
  /** What the metric sees: calls at the operating threshold, or the scores themselves. */
  of: "calls" | "scores";
  prepare(units: BinaryUnits, parameter: number): PreparedMetric;
};

/** The same metric for images (`id`) and for patients (`patient-id`). */
export function atBothLevels(parts: Parts): MetricDefinition[] {
  return (["image", "patient"] as const).map((level) => ({
    id: level === "image" ? parts.id : `patient-${parts.id}`,
    title: titleAtLevel(level, parts.title),
    plainTitle: { "zh-CN": parts.title["zh-CN"], en: parts.title.en.charAt(0).toUpperCase() + parts.title.en.slice(1) },
    formula: parts.formula,
    source: parts.source,
    interval: parts.interval,
    edges: parts.edges,
    unit: level,
    kind: parts.kind,
    higherIsBetter: parts.higherIsBetter,
    findingStrata: false,
    ...(parts.parameter ? { parameter: parts.parameter } : {}),
    prepare(units, parameter) {
      const binary = units.binary[level];
      if (!binary) return undefinedMetric("no-data");
      const prepared = parts.prepare(binary, parameter ?? Number.NaN);
      return units.thresholdFromTestSet && parts.of === "calls"
        ? { ...prepared, flags: [...(prepared.flags ?? []), "threshold-from-test-set"] }
        : prepared;
    },
  }));
}

/** A proportion of decisions. `outcome` gets class and call of a unit: 1 success, 0 failure, -1 not counted. */
export function prepareDecision(
  units: BinaryUnits,
  outcome: (positive: number, call: number) => 0 | 1 | -1,
  whenEmpty: Reason,
): PreparedMetric {
  const counted = (unit: number) => outcome(units.positive[unit] as number, units.call[unit] as number);
  const noCall = units.call.some((call) => call === -1);
  if (noCall) return undefinedMetric("no-operating-point", { units: units.patient.length });
  return prepareProportion(units.patient, counted, whenEmpty);
}
