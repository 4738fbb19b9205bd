/** Laws of matching, of FROC and of decisions: what may not change when cases, marks, lesions or labels are rearranged. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import type { MatchRule } from "../../src/contract/protocol.js";
import { FrocSweep, metricByName, type CountedUnits, type ScoredUnits } from "../../src/metrics/index.js";
import { matchCase } from "../../src/tasks/forms/matching.js";

const rule: MatchRule = {
  rule: "centre-distance",
  comparator: "le",
  minRadiusMm: 3,
  assignment: "one-to-one",
  duplicates: "separate",
  excluded: "ignore",
  maxMarksPerCase: null,
  capTies: "keep",
};

/** Lesions and marks on a coarse line, so that hits, ties and disputes are common. */
const place = fc.integer({ min: 0, max: 30 });
const lesions = fc.array(fc.record({ at: place, mm: fc.integer({ min: 4, max: 14 }) }), { maxLength: 5 });
const marks = fc.array(fc.record({ at: place, score: fc.integer({ min: 1, max: 6 }) }), { maxLength: 7 });
const lesionOf = ({ at, mm }: { at: number; mm: number }, i: number): Finding => ({
  id: `l${i}`,
  geometry: { type: "sphere", center: [at, 0, 0], diameterMm: mm },
});
const markOf = ({ at, score }: { at: number; score: number }, i: number): Finding => ({
  id: `m${i}`,
  geometry: { type: "point", at: [at, 0, 0] },
  score,
});
type Drawn = [{ at: number; mm: number }[], { at: number; score: number }[]];
const matched = ([found, shown]: Drawn, with_: Partial<MatchRule> = {}) =>
  matchCase(found.map(lesionOf), [], shown.map(markOf), { ...rule, ...with_ });
/** Scores of found lesions and of false positives, sorted: what every curve is made of. */
const outcomeOf = (drawn: Drawn, with_: Partial<MatchRule> = {}) => {
  const { lesions: found, marks: shown } = matched(drawn, with_);
  return {
    found: found.flatMap(({ score }) => (score === null ? [] : [score])).sort((a, b) => a - b),
    falsePositives: shown
      .filter(({ kind }) => kind === "false-positive")
      .map(({ score }) => score)
      .sort((a, b) => a - b),
    duplicates: shown.filter(({ kind }) => kind === "duplicate").length,
  };
};
const drawn = fc.tuple(lesions, marks);

describe("matching", () => {
  it.each(["one-to-one", "hit-rule"] as const)(
    "by %s does not depend on the order of lesions and marks",
    (assignment) => {
      fc.assert(
        fc.property(drawn, ([found, shown]) => {
          const turned: Drawn = [[...found].reverse(), [...shown].reverse()];
          const [a, b] = [outcomeOf([found, shown], { assignment }), outcomeOf(turned, { assignment })];
          expect(b.found).toEqual(a.found);
          expect(b.falsePositives).toEqual(a.falsePositives);
        }),
      );
    },
  );

  it("gives every mark one fate, and a lesion that is found the mark that found it", () => {
    fc.assert(
      fc.property(drawn, (both) => {
        const { lesions: found, marks: shown } = matched(both);
        const hits = shown.filter(({ kind }) => kind === "true-positive");
        expect(hits.length).toBe(found.filter(({ score }) => score !== null).length);
        expect(new Set(hits.map(({ lesion }) => lesion)).size).toBe(hits.length);
        for (const mark of shown) {
          expect(mark.kind === "false-positive").toBe(mark.hits === 0);
          if (mark.kind === "true-positive") expect(found[mark.lesion as number]?.score).not.toBeNull();
        }
      }),
    );
  });

  it("one to one finds as many lesions as any assignment could", () => {
    fc.assert(
      fc.property(drawn, ([found, shown]) => {
        const reach = found.map(({ at, mm }) =>
          shown.flatMap((mark, m) => (Math.abs(mark.at - at) <= Math.max(mm / 2, 3) ? [m] : [])),
        );
        const best = (lesion: number, used: ReadonlySet<number>): number => {
          if (lesion === reach.length) return 0;
          const options = (reach[lesion] as number[]).filter((mark) => !used.has(mark));
          return Math.max(
            best(lesion + 1, used),
            ...options.map((mark) => 1 + best(lesion + 1, new Set([...used, mark]))),
          );
        };
        expect(outcomeOf([found, shown]).found.length).toBe(best(0, new Set()));
      }),
    );
  });

  it("at a threshold is what it is for a device that shows only the marks from there on", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 6 }), ([found, shown], threshold) => {
        const all = outcomeOf([found, shown]);
        const few = outcomeOf([found, shown.filter(({ score }) => score >= threshold)]);
        expect(all.found.filter((score) => score >= threshold).length).toBe(few.found.length);
        expect(all.falsePositives.filter((score) => score >= threshold)).toEqual(few.falsePositives);
      }),
    );
  });

  it("with a wider radius never loses a lesion, nor gains a false positive", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 3, max: 9 }), (both, minRadiusMm) => {
        const [narrow, wide] = [outcomeOf(both), outcomeOf(both, { minRadiusMm })];
        expect(wide.found.length).toBeGreaterThanOrEqual(narrow.found.length);
        expect(wide.falsePositives.length).toBeLessThanOrEqual(narrow.falsePositives.length);
      }),
    );
  });

  it("counts a repeated mark as a duplicate, not as a false positive, unless the rule says so", () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 5 }), (at, times) => {
        const both: Drawn = [[{ at, mm: 6 }], Array.from({ length: times }, () => ({ at, score: 3 }))];
        expect(outcomeOf(both)).toEqual({ found: [3], falsePositives: [], duplicates: times - 1 });
        expect(outcomeOf(both, { duplicates: "false-positive" }).falsePositives.length).toBe(times - 1);
      }),
    );
  });
});

/** Found lesions (null: missed) and false positives of patients, one case each. */
const patient = fc.record({
  lesions: fc.array(fc.option(fc.integer({ min: 1, max: 9 }), { freq: 3 }), { maxLength: 3 }),
  alarms: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
});
type Patient = { lesions: (number | null)[]; alarms: number[] };
const limits = [0.125, 0.25, 0.5, 1, 2];

function unitsOf(patients: Patient[], score: (value: number) => number = (value) => value): CountedUnits {
  const scored = (of: (one: Patient) => number[]): ScoredUnits => ({
    patient: Int32Array.from(patients.flatMap((one, i) => of(one).map(() => i))),
    score: Float64Array.from(patients.flatMap(of)),
  });
  return {
    patientCount: patients.length,
    casePatient: Int32Array.from(patients, (_, i) => i),
    answered: new Uint8Array(patients.length).fill(1),
    threshold: score(5),
    thresholdFromTestSet: false,
    frocReading: "step",
    lesions: scored((one) => one.lesions.map((value) => (value === null ? -Infinity : score(value)))),
    falsePositives: scored((one) => one.alarms.map(score)),
    binary: {},
    graded: {},
    frocLimits: limits,
    prepared: new Map(),
  };
}
const sweepOf = (units: CountedUnits) =>
  new FrocSweep(units, units.lesions as ScoredUnits, units.falsePositives as ScoredUnits);
const readingsOf = (patients: Patient[], score?: (value: number) => number) =>
  sweepOf(unitsOf(patients, score))
    .readings()
    .map(({ sensitivity }) => sensitivity);
const patients = fc
  .array(patient, { minLength: 2, maxLength: 10 })
  .filter((list) => list.some((one) => one.lesions.length > 0));

describe("FROC", () => {
  it("never falls: with the threshold going down, lesions found and false positives only grow", () => {
    fc.assert(
      fc.property(patients, (list) => {
        const points = sweepOf(unitsOf(list)).points();
        for (let k = 1; k < points.length; k++) {
          const [before, after] = [points[k - 1], points[k]] as [(typeof points)[number], (typeof points)[number]];
          expect(after.truePositives).toBeGreaterThanOrEqual(before.truePositives);
          expect(after.falsePositives).toBeGreaterThanOrEqual(before.falsePositives);
          expect(after.threshold as number).toBeLessThan(before.threshold ?? Infinity);
        }
        const readings = readingsOf(list);
        expect(readings).toEqual([...readings].sort((a, b) => a - b));
      }),
    );
  });

  it("does not change under a rising map of the scores", () => {
    fc.assert(
      fc.property(
        patients,
        fc.constantFrom<(value: number) => number>(
          (value) => value * value * value,
          (value) => Math.log(value),
          (value) => value - 100,
        ),
        (list, f) => {
          expect(readingsOf(list, f)).toEqual(readingsOf(list));
        },
      ),
    );
  });

  it("does not change when every lesion of every patient is there twice", () => {
    fc.assert(
      fc.property(patients, (list) => {
        expect(readingsOf(list.map((one) => ({ ...one, lesions: [...one.lesions, ...one.lesions] })))).toEqual(
          readingsOf(list),
        );
      }),
    );
  });

  it("does not rise with one more false positive, nor fall with one more case that has none", () => {
    fc.assert(
      fc.property(patients, fc.integer({ min: 1, max: 9 }), (list, score) => {
        const plain = readingsOf(list);
        const alarmed = readingsOf(list.map((one, i) => (i === 0 ? { ...one, alarms: [...one.alarms, score] } : one)));
        const longer = readingsOf([...list, { lesions: [], alarms: [] }]);
        plain.forEach((value, i) => {
          expect(alarmed[i]).toBeLessThanOrEqual(value);
          expect(longer[i]).toBeGreaterThanOrEqual(value);
        });
      }),
    );
  });

  it("does not fall when a lesion that was missed is found", () => {
    fc.assert(
      fc.property(patients, fc.integer({ min: 1, max: 9 }), (list, score) => {
        const found = readingsOf(list.map((one) => ({ ...one, lesions: one.lesions.map((value) => value ?? score) })));
        readingsOf(list).forEach((value, i) => expect(found[i]).toBeGreaterThanOrEqual(value));
      }),
    );
  });

  it("gives draws the same values in any order and from any number of workers", () => {
    fc.assert(
      fc.property(patients, (list) => {
        const [replicates, weights] = [24, new Uint16Array(list.length)];
        const drawnBy = (parts: number): number[][] => {
          const values: number[][] = [];
          for (let part = 0; part < parts; part++) {
            // Every worker prepares its own units.
            const sweep = sweepOf(unitsOf(list));
            for (let r = part; r < replicates; r += parts) {
              weights.forEach((_, i) => (weights[i] = (r * 7 + i * 3) % 4));
              values[r] = [...sweep.weighted(weights, r)];
            }
          }
          return values;
        };
        expect(drawnBy(2)).toEqual(drawnBy(1));
        expect(drawnBy(8)).toEqual(drawnBy(1));
      }),
    );
  });

  it("score is the mean of the sensitivities at its limits, between the first and the last", () => {
    fc.assert(
      fc.property(patients, (list) => {
        const readings = readingsOf(list);
        const { definition } = metricByName("froc-score");
        const { estimate } = definition.prepare(unitsOf(list), null);
        expect(estimate).toBeCloseTo(readings.reduce((sum, value) => sum + value, 0) / limits.length, 12);
        expect(estimate).toBeGreaterThanOrEqual((readings[0] as number) - 1e-12);
        expect(estimate).toBeLessThanOrEqual((readings.at(-1) as number) + 1e-12);
      }),
    );
  });
});

describe("decisions", () => {
  const decided = fc.array(
    fc.record({
      positive: fc.constantFrom(0, 1),
      call: fc.constantFrom(0, 1),
      patient: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  type Decided = { positive: number; call: number; patient: number }[];
  const prepared = (name: string, list: Decided) =>
    metricByName(name).definition.prepare(
      {
        ...unitsOf([]),
        patientCount: 6,
        binary: {
          image: {
            patient: Int32Array.from(list, (one) => one.patient),
            positive: Uint8Array.from(list, (one) => one.positive),
            call: Int8Array.from(list, (one) => one.call),
            score: Float64Array.from(list, (one) => one.call),
            failed: new Uint8Array(list.length),
            scored: true,
          },
        },
      },
      null,
    );
  const swap = (list: Decided): Decided =>
    list.map((one) => ({ ...one, positive: 1 - one.positive, call: 1 - one.call }));

  it.each([
    ["sensitivity", "specificity"],
    ["ppv", "npv"],
    ["accuracy", "accuracy"],
    ["auc", "auc"],
  ])("exchanging the classes makes %s the %s of before, with its interval", (name, other) => {
    fc.assert(
      fc.property(decided, (list) => {
        // Scores are exchanged too: a call of 1 has the higher one.
        const [before, after] = [prepared(other, list), prepared(name, swap(list))];
        expect(after.estimate === null).toBe(before.estimate === null);
        if (before.estimate === null || after.estimate === null) return;
        expect(after.estimate).toBeCloseTo(before.estimate, 12);
        const [a, b] = [before.interval?.(0.95), after.interval?.(0.95)];
        if (a?.ok && b?.ok) {
          expect(b.low).toBeCloseTo(a.low, 9);
          expect(b.high).toBeCloseTo(a.high, 9);
        }
      }),
    );
  });

  it.each(["sensitivity", "specificity", "ppv", "npv", "accuracy", "auc"])(
    "%s lies in its interval, which grows with the level",
    (name) => {
      fc.assert(
        fc.property(decided, (list) => {
          const { estimate, interval } = prepared(name, list);
          const [inner, outer] = [interval?.(0.9), interval?.(0.99)];
          if (estimate === null || !inner?.ok || !outer?.ok) return;
          expect(inner.low).toBeLessThanOrEqual(estimate + 1e-12);
          expect(inner.high).toBeGreaterThanOrEqual(estimate - 1e-12);
          expect(outer.low).toBeLessThanOrEqual(inner.low + 1e-12);
          expect(outer.high).toBeGreaterThanOrEqual(inner.high - 1e-12);
        }),
      );
    },
  );
});
