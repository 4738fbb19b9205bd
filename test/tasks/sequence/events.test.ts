/** Events in seconds become annotations at samples. */
import { describe, expect, it } from "vitest";
import { event } from "../../../src/contract/event.js";
import { matchBeats } from "../../../src/tasks/forms/sequence/beat-matching.js";
import { annotationsOf, marksArrhythmia } from "../../../src/tasks/forms/sequence/events.js";

describe("an event", () => {
  it("is a mark or an episode", () => {
    for (const good of [
      { time: 0, symbol: "N" },
      { time: 1.25, symbol: "~", subtype: -1 },
      { time: 1.25, symbol: "+", aux: "(AFIB" },
      { start: 1, end: null, kind: "VF" },
      { start: 1, end: 1, kind: "shutdown" },
    ])
      expect(event.safeParse(good).success, JSON.stringify(good)).toBe(true);
  });

  it("has a time from the first sample on, and ends after it starts", () => {
    for (const bad of [
      { time: -0.1, symbol: "N" },
      { time: 2e8, symbol: "N" },
      { time: 1, symbol: "" },
      { time: 1, symbol: "N", subtype: 256 },
      { time: 1, symbol: "N", kind: "VF" },
      { start: 2, end: 1, kind: "VF" },
      { start: 1, end: 2, kind: "pause" },
      { start: 1, kind: "VF" },
    ])
      expect(event.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
  });
});

describe("an arrhythmia", () => {
  it("is an ectopic beat, or fibrillation of the atria or the ventricles", () => {
    for (const event of [
      { time: 1, symbol: "V" },
      { time: 1, symbol: "a" },
      { time: 1, symbol: "[" },
      { time: 1, symbol: "+", aux: "(AFIB" },
      { start: 1, end: 2, kind: "AF" as const },
      { start: 1, end: null, kind: "VF" as const },
    ])
      expect(marksArrhythmia([{ time: 0, symbol: "N" }, event]), JSON.stringify(event)).toBe(true);
    for (const event of [
      { time: 1, symbol: "N" },
      { time: 1, symbol: "F" },
      { time: 1, symbol: "]" },
      { time: 1, symbol: "+", aux: "(N" },
      { time: 1, symbol: "+" },
      { time: 1, symbol: '"', aux: "(AFIB" },
      { start: 1, end: 2, kind: "AFL" as const },
      { start: 1, end: 2, kind: "shutdown" as const },
    ])
      expect(marksArrhythmia([event]), JSON.stringify(event)).toBe(false);
    expect(marksArrhythmia([])).toBe(false);
  });
});

describe("annotations of events", () => {
  it("rise in time, at the nearest sample", () => {
    expect(
      annotationsOf(
        [
          { time: 1.002, symbol: "V" },
          { time: 0.9981, symbol: "~", subtype: 48 },
          { time: 0.5, symbol: "+", aux: "(N" },
        ],
        250,
      ),
    ).toEqual([
      { sample: 125, symbol: "+", subtype: 0, aux: "(N" },
      { sample: 250, symbol: "~", subtype: 48, aux: "" },
      { sample: 251, symbol: "V", subtype: 0, aux: "" },
    ]);
  });

  it("of episodes are labels of rhythm, brackets, and pairs of marks", () => {
    expect(
      annotationsOf(
        [
          { start: 30, end: 40, kind: "VF" },
          { start: 10, end: 20, kind: "AF" },
          { start: 50, end: null, kind: "shutdown" },
          { start: 20, end: 30, kind: "AFL" },
        ],
        10,
      ),
    ).toEqual([
      { sample: 100, symbol: "+", aux: "(AFIB" },
      { sample: 200, symbol: "+", aux: "(N" },
      { sample: 200, symbol: "+", aux: "(AFL" },
      { sample: 300, symbol: "+", aux: "(N" },
      { sample: 300, symbol: "[" },
      { sample: 400, symbol: "]" },
      { sample: 500, symbol: "~", subtype: 48 },
      { sample: Infinity, symbol: "~" },
    ]);
  });

  it("take episodes of a kind that overlap for one, and leave out those shorter than a sample", () => {
    expect(
      annotationsOf(
        [
          { start: 1, end: 3, kind: "VF" },
          { start: 2, end: null, kind: "VF" },
          { start: 7, end: 7.01, kind: "AF" },
        ],
        10,
      ),
    ).toEqual([{ sample: 10, symbol: "[" }]);
  });

  it("put the beginning of an episode before a beat at the same time, its end too", () => {
    const at = annotationsOf(
      [
        { time: 1, symbol: "N" },
        { time: 2, symbol: "V" },
        { start: 1, end: 2, kind: "VF" },
      ],
      100,
    );
    expect(at.map(({ symbol }) => symbol).join("")).toBe("[N]V");
  });

  it("keep the extent of a shutdown whatever is marked within it", () => {
    const test = annotationsOf(
      [
        { start: 2, end: 4, kind: "shutdown" },
        { time: 3, symbol: "N" },
      ],
      250,
    );
    const reference = annotationsOf(
      [
        { time: 2.1, symbol: "V" },
        { time: 3, symbol: "N" },
        { time: 3.9, symbol: "V" },
      ],
      250,
    );
    const { pairs } = matchBeats(reference, test, { fs: 250, length: 2000, start: 0 });
    expect(pairs.map(({ row, column }) => row + column)).toEqual(["VX", "NN", "VX"]);
  });
});
