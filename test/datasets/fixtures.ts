/** Small test sets on disk for tests of the rooms that read them. */
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { DatasetCard } from "../../src/contract/dataset-card.js";
import type { Finding } from "../../src/contract/finding.js";
import type { Reading, Reference } from "../../src/contract/reading.js";
import { writeCard, writeCases, type NewCase } from "../../src/datasets/importers/importer.js";
import { ctSeriesWriter, uidFromName } from "../../src/imaging/dicom/write.js";
import { writeJsonLines } from "../../src/storage/atomic.js";

/** A new folder for each test, removed after it. Call the result to get its path. */
export function testFolder(): () => string {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "medassay-datasets-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return () => folder;
}

export function cardOf(overrides: Partial<DatasetCard> = {}): DatasetCard {
  return {
    schema: "medassay/dataset/1",
    id: "small-set",
    version: "1",
    title: { "zh-CN": "小型测试集", en: "Small set" },
    task: "lung-nodule-detection",
    modality: "CT",
    owner: "owner",
    licence: "none",
    provenance: "synthetic",
    sites: [{ id: "s1", name: "Site 1", region: "north" }],
    annotators: [],
    annotation: { design: "imported" },
    collection: {},
    waivers: [],
    ...overrides,
  };
}

export function sphere(
  id: string,
  center: readonly number[],
  diameterMm: number,
  more: Partial<Finding> = {},
): Finding {
  return { id, geometry: { type: "sphere", center: [...center], diameterMm }, attributes: { diameterMm }, ...more };
}

export function referenceLine(caseId: string, findings: Finding[] = []): Reference {
  return { case: caseId, findings, labels: {}, quantities: {}, basis: { rule: "imported", readers: [] } };
}

export function readingLine(caseId: string, reader: string, round: number, more: Partial<Reading> = {}): Reading {
  return { case: caseId, reader, round, findings: [], labels: {}, quantities: {}, ...more };
}

/** Writes a set: card, cases, and what truth is given. */
export async function writeSet(
  folder: string,
  parts: {
    card?: DatasetCard;
    cases: readonly NewCase[];
    reference?: readonly Reference[];
    readings?: readonly Reading[];
  },
): Promise<void> {
  const { schema: _, ...card } = parts.card ?? cardOf();
  await writeCard(folder, card);
  await writeCases(folder, parts.cases);
  if (parts.reference) await writeJsonLines(join(folder, "truth", "reference.jsonl"), parts.reference);
  if (parts.readings) await writeJsonLines(join(folder, "truth", "readings.jsonl"), parts.readings);
}

/** Writes a CT series of 8 x 8 pixels, 1 mm apart in the plane and `spacing` mm between slices; returns its files. */
export function writeSeries(
  folder: string,
  name: string,
  options: { slices?: number; spacing?: number; patientId?: string; patientName?: string; salt?: number } = {},
): string[] {
  const { slices = 6, spacing = 2, patientId = name, salt = 0 } = options;
  mkdirSync(folder, { recursive: true });
  const write = ctSeriesWriter({
    patientId,
    patientName: options.patientName ?? patientId,
    sex: "F",
    ageYears: 61,
    studyInstanceUid: uidFromName(`study ${name}`),
    seriesInstanceUid: uidFromName(`series ${name}`),
    frameOfReferenceUid: uidFromName(`frame ${name}`),
    acquisitionYear: 2023,
    manufacturer: "SIEMENS",
    model: "Definition",
    softwareVersion: "1",
    kernel: "B70f",
    kvp: 120,
    tubeCurrentMa: 100,
    exposureTimeMs: 500,
    exposureMas: 50,
    sliceThicknessMm: spacing,
    rows: 8,
    columns: 8,
    spacingMm: [1, 1],
    rescaleIntercept: -1024,
  });
  return Array.from({ length: slices }, (_, index) => {
    const file = join(folder, `${String(slices - index).padStart(3, "0")}.dcm`);
    const pixels = Int16Array.from({ length: 64 }, (_pixel, at) => index * 100 + at + salt * 1000);
    const sopInstanceUid = uidFromName(`slice ${name} ${index}`);
    write(file, { sopInstanceUid, instanceNumber: slices - index, position: [0, 0, index * spacing] }, pixels);
    return file;
  });
}
