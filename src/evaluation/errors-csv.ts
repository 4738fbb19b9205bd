/** errors.csv: each miss, false alarm, wrong grade and failure, with what stands nearest and its stratum values. Custodian's copy only. */
import { writeToString } from "fast-csv";
import type { CaseIndex } from "../contract/case-index.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { centreOf } from "../geometry/finding-geometry.js";
import { sizeOf } from "../tasks/forms/detection.js";
import type { TaskProfile } from "../tasks/profile.js";
import type { Scored } from "./scoring.js";
import { caseAttribute } from "./strata.js";

const columns = [
  "case",
  "patient",
  "kind",
  "unit",
  "finding",
  "mark",
  "reference",
  "answer",
  "score",
  "nearest_distance",
  "size_mm",
  "type",
  "x",
  "y",
  "z",
];

/** Text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers stay. */
export function safeCell(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;
}

/** Case attributes that the protocol stratifies by. */
function stratumAttributes(protocol: EffectiveProtocol, profile: TaskProfile): string[] {
  const names = protocol.strata.flatMap((definition) => {
    const axes = typeof definition === "object" && "cross" in definition ? definition.cross : [definition];
    return axes.map((axis) => (typeof axis === "string" ? axis : axis.attribute));
  });
  return [...new Set(names)].filter((name) => (profile.attributes[name]?.level ?? "case") === "case");
}

export async function errorsCsv(
  scored: Scored,
  index: CaseIndex,
  protocol: EffectiveProtocol,
  profile: TaskProfile,
): Promise<string> {
  const attributes = stratumAttributes(protocol, profile);
  const rows = scored.set.errors(scored.settings.threshold).map((row) => {
    const indexed = index.cases[row.case];
    if (!indexed) throw new RangeError(`no case ${row.case}`);
    const shown = row.kind === "false-positive" ? row.mark : (row.finding ?? row.mark);
    const [x, y, z] = shown ? centreOf(shown.geometry) : [];
    const target = row.finding;
    const cells = [
      indexed.id,
      indexed.patient,
      row.kind,
      row.unit,
      target?.id,
      row.mark?.id,
      row.reference,
      row.answer,
      row.score,
      row.nearest,
      target ? sizeOf(target) : null,
      target?.attributes?.type,
      x,
      y,
      z,
      ...attributes.map((name) => caseAttribute(indexed, name, profile).value),
    ];
    return cells.map(safeCell);
  });
  return `${await writeToString([[...columns, ...attributes], ...rows], { headers: false })}\n`;
}
