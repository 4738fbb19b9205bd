/** Intervals of reader agreement by resampling patients, where a patient has several objects. */
import { krippendorffInterval, patientWeights, percentileInterval, type IntervalOutcome } from "../stats/index.js";

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

/** Percentile interval of Krippendorff's alpha, patients drawn with replacement. */
export function alphaByPatient(
  units: readonly { readonly patient: string; readonly ratings: readonly (number | null)[] }[],
  measurement: "ordinal" | "nominal",
): IntervalOutcome {
  return krippendorffInterval(
    units.map(({ ratings }) => ratings),
    measurement,
    { seed, stream: "rating-agreement", replicates, cluster: units.map(({ patient }) => patient) },
  );
}
