/** The reader of reference cases can't pass by accident: wrong numbers, missing reasons and flags, unknown methods fail. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { notEstimable } from "../../src/stats/outcome.js";
import { checkFolderNow, reasonBut, type Answer } from "./reading.js";

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

const write = (document: unknown, name = "made.json"): void =>
  writeFileSync(join(shared, "oracles/stats", name), JSON.stringify(document));

function check(test: object, answer: Answer): void {
  write({ schema: "medassay-oracle/1", name: "made", cases: [{ id: "1", method: "m", input: {}, ...test }] });
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

  it("takes no number for an infinity", () => {
    for (const expected of ["Infinity", "-Infinity"]) {
      expect(() => check({ expected: { v: expected }, tolerance }, { values: { v: Number(expected) } })).not.toThrow();
      expect(() => check({ expected: { v: expected }, tolerance }, { values: { v: -Number(expected) } })).toThrow();
      expect(() => check({ expected: { v: expected }, tolerance }, { values: { v: 5 } })).toThrow();
    }
  });

  it("takes numbers beside a reason for the rest", () => {
    const test = { expected: { v: 1, w: null }, reasons: { "/w": "too-few" }, tolerance };
    expect(() => check(test, reasonBut(notEstimable("too-few"), { v: 1 }))).not.toThrow();
    expect(() => check(test, reasonBut(notEstimable("too-few"), { v: 2 }))).toThrow();
    expect(() => check(test, reasonBut(notEstimable("too-few"), {}))).toThrow();
  });

  it("refuses a case that expects nothing", () => {
    expect(() => check({ expected: {}, tolerance }, { values: {} })).toThrow();
  });

  it("refuses cases in a sub-folder", () => {
    mkdirSync(join(shared, "oracles/stats/more"));
    writeFileSync(join(shared, "oracles/stats/more/cases.json"), "[]");
    expect(() => check({ expected: { v: 1 }, tolerance }, { values: { v: 1 } })).toThrow();
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

  it("finds cases in a list, in a list under cases, and keyed by id", () => {
    const test = { id: "1", method: "m", input: {}, expected: { v: 1 }, tolerance };
    for (const document of [[test], { cases: [test] }, { cases: { "1": test } }]) {
      write(document);
      expect(() => checkFolderNow("stats", { m: () => ({ values: { v: 1 } }) })).not.toThrow();
      expect(() => checkFolderNow("stats", { m: () => ({ values: { v: 2 } }) })).toThrow();
    }
  });

  it("refuses a document of an unknown shape, and passes over notes and data", () => {
    const refused = [{ results: [1] }, { tests: [{ id: "1", expected: 1 }] }, { cases: 5 }, "text", [null]];
    for (const document of [...refused, { a: { labels: [1], scores: [1], expected: 1 } }]) {
      write(document);
      expect(() => checkFolderNow("stats", {}), JSON.stringify(document)).toThrow();
    }
    for (const document of [
      { about: "notes" },
      { classes: ["a"], weights: [[1]] },
      { a: { labels: [1], scores: [1] } },
    ]) {
      write(document);
      expect(() => checkFolderNow("stats", {}), JSON.stringify(document)).not.toThrow();
    }
  });

  it("compares no information, wherever it stands", () => {
    const keys = ["about", "note", "words", "source", "sources", "peer", "peers", "disagree", "check", "tool_x"];
    const extra = Object.fromEntries(keys.map((key) => [key, 7]));
    const test = { expected: { v: { w: 1, ...extra }, ...extra }, tolerance };
    expect(() => check(test, { values: { v: { w: 1 } } })).not.toThrow();
    expect(() => check({ ...test, expected: { v: { w: 1, extra: 7 } } }, { values: { v: { w: 1 } } })).toThrow();
  });

  it("takes an input error by its name, and no other", () => {
    write([{ id: "1", method: "m", input: {}, expected: { error: "length-mismatch" }, tolerance }]);
    const refusing = (message: string) => () =>
      checkFolderNow("stats", {
        m: () => {
          throw new MedassayError("STATISTICS_ARGUMENT", message, {});
        },
      });
    expect(refusing("length-mismatch: 1 and 2")).not.toThrow();
    expect(refusing("missing-score: row 1")).toThrow();
    expect(() => checkFolderNow("stats", { m: () => ({ values: { v: 1 } }) })).toThrow();
    expect(() =>
      checkFolderNow("stats", {
        m: () => {
          throw new TypeError("length-mismatch: by accident");
        },
      }),
    ).toThrow();
  });
});
