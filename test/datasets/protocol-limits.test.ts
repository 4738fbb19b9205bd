/** What a protocol may not say: bins that share values, strata twice, margins and criteria beyond their metric. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { protocol as document } from "../../src/contract/protocol.js";
import { effectiveProtocolOf } from "../../src/datasets/protocol.js";
import { refuseLimitsOutOfRange } from "../../src/datasets/protocol-limits.js";
import { validateDocument } from "../../src/storage/documents.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { taskProfile, taskProfiles } from "../../src/tasks/profiles/index.js";
import { referenceLine, testFolder, writeSet } from "./fixtures.js";

const folder = testFolder();
const nodules = taskProfile("lung-nodule-detection");

/** The message with which a protocol is refused; null: it is read. */
function refusal(written: object): { message: string; pointer: string | undefined } | null {
  try {
    validateDocument(document, { schema: "medassay/protocol/1", task: nodules.id, ...written }, "protocol.yaml");
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: "DOCUMENT_INVALID" });
    const { message, pointer } = error as Error & { pointer?: string };
    return { message, pointer };
  }
}

describe("bins of a stratum", () => {
  const sizes = (...bins: string[]) => refusal({ strata: [{ attribute: "size", bins }] });

  it.each([
    [
      ["[1,5]", "[3,8]"],
      ["[1,5]", "[3,8]"],
    ],
    [
      ["[1,5]", "[5,8]"],
      ["[1,5]", "[5,8]"],
    ],
    [
      ["[5,8]", "[1,5]"],
      ["[5,8]", "[1,5]"],
    ],
    [
      ["[1,5]", "[1,5]"],
      ["[1,5]", "[1,5]"],
    ],
    [
      ["(1,5)", "(1,5)"],
      ["(1,5)", "(1,5)"],
    ],
    [
      ["[1,5)", "(1,5]"],
      ["[1,5)", "(1,5]"],
    ],
    [
      ["[1,9]", "[3,4)"],
      ["[1,9]", "[3,4)"],
    ],
    [
      ["[0,1)", "[1,4)", "[3,inf)"],
      ["[1,4)", "[3,inf)"],
    ],
    [
      ["(-inf,2]", "[2,2]"],
      ["(-inf,2]", "[2,2]"],
    ],
    [
      ["(-inf,inf)", "[2,2]"],
      ["(-inf,inf)", "[2,2]"],
    ],
    [
      ["[-2,-1]", "[-1,0]"],
      ["[-2,-1]", "[-1,0]"],
    ],
  ])("%j share values: both are named", (bins, [first, second]) => {
    const refused = sizes(...bins);
    expect(refused?.message).toContain(`the bins ${first} and ${second} share values`);
    expect(refused?.pointer).toBe("/strata/0/bins");
  });

  it.each(["[5,2]", "[5,5)", "(5,5]", "(5,5)"])("%s holds no value", (bin) => {
    expect(sizes("[0,1]", bin)?.message).toContain(`the bin ${bin} holds no value`);
  });

  it.each([
    [["[1,5)", "[5,8]"]],
    [["[1,5]", "(5,8]"]],
    [["[1,5)", "(5,8]"]],
    [["[5,8]", "[1,5)"]],
    [["(-inf,2)", "[2,2]", "(2,inf)"]],
    [["[5,5]"]],
  ])("%j are read", (bins) => expect(sizes(...bins)).toBeNull());

  it("are judged in crossings too", () => {
    const cross = ["site", { attribute: "size", bins: ["[1,5]", "[3,8]"] }];
    expect(refusal({ strata: ["sex", { cross }] })?.message).toContain("[1,5] and [3,8]");
  });
});

describe("strata", () => {
  const size = (...bins: string[]) => ({ attribute: "size", bins });

  it.each([
    [["site", "site"]],
    [["site", { attribute: "site" }]],
    [[size("[1,2)", "[2,3)"), size("[2,3)", "[1,2)")]],
    [[size("[1,2)"), size("[1.0,2.0)")]],
    [[{ cross: ["site", "sex"] }, { cross: ["sex", "site"] }]],
  ])("%j split the set alike", (strata) => {
    const refused = refusal({ strata });
    expect(refused?.message).toContain("strata 1 and 2 split the set alike");
    expect(refused?.pointer).toBe("/strata/1");
  });

  it("an attribute crossed with itself is refused", () => {
    const refused = refusal({ strata: ["sex", { cross: ["site", { attribute: "site" }] }] });
    expect(refused).toMatchObject({ pointer: "/strata/1" });
    expect(refused?.message).toContain("site can't be crossed with itself");
  });

  it.each([
    [["site", "sex"]],
    [[size("[1,2)"), size("[1,2]")]],
    [[size("[1,2)"), size("(1,2)")]],
    [[size("[1,2)"), size("[0,2)")]],
    [[size("[1,2)"), size("[1,3)")]],
    [[size("[1,2)"), "size"]],
    [["site", "sex", { cross: ["site", "sex"] }]],
  ])("%j are read", (strata) => expect(refusal({ strata })).toBeNull());
});

describe("sizes left out", () => {
  it("leave something", () => {
    expect(refusal({ exclude: { belowMm: 10, aboveMm: 3 } })).toMatchObject({ pointer: "/exclude" });
    for (const exclude of [{ belowMm: 3, aboveMm: 10 }, { belowMm: 3, aboveMm: 3 }, { belowMm: 3 }, { aboveMm: 3 }, {}])
      expect(refusal({ exclude })).toBeNull();
  });
});

describe("margins and criteria", () => {
  const base = effectiveProtocol(nodules, null);
  const compared =
    (margin: number | Record<string, number>, ...metrics: string[]) =>
    () =>
      refuseLimitsOutOfRange({ ...base, comparison: { ...base.comparison, metrics, margin } }, "protocol.yaml");
  const criterion = (metric: string, limit: { atLeast: number } | { atMost: number }) => () =>
    refuseLimitsOutOfRange({ ...base, acceptance: [{ metric, compare: "estimate", ...limit }] }, "protocol.yaml");
  const refused = (pointer: string) =>
    expect.objectContaining({
      code: "DOCUMENT_INVALID",
      pointer,
      hint: expect.stringContaining("0.05, not 5") as string,
    });

  it("a margin of 1 or more for a metric that ends at 1 would accept any loss", () => {
    for (const metric of ["lesion-sensitivity", "froc-score", "patient-auc", "quadratic-kappa"]) {
      for (const margin of [1, 5]) {
        expect(compared(margin, "false-positives-per-case", metric)).toThrowError(refused("/comparison/margin"));
        expect(compared({ "lr-positive": 5, [metric]: margin })).toThrowError(refused(`/comparison/margin/${metric}`));
      }
      for (const margin of [0, 0.05, 0.99]) expect(compared(margin, metric)).not.toThrow();
    }
    expect(compared(5, "false-positives-per-case", "calibration-intercept")).not.toThrow();
    expect(compared({ "lesion-sensitvity": 0.05 })).toThrowError(expect.objectContaining({ code: "METRIC_UNKNOWN" }));
  });

  it("a criterion beyond the ends of its metric's kind", () => {
    for (const metric of ["lesion-sensitivity", "froc-score", "mcc", "false-positives-per-case"]) {
      const high = metric !== "false-positives-per-case" ? [1.001, 85] : [];
      for (const value of [...high, metric === "mcc" ? -1.001 : -0.001]) {
        expect(criterion(metric, { atLeast: value })).toThrowError(refused("/acceptance/0/atLeast"));
        expect(criterion(metric, { atMost: value })).toThrowError(refused("/acceptance/0/atMost"));
      }
      for (const value of [0, 1]) expect(criterion(metric, { atLeast: value })).not.toThrow();
    }
    expect(criterion("mcc", { atLeast: -1 })).not.toThrow();
    expect(criterion("false-positives-per-case", { atMost: 5 })).not.toThrow();
    expect(criterion("calibration-intercept", { atLeast: -7 })).not.toThrow();
    expect(criterion("nope", { atLeast: 0 })).toThrowError(expect.objectContaining({ code: "METRIC_UNKNOWN" }));
  });

  it("the defaults of every task keep to them", () => {
    for (const profile of Object.values(taskProfiles))
      expect(() => refuseLimitsOutOfRange(effectiveProtocol(profile, null), "")).not.toThrow();
  });

  it("are judged where the protocol of a set is read", async () => {
    const set = join(folder(), "set");
    await mkdir(set);
    await writeSet(set, { cases: [{ id: "c1" }], reference: [referenceLine("c1")] });
    await writeFile(
      join(set, "protocol.yaml"),
      "schema: medassay/protocol/1\ntask: lung-nodule-detection\ncomparison: { margin: 5 }\n",
    );
    await expect(effectiveProtocolOf(set)).rejects.toMatchObject({ code: "DOCUMENT_INVALID", exit: 2 });
  });
});
