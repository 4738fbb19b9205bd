/**
 * A real network and five readers on 827 tracings, six yes/no labels each: what the authors published (confusion counts, scores,
 * kappas, McNemar's tests) comes out of import, score and evaluate, by class.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check, evaluate, importDataset, report, score, verify, type Result } from "../../src/index.js";
import { decimalOf, roundTo } from "../../src/report/numbers.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();
const data = shared === null ? null : join(shared, "data/ecg_readers_827");

interface Expected {
  readonly n: number;
  readonly classes: readonly string[];
  readonly prevalence: Readonly<Record<string, number>>;
  readonly confusion_vs_gold: Readonly<
    Record<string, Record<string, { tp: number; fp: number; fn: number; tn: number }>>
  >;
  readonly kappa: Readonly<Record<string, Record<string, number>>>;
  readonly dnn_auc: Readonly<Record<string, number>>;
  readonly dnn_average_precision_sklearn: Readonly<Record<string, number>>;
  readonly mcnemar_discordant: Readonly<Record<string, Record<string, [number, number]>>>;
  readonly dnn_threshold_interval: Readonly<Record<string, [number, number]>>;
}

/** Cells of a CSV by row. */
const table = (file: string): string[][] =>
  readFileSync(file, "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));

/** The names of the published tables -> ids here. */
const raters: Readonly<Record<string, string>> = {
  DNN: "product",
  "cardio.": "cardiology_residents",
  "emerg.": "emergency_residents",
  "stud.": "medical_students",
  "Cert. cardiol. 1": "cardiologist1",
  "Certif. cardiol. 2": "cardiologist2",
};
const raterOf = (published: string): string => raters[published] ?? `unknown ${published}`;
/** The names of expected.json -> ids here. */
const idOf = (name: string): string => ({ dnn: "product", gold_standard: "reference" })[name] ?? name;

if (data === null || !existsSync(data)) {
  noteMissing("ECG readers", 4);
  it("the ECG set is not at hand", () => expect(data === null || !existsSync(data)).toBe(true));
} else {
  const scratch = mkdtempSync(join(tmpdir(), "medassay-ecg-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const expected = JSON.parse(readFileSync(join(data, "expected.json"), "utf8")) as Expected;
  const published = (name: string) => table(join(data, "published_tables", name));
  const run = join(scratch, "run");
  let result: Result;

  beforeAll(async () => {
    const set = join(scratch, "set");
    await importDataset("label-tables", data, set, { leaveOut: "dnn" });
    writeFileSync(
      join(set, "protocol.yaml"),
      `schema: medassay/protocol/1\nid: ecg\nversion: "1"\ntask: ecg-diagnosis\nblinding: open\n`,
    );
    await check(set);
    const predictions = join(scratch, "dnn.csv");
    const { classes } = expected;
    const decisions = table(join(data, "annotations/dnn.csv")).slice(1);
    const scores = table(join(data, "dnn_probability.csv")).slice(1);
    const header = ["case", ...classes.map((name) => `labels.${name}`), ...classes.map((name) => `scores.${name}`)];
    const rows = decisions.map((row, at) =>
      [`c${String(at + 1).padStart(6, "0")}`, ...row.slice(1), ...(scores[at] ?? []).slice(1)].join(","),
    );
    writeFileSync(predictions, `${[header.join(","), ...rows].join("\n")}\n`);
    const submission = join(scratch, "submission.yaml");
    writeFileSync(
      submission,
      `schema: medassay/submission/1
id: dnn
vendor: Ribeiro et al.
product:
  name: { zh-CN: 深度神经网络, en: deep neural network }
  model: residual network
  version: { release: "1.0", complete: 1.0.0.0 }
task: ecg-diagnosis
kind: predictions
`,
    );
    await score({ dataset: set, predictions, submission, out: run, openTruth: true });
    [result] = (await evaluate({ run })) as [Result];
  }, 60_000);

  const panelOf = (name: string) => {
    const found = result.readerPanel?.find(({ stratum }) => stratum.class === name);
    if (!found) throw new Error(`no panel of ${name}`);
    return found;
  };
  const pairOf = (name: string, a: string, b: string) => {
    const found = panelOf(name).pairs.find(({ between }) => between.includes(a) && between.includes(b));
    if (!found) throw new Error(`no pair ${a} and ${b} in ${name}`);
    return found;
  };
  const countsOf = (name: string, rater: string) => {
    const found = panelOf(name).raters.find((one) => one.rater === rater);
    if (!found) throw new Error(`no rater ${rater} in ${name}`);
    return found;
  };
  const threeDecimals = (value: number | null | undefined) =>
    value === null || value === undefined ? "none" : roundTo(decimalOf(value), 3);

  describe("a network and five readers on 827 tracings", () => {
    it("has the classes and their prevalence", () => {
      expect(result.context.task.classes?.map(({ id }) => id)).toEqual(expected.classes);
      expect(result.sample.cases).toBe(expected.n);
      for (const name of expected.classes) {
        const row = result.sample.composition.find(
          ({ stratum }) => stratum.class === name && Object.keys(stratum).length === 1,
        );
        expect(row).toMatchObject({ cases: expected.n, positiveCases: expected.prevalence[name] });
      }
    });

    it("gives the 24 published confusion tables", () => {
      const [heads = [], , , ...rows] = published("confusion_matrices.csv");
      let compared = 0;
      for (const name of expected.classes) {
        const cells = (truth: string) => rows.find((row) => row[0] === name && row[1] === truth) ?? [];
        for (let column = 2; column < heads.length; column += 2) {
          const [tn, fp] = cells("not present").slice(column).map(Number);
          const [fn, tp] = cells("present").slice(column).map(Number);
          expect(countsOf(name, raterOf(heads[column] ?? "")).counts, `${name}, ${heads[column]}`).toEqual({
            tp,
            fp,
            fn,
            tn,
          });
          compared++;
        }
      }
      expect(compared).toBe(24);
    });

    it("gives the 96 published scores at three decimals", () => {
      const measureOf: Readonly<Record<string, string>> = {
        Precision: "ppv",
        Recall: "sensitivity",
        Specificity: "specificity",
        "F1 score": "f1",
      };
      const [measures = [], heads = [], ...rows] = published("scores.csv");
      let compared = 0;
      for (const [name = "", ...values] of rows) {
        values.forEach((value, at) => {
          const { metrics } = countsOf(name, raterOf(heads[at + 1] ?? ""));
          const metric = metrics.find((row) => row.metric === measureOf[measures[at + 1] ?? ""]);
          expect(threeDecimals(metric?.estimate), `${name}, ${measures[at + 1]}, ${heads[at + 1]}`).toBe(value);
          expect(metric?.interval).not.toBeNull();
          compared++;
        });
      }
      expect(compared).toBe(96);
    });

    it("gives the 36 and 18 published kappas at three decimals", () => {
      let compared = 0;
      for (const file of ["kappa.csv", "kappas_annotators_and_DNN.csv"]) {
        const [heads = [], ...rows] = published(file);
        for (const [pair = "", ...values] of rows) {
          const [a = "", b = ""] = pair.split(" vs ").map(raterOf);
          values.forEach((value, at) => {
            const { kappa } = pairOf(heads[at + 1] ?? "", a, b);
            expect(threeDecimals(kappa.estimate), `${pair}, ${heads[at + 1]}`).toBe(value);
            expect(kappa.interval?.method).toBe("kappa_adjusted_wald");
            compared++;
          });
        }
      }
      expect(compared).toBe(54);
    });

    it("gives the 36 published p values of McNemar's test, by the uncorrected chi-square and by no other", () => {
      const [heads = [], ...rows] = published("mcnemar.csv");
      const agreed: Record<string, number> = {};
      let compared = 0;
      for (const [pair = "", ...values] of rows) {
        const [a = "", b = ""] = pair.split(" vs ").map(raterOf);
        values.forEach((value, at) => {
          const { correctness } = pairOf(heads[at + 1] ?? "", a, b);
          for (const { test, p } of correctness?.tests ?? []) {
            if (threeDecimals(p) === value) agreed[test] = (agreed[test] ?? 0) + 1;
          }
          compared++;
        });
      }
      expect(compared).toBe(36);
      expect(agreed["mcnemar-uncorrected"]).toBe(36);
      expect(agreed["mcnemar-exact"]).toBe(2);
    });

    it("has every exact figure: counts, kappas, discordant cases, areas", () => {
      for (const [name, byClass] of Object.entries(expected.confusion_vs_gold))
        for (const [label, counts] of Object.entries(byClass))
          expect(countsOf(label, idOf(name)).counts, `${name}, ${label}`).toEqual(counts);
      let kappas = 0;
      for (const [pair, byClass] of Object.entries(expected.kappa)) {
        const [a = "", b = ""] = pair.split("|").map(idOf);
        for (const [label, value] of Object.entries(byClass)) {
          expect(pairOf(label, a, b).kappa.estimate, `${pair}, ${label}`).toBeCloseTo(value, 8);
          kappas++;
        }
      }
      expect(kappas).toBeGreaterThanOrEqual(36);
      for (const [pair, byClass] of Object.entries(expected.mcnemar_discordant)) {
        const [a = "", b = ""] = pair.split("|").map(idOf);
        for (const [label, [first, second]] of Object.entries(byClass)) {
          const { between, correctness } = pairOf(label, a, b);
          const { onlyFirst, onlySecond } = correctness?.counts ?? {};
          const own = between[0] === a ? [onlyFirst, onlySecond] : [onlySecond, onlyFirst];
          expect(own, `${pair}, ${label}`).toEqual([first, second]);
        }
      }
      const ofScores = { auc: expected.dnn_auc, "average-precision": expected.dnn_average_precision_sklearn };
      for (const [name, byClass] of Object.entries(ofScores)) {
        expect(Object.keys(byClass)).toEqual(expected.classes);
        for (const [label, value] of Object.entries(byClass)) {
          const row = result.metrics.find(
            ({ metric, stratum }) => metric === name && stratum.class === label && Object.keys(stratum).length === 1,
          );
          expect(row?.estimate, `${name}, ${label}`).toBeCloseTo(value, 8);
        }
      }
    });

    it("says for which classes no threshold on the scores gives the decisions", () => {
      const found = result.decisionConsistency ?? [];
      expect(found.map(({ stratum }) => stratum.class)).toEqual(expected.classes);
      for (const { stratum, highestNegative, lowestPositive, consistent } of found) {
        const [highest, lowest] = expected.dnn_threshold_interval[stratum.class ?? ""] as [number, number];
        expect(highestNegative).toBeCloseTo(highest, 8);
        expect(lowestPositive).toBeCloseTo(lowest, 8);
        expect(consistent).toBe(highest < lowest);
      }
      const flagged = result.metrics.filter(
        ({ metric, stratum, flags }) =>
          metric === "auc" && Object.keys(stratum).length === 1 && flags.includes("scores-contradict-decisions"),
      );
      expect(flagged.map(({ stratum }) => stratum.class)).toEqual(["1dAVb", "SB", "AF", "ST"]);
    });

    it("is printed and verified", async () => {
      await report({ run });
      const html = readFileSync(join(run, "dnn/report/report.html"), "utf8");
      expect(html).toContain("心房颤动（AF）");
      expect(html).toContain("atrial fibrillation (AF)");
      expect((await verify({ run })).checks.filter(({ ok }) => !ok)).toEqual([]);
    });
  });
}
