/** The whole way of a sealed multi-label set: import, check, seal, score, evaluate, compare, report, verify; and what the client gets. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
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
  type Comparison,
  type Result,
} from "../../src/index.js";

const scratch = mkdtempSync(join(tmpdir(), "medassay-multi-label-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const classes = ["1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"];
const cases = 150;
const ids = Array.from({ length: cases }, (_, at) => `c${String(at + 1).padStart(6, "0")}`);
/** AF is rare: 4 cases; every other class has more than 20. */
const truth = ids.map((_, at) =>
  classes.map((name, k) => ((name === "AF" ? at % 40 === 7 : (at + k) % 6 === 0) ? 1 : 0)),
);
/** Someone who errs on every n-th case in class k. */
const answers = (every: number) =>
  truth.map((row, at) => row.map((there, k) => ((at + 5 * k) % every === 0 ? 1 - there : there)));

const csv = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [head, ...rows].map((row) => `${row.join(",")}\n`).join("");

function submission(id: string, more = ""): string {
  const file = join(scratch, `${id}.yaml`);
  writeFileSync(
    file,
    `schema: medassay/submission/1
id: ${id}
vendor: nobody
product:
  name: { zh-CN: 产品, en: product }
  model: P
  version: { release: "1", complete: ${id === "first" ? "1.0.0.0" : "1.1.0.0"} }
task: ecg-diagnosis
kind: predictions
${more}`,
  );
  return file;
}

describe("a sealed multi-label set", () => {
  const set = join(scratch, "set");
  const key = join(scratch, "key");
  const [first, second] = [join(scratch, "first-run"), join(scratch, "second-run")];
  let result: Result;
  let client: Result;

  beforeAll(async () => {
    const source = join(scratch, "source");
    mkdirSync(join(source, "annotations"), { recursive: true });
    const write = (name: string, rows: number[][]) =>
      writeFileSync(join(source, "annotations", `${name}.csv`), csv(classes, rows));
    write("gold_standard", truth);
    write("reader-a", answers(29));
    write("reader-b", answers(13));
    writeFileSync(
      join(source, "attributes.csv"),
      csv(
        ["patient", "site", "sex"],
        ids.map((id, at) => [`p${id}`, at % 3 === 0 ? "S1" : "S2", at % 2 === 0 ? "F" : "M"]),
      ),
    );
    await importDataset("label-tables", source, set, { provenance: "synthetic" });
    writeFileSync(
      join(set, "protocol.yaml"),
      `schema: medassay/protocol/1
id: made
version: "1"
task: ecg-diagnosis
primary: macro-sensitivity
intervals: { replicates: 200 }
strata: [class, site]
acceptance:
  - { metric: sensitivity, stratum: { class: RBBB }, compare: lower, atLeast: 0.5, clause: "4.2" }
`,
    );
    await check(set);
    const { identity, recipient } = await generateKeyPair();
    writeFileSync(key, identity);
    await seal(set, { recipients: [recipient] });

    const labelled = join(scratch, "labelled.csv");
    const own = answers(17);
    writeFileSync(
      labelled,
      csv(
        ["case", ...classes.map((name) => `labels.${name}`), ...classes.map((name) => `scores.${name}`)],
        // Scores of ST are swapped where it is called: they can't give the decisions.
        own.map((row, at) => [
          ids[at] as string,
          ...row,
          ...row.map((call, k) => (classes[k] === "ST" && at % 10 === 0 ? 1 - call : call) * 0.8 + (at % 7) / 100),
        ]),
      ),
    );
    await score({ dataset: set, predictions: labelled, submission: submission("first"), out: first });
    const scored = join(scratch, "scored.csv");
    writeFileSync(
      scored,
      csv(
        ["case", ...classes.map((name) => `scores.${name}`)],
        answers(31).map((row, at) => [ids[at] as string, ...row.map((call) => call * 0.5 + (at % 5) / 20)]),
      ),
    );
    const thresholds = "operatingPoint: { threshold: 0.4, thresholds: { SB: 0.45 } }\n";
    await score({ dataset: set, predictions: scored, submission: submission("second", thresholds), out: second });
    [result] = (await evaluate({ run: first, key })) as [Result];
    await evaluate({ run: second, key });
    client = JSON.parse(readFileSync(join(first, "first/result.client.json"), "utf8")) as Result;
  }, 60_000);

  it("is judged by class and over all classes", () => {
    expect(result.openTruth).toBe(false);
    expect(result.verdict).toBe("pass");
    expect(result.criteria[0]).toMatchObject({ verdict: "pass", criterion: { stratum: { class: "RBBB" } } });
    const wrong = truth.flatMap((row, at) => row.filter((_, k) => (at + 5 * k) % 17 === 0)).length;
    const loss = result.metrics.find(({ metric, stratum }) => metric === "hamming-loss" && !("site" in stratum));
    expect(loss?.n).toMatchObject({ numerator: wrong, denominator: cases * classes.length });
    expect(
      result.decisionConsistency?.filter(({ consistent }) => !consistent).map(({ stratum }) => stratum.class),
    ).toEqual(["ST"]);
    expect(result.readerPanel?.[0]?.raters.map(({ rater }) => rater)).toEqual(["product", "reader-a", "reader-b"]);
  });

  it("keeps a rare class from the client, in every part of the copy", () => {
    const rare = (row: { stratum: Readonly<Record<string, string>> }) => row.stratum.class === "AF";
    expect(result.sample.composition.find(rare)).toMatchObject({ positiveCases: 4 });
    expect(
      client.metrics.filter(rare).every(({ estimate, flags }) => estimate === null && flags.includes("suppressed")),
    ).toBe(true);
    for (const part of [
      client.confusion,
      client.curves,
      client.readerPanel ?? [],
      client.decisionConsistency ?? [],
      client.sample.composition,
    ])
      expect(part.some(rare)).toBe(false);
    expect(client.readerPanel?.length).toBeGreaterThan(2);
  });

  it("is verified, number by number", async () => {
    for (const folder of [first, second])
      expect((await verify({ run: folder, key })).checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it("compares two products by class on the same cases", async () => {
    const comparison: Comparison = await compare({
      baseline: join(first, "first"),
      candidate: join(second, "second"),
      key,
    });
    expect(comparison.paired).toBe(true);
    const byClass = comparison.differences.filter(
      ({ metric, stratum }) => metric === "sensitivity" && Object.keys(stratum).join() === "class",
    );
    expect(byClass.map(({ stratum }) => stratum.class)).toEqual(classes);
    const { pairs, baseline, candidate, test } = byClass[0] as (typeof byClass)[number];
    expect(test).toBe("mcnemar-mid-p");
    const positives = truth.filter((row) => row[0] === 1).length;
    const { both = 0, onlyBaseline = 0, onlyCandidate = 0, neither = 0 } = pairs ?? {};
    expect(both + onlyBaseline + onlyCandidate + neither).toBe(positives);
    expect(baseline).toBe((both + onlyBaseline) / positives);
    expect(candidate).toBe((both + onlyCandidate) / positives);
    expect(comparison.cases.list?.some(({ unit }) => unit === "case RBBB")).toBe(true);
    expect(comparison.cases.list?.every(({ unit }) => classes.some((name) => unit === `case ${name}`))).toBe(true);
  });

  it("is printed for the custodian and for the client, in both languages", async () => {
    await report({ run: first });
    const read = (name: string) => readFileSync(join(first, "first/report", name), "utf8");
    const html = read("report.html");
    for (const text of ["产品与阅片者", "Product and readers", "心房颤动（AF）", "McNemar", "uncorrected"])
      expect(html).toContain(text);
    expect(html).toContain("Scores and the product&#39;s own decisions differ for: ST");
    expect(read("panel-raters.csv").split("\n")[1]).toMatch(
      /^product,product,\d+,\d+,\d+,\d+,sensitivity,class=1dAVb,case,/,
    );
    const [head = "", ...rows] = read("panel-pairs.csv").trim().split("\n");
    expect(rows.length).toBe(classes.length * 6);
    expect(rows.every((row) => row.split(",").length === head.split(",").length)).toBe(true);
    const copy = read("client/report.html");
    expect(copy).toMatch(/Classes masked for small numbers: [^.]*AF/);
    expect(read("client/panel-raters.csv")).not.toContain("class=AF");
    await report({ run: second });
    expect(existsSync(join(second, "second/report/report.html"))).toBe(true);
    expect(readFileSync(join(second, "second/report/report.html"), "utf8")).toContain("SB 0.45");
  });

  it("lists every wrong decision with its class", () => {
    const errors = readFileSync(join(first, "first/errors.csv"), "utf8").trim().split("\n");
    const wrong = truth.flatMap((row, at) => row.filter((_, k) => (at + 5 * k) % 17 === 0)).length;
    expect(errors.length).toBe(1 + wrong);
    expect(errors[0]).toMatch(/,x,y,z,site$/);
    expect(errors[1]).toMatch(
      /^c000001,pc000001,(missed-positive|false-alarm),case,,,(1dAVb|RBBB|LBBB|SB|AF|ST) [01],/,
    );
  });

  it("can't be run by a model: there are no recordings", async () => {
    await expect(
      run({ dataset: set, submissions: [join(scratch, "none")], out: join(scratch, "model-run") }),
    ).rejects.toMatchObject({
      code: "USAGE",
      hint: "Use `medassay score` for sets without images.",
    });
  });
});
