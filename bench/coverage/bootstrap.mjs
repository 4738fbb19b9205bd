/** Coverage of intervals from patient resamples: 10 settings, 1,000 data sets each, 500 replicates. */
import { atRate, pairedLesions } from "../../dist/src/evaluation/differences.js";
import { metricByName } from "../../dist/src/metrics/index.js";
import * as stats from "../../dist/src/stats/index.js";
import { randomOf } from "./simulation.mjs";
import { Tally } from "./tally.mjs";

const level = 0.95;
const dataSets = 1000;
const replicates = 500;

const noUnits = {
  answered: new Uint8Array(0),
  threshold: 0,
  thresholdFromTestSet: false,
  frocReading: "step",
  lesions: null,
  falsePositives: null,
  binary: {},
  graded: {},
  frocLimits: [0.5, 1, 2],
};

/** Lesions of patients, scored about 0 with an effect of the patient; one in ten is never marked. */
function drawLesions(random, patients) {
  const lesion = { patient: [], score: [] };
  for (let patient = 0; patient < patients; patient++) {
    const effect = Math.sqrt(0.3) * random.normal();
    const lesions = random.below(4);
    for (let i = 0; i < lesions; i++) {
      const score = effect + Math.sqrt(0.7) * random.normal();
      lesion.patient.push(patient);
      lesion.score.push(random.float() < 0.1 ? -Infinity : score);
    }
  }
  return lesion;
}

/** Marks of a product with normal scores: false ones about 0, lesions moved by `shift`. */
function marksOf(random, { patients, shift, rate }, { patient: owners, score: scores }) {
  const lesion = { patient: owners, score: scores.map((score) => score + shift) };
  const alarm = { patient: [], score: [] };
  for (let patient = 0; patient < patients; patient++) {
    // Exponentially distributed rates: geometric counts with mean `rate`.
    let marks = 0;
    while (random.float() < rate / (1 + rate)) marks++;
    for (let i = 0; i < marks; i++) {
      alarm.patient.push(patient);
      alarm.score.push(random.normal());
    }
  }
  const scored = ({ patient, score }) => ({ patient: Int32Array.from(patient), score: Float64Array.from(score) });
  return {
    ...noUnits,
    patientCount: patients,
    casePatient: Int32Array.from({ length: patients }, (_, i) => i),
    answered: new Uint8Array(patients).fill(1),
    lesions: scored(lesion),
    falsePositives: scored(alarm),
    prepared: new Map(),
  };
}

const drawFroc = (random, setting) => marksOf(random, setting, drawLesions(random, setting.patients));

/** A second product on the same lesions: half of a score's spread is its own. */
function drawPair(random, setting) {
  const lesions = drawLesions(random, setting.patients);
  const again = lesions.score.map((score) => Math.sqrt(0.5) * (score + random.normal()));
  return [
    marksOf(random, setting, lesions),
    marksOf(random, { ...setting, shift: setting.shift + setting.gain }, { ...lesions, score: again }),
  ];
}

/** Sensitivity of the whole population at a limit: the threshold passes limit/rate of the false marks. */
const frocTruth = ({ shift, rate }, limit) =>
  limit >= rate ? 0.9 : 0.9 * stats.normalSf(-stats.normalQuantile(limit / rate) - shift);

function drawAuc(random, { patients, images, area }) {
  const distance = Math.SQRT2 * stats.normalQuantile(area);
  const [patient, positive, score] = [[], [], []];
  for (let i = 0; i < patients; i++) {
    const effect = images === 1 ? 0 : Math.sqrt(0.5) * random.normal();
    for (let image = 0; image < images; image++) {
      const label = random.float() < 0.3 ? 1 : 0;
      patient.push(i);
      positive.push(label);
      score.push(label * distance + effect + Math.sqrt(images === 1 ? 1 : 0.5) * random.normal());
    }
  }
  const units = {
    patient: Int32Array.from(patient),
    positive: Uint8Array.from(positive),
    call: Int8Array.from(score, (value) => (value >= 1 ? 1 : 0)),
    score: Float64Array.from(score),
    failed: new Uint8Array(patient.length),
    scored: true,
  };
  return {
    ...noUnits,
    patientCount: patients,
    casePatient: units.patient,
    binary: { image: units },
    prepared: new Map(),
  };
}

const frocMetrics = [
  ["froc-sensitivity@1", (setting) => frocTruth(setting, 1)],
  ["froc-score", (setting) => [0.5, 1, 2].reduce((sum, limit) => sum + frocTruth(setting, limit), 0) / 3],
  ["lesion-sensitivity", ({ shift }) => 0.9 * stats.normalSf(-shift)],
];
const aucMetrics = [["auc", ({ area }) => area]];

const frocSettings = [
  { patients: 30, shift: 1, rate: 3 },
  { patients: 50, shift: 1, rate: 3 },
  { patients: 100, shift: 1, rate: 3 },
  { patients: 200, shift: 1, rate: 3 },
  { patients: 50, shift: 2.5, rate: 3 },
  { patients: 100, shift: 2.5, rate: 1.5 },
];
const aucSettings = [
  { patients: 50, images: 1, area: 0.8 },
  { patients: 100, images: 1, area: 0.95 },
  { patients: 30, images: 4, area: 0.8 },
  { patients: 60, images: 4, area: 0.95 },
];

const methodsOf = (names) =>
  names.flatMap((metric) =>
    [
      ...["percentile", "basic", "bca"].map((part) => `${metric}: ${part}`),
      ...(metric.startsWith("froc") ? [] : [`${metric}: analytic`]),
    ].map((name) => ({ name, exact: false })),
  );

/** Intervals of a metric from one set of units. */
function intervalsOf(name, units, drawWeights, weights) {
  const { definition, parameter } = metricByName(name);
  const prepared = definition.prepare(units, parameter);
  const none = { percentile: null, basic: null, bca: null, analytic: null };
  if (prepared.estimate === null) return none;
  const values = new Float64Array(replicates);
  for (let r = 0; r < replicates; r++) {
    drawWeights(r);
    values[r] = prepared.weighted(weights, r);
  }
  weights.fill(1);
  const jackknife = new Float64Array(units.patientCount);
  for (let i = 0; i < units.patientCount; i++) {
    weights[i] = 0;
    jackknife[i] = prepared.weighted(weights, replicates + i);
    weights[i] = 1;
  }
  const summary = stats.bootstrapSummary(
    prepared.estimate,
    values,
    jackknife.some(Number.isNaN) ? [] : jackknife,
    level,
  );
  const limits = (outcome) => (outcome?.ok ? [outcome.low, outcome.high] : null);
  if (!("bca" in summary)) return none;
  return {
    percentile: limits(summary.percentile),
    basic: limits(summary.basic),
    bca: limits(summary.bca),
    analytic: prepared.interval === null ? null : limits(prepared.interval(level)),
  };
}

function study({ id, title, how, metrics, settings, draw, standing, methods, intervals = intervalsOf }) {
  return {
    id,
    title,
    how,
    standing,
    central: null,
    replicates: dataSets,
    modules: ["resampling", "random", "clustered-paired"],
    methods: methods ?? methodsOf(metrics.map(([name]) => name)),
    settings,
    run(setting) {
      const words = Object.entries(setting)
        .map((pair) => pair.join(" "))
        .join(", ");
      const sums = new Map(this.methods.map(({ name }) => [name, { above: 0, below: 0, none: 0, width: 0 }]));
      const weights = new Uint16Array(setting.patients);
      for (let data = 0; data < dataSets; data++) {
        const units = draw(randomOf(id, setting, data), setting);
        const drawWeights = (r) =>
          stats.patientWeights(BigInt(data), `coverage ${words}`, r, setting.patients, weights);
        for (const [name, truth] of metrics) {
          const value = truth(setting);
          for (const [part, limits] of Object.entries(intervals(name, units, drawWeights, weights))) {
            const sum = sums.get(`${name}: ${part}`);
            if (sum === undefined) continue;
            if (limits === null) sum.none++;
            else {
              if (limits[0] > value) sum.above++;
              else if (limits[1] < value) sum.below++;
              sum.width += limits[1] - limits[0];
            }
          }
        }
      }
      return this.methods.map(({ name }) => {
        const tally = new Tally();
        const { above, below, none, width } = sums.get(name);
        const share = (count) => count / dataSets;
        tally.add({
          above: share(above),
          below: share(below),
          none: share(none),
          width: share(width),
          at: words,
          inMean: true,
          central: false,
        });
        return { method: name, ...tally.summary() };
      });
    },
  };
}

/** Difference of two detectors on the same patients: percentiles, and what a comparison gives at a rate of false positives. */
function differencesOf(name, pair, drawWeights, weights) {
  const { definition, parameter } = metricByName(name);
  const [first, second] = pair.map((units) => definition.prepare(units, parameter));
  const values = new Float64Array(replicates);
  for (let r = 0; r < replicates; r++) {
    drawWeights(r);
    values[r] = second.weighted(weights, r) - first.weighted(weights, r);
  }
  const limits = (outcome) => (outcome?.ok ? [outcome.low, outcome.high] : null);
  const answers = pairedLesions(name, pair);
  return {
    percentile: limits(stats.percentileInterval(values, level)),
    bootstrap_or_tango: answers && limits(atRate(answers, values, level).interval),
  };
}

export const bootstrapFroc = study({
  id: "bootstrap-froc",
  title: "Patient resamples: FROC and lesion sensitivity",
  how: "30 to 200 patients with 0 to 3 lesions and over-dispersed false marks, 6 settings; 500 replicates each",
  metrics: frocMetrics,
  settings: frocSettings,
  draw: drawFroc,
  standing: "froc-sensitivity@1: percentile",
});

export const bootstrapAuc = study({
  id: "bootstrap-auc",
  title: "Patient resamples: AUC",
  how: "30 to 100 patients with 1 or 4 images, 4 settings; 500 replicates each",
  metrics: aucMetrics,
  settings: aucSettings,
  draw: drawAuc,
  standing: "auc: analytic",
});

export const bootstrapDifference = study({
  id: "bootstrap-difference",
  title: "Patient resamples: difference of two detectors on the same patients",
  how: "20 to 100 patients as above, half of the spread of a score shared by both products, 8 settings; 500 replicates each",
  metrics: ["froc-sensitivity@1", "froc-score"].map((name, at) => {
    const truth = frocMetrics[at][1];
    return [name, (setting) => truth({ ...setting, shift: setting.shift + setting.gain }) - truth(setting)];
  }),
  settings: [20, 30, 50, 100].flatMap((patients) => [
    { patients, shift: 1, gain: 0.5, rate: 3 },
    { patients, shift: 3, gain: 0, rate: 1.5 },
  ]),
  draw: drawPair,
  methods: ["froc-sensitivity@1: bootstrap_or_tango", "froc-sensitivity@1: percentile", "froc-score: percentile"].map(
    (name) => ({ name, exact: false }),
  ),
  intervals: differencesOf,
  standing: "froc-sensitivity@1: bootstrap_or_tango",
});
