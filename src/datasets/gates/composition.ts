/** Gate: does the set have what its task asks for at least? */
import type { GateFinding, IndexedCase } from "../../contract/case-index.js";
import type { AttributeValue } from "../../contract/finding.js";
import type { StratumAxis } from "../../contract/protocol.js";
import type { Reference } from "../../contract/reading.js";
import { labelValue } from "../../tasks/forms/multi-label.js";
import { marksArrhythmia } from "../../tasks/forms/sequence/events.js";
import { isMultiLabel, type TaskProfile } from "../../tasks/profile.js";
import { found } from "./gate.js";

/** Compares a set with its task's minimum. `references` is null where the truth is not there or sealed. */
export function composition(
  cases: readonly IndexedCase[],
  references: readonly Reference[] | null,
  profile: TaskProfile,
  required: boolean,
): GateFinding[] {
  const findings: GateFinding[] = [];
  const report = (message: string): void => {
    findings.push(found("COMPOSITION", { message, severity: required ? "error" : "warning" }));
  };
  const minimum = profile.minimumComposition;
  const few = (what: string, count: number, least: number): void => {
    if (count < least) report(`${count} ${what}, at least ${least} are asked for`);
  };
  few("cases", cases.length, minimum.cases);
  // How many cases are positive is part of the truth: the index says only that they are too few.
  const positive = references?.filter((line) => isPositive(line, profile)).length;
  if (positive !== undefined && positive < minimum.positiveCases)
    report(`fewer positive cases than the ${minimum.positiveCases} asked for`);
  if (positive !== undefined && cases.length - positive < minimum.negativeCases)
    report(`fewer negative cases than the ${minimum.negativeCases} asked for`);
  for (const { id } of references && minimum.perClass !== undefined ? (profile.classes ?? []) : []) {
    const withClass = references?.filter(({ labels }) => labelValue(labels[id]) === 1).length ?? 0;
    if (withClass < (minimum.perClass ?? 0))
      report(`fewer positive cases of ${id} than the ${minimum.perClass} asked for`);
  }
  share(
    "sites",
    cases.map(({ site }) => (site === "unknown" ? null : site)),
    minimum.sites,
    minimum.largestSiteShare,
    report,
  );
  const maker = profile.imageKind === "image" ? "camera" : "manufacturer";
  share(
    `${maker}s`,
    cases.map(({ attributes }) => attributes[maker]?.value ?? null),
    minimum.manufacturers,
    minimum.largestManufacturerShare,
    report,
  );
  for (const { axis, atLeast } of minimum.perStratum) {
    for (const [cell, count] of cellCounts(cases, axis, profile)) few(`cases with ${cell}`, count, atLeast);
  }
  return findings;
}

function isPositive(line: Reference, profile: TaskProfile): boolean {
  const { grading, classes = [] } = profile;
  if (profile.sequence) return marksArrhythmia(line.events ?? []);
  if (isMultiLabel(profile)) return classes.some(({ id }) => labelValue(line.labels[id]) === 1);
  if (grading === undefined) return line.findings.some((finding) => !finding.excluded);
  return Number(line.labels[grading.label]) >= grading.positive.fromGrade;
}

function share(
  what: string,
  values: readonly (AttributeValue | undefined)[],
  least: number,
  largest: number,
  report: (message: string) => void,
): void {
  const counts = new Map<string, number>();
  for (const value of values)
    if (value !== null && value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const recorded = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (counts.size < least) report(`${counts.size} ${what} are recorded, at least ${least} are asked for`);
  for (const [value, count] of counts) {
    if (count > largest * recorded && counts.size > 1)
      report(`${value} has ${count} of ${recorded} cases, more than ${largest * 100} % (${what})`);
  }
}

/** Cases in each bin of a numeric attribute, the profile's fall-backs tried in order. */
function cellCounts(cases: readonly IndexedCase[], axis: StratumAxis, profile: TaskProfile): [string, number][] {
  if (typeof axis === "string" || axis.bins === undefined) return [];
  const candidates = profile.attributeFallbacks[axis.attribute] ?? [axis.attribute];
  const values = cases.map(({ attributes }) => {
    const name = candidates.find((candidate) => typeof attributes[candidate]?.value === "number");
    return name === undefined ? null : (attributes[name]?.value as number);
  });
  return axis.bins.map((bin) => [
    `${axis.attribute} ${bin}`,
    values.filter((value) => value !== null && inBin(bin, value)).length,
  ]);
}

function inBin(bin: string, value: number): boolean {
  const [low = "", high = ""] = bin.slice(1, -1).split(",");
  const [from, to] = [low === "-inf" ? -Infinity : Number(low), high === "inf" ? Infinity : Number(high)];
  return (bin.startsWith("[") ? value >= from : value > from) && (bin.endsWith("]") ? value <= to : value < to);
}
