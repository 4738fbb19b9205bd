/**
 * Real ECG annotations from import to result: 30 records of the MIT-BIH Arrhythmia Database, and an answer made from them by
 * known changes, so that every count follows from the changes.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Event } from "../../src/contract/event.js";
import type { MetricResult } from "../../src/contract/result.js";
import { check, compare, evaluate, importDataset, report, score, verify, type Result } from "../../src/index.js";
import { beatClassOf, type BeatClass } from "../../src/tasks/forms/sequence/beats.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();
const data = shared === null ? null : join(shared, "data/ecg_mitdb");

/** First second of the test period. */
const start = 300;
const fs = 360;

type Mark = Extract<Event, { time: number }>;

interface Counts {
  beats: number;
  missed: number;
  extra: number;
  byClass: Record<BeatClass, number>;
  vebMissed: number;
  vebCalledNormal: number;
}

/**
 * The answer: every 50th beat missing, every 7th V called N, all others 3 samples late; an extra beat 0.2 s after every
 * 40th beat where the next is 0.6 s or more away.
 */
function answerOf(events: readonly Mark[]): { answer: Mark[]; counts: Counts } {
  const counts: Counts = {
    beats: 0,
    missed: 0,
    extra: 0,
    byClass: { N: 0, S: 0, V: 0, F: 0, Q: 0 },
    vebMissed: 0,
    vebCalledNormal: 0,
  };
  const beats = events.filter(({ symbol }) => beatClassOf(symbol) !== null);
  const answer = events.filter(({ symbol }) => symbol === "+");
  let ventricular = 0;
  beats.forEach(({ time, symbol }, at) => {
    const counted = Math.round(time * fs) >= start * fs;
    const beat = beatClassOf(symbol) as BeatClass;
    if (counted) {
      counts.beats++;
      counts.byClass[beat]++;
    }
    if (beat === "V") ventricular++;
    if (at % 50 === 49) {
      if (counted) counts.missed++;
      if (counted && beat === "V") counts.vebMissed++;
      return;
    }
    const turned = beat === "V" && ventricular % 7 === 0;
    if (turned && counted) counts.vebCalledNormal++;
    answer.push({ time: time + 3 / fs, symbol: turned ? "N" : symbol });
    const next = beats[at + 1]?.time ?? 0;
    if (at % 40 === 39 && next - time > 0.6 && time > start + 1) {
      answer.push({ time: time + 0.2, symbol: "V" });
      counts.extra++;
    }
  });
  return { answer, counts };
}

const isMark = (event: Event): event is Mark => "time" in event;

if (data === null || !existsSync(data)) {
  noteMissing("MIT-BIH annotations", 1);
  it("the ECG records are not at hand", () => expect(data === null || !existsSync(data)).toBe(true));
} else {
  const scratch = mkdtempSync(join(tmpdir(), "medassay-beats-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const set = join(scratch, "set");
  const run = join(scratch, "run");
  const total: Counts[] = [];
  let result: Result;

  beforeAll(async () => {
    const summary = await importDataset("wfdb", data, set, { samePatient: "201+202" });
    expect(summary.notes[0]).toMatch(/paced beats left out: .*102.*217/);
    writeFileSync(
      join(set, "protocol.yaml"),
      `schema: medassay/protocol/1\nid: ecg\nversion: "1"\ntask: ecg-beats\nblinding: open\nintervals: { replicates: 500 }\n`,
    );
    await check(set);
    const lines = readFileSync(join(set, "truth/reference.jsonl"), "utf8").trim().split("\n");
    const predictions = lines.map((line) => {
      const { case: caseId, events } = JSON.parse(line) as { case: string; events: Event[] };
      const { answer, counts } = answerOf(events.filter(isMark));
      total.push(counts);
      return JSON.stringify({ case: caseId, status: "ok", events: answer });
    });
    writeFileSync(join(scratch, "answer.jsonl"), `${predictions.join("\n")}\n`);
    await scoreAs("detector", join(scratch, "answer.jsonl"), run);
    [result] = (await evaluate({ run })) as [Result];
  }, 60_000);

  async function scoreAs(id: string, predictions: string, out: string): Promise<void> {
    const submission = join(scratch, `${id}.yaml`);
    writeFileSync(
      submission,
      `schema: medassay/submission/1
id: ${id}
vendor: made
product:
  name: { zh-CN: 检测器, en: detector }
  model: made
  version: { release: "1.0", complete: 1.0.0.0 }
task: ecg-beats
kind: predictions
`,
    );
    await score({ dataset: set, predictions, submission, out, openTruth: true });
  }

  const sum = (of: (counts: Counts) => number) => total.reduce((all, counts) => all + of(counts), 0);
  const row = (metric: string): MetricResult => {
    const found = result.metrics.find((one) => one.metric === metric && Object.keys(one.stratum).length === 0);
    if (!found) throw new Error(`no row ${metric}`);
    return found;
  };
  const fraction = (metric: string) => [row(metric).n.numerator, row(metric).n.denominator];

  describe("an answer made from the MIT-BIH reference by known changes", () => {
    it("has the counts of the changes", () => {
      const [beats, missed, extra] = [sum((c) => c.beats), sum((c) => c.missed), sum((c) => c.extra)];
      const veb = sum((c) => c.byClass.V);
      expect(beats).toBeGreaterThan(45_000);
      expect(fraction("qrs-sensitivity")).toEqual([beats - missed, beats]);
      expect(fraction("qrs-ppv")).toEqual([beats - missed, beats - missed + extra]);
      const right = veb - sum((c) => c.vebMissed + c.vebCalledNormal);
      expect(fraction("veb-sensitivity")).toEqual([right, veb]);
      expect(fraction("veb-ppv")).toEqual([right, right + extra]);
      expect(row("sveb-sensitivity").n.denominator).toBe(sum((c) => c.byClass.S));
    });

    it("has averages over records and intervals by patient", () => {
      const shares = total.map(({ beats, missed }) => (beats - missed) / beats);
      expect(row("average-qrs-sensitivity").estimate).toBeCloseTo(
        shares.reduce((all, share) => all + share, 0) / shares.length,
        12,
      );
      for (const metric of ["qrs-sensitivity", "average-qrs-sensitivity", "veb-ppv", "average-veb-ppv"]) {
        const { estimate, interval } = row(metric);
        expect(interval, metric).not.toBeNull();
        expect(Number(interval?.low)).toBeLessThan(Number(estimate));
        expect(Number(interval?.high)).toBeGreaterThan(Number(estimate));
      }
      expect(row("qrs-sensitivity").interval?.method).toBe("korn_graubard");
    });

    it("has all episodes of atrial fibrillation, and no error of RR intervals", () => {
      const [found, all] = fraction("af-episode-sensitivity");
      expect(all).toBeGreaterThan(20);
      expect(found).toBe(all);
      const [covered, time] = fraction("af-duration-ppv");
      expect(time).toBeGreaterThan(600_000);
      expect(covered).toBe(time);
      expect(row("rr-error").estimate).toBe(0);
    });

    it("is inferior to a copy of the reference, patient by patient", async () => {
      const copy = readFileSync(join(set, "truth/reference.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => {
          const { case: caseId, events } = JSON.parse(line) as { case: string; events: Event[] };
          return JSON.stringify({ case: caseId, status: "ok", events });
        });
      writeFileSync(join(scratch, "copy.jsonl"), `${copy.join("\n")}\n`);
      const other = join(scratch, "copied");
      await scoreAs("copy", join(scratch, "copy.jsonl"), other);
      const [perfect] = (await evaluate({ run: other })) as [Result];
      for (const { metric, stratum, estimate: value } of perfect.metrics)
        if (value !== null && Object.keys(stratum).length === 0)
          expect([metric, value]).toEqual([metric, /false-positive-rate|rr-error/.test(metric) ? 0 : 1]);
      const { differences } = await compare({
        baseline: join(run, "detector"),
        candidate: join(other, "copy"),
        out: scratch,
      });
      const difference = differences.find(
        ({ metric, stratum }) => metric === "qrs-sensitivity" && !Object.keys(stratum).length,
      );
      expect(difference?.verdict).toBe("superior");
      expect(difference?.difference).toBeCloseTo(sum((c) => c.missed) / sum((c) => c.beats), 12);
    }, 60_000);

    it("can be reported and verified", async () => {
      await report({ run });
      expect(await verify({ run })).toMatchObject({ ok: true });
      const page = readFileSync(join(run, "detector/report/report.html"), "utf8");
      expect(page).toContain("QRS 波检出灵敏度");
      expect(page).toContain("Beats pair one to one with the nearest within 150 ms");
    }, 60_000);
  });
}
