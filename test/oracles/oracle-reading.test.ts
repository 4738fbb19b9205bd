/** The reader of reference cases can't pass by accident: wrong numbers, missing reasons and flags, unknown methods fail. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkFolderNow, type Answer } from "./reading.js";

const tolerance = { rel: 1e-9, abs: 1e-12 };
let shared = "";

beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), "medassay-oracles-"));
  mkdirSync(join(shared, "oracles/stats"), { recursive: true });
  vi.stubEnv("MEDASSAY_SHARED", shared);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(shared, { recursive: true });
});

function check(test: object, answer: Answer): void {
  const document = { schema: "medassay-oracle/1", name: "made", cases: [{ id: "1", method: "m", input: {}, ...test }] };
  writeFileSync(join(shared, "oracles/stats/made.json"), JSON.stringify(document));
  checkFolderNow("stats", { m: () => answer });
}

describe("the reader of reference cases", () => {
  it("accepts a number within the tolerance and refuses one outside, or none", () => {
    const test = { expected: { v: 0.5 }, tolerance };
    expect(() => check(test, { values: { v: 0.5 + 1e-10 } })).not.toThrow();
    expect(() => check(test, { values: { v: 0.5 + 1e-8 } })).toThrow();
    expect(() => check(test, { values: { v: NaN } })).toThrow();
    expect(() => check(test, { values: {} })).toThrow();
  });

  it("holds small probabilities to relative accuracy", () => {
    const test = { expected: { p: 1e-40 }, tolerance: { ...tolerance, pAbs: 1e-300 } };
    expect(() => check(test, { values: { p: 1.1e-40 } })).toThrow();
  });

  it("wants the reason that belongs to a null, and nothing else", () => {
    const test = { expected: { v: null }, reasons: { "/v": "zero-cell" }, tolerance };
    expect(() => check(test, { values: { v: { ok: false, reason: "zero-cell" } } })).not.toThrow();
    expect(() => check(test, { values: { v: { ok: false, reason: "no-data" } } })).toThrow();
    expect(() => check(test, { values: { v: null } })).toThrow();
    expect(() => check(test, { values: { v: 0 } })).toThrow();
  });

  it("wants every flag, and no other", () => {
    const test = { expected: { v: 1 }, flags: ["no-data"], tolerance };
    expect(() => check(test, { values: { v: 1 }, flags: ["no-data"] })).not.toThrow();
    expect(() => check(test, { values: { v: 1 } })).toThrow();
    expect(() => check(test, { values: { v: 1 }, flags: ["no-data", "plateau"] })).toThrow();
  });

  it("refuses a method that nobody declared", () => {
    const test = { method: "unheard-of", expected: { v: 1 }, tolerance };
    expect(() => check(test, { values: {} })).toThrow();
  });
});
