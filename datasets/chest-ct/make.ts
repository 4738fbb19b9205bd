/** Makes the embedded chest CT test set: a folder as the contract describes it, before adjudication and sealing. */
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { datasetCard } from "../../src/contract/dataset-card.js";
import { protocol } from "../../src/contract/protocol.js";
import type { Reading } from "../../src/contract/reading.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { paintInThreads } from "../painting-threads.js";
import { writeSetDocuments } from "../write-set.js";
import { paintPatient } from "./paint-patient.js";
import { planChestCtSet, sites } from "./plan.js";
import { pairing, readers } from "./readers.js";

export interface MakeOptions {
  readonly seed: bigint;
  /** Threads that paint; default: all cores. */
  readonly jobs?: number;
  /** Called after each patient with the number of finished and of all cases. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes the set in `folder`: images/, dataset.yaml, cases.csv, protocol.yaml, truth/readings.jsonl. The same seed gives the
 * same bytes with any number of jobs. What the generator knows of its nodules is written nowhere.
 */
export async function makeChestCtSet(
  folder: string,
  { seed, jobs = availableParallelism(), onProgress }: MakeOptions,
): Promise<{ cases: number; patients: number }> {
  const plans = planChestCtSet(seed);
  const images = join(folder, "images");
  await mkdir(images, { recursive: true });
  await mkdir(join(folder, "truth"), { recursive: true });
  const caseIds = plans.flatMap((plan) => plan.cases.map((c) => c.caseId));
  let done = 0;
  const painted = await paintInThreads({
    worker: new URL("./paint-worker.js", import.meta.url),
    orders: plans.map((plan) => ({ plan, images })),
    jobs,
    here: (order) => paintPatient(order.plan, order.images),
    onPainted({ plan }) {
      done += plan.cases.length;
      onProgress?.(done, caseIds.length);
    },
  });
  const rows = plans.flatMap((plan) =>
    plan.cases.map((c) => [c.caseId, plan.patientId, plan.siteId, `images/${c.caseId}`]),
  );
  await writeSetDocuments(folder, {
    card: card(seed),
    protocol: defaultProtocol(),
    cases: [["case_id", "patient_id", "site_id", "image"], ...rows],
    readings: inSequence(painted.flat(), caseIds, seed),
  });
  return { cases: caseIds.length, patients: plans.length };
}

/** Adds the order in which each reader saw the cases: another one in each round. */
function inSequence(readings: readonly Reading[], caseIds: readonly string[], seed: bigint): Reading[] {
  const orders = new Map<string, Map<string, number>>();
  const orderOf = (reader: string, round: number): Map<string, number> => {
    const key = `${reader} ${round}`;
    let order = orders.get(key);
    if (order === undefined) {
      const random = new RandomStream(seed, streamOf("chest-ct-set", "sequence", reader, round));
      order = new Map(random.shuffle([...caseIds]).map((id, n) => [id, n + 1]));
      orders.set(key, order);
    }
    return order;
  };
  return readings.map((line) => ({ ...line, sequence: orderOf(line.reader, line.round).get(line.case) ?? 0 }));
}

function card(seed: bigint): unknown {
  return datasetCard.type.parse({
    schema: datasetCard.schemaId,
    id: "embedded-chest-ct",
    version: "1.0.0",
    title: { "zh-CN": "内置合成胸部CT测试集", en: "Embedded synthetic chest CT test set" },
    task: "lung-nodule-detection",
    modality: "CT",
    owner: "medassay",
    licence: "Apache-2.0",
    provenance: "synthetic",
    sites: sites.map(({ id, name, region, level }) => ({ id, name, region, level })),
    annotators: readers.map(({ id, role, qualification, years }) => ({ id, role, qualification, years })),
    annotation: {
      design: "two-readers-two-rounds-blind-with-arbiter",
      adjudication: { rule: "two-readers-arbiter", pairing },
      note: "Simulated readers: what they miss, where they disagree and how their sizes scatter follows size, contrast and slice thickness.",
    },
    collection: {
      period: "synthetic",
      inclusion:
        "Painted chest CT of 34 invented patients, every third without nodules; 12 patients in a thin and a thick series of the same scan.",
      exclusion: "None.",
      deidentification: "Not needed: no person was scanned.",
    },
    intendedUse: `Demonstration and self-test of medassay (seed ${seed}). Says nothing about performance on patients.`,
  });
}

function defaultProtocol(): unknown {
  return protocol.type.parse({
    schema: protocol.schemaId,
    id: "embedded-chest-ct",
    version: "1.0.0",
    task: "lung-nodule-detection",
    acceptance: [
      {
        id: "lesion-sensitivity",
        metric: "lesion-sensitivity",
        compare: "estimate",
        atLeast: 0.6,
        clause: "demonstration",
      },
      {
        id: "false-positives",
        metric: "false-positives-per-case",
        compare: "estimate",
        atMost: 2,
        clause: "demonstration",
      },
    ],
  });
}
