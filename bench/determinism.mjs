/**
 * The same bytes on every version of Node: hashes the answers of the statistics, of all metrics and of resampling on drawn data,
 * bit by bit. Usage: node bench/determinism.mjs [path of another node ...]; says which parts differ and then exits with 1.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { metricByName, metrics } from "../dist/src/metrics/index.js";
import * as stats from "../dist/src/stats/index.js";

const draws = 400;
const random = (part, draw) => new stats.RandomStream(20260101n, stats.streamOf("determinism", part, draw));

/** Hash of answers: every number by its 64 bits. */
class Digest {
  #hash = createHash("sha256");
  #bits = new Float64Array(1);
  numbers = 0;
  add(value) {
    if (typeof value === "number") {
      this.#bits[0] = value;
      this.#hash.update(new Uint8Array(this.#bits.buffer));
      this.numbers++;
    } else if (ArrayBuffer.isView(value) || Array.isArray(value)) for (const entry of value) this.add(entry);
    else if (typeof value === "object" && value !== null) {
      for (const [name, entry] of Object.entries(value)) {
        this.#hash.update(name);
        this.add(entry);
      }
    } else this.#hash.update(String(value));
  }
  text() {
    return this.#hash.digest("hex").slice(0, 32);
  }
}

const list = (length, value) => Array.from({ length }, (_, i) => value(i));

/** What is drawn for each function: its arguments. */
const drawn = {
  proportion: (r) => {
    const n = 1 + r.below(r.below(2) === 0 ? 50 : 100_000);
    return [r.below(n + 1), n, 0.5 + 0.499 * r.float()];
  },
  groups: (r) => {
    const [n1, n2] = [1 + r.below(200), 1 + r.below(200)];
    return [r.below(n1 + 1), n1, r.below(n2 + 1), n2];
  },
  table: (r) => list(4, () => r.below(60)),
  rate: (r) => [r.below(80), 0.1 + 50 * r.float(), 0.5 + 0.499 * r.float()],
  rates: (r) => [r.below(80), 0.1 + 50 * r.float(), r.below(80), 0.1 + 50 * r.float()],
  counts: (r) => [list(2 + r.below(40), () => r.below(9))],
  clusters: (r) => {
    const n = list(2 + r.below(60), () => 1 + r.below(8));
    return [n.map((size) => r.below(size + 1)), n];
  },
  pairedClusters: (r) => [list(2 + r.below(40), () => list(4, () => r.below(5)))],
  scores: (r) => [list(2 + r.below(50), () => r.normal() + 1), list(2 + r.below(50), () => r.normal())],
  cases: (r) => {
    const length = 10 + r.below(60);
    const labels = list(length, (i) => (i < 4 ? i % 2 : r.below(2)));
    return [list(length, () => r.below(12)), labels, labels.map((label) => label + r.normal())];
  },
  square: (r) => {
    const k = 2 + r.below(4);
    return [list(k, () => list(k, () => 1 + r.below(30)))];
  },
  ratings: (r) => [list(3 + r.below(30), () => list(4, () => (r.below(9) === 0 ? null : 1 + r.below(3)))), [1, 2, 3]],
  readings: (r) => [list(3 + r.below(20), () => list(3, () => 50 + 10 * r.normal()))],
  pairs: (r) => {
    const x = list(3 + r.below(40), () => 50 + 10 * r.normal());
    return [x, x.map((value) => value + r.normal())];
  },
  probabilities: (r) => {
    const p = list(20 + r.below(80), () => r.float());
    return [p.map((value, i) => (i < 2 ? i : r.float() < value ? 1 : 0)), p];
  },
  replicates: (r) => [r.normal(), list(200, () => r.normal()), list(20, () => r.normal())],
  pValues: (r) => [list(1 + r.below(20), () => r.float())],
  shapes: (r) => {
    const shape = () => Math.exp(12 * r.float() - 4);
    return [r.float(), shape(), shape()];
  },
  share: (r) => [0.05 + 0.9 * r.float(), 0.05 + 0.9 * r.float(), 0.025, 0.5 + 0.45 * r.float()],
};

const of = (input, names) => names.map((name) => [name, input, stats[name]]);
const functions = [
  ...of("proportion", ["wilson", "wilsonCorrected", "clopperPearson", "jeffreys", "agrestiCoull", "midP"]),
  ["binomialTest", "proportion", (x, n, p) => stats.binomialTest(x, n, p)],
  ...of("groups", ["newcombeDifference", "agrestiCaffo", "miettinenNurminenDifference", "meeDifference"]),
  ...of("groups", ["koopmanRatio", "miettinenNurminenRatio", "katzRatio", "adjustedLogRatio"]),
  ["farringtonManning", "groups", (...g) => stats.farringtonManning(...g, 0.1)],
  ...of("table", [
    "tangoDifference",
    "newcombePairedDifference",
    "bonettPriceDifference",
    "mcnemarExact",
    "mcnemarMidP",
  ]),
  ["tangoNonInferiority", "table", (...t) => stats.tangoNonInferiority(...t, 0.1)],
  [
    "diagnostic",
    "table",
    (tp, fp, fn, tn) => {
      const table = { tp, fp, fn, tn };
      return [
        stats.diagnosticValues(table),
        stats.likelihoodRatios(table),
        stats.youdenIntervals(table),
        stats.predictiveValuesAt(table, 0.1),
      ];
    },
  ],
  [
    "exactTables",
    "table",
    (a, b, c, d) => {
      const table = [
        [a, b],
        [c, d],
      ];
      return [
        stats.fisherExact(table),
        stats.conditionalOddsRatio(table),
        stats.mantelHaenszelOddsRatio([
          table,
          [
            [5, 6],
            [7, 8],
          ],
        ]),
        stats.breslowDay([
          table,
          [
            [5, 6],
            [7, 8],
          ],
        ]),
      ];
    },
  ],
  ...of("rate", ["garwood", "poissonMidP"]),
  ...of("rates", ["rateDifference", "rateRatioExact", "rateRatioLog", "rateRatioTest"]),
  ...of("counts", ["quasiPoisson"]),
  ...of("clusters", ["clusterRatioVariance", "clusterIcc", "kornGraubard", "clusterWilson", "clusterWilsonIcc"]),
  ...of("clusters", ["clusterWaldT", "clusterLogit", "clusterBeta", "clusterClopperPearson"]),
  ...of("pairedClusters", ["clusterPairedDifference", "clusterMcNemarObuchowski", "clusterMcNemarDurkalski"]),
  ...of("scores", ["delongAuc", "mannWhitney", "mannWhitneyExact", "hodgesLehmannTwoSample"]),
  ...of("cases", ["clusteredAuc"]),
  [
    "clusteredAucDifference",
    "cases",
    (c, l, s) =>
      stats.clusteredAucDifference(
        c,
        l,
        s,
        s.map((value, i) => value + (i % 3)),
      ),
  ],
  [
    "curve",
    "cases",
    (_, labels, scores) => {
      const points = stats.rocPoints(labels, scores);
      return [
        points,
        stats.youden(points),
        stats.averagePrecision(points),
        stats.partialAuc(points, "fpr", [0.1, 0.4]),
        stats.sensitivityAtSpecificity(points, 0.9),
      ];
    },
  ],
  [
    "cohenKappa",
    "square",
    (table) => ["none", "linear", "quadratic"].map((weights) => stats.cohenKappa(table, weights)),
  ],
  [
    "marginalHomogeneity",
    "square",
    (table) => [stats.bowker(table), stats.stuartMaxwell(table), stats.multiclassValues(table)],
  ],
  ...of("ratings", ["multiRaterAgreement"]),
  [
    "krippendorffAlpha",
    "ratings",
    (ratings) => ["nominal", "ordinal", "interval", "ratio"].map((scale) => stats.krippendorffAlpha(ratings, scale)),
  ],
  ["icc", "readings", (readings) => ["1,1", "C,k", "A,1"].map((form) => stats.icc(readings, form))],
  ["blandAltman", "pairs", (x, y) => stats.blandAltman(x.slice(0, 8), y.slice(0, 8))],
  ...of("pairs", ["concordanceCorrelation", "meanErrors"]),
  ["totalDeviation", "pairs", (x, y) => [stats.totalDeviationIndex(x, y, 0.9), stats.coverageProbability(x, y, 1)]],
  ...of("probabilities", ["brierScore", "reliability", "recalibration", "calibrationInTheLarge", "hosmerLemeshow"]),
  ...of("replicates", ["bootstrapSummary"]),
  ...of("pValues", ["holm", "hochberg", "benjaminiHochberg"]),
  ...of("share", ["singleArmNormal", "twoProportionsSize"]),
  [
    "beta",
    "shapes",
    (p, a, b) => [stats.betaTails(p, a, b), stats.betaQuantile(p, a, b), stats.betaUpperQuantile(p, a, b)],
  ],
  [
    "gamma",
    "shapes",
    (p, a, x) => [stats.gammaTails(x, a), stats.gammaQuantile(p, a), stats.logGamma(a), stats.chiSquareQuantile(p, a)],
  ],
  [
    "student and Fisher",
    "shapes",
    (p, a, b) => [
      stats.studentQuantile(p, a),
      stats.studentTails(b, a),
      stats.fisherQuantile(p, a, b),
      stats.fisherTails(p, a, b),
    ],
  ],
  [
    "normal",
    "shapes",
    (p, a) => [stats.normalQuantile(p), stats.normalCdf(-a), stats.normalSf(a), stats.erf(p), stats.erfc(a)],
  ],
  [
    "discrete",
    "proportion",
    (x, n, p) => [
      stats.binomialPmf(x, n, p),
      stats.binomialTails(x, n, p),
      stats.poissonPmf(x, n * p),
      stats.poissonTails(x, n * p),
    ],
  ],
];

/** Units of a detection and of a grading task. */
function drawnUnits(r) {
  const patientCount = 20 + r.below(40);
  const scored = (length) => {
    const patient = Int32Array.from(list(length, () => r.below(patientCount)));
    return { patient, score: Float64Array.from(list(length, () => r.below(20) / 20)) };
  };
  const units = scored(100);
  const positive = Uint8Array.from(units.score, (score) => (r.float() < score ? 1 : 0));
  const binary = {
    ...units,
    positive,
    call: Int8Array.from(units.score, (score) => (score >= 0.5 ? 1 : 0)),
    failed: new Uint8Array(100),
    scored: true,
  };
  const grade = () => Int32Array.from(list(100, () => r.below(5)));
  const graded = { patient: units.patient, truth: grade(), answer: grade(), grades: 5 };
  return {
    patientCount,
    casePatient: Int32Array.from(list(patientCount, (i) => i)),
    answered: new Uint8Array(patientCount).fill(1),
    threshold: 0.5,
    thresholdFromTestSet: false,
    frocReading: "step",
    lesions: scored(60),
    falsePositives: scored(120),
    binary: { image: binary },
    graded: { image: graded },
    frocLimits: [0.5, 1, 2],
    prepared: new Map(),
  };
}

const examples = { prevalence: 0.1 };
function nameOf({ id, parameter }) {
  if (parameter === undefined) return id;
  return `${id}@${id.startsWith("froc-sensitivity") ? 1 : (parameter.example ?? examples.prevalence)}`;
}

function hashes() {
  const parts = {};
  for (const [name, input, f] of functions) {
    const digest = new Digest();
    for (let draw = 0; draw < draws; draw++) digest.add(f(...drawn[input](random(name, draw))));
    parts[name] = [digest.text(), digest.numbers];
  }
  for (const metric of metrics.values()) {
    const digest = new Digest();
    for (let draw = 0; draw < 5; draw++) {
      const units = drawnUnits(random("units", draw));
      const { definition, parameter } = metricByName(nameOf(metric));
      const prepared = definition.prepare(units, parameter);
      digest.add([prepared.estimate, prepared.n, prepared.interval?.(0.95) ?? "resampled"]);
      const weights = new Uint16Array(units.patientCount);
      for (let r = 0; r < 50; r++) {
        stats.patientWeights(7n, "determinism", r, units.patientCount, weights);
        digest.add(prepared.weighted(weights, r));
      }
    }
    parts[`metric ${metric.id}`] = [digest.text(), digest.numbers];
  }
  return { node: process.version, parts };
}

const [first, ...others] = process.argv.slice(2);
if (first === "--hashes") console.log(JSON.stringify(hashes()));
else {
  const script = fileURLToPath(import.meta.url);
  const own = hashes();
  const total = Object.values(own.parts).reduce((sum, [, numbers]) => sum + numbers, 0);
  const all = createHash("sha256").update(JSON.stringify(own.parts)).digest("hex");
  console.log(`${own.node}: ${Object.keys(own.parts).length} parts, ${total} numbers, ${all}`);
  for (const node of [first, ...others].filter((path) => path !== undefined)) {
    const run = spawnSync(node, [script, "--hashes"], { encoding: "utf8", maxBuffer: 1 << 26 });
    if (run.status !== 0) throw new Error(run.stderr);
    const other = JSON.parse(run.stdout);
    const different = Object.keys(own.parts).filter((name) => String(own.parts[name]) !== String(other.parts[name]));
    console.log(`${other.node}: ${different.length === 0 ? "the same" : `different: ${different.join(", ")}`}`);
    if (different.length > 0) process.exitCode = 1;
  }
}
