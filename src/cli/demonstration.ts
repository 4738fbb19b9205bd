/** What `demo` does: the embedded test sets, sealed; all versions of the embedded models, run blind; reports and comparisons. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeChestCtSet } from "../../datasets/chest-ct/make.js";
import { makeFundusSet } from "../../datasets/fundus/make.js";
import type { Comparison } from "../contract/comparison.js";
import type { Result } from "../contract/result.js";
import { packageRoot } from "../contract/tool.js";
import { check } from "../datasets/check.js";
import { seal } from "../datasets/seal.js";
import { compare } from "../evaluation/compare.js";
import { evaluate } from "../evaluation/evaluate.js";
import { report } from "../report/report.js";
import { adjudicate, run } from "../stages.js";
import { generateKeyPair } from "../storage/encrypted-archive.js";
import type { CommandContext } from "./command.js";
import { showReplicates, showRun } from "./progress.js";

/** Seed of the embedded test sets; those of training and calibration stand in the model cards. */
const seed = 20260101n;

const versions = ["registered", "retrained", "redesigned"] as const;

interface Part {
  readonly id: string;
  readonly title: { readonly "zh-CN": string; readonly en: string };
  readonly models: string;
  make(folder: string, jobs: number, onProgress: (done: number, total: number) => void): Promise<unknown>;
}

export const parts: readonly Part[] = [
  {
    id: "chest-ct",
    title: { "zh-CN": "胸部CT", en: "chest CT" },
    models: "lung-nodule",
    make: (folder, jobs, onProgress) => makeChestCtSet(folder, { seed, jobs, onProgress }),
  },
  {
    id: "fundus",
    title: { "zh-CN": "眼底彩照", en: "fundus photographs" },
    models: "dr-grading",
    make: (folder, jobs, onProgress) => makeFundusSet(folder, { seed, jobs, onProgress }),
  },
];

interface Outcome {
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly reports: readonly string[];
}

/** The custodian's key of the demo: made once. */
export async function custodianKey(folder: string): Promise<{ file: string; recipient: string }> {
  const file = join(folder, "custodian.key");
  if (!existsSync(file)) {
    const { identity, recipient } = await generateKeyPair();
    await writeFile(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  }
  const recipient = /public key: (age1\S+)/.exec(await readFile(file, "utf8"))?.[1] ?? "";
  return { file, recipient };
}

/** Everything from painting to reports, for one set. */
export async function demonstrate(
  part: Part,
  folder: string,
  key: { file: string; recipient: string },
  context: CommandContext,
): Promise<Outcome> {
  const { terminal, jobs, signal } = context;
  const title = part.title[terminal.options.lang];
  const dataset = join(folder, part.id, "test-set");
  if (!existsSync(join(dataset, "seal.json"))) {
    await part.make(dataset, jobs, (done, total) =>
      terminal.progress(`${title}: ${terminal.text("生成测试集", "making the test set")}`, done, total),
    );
    await adjudicate(dataset);
    await check(dataset, {
      jobs,
      onProgress: (_, done, total) =>
        terminal.progress(`${title}: ${terminal.text("质量门", "quality gates")}`, done, total),
    });
    await seal(dataset, { recipients: [key.recipient] });
  }
  const out = join(folder, part.id, "run");
  const submissions = versions.map((version) => join(packageRoot, "models", part.models, version));
  await run({ dataset, submissions, out, jobs, signal, onProgress: showRun(terminal, title) });
  const results = await evaluate({ run: out, dataset, key: key.file, onProgress: showReplicates(terminal, title) });
  const [baseline, ...candidates] = results.map(({ submission }) => submission) as [string, ...string[]];
  const comparisons: Comparison[] = [];
  const reports = await report({ run: out, submission: baseline });
  for (const candidate of candidates) {
    const place = join(out, candidate);
    comparisons.push(
      await compare({
        baseline: join(out, baseline),
        candidate: place,
        dataset,
        key: key.file,
        out: place,
        onProgress: showReplicates(terminal, title),
      }),
    );
    reports.push(...(await report({ run: out, submission: candidate, comparison: join(place, "comparison.json") })));
  }
  return { results, comparisons, reports: reports.map((written) => join(written.folder, "report.html")) };
}
