/** `plan`: sizes as the statistics library gives them, with clusters and prevalence, as tables and curves, in both languages. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { questionNamed, questions, type Question } from "../../src/cli/sample-size-questions.js";
import { curve, plan, table, variationOf, type Numbers, type Plan } from "../../src/cli/sample-sizes.js";
import { MedassayError } from "../../src/contract/errors.js";
import {
  aucHanleyMcNeilSize,
  aucPrecisionSize,
  detectableProportions,
  exactDesign,
  farringtonManningSize,
  namSize,
  pairedNonInferioritySize,
  singleArmNormal,
  unpairedNonInferioritySize,
} from "../../src/stats/index.js";

const scratch = mkdtempSync(join(tmpdir(), "medassay-plan-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const main = resolve(fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url)));
function medassay(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "plan", ...words], {
    cwd: scratch,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const usual: Numbers = { alpha: 0.025, power: 0.8, level: 0.95, share: 1, "per-patient": 1, icc: 0 };
/** Numbers that solve every question. */
const enough: Numbers = {
  ...usual,
  target: 0.8,
  expected: 0.9,
  reference: 0.85,
  "half-width": 0.05,
  "only-new": 0.1,
  "only-old": 0.03,
  margin: 0.05,
  correlation: 0.5,
  cases: 300,
};

const named = (name: string): Question => questions[name] as Question;

function planned(name: string, numbers: Numbers = {}, method?: string): Plan {
  const question = named(name);
  const r = plan(question, method ?? (question.methods[0] as string), { ...enough, ...numbers });
  if (!r.ok) throw new Error(r.reason);
  return r;
}

const groupsOf = (p: Plan): Record<string, number> =>
  Object.fromEntries(p.groups.map(({ name, units }) => [name, units]));
const detailsOf = (p: Plan): Record<string, number> =>
  Object.fromEntries(p.details.map(({ name, value }) => [name, value]));
const ok = <T extends { ok: boolean }>(r: T): Extract<T, { ok: true }> => {
  if (!r.ok) throw new Error(JSON.stringify(r));
  return r as Extract<T, { ok: true }>;
};
const refusal = (f: () => unknown): { message: string; hint: string } => {
  try {
    f();
  } catch (error) {
    if (error instanceof MedassayError) return { message: error.message, hint: error.hint };
  }
  throw new Error("nothing was refused");
};

describe("a question of plan", () => {
  it("has its size from the method that is named, the better one where none is", () => {
    const target = planned("target", { target: 0.85 });
    expect(target.units).toBe(379);
    expect(detailsOf(target)).toMatchObject({ critical: 336, first: 356 });
    expect(planned("target", { target: 0.85 }, "normal").units).toBe(ok(singleArmNormal(0.85, 0.9, 0.025, 0.8)).n);
    const paired = [0.1, 0.03, 0.05, 0.025, 0.8] as const;
    expect(planned("noninferiority-paired").units).toBe(ok(namSize(...paired)).n);
    expect(planned("noninferiority-paired", {}, "normal").units).toBe(ok(pairedNonInferioritySize(...paired)).n);
    const two = [0.9, 0.85, 0.05, 0.025, 0.8, 2] as const;
    const score = ok(farringtonManningSize(...two));
    expect(groupsOf(planned("noninferiority-unpaired", { ratio: 2 }))).toEqual({ new: score.n1, reference: score.n2 });
    const normal = ok(unpairedNonInferioritySize(...two));
    expect(planned("noninferiority-unpaired", { ratio: 2 }, "normal").units).toBe(normal.n1 + normal.n2);
  });

  it("knows what is published: McNemar, two groups, AUC", () => {
    expect(planned("mcnemar", { "only-new": 0.1, "only-old": 0.05 }).units).toBe(469);
    expect(groupsOf(planned("two-groups", { reference: 0.8 }))).toEqual({ new: 199, reference: 199 });
    expect(groupsOf(planned("auc-precision"))).toEqual({ positives: 106, negatives: 106 });
    expect(groupsOf(planned("auc-precision", {}, "hanley-mcneil"))).toEqual({ positives: 79, negatives: 79 });
    expect(groupsOf(planned("auc-target"))).toEqual({ positives: 81, negatives: 81 });
    expect(groupsOf(planned("auc-paired"))).toEqual({ positives: 265, negatives: 265 });
  });

  it("takes the ratio of the classes from the prevalence, unless a ratio is given", () => {
    const third = planned("auc-precision", { share: 0.25 });
    const expected = ok(aucPrecisionSize(0.9, 0.05, 0.95, 3));
    expect(groupsOf(third)).toEqual({ positives: expected.positives, negatives: expected.negatives });
    expect(third.cases).toBe(third.units);
    const given = ok(aucHanleyMcNeilSize(0.9, 0.05, 0.95, 2));
    expect(groupsOf(planned("auc-precision", { share: 0.25, ratio: 2 }, "hanley-mcneil"))).toEqual({
      positives: given.positives,
      negatives: given.negatives,
    });
  });

  it("against a value is about a product that is expected above it", () => {
    const none = { ok: false, reason: "no-solution" };
    for (const [name, method] of [
      ["target", "exact"],
      ["target", "normal"],
      ["auc-target", "obuchowski"],
    ] as const) {
      // prettier-ignore
      for (const expected of [0.7, 0.8]) expect(plan(named(name), method, { ...enough, expected })).toEqual(none);
      expect(plan(named(name), method, { ...enough, expected: 0.85 }).ok).toBe(true);
    }
  });

  it("says what given cases show, and counts patients", () => {
    const r = planned("detectable", { reference: 0.8, cases: 200 });
    const both = ok(detectableProportions(0.8, 200, 0.05, 0.8));
    expect(detailsOf(r)).toEqual({ lower: both.lower, upper: both.upper });
    expect(r.cases).toBe(400);
    const clustered = planned("detectable", { reference: 0.8, cases: 300, "per-patient": 2, icc: 0.5 });
    expect(detailsOf(clustered)).toEqual({ lower: both.lower, upper: both.upper });
    expect(clustered.patients).toBe(300);
    expect(Object.keys(detailsOf(planned("detectable", { reference: 0.99, cases: 50 })))).toEqual(["lower"]);
    expect(Object.keys(detailsOf(planned("detectable", { reference: 0.01, cases: 50 })))).toEqual(["upper"]);
    expect(plan(named("detectable"), "normal", { ...enough, cases: 2 })).toEqual({ ok: false, reason: "no-solution" });
  });

  it("inflates by the design effect and the prevalence, and rounds up once", () => {
    const z = 1.959963984540054;
    const r = planned("precision", { "per-patient": 3, icc: 0.2, share: 0.5 });
    expect(r.units).toBe(139);
    expect(r.designEffect).toBeCloseTo(1.4, 12);
    // 138.29, not 139
    expect(r.cases).toBe(Math.ceil(((z * z * 0.09) / 0.05 / 0.05 / 0.5) * 1.4));
    expect(r.patients).toBe(Math.ceil(r.cases / 3));
    // 100 · 1.1 is 110, though not in binary
    expect(planned("precision", { "half-width": 0.0588, "per-patient": 2, icc: 0.1 })).toMatchObject({
      units: 100,
      cases: 110,
    });
    // z² 0.09/0.05²/0.1 = 1382.9; of 139 units it would be 1390
    expect(planned("precision", { share: 0.1 })).toMatchObject({ units: 139, cases: 1383 });
    const paired = namSize(0.1, 0.03, 0.05, 0.025, 0.8);
    expect(paired.ok && planned("noninferiority-paired", { share: 0.05 }).cases).toBe(
      paired.ok && Math.ceil(paired.raw / 0.05),
    );
    expect(planned("target", { share: 0.3 }).cases).toBe(Math.ceil(planned("target").units / 0.3));
    const cluster = { "per-patient": 10, icc: 0.1 };
    // Each group is rounded up by itself: 1.9 times its own unrounded number
    const groups = unpairedNonInferioritySize(0.9, 0.85, 0.05, 0.025, 0.8, 2);
    if (!groups.ok) throw new Error(groups.reason);
    expect(
      planned("noninferiority-unpaired", { ...cluster, ratio: 2 }, "normal").groups.map(({ cases }) => cases),
    ).toEqual([Math.ceil(1.9 * 2 * groups.raw), Math.ceil(1.9 * groups.raw)]);
    const auc = aucPrecisionSize(0.9, 0.05, 0.95, 3);
    if (!auc.ok) throw new Error(auc.reason);
    expect(planned("auc-precision", { ...cluster, ratio: 3 }).groups.map(({ cases }) => cases)).toEqual([
      Math.ceil(1.9 * auc.raw),
      Math.ceil(1.9 * 3 * auc.raw),
    ]);
    // One unit at least, though none would do
    expect(planned("mcnemar", { alpha: 0.49, power: 0.02, share: 0.1 })).toMatchObject({ units: 1, cases: 10 });
  });

  it("of an update is McNemar's test, or with a margin paired non-inferiority as it was", () => {
    const difference = questionNamed("update", false) as Question;
    expect(ok(plan(difference, difference.methods[0] as string, enough)).units).toBe(planned("mcnemar").units);
    const margin = questionNamed("update", true) as Question;
    expect(ok(plan(margin, margin.methods[0] as string, enough)).units).toBe(
      planned("noninferiority-paired", {}, "normal").units,
    );
    expect(questionNamed("downdate", true)).toBeUndefined();
  });

  it.each(Object.keys(questions))("%s: the planned cases reach what was asked for, fewer do not", (name) => {
    for (const clusters of [{}, { share: 0.4, "per-patient": 2, icc: 0.3 }]) {
      for (const method of named(name).methods) {
        const numbers = { ...enough, ...clusters };
        const r = planned(name, clusters, method);
        const points = curve(named(name), method, numbers, r);
        expect(points.length).toBeGreaterThan(20);
        const { name: quantity } = named(name).reaches;
        const rises = quantity === "power";
        const first = points[0] as { cases: number; value: number };
        const last = points.at(-1) as { cases: number; value: number };
        expect(first.cases).toBeLessThan(r.cases);
        expect(last.cases).toBeGreaterThan(r.cases);
        expect(last.value > first.value).toBe(rises);
        const asked = { power: 0.8, "half-width": 0.05, difference: null }[quantity];
        if (asked === null) continue;
        for (const { cases, value } of points) {
          // Exact power is a saw-tooth: from the planned size on it never falls below what was asked for.
          if (cases >= r.cases) expect(rises ? value - asked : asked - value).toBeGreaterThanOrEqual(-1e-12);
          else if (cases < 0.8 * r.cases) expect(rises ? value : -value).toBeLessThan(rises ? asked : -asked);
        }
      }
    }
  });

  it("draws the power of the exact test, and that of the approximation where it is named", () => {
    const numbers = { ...enough, target: 0.85 };
    const exact = curve(named("target"), "exact", numbers, planned("target", { target: 0.85 }));
    const at = exact.find(({ cases }) => cases >= 200) as { cases: number; value: number };
    expect(at.value).toBe(exactDesign(at.cases, 0.85, 0.9, 0.025).power);
    const normal = curve(named("target"), "normal", numbers, planned("target", { target: 0.85 }));
    expect(normal.every(({ value }, i) => i === 0 || value > (normal[i - 1] as { value: number }).value)).toBe(true);
  });
});

describe("a table of plans", () => {
  it("has a row for each value, with the reason where there is no size", () => {
    const variation = variationOf("expected=0.85:0.95:0.05", named("target"));
    expect(variation).toEqual({ name: "expected", values: [0.85, 0.9, 0.95] });
    const rows = table(named("target"), "exact", { ...enough, target: 0.85 }, variation);
    expect(rows.map(({ value, plan, reason }) => [value, plan?.units ?? null, reason])).toEqual([
      [0.85, null, "no-solution"],
      [0.9, 379, null],
      [0.95, 84, null],
    ]);
  });

  it("steps without the dust of binary fractions, and takes a single value", () => {
    expect(variationOf("power=0.7:0.9:0.1", named("target")).values).toEqual([0.7, 0.8, 0.9]);
    expect(variationOf("icc=0:0.3:0.1", named("target")).values).toEqual([0, 0.1, 0.2, 0.3]);
    expect(variationOf("share=0.5:0.5:1", named("target")).values).toEqual([0.5]);
  });

  it("refuses what is no range, another question's number, and too many rows", () => {
    const refused = (text: string) => refusal(() => variationOf(text, named("target")));
    expect(refused("expected=0.8").hint).toContain("name=from:to:step");
    expect(refused("expected=0.9:0.8:0.01").message).toContain("--vary expected=0.9:0.8:0.01");
    expect(refused("expected=0.8:0.9:0").hint).toContain("name=from:to:step");
    expect(refused("expected=0.8:0.9:x").hint).toContain("name=from:to:step");
    expect(refused("margin=0.1:0.2:0.1").hint).toContain("target, expected, alpha, power, share");
    expect(refused("expected=0.8:0.9:0.0001").message).toContain("rows");
    expect(variationOf("expected=0.801:1:0.001", named("target")).values).toHaveLength(200);
  });
});

describe("numbers of a plan", () => {
  it("that are missing or out of range are named, with what to do", () => {
    const refused = (numbers: Numbers) => refusal(() => plan(named("target"), "exact", { ...usual, ...numbers }));
    expect(refused({})).toEqual({
      message: "this question needs --target",
      hint: "Give --target, --expected; see `medassay plan --help`.",
    });
    expect(refused({ target: 1, expected: 0.9 })).toEqual({
      message: "--target is 1",
      hint: "Give a number from 0 to 1, neither of them.",
    });
    expect(refused({ target: 0, expected: 0.9 }).message).toBe("--target is 0");
    expect(refused({ target: NaN, expected: 0.9 }).message).toBe("--target is NaN");
    const rest = { target: 0.8, expected: 0.9 };
    expect(refused({ ...rest, share: 0 }).hint).toBe("Give a number from 0 to 1, greater than 0.");
    expect(refused({ ...rest, "per-patient": 0.5 }).hint).toBe("Give a number from 1 to 1000000.");
    expect(refused({ ...rest, icc: 1.5 }).message).toBe("--icc is 1.5");
    expect(refused({ ...rest, icc: -0.5, "per-patient": 3 }).hint).toBe("Give an intraclass correlation above -0.5.");
    expect(() => plan(named("target"), "exact", { ...usual, ...rest, icc: -0.4, "per-patient": 3 })).not.toThrow();
  });
});

describe("the command", () => {
  const words = ["target", "--target", "0.85", "--expected", "0.9"];

  it("writes lines in the user's language, and the curve below", () => {
    const english = medassay(...words, "--curve", "--lang", "en").stdout;
    expect(english).toContain("379 units; design effect 1.00: 379 cases in all, 379 patients.");
    expect(english).toMatch(/^cases +Power$/m);
    const chinese = medassay("auc-precision", "--expected", "0.9", "--half-width", "0.05", "--lang", "zh-CN").stdout;
    expect(chinese).toContain("阳性例 106，阴性例 106");
    expect(medassay("--help", "--lang", "zh-CN").stdout).toContain("非劣效界值");
  });

  it("writes tables in columns, and documents with --json", () => {
    const vary = ["--vary", "expected=0.85:0.95:0.05"];
    const lines = medassay(...words, ...vary, "--lang", "en").stdout.split("\n");
    expect(lines[1]).toMatch(/^expected +units +cases +patients +successes at least/);
    expect(lines[2]).toMatch(/^ +0.85 +no-solution/);
    expect(lines[3]).toMatch(/^ +0.9 +379 +379 +379 +336 +0.0243/);
    const document = JSON.parse(medassay(...words, ...vary, "--json").stdout) as { rows: object[] };
    expect(document.rows).toMatchObject([
      { value: 0.85, notEstimable: "no-solution" },
      { value: 0.9, units: 379, details: { critical: 336 } },
      { value: 0.95, units: 84 },
    ]);
    const curved = JSON.parse(medassay(...words, "--curve", "--json").stdout) as { curve: object[] };
    expect(curved.curve[0]).toMatchObject({ cases: 95, power: exactDesign(95, 0.85, 0.9, 0.025).power });
  });

  it("draws the curve, and the table, as SVG", () => {
    expect(medassay(...words, "--svg", "power.svg", "--lang", "en").status).toBe(0);
    const power = readFileSync(join(scratch, "power.svg"), "utf8");
    expect(power).toMatch(/^<svg [^>]*aria-label="[^"]*target value"/);
    expect(power).toContain(">Power</text>");
    expect(power).not.toContain("NaN");
    expect(medassay(...words, "--vary", "expected=0.86:0.95:0.01", "--svg", "sizes.svg").status).toBe(0);
    expect(readFileSync(join(scratch, "sizes.svg"), "utf8")).toContain(">expected</text>");
    const empty = medassay(...words, "--vary", "expected=0.7:0.8:0.1", "--svg", "none.svg");
    expect(empty.status).toBe(2);
    expect(empty.stderr).toContain("no row of the table has a size");
  });

  it("refuses unknown questions and methods, and says where there is no size", () => {
    expect(medassay("weather").stderr).toContain("noninferiority-paired");
    expect(medassay(...words, "--method", "score").stderr).toContain("Methods: exact, normal.");
    const far = medassay("target", "--target", "0.9", "--expected", "0.8", "--lang", "en");
    expect(far.status).toBe(2);
    expect(far.stderr).toContain("no solution in the parameter space");
    expect(far.stderr).toContain("The expected value 0.8 is not above the target 0.9");
    const worse = ["--target", "0.9", "--expected", "0.8", "--lang", "en"];
    for (const question of [["target", "--method", "normal"], ["auc-target"]]) {
      // prettier-ignore
      const { status, stderr } = medassay(...question, ...worse);
      expect([status, stderr]).toEqual([2, expect.stringContaining("is not above the target 0.9")]);
    }
    const margin = ["--only-new", "0.01", "--only-old", "0.2", "--margin", "0.05", "--lang", "en"];
    expect(medassay("noninferiority-paired", ...margin).stderr).toContain("widen the margin");
    expect(medassay("target", "--target", "80%", "--expected", "0.9").stderr).toContain("--target is 80%");
    expect(medassay("target", "--target", "0.8", "--expected").stderr).toContain("expected");
    expect(medassay("target", "--target", "0.9", "--expected", "0.901").stderr).toContain("--method normal");
  });
});
