/** The quality gates: reads the whole test set once and writes index.json with what it found. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import type { Attribute, CaseIndex, GateFinding, IndexedCase } from "../contract/case-index.js";
import type { DatasetCard } from "../contract/dataset-card.js";
import { fail } from "../contract/errors.js";
import { reading, reference } from "../contract/reading.js";
import { tool } from "../contract/tool.js";
import { writeJson } from "../storage/atomic.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJsonLines } from "../storage/documents.js";
import { taskProfile } from "../tasks/profiles/index.js";
import { attributeAgrees, manufacturerName } from "./attributes.js";
import { readCard } from "./card.js";
import { readCases, type CaseRow } from "./cases.js";
import { examineCase, type ExaminedCase } from "./examine.js";
import { names, partOf } from "./folder.js";
import { composition } from "./gates/composition.js";
import { duplicates } from "./gates/duplicates.js";
import { found } from "./gates/gate.js";
import { marksInside, readingsJoin, referenceJoin } from "./gates/truth-joins.js";
import { readCaseIndex } from "./index-document.js";
import { effectiveProtocolOf } from "./protocol.js";
import { truthState } from "./truth-state.js";

/** Findings that only open truth can give; a sealed set keeps those of its index. */
const truthGates = [
  "REFERENCE_JOIN",
  "REFERENCE_ABSENT",
  "READINGS_JOIN",
  "READINGS_INCOMPLETE",
  "ARBITER_IS_READER",
  "ANNOTATION_OUTSIDE",
];

type CheckProgress = (message: string, done: number, total: number) => void;

/**
 * Runs the gates and writes index.json; the index has no times and is the same for the same folder. A sealed set is
 * compared with its index instead, which is not written again.
 * @throws DATASET_GATE_FAILED after the index was written, when an error is not waived; DATASET_EMPTY, DATASET_CHANGED, DOCUMENT_*, TABLE_INVALID, STORAGE_*
 */
export async function check(
  folder: string,
  options: { jobs?: number; onProgress?: CheckProgress } = {},
): Promise<{ index: CaseIndex; indexHash: string }> {
  const { card, cardHash } = await readCard(folder);
  const profile = taskProfile(card.task);
  const { protocol } = await effectiveProtocolOf(folder);
  const { cases: rows, joins } = await readCases(folder);
  const limit = pLimit(Math.max(1, options.jobs ?? 2));
  let done = 0;
  const examined = await Promise.all(
    rows.map((row) =>
      limit(async () => {
        const result = await examineCase(folder, row, profile.imageKind);
        options.onProgress?.("reading images", ++done, rows.length);
        return result;
      }),
    ),
  );
  const findings: GateFinding[] = examined.flatMap((each) => each.findings);
  const cases = rows.map((row, at) => indexedCase(row, examined[at] as ExaminedCase, card, findings));
  findings.push(...(await unusedImages(folder, cases, rows)));
  findings.push(...sitesInCard(cases, card));
  findings.push(...duplicates(cases, examined));
  const sealed = (await truthState(folder)) === "sealed";
  const truth = sealed ? null : await readOpenTruth(folder);
  if (truth) {
    if (truth.references) findings.push(...referenceJoin(cases, truth.references));
    else findings.push(found("REFERENCE_ABSENT", { message: "there is no reference standard yet" }));
    findings.push(...readingsJoin(cases, truth.readings, card));
    findings.push(...marksInside(cases, [...(truth.references ?? []), ...truth.readings]));
  }
  findings.push(...composition(cases, truth?.references ?? null, profile, protocol.requireComposition));
  const standing = sealed ? (await readCaseIndex(folder)).index : null;
  if (standing) findings.push(...standing.gates.filter(onlyFromTruth).map(({ waived: _, ...finding }) => finding));
  const gates = merged(waive(findings, card));
  for (const indexed of cases) {
    const own = gates.filter((gate) => gate.severity !== "info" && gate.cases.includes(indexed.id));
    indexed.issues = [...new Set(own.map(({ code }) => code))];
  }
  const index: CaseIndex = {
    schema: "medassay/index/1",
    dataset: { id: card.id, version: card.version, cardHash },
    task: card.task,
    cases,
    gates,
    joins: [...joins],
    tool,
  };
  if (standing) requireUnchanged(folder, standing, index);
  else await writeJson(partOf(folder, "index"), index);
  const errors = gates.filter(({ severity, waived }) => severity === "error" && waived === undefined);
  if (errors.length > 0) {
    const codes = [...new Set(errors.map(({ code }) => code))].join(", ");
    const first = errors[0] as GateFinding;
    const where = [...first.cases.slice(0, 3), ...first.files.slice(0, 3)].join(", ");
    fail("DATASET_GATE_FAILED", `${errors.length} errors (${codes}); the first: ${first.message} [${where}]`, {
      file: partOf(folder, "index"),
    });
  }
  const kept = standing ?? index;
  return { index: kept, indexHash: hashDocument(kept) };
}

/** What truth contributes to the composition, too, is known only while it lies open. */
function onlyFromTruth({ code, message }: GateFinding): boolean {
  return truthGates.includes(code) || (code === "COMPOSITION" && /^fewer (positive|negative)/.test(message));
}

/** The case as the index holds it. Declared values that the header contradicts are reported, and the header's used. */
function indexedCase(row: CaseRow, examined: ExaminedCase, card: DatasetCard, findings: GateFinding[]): IndexedCase {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(row.declared)) {
    const spelled = name === "manufacturer" ? manufacturerName(String(value)) : value;
    attributes[name] = { value: spelled, origin: "declared" };
  }
  for (const [name, attribute] of Object.entries(examined.attributes)) {
    const declared = attributes[name]?.value;
    attributes[name] = attribute;
    if (declared !== undefined && !attributeAgrees(name, declared, attribute.value)) {
      const message = `${name} is ${String(declared)} in cases.csv and ${String(attribute.value)} in the image`;
      findings.push(found("ATTRIBUTE_DIFFERS", { cases: [row.id], message }));
    }
  }
  const [thickness, spacing] = [attributes.sliceThicknessMm?.value, attributes.sliceSpacingMm?.value];
  if (typeof thickness === "number" && typeof spacing === "number" && Math.abs(thickness - spacing) > 0.1 * spacing) {
    findings.push(
      found("THICKNESS_DIFFERS", {
        cases: [row.id],
        message: "thickness and spacing of slices differ by more than 10 %",
      }),
    );
  }
  const site = row.site ?? "unknown";
  attributes.site = { value: site, origin: row.site === undefined ? "assumed" : "declared" };
  attributes.patient = { value: row.patient ?? row.id, origin: row.patient === undefined ? "assumed" : "declared" };
  const region = card.sites.find(({ id }) => id === site)?.region;
  if (region !== undefined) attributes.region ??= { value: region, origin: "declared" };
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: row.id,
    patient: row.patient ?? row.id,
    site,
    ...examined.image,
    attributes: Object.fromEntries(sorted),
    issues: [],
  };
}

function sitesInCard(cases: readonly IndexedCase[], card: DatasetCard): GateFinding[] {
  const known = new Set(["unknown", ...card.sites.map(({ id }) => id)]);
  const unlisted = [...new Set(cases.map(({ site }) => site))].filter((site) => !known.has(site)).sort();
  return unlisted.map((site) =>
    found("SITE_NOT_IN_CARD", {
      cases: cases.filter((indexed) => indexed.site === site).map(({ id }) => id),
      message: `the site ${site} is not in dataset.yaml`,
    }),
  );
}

/** Entries of images/ that no case names. */
async function unusedImages(
  folder: string,
  cases: readonly IndexedCase[],
  rows: readonly CaseRow[],
): Promise<GateFinding[]> {
  const entries = await readdir(partOf(folder, "images")).catch(() => [] as string[]);
  const used = new Set(
    [...rows.map(({ image }) => image ?? ""), ...cases.flatMap(({ files }) => files.map(({ path }) => path))].map(
      (path) => path.split("/").slice(0, 2).join("/"),
    ),
  );
  const unused = entries.filter((name) => !name.startsWith(".") && !used.has(`${names.images}/${name}`)).sort();
  if (unused.length === 0 || rows.some(({ image }) => image === names.images)) return [];
  const files = unused.map((name) => `${names.images}/${name}`);
  return [found("IMAGE_UNUSED", { files, message: `${unused.length} entries of images/ belong to no case` })];
}

async function readOpenTruth(folder: string) {
  const read = async (part: "reference" | "readings") => {
    const file = partOf(folder, part);
    const there = await stat(file).then(
      () => true,
      () => false,
    );
    return there ? file : null;
  };
  const [referenceFile, readingsFile] = [await read("reference"), await read("readings")];
  return {
    references: referenceFile ? await readJsonLines(referenceFile, reference) : null,
    readings: readingsFile ? await readJsonLines(readingsFile, reading) : [],
  };
}

/** Errors that the card waives stay in the index with the owner's reason. */
function waive(findings: readonly GateFinding[], card: DatasetCard): GateFinding[] {
  const used = new Set<number>();
  const gates = findings.map((finding): GateFinding => {
    if (finding.severity !== "error") return finding;
    const at = card.waivers.findIndex(
      ({ code, cases }) =>
        code === finding.code && (cases === undefined || finding.cases.every((id) => cases.includes(id))),
    );
    if (at < 0) return finding;
    used.add(at);
    return { ...finding, waived: (card.waivers[at] as DatasetCard["waivers"][number]).reason };
  });
  card.waivers.forEach(({ code }, at) => {
    if (!used.has(at))
      gates.push(found("WAIVER_UNUSED", { message: `nothing was found that the waiver of ${code} is for` }));
  });
  return gates;
}

/** One entry for what was found in the same words in several cases. */
function merged(findings: readonly GateFinding[]): GateFinding[] {
  const byText = new Map<string, GateFinding>();
  for (const finding of findings) {
    const key = [finding.code, finding.severity, finding.message, finding.waived ?? ""].join("\n");
    const first = byText.get(key);
    if (first === undefined) byText.set(key, finding);
    else {
      const cases = [...new Set([...first.cases, ...finding.cases])];
      const files = [...new Set([...first.files, ...finding.files])].slice(0, 20);
      byText.set(key, { ...first, cases, files });
    }
  }
  return [...byText.values()];
}

/** A sealed set must still be the one that was sealed. @throws DATASET_CHANGED */
function requireUnchanged(folder: string, standing: CaseIndex, now: CaseIndex): void {
  const comparable = (index: CaseIndex) =>
    hashDocument({ ...index, tool, gates: index.gates.map(hashDocument).sort() });
  if (comparable(standing) === comparable(now)) return;
  const before = new Map(standing.cases.map((indexed) => [indexed.id, hashDocument(indexed)]));
  const changed = now.cases.filter((indexed) => before.get(indexed.id) !== hashDocument(indexed)).map(({ id }) => id);
  const what = changed.length > 0 ? `cases ${changed.slice(0, 5).join(", ")}` : "its card, tables or gates";
  fail("DATASET_CHANGED", `the sealed set differs from its index: ${what}`, { file: join(folder, names.index) });
}
