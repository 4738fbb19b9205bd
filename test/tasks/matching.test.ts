/** Which mark finds which lesion: hit criteria, assignments, caps, duplicates, excluded findings, warnings. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import type { Finding, Geometry } from "../../src/contract/finding.js";
import type { MatchRule } from "../../src/contract/protocol.js";
import { isPointTarget, placeOf } from "../../src/tasks/forms/hits.js";
import { matchCase } from "../../src/tasks/forms/matching.js";

const rule: MatchRule = {
  rule: "centre-distance",
  comparator: "le",
  minRadiusMm: 0,
  assignment: "one-to-one",
  duplicates: "separate",
  excluded: "ignore",
  maxMarksPerCase: null,
  capTies: "keep",
};
const sphere = (x: number, diameterMm: number): Geometry => ({ type: "sphere", center: [x, 0, 0], diameterMm });
const point = (x: number): Geometry => ({ type: "point", at: [x, 0, 0] });
const box = (...corners: number[]): Geometry => ({
  type: "box",
  min: corners.slice(0, corners.length / 2),
  max: corners.slice(corners.length / 2),
});
const mask = (runs: number[], shape = [1, 12]): Geometry => ({ type: "mask", shape, runs });
const findings = (geometries: readonly Geometry[]): Finding[] =>
  geometries.map((geometry, at) => ({ id: `f${at}`, geometry }));
const marks = (rows: readonly (readonly [Geometry, number])[]): Finding[] =>
  rows.map(([geometry, score], at) => ({ id: `m${at}`, geometry, score }));

function match(
  lesions: readonly Geometry[],
  given: readonly (readonly [Geometry, number])[],
  changes: Partial<MatchRule> = {},
  excluded: readonly Geometry[] = [],
) {
  return matchCase(findings(lesions), findings(excluded), marks(given), { ...rule, ...changes });
}
const kinds = (matched: ReturnType<typeof match>) => matched.marks.map(({ kind }) => kind);
const scores = (matched: ReturnType<typeof match>) => matched.lesions.map(({ score }) => score);
const hits = (lesion: Geometry, mark: Geometry, changes: Partial<MatchRule>) =>
  match([lesion], [[mark, 0.5]], changes).lesions[0]?.score === 0.5;

describe("a hit", () => {
  it("by distance: within the radius, on the border unless strict, at least the least radius", () => {
    expect(hits(sphere(0, 10), point(5), {})).toBe(true);
    expect(hits(sphere(0, 10), point(5), { comparator: "lt" })).toBe(false);
    expect(hits(sphere(0, 10), point(4.999), { comparator: "lt" })).toBe(true);
    expect(hits(sphere(0, 10), point(5.001), {})).toBe(false);
    expect(hits(sphere(0, 4), point(3), { minRadiusMm: 3 })).toBe(true);
    expect(hits(sphere(0, 10), point(5), { minRadiusMm: 3 })).toBe(true);
    expect(hits(point(7), point(7), {})).toBe(true);
    expect(hits(point(7), point(7), { comparator: "lt" })).toBe(false);
  });

  it("in the lesion: a box by its sides, everything else by its radius", () => {
    const inside = { rule: "centre-in-lesion" } as const;
    const lesion = box(0, 0, 10, 4);
    const at = (x: number, y: number): Geometry => ({ type: "point", at: [x, y] });
    expect(hits(lesion, at(10, 4), inside)).toBe(true);
    expect(hits(lesion, at(0, 0), inside)).toBe(true);
    expect(hits(lesion, at(10, 2), { ...inside, comparator: "lt" })).toBe(false);
    expect(hits(lesion, at(0, 2), { ...inside, comparator: "lt" })).toBe(false);
    expect(hits(lesion, at(9.9, 2), { ...inside, comparator: "lt" })).toBe(true);
    expect(hits(lesion, at(5, 4.1), inside)).toBe(false);
    expect(hits(lesion, at(-0.1, 2), inside)).toBe(false);
    expect(hits(sphere(0, 10), point(5), inside)).toBe(true);
    expect(hits(sphere(0, 10), point(6), inside)).toBe(false);
    // By distance the disc of equal area counts: radius 3.57.
    expect(hits(lesion, at(9, 2), { rule: "centre-distance" })).toBe(false);
  });

  it("in a box of a small radius: as far as the least radius reaches, and its corners besides", () => {
    const inside = { rule: "centre-in-lesion" } as const;
    const at = (x: number): Geometry => ({ type: "point", at: [x, 1, 1] });
    const small = box(0, 0, 0, 2, 2, 2);
    expect([hits(small, at(4), inside), hits(small, at(4), { ...inside, minRadiusMm: 5 })]).toEqual([false, true]);
    expect([
      hits(small, at(6), { ...inside, minRadiusMm: 5 }),
      hits(small, at(6.1), { ...inside, minRadiusMm: 5 }),
    ]).toEqual([true, false]);
    expect(hits(small, at(6), { ...inside, minRadiusMm: 5, comparator: "lt" })).toBe(false);
    // 8 x 2 pixels: the disc of equal area has a radius of 2.26, which a least radius below it does not change.
    const long = box(0, 0, 8, 2);
    const above: Geometry = { type: "point", at: [4, 3.1] };
    expect(hits(long, above, { ...inside, minRadiusMm: 2.2 })).toBe(false);
    expect(hits(long, above, { ...inside, minRadiusMm: 2.3 })).toBe(true);
    expect(hits(long, { type: "point", at: [8, 2] }, { ...inside, minRadiusMm: 2.3 })).toBe(true);
    // Where both are equal nothing is added.
    const disc = box(0, 0, 2, 8);
    const { radius } = placeOf({ id: "l", geometry: disc });
    expect(hits(disc, { type: "point", at: [2.5, 4] }, { ...inside, minRadiusMm: radius })).toBe(false);
  });

  it("by overlap that whole numbers meet exactly is a hit, and none where strict", () => {
    const bars = (a: number, b: number, common: number) =>
      [box(0, 0, a, 1), box(a - common, 0, a - common + b, 1)] as const;
    for (const [measure, numerator, denominator] of [
      ["dice", 1, 5],
      ["dice", 7, 10],
      ["dice", 1, 3],
      ["iou", 1, 10],
      ["iou", 3, 10],
    ] as const) {
      let met = 0;
      for (let a = 1; a <= 24; a++)
        for (let b = a; b <= 24; b++)
          for (let common = 1; common <= a; common++) {
            const [part, whole] = measure === "dice" ? [2 * common, a + b] : [common, a + b - common];
            if (part * denominator !== whole * numerator) continue;
            met++;
            const [lesion, mark] = bars(a, b, common);
            const by = { rule: "overlap", overlap: { measure, atLeast: numerator / denominator } } as const;
            const found = [hits(lesion, mark, by), hits(lesion, mark, { ...by, comparator: "lt" })];
            expect(found, `${measure} ${common} of ${a} and ${b}`).toEqual([true, false]);
          }
      expect(met).toBeGreaterThan(2);
    }
    // Masks: 1 of 1 and 9 pixels is Dice 0.2.
    const by = { rule: "overlap", overlap: { measure: "dice", atLeast: 0.2 } } as const;
    expect(hits(mask([0, 1, 11]), mask([0, 9, 3]), by)).toBe(true);
    expect(hits(mask([0, 1, 11]), mask([0, 9, 3]), { ...by, comparator: "lt" })).toBe(false);
  });

  it("in two boxes: the nearer centre is the better hit", () => {
    const found = match([box(0, 0, 10, 10), box(4, 0, 20, 10)], [[{ type: "point", at: [6, 5] }, 0.5]], {
      rule: "centre-in-lesion",
    });
    expect(scores(found)).toEqual([0.5, null]);
  });

  it("by overlap: IoU or Dice of boxes, at least 0.1 where the rule says nothing, above it where strict", () => {
    const [a, b] = [box(0, 0, 10, 10), box(5, 0, 15, 10)];
    const overlap = (measure: "iou" | "dice", atLeast: number, comparator: "le" | "lt" = "le") =>
      hits(a, b, { rule: "overlap", overlap: { measure, atLeast }, comparator });
    expect([overlap("iou", 1 / 3), overlap("iou", 0.34)]).toEqual([true, false]);
    expect([overlap("dice", 0.5), overlap("dice", 0.51)]).toEqual([true, false]);
    expect([overlap("dice", 0.5, "lt"), overlap("dice", 0.49, "lt")]).toEqual([false, true]);
    expect(overlap("iou", 1 / 3, "lt")).toBe(false);
    expect(hits(a, b, { rule: "overlap" })).toBe(true);
    expect(hits(a, box(9, 0, 19, 10), { rule: "overlap" })).toBe(false);
    expect(hits(box(0, 0, 10, 1), box(0, 0, 1, 1), { rule: "overlap" })).toBe(true);
  });

  it("by overlap of masks on one grid", () => {
    const lesion = mask([2, 4, 6]);
    const by = (other: Geometry, atLeast: number, measure: "iou" | "dice" = "iou") =>
      hits(lesion, other, { rule: "overlap", overlap: { measure, atLeast } });
    // Pixels 2 to 5 and 4 to 7: 2 of 6.
    expect([by(mask([4, 4, 4]), 1 / 3), by(mask([4, 4, 4]), 0.34)]).toEqual([true, false]);
    expect([by(mask([4, 4, 4]), 0.5, "dice"), by(mask([4, 4, 4]), 0.51, "dice")]).toEqual([true, false]);
    // Two runs: 1 to 2 and 5 to 8; common 2 and 5 of 8.
    expect([by(mask([1, 2, 2, 4, 3]), 0.25), by(mask([1, 2, 2, 4, 3]), 0.26)]).toEqual([true, false]);
    expect(by(mask([0, 12]), 4 / 12)).toBe(true);
    expect(by(mask([2, 4, 6], [2, 6]), 0.01)).toBe(false);
    expect(by(mask([2, 4, 6], [1, 1, 12]), 0.01)).toBe(false);
    expect(by(mask([12]), 0.01)).toBe(false);
    expect(hits(mask([12]), mask([12]), { rule: "overlap", overlap: { measure: "iou", atLeast: 0.01 } })).toBe(false);
    expect(by(mask([6, 6]), 0.01)).toBe(false);
    // What a mask and a box have in common can't be known.
    const small = { rule: "overlap", overlap: { measure: "iou", atLeast: 0.01 } } as const;
    const far = box(50, 50, 60, 60);
    expect([hits(lesion, far, small), hits(far, lesion, small)]).toEqual([false, false]);
  });
});

describe("of several lesions in reach", () => {
  const found = (lesions: Geometry[], mark: Geometry, changes: Partial<MatchRule>) =>
    scores(match(lesions, [[mark, 0.5]], changes)).indexOf(0.5);

  it("that is the best hit whose centre is nearest in parts of its radius, or of the least radius", () => {
    // 3 of 6 mm against 2 of 2 mm; of 8 mm both.
    const spheres = [sphere(0, 12), sphere(5, 4)];
    expect(found(spheres, point(3), {})).toBe(0);
    expect(found(spheres, point(3), { minRadiusMm: 8 })).toBe(1);
    expect(found(spheres, point(3), { rule: "centre-in-lesion" })).toBe(0);
    expect(found(spheres, point(3), { rule: "centre-in-lesion", minRadiusMm: 8 })).toBe(1);
    // Discs of equal area: 4 of 11.3 pixels against 1 of 1.6 pixels; of 12 pixels both.
    const boxes = [box(0, 0, 20, 20), box(13, 9, 17, 11)];
    const mark: Geometry = { type: "point", at: [14, 10] };
    expect(found(boxes, mark, { rule: "centre-in-lesion" })).toBe(0);
    expect(found(boxes, mark, { rule: "centre-in-lesion", minRadiusMm: 12 })).toBe(1);
  });

  it("that is the best hit which overlaps most", () => {
    // 6 of 14 against 4 of 16, and the other way round.
    for (const measure of ["iou", "dice"] as const) {
      const by = { rule: "overlap", overlap: { measure, atLeast: 0.2 } } as const;
      expect(found([box(0, 0, 10, 10), box(10, 0, 20, 10)], box(4, 0, 14, 10), by)).toBe(0);
      expect(found([box(0, 0, 10, 10), box(10, 0, 20, 10)], box(6, 0, 16, 10), by)).toBe(1);
    }
  });

  it("of equal ones that of the lower place is taken, then the smaller, then the first by id: not by row", () => {
    const geometries: readonly (readonly [Geometry, Geometry])[] = [
      [sphere(0, 12), sphere(8, 12)],
      [
        { type: "sphere", center: [4, 0, -1], diameterMm: 12 },
        { type: "sphere", center: [4, 0, 1], diameterMm: 12 },
      ],
      [sphere(4, 12), sphere(4, 14)],
      [sphere(4, 12), sphere(4, 12)],
    ];
    for (const assignment of ["one-to-one", "hit-rule"] as const)
      for (const [a, b] of geometries) {
        const rows: Finding[] = [
          { id: "a", geometry: a },
          { id: "b", geometry: b },
        ];
        for (const lesions of [rows, [...rows].reverse()]) {
          const one = matchCase(lesions, [], marks([[point(4), 0.9]]), { ...rule, assignment });
          const index = one.marks[0]?.lesion ?? -1;
          expect(lesions[index]?.id, JSON.stringify([a, b])).toBe("a");
        }
      }
    // Findings that share all of it stay as they come.
    expect(
      scores(
        matchCase(
          [0, 1].map(() => ({ id: "a", geometry: point(0) })),
          [],
          marks([[point(0), 0.9]]),
          rule,
        ),
      ),
    ).toEqual([0.9, null]);
  });

  it("equal marks that hit equally well take lesions in the order of their places, not of rows", () => {
    // Both marks lie midway between two lesions; one lesion is shared.
    const lesions = findings([sphere(0, 12), sphere(8, 12), sphere(16, 12)]);
    const rows = marks([
      [point(4), 0.9],
      [point(12), 0.9],
    ]);
    for (const given of [rows, [...rows].reverse()]) {
      const found = matchCase(lesions, [], given, rule);
      expect(found.lesions.map(({ score }) => score)).toEqual([0.9, 0.9, null]);
      const byHits = matchCase(findings([sphere(0, 12)]), [], marks([[point(-3), 0.9]]).concat(given.slice(0, 1)), {
        ...rule,
        assignment: "hit-rule",
      });
      expect(byHits.lesions[0]?.score).toBe(0.9);
    }
    const twins = marks([
      [point(3), 0.9],
      [point(-3), 0.9],
    ]);
    for (const given of [twins, [...twins].reverse()]) {
      const found = matchCase(findings([sphere(0, 12)]), [], given, { ...rule, assignment: "hit-rule" });
      const first = found.marks.find(({ kind }) => kind === "true-positive");
      expect(first?.finding.geometry).toEqual(point(-3));
    }
  });

  it("the first is taken of equal ones, and the first of equal marks takes it", () => {
    const lesions = [sphere(0, 12), sphere(8, 12)];
    const twins = [
      [point(4), 0.9],
      [point(4), 0.9],
      [point(4), 0.9],
    ] as const;
    const one = match(lesions, twins);
    expect(kinds(one)).toEqual(["true-positive", "true-positive", "duplicate"]);
    expect(match([sphere(0, 12)], twins).marks.map(({ kind, lesion }) => [kind, lesion])).toEqual([
      ["true-positive", 0],
      ["duplicate", 0],
      ["duplicate", 0],
    ]);
    expect(scores(match(lesions, twins.slice(1, 2)))).toEqual([0.9, null]);
    expect(kinds(match(lesions, twins, { assignment: "hit-rule" }))).toEqual([
      "true-positive",
      "duplicate",
      "duplicate",
    ]);
  });

  it("a mark too many is a duplicate of the one that it hits best", () => {
    const three = match(
      [sphere(0, 12), sphere(8, 12)],
      [
        [point(3), 0.9],
        [point(5), 0.8],
        [point(4.5), 0.7],
      ],
    );
    expect(three.marks.map(({ kind, lesion, hits: count }) => [kind, lesion, count])).toEqual([
      ["true-positive", 0, 2],
      ["true-positive", 1, 2],
      ["duplicate", 1, 2],
    ]);
  });
});

describe("marks that find nothing of the reference", () => {
  const given = [
    [point(0), 0.9],
    [point(100), 0.8],
    [point(200), 0.7],
  ] as const;
  const kindsUnder = (changes: Partial<MatchRule>) => kinds(match([sphere(0, 10)], given, changes, [sphere(101, 10)]));

  it("are ignored on an excluded finding, or false positives there too, as the rule says", () => {
    for (const assignment of ["one-to-one", "hit-rule", "coco"] as const) {
      expect(kindsUnder({ assignment })).toEqual(["true-positive", "ignored", "false-positive"]);
      expect(kindsUnder({ assignment, excluded: "false-positive" })).toEqual([
        "true-positive",
        "false-positive",
        "false-positive",
      ]);
    }
    const several = match([sphere(0, 10)], given, {}, [sphere(300, 10), sphere(101, 10)]);
    expect(several.excluded).toBe(2);
    expect(kinds(several)).toEqual(["true-positive", "ignored", "false-positive"]);
  });

  it("are ignored at the border of an excluded finding as they would hit it", () => {
    const at = (x: number, changes: Partial<MatchRule> = {}) =>
      kinds(match([], [[point(x), 0.5]], changes, [sphere(0, 10)]))[0];
    expect([at(5), at(5.001), at(5, { comparator: "lt" })]).toEqual(["ignored", "false-positive", "false-positive"]);
    expect(at(7, { minRadiusMm: 7 })).toBe("ignored");
  });

  it("stay false positives where duplicates are made so; a duplicate does then too, under every assignment", () => {
    for (const assignment of ["one-to-one", "hit-rule", "coco"] as const) {
      const twice = match(
        [sphere(0, 10)],
        [
          [point(0), 0.9],
          [point(1), 0.8],
        ],
        { assignment, duplicates: "false-positive" },
      );
      expect(twice.marks.map(({ kind, lesion }) => [kind, lesion])).toEqual([
        ["true-positive", 0],
        ["false-positive", 0],
      ]);
    }
  });
});

describe("assignment", () => {
  it("one-to-one takes the better lesion, and gives it up for another mark's sake", () => {
    const lesions = [sphere(0, 12), sphere(8, 12)];
    expect(scores(match(lesions, [[point(3), 0.9]]))).toEqual([0.9, null]);
    const both = match(lesions, [
      [point(3), 0.9],
      [point(-2), 0.7],
    ]);
    expect(scores(both)).toEqual([0.9, 0.7]);
    expect(both.marks.map(({ lesion }) => lesion)).toEqual([1, 0]);
    expect(kinds(both)).toEqual(["true-positive", "true-positive"]);
  });

  it("one-to-one follows a long chain of lesions that change hands, and gives up where there is none to gain", () => {
    // Each mark hits two neighbours and the farther one better; the last mark hits the last lesion alone.
    const count = 20_000;
    const at = (mark: number): Geometry => point(10 * mark + 5.5);
    const chain = Array.from({ length: count }, (_, lesion) => sphere(10 * lesion, 12)).slice(0, 1500);
    const given = chain.slice(1).map((_, mark) => [at(mark), 1 - mark / count] as const);
    const last = [point(10 * (chain.length - 1) + 3), 0] as const;
    const found = match(chain, [...given, last, last]);
    expect(found.lesions.filter(({ score }) => score === null)).toEqual([]);
    expect(found.lesions.map(({ score }) => score).sort((a, b) => (b as number) - (a as number))).toEqual(
      [...given, last].map(([, score]) => score),
    );
    expect(kinds(found).at(-1)).toBe("duplicate");
    // The last mark took the last lesion, and every one before it the nearer of its two.
    expect(found.marks.slice(0, -1).map(({ lesion }) => lesion)).toEqual([...given.keys(), chain.length - 1]);
  });

  it("one-to-one finds as many lesions at every threshold as any pairing of the marks above it", () => {
    const place = fc.integer({ min: 0, max: 12 });
    const row = fc.tuple(place, fc.integer({ min: 1, max: 9 }));
    /** Most pairs, by trying all. */
    const most = (reach: readonly (readonly number[])[], taken: ReadonlySet<number> = new Set()): number => {
      const [own, ...rest] = reach;
      if (!own) return 0;
      const without = most(rest, taken);
      const free = own.filter((lesion) => !taken.has(lesion));
      return Math.max(without, ...free.map((lesion) => 1 + most(rest, new Set([...taken, lesion]))));
    };
    fc.assert(
      fc.property(fc.array(place, { maxLength: 5 }), fc.array(row, { maxLength: 6 }), (lesions, given) => {
        const found = match(
          lesions.map((x) => sphere(x, 5)),
          given.map(([x, score]) => [point(x), score]),
        );
        for (let threshold = 1; threshold <= 9; threshold++) {
          const reach = given
            .filter(([, score]) => score >= threshold)
            .map(([x]) => [...lesions.keys()].filter((lesion) => Math.abs((lesions[lesion] as number) - x) <= 2.5));
          const hit = found.lesions.filter(({ score }) => score !== null && score >= threshold).length;
          expect(hit).toBe(most(reach));
        }
      }),
    );
  });

  it("coco: in order of score, then of rows, the best free lesion; of equal ones the last", () => {
    const lesions = [sphere(0, 12), sphere(8, 12)];
    const coco = { assignment: "coco" } as const;
    const equal = match(lesions, [[point(4), 0.9]], coco);
    expect(scores(equal)).toEqual([null, 0.9]);
    expect(scores(match(lesions, [[point(3), 0.9]], coco))).toEqual([0.9, null]);
    const rows = match(
      [sphere(0, 12)],
      [
        [point(3), 0.9],
        [point(0), 0.9],
      ],
      coco,
    );
    expect(kinds(rows)).toEqual(["true-positive", "duplicate"]);
    expect(rows.marks.map(({ lesion, hits: count }) => [lesion, count])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    const second = match(
      lesions,
      [
        [point(1), 0.9],
        [point(2), 0.8],
        [point(50), 0.7],
      ],
      coco,
    );
    expect(kinds(second)).toEqual(["true-positive", "true-positive", "false-positive"]);
    expect(scores(second)).toEqual([0.9, 0.8]);
    // One-to-one ranks equal scores by quality: the mark in the middle finds it.
    expect(
      kinds(
        match(
          [sphere(0, 12)],
          [
            [point(3), 0.9],
            [point(0), 0.9],
          ],
        ),
      ),
    ).toEqual(["duplicate", "true-positive"]);
    // So it does where it comes last in place, and with a mark between that hits nothing, in any order.
    const off: Geometry = { type: "point", at: [-2, 50, 0] };
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const places = order.map((at) => [point(-3), off, point(0)][at] as Geometry);
      const expected = order.map((at) => ["duplicate", "false-positive", "true-positive"][at]);
      expect(kinds(match([sphere(0, 12)], places.map((place) => [place, 0.9] as const)))).toEqual(expected); // prettier-ignore
    }
  });

  it("coco: a mark on a lesion that is taken is ignored where it lies on an excluded finding; else it is a duplicate", () => {
    const given = [
      [point(0), 0.9],
      [point(1), 0.8],
    ] as const;
    const excluded = [sphere(1, 6)];
    const kindsUnder = (changes: Partial<MatchRule>) => kinds(match([sphere(0, 12)], given, changes, excluded));
    expect(kindsUnder({ assignment: "coco" })).toEqual(["true-positive", "ignored"]);
    expect(kindsUnder({ assignment: "coco", excluded: "false-positive" })).toEqual(["true-positive", "duplicate"]);
    expect(kindsUnder({})).toEqual(["true-positive", "duplicate"]);
    expect(kindsUnder({ assignment: "hit-rule", duplicates: "false-positive" })).toEqual([
      "true-positive",
      "false-positive",
    ]);
  });

  it("hit rule: a mark finds all lesions it lies in, a later one is a duplicate", () => {
    const found = match(
      [sphere(0, 12), sphere(8, 12), sphere(40, 4)],
      [
        [point(-1), 0.5],
        [point(4), 0.9],
        [point(60), 0.4],
      ],
      { assignment: "hit-rule" },
    );
    expect(scores(found)).toEqual([0.9, 0.9, null]);
    expect(found.marks.map(({ kind, hits: count, lesion }) => [kind, count, lesion])).toEqual([
      ["duplicate", 1, 0],
      ["true-positive", 2, 0],
      ["false-positive", 0, null],
    ]);
  });
});

describe("marks beyond the cap", () => {
  const given = [0.5, 0.9, 0.5, 0.7, 0.5].map((score, at) => [point(100 * at), score] as const);
  const kept = (capTies: MatchRule["capTies"], maxMarksPerCase = 3) => {
    const { marks: left, capped } = match([], given, { capTies, maxMarksPerCase });
    expect(left.length + capped).toBe(5);
    return left.map(({ finding }) => finding.id);
  };

  it("that tie at the cut all stay, all go, or go by row", () => {
    expect(kept("keep")).toEqual(["m0", "m1", "m2", "m3", "m4"]);
    expect(kept("drop")).toEqual(["m1", "m3"]);
    expect(kept("first")).toEqual(["m0", "m1", "m3"]);
    for (const ties of ["keep", "drop", "first"] as const) {
      expect(kept(ties, 2)).toEqual(["m1", "m3"]);
      expect(kept(ties, 5).length).toBe(5);
    }
  });
});

describe("what is noted of marks", () => {
  it("counts rows that repeat place and score", () => {
    const identical = (rows: readonly (readonly [Geometry, number])[]) => match([], rows).identical;
    expect(
      identical([
        [point(1), 0.5],
        [point(1), 0.5],
        [point(2), 0.5],
        [point(1), 0.5],
      ]),
    ).toBe(2);
    expect(
      identical([
        [point(1), 0.5],
        [point(1), 0.6],
      ]),
    ).toBe(0);
    expect(
      identical([
        [point(1), 0.5],
        [point(2), 0.5],
        [point(2), 0.4],
        [point(3), 0.4],
      ]),
    ).toBe(0);
    expect(
      identical([
        [point(1), 0.5],
        [point(2), 0.3],
        [point(2), 0.3],
        [point(1), 0.5],
      ]),
    ).toBe(2);
    expect(identical([])).toBe(0);
  });

  it("refuses marks without a score, and a score that is no number", () => {
    for (const score of [{}, { score: Number.NaN }])
      expect(() => matchCase([], [], [{ id: "m0", geometry: point(0), ...score }], rule)).toThrow(
        expect.objectContaining({ code: "PREDICTION_SCORE_MISSING", message: "mark m0 has no score" }),
      );
    expect(kinds(match([sphere(0, 10)], [[point(0), 0]]))).toEqual(["true-positive"]);
  });

  it("knows lesions that can be hit at their centre alone", () => {
    const lesion = (geometry: Geometry): Finding => ({ id: "l", geometry });
    expect(isPointTarget(lesion(point(0)), rule)).toBe(true);
    expect(isPointTarget(lesion(point(0)), { ...rule, minRadiusMm: 3 })).toBe(false);
    expect(isPointTarget(lesion(point(0)), { ...rule, rule: "overlap" })).toBe(false);
    expect(isPointTarget(lesion(sphere(0, 1)), rule)).toBe(false);
    expect(isPointTarget(lesion(box(0, 0, 0, 4)), rule)).toBe(true);
  });

  it("names the nearest lesion of a mark and the nearest mark of a lesion, the first of equals", () => {
    const found = match(
      [sphere(0, 2), sphere(10, 2)],
      [
        [point(4), 0.9],
        [point(5), 0.8],
        [point(-4), 0.7],
      ],
    );
    expect(found.marks.map(({ nearest }) => nearest)).toEqual([
      { lesion: 0, distance: 4 },
      { lesion: 0, distance: 5 },
      { lesion: 0, distance: 4 },
    ]);
    expect(found.lesions.map(({ nearest }) => nearest)).toEqual([
      { mark: 0, distance: 4 },
      { mark: 1, distance: 5 },
    ]);
    const nearer = match([sphere(0, 2), sphere(10, 2), sphere(20, 2)], [[point(12), 0.9]]);
    expect(nearer.marks[0]?.nearest).toEqual({ lesion: 1, distance: 2 });
    expect(match([], [[point(0), 1]]).marks[0]?.nearest).toBeNull();
    expect(match([sphere(0, 2)], []).lesions[0]?.nearest).toBeNull();
  });
});

describe("masks", () => {
  it("overlap as sets of pixels do", () => {
    const bits = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
    const runsOf = (values: readonly boolean[]) => {
      const runs: number[] = [0];
      values.forEach((value, at) => {
        if (value !== (values[at - 1] ?? false)) runs.push(0);
        runs.push((runs.pop() as number) + 1);
      });
      return runs;
    };
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const common = a.filter((value, at) => value && b[at]).length;
        const union = a.filter((value, at) => value || b[at]).length;
        const quality = match([mask(runsOf(a), [3, 3])], [[mask(runsOf(b), [3, 3]), 0.5]], {
          rule: "overlap",
          overlap: { measure: "iou", atLeast: Math.max(1e-9, union === 0 ? 0 : common / union) },
        }).lesions[0]?.score;
        expect(quality).toBe(common > 0 ? 0.5 : null);
        if (common === 0) return;
        const above = match([mask(runsOf(a), [3, 3])], [[mask(runsOf(b), [3, 3]), 0.5]], {
          rule: "overlap",
          comparator: "lt",
          overlap: { measure: "iou", atLeast: common / union },
        }).lesions[0]?.score;
        expect(above).toBeNull();
      }),
    );
  });
});
