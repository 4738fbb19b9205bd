/** Ranking areas of weighted units against their definition by pairs, and the bootstrap of the AUC that is made of them. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { bootstrapAuc } from "../../src/stats/auc-bootstrap.js";
import { rocAuc, splitByLabel } from "../../src/stats/auc.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { weightedRankArea, type RankedUnits } from "../../src/stats/rank-area.js";
import { patientWeights, quantileOfSorted } from "../../src/stats/resampling.js";

const patientCount = 5;

/** Every pair of units, one by one. */
function byPairs(upper: RankedUnits, lower: RankedUnits, weights: Uint16Array): number {
  const unitsOf = ({ patient, score, share, gain }: RankedUnits) =>
    Array.from(score, (value, at) => {
      const weight = weights[patient[at] as number] as number;
      const own = share?.[at] ?? 1;
      return { value, share: weight * own, gain: weight * (gain?.[at] ?? own) };
    });
  const [above, below] = [unitsOf(upper), unitsOf(lower)];
  let wins = 0;
  for (const x of above) {
    for (const y of below) wins += x.gain * y.gain * (x.value > y.value ? 1 : x.value === y.value ? 0.5 : 0);
  }
  const total = (units: { share: number }[]) => units.reduce((sum, { share }) => sum + share, 0);
  const pairs = total(above) * total(below);
  return pairs > 0 ? wins / pairs : Number.NaN;
}

const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-Infinity, Infinity));
const unit = fc.record({
  patient: fc.nat({ max: patientCount - 1 }),
  score,
  share: fc.integer({ min: 1, max: 4 }),
  gain: fc.integer({ min: 0, max: 4 }),
});
const side = fc.array(unit, { maxLength: 12 });
const multiplicities = fc
  .array(fc.nat({ max: 3 }), { minLength: patientCount, maxLength: patientCount })
  .map((weights) => Uint16Array.from(weights));

describe("the area of weighted ranks", () => {
  const columns = (units: { patient: number; score: number; share: number; gain: number }[]) => ({
    patient: units.map(({ patient }) => patient),
    score: units.map(({ score }) => score),
    share: units.map(({ share }) => share),
    gain: units.map(({ gain }) => gain),
  });

  it.each([
    ["all units alike", [], []],
    ["shares above", ["share"], []],
    ["shares and gains above", ["share", "gain"], []],
    ["gains above, shares below", ["gain"], ["share"]],
    ["gains below", [], ["gain"]],
  ] as const)("is the sum over all pairs: %s", (_, ofUpper, ofLower) => {
    fc.assert(
      fc.property(side, side, multiplicities, (above, below, weights) => {
        const pick = (units: ReturnType<typeof columns>, names: readonly ("share" | "gain")[]): RankedUnits => ({
          patient: units.patient,
          score: units.score,
          ...Object.fromEntries(names.map((name) => [name, units[name]])),
        });
        const [upper, lower] = [pick(columns(above), ofUpper), pick(columns(below), ofLower)];
        const area = weightedRankArea(upper, lower);
        const expected = byPairs(upper, lower, weights);
        // Whole numbers and halves throughout: equal to the last digit, and again when asked again.
        expect(area(weights)).toBe(expected);
        expect(area(weights)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the bootstrap of an AUC", () => {
  const random = new RandomStream(5n, 5n);
  const labels = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? 1 : 0));
  const scores = labels.map((label) => Math.round(4 * (random.normal() + label)) / 4);
  const patients = labels.map((_, at) => `p${Math.floor(at / 4)}`);

  /** The AUC of the sample in which case i stands `times(i)` times. */
  function areaOf(times: (at: number) => number): number {
    const rows = labels.flatMap((label, at) => Array.from({ length: times(at) }, () => [label, scores[at] as number]));
    const split = splitByLabel(
      rows.map(([label]) => label as number),
      rows.map(([, score]) => score as number),
    );
    const area = rocAuc(split.positives, split.negatives);
    return area.ok ? area.auc : Number.NaN;
  }

  function drawn(stream: string, replicate: number, size: number): Uint16Array {
    const weights = new Uint16Array(size);
    patientWeights(17n, stream, replicate, size, weights);
    return weights;
  }

  it("draws cases, the cases of each class, or patients, and takes the area of what was drawn", () => {
    const options = { seed: 17n, replicates: 40 };
    const cases = bootstrapAuc(labels, scores, options);
    const classes = bootstrapAuc(labels, scores, { ...options, draw: "classes" });
    const clusters = bootstrapAuc(labels, scores, { ...options, draw: patients });
    if (!cases.ok || !classes.ok || !clusters.ok) throw new Error("no estimate");
    const positives = labels.flatMap((label, at) => (label === 1 ? [at] : []));
    const negatives = labels.flatMap((label, at) => (label === 0 ? [at] : []));
    for (let replicate = 0; replicate < 40; replicate++) {
      const all = drawn("auc-bootstrap", replicate, 60);
      expect(cases.replicates[replicate]).toBe(areaOf((at) => all[at] as number));
      const above = drawn("auc-bootstrap-positives", replicate, positives.length);
      const below = drawn("auc-bootstrap-negatives", replicate, negatives.length);
      expect(classes.replicates[replicate]).toBe(
        areaOf((at) => (labels[at] === 1 ? above[positives.indexOf(at)] : below[negatives.indexOf(at)]) as number),
      );
      const whole = drawn("auc-bootstrap", replicate, 15);
      expect(clusters.replicates[replicate]).toBe(areaOf((at) => whole[Math.floor(at / 4)] as number));
    }
  });

  it("gives the area, and the percentiles of 2,000 replicates at 95 % unless told otherwise", () => {
    const plain = bootstrapAuc(labels, scores, { seed: 1n });
    const wide = bootstrapAuc(labels, scores, { seed: 1n, level: 0.99 });
    if (!plain.ok || !plain.interval.ok || !wide.ok || !wide.interval.ok) throw new Error("no estimate");
    expect(plain.auc).toBe(areaOf(() => 1));
    expect(plain.replicates).toHaveLength(2000);
    const sorted = plain.replicates.toSorted();
    expect(plain.interval).toMatchObject({
      low: quantileOfSorted(sorted, 0.025),
      high: quantileOfSorted(sorted, 0.975),
      level: 0.95,
      method: "bootstrap_percentile",
    });
    expect(wide.replicates).toEqual(plain.replicates);
    expect(wide.interval.low).toBeLessThan(plain.interval.low);
  });

  it("says why there is none", () => {
    const seed = 1n;
    expect(bootstrapAuc([], [], { seed })).toEqual({ ok: false, reason: "no-data" });
    expect(bootstrapAuc([0, 0], [1, 2], { seed })).toEqual({ ok: false, reason: "no-positives" });
    expect(bootstrapAuc([1, 1], [1, 2], { seed })).toEqual({ ok: false, reason: "no-negatives" });
    const perfect = bootstrapAuc([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6], { seed, draw: "classes" });
    expect(perfect).toMatchObject({ ok: true, auc: 1, interval: { ok: false, reason: "zero-variance" } });
    const lone = bootstrapAuc([0, 1], [1, 2], { seed, draw: [1, 2] });
    expect(lone).toMatchObject({ ok: true, interval: { ok: false } });
  });

  it("refuses wrong calls", () => {
    const seed = 1n;
    expect(() => bootstrapAuc([0, 1], [1], { seed })).toThrow(/length-mismatch/);
    expect(() => bootstrapAuc([0, 1], [1, 2], { seed, draw: [1] })).toThrow(/length-mismatch/);
    expect(() => bootstrapAuc([0, 1], [1, 2], { seed, level: 1 })).toThrow(/level/);
    for (const replicates of [0, 1.5, -1]) {
      expect(() => bootstrapAuc([0, 1], [1, 2], { seed, replicates })).toThrow(/replicates/);
    }
    const one = bootstrapAuc([0, 1], [1, 2], { seed, replicates: 1, draw: "classes" });
    expect(one).toMatchObject({ ok: true, interval: { ok: false, reason: "resampling-degenerate" } });
  });
});

describe("the number of a named stream", () => {
  it("is the 64-bit FNV-1a hash of its names", () => {
    const prime = 0x100000001b3n;
    const offset = 0xcbf29ce484222325n;
    const mask = 0xffffffffffffffffn;
    // Published for bytes: "a" and "foobar".
    expect(streamOf("a")).toBe(0xaf63dc4c8601ec8cn);
    expect(streamOf("foobar")).toBe(0x85944171f73967e8n);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffff }), { maxLength: 20 }), fc.nat(), (units, number) => {
        const name = String.fromCharCode(...units);
        let hash = offset;
        for (const unit of `${name}\u001f${number}`.split("")) {
          hash = ((hash ^ BigInt(unit.charCodeAt(0))) * prime) & mask;
        }
        expect(streamOf(name, number)).toBe(hash);
      }),
    );
  });
});
