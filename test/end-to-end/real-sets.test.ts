/** The whole way on real input: import, check, seal, run, evaluate, report, verify; scoring of a real detector; gates and waivers. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import {
  adjudicate,
  check,
  compare,
  evaluate,
  generateKeyPair,
  importDataset,
  report,
  run,
  score,
  seal,
  verify,
  type CaseIndex,
  type Prediction,
  type Result,
} from "../../src/index.js";
import { hashDocument } from "../../src/storage/canonical-json.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();
const models = resolve(fileURLToPath(new URL("../../models", import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "medassay-real-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const json = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8")) as T;
const lines = <T>(file: string): T[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
const openProtocol = (task: string, more = "") =>
  `schema: medassay/protocol/1\nid: real\nversion: "1"\ntask: ${task}\nblinding: open\n${more}`;

if (shared === null) {
  noteMissing("real sets end to end", 3);
  it("real sets are not at hand", () => expect(shared).toBeNull());
} else {
  describe("two chest CT series with boxes of large tumours, sealed", () => {
    const set = join(scratch, "boxes");
    const out = join(scratch, "boxes-run");
    const key = join(scratch, "key");
    const submission = "lung-nodule-redesigned";

    it("goes all the way, and the numbers stand", async () => {
      await importDataset("lung-pet-ct-dx", join(shared, "data/lung_ct_boxes"), set);
      await check(set);
      const { identity, recipient } = await generateKeyPair();
      writeFileSync(key, identity);
      await seal(set, { recipients: [recipient] });
      expect(existsSync(join(set, "truth"))).toBe(false);
      await run({ dataset: set, submissions: [join(models, "lung-nodule/redesigned")], out, jobs: 2 });
      const [result] = (await evaluate({ run: out, key })) as [Result];
      await report({ run: out });
      expect(existsSync(join(out, submission, "report/report.html"))).toBe(true);

      const index = json<CaseIndex>(join(set, "index.json"));
      expect(index.cases.map(({ attributes }) => attributes.manufacturer?.value)).toEqual(["Philips", "Siemens"]);
      const predictions = lines<Prediction>(join(out, submission, "predictions.jsonl"));
      expect(predictions.map(({ status }) => status)).toEqual(["ok", "ok"]);
      predictions.forEach(({ findings }, at) => {
        const { origin, shape, spacing } = index.cases[at]?.geometry ?? { origin: [], shape: [], spacing: [] };
        expect(findings.length).toBeGreaterThan(0);
        for (const { geometry } of findings) {
          const centre = geometry.type === "sphere" ? geometry.center : [];
          centre.forEach((value, axis) => {
            expect(value).toBeGreaterThanOrEqual((origin[axis] as number) - (spacing[axis] as number));
            expect(value).toBeLessThanOrEqual(
              (origin[axis] as number) + (shape[axis] as number) * (spacing[axis] as number),
            );
          });
        }
      });
      expect(result.openTruth).toBe(false);
      expect(result.attempt).toBe(1);
      expect(result.sample).toMatchObject({ cases: 2, findings: 2, excludedFindings: 0, failed: 0 });
      const mass = result.metrics.find(
        ({ metric, stratum }) => metric === "lesion-sensitivity" && stratum.size === "(30,inf)",
      );
      expect(mass?.n.denominator).toBe(2);
      // Two patients carry no estimate: counts stay, numbers are withheld.
      expect(mass).toMatchObject({ estimate: null, interval: null, notEstimable: { reason: "too-few-clusters" } });
      expect((await verify({ run: out, key })).checks.filter(({ ok }) => !ok)).toEqual([]);
    });

    it("has its marks drawn on the slice of the best one", () => {
      const main = resolve(fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url)));
      const file = join(scratch, "marks.png");
      const words = ["preview", join(out, submission), "c000002", file, "--threshold", "0.2", "--json"];
      const { status, stdout } = spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
      expect(status).toBe(0);
      expect((JSON.parse(stdout) as { marks: number }).marks).toBeGreaterThan(0);
      expect(readFileSync(file).subarray(1, 4).toString()).toBe("PNG");
    });

    it("is caught when a number is edited and its hash mended", async () => {
      const forged = join(scratch, "boxes-forged");
      const forgedSet = join(scratch, "boxes-forged-set");
      cpSync(out, forged, { recursive: true });
      cpSync(set, forgedSet, { recursive: true });
      const file = join(forged, submission, "result.json");
      const result = json<Result>(file);
      const row = result.metrics.find(({ metric }) => metric === "lesion-sensitivity");
      (row as { n: Record<string, number> }).n.numerator = 2;
      writeFileSync(file, JSON.stringify(result));
      const release = lines<{ resultHash: string }>(join(forgedSet, "releases.jsonl"));
      writeFileSync(
        join(forgedSet, "releases.jsonl"),
        release.map((line) => `${JSON.stringify({ ...line, resultHash: hashDocument(result) })}\n`).join(""),
      );
      const { ok, checks } = await verify({ run: forged, dataset: forgedSet, key });
      expect(ok).toBe(false);
      expect(
        checks
          .filter((one) => !one.ok)
          .map(({ found }) => found)
          .join(),
      ).toContain("/metrics/");
    });

    it("is caught when a prediction is edited", async () => {
      const forged = join(scratch, "boxes-forged-predictions");
      cpSync(out, forged, { recursive: true });
      appendFileSync(join(forged, submission, "predictions.jsonl"), "\n");
      const { ok } = await verify({ run: forged, dataset: set, key });
      expect(ok).toBe(false);
    });

    it("counts the same predictions as the same attempt", async () => {
      const [again] = (await evaluate({ run: out, key })) as [Result];
      expect(again.attempt).toBe(1);
      expect(lines(join(set, "openings.jsonl")).length).toBeGreaterThanOrEqual(3);
    });
  });

  describe("154 graded photographs", () => {
    const set = join(scratch, "fundus");

    it("are stopped at the gate by two patients with the same pictures, and pass by a waiver", async () => {
      await importDataset("fundus-grades", join(shared, "data/fundus_dr"), set);
      writeFileSync(join(set, "protocol.yaml"), openProtocol("dr-grading"));
      await expect(check(set)).rejects.toMatchObject({ code: "DATASET_GATE_FAILED", exit: 3 });
      const card = join(set, "dataset.yaml");
      const waiver = "waivers:\n  - { code: DUPLICATE_ACROSS_PATIENTS, reason: label conflict of the source }";
      writeFileSync(card, readFileSync(card, "utf8").replace("waivers: []", waiver));
      const { index } = await check(set);
      expect(index.gates.filter(({ waived }) => waived !== undefined).length).toBe(2);
    });

    it("are refused while their truth lies open, unless that is asked for", async () => {
      const submissions = [join(models, "dr-grading/redesigned")];
      await expect(run({ dataset: set, submissions, out: join(scratch, "refused") })).rejects.toMatchObject({
        code: "TRUTH_OPEN",
      });
    });

    it("are graded with AUC of at least 0.80 for referable retinopathy, two eyes of a patient as a cluster", async () => {
      const out = join(scratch, "fundus-run");
      const submissions = ["registered", "redesigned"].map((version) => join(models, "dr-grading", version));
      await run({ dataset: set, submissions, out, openTruth: true, jobs: 2 });
      const results = await evaluate({ run: out });
      const auc = results[1]?.metrics.find(
        ({ metric, stratum }) => metric === "auc" && Object.keys(stratum).length === 0,
      );
      expect(auc?.n).toMatchObject({ positives: 86, negatives: 68, patients: 77 });
      expect(auc?.interval?.method).toContain("obuchowski");
      expect(auc?.estimate).toBeGreaterThanOrEqual(0.8);
      expect(results[1]?.openTruth).toBe(true);
      const compared = await compare({
        baseline: join(out, "dr-grading-registered"),
        candidate: join(out, "dr-grading-redesigned"),
      });
      expect(compared.changeCodes).toContain("C5");
      expect((await verify({ run: out })).ok).toBe(true);
    });
  });

  describe("a real detector's marks on 888 scans", () => {
    const manifest = join(scratch, "detector.yaml");
    writeFileSync(
      manifest,
      'schema: medassay/submission/1\nid: detector\nvendor: authors\nproduct:\n  name: { zh-CN: 检测器, en: Detector }\n  model: D\n  version: { release: "1.0", complete: 1.0.0.0 }\ntask: lung-nodule-detection\nkind: predictions\n',
    );
    const scored = async (name: string, protocol: string, readers: boolean): Promise<Result> => {
      const set = join(scratch, name);
      const options = readers ? { readers: join(shared, "data/lidc_four_reader") } : {};
      await importDataset("luna16", join(shared, "oracles/luna16"), set, options);
      writeFileSync(
        join(set, "protocol.yaml"),
        openProtocol("lung-nodule-detection", `absentCases: no-findings\n${protocol}`),
      );
      await check(set);
      const predictions = join(shared, "oracles/luna16/marks-dpn3d26.csv.gz");
      await score({ dataset: set, predictions, submission: manifest, out: `${set}-run`, openTruth: true });
      const [result] = await evaluate({ run: `${set}-run` });
      return result as Result;
    };

    it("give the counts and the mean sensitivity of the published script in its mode", async () => {
      const result = await scored(
        "luna-mode",
        "compatibility: luna16\nexclude: {}\noperatingPoint: none\nstrata: []\n",
        false,
      );
      expect(result.sample.marks).toMatchObject({
        lesionsFound: 1136,
        falsePositive: 46078,
        ignored: 5308,
        duplicate: 186,
        capped: 2969,
      });
      expect(result.sample.absent).toBe(1);
      const cpm = result.metrics.find(({ metric }) => metric === "froc-score");
      expect(cpm?.estimate).toBeCloseTo(0.8419657913755723, 12);
      const sensitivity = result.metrics.find(({ metric }) => metric === "lesion-sensitivity");
      expect(sensitivity?.notEstimable?.reason).toBe("no-operating-point");
    });

    it("join the readers' attributes for 604 scans under our own protocol", async () => {
      const strata =
        'strata:\n  - { attribute: sliceThickness, bins: ["(0,1)", "[1,2]", "(2,5)", "[5,inf)"] }\n  - { attribute: malignancy, bins: ["[1,2]", "(2,4)", "[4,5]"] }\n';
      const result = await scored(
        "luna-own",
        `operatingPoint: { falsePositivesPerCase: 1 }\nprimary: froc-sensitivity@1\n${strata}`,
        true,
      );
      expect(result.context.joins[0]).toMatchObject({ joined: 604, notRecorded: 284 });
      const byThickness = result.metrics.filter(
        ({ metric, stratum }) => metric === "froc-sensitivity@1" && "sliceThickness" in stratum,
      );
      const lesions = byThickness.reduce((sum, { n }) => sum + (n.denominator ?? 0), 0);
      expect(lesions).toBe(1186);
      const flagged = result.metrics.find(
        ({ metric, stratum }) => metric === "lesion-sensitivity" && Object.keys(stratum).length === 0,
      );
      expect(flagged?.flags).toContain("threshold-from-test-set");
    });

    it("and the readings of four radiologists make 935 nodules by votes", async () => {
      const set = join(scratch, "lidc");
      await importDataset("lidc-readings", join(shared, "data/lidc_four_reader"), set);
      const { findings, agreement } = await adjudicate(set);
      expect(findings).toBe(935);
      const positive = agreement.find(({ measure }) => measure === "positive-agreement");
      expect(positive?.estimate).toBeCloseTo(0.71, 2);
    });
  });
}
