/** One finding from several marks of the same object: mean place and size, majority of words, median of ratings. */
import type { AttributeValue, Finding } from "../contract/finding.js";
import { centreOf, diameterOf } from "../geometry/finding-geometry.js";
import { sha256 } from "../storage/hashing.js";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Median; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] as number;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] as number) + high) / 2;
}

/** The value that most gave, or undefined for a tie. */
export function majority<T extends AttributeValue>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const leading = [...counts].filter(([, count]) => count === most);
  return leading.length === 1 ? leading[0]?.[0] : undefined;
}

/** A tie that nobody decides goes to the value that comes first as text. */
function firstAsText<T extends AttributeValue>(values: readonly T[]): T {
  return [...values].sort((a, b) => (String(a) < String(b) ? -1 : 1))[0] as T;
}

/** A mark with who made it. */
export interface Mark {
  readonly reader: string;
  readonly finding: Finding;
}

/**
 * The finding that marks of one object make. Centre: mean. Diameter: mean of those that give one (`diameterMm`, else the
 * sphere's). Label and words: majority; a tie is decided by `arbiter` where he has the object, else by text order.
 * Other numbers are ratings: median. The id depends on the marks' readers and ids alone.
 */
export function mergeMarks(caseId: string, marks: readonly Mark[], arbiter?: Finding): Finding {
  const findings = marks.map(({ finding }) => finding);
  const diameters = findings.map(recordedDiameter).filter((diameter) => diameter !== undefined);
  const diameter = diameters.length > 0 ? mean(diameters) : undefined;
  const attributes: Record<string, AttributeValue> = {};
  for (const name of new Set(findings.flatMap((finding) => Object.keys(finding.attributes ?? {})))) {
    const values = findings.map((finding) => finding.attributes?.[name]).filter(isGiven);
    if (values.length === 0) continue;
    attributes[name] = values.every((value) => typeof value === "number")
      ? median(values)
      : (majority(values) ?? arbiter?.attributes?.[name] ?? firstAsText(values));
  }
  if (diameter !== undefined) attributes.diameterMm = diameter;
  attributes.votes = marks.length;
  const labels = findings.map(({ label }) => label).filter((label) => label !== undefined);
  const label = labels.length > 0 ? (majority(labels) ?? arbiter?.label ?? firstAsText(labels)) : undefined;
  return {
    id: idOf(caseId, marks),
    geometry: geometryOf(findings, diameter),
    ...(label === undefined ? {} : { label }),
    attributes,
  };
}

const isGiven = (value: AttributeValue | undefined): value is string | number | boolean =>
  value !== undefined && value !== null;

function recordedDiameter(finding: Finding): number | undefined {
  const recorded = finding.attributes?.diameterMm;
  if (typeof recorded === "number" && recorded > 0) return recorded;
  const diameter = diameterOf(finding.geometry);
  return diameter > 0 ? diameter : undefined;
}

function geometryOf(findings: readonly Finding[], diameter: number | undefined): Finding["geometry"] {
  const centres = findings
    .map(({ geometry }) => geometry)
    .filter(({ type }) => type !== "case")
    .map(centreOf);
  const first = centres[0];
  if (first === undefined) return { type: "case" };
  const center = first.map((_, axis) => mean(centres.map((centre) => centre[axis] ?? 0)));
  return diameter === undefined ? { type: "point", at: center } : { type: "sphere", center, diameterMm: diameter };
}

function idOf(caseId: string, marks: readonly Mark[]): string {
  const keys = marks.map(({ reader, finding }) => `${reader}/${finding.id}`).sort();
  return `f-${sha256([caseId, ...keys].join("\n")).slice(0, 10)}`;
}
