/** Makes the embedded fundus test set: a folder as the contract describes it, before sealing. */
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { datasetCard } from "../../src/contract/dataset-card.js";
import { protocol } from "../../src/contract/protocol.js";
import { paintInThreads } from "../painting-threads.js";
import { writeSetDocuments } from "../write-set.js";
import { paintToFile, type PaintOrder } from "./paint-order.js";
import { composePhotograph } from "./photograph.js";
import { caseRow, planFundusSet, sites } from "./plan.js";
import { readers, readPhotographs } from "./readers.js";

export interface MakeOptions {
  readonly seed: bigint;
  /** Threads that paint; default: all cores. */
  readonly jobs?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Makes the set in `folder`: images, dataset.yaml, cases.csv, protocol.yaml, truth/readings.jsonl. The same seed gives the same bytes with any number of jobs. */
export async function makeFundusSet(
  folder: string,
  { seed, jobs = availableParallelism(), onProgress }: MakeOptions,
): Promise<{ photographs: number }> {
  const plan = planFundusSet(seed);
  await mkdir(join(folder, "images"), { recursive: true });
  await mkdir(join(folder, "truth"), { recursive: true });
  const orders = plan.map(({ caseId, spec }): PaintOrder => ({
    spec,
    file: join(folder, "images", `${caseId}.jpg`),
  }));
  let done = 0;
  const painted = paintInThreads({
    worker: new URL("./paint-worker.js", import.meta.url),
    orders,
    jobs,
    here: paintToFile,
    onPainted: () => onProgress?.(++done, plan.length),
  });
  const rows = plan.map(caseRow);
  const columns = (rows[0] ?? []).map(([name]) => name);
  await writeSetDocuments(folder, {
    card: card(seed),
    protocol: defaultProtocol(),
    cases: [columns, ...rows.map((row) => row.map(([, value]) => value))],
    readings: readPhotographs(
      plan.map(({ spec }) => composePhotograph(spec)),
      seed,
    ),
  });
  await painted;
  return { photographs: plan.length };
}

function card(seed: bigint): unknown {
  return datasetCard.type.parse({
    schema: datasetCard.schemaId,
    id: "embedded-fundus",
    version: "1.0.0",
    title: { "zh-CN": "内置合成眼底彩照测试集", en: "Embedded synthetic fundus test set" },
    task: "dr-grading",
    modality: "OP",
    owner: "medassay",
    licence: "Apache-2.0",
    provenance: "synthetic",
    sites: sites.map(({ id, name, region, level }) => ({ id, name, region, level })),
    annotators: readers.map(({ id, role, qualification, years }) => ({ id, role, qualification, years })),
    annotation: {
      design: "two-readers-two-rounds-blind-with-arbiter",
      adjudication: { rule: "two-readers-arbiter" },
      note: "Simulated readers: what they miss and where they disagree follows contrast, size, blur and haze of what was painted.",
    },
    collection: {
      period: "synthetic",
      inclusion: "Painted photographs of 66 invented patients, one or two eyes, ICDR grades 0 to 4 enriched.",
      exclusion: "None.",
      deidentification: "Not needed: no person was photographed.",
    },
    intendedUse: `Demonstration and self-test of medassay (seed ${seed}). Says nothing about performance on patients.`,
  });
}

function defaultProtocol(): unknown {
  return protocol.type.parse({
    schema: protocol.schemaId,
    id: "embedded-fundus",
    version: "1.0.0",
    task: "dr-grading",
    acceptance: [
      {
        id: "referable-sensitivity",
        metric: "patient-sensitivity",
        compare: "estimate",
        atLeast: 0.8,
        clause: "demonstration",
      },
      {
        id: "referable-specificity",
        metric: "patient-specificity",
        compare: "estimate",
        atLeast: 0.7,
        clause: "demonstration",
      },
    ],
  });
}
