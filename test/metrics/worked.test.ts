/** Every metric of the catalogue on a small set of units that can be worked out by hand. */
import { describe, expect, it } from "vitest";
import { metricByName, metrics } from "../../src/metrics/index.js";
import { classes } from "./worked/classes.js";
import { decisions } from "./worked/decisions.js";
import { grades } from "./worked/grades.js";
import { lesions } from "./worked/lesions.js";
import { maskSets } from "./worked/masks.js";
import { quantities } from "./worked/quantities.js";
import { recordSets } from "./worked/records.js";
import { nothing, type Worked } from "./worked/worked.js";

const all: readonly Worked[] = [
  ...decisions,
  ...grades,
  ...classes,
  ...lesions,
  ...maskSets,
  ...quantities,
  ...recordSets,
];
const made = ({ name, units }: Worked) => {
  const { definition, parameter } = metricByName(name);
  // Units of its own: no metric lives on what another one has made of them.
  return definition.prepare(structuredClone(units), parameter);
};

describe("a set worked by hand", () => {
  it("stands for every metric of the catalogue", () => {
    const worked = new Set(all.map(({ name }) => metricByName(name).definition.id));
    expect([...metrics.keys()].filter((id) => !worked.has(id))).toEqual([]);
  });

  for (const one of all) {
    it(`${one.name}: ${one.estimate.toPrecision(4)}`, () => {
      const prepared = made(one);
      expect(prepared.estimate).toBeCloseTo(one.estimate, 12);
      expect(prepared.reason).toBeUndefined();
      expect(prepared.n).toEqual(one.n);
      if (one.n.patients !== undefined) expect(prepared.patients).toBe(one.n.patients);
      expect(prepared.flags ?? []).toEqual(one.flags ?? []);
      const { unit, kind, higherIsBetter } = metricByName(one.name).definition;
      const side = kind === "number" ? "" : higherIsBetter ? " +" : " -";
      expect(`${unit} ${kind}${side}`).toBe(one.is);
    });
  }
});

describe("a draw of its patients", () => {
  for (const one of all) {
    it(`${one.name}: ${one.weighted.toPrecision(4)}`, () => {
      const prepared = made(one);
      const ones = new Uint16Array(one.weights.length).fill(1);
      expect(prepared.weighted(Uint16Array.from(one.weights), 1)).toBeCloseTo(one.weighted, 12);
      expect(prepared.weighted(ones, 0)).toBeCloseTo(one.estimate, 12);
      expect(prepared.weighted(Uint16Array.from(one.weights), 2)).toBeCloseTo(one.weighted, 12);
      expect(prepared.weighted(new Uint16Array(one.weights.length), 3)).toBeNaN();
    });
  }
});

describe("its interval", () => {
  for (const one of all) {
    it(`${one.name}: ${one.interval ? "by a formula" : "of resamples"}`, () => {
      const { interval } = made(one);
      if (one.interval === null) return expect(interval).toBeNull();
      for (const level of [0.95, 0.8]) expect(interval?.(level)).toEqual(one.interval(level));
    });
  }
});

describe("without units of its kind", () => {
  for (const id of metrics.keys()) {
    it(`${id} has a reason`, () => {
      const definition = metrics.get(id);
      const prepared = definition?.prepare({ ...nothing, prepared: new Map() }, definition.parameter?.example ?? null);
      expect(prepared).toMatchObject({ estimate: null, patients: 0, interval: null });
      expect(["no-data", "no-positives"]).toContain(prepared?.reason);
      expect(prepared?.weighted(new Uint16Array(0), 0)).toBeNaN();
    });
  }
});
