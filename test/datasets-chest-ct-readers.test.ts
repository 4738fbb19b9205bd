/** The plan of the embedded chest CT set, and its simulated readers. */
import { describe, expect, test } from "vitest";
import type { Nodule, NoduleType } from "../datasets/chest-ct/nodules.js";
import { planChestCtSet, sites, type CasePlan } from "../datasets/chest-ct/plan.js";
import { pairing, readChestCt, readers, type ReadChest } from "../datasets/chest-ct/readers.js";
import { reading } from "../src/contract/reading.js";
import { datasetCard } from "../src/contract/dataset-card.js";
import { referencesOf } from "../src/datasets/adjudicate.js";
import { pairMarks } from "../src/datasets/pairing.js";

describe("the plan", () => {
  const plan = planChestCtSet(7n);
  const cases = plan.flatMap((patient) => patient.cases);

  test("has more than 40 cases at five thicknesses, from five sites and at least four makers", () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    expect(new Set(cases.map((c) => c.caseId)).size).toBe(cases.length);
    expect([...new Set(cases.map((c) => c.thicknessMm))].sort((a, b) => a - b)).toEqual([0.625, 1, 1.25, 2, 5]);
    expect(new Set(plan.map((p) => p.siteId)).size).toBe(sites.length);
    expect(sites.length).toBeGreaterThanOrEqual(5);
    expect(new Set(plan.map((p) => p.manufacturer)).size).toBeGreaterThanOrEqual(4);
  });

  test("renders twelve patients at two thicknesses and leaves at least 40 % of the cases alone", () => {
    expect(plan.filter((p) => p.cases.length === 2)).toHaveLength(12);
    expect(plan.filter((p) => p.cases.length === 1).length / cases.length).toBeGreaterThanOrEqual(0.4);
  });

  test("has about one third of normal patients, and phantoms whose seeds no training uses", () => {
    const normal = plan.filter((p) => p.phantom.nodules === 0).length / plan.length;
    expect(normal).toBeGreaterThan(0.25);
    expect(normal).toBeLessThan(0.4);
    expect(new Set(plan.map((p) => p.phantom.seed)).size).toBe(plan.length);
    for (const { phantom } of plan) expect(phantom.seed).toBeLessThan(1_000_000);
  });

  test("is the same for the same seed only", () => {
    expect(planChestCtSet(7n)).toEqual(plan);
    expect(planChestCtSet(8n)).not.toEqual(plan);
  });
});

/** Chests with one nodule each on a wide raster, so that marks of different nodules never meet. */
function chest(seed: number, diameterMm: number, type: NoduleType): ReadChest {
  return {
    patient: { seed },
    nodules: [{ center: [50, 10, 120], diameterMm, type } as unknown as Nodule],
    distractors: [{ center: [-50, 0, 100], diameterMm: 4, kind: "scar" }],
  };
}
const casePlan = (thicknessMm: number): CasePlan => ({
  caseId: "ct-001",
  thicknessMm,
  kernel: "standard",
  kernelName: "STANDARD",
});

/** Share of chests in which a reader marked the nodule in his last round. */
function sensitivity(diameterMm: number, type: NoduleType, thicknessMm: number): number {
  let found = 0;
  const chests = 300;
  for (let seed = 0; seed < chests; seed++) {
    const lines = readChestCt(casePlan(thicknessMm), chest(seed, diameterMm, type));
    const last = lines.find((line) => line.reader === "reader-1" && line.round === 2);
    if (last?.findings.some((mark) => mark.id.endsWith("-n0"))) found++;
  }
  return found / chests;
}

describe("the readers", () => {
  test("give a line for each of two readers in two rounds, and an arbiter's only for a dispute, all valid", () => {
    let disputes = 0;
    for (let seed = 0; seed < 60; seed++) {
      const lines = readChestCt(casePlan(1.25), chest(seed, 6, "solid"));
      expect(lines.slice(0, 4).map((line) => `${line.reader} ${line.round}`)).toEqual([
        "reader-1 1",
        "reader-1 2",
        "reader-2 1",
        "reader-2 2",
      ]);
      for (const line of lines) expect(() => reading.type.parse({ ...line, schema: reading.schemaId })).not.toThrow();
      const [a, b] = [lines[1]?.findings ?? [], lines[3]?.findings ?? []];
      const alone = a.length + b.length - 2 * pairMarks(a, b, pairing).length;
      expect(lines.length).toBe(alone > 0 ? 5 : 4);
      expect(lines[4]?.trigger?.length ?? 0).toBe(alone);
      disputes += alone > 0 ? 1 : 0;
    }
    expect(disputes).toBeGreaterThan(5);
    expect(disputes).toBeLessThan(50);
  });

  test("miss more of what is small, faint, or thin against the slice", () => {
    const [tiny, small, large] = [4, 7, 14].map((d) => sensitivity(d, "solid", 1.25)) as [number, number, number];
    expect(tiny).toBeLessThan(small - 0.1);
    expect(small).toBeLessThan(large - 0.1);
    expect(large).toBeGreaterThan(0.85);
    expect(sensitivity(8, "ground-glass", 1.25)).toBeLessThan(sensitivity(8, "solid", 1.25) - 0.1);
    expect(sensitivity(4, "solid", 5)).toBeLessThanOrEqual(sensitivity(4, "solid", 1.25));
  });

  test("give the same reading again for the same chest, and independent ones in another rendering", () => {
    const lines = readChestCt(casePlan(1.25), chest(3, 9, "solid"));
    expect(readChestCt(casePlan(1.25), chest(3, 9, "solid"))).toEqual(lines);
    const other = readChestCt({ ...casePlan(5), caseId: "ct-002" }, chest(3, 9, "solid"));
    expect(other[0]?.findings).not.toEqual(lines[0]?.findings);
  });

  test("make a reference by adjudication that leaves nothing unresolved", () => {
    const card = datasetCard.type.parse({
      schema: datasetCard.schemaId,
      id: "x",
      version: "1",
      title: { "zh-CN": "x", en: "x" },
      task: "lung-nodule-detection",
      modality: "CT",
      owner: "x",
      licence: "x",
      provenance: "synthetic",
      annotators: readers.map(({ id, role }) => ({ id, role })),
      annotation: { design: "x", adjudication: { rule: "two-readers-arbiter", pairing } },
    });
    const ids = Array.from({ length: 80 }, (_, n) => `ct-${n}`);
    const lines = ids.flatMap((caseId, n) =>
      readChestCt({ ...casePlan(n % 2 ? 5 : 1), caseId }, chest(n, 5 + (n % 8), n % 3 ? "solid" : "ground-glass")),
    );
    const references = referencesOf(lines, card, ids);
    expect(references).toHaveLength(80);
    const findings = references.reduce((sum, line) => sum + line.findings.length, 0);
    expect(findings).toBeGreaterThan(30);
    expect(findings).toBeLessThan(100);
  });
});
