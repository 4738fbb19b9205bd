/** Laws of ECG scoring that hold for any annotations. */
import fc from "../seeded.js";
import { describe, it } from "vitest";
import {
  beatRows,
  beatStatistics,
  cincScore,
  grossAndAverage,
  runKinds,
  type CincWeights,
} from "../../src/metrics/index.js";
import { matchBeats } from "../../src/tasks/forms/sequence/beat-matching.js";
import type { Annotation } from "../../src/tasks/forms/sequence/beats.js";
import { compareEpisodes, type Episode } from "../../src/tasks/forms/sequence/episodes.js";
import { compareRuns } from "../../src/tasks/forms/sequence/runs.js";

const fs = 250;
const window = 38;
const period = { fs, length: 1e6, start: 0 };

const symbol = fc.constantFrom(..."NNNNVVSAFQ/|");
/** Beats and marks that rise in time by gaps of `atLeast` samples or more. */
const annotations = (atLeast = 1): fc.Arbitrary<Annotation[]> =>
  fc.array(fc.tuple(fc.integer({ min: atLeast, max: 500 }), symbol), { maxLength: 40 }).map((steps) => {
    let sample = 1000;
    return steps.map(([gap, code]) => ({ sample: (sample += gap), symbol: code }));
  });
/** Stretches of fibrillation or shutdown in a list. */
const withGaps = (list: fc.Arbitrary<Annotation[]>): fc.Arbitrary<Annotation[]> =>
  fc
    .tuple(
      list,
      fc.array(fc.tuple(fc.integer({ min: 900, max: 12_000 }), fc.integer({ min: 1, max: 900 }), fc.boolean()), {
        maxLength: 3,
      }),
    )
    .map(([beats, gaps]) =>
      [
        ...beats,
        ...gaps.flatMap(([from, length, fibrillation]) =>
          fibrillation
            ? [
                { sample: from, symbol: "[" },
                { sample: from + length, symbol: "]" },
              ]
            : [
                { sample: from, symbol: "~", subtype: 0x30 },
                { sample: from + length, symbol: "~" },
              ],
        ),
      ].sort((a, b) => a.sample - b.sample),
    );

const beatsOf = (list: readonly Annotation[]) => list.filter(({ symbol: code }) => code !== "|");
const at = (row: (typeof beatRows)[number]) => beatRows.indexOf(row);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const letters = "NSVFQ";
const classesOnly = [0, 1, 2, 3, 4];

describe("matching of beats", () => {
  it("gives a perfect copy 1 wherever there is something to find", () => {
    fc.assert(
      fc.property(withGaps(annotations()), (list) => {
        const statistics = beatStatistics(matchBeats(list, list, period).matrix);
        for (const [name, { numerator, denominator }] of Object.entries(statistics)) {
          if (name === "vebFalsePositiveRate" ? numerator !== 0 : numerator !== denominator) return false;
        }
        return true;
      }),
    );
  });

  it("exchanges sensitivity and positive predictivity of QRS when the sides are exchanged", () => {
    fc.assert(
      fc.property(annotations(2 * window + 1), annotations(2 * window + 1), (left, right) => {
        const forth = beatStatistics(matchBeats(left, right, period).matrix);
        const back = beatStatistics(matchBeats(right, left, period).matrix);
        return (
          forth.qrsSensitivity.numerator === back.qrsPpv.numerator &&
          forth.qrsSensitivity.denominator === back.qrsPpv.denominator
        );
      }),
    );
  });

  it("transposes the matrix where beats are farther apart than two windows", () => {
    fc.assert(
      fc.property(annotations(2 * window + 1), annotations(2 * window + 1), (left, right) => {
        const forth = matchBeats(left, right, period).matrix;
        const back = matchBeats(right, left, period).matrix;
        return forth.every((row, r) => row.every((count, c) => count === back[c]?.[r]));
      }),
    );
  });

  it("keeps every match when the test side is late or early by no more than the window", () => {
    fc.assert(
      fc.property(annotations(2 * window + 1), fc.integer({ min: -window, max: window }), (list, shift) => {
        const late = list.map((annotation) => ({ ...annotation, sample: annotation.sample + shift }));
        const { matrix, rrErrors } = matchBeats(list, late, period);
        return (
          sum(classesOnly.map((k) => matrix[k]?.[k] ?? 0)) === beatsOf(list).length &&
          sum(matrix.flat()) === beatsOf(list).length &&
          rrErrors.length === Math.max(0, beatsOf(list).length - 1) &&
          rrErrors.every((error) => error === 0)
        );
      }),
    );
  });

  it("loses every match when the test side is late by more than the window", () => {
    fc.assert(
      fc.property(annotations(4 * window), fc.integer({ min: window + 1, max: 2 * window }), (list, shift) => {
        const late = list.map((annotation) => ({ ...annotation, sample: annotation.sample + shift }));
        const { matrix } = matchBeats(list, late, period);
        return sum(classesOnly.map((k) => matrix[k]?.[at("O")] ?? 0)) === beatsOf(list).length;
      }),
    );
  });

  it("counts a beat far from all others once, in the row of no beat", () => {
    fc.assert(
      fc.property(annotations(), annotations(), fc.constantFrom(...letters), (left, right, code) => {
        const before = matchBeats(left, right, period).matrix;
        const after = matchBeats(left, [...right, { sample: 500_000, symbol: code }], period).matrix;
        const column = letters.indexOf(code);
        return after.every((row, r) =>
          row.every((count, c) => count - (before[r]?.[c] ?? 0) === (r === at("O") && c === column ? 1 : 0)),
        );
      }),
    );
  });

  it("uses each beat once", () => {
    fc.assert(
      fc.property(
        withGaps(annotations()),
        withGaps(annotations()),
        fc.integer({ min: 0, max: 4000 }),
        (left, right, start) => {
          const { pairs } = matchBeats(left, right, { ...period, start });
          const used = (side: "reference" | "test") => pairs.flatMap((pair) => pair[side] ?? []);
          return (["reference", "test"] as const).every((side) => new Set(used(side)).size === used(side).length);
        },
      ),
    );
  });

  it("accounts for every beat of the reference outside fibrillation", () => {
    fc.assert(
      fc.property(annotations(), withGaps(annotations()), (left, right) => {
        const { matrix } = matchBeats(left, right, period);
        return sum(classesOnly.flatMap((k) => matrix[k] ?? [])) === beatsOf(left).length;
      }),
    );
  });

  it("never loses a match to a wider window where beats are far apart", () => {
    fc.assert(
      fc.property(annotations(200), annotations(200), fc.integer({ min: 0, max: 98 }), (left, right, narrow) => {
        const matched = (w: number) => {
          const { matrix } = matchBeats(left, right, period, w);
          return sum(classesOnly.flatMap((r) => classesOnly.map((c) => matrix[r]?.[c] ?? 0)));
        };
        return matched(narrow) <= matched(narrow + 1);
      }),
    );
  });

  it("has matched beats within the window", () => {
    fc.assert(
      fc.property(annotations(), annotations(), (left, right) =>
        matchBeats(left, right, period).pairs.every(
          ({ reference, test }) =>
            reference === null ||
            test === null ||
            Math.abs((left[reference]?.sample ?? 0) - (right[test]?.sample ?? Infinity)) <= window,
        ),
      ),
    );
  });
});

describe("runs", () => {
  it("of a perfect copy are all found and true", () => {
    fc.assert(
      fc.property(withGaps(annotations(50)), fc.constantFrom(...runKinds), (list, kind) =>
        Object.values(compareRuns(list, list, period, kind)).every(
          ({ found, missed, confirmed, false: alarms }) => missed === 0 && alarms === 0 && found === confirmed,
        ),
      ),
    );
  });

  it("exchange their roles when the sides are exchanged", () => {
    fc.assert(
      fc.property(annotations(50), annotations(50), fc.constantFrom(...runKinds), (left, right, kind) => {
        const forth = compareRuns(left, right, period, kind);
        const back = compareRuns(right, left, period, kind);
        return (["couplet", "shortRun", "longRun"] as const).every(
          (length) =>
            forth[length].found === back[length].confirmed &&
            forth[length].missed === back[length].false &&
            forth[length].confirmed === back[length].found,
        );
      }),
    );
  });
});

const episodes: fc.Arbitrary<Episode[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })), { maxLength: 12 })
  .map((steps) => {
    let sample = 0;
    return steps.map(([gap, length]) => {
      const from = (sample += gap);
      return { from, to: (sample += length) };
    });
  });
const short = { fs: 1, length: 10_000, start: 0 };

describe("episodes", () => {
  it("of a perfect copy are all found, with all their time", () => {
    fc.assert(
      fc.property(episodes, (list) =>
        Object.values(compareEpisodes(list, list, short)).every(
          ({ numerator, denominator }) => numerator === denominator,
        ),
      ),
    );
  });

  it("exchange sensitivity and positive predictivity when the sides are exchanged", () => {
    fc.assert(
      fc.property(episodes, episodes, (left, right) => {
        const forth = compareEpisodes(left, right, short);
        const back = compareEpisodes(right, left, short);
        return (
          JSON.stringify([forth.episodeSensitivity, forth.durationSensitivity]) ===
          JSON.stringify([back.episodePpv, back.durationPpv])
        );
      }),
    );
  });

  it("have durations that add up: both sides see the same overlap, and the parts of a record make the whole", () => {
    fc.assert(
      fc.property(episodes, episodes, fc.integer({ min: 0, max: 7000 }), (left, right, cut) => {
        const whole = compareEpisodes(left, right, short);
        const first = compareEpisodes(left, right, { ...short, length: cut });
        const second = compareEpisodes(left, right, { ...short, start: cut });
        const { durationSensitivity: time } = whole;
        return (
          time.numerator === whole.durationPpv.numerator &&
          time.numerator === first.durationSensitivity.numerator + second.durationSensitivity.numerator &&
          time.denominator === first.durationSensitivity.denominator + second.durationSensitivity.denominator
        );
      }),
    );
  });

  it("are never found less when the test side marks one more", () => {
    fc.assert(
      fc.property(
        episodes,
        episodes,
        fc.integer({ min: 0, max: 7000 }),
        fc.integer({ min: 1, max: 500 }),
        (left, right, from, length) => {
          const before = compareEpisodes(left, right, short);
          const after = compareEpisodes(left, [...right, { from, to: from + length }], short);
          return (
            after.episodeSensitivity.numerator >= before.episodeSensitivity.numerator &&
            after.durationSensitivity.numerator >= before.durationSensitivity.numerator &&
            after.episodeSensitivity.denominator === before.episodeSensitivity.denominator
          );
        },
      ),
    );
  });
});

describe("totals over records", () => {
  it("do not depend on the order of records, and lie between the least and the greatest record", () => {
    const ratio = fc.tuple(fc.nat(50), fc.nat(50)).map(([a, b]) => ({ numerator: a, denominator: a + b }));
    fc.assert(
      fc.property(fc.array(ratio, { maxLength: 20 }), (records) => {
        const total = grossAndAverage(records);
        const turned = grossAndAverage([...records].reverse());
        if (typeof total.gross !== "number" || typeof total.average !== "number") return total.recordsDefined === 0;
        const shares = records.filter((r) => r.denominator > 0).map((r) => r.numerator / r.denominator);
        const inside = (value: number) => value >= Math.min(...shares) - 1e-12 && value <= Math.max(...shares) + 1e-12;
        return (
          total.gross === turned.gross &&
          Math.abs(total.average - (turned.average as number)) < 1e-12 &&
          inside(total.gross) &&
          inside(total.average)
        );
      }),
    );
  });
});

describe("the CinC score", () => {
  const size = 4;
  const weights: fc.Arbitrary<CincWeights> = fc
    .array(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: size, maxLength: size }), {
      minLength: size,
      maxLength: size,
    })
    .map((rows) => ({
      classes: ["a", "b", "c", "d"],
      weights: rows.map((row, r) => row.map((value, c) => (r === c ? 1 : value / 16))),
      sinusRhythm: "d",
    }));
  const sets = fc.array(fc.tuple(fc.subarray([0, 1, 2, 3]), fc.subarray([0, 1, 2, 3])), {
    minLength: 1,
    maxLength: 12,
  });

  it("is 1 for the labels themselves and 0 for sinus rhythm alone", () => {
    fc.assert(
      fc.property(weights, sets, (table, rows) => {
        const labels = rows.map(([own]) => own);
        const perfect = cincScore(labels, labels, table);
        const sinus = cincScore(
          labels,
          labels.map(() => [3]),
          table,
        );
        if (typeof perfect.normalised !== "number") return perfect.challengeMetric === 0;
        return perfect.normalised === 1 && sinus.normalised === 0 && perfect.exactMatch === 1;
      }),
    );
  });

  it("does not depend on the order of recordings, nor on that of the classes named", () => {
    fc.assert(
      fc.property(weights, sets, (table, rows) => {
        const score = (list: typeof rows) =>
          cincScore(
            list.map(([own]) => own),
            list.map(([, answer]) => answer),
            table,
          );
        const turned = [...rows]
          .reverse()
          .map(([own, answer]): [number[], number[]] => [[...own].reverse(), [...answer].reverse()]);
        const [one, other] = [score(rows), score(turned)];
        return Math.abs(one.observed - other.observed) < 1e-9 && JSON.stringify(one.f1) === JSON.stringify(other.f1);
      }),
    );
  });
});
