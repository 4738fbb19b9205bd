/** Gate: readings and reference join the cases, rounds are whole, marks lie inside their images. Messages never tell what was marked. */
import type { GateFinding, IndexedCase } from "../../contract/case-index.js";
import type { DatasetCard } from "../../contract/dataset-card.js";
import type { Finding } from "../../contract/finding.js";
import type { Reading, Reference } from "../../contract/reading.js";
import { affineOf } from "../../geometry/affine.js";
import { centreOf } from "../../geometry/finding-geometry.js";
import type { Vector3 } from "../../geometry/vector.js";
import { found } from "./gate.js";

/** Lines of unknown cases, cases without a line, cases with two. */
export function referenceJoin(cases: readonly IndexedCase[], references: readonly Reference[]): GateFinding[] {
  const findings: GateFinding[] = [];
  const known = new Set(cases.map(({ id }) => id));
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const { case: id } of references) (seen.has(id) ? doubled : seen).add(id);
  const report = (ids: readonly string[], what: string): void => {
    if (ids.length > 0) findings.push(found("REFERENCE_JOIN", { cases: ids, message: `${ids.length} cases ${what}` }));
  };
  report(
    [...seen].filter((id) => !known.has(id)),
    "of the reference are not in cases.csv",
  );
  report(
    [...known].filter((id) => !seen.has(id)),
    "have no line in the reference",
  );
  report([...doubled], "have more than one line in the reference");
  return findings;
}

/** Lines of unknown cases, a reader twice in a round, missing rounds, an arbiter who reads his own case. */
export function readingsJoin(
  cases: readonly IndexedCase[],
  readings: readonly Reading[],
  card: DatasetCard,
): GateFinding[] {
  const known = new Set(cases.map(({ id }) => id));
  const stranger = [...new Set(readings.map((line) => line.case).filter((id) => !known.has(id)))];
  const keys = new Set<string>();
  const doubled = new Set<string>();
  const rounds = new Map<string, Set<number>>();
  const arbiters = new Map<string, string>();
  const mostRounds = readings.reduce((most, { round }) => Math.max(most, round), 0);
  for (const { case: id, reader, round } of readings) {
    const key = `${id} ${reader} ${round}`;
    if (keys.has(key)) doubled.add(id);
    keys.add(key);
    if (round === 0) arbiters.set(id, reader);
    else rounds.set(`${id} ${reader}`, (rounds.get(`${id} ${reader}`) ?? new Set()).add(round));
  }
  const findings: GateFinding[] = [];
  if (stranger.length > 0)
    findings.push(
      found("READINGS_JOIN", {
        cases: stranger,
        message: `${stranger.length} cases of the readings are not in cases.csv`,
      }),
    );
  if (doubled.size > 0)
    findings.push(
      found("READINGS_JOIN", { cases: [...doubled], message: "a reader has a case twice in the same round" }),
    );
  const own = [...arbiters].filter(([id, reader]) => rounds.has(`${id} ${reader}`)).map(([id]) => id);
  if (own.length > 0)
    findings.push(
      found("ARBITER_IS_READER", { cases: own, message: `${own.length} cases were read by their arbiter` }),
    );
  const twoRounds = card.annotation.adjudication?.rule === "two-readers-arbiter" && mostRounds >= 2;
  const incomplete = twoRounds
    ? [...rounds].filter(([, done]) => done.size < mostRounds).map(([key]) => key.split(" ")[0] as string)
    : [];
  if (incomplete.length > 0)
    findings.push(
      found("READINGS_INCOMPLETE", {
        cases: [...new Set(incomplete)],
        message: `${new Set(incomplete).size} cases lack a round of a reader`,
      }),
    );
  return findings;
}

/** Marks whose centre lies more than a voxel (pixel) outside the image. */
export function marksInside(
  cases: readonly IndexedCase[],
  lines: readonly { case: string; findings: readonly Finding[] }[],
): GateFinding[] {
  const byId = new Map(cases.map((indexed) => [indexed.id, indexed]));
  const outside = new Set<string>();
  for (const line of lines) {
    const indexed = byId.get(line.case);
    if (indexed && line.findings.some((finding) => !isInside(indexed, finding))) outside.add(line.case);
  }
  if (outside.size === 0) return [];
  return [
    found("ANNOTATION_OUTSIDE", {
      cases: [...outside],
      message: `${outside.size} cases have a mark outside their image`,
    }),
  ];
}

function isInside({ geometry, size }: IndexedCase, finding: Finding): boolean {
  if (finding.geometry.type === "case" || finding.geometry.type === "mask") return true;
  const centre = centreOf(finding.geometry);
  if (geometry) {
    if (centre.length !== 3) return false;
    const index = affineOf(geometry).toVoxel(centre as unknown as Vector3);
    return index.every((value, axis) => value >= -1.5 && value <= (geometry.shape[axis] as number) + 0.5);
  }
  if (size) return centre.every((value, axis) => value >= -1.5 && value <= (size[axis] ?? 0) + 0.5);
  return true;
}
