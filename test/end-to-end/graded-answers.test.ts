/** Answers of a grading product from file to result: blanks, images that it does not grade, comparisons over two runs. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitOfComparison, exitOfResults } from "../../src/cli/verdicts.js";
import { effectiveProtocolOf } from "../../src/datasets/protocol.js";
import { check } from "../../src/datasets/check.js";
import { compare } from "../../src/evaluation/compare.js";
import { evaluate } from "../../src/evaluation/evaluate.js";
import { verify } from "../../src/evaluation/verify.js";
import { report } from "../../src/report/report.js";
import { score } from "../../src/stages.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "medassay-answers-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const ids = Array.from({ length: 40 }, (_, at) => `c${String(at).padStart(2, "0")}`);
/** Every other image is referable; c38 and c39 can't be graded. */
const truthOf = (at: number) => (at >= 38 ? { gradable: false } : { icdr: at % 2 === 0 ? 3 : 0 });

async function makeSet(name: string, protocol: string): Promise<string> {
  const set = join(root, name);
  await mkdir(join(set, "truth"), { recursive: true });
  const rows = ids.map((id, at) => `${id},p${at},s${at % 2},\n`);
  await writeFile(join(set, "cases.csv"), `case_id,patient_id,site_id,image\n${rows.join("")}`);
  const lines = ids.map((id, at) =>
    JSON.stringify({
      schema: "medassay/reference/1",
      case: id,
      findings: [],
      labels: truthOf(at),
      quantities: {},
      basis: { rule: "imported", readers: [] },
    }),
  );
  await writeFile(join(set, "truth", "reference.jsonl"), `${lines.join("\n")}\n`);
  await writeFile(
    join(set, "dataset.yaml"),
    `schema: medassay/dataset/1
id: made
version: "1"
title: { zh-CN: 测试, en: made }
task: dr-grading
modality: OP
owner: nobody
licence: none
provenance: synthetic
annotation: { design: imported }
`,
  );
  await writeFile(
    join(set, "protocol.yaml"),
    `schema: medassay/protocol/1\ntask: dr-grading\nblinding: open\nstrata: []\nintervals: { replicates: 100 }\n${protocol}`,
  );
  return set;
}

async function checkedSet(name: string, protocol = ""): Promise<string> {
  const set = await makeSet(name, protocol);
  await check(set);
  return set;
}

let files = 0;
async function scored(set: string, csv: string, id = "product", out = `run-${++files}`): Promise<string> {
  const predictions = join(root, `answers-${++files}.csv`);
  await writeFile(predictions, csv);
  const submission = join(root, `submission-${files}.yaml`);
  await writeFile(
    submission,
    `schema: medassay/submission/1
id: ${id}
vendor: nobody
product: { name: { zh-CN: 产品, en: product }, model: M, version: { release: "1", complete: 1.0.0.0 } }
task: dr-grading
kind: predictions
operatingPoint: { threshold: 0.3 }
`,
  );
  await score({ dataset: set, predictions, submission, out: join(root, out), openTruth: true });
  return join(root, out);
}

const header = "case,labels.icdr,labels.gradable,scores.referable\n";
/** Right answers, but one; `other` gives other rows by case. */
const table = (other: Record<string, string> = {}) =>
  header +
  ids.map((id, at) => `${id},${other[id] ?? (at % 2 === 0 ? (at === 0 ? "0,,0.1" : "3,,0.9") : "0,,0.1")}\n`).join("");

describe("answers that are none", () => {
  it("are refused when they are handed in: one score missing, a row that is blank", async () => {
    const set = await checkedSet("blank");
    await expect(scored(set, table({ c05: "0,," }))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      message: "scores.referable is given for 39 of 40 answered cases, not for c05",
    });
    await expect(scored(set, table({ c05: ",,", c07: ",true," }))).rejects.toMatchObject({
      code: "PREDICTION_INVALID",
      message: "2 answered cases hold none of labels.icdr, scores.referable: c05, c07",
      exit: 2,
    });
  });
});

describe("images that the product does not grade", () => {
  const declined = table({ c01: ",false,", c03: ",false,", c05: ",false,", c38: ",false,", c39: ",false," });

  it("are failed cases in rate, counts, limit and report, but where the reference does not grade them either", async () => {
    const run = await scored(await checkedSet("declined"), declined);
    const [result] = await evaluate({ run });
    // 3 of 40: more than the 5 per cent that the protocol allows.
    expect(result?.sample).toMatchObject({ failed: 3, failures: { NOT_GRADABLE: 3 }, excludedFindings: 2 });
    const of = (id: string) => result?.metrics.find(({ metric }) => metric === id)?.n;
    expect(of("answered-rate")).toMatchObject({ numerator: 37, denominator: 40 });
    expect(of("specificity")).toMatchObject({ numerator: 16, denominator: 19 });
    expect(exitOfResults(result ? [result] : [])).toBe(4);
    await report({ run });
    const html = await readFile(join(run, "product", "report", "report.html"), "utf8");
    expect(html).toContain("in the set 40 → answered 37 → failed 3 (called not gradable by the product 3)");
    expect(html).toContain("→ not gradable by the reference 2 → analysed 38");
    expect(html).toContain("Prevalence in the set is 50.0 % (19/38, by image");
  });
  it("are left out where failed cases are", async () => {
    const run = await scored(await checkedSet("left-out", "failedCases: exclude\n"), declined);
    const [result] = await evaluate({ run });
    const of = (id: string) => result?.metrics.find(({ metric }) => metric === id)?.n;
    expect(of("answered-rate")).toMatchObject({ numerator: 37, denominator: 37 });
    expect(of("specificity")).toMatchObject({ numerator: 16, denominator: 16 });
    expect(result?.sample).toMatchObject({ failed: 3 });
    await report({ run });
    const html = await readFile(join(run, "product", "report", "report.html"), "utf8");
    expect(html).toContain("→ not gradable by the reference 2 → analysed 35");
  });
});

describe("a comparison over two runs", () => {
  it("is verified against the other run where that lies beside it, and not checked where it does not", async () => {
    const set = await checkedSet("compared");
    const before = await scored(set, table(), "product", "before");
    // The same id in both runs: predictions tell them apart.
    const after = await scored(set, table({ c00: "3,,0.9" }), "product", "after");
    for (const run of [before, after]) await evaluate({ run });
    await compare({ baseline: join(before, "product"), candidate: join(after, "product") });
    const checks = async () => {
      const { ok, checks: all } = await verify({ run: after });
      return { ok, comparison: all.find(({ check: name }) => name === "comparison.json") };
    };
    expect(await checks()).toEqual({ ok: true, comparison: { check: "comparison.json", ok: true } });
    const file = join(after, "comparison.json");
    const text = await readFile(file, "utf8");
    const stored = JSON.parse(text) as { seed: number };
    await writeFile(file, JSON.stringify({ ...stored, seed: stored.seed + 1 }));
    expect(await checks()).toMatchObject({
      ok: false,
      comparison: { ok: false, found: expect.stringContaining("/seed") },
    });
    await writeFile(file, text);
    await rm(before, { recursive: true });
    expect(await checks()).toEqual({
      ok: true,
      comparison: {
        check: "comparison.json",
        ok: true,
        notChecked: "the run of product is not beside this one: compare again to check it",
      },
    });
  });
});

describe("a protocol", () => {
  const protocolOf = async (name: string, text: string) => effectiveProtocolOf(await makeSet(name, text));

  it("can take absent cases for cases without findings in detection alone", async () => {
    await expect(protocolOf("absent", "absentCases: no-findings\n")).rejects.toMatchObject({
      code: "DOCUMENT_INVALID",
      pointer: "/absentCases",
    });
  });
  it("with cases in the place of patients measures no patients, by default or by name", async () => {
    const set = await makeSet("by-case", "");
    const write = (text: string) =>
      writeFile(
        join(set, "protocol.yaml"),
        `schema: medassay/protocol/1\ntask: dr-grading\nintervals: { cluster: case }\n${text}`,
      );
    await write("");
    const { protocol } = await effectiveProtocolOf(set);
    expect(protocol.primary).toBe("sensitivity");
    expect(protocol.metrics).toEqual([
      "sensitivity",
      "specificity",
      "accuracy",
      "ppv",
      "npv",
      "auc",
      "grade-accuracy",
      "quadratic-kappa",
      "answered-rate",
    ]);
    expect(protocol.comparison.metrics).toEqual(["auc", "quadratic-kappa"]);
    for (const [text, pointer] of [
      ["primary: patient-auc", "/primary"],
      ["metrics: [auc, patient-auc]", "/metrics"],
      ["comparison: { metrics: [auc, patient-specificity] }", "/comparison/metrics"],
      ["acceptance: [{ metric: patient-sensitivity, compare: lower, atLeast: 0.5 }]", "/acceptance"],
    ] as const) {
      await write(text);
      await expect(effectiveProtocolOf(set)).rejects.toMatchObject({ code: "DOCUMENT_INVALID", pointer });
    }
  });
});

describe("a comparison where failed cases are left out", () => {
  it("judges both on the cases that both answered, where failed cases are left out", async () => {
    const set = await checkedSet("compared-left-out", "failedCases: exclude\n");
    const before = await scored(set, table(), "product", "all-answered");
    // The one patient that the baseline misses is the one that the candidate declines.
    const after = await scored(set, table({ c00: ",false," }), "product", "one-declined");
    const { cases, differences } = await compare({
      baseline: join(before, "product"),
      candidate: join(after, "product"),
    });
    expect(cases.leftOut).toBe(1);
    const row = differences.find(
      ({ metric, stratum }) => metric === "patient-sensitivity" && Object.keys(stratum).length === 0,
    );
    expect(row).toMatchObject({ baseline: 1, candidate: 1, difference: 0, verdict: "inconclusive" });
    expect(row?.pairs).toMatchObject({ onlyBaseline: 0, onlyCandidate: 0 });
  });

  it.each(["", "failedCases: exclude\n"])(
    "counts what both failed on as evaluate does, and stops a candidate beyond the limit (protocol %j)",
    async (protocol) => {
      const name = `failed-${protocol.length}`;
      const set = await checkedSet(name, protocol);
      // c38 and c39 can't be graded by the reference either: declining them is no failure.
      const declining = (...names: string[]) =>
        table(Object.fromEntries([...names, "c38", "c39"].map((id) => [id, ",false,"])));
      const before = await scored(set, declining("c01"), "product", `${name}-before`);
      const limited = await scored(set, declining("c01", "c03"), "product", `${name}-limited`);
      const beyond = await scored(set, declining("c01", "c03", "c05"), "product", `${name}-beyond`);
      for (const [candidate, failed, stopped] of [
        [limited, 2, false],
        [beyond, 3, true],
      ] as const) {
        const made = await compare({ baseline: join(before, "product"), candidate: join(candidate, "product") });
        expect(made.failed).toEqual({ cases: 40, baseline: 1, candidate: failed, allowed: 0.05 });
        expect(made.verdict).not.toBe("not-comparable");
        expect(exitOfComparison(made) === 4).toBe(stopped);
        const [result] = await evaluate({ run: candidate });
        expect(result?.sample).toMatchObject({ cases: 40, failed });
      }
    },
  );
  it("counts no failed cases where the two ran on other sets", async () => {
    const runs = [];
    for (const name of ["one", "other"]) {
      const set = await checkedSet(`set-${name}`, name === "one" ? "" : "failedCases: exclude\n");
      runs.push(await scored(set, table(), "product", `run-of-${name}`));
    }
    const [one, other] = runs as [string, string];
    const made = await compare({ baseline: join(one, "product"), candidate: join(other, "product") });
    expect(made).toMatchObject({ verdict: "not-comparable", failed: null });
    expect(exitOfComparison(made)).toBe(2);
  });
});
