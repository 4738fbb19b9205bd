/** run.json: written when a run begins, kept while it goes on, completed at its end. */
import { existsSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join, relative, sep } from "node:path";
import { fail } from "../contract/errors.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { runDocument, type RunDocument, type SubmissionRun } from "../contract/run.js";
import { tool } from "../contract/tool.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJson } from "../storage/documents.js";
import type { TestSet } from "./test-set.js";

export interface RunBeginning {
  readonly out: string;
  readonly set: TestSet;
  readonly protocol: EffectiveProtocol;
  readonly kind: RunDocument["kind"];
  readonly submissions: readonly SubmissionRun[];
  readonly isolation: RunDocument["isolation"];
  readonly concurrency: RunDocument["concurrency"];
  readonly onnxruntime: string | null;
}

/** A run's document as it stands at the beginning. */
export function beginRun(beginning: RunBeginning): RunDocument {
  const { out, set, protocol, kind, submissions, isolation, concurrency, onnxruntime } = beginning;
  const processors = cpus();
  return {
    schema: "medassay/run/1",
    dataset: {
      id: set.index.dataset.id,
      version: set.index.dataset.version,
      path: relative(out, set.folder).split(sep).join("/") || ".",
    },
    cardHash: set.index.dataset.cardHash,
    indexHash: set.indexHash,
    protocol,
    protocolHash: hashDocument(protocol),
    openTruth: set.openTruth,
    truthCommitment: set.truthCommitment,
    kind,
    submissions: [...submissions],
    isolation,
    concurrency,
    environment: {
      node: process.versions.node,
      onnxruntime,
      provider: onnxruntime === null ? null : "cpu",
      platform: platform(),
      arch: arch(),
      cpu: processors[0]?.model ?? "unknown",
      cores: processors.length,
      memoryMb: Math.round(totalmem() / 1024 / 1024),
    },
    startedAt: new Date().toISOString(),
    endedAt: null,
    lastProcessEndedAt: null,
    tool,
  };
}

/** The document of an earlier call on the same folder; null where there is none. @throws RUN_FOLDER_MISMATCH when it is another run's */
export async function earlierRun(beginning: RunDocument, out: string): Promise<RunDocument | null> {
  const file = join(out, "run.json");
  if (!existsSync(file)) return null;
  const earlier = await readJson(file, runDocument);
  const differs = (["kind", "indexHash", "cardHash", "protocolHash", "truthCommitment"] as const).filter(
    (key) => earlier[key] !== beginning[key],
  );
  const names = (run: RunDocument) =>
    run.submissions
      .map(({ id, manifestHash, model }) => `${id} ${manifestHash} ${model?.sha256 ?? ""}`)
      .sort()
      .join("\n");
  if (differs.length > 0 || names(earlier) !== names(beginning))
    fail("RUN_FOLDER_MISMATCH", `${file} records another ${differs[0] ?? "list of submissions"}`, { file });
  return earlier;
}
