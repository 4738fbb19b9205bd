import { describe, expect, it } from "vitest";
import type { DatasetCard } from "../../src/contract/dataset-card.js";
import type { Reading } from "../../src/contract/reading.js";
import { referencesOf } from "../../src/datasets/adjudicate.js";
import { cardOf, readingLine, sphere } from "./fixtures.js";

const two = cardOf({
  annotators: [
    { id: "r1", role: "reader" },
    { id: "r2", role: "reader" },
    { id: "a", role: "arbiter" },
  ],
  annotation: {
    design: "two-readers-two-rounds-blind-with-arbiter",
    adjudication: { rule: "two-readers-arbiter", size: "mean", label: "majority" },
  },
});

function votes(atLeast: number): DatasetCard {
  return cardOf({
    annotation: {
      design: "votes-of-n-readers",
      adjudication: { rule: "vote", atLeast, size: "mean", label: "majority" },
    },
  });
}

const at = (x: number) => [x, 0, 0];
const only = (readings: Reading[], card: DatasetCard) => {
  const [line] = referencesOf(readings, card, ["c1"]);
  if (line === undefined) throw new Error("no reference line");
  return line;
};

describe("two readers and an arbiter", () => {
  it("takes what both marked, with mean place and mean size", () => {
    const line = only(
      [
        readingLine("c1", "r1", 2, { findings: [sphere("m1", at(0), 8)] }),
        readingLine("c1", "r2", 2, { findings: [sphere("m1", at(2), 10)] }),
      ],
      two,
    );
    expect(line.findings).toHaveLength(1);
    expect(line.findings[0]?.geometry).toEqual({ type: "sphere", center: [1, 0, 0], diameterMm: 9 });
    expect(line.findings[0]?.attributes?.diameterMm).toBe(9);
    expect(line.basis).toEqual({ rule: "two-readers-arbiter", readers: ["r1", "r2"], arbitrated: 0 });
  });

  it("takes the second round as the final word", () => {
    const line = only(
      [
        readingLine("c1", "r1", 1, { findings: [sphere("m1", at(0), 8)] }),
        readingLine("c1", "r1", 2),
        readingLine("c1", "r2", 2),
        readingLine("c1", "r2", 1, { findings: [sphere("m1", at(0), 8)] }),
      ],
      two,
    );
    expect(line.findings).toEqual([]);
  });

  it("lets the arbiter accept one reader's mark and reject another's", () => {
    const line = only(
      [
        readingLine("c1", "r1", 2, { findings: [sphere("m1", at(0), 8), sphere("m2", at(50), 6)] }),
        readingLine("c1", "r2", 2),
        readingLine("c1", "a", 0, { trigger: ["m1", "m2"], findings: [sphere("a1", at(1), 10)] }),
      ],
      two,
    );
    expect(line.findings.map(({ geometry }) => geometry)).toEqual([
      { type: "sphere", center: [0.5, 0, 0], diameterMm: 9 },
    ]);
    expect(line.basis).toEqual({ rule: "two-readers-arbiter", readers: ["r1", "r2", "a"], arbitrated: 2 });
  });

  it("does not take an arbiter's mark that nobody asked about", () => {
    const line = only(
      [
        readingLine("c1", "r1", 2),
        readingLine("c1", "r2", 2),
        readingLine("c1", "a", 0, { findings: [sphere("a1", at(1), 10)] }),
      ],
      two,
    );
    expect(line.findings).toEqual([]);
  });

  it.each([
    ["there is no arbiter's line", undefined],
    ["he was not asked about this mark", readingLine("c1", "a", 0, { trigger: ["other"] })],
  ])("names case and mark where one reader stands alone and %s", (_why, arbiter) => {
    const readings = [
      readingLine("c1", "r1", 2, { findings: [sphere("m7", at(0), 8)] }),
      readingLine("c1", "r2", 2),
      ...(arbiter ? [arbiter] : []),
    ];
    expect(() => only(readings, two)).toThrow(
      expect.objectContaining({ code: "ADJUDICATION_UNRESOLVED", message: expect.stringMatching(/case c1.*r1\/m7/) }),
    );
  });

  it("needs both readers, also where one of them marked nothing", () => {
    expect(() => only([readingLine("c1", "r1", 2)], two)).toThrow(
      expect.objectContaining({ code: "ADJUDICATION_UNRESOLVED", message: expect.stringContaining("r1") }),
    );
    expect(() => referencesOf([], two, ["c1"])).toThrow(expect.objectContaining({ code: "ADJUDICATION_UNRESOLVED" }));
  });

  it("pairs each mark once, the nearest first", () => {
    const line = only(
      [
        readingLine("c1", "r1", 2, { findings: [sphere("m1", at(0), 10), sphere("m2", at(4), 10)] }),
        readingLine("c1", "r2", 2, { findings: [sphere("m1", at(3), 10), sphere("m2", at(-1), 10)] }),
      ],
      two,
    );
    expect(line.findings.map(({ geometry }) => (geometry.type === "sphere" ? geometry.center[0] : null))).toEqual([
      -0.5, 3.5,
    ]);
  });

  it("gives a finding the same id whatever the order of the lines", () => {
    const a = readingLine("c1", "r1", 2, { findings: [sphere("m1", at(0), 8), sphere("m2", at(50), 8)] });
    const b = readingLine("c1", "r2", 2, { findings: [sphere("m2", at(50), 8), sphere("m1", at(0), 8)] });
    const ids = (readings: Reading[]) =>
      only(readings, two)
        .findings.map(({ id }) => id)
        .sort();
    expect(ids([a, b])).toEqual(ids([b, a]));
    expect(new Set(ids([a, b])).size).toBe(2);
  });

  it("keeps grades that are equal and takes the arbiter's for those that are not", () => {
    const line = only(
      [
        readingLine("c1", "r1", 2, { labels: { icdr: 2, gradable: true } }),
        readingLine("c1", "r2", 2, { labels: { icdr: 3, gradable: true } }),
        readingLine("c1", "a", 0, { labels: { icdr: 3 } }),
      ],
      two,
    );
    expect(line.labels).toEqual({ icdr: 3, gradable: true });
    expect(line.basis.arbitrated).toBe(1);
  });

  it("does not join masks, which know no place", () => {
    const mask = { id: "m1", geometry: { type: "mask" as const, shape: [1, 4], runs: [1, 2, 1] } };
    const readings = [
      readingLine("c1", "r1", 2, { findings: [mask] }),
      readingLine("c1", "r2", 2, { findings: [sphere("m1", at(0), 8)] }),
    ];
    expect(() => referencesOf(readings, two, ["c1"])).toThrow(
      expect.objectContaining({
        code: "TRUTH_INVALID",
        message: "case c1, reader r1: m1 is a mask, which can't be joined with others",
      }),
    );
  });

  it("does not guess a grade", () => {
    const readings = [
      readingLine("c1", "r1", 2, { labels: { icdr: 2 } }),
      readingLine("c1", "r2", 2, { labels: { icdr: 3 } }),
    ];
    expect(() => only(readings, two)).toThrow(
      expect.objectContaining({
        code: "ADJUDICATION_UNRESOLVED",
        message: expect.stringMatching(/icdr.*r1: 2.*r2: 3/),
      }),
    );
  });
});

describe("votes", () => {
  const mark = (reader: string, x: number, diameter: number, attributes = {}) =>
    readingLine("c1", reader, 2, {
      findings: [sphere("m1", at(x), diameter, { attributes: { diameterMm: diameter, ...attributes } })],
    });

  it("keeps an object below the votes as excluded, not as nothing", () => {
    const readings = [mark("r1", 0, 8), mark("r2", 1, 8), readingLine("c1", "r3", 2)];
    expect(only(readings, votes(2)).findings[0]?.excluded).toBeUndefined();
    expect(only(readings, votes(3)).findings[0]?.excluded).toBe(true);
  });

  it("joins marks strictly inside the sum of radii, through others as well", () => {
    expect(only([mark("r1", 0, 4), mark("r2", 4, 4)], votes(1)).findings).toHaveLength(2);
    expect(only([mark("r1", 0, 4), mark("r2", 3.9, 4)], votes(1)).findings).toHaveLength(1);
    expect(only([mark("r1", 0, 4), mark("r2", 3, 4), mark("r3", 6, 4)], votes(1)).findings).toHaveLength(1);
  });

  it("takes the median of ratings and the majority of words; a tie goes to the first as text", () => {
    const rated = (type: [string, string, string, string]) =>
      only(
        type.map((each, index) => mark(`r${index + 1}`, 0, 8, { malignancy: index === 3 ? 5 : index + 1, type: each })),
        votes(3),
      ).findings[0]?.attributes;
    expect(rated(["solid", "solid", "ground-glass", "solid"])).toMatchObject({
      malignancy: 2.5,
      type: "solid",
      votes: 4,
    });
    expect(rated(["solid", "solid", "ground-glass", "ground-glass"])).toMatchObject({ type: "ground-glass" });
  });
});

describe("the rule", () => {
  it("must be declared, with its parameters", () => {
    const missing = { code: "ADJUDICATION_RULE_MISSING" };
    expect(() => referencesOf([], cardOf(), ["c1"])).toThrow(expect.objectContaining(missing));
    const vote = cardOf({
      annotation: { design: "v", adjudication: { rule: "vote", size: "mean", label: "majority" } },
    });
    expect(() => referencesOf([], vote, ["c1"])).toThrow(expect.objectContaining(missing));
  });
});
