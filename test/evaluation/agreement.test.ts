import { describe, expect, it } from "vitest";
import type { Reading } from "../../src/contract/reading.js";
import { readerAgreement } from "../../src/evaluation/agreement.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";
import { cardOf, readingLine, sphere } from "../datasets/fixtures.js";

const nodules = taskProfile("lung-nodule-detection");
const grades = taskProfile("dr-grading");
const card = cardOf({
  annotation: { design: "two", adjudication: { rule: "two-readers-arbiter", size: "mean", label: "majority" } },
});
const caseIds = Array.from({ length: 8 }, (_, at) => `c${at}`);
const ownPatients = new Map(caseIds.map((id) => [id, `patient-${id}`]));
const marks = (...places: [x: number, diameter: number][]) =>
  places.map(([x, diameter], at) => sphere(`m${at}`, [x, 0, 0], diameter));

/** In each case: one mark of both readers (sizes 8 and 8 + its number / 10), one of the first alone; an arbiter too. */
const pairedReadings: Reading[] = caseIds.flatMap((id, at) => [
  readingLine(id, "r1", 1, { findings: marks([0, 8]) }),
  readingLine(id, "r1", 2, { findings: marks([0, 8], [50, 6]) }),
  readingLine(id, "r2", 2, { findings: marks([1, 8 + at / 10]) }),
  readingLine(id, "a", 0, { findings: marks([50, 6]) }),
]);

describe("agreement of readers who mark", () => {
  const results = readerAgreement(pairedReadings, card, nodules, ownPatients);
  const of = (measure: string, between: string) =>
    results.find((entry) => entry.measure === measure && entry.between.join("-") === between);

  it("counts 2a/(2a+b+c) on the final rounds, without the arbiter", () => {
    expect(of("positive-agreement", "r1-r2")).toMatchObject({
      n: { both: 8, firstOnly: 8, secondOnly: 0, patients: 8 },
      estimate: 16 / 24,
      rounds: [2],
    });
    expect(results.some(({ between }) => between.includes("a"))).toBe(false);
  });

  it("compares a reader with himself over his rounds", () => {
    expect(of("positive-agreement", "r1")).toMatchObject({ estimate: 16 / 24, rounds: [1, 2] });
  });

  it("gives bias and limits of the diameter, second minus first", () => {
    const differences = caseIds.map((_, at) => at / 10);
    const bias = differences.reduce((sum, value) => sum + value, 0) / 8;
    const sd = Math.sqrt(differences.reduce((sum, value) => sum + (value - bias) * (value - bias), 0) / 7);
    expect(of("diameter-bias-mm", "r1-r2")?.estimate).toBeCloseTo(bias, 10);
    expect(of("diameter-limit-upper-mm", "r1-r2")?.estimate).toBeCloseTo(bias + 1.959963984540054 * sd, 8);
    expect(of("diameter-limit-lower-mm", "r1-r2")?.interval?.method).toBe("limits_of_agreement_exact");
  });

  it("resamples patients where a patient has several marks", () => {
    const twoEach = new Map(caseIds.map((id, at) => [id, `p${at >> 1}`]));
    // Four patients only: no figure; with eight cases of six patients, by resampling.
    const few = readerAgreement(pairedReadings, card, nodules, twoEach);
    expect(few.every(({ notEstimable }) => notEstimable?.reason === "too-few-clusters")).toBe(true);
    const six = new Map(caseIds.map((id, at) => [id, `p${Math.min(at, 5)}`]));
    const bias = readerAgreement(pairedReadings, card, nodules, six).find(
      ({ measure }) => measure === "diameter-bias-mm",
    );
    expect(bias?.interval?.method).toBe("bootstrap_percentile");
    expect(bias?.interval?.low).toBeLessThan(bias?.estimate ?? NaN);
    expect(bias?.interval?.high).toBeGreaterThan(bias?.estimate ?? NaN);
  });

  it("has nothing to say where there are no readings", () => {
    expect(readerAgreement([], card, nodules, ownPatients)).toEqual([]);
  });
});

describe("agreement on ratings", () => {
  // Krippendorff (2011), Computing alpha-reliability, data set C: four observers, twelve units, nominal 0.743, ordinal 0.815.
  const published = [
    [1, 1, null, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [null, 5, 5, 5],
    [null, null, 1, 1],
    [null, null, 3, null],
  ];

  it("reproduces the published alpha, with an interval round it", () => {
    const readings = published.flatMap((unit, at) =>
      unit.map((rating, reader) =>
        readingLine(`c${at}`, `r${reader}`, 2, {
          findings:
            rating === null ? [] : [sphere("m", [0, 0, 0], 8, { attributes: { diameterMm: 8, malignancy: rating } })],
        }),
      ),
    );
    const patients = new Map(published.map((_, at) => [`c${at}`, `p${at}`]));
    const alpha = readerAgreement(readings, card, nodules, patients).find(
      ({ measure }) => measure === "alpha-malignancy",
    );
    expect(alpha?.estimate).toBeCloseTo(0.815, 3);
    expect(alpha?.n).toEqual({ objects: 11, patients: 11 });
    expect(alpha?.interval?.low).toBeLessThan(0.815);
    expect(alpha?.interval?.high).toBeGreaterThan(0.815);
    expect(alpha?.interval?.high).toBeLessThanOrEqual(1);
  });
});

describe("agreement of graders", () => {
  it("is a quadratic weighted kappa over the declared scale, with the share of equal grades", () => {
    const pairs: [number, number][] = [
      [0, 0],
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 4],
      [2, 2],
      [0, 0],
    ];
    const readings = pairs.flatMap(([a, b], at) => [
      readingLine(`c${at}`, "r1", 2, { labels: { icdr: a } }),
      readingLine(`c${at}`, "r2", 2, { labels: { icdr: b } }),
    ]);
    const [kappa, equal] = readerAgreement(readings, card, grades, ownPatients);
    // By hand: observed squared distance 2/8; expected from the marginals.
    const expected =
      pairs.flatMap(([a]) => pairs.map(([, b]) => (a - b) * (a - b))).reduce((sum, d) => sum + d, 0) / 64;
    expect(kappa).toMatchObject({ measure: "quadratic-kappa", between: ["r1", "r2"], n: { images: 8, equal: 6 } });
    expect(kappa?.estimate).toBeCloseTo(1 - 0.25 / expected, 12);
    expect(equal).toMatchObject({ measure: "proportion-equal", estimate: 0.75 });
  });
});
