/** Names of strata and the grouping of results by dimension. */
import type { MetricResult, Result, StratumKey } from "../contract/result.js";
import { dimensionsOf } from "../evaluation/dimensions.js";
import { inLanguage, join, say, type Text } from "./document.js";

const overallName = say("总体", "overall");
const notRecorded = say("未记录", "not recorded");
const notRecordedValues = new Set(["", "unknown", "not-recorded", "not recorded"]);

/** Names of attributes that the result does not name. */
const attributeNames: Readonly<Record<string, Text>> = {
  site: say("机构", "Site"),
  region: say("地区", "Region"),
  manufacturer: say("厂商", "Manufacturer"),
  model: say("设备型号", "Scanner model"),
  sliceThickness: say("层厚（mm）", "Slice thickness (mm)"),
  sliceThicknessMm: say("层厚标签值（mm）", "Slice thickness, tag (mm)"),
  sliceSpacingMm: say("层间距（mm）", "Slice spacing (mm)"),
  kernel: say("重建卷积核", "Reconstruction kernel"),
  sex: say("性别", "Sex"),
  ageYears: say("年龄（岁）", "Age (years)"),
  camera: say("相机", "Camera"),
  size: say("病灶大小（mm）", "Lesion size (mm)"),
  type: say("病灶类型", "Lesion type"),
};

/** An interval string as people write it: `[5,inf)` is `≥ 5`. Other values stay as they are. */
function readableBin(value: string): string {
  const match = /^([[(])(-inf|-?[\d.]+),(inf|-?[\d.]+)([\])])$/.exec(value);
  if (!match) return value;
  const [, open, low = "", high = "", close] = match;
  if (low === "-inf" && high === "inf") return value;
  if (low === "-inf") return `${close === "]" ? "≤" : "<"} ${high}`;
  if (high === "inf") return `${open === "[" ? "≥" : ">"} ${low}`;
  return `${open}${low}, ${high}${close}`;
}

export function attributeName(result: Result, attribute: string): Text {
  return result.context.attributeTitles[attribute] ?? attributeNames[attribute] ?? attribute;
}

function valueName(result: Result, attribute: string, value: string): Text {
  const named = result.context.valueTitles[attribute]?.[value];
  if (named) return named;
  return notRecordedValues.has(value) ? notRecorded : readableBin(value);
}

/** `overall`, `≥ 5`, `A × [1, 2]`. */
export function stratumName(result: Result, stratum: StratumKey): Text {
  const parts = Object.entries(stratum).map(([attribute, value]) => valueName(result, attribute, value));
  if (parts.length === 0) return overallName;
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : join(parts, " × ");
}

/** As {@link stratumName}, with the attributes: `Slice thickness: ≥ 5`. */
export function stratumPhrase(result: Result, stratum: StratumKey): Text {
  const entries = Object.entries(stratum);
  if (entries.length === 0) return overallName;
  return join(
    entries.map(([attribute, value]) =>
      join([attributeName(result, attribute), valueName(result, attribute, value)], say("：", ": ")),
    ),
    say("，", ", "),
  );
}

/** `Site × Slice thickness`, from `site x sliceThickness`; bins that tell two dimensions apart stand behind the name. */
export function dimensionName(result: Result, dimension: string): Text {
  const names = dimension.split(" x ").map((part): Text => {
    const [, attribute = part, bins] = /^(\S+)((?: [[(]\S+)+)$/.exec(part) ?? [];
    const name = attributeName(result, attribute);
    return bins === undefined ? name : join([name, bins.trim()], say("：", ": "));
  });
  return names.length === 1 && names[0] !== undefined ? names[0] : join(names, " × ");
}

/**
 * Items with a stratum, by dimension, in the order in which they first appear; overall ones are left out.
 * @param items rows of one metric, or of one other count
 */
export function byDimension<T extends { readonly stratum: StratumKey }>(
  result: Result,
  items: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  const dimensions = dimensionsOf(
    items.map(({ stratum }) => stratum),
    result.context.protocol.strata,
  );
  for (const [at, item] of items.entries()) {
    const dimension = dimensions[at] as string;
    if (dimension === "") continue;
    const group = groups.get(dimension);
    if (group) group.push(item);
    else groups.set(dimension, [item]);
  }
  return groups;
}

/** Stratified results of one metric, by dimension. */
export function strataOf(result: Result, metric: string): Map<string, MetricResult[]> {
  return byDimension(
    result,
    result.metrics.filter((candidate) => candidate.metric === metric),
  );
}

/** A text shortened for a figure. */
export function shortened(text: Text, limit: number): Text {
  const cut = (part: string): string => {
    const letters = [...part];
    return letters.length > limit ? `${letters.slice(0, limit - 1).join("")}…` : part;
  };
  return typeof text === "string" ? cut(text) : say(cut(inLanguage(text, "zh-CN")), cut(inLanguage(text, "en")));
}
