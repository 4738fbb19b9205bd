/** Events in seconds become annotations at samples. */
import { describe, expect, it } from "vitest";
import { event } from "../../../src/contract/event.js";
import { matchBeats } from "../../../src/tasks/forms/sequence/beat-matching.js";
import { compareRecord } from "../../../src/tasks/forms/sequence/records.js";
import { compareRuns } from "../../../src/tasks/forms/sequence/runs.js";
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

  it("leave a rhythm as it is where an episode of another kind begins or ends in it", () => {
    const labels = (...episodes: [from: number, to: number | null, kind: "AF" | "AFL" | "VF"][]) =>
      annotationsOf(
        episodes.map(([start, end, kind]) => ({ start, end, kind })),
        1,
      )
        .map(({ sample, symbol, aux = "" }) => `${sample}${symbol}${aux}`)
        .join(" ");
    expect(labels([400, 460, "AF"], [300, 401, "AFL"])).toBe("300+(AFL 400+(AFIB 460+(N");
    expect(labels([400, 460, "AF"], [420, 425, "AFL"])).toBe("400+(AFIB 460+(N");
    expect(labels([400, 460, "AFL"], [420, 425, "AF"])).toBe("400+(AFL 420+(AFIB 425+(AFL 460+(N");
    expect(labels([400, 460, "AF"], [450, null, "AFL"])).toBe("400+(AFIB 460+(AFL");
    expect(labels([400, 460, "AF"], [420, 425, "VF"])).toBe("400+(AFIB 420[ 425] 425+(AFIB 460+(N");
    expect(labels([400, 460, "AFL"], [420, 460, "VF"])).toBe("400+(AFL 420[ 460] 460+(N");
    expect(labels([400, 450, "AF"], [420, 500, "VF"])).toBe("400+(AFIB 420[ 450+(N 450[ 500]");
    expect(labels([400, 500, "VF"], [600, 700, "VF"])).toBe("400[ 500] 600[ 700]");
  });

  it("lose no time of atrial fibrillation to flutter beside it, on either side", () => {
    const [fs, period] = [250, { fs: 250, length: 600 * 250, start: 300 * 250 }];
    const fibrillation = { start: 400, end: 460, kind: "AF" as const };
    const both = [fibrillation, { start: 300, end: 400.02, kind: "AFL" as const }];
    const inside = [fibrillation, { start: 420, end: 425, kind: "AFL" as const }];
    for (const [reference, test] of [
      [[fibrillation], both],
      [both, [fibrillation]],
      [both, both],
      [inside, [fibrillation]],
      [[fibrillation], inside],
    ] as const) {
      const { statistics } = compareRecord(annotationsOf(reference, fs), annotationsOf(test, fs), period);
      for (const name of ["AF-durationSensitivity", "AF-durationPpv"] as const)
        expect(statistics.get(name), name).toEqual({ numerator: 60_000, denominator: 60_000 });
      for (const name of ["AF-episodeSensitivity", "AF-episodePpv"] as const)
        expect(statistics.get(name), name).toEqual({ numerator: 1, denominator: 1 });
    }
  });

  it("make runs of the beats in atrial fibrillation, before and after what interrupts it", () => {
    const beats = [1, 2, 3, 4, 5, 6, 7].map((time) => ({ time, symbol: "N" }));
    const reference = [...beats, { start: 1.5, end: 6.5, kind: "AF" as const }];
    const longRuns = (...others: { start: number; end: number; kind: "AFL" | "VF" }[]) => {
      const list = annotationsOf([...reference, ...others], 250);
      return compareRuns(list, list, { fs: 250, length: 2000, start: 0 }, "supraventricular").longRun.found;
    };
    expect(longRuns()).toBe(1);
    expect(longRuns({ start: 2.5, end: 3.5, kind: "AFL" })).toBe(1);
    expect(longRuns({ start: 2.5, end: 3.5, kind: "VF" })).toBe(2);
  });

  it("keep a shutdown that begins in ventricular fibrillation", () => {
    const seconds = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ time: from + at + 0.5, symbol: "N" }));
    const test = [
      ...seconds(0, 10),
      { start: 10, end: 20, kind: "VF" as const },
      { start: 15, end: 30, kind: "shutdown" as const },
      ...seconds(30, 40),
    ];
    const { matrix, testShutdown } = matchBeats(annotationsOf(seconds(0, 40), 250), annotationsOf(test, 250), {
      fs: 250,
      length: 40 * 250,
      start: 0,
    });
    // N N, N O (fibrillation alone), N X (shutdown).
    expect([matrix[0]?.[0], matrix[0]?.[5], matrix[0]?.[6]]).toEqual([20, 5, 15]);
    expect(testShutdown).toBe(15 * 250);
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
