/** The stage `compare`: two submissions on the same index and truth, paired; the registered version is the baseline. */
import { basename, dirname, join, resolve } from "node:path";
import type { Comparison } from "../contract/comparison.js";
import type { SubmissionRun } from "../contract/run.js";
import { tool } from "../contract/tool.js";
import type { Truth } from "../datasets/truth.js";
import type { UnitOutcome } from "../tasks/forms/scored-set.js";
import { writeJson } from "../storage/atomic.js";
import { hashDocument } from "../storage/canonical-json.js";
import { changeCodesOf, compareParts, versionChangeOf } from "./change-assessment.js";
import { pairedDifferences } from "./differences.js";
import { openTruthOf } from "./evaluate.js";
import { openRun, readPredictions, submissionOf, type OpenedRun } from "./run-folder.js";
import { failedCases, score } from "./scoring.js";

export interface CompareOptions {
  /** `<run>/<submission>` of the registered version and of the candidate. */
  readonly baseline: string;
  readonly candidate: string;
  readonly dataset?: string | undefined;
  readonly key?: string | undefined;
  /** Folder for comparison.json; the candidate's run folder when left out. */
  readonly out?: string | undefined;
  readonly onProgress?: (event: { done: number; total: number }) => void;
}

export interface Side {
  readonly opened: OpenedRun;
  readonly entry: SubmissionRun;
}

async function openSide(path: string, dataset: string | undefined): Promise<Side> {
  const full = resolve(path);
  const opened = await openRun(dirname(full), dataset);
  return { opened, entry: submissionOf(opened, basename(full)) };
}

function describe({ entry }: Side): Comparison["baseline"] {
  const { product } = entry.manifest;
  return {
    submission: entry.id,
    version: product.version,
    product: product.name,
    submissionHash: entry.manifestHash,
    predictionsHash: entry.predictionsHash ?? "",
    modelSha256: entry.model?.sha256 ?? null,
  };
}

/** Thresholds of single classes, as declared. */
const thresholdsOf = ({ entry }: Side) => entry.manifest.operatingPoint?.thresholds ?? null;

/** Why two submissions can't be compared as pairs. */
function obstacles(a: Side, b: Side): string[] {
  const [left, right] = [a.opened.run, b.opened.run];
  return [
    ...(left.dataset.id === right.dataset.id ? [] : ["other test set"]),
    ...(left.indexHash === right.indexHash ? [] : ["other index"]),
    ...(left.protocolHash === right.protocolHash ? [] : ["other protocol"]),
    ...(left.truthCommitment === right.truthCommitment ? [] : ["other truth"]),
    ...(a.entry.manifest.task === b.entry.manifest.task ? [] : ["other task"]),
  ];
}

function changedOutcomes(baseline: UnitOutcome[], candidate: UnitOutcome[]): NonNullable<Comparison["cases"]["list"]> {
  const before = new Map(baseline.map((unit) => [unit.key, unit]));
  return candidate.flatMap((unit) => {
    const old = before.get(unit.key);
    if (!old || old.outcome === unit.outcome) return [];
    return [
      {
        case: unit.case,
        unit: unit.key.replace(`${unit.unit} ${unit.case}`, unit.unit).trim(),
        baseline: old.outcome,
        candidate: unit.outcome,
      },
    ];
  });
}

/**
 * Compares two submissions and writes comparison.json.
 * @throws RUN_*, SUBMISSION_NOT_IN_RUN, TRUTH_*; sets that differ are no error but the verdict `not-comparable`
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const baseline = await openSide(options.baseline, options.dataset);
  const candidate = await openSide(options.candidate, options.dataset);
  const total = candidate.opened.protocol.intervals.replicates;
  const made = await makeComparison(
    baseline,
    candidate,
    () => openTruthOf(candidate.opened, options.key, "compare"),
    (done) => options.onProgress?.({ done, total }),
  );
  await writeJson(join(options.out ?? candidate.opened.folder, "comparison.json"), made);
  return made;
}

/** The comparison document; the truth is opened only where the two can be compared. Used by `verify` again. */
export async function makeComparison(
  baseline: Side,
  candidate: Side,
  truthOf: () => Promise<Truth>,
  onReplicate?: (done: number) => void,
): Promise<Comparison> {
  const hashes = compareParts(baseline.entry, candidate.entry);
  const versions = [baseline, candidate].map(({ entry }) => entry.manifest.product.version.complete) as [
    string,
    string,
  ];
  const notComparable = obstacles(baseline, candidate);
  const { run, protocol, card, index, profile } = candidate.opened;
  const common = {
    schema: "medassay/comparison/1" as const,
    baseline: describe(baseline),
    candidate: describe(candidate),
    openTruth: run.openTruth,
    hashes,
    seed: protocol.intervals.seed,
    tool,
  };
  if (notComparable.length > 0) {
    const changeCodes = changeCodesOf(false, undefined, hashes);
    return {
      ...common,
      inputs: null,
      paired: false,
      notComparable,
      primary: null,
      differences: [],
      failed: null,
      cases: { changed: 0, leftOut: 0, list: null },
      changeCodes,
      verdict: "not-comparable",
      versionChange: versionChangeOf(...versions, changeCodes, hashes),
    };
  }
  const truth = await truthOf();
  const scoredOf = async ({ opened, entry }: Side, counted: Uint8Array | null) => {
    const { predictions } = await readPredictions(opened, entry);
    const { metrics } = protocol.comparison;
    return score(index, truth.reference, predictions, protocol, profile, entry.manifest, metrics, counted);
  };
  const alone = [await scoredOf(baseline, null), await scoredOf(candidate, null)] as const;
  // Where failed cases are left out, both products are judged on the cases that both answered.
  const counted = alone[0].overall.cases.map((inside, at) => inside & (alone[1].overall.cases[at] as number));
  const leftOut = counted.filter((inside) => inside === 0).length;
  const [first, second] =
    leftOut === 0 ? alone : [await scoredOf(baseline, counted), await scoredOf(candidate, counted)];
  const same =
    baseline.entry.predictionsHash === candidate.entry.predictionsHash &&
    first.settings.threshold === second.settings.threshold &&
    hashDocument(thresholdsOf(baseline)) === hashDocument(thresholdsOf(candidate));
  const differences = pairedDifferences(first, second, protocol, same, onReplicate);
  const primary = differences.find(
    ({ metric, stratum }) => metric === protocol.primary && Object.keys(stratum).length === 0,
  );
  const changeCodes = changeCodesOf(true, primary, hashes);
  const list = changedOutcomes(
    first.set.outcomes(first.settings.threshold),
    second.set.outcomes(second.settings.threshold),
  );
  return {
    ...common,
    inputs: {
      dataset: `${card.id} ${card.version}`,
      cardHash: run.cardHash,
      indexHash: run.indexHash,
      truthHash: truth.truthHash,
      protocolHash: run.protocolHash,
    },
    openTruth: truth.open,
    paired: true,
    notComparable,
    primary: protocol.primary,
    differences,
    failed: {
      cases: index.cases.length,
      baseline: failedCases(alone[0]).failed,
      candidate: failedCases(alone[1]).failed,
      allowed: protocol.maxFailedCases,
    },
    cases: { changed: list.length, leftOut, list },
    changeCodes,
    verdict: primary?.verdict ?? "inconclusive",
    versionChange: versionChangeOf(...versions, changeCodes, hashes),
  };
}
