/** Strata: which cases or findings stand under which attribute values. */
import type { CaseIndex, IndexedCase } from "../contract/case-index.js";
import type { AttributeValue, Finding } from "../contract/finding.js";
import { binEnds, type StratumAxis, type StratumDefinition } from "../contract/protocol.js";
import type { StratumKey } from "../contract/result.js";
import { sizeOf } from "../tasks/forms/detection.js";
import type { TaskProfile } from "../tasks/profile.js";

export const notRecorded = "not recorded";
export const outsideBins = "outside the bins";

export interface Stratum {
  readonly key: StratumKey;
  /** Attributes joined by " x ", for grouping. */
  readonly dimension: string;
  readonly cases: Uint8Array;
  /** Set for strata of findings. */
  readonly finding?: (finding: Finding) => boolean;
  /** Set for the classes of a multi-label set. */
  readonly label?: string;
}

interface Bin {
  readonly text: string;
  holds(value: number): boolean;
}

/** `[1,2)`: half-open as written; `inf` and `-inf` are unbounded. */
export function parseBin(text: string): Bin {
  const { low, high, closedLow, closedHigh } = binEnds(text);
  return {
    text,
    holds: (value) => (closedLow ? value >= low : value > low) && (closedHigh ? value <= high : value < high),
  };
}

function axisOf(axis: StratumAxis): { attribute: string; bins: Bin[] | null } {
  if (typeof axis === "string") return { attribute: axis, bins: null };
  return { attribute: axis.attribute, bins: axis.bins ? axis.bins.map(parseBin) : null };
}

/** Value of a case's attribute: site, or the first of the profile's fall-backs that is recorded; with the attribute it came from. */
export function caseAttribute(
  indexed: IndexedCase,
  name: string,
  profile: TaskProfile,
): { value: AttributeValue; from: string } {
  if (name === "site") return { value: indexed.site === "unknown" ? null : indexed.site, from: "site" };
  for (const candidate of profile.attributeFallbacks[name] ?? [name]) {
    const found = indexed.attributes[candidate];
    if (found && found.value !== null && found.value !== "") return { value: found.value, from: candidate };
  }
  return { value: null, from: "" };
}

function findingAttribute(finding: Finding, name: string): AttributeValue {
  if (name === "size") return sizeOf(finding);
  return finding.attributes?.[name] ?? null;
}

/** Where an attribute's values came from: origin, or attribute used and origin, with the number of cases. */
export function attributeOrigins(index: CaseIndex, name: string, profile: TaskProfile): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const indexed of index.cases) {
    const { value, from } = caseAttribute(indexed, name, profile);
    const origin =
      value === null
        ? notRecorded
        : `${from === name ? "" : `${from} `}${indexed.attributes[from]?.origin ?? "declared"}`;
    counts[origin] = (counts[origin] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The stratum that a value stands in. */
function cellOf(value: AttributeValue, bins: Bin[] | null): string {
  if (value === null || value === "") return notRecorded;
  if (bins === null) return String(value);
  const number = Number(value);
  if (!Number.isFinite(number)) return notRecorded;
  return bins.find((bin) => bin.holds(number))?.text ?? outsideBins;
}

/** Cells in print order: declared bins, else values by code unit; then those outside and not recorded. */
function orderedCells(found: ReadonlySet<string>, bins: Bin[] | null): string[] {
  const special = [outsideBins, notRecorded];
  const regular = bins ? bins.map((bin) => bin.text) : [...found].filter((cell) => !special.includes(cell)).sort();
  return [...regular, ...special.filter((cell) => found.has(cell))];
}

/** Whether an attribute belongs to findings: by the profile, else because references carry it and cases do not. */
export function isFindingAttribute(
  name: string,
  profile: TaskProfile,
  index: CaseIndex,
  findings: readonly Finding[],
): boolean {
  const declared = profile.attributes[name];
  if (declared) return declared.level === "finding";
  const onCases = index.cases.some((indexed) => indexed.attributes[name] !== undefined);
  return !onCases && findings.some((finding) => finding.attributes?.[name] !== undefined);
}

interface Axis {
  readonly attribute: string;
  readonly bins: Bin[] | null;
  readonly level: "case" | "finding" | "class";
  /** Cell of each case, or of each finding. */
  readonly values: readonly string[];
  /** Cells in print order. */
  readonly names: readonly string[];
}

/** Cells of an axis, or of two crossed axes in print order: of a crossing only those in which a case, or a finding, stands. */
function combinationsOf(axes: readonly Axis[]): string[][] {
  const [first, second] = axes as [Axis, Axis?];
  if (!second) return first.names.map((name) => [name]);
  // One crossed cell a case at most: to try all pairs of names would cost their product.
  const partners = new Map<string, Set<string>>();
  const together = first.level === second.level && first.level !== "class";
  if (together)
    first.values.forEach((value, at) => {
      const own = partners.get(value) ?? new Set();
      partners.set(value, own.add(second.values[at] as string));
    });
  const occurring = ({ level, names, values }: Axis): readonly string[] => {
    const found = new Set(values);
    return level === "case" ? names.filter((name) => found.has(name)) : names;
  };
  const rank = new Map(second.names.map((name, at) => [name, at]));
  const others = occurring(second);
  return occurring(first).flatMap((name) => {
    const met = together
      ? [...(partners.get(name) ?? [])].sort((a, b) => (rank.get(a) as number) - (rank.get(b) as number))
      : others;
    return met.map((other) => [name, other]);
  });
}

/** Which cases stand in each combination of cells of the axes of cases. */
function casesByCell(axes: readonly Axis[], count: number): (combination: readonly string[]) => Uint8Array {
  const places = axes.flatMap(({ level }, at) => (level === "case" ? [at] : []));
  const masks = new Map<string, Uint8Array>();
  const maskOf = (cell: string): Uint8Array => {
    const mask = masks.get(cell) ?? new Uint8Array(count);
    masks.set(cell, mask);
    return mask;
  };
  for (let at = 0; at < count; at++)
    maskOf(JSON.stringify(places.map((axis) => (axes[axis] as Axis).values[at])))[at] = 1;
  return (combination) => maskOf(JSON.stringify(places.map((axis) => combination[axis])));
}

/**
 * All strata of a protocol, in its order.
 * @param findings included findings of the whole set, to know which values occur
 */
export function enumerateStrata(
  definitions: readonly StratumDefinition[],
  index: CaseIndex,
  profile: TaskProfile,
  findings: readonly Finding[],
): Stratum[] {
  return definitions.flatMap((definition) => {
    const axes = (typeof definition === "object" && "cross" in definition ? definition.cross : [definition]).map(
      (axis): Axis => {
        const { attribute, bins } = axisOf(axis);
        if (profile.attributes[attribute]?.level === "class")
          return { attribute, bins, level: "class", values: [], names: (profile.classes ?? []).map(({ id }) => id) };
        const level = isFindingAttribute(attribute, profile, index, findings) ? "finding" : "case";
        const values =
          level === "finding"
            ? findings.map((finding) => cellOf(findingAttribute(finding, attribute), bins))
            : index.cases.map((indexed) => cellOf(caseAttribute(indexed, attribute, profile).value, bins));
        return { attribute, bins, level, values, names: orderedCells(new Set(values), bins) };
      },
    );
    const casesOf = casesByCell(axes, index.cases.length);
    const dimension = axes.map(({ attribute }) => attribute).join(" x ");
    return combinationsOf(axes).map((combination): Stratum => {
      const cases = casesOf(combination);
      const key = Object.fromEntries(axes.map(({ attribute }, axis) => [attribute, combination[axis] as string]));
      const findingAxes = axes.flatMap((axis, at) =>
        axis.level === "finding" ? [{ ...axis, cell: combination[at] as string }] : [],
      );
      const label = combination[axes.findIndex(({ level }) => level === "class")];
      if (label !== undefined) return { key, dimension, cases, label };
      if (findingAxes.length === 0) return { key, dimension, cases };
      return {
        key,
        dimension,
        cases,
        finding: (finding) =>
          findingAxes.every(({ attribute, bins, cell }) => cellOf(findingAttribute(finding, attribute), bins) === cell),
      };
    });
  });
}
