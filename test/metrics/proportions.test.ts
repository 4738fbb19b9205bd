/** Shares of time, whose units have no number: the interval by patients, and what stands where all or no time counts. */
import { expect, it } from "vitest";
import { metricByName, type RecordUnits } from "../../src/metrics/index.js";
import { clusterLogit, kornGraubard } from "../../src/stats/index.js";
import { nothing } from "./worked/worked.js";

/** Milliseconds found and all of each record. */
function prepare(patient: readonly number[], found: readonly number[], all: readonly number[]) {
  const counts = { numerator: Float64Array.from(found), denominator: Float64Array.from(all) };
  const records: RecordUnits = {
    patient: Int32Array.from(patient),
    counts: new Map([["AF-durationSensitivity", counts]]),
  };
  return metricByName("af-duration-sensitivity").definition.prepare({ ...nothing, patientCount: 9, records }, null);
}

it("is the ratio of sums by patient", () => {
  const prepared = prepare([4, 4, 2, 7, 3], [100, 50, 30, 0, 0], [200, 60, 30, 40, 0]);
  expect(prepared.estimate).toBe(180 / 330);
  expect(prepared.n).toEqual({ numerator: 180, denominator: 330, patients: 3 });
  expect(prepared.patients).toBe(3);
  expect(prepared.interval?.(0.9)).toEqual(clusterLogit([30, 150, 0], [30, 260, 40], 0.9));
  expect(prepared.interval?.(0.9).ok).toBe(true);
  expect(prepared.weighted(Uint16Array.of(0, 0, 2, 9, 1, 0, 0, 3, 0), 0)).toBe((60 + 150) / (60 + 260 + 120));
});

it("has an exact limit on the number of patients where all or no time counts", () => {
  for (const share of [0, 1]) {
    const prepared = prepare([0, 1, 2], [200 * share, 60 * share, 30 * share], [200, 60, 30]);
    const interval = prepared.interval?.(0.95);
    expect(interval).toEqual(kornGraubard([200 * share, 60 * share, 30 * share], [200, 60, 30]));
    expect(interval).toMatchObject({ ok: true, flags: ["exact-on-clusters"] });
  }
});

it("has no interval where one patient holds all of the time", () => {
  const prepared = prepare([0, 0, 1], [20, 10, 0], [40, 30, 0]);
  expect(prepared.interval?.(0.95)).toEqual(clusterLogit([30], [70], 0.95));
  expect(prepared.interval?.(0.95)).toEqual({ ok: false, reason: "too-few-clusters" });
});

it("has no interval where every patient has the same share: milliseconds are no units to count", () => {
  const prepared = prepare([0, 1, 2], [10, 20, 35], [20, 40, 70]);
  expect(prepared.estimate).toBe(1 / 2);
  expect(prepared.interval?.(0.95)).toEqual({ ok: false, reason: "zero-variance" });
});

it("has the reason of its denominator where there is none", () => {
  const prepared = prepare([0, 1], [0, 0], [0, 0]);
  expect(prepared).toMatchObject({ estimate: null, reason: "no-positives", patients: 0 });
  expect(prepared.n).toEqual({ numerator: 0, denominator: 0, patients: 0 });
});
