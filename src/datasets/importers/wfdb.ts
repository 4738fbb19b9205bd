/** Annotated ECG records of WFDB collections (MIT-BIH and others): headers and reference annotations, without the signals. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readWfdbAnnotations, readWfdbHeader } from "../../annotations/wfdb.js";
import { id } from "../../contract/common.js";
import { fail } from "../../contract/errors.js";
import type { Event } from "../../contract/event.js";
import type { Reference } from "../../contract/reading.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { beatClassOf } from "../../tasks/forms/sequence/beats.js";
import { defineImporter, writeCard, writeCases, type NewCase } from "./importer.js";
import { asId } from "./series.js";

const options = z.strictObject({
  id: id.default("wfdb"),
  /** Suffix of the reference annotations. */
  annotator: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,20}$/)
    .default("atr"),
  /** Records of one patient, `201+202`; several patients with commas between. */
  samePatient: z.string().default(""),
  /** Records with paced beats, which EC57 leaves out of its totals. */
  paced: z.enum(["leave-out", "keep"]).default("leave-out"),
  /** Site of all records. */
  site: id.optional(),
  provenance: z.enum(["clinical", "public", "synthetic"]).default("public"),
  owner: z.string().min(1).default("not stated"),
  licence: z.string().min(1).default("not stated"),
  citation: z.string().optional(),
});

/** What is scored besides beats: rhythm, signal quality, ventricular fibrillation. Notes in free text stay behind. */
const otherMarks = ["+", "~", "[", "]"];

export const wfdb = defineImporter({
  id: "wfdb",
  title: {
    "zh-CN": "WFDB 心电记录的参考标注（无信号）",
    en: "Reference annotations of WFDB records (without signals)",
  },
  description: {
    "zh-CN":
      "每条记录一个 .hea 与一个标注文件（annotator，默认 atr，MIT 格式）。搏动、节律、信号质量与室颤标注成为参考事件（秒）；含起搏搏动的记录默认不导入（paced=keep 则保留）；samePatient=201+202 表示同一患者。产品结果用 score 提交 predictions.jsonl，每例 events。",
    en: "a .hea and an annotation file (annotator, atr unless named; MIT format) a record. Beats, rhythms, signal quality and ventricular fibrillation become reference events in seconds; records with paced beats are left out (paced=keep keeps them); samePatient=201+202 joins records of one patient. Answers of a product come through `score` as predictions.jsonl with events.",
  },
  source: "WFDB (Moody and others, PhysioNet): header(5), annot(5)",
  options,
  write: async (source, folder, given, onProgress) => {
    const files = await readdir(source);
    const suffix = `.${given.annotator}`;
    const records = files
      .filter((name) => name.endsWith(".hea") && files.includes(name.replace(/\.hea$/, suffix)))
      .map((name) => name.slice(0, -".hea".length))
      .sort();
    if (records.length === 0)
      fail("IMPORT_SOURCE_INVALID", `${source} holds no record with a .hea and a ${suffix} file`, { file: source });
    const patients = new Map(
      given.samePatient.split(",").flatMap((group) => {
        const own = group.split("+").map((name) => name.trim());
        return own.map((name): [string, string] => [name, own[0] as string]);
      }),
    );
    const cases: NewCase[] = [];
    const references: Reference[] = [];
    const paced: string[] = [];
    for (const [done, record] of records.entries()) {
      const file = join(source, record);
      const header = await readWfdbHeader(`${file}.hea`);
      const { annotations, timeResolution } = await readWfdbAnnotations(file + suffix);
      onProgress("reading records", done + 1, records.length);
      if (annotations.some(({ symbol }) => symbol === "/") && given.paced === "leave-out") {
        paced.push(record);
        continue;
      }
      if (header.samples === null)
        fail("IMPORT_SOURCE_INVALID", `${file}.hea does not say how long the record is`, { file: `${file}.hea` });
      const ticks = timeResolution ?? header.fs;
      const caseId = asId(record) as string;
      cases.push({
        id: caseId,
        patient: asId(patients.get(record)) ?? caseId,
        site: given.site,
        attributes: {
          samplingHz: header.fs,
          durationS: header.samples / header.fs,
          leads: header.signals,
          ageYears: header.age,
          sex: header.sex,
        },
      });
      references.push({
        case: caseId,
        findings: [],
        labels: {},
        quantities: {},
        events: annotations
          .filter(({ symbol }) => beatClassOf(symbol) !== null || otherMarks.includes(symbol))
          .map(({ sample, symbol, subtype, aux }): Event => ({
            time: sample / ticks,
            symbol,
            ...(symbol === "~" ? { subtype } : {}),
            ...(symbol === "+" ? { aux: aux.slice(0, 64) } : {}),
          })),
        basis: { rule: "imported", readers: [] },
      });
    }
    if (cases.length === 0)
      fail("IMPORT_SOURCE_INVALID", `all ${records.length} records of ${source} have paced beats`, {
        file: source,
        hint: "Keep them with --set paced=keep.",
      });
    await writeCases(folder, cases);
    await writeJsonLines(join(folder, "truth", "reference.jsonl"), references);
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: { "zh-CN": "心电记录参考标注测试集（无信号）", en: "Annotated ECG records (without signals)" },
      task: "ecg-beats",
      modality: "ECG",
      owner: given.owner,
      licence: given.licence,
      provenance: given.provenance,
      sites: given.site ? [{ id: given.site, name: given.site }] : [],
      annotators: [],
      annotation: { design: "imported", note: `Reference annotations from ${suffix} files.` },
      collection: {},
      ...(given.citation === undefined ? {} : { citation: given.citation }),
      waivers: [],
    });
    return {
      cases: cases.length,
      files: 0,
      findings: references.reduce((sum, { events = [] }) => sum + events.length, 0),
      readings: 0,
      notes: [
        `records with paced beats left out: ${paced.join(", ") || "none"}`,
        "no signals: models can't be run on this set, answers come through `medassay score`",
      ],
    };
  },
});
