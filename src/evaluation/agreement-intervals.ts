/** Intervals of reader agreement by resampling patients, where a patient has several objects. */
import { patientWeights, percentileInterval, type IntervalOutcome } from "../stats/index.js";

const seed = 20260101n;
const replicates = 2000;

/** Differences of paired marks, a list a patient. */
export type PatientDifferences = readonly (readonly number[])[];

/** Percentile intervals of bias and of the two limits bias -+ 1.96 sd, patients drawn with replacement. */
export function biasByPatient(patients: PatientDifferences): IntervalOutcome[] {
  const sums = patients.map((differences) => ({
    n: differences.length,
    sum: differences.reduce((total, value) => total + value, 0),
    squares: differences.reduce((total, value) => total + value * value, 0),
  }));
  const values = [0, 1, 2].map(() => new Float64Array(replicates));
  const weights = new Uint16Array(patients.length);
  for (let replicate = 0; replicate < replicates; replicate++) {
    patientWeights(seed, "diameter-agreement", replicate, patients.length, weights);
    let [n, sum, squares] = [0, 0, 0];
    sums.forEach((own, at) => {
      const weight = weights[at] as number;
      n += weight * own.n;
      sum += weight * own.sum;
      squares += weight * own.squares;
    });
    const bias = sum / n;
    const sd = Math.sqrt(Math.max(0, (squares - n * bias * bias) / (n - 1)));
    [bias, bias - 1.959963984540054 * sd, bias + 1.959963984540054 * sd].forEach((value, at) => {
      (values[at] as Float64Array)[replicate] = n > 1 ? value : NaN;
    });
  }
  return values.map((drawn) => percentileInterval(drawn));
}

/**
 * Percentile interval of Krippendorff's alpha, patients drawn with replacement. Coincidences add up over objects
 * (Krippendorff 2011), so that a replicate is a weighted sum of one matrix a patient.
 */
export function alphaByPatient(
  units: readonly { readonly patient: string; readonly ratings: readonly (number | null)[] }[],
  measurement: "ordinal" | "nominal",
): IntervalOutcome {
  const given = units.map(({ patient, ratings }) => ({
    patient,
    ratings: ratings.filter((rating) => rating !== null),
  }));
  const scale = [...new Set(given.flatMap(({ ratings }) => ratings))].sort((a, b) => a - b);
  const place = new Map(scale.map((value, at) => [value, at]));
  const k = scale.length;
  const matrices = new Map<string, Float64Array>();
  for (const { patient, ratings } of given) {
    const matrix = matrices.get(patient) ?? new Float64Array(k * k);
    matrices.set(patient, matrix);
    const places = ratings.map((rating) => place.get(rating) as number);
    places.forEach((c, i) =>
      places.forEach((d, j) => {
        if (i !== j) matrix[c * k + d]! += 1 / (places.length - 1);
      }),
    );
  }
  const patients = [...matrices.values()];
  const weights = new Uint16Array(patients.length);
  const sum = new Float64Array(k * k);
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    patientWeights(seed, "rating-agreement", replicate, patients.length, weights);
    sum.fill(0);
    patients.forEach((matrix, at) => {
      const weight = weights[at] as number;
      if (weight > 0) for (let cell = 0; cell < sum.length; cell++) sum[cell]! += weight * (matrix[cell] as number);
    });
    values[replicate] = alphaOf(sum, k, measurement === "ordinal");
  }
  return percentileInterval(values);
}

/** 1 - (n - 1) sum of observed / sum of expected squared distances; NaN where all ratings are one value. */
function alphaOf(coincidences: Float64Array, k: number, ordinal: boolean): number {
  const totals = new Float64Array(k);
  for (let c = 0; c < k; c++) for (let d = 0; d < k; d++) totals[c]! += coincidences[c * k + d] as number;
  let [n, observed, expected] = [0, 0, 0];
  for (let c = 0; c < k; c++) {
    n += totals[c] as number;
    let between = -(totals[c] as number) / 2;
    for (let d = c; d < k; d++) {
      between += totals[d] as number;
      if (d === c) continue;
      const distance = ordinal ? between - (totals[d] as number) / 2 : 1;
      observed += distance * distance * (coincidences[c * k + d] as number);
      expected += distance * distance * (totals[c] as number) * (totals[d] as number);
    }
  }
  return expected > 0 ? 1 - ((n - 1) * observed) / expected : NaN;
}
