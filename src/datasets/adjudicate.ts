/** Makes the reference standard from the readings, by the rule that the card declares. */
import type { AdjudicationRule, DatasetCard } from "../contract/dataset-card.js";
import { fail } from "../contract/errors.js";
import type { AttributeValue, Finding } from "../contract/finding.js";
import { reading, type Reading, type Reference } from "../contract/reading.js";
import { writeJsonLines } from "../storage/atomic.js";
import { readJsonLines } from "../storage/documents.js";
import { readCard } from "./card.js";
import { readCases } from "./cases.js";
import { partOf } from "./folder.js";
import { majority, median, mergeMarks, type Mark } from "./merging.js";
import { clusterMarks, pairMarks, type Pairing } from "./pairing.js";
import { readingsByCase, type CaseReadings } from "./readings.js";
import { judgeReadings } from "./truth.js";

const defaultPairing = {
  "two-readers-arbiter": { rule: "centre-distance", factor: 1, minDistanceMm: 0 },
  vote: { rule: "sum-of-radii-single-link", factor: 1, minDistanceMm: 0 },
} as const satisfies Record<AdjudicationRule["rule"], Pairing>;

/** The pairing of marks that the card declares, or the rule's default. */
export function pairingOf(rule: AdjudicationRule | undefined): Pairing {
  return rule?.pairing ?? defaultPairing[rule?.rule ?? "two-readers-arbiter"];
}

export interface AdjudicationSummary {
  readonly cases: number;
  readonly findings: number;
  readonly excluded: number;
  /** Findings or labels that the arbiter decided. */
  readonly arbitrated: number;
}

/** The summary, with what reader agreement is measured from. */
export interface AdjudicatedSet {
  readonly summary: AdjudicationSummary;
  readonly card: DatasetCard;
  readonly readings: readonly Reading[];
  /** Patient of each case; a case without one is its own. */
  readonly patientOf: ReadonlyMap<string, string>;
}

/**
 * Reads truth/readings.jsonl and writes truth/reference.jsonl, a line per case.
 * @throws ADJUDICATION_RULE_MISSING, ADJUDICATION_UNRESOLVED (case and marks named), TRUTH_INVALID, DOCUMENT_*
 */
export async function adjudicate(folder: string): Promise<AdjudicatedSet> {
  const { card } = await readCard(folder);
  const { cases } = await readCases(folder);
  const caseIds = cases.map(({ id }) => id);
  const readings = judgeReadings(await readJsonLines(partOf(folder, "readings"), reading), new Set(caseIds));
  const references = referencesOf(readings, card, caseIds);
  await writeJsonLines(partOf(folder, "reference"), references);
  const findings = references.flatMap((line) => line.findings);
  const summary = {
    cases: references.length,
    findings: findings.filter(({ excluded }) => !excluded).length,
    excluded: findings.filter(({ excluded }) => excluded === true).length,
    arbitrated: references.reduce((sum, { basis }) => sum + (basis.arbitrated ?? 0), 0),
  };
  return { summary, card, readings, patientOf: new Map(cases.map(({ id, patient }) => [id, patient ?? id])) };
}

/** Masks have no place of their own: two of them would be taken for one finding at the origin. */
function refuseMasks(readings: readonly Reading[]): void {
  for (const { case: caseId, reader, findings } of readings) {
    const mask = findings?.find(({ geometry }) => geometry.type === "mask");
    if (mask)
      fail(
        "TRUTH_INVALID",
        `case ${caseId}, reader ${reader}: ${mask.id} is a mask, which can't be joined with others`,
        {
          hint: "Join masks with a tool for segmentations and give the reference itself.",
        },
      );
  }
}

/** The reference of each case, in the order of `caseIds`; as {@link adjudicate}, without files. */
export function referencesOf(readings: readonly Reading[], card: DatasetCard, caseIds: readonly string[]): Reference[] {
  const rule = card.annotation.adjudication;
  if (rule === undefined) fail("ADJUDICATION_RULE_MISSING", "dataset.yaml has no annotation.adjudication");
  if (rule.rule === "vote" && rule.atLeast === undefined)
    fail("ADJUDICATION_RULE_MISSING", "the rule `vote` needs annotation.adjudication.atLeast");
  refuseMasks(readings);
  const byCase = readingsByCase(readings, card);
  return caseIds.map((id) => {
    const lines = byCase.get(id) ?? { case: id, final: [], arbiter: undefined };
    return rule.rule === "vote" ? byVotes(lines, rule, rule.atLeast ?? 1) : byTwoReaders(lines, rule);
  });
}

/**
 * Votes: marks of one object are joined; an object with enough marks is a finding, one with fewer is kept as excluded
 * (neither hit nor miss). A vote is a mark: where readers' identities are inferred, one reader may hold two.
 */
function byVotes(lines: CaseReadings, rule: AdjudicationRule, atLeast: number): Reference {
  const marks = lines.final.flatMap(({ reader, findings }) => findings.map((finding): Mark => ({ reader, finding })));
  const clusters = clusterMarks(
    marks.map(({ finding }) => finding),
    pairingOf(rule),
  );
  const findings = clusters.map((members) => {
    const merged = mergeMarks(
      lines.case,
      members.map((index) => marks[index] as Mark),
    );
    return members.length >= atLeast ? merged : { ...merged, excluded: true };
  });
  const labels: Record<string, AttributeValue> = {};
  for (const name of keysOf(lines.final.map((line) => line.labels))) {
    const values = lines.final.map((line) => line.labels[name]).filter((value) => value !== undefined);
    const decided = majority(values) ?? lines.arbiter?.labels[name];
    labels[name] = decided ?? unresolved(lines.case, `label ${name}`, values.map(String));
  }
  return referenceOf(lines, "vote", findings, labels, 0);
}

/** Two readers: what both say stands; where one marked alone, or labels differ, the arbiter's line decides. */
function byTwoReaders(lines: CaseReadings, rule: AdjudicationRule): Reference {
  const [a, b] = lines.final;
  if (a === undefined || b === undefined || lines.final.length > 2) {
    const readers = lines.final.map(({ reader }) => reader).join(", ") || "none";
    return fail("ADJUDICATION_UNRESOLVED", `case ${lines.case}: two readers are needed, found ${readers}`, {
      hint: "Each case needs a line of each of two readers, also where they marked nothing.",
    });
  }
  const pairing = pairingOf(rule);
  const pairs = pairMarks(a.findings, b.findings, pairing);
  const [pairedA, pairedB] = [new Set(pairs.map(([i]) => i)), new Set(pairs.map(([, j]) => j))];
  const disputed: Mark[] = [
    ...a.findings.filter((_, i) => !pairedA.has(i)).map((finding) => ({ reader: a.reader, finding })),
    ...b.findings.filter((_, j) => !pairedB.has(j)).map((finding) => ({ reader: b.reader, finding })),
  ];
  const agreed = pairs.map(([i, j]): Mark[] => [
    { reader: a.reader, finding: a.findings[i] as Finding },
    { reader: b.reader, finding: b.findings[j] as Finding },
  ]);
  const arbiterOf = arbiterMarks(lines, [...agreed, ...disputed.map((mark) => [mark])], pairing);
  let arbitrated = 0;
  const findings = agreed.map((marks, index) => {
    const arbiter = arbiterOf.get(index);
    if (arbiter) arbitrated++;
    else requireSameLabel(lines, marks);
    return mergeMarks(lines.case, marks, arbiter);
  });
  disputed.forEach((mark, index) => {
    const arbiter = arbiterOf.get(agreed.length + index);
    if (arbiter === undefined) requireAsked(lines, mark);
    else {
      const reader = lines.arbiter?.reader ?? "";
      findings.push(mergeMarks(lines.case, [mark, { reader, finding: arbiter }], arbiter));
    }
    arbitrated++;
  });
  const { labels, decided } = labelsOfTwo(lines, a, b);
  return referenceOf(lines, "two-readers-arbiter", findings, labels, arbitrated + decided);
}

/** The arbiter's marks, one to one with the objects (their first marks), nearest first. */
function arbiterMarks(lines: CaseReadings, objects: readonly Mark[][], pairing: Pairing): Map<number, Finding> {
  const marks = lines.arbiter?.findings ?? [];
  const merged = objects.map((object) => mergeMarks(lines.case, object));
  return new Map(pairMarks(merged, marks, pairing).map(([index, mark]) => [index, marks[mark] as Finding]));
}

/** Labels of two readers that differ need the arbiter's mark; words among the attributes have a rule of their own for ties. */
function requireSameLabel(lines: CaseReadings, marks: readonly Mark[]): void {
  const labels = new Set(marks.map(({ finding }) => finding.label));
  if (labels.size < 2) return;
  const ids = marks.map(({ reader, finding }) => `${reader}/${finding.id}`);
  unresolved(lines.case, `the label (${[...labels].join(" or ")})`, ids);
}

/** A mark of one reader alone falls only if the arbiter was asked about it (his `trigger`, or a line without one). */
function requireAsked(lines: CaseReadings, mark: Mark): void {
  const asked = lines.arbiter !== undefined && (lines.arbiter.trigger?.includes(mark.finding.id) ?? true);
  if (!asked) unresolved(lines.case, "a mark of one reader alone", [`${mark.reader}/${mark.finding.id}`]);
}

function labelsOfTwo(
  lines: CaseReadings,
  a: Reading,
  b: Reading,
): { labels: Record<string, AttributeValue>; decided: number } {
  const labels: Record<string, AttributeValue> = {};
  let decided = 0;
  for (const name of keysOf([a.labels, b.labels])) {
    const [first, second] = [a.labels[name], b.labels[name]];
    if (first !== undefined && first === second) {
      labels[name] = first;
      continue;
    }
    const final = lines.arbiter?.labels[name];
    const asked = lines.arbiter !== undefined && (lines.arbiter.trigger?.includes(name) ?? true);
    const values = [`${a.reader}: ${String(first)}`, `${b.reader}: ${String(second)}`];
    if (final === undefined && !asked) unresolved(lines.case, `label ${name}`, values);
    // Asked and silent: the arbiter finds that the label can't be given (no grade for an image that is not gradable).
    if (final !== undefined) labels[name] = final;
    decided++;
  }
  return { labels, decided };
}

function keysOf(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}

function referenceOf(
  lines: CaseReadings,
  rule: string,
  findings: readonly Finding[],
  labels: Record<string, AttributeValue>,
  arbitrated: number,
): Reference {
  const quantities: Record<string, number> = {};
  for (const name of keysOf(lines.final.map((line) => line.quantities))) {
    const values = lines.final.map((line) => line.quantities[name]).filter((value) => value !== undefined);
    quantities[name] = values.length === 2 ? ((values[0] as number) + (values[1] as number)) / 2 : median(values);
  }
  const readers = lines.final.map(({ reader }) => reader);
  if (arbitrated > 0 && lines.arbiter) readers.push(lines.arbiter.reader);
  return { case: lines.case, findings: [...findings], labels, quantities, basis: { rule, readers, arbitrated } };
}

function unresolved(caseId: string, what: string, marks: readonly string[]): never {
  return fail(
    "ADJUDICATION_UNRESOLVED",
    `case ${caseId}: ${what} is in dispute and no arbiter decides: ${marks.join("; ")}`,
  );
}
