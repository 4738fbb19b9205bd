/** Coverage by simulation, 4,000 data sets a setting; every data set is a function of study, setting and its number. */
import * as stats from "../../dist/src/stats/index.js";
import { Tally } from "./tally.mjs";

const level = 0.95;
const seed = 20260101n;

const limitsOf = (outcome) => (outcome.ok ? [outcome.low, outcome.high] : null);
/** Interval that stands in a part of the outcome. */
const within = (outcome, part) => (outcome.ok ? limitsOf(outcome[part]) : null);

const product = (...lists) =>
  lists.reduce((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);
const words = (setting) =>
  Object.entries(setting)
    .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join("/") : value}`)
    .join(", ");

export const randomOf = (study, setting, replicate) =>
  new stats.RandomStream(seed, stats.streamOf("coverage", study, words(setting), replicate));

/** Counts how often each method's interval misses its truth over `replicates` data sets. */
export function simulate({ id, methods }, setting, replicates, draw) {
  const sums = methods.map(() => ({ above: 0, below: 0, none: 0, width: 0 }));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const data = draw(randomOf(id, setting, replicate));
    methods.forEach(({ limits, truth }, at) => {
      const found = limits(data, setting);
      const sum = sums[at];
      if (found === null) {
        sum.none++;
        return;
      }
      const value = truth(setting);
      if (found[0] > value) sum.above++;
      else if (found[1] < value) sum.below++;
      sum.width += found[1] - found[0];
    });
  }
  return methods.map(({ name }, at) => {
    const tally = new Tally();
    const { above, below, none, width } = sums[at];
    tally.add({
      above: above / replicates,
      below: below / replicates,
      none: none / replicates,
      width: width / replicates,
      at: words(setting),
      inMean: true,
      central: false,
    });
    return { method: name, ...tally.summary() };
  });
}

/** A study whose methods all look at the same data set. */
function study({ draw, replicates = 4000, ...rest }) {
  return {
    central: null,
    replicates,
    ...rest,
    run(setting) {
      return simulate(this, setting, replicates, (random) => draw(random, setting));
    },
  };
}

/** Index drawn with the probabilities given (their sum is 1). */
function drawn(random, probabilities) {
  let rest = random.float();
  for (let k = 0; k < probabilities.length - 1; k++) {
    rest -= probabilities[k];
    if (rest < 0) return k;
  }
  return probabilities.length - 1;
}

/** Distribution of x of n when the probability is Beta with mean p and intraclass correlation icc. */
function betaBinomial(n, p, icc) {
  if (icc === 0) return Array.from({ length: n + 1 }, (_, x) => stats.binomialPmf(x, n, p));
  const [a, b] = [(p * (1 - icc)) / icc, ((1 - p) * (1 - icc)) / icc];
  const logBeta = (u, v) => stats.logGamma(u) + stats.logGamma(v) - stats.logGamma(u + v);
  return Array.from({ length: n + 1 }, (_, x) => {
    const choose = stats.logGamma(n + 1) - stats.logGamma(x + 1) - stats.logGamma(n - x + 1);
    return Math.exp(choose + logBeta(x + a, n - x + b) - logBeta(a, b));
  });
}

const total = (values) => values.reduce((sum, value) => sum + value, 0);
const proportionTruth = ({ p }) => p;
const onCounts = (name, method, note) => ({
  name,
  note,
  exact: false,
  limits: ({ x, n }) => limitsOf(method(x, n, level)),
  truth: proportionTruth,
});
const asIndependent = "lesions as independent; not offered";

export const clustered = study({
  id: "clustered",
  title: "One proportion, lesions in patients",
  how: "beta-binomial: 10 to 200 patients, 1 to 8 lesions each (uniform), ICC 0 to 0.5, p 0.7 to 0.98: 100 settings",
  modules: ["clustered-proportion", "proportion"],
  standing: "korn_graubard",
  methods: [
    onCounts("korn_graubard", stats.kornGraubard),
    onCounts("cluster_clopper_pearson_neff", stats.clusterClopperPearson),
    onCounts("cluster_wilson_neff", stats.clusterWilson),
    onCounts("cluster_wilson_icc", stats.clusterWilsonIcc),
    onCounts("cluster_wald_t", stats.clusterWaldT),
    onCounts("cluster_logit", stats.clusterLogit),
    {
      name: "cluster_logit, else korn_graubard",
      exact: false,
      limits: ({ x, n }) => limitsOf(stats.clusterLogit(x, n, level)) ?? limitsOf(stats.kornGraubard(x, n, level)),
      truth: proportionTruth,
    },
    onCounts("cluster_beta", stats.clusterBeta),
    onCounts("wilson", (x, n) => stats.wilson(total(x), total(n), level), asIndependent),
    onCounts("clopper_pearson", (x, n) => stats.clopperPearson(total(x), total(n), level), asIndependent),
  ],
  settings: product([10, 20, 50, 100, 200], [0, 0.1, 0.3, 0.5], [0.7, 0.8, 0.9, 0.95, 0.98]).map(
    ([patients, icc, p]) => ({
      patients,
      icc,
      p,
    }),
  ),
  draw(random, { patients, icc, p }) {
    const tables = tablesOf(p, icc);
    const n = Array.from({ length: patients }, () => 1 + random.below(8));
    return { x: n.map((size) => drawn(random, tables[size])), n };
  },
});

const known = new Map();
function tablesOf(p, icc) {
  const key = `${p} ${icc}`;
  if (!known.has(key))
    known.set(
      key,
      Array.from({ length: 9 }, (_, size) => betaBinomial(size, p, icc)),
    );
  return known.get(key);
}

/** A unit takes its patient's draw with this probability, so that two units of a patient are alike with its square. */
const shared = (random, common, own, correlation) => (random.float() < Math.sqrt(correlation) ? common : own());

export const clusteredPaired = study({
  id: "clustered-paired",
  title: "Difference of two products on the lesions of the same patients",
  how: "5 to 100 patients with 1 to 8 lesions, five pairs of discordant shares, correlation within a patient 0, 0.3 or 0.8: 75 settings",
  modules: ["clustered-paired", "restricted-pair"],
  standing: "cluster_paired_tango",
  methods: [
    {
      name: "cluster_paired_tango",
      exact: false,
      limits: ({ clusters }) => within(stats.clusterPairedTango(clusters, level), "interval"),
      truth: ({ first, second }) => first - second,
    },
    {
      name: "cluster_paired_diff",
      exact: false,
      limits: ({ clusters }) => within(stats.clusterPairedDifference(clusters, level), "interval"),
      truth: ({ first, second }) => first - second,
    },
    {
      name: "paired_diff_tango",
      note: asIndependent,
      exact: false,
      limits: ({ clusters }) =>
        limitsOf(stats.tangoDifference(...[0, 1, 2, 3].map((k) => total(clusters.map((c) => c[k]))), level)),
      truth: ({ first, second }) => first - second,
    },
  ],
  settings: product(
    [5, 10, 20, 50, 100],
    [0, 0.3, 0.8],
    [
      [0, 0.05],
      [0.01, 0.01],
      [0.05, 0.05],
      [0.1, 0.05],
      [0.2, 0.1],
    ],
  ).map(([patients, correlation, [first, second]]) => ({
    patients,
    correlation,
    first,
    second,
  })),
  draw(random, { patients, correlation, first, second }) {
    const p = [0.7 * (1 - first - second), first, second, 0.3 * (1 - first - second)];
    const clusters = Array.from({ length: patients }, () => {
      const cluster = [0, 0, 0, 0];
      const common = drawn(random, p);
      for (let left = 1 + random.below(8); left > 0; left--)
        cluster[shared(random, common, () => drawn(random, p), correlation)]++;
      return cluster;
    });
    return { clusters };
  },
});

/** Gamma-mixed Poisson counts: a table of the distribution function, inverted. */
const countTables = new Map();
function countTable(mean, shape) {
  const key = `${mean} ${shape}`;
  const made = countTables.get(key);
  if (made) return made;
  const cumulative = [];
  let sum = 0;
  for (let k = 0; k < 2000 && sum < 1 - 1e-12; k++) {
    sum +=
      shape === "none"
        ? stats.poissonPmf(k, mean)
        : Math.exp(
            stats.logGamma(k + shape) -
              stats.logGamma(shape) -
              stats.logGamma(k + 1) -
              shape * Math.log1p(mean / shape) +
              k * (Math.log(mean) - Math.log(mean + shape)),
          );
    cumulative.push(sum);
  }
  countTables.set(key, cumulative);
  return cumulative;
}
function drawnCount(random, cumulative) {
  const u = random.float();
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

export const overdispersed = study({
  id: "overdispersed",
  title: "Over-dispersed counts by patient (false positives)",
  how: "10 to 200 patients, mean 0.25, 1, 4 a patient; Poisson, or Gamma-mixed with shape 1 or 0.3: 45 settings",
  modules: ["rates"],
  standing: "quasipoisson_log_t",
  methods: [
    ...["t", "z"].map((by) => ({
      name: `quasipoisson_log_${by}`,
      exact: false,
      limits: (counts) => within(stats.quasiPoisson(counts, null, level, by), "interval"),
      truth: ({ mean }) => mean,
    })),
    {
      name: "poisson_garwood",
      note: "marks as independent; not offered",
      exact: false,
      limits: (counts) => limitsOf(stats.garwood(total(counts), counts.length, level)),
      truth: ({ mean }) => mean,
    },
  ],
  settings: product([10, 20, 50, 100, 200], [0.25, 1, 4], ["none", 1, 0.3]).map(([patients, mean, shape]) => ({
    patients,
    mean,
    shape,
  })),
  draw(random, { patients, mean, shape }) {
    const cumulative = countTable(mean, shape);
    return Array.from({ length: patients }, () => drawnCount(random, cumulative));
  },
});

const areas = [0.6, 0.7, 0.8, 0.9, 0.95, 0.98];
const distanceOf = (auc) => Math.SQRT2 * stats.normalQuantile(auc);

const aucMethods = {
  "auc_delong_logit, else auc_newcombe5": ({ found }) => within(found, "interval"),
  auc_delong_logit: ({ found }) => within(found, "logit"),
  auc_delong_wald: ({ found }) => within(found, "wald"),
  auc_newcombe5: ({ found, m, n }) => limitsOf(stats.newcombeAuc(found.auc, m, n, level)),
};

/** Area of normal scores with the positives' spread, cut into steps of `step` (0: not cut), by the sum over the steps. */
const steppedAreas = new Map();
function trueArea({ area, spread, step }) {
  if (step === 0) return area;
  const key = `${area} ${spread}`;
  if (!steppedAreas.has(key)) {
    const distance = distanceFor(area, spread);
    let [sum, below] = [0, 0];
    for (let k = -20; k < 20; k++) {
      const share = (centre, sd) =>
        stats.normalCdf(((k + 1) * step - centre) / sd) - stats.normalCdf((k * step - centre) / sd);
      const negatives = share(0, 1);
      sum += share(distance, spread) * (below + negatives / 2);
      below += negatives;
    }
    steppedAreas.set(key, sum);
  }
  return steppedAreas.get(key);
}
const distanceFor = (area, spread) => Math.sqrt(1 + spread * spread) * stats.normalQuantile(area);

export const auc = study({
  id: "auc",
  title: "AUC of independent cases",
  how: "normal scores; positives and negatives from (10, 10) to (100, 100) and unequal, AUC 0.6 to 0.98; the positives' standard deviation 1, 0.5 or 2 times the negatives', or equal and the scores cut to whole standard deviations (ties): 192 settings",
  modules: ["auc"],
  standing: "auc_delong_logit, else auc_newcombe5",
  methods: Object.entries(aucMethods).map(([name, limits]) => ({ name, exact: false, limits, truth: trueArea })),
  settings: product(
    [
      [10, 10],
      [15, 15],
      [20, 20],
      [10, 40],
      [40, 10],
      [50, 50],
      [100, 100],
      [30, 200],
    ],
    areas,
    [
      [1, 0],
      [0.5, 0],
      [2, 0],
      [1, 1],
    ],
  ).map(([[m, n], area, [spread, step]]) => ({ m, n, area, spread, step })),
  draw(random, { m, n, area, spread, step }) {
    const distance = distanceFor(area, spread);
    const cut = (score) => (step === 0 ? score : Math.floor(score / step));
    const positives = Float64Array.from({ length: m }, () => cut(random.normal() * spread + distance));
    const negatives = Float64Array.from({ length: n }, () => cut(random.normal()));
    return { found: stats.delongAuc(positives, negatives, level), m, n };
  },
});

export const clusteredAuc = study({
  id: "auc-clustered",
  title: "AUC of cases in patients",
  how: "20, 50, 100 patients of 4 images, half of them positive; a patient's effect makes 0 or 0.5 of the variance; AUC 0.7, 0.8, 0.9, 0.95: 24 settings",
  modules: ["auc", "auc-comparison"],
  standing: "auc_obuchowski_logit, else auc_newcombe5 on patients",
  methods: [
    {
      name: "auc_obuchowski_logit, else auc_newcombe5 on patients",
      exact: false,
      limits: ({ found }) => within(found, "interval"),
      truth: ({ area }) => area,
    },
    {
      name: "auc_obuchowski_wald",
      exact: false,
      limits: ({ found }) => within(found, "wald"),
      truth: ({ area }) => area,
    },
    {
      name: "auc_delong_logit",
      note: "images as independent; not offered",
      exact: false,
      limits: ({ plain }) => within(plain, "logit"),
      truth: ({ area }) => area,
    },
  ],
  settings: product([20, 50, 100], [0, 0.5], [0.7, 0.8, 0.9, 0.95]).map(([patients, correlation, area]) => ({
    patients,
    correlation,
    area,
  })),
  draw(random, { patients, correlation, area }) {
    const distance = distanceOf(area);
    const [names, labels, scores] = [[], [], []];
    for (let patient = 0; patient < patients; patient++) {
      const effect = Math.sqrt(correlation) * random.normal();
      for (let image = 0; image < 4; image++) {
        const label = random.below(2);
        names.push(patient);
        labels.push(label);
        scores.push(label * distance + effect + Math.sqrt(1 - correlation) * random.normal());
      }
    }
    const split = stats.splitByLabel(labels, scores);
    return {
      found: stats.clusteredAuc(names, labels, scores, level),
      plain: stats.delongAuc(split.positives, split.negatives, level),
    };
  },
});

export const aucDifference = study({
  id: "auc-difference",
  title: "Difference of two AUCs on the same cases",
  how: "normal scores with correlation 0 or 0.6; (20, 20), (50, 50), (30, 150); AUC 0.8 and 0.8, 0.9 and 0.8, 0.95 and 0.9: 18 settings",
  modules: ["auc-comparison"],
  standing: "auc_delong_difference",
  methods: [
    {
      name: "auc_delong_difference",
      exact: false,
      limits: ({ labels, first, second }) => within(stats.delongDifference(labels, first, second, level), "interval"),
      truth: ({ first, second }) => first - second,
    },
  ],
  settings: product(
    [
      [20, 20],
      [50, 50],
      [30, 150],
    ],
    [0, 0.6],
    [
      [0.8, 0.8],
      [0.9, 0.8],
      [0.95, 0.9],
    ],
  ).map(([[m, n], correlation, [first, second]]) => ({ m, n, correlation, first, second })),
  draw(random, { m, n, correlation, first, second }) {
    const labels = Array.from({ length: m + n }, (_, i) => (i < m ? 1 : 0));
    const common = labels.map(() => Math.sqrt(correlation) * random.normal());
    const scores = (area) =>
      labels.map((label, i) => label * distanceOf(area) + common[i] + Math.sqrt(1 - correlation) * random.normal());
    return { labels, first: scores(first), second: scores(second) };
  },
});

export const clusteredAucDifference = study({
  id: "auc-difference-clustered",
  title: "Difference of two AUCs on the same cases in patients",
  how: "20, 50, 100 patients of 4 images, half of them positive; a patient's effect, the same for both, makes 0 or 0.5 of the variance; AUC pairs as above: 18 settings",
  modules: ["auc-comparison"],
  standing: "auc_obuchowski_difference",
  methods: [
    {
      name: "auc_obuchowski_difference",
      exact: false,
      limits: ({ names, labels, first, second }) =>
        within(stats.clusteredAucDifference(names, labels, first, second, level), "interval"),
      truth: ({ first, second }) => first - second,
    },
  ],
  settings: product(
    [20, 50, 100],
    [0, 0.5],
    [
      [0.8, 0.8],
      [0.9, 0.8],
      [0.95, 0.9],
    ],
  ).map(([patients, correlation, [first, second]]) => ({ patients, correlation, first, second })),
  draw(random, { patients, correlation, first, second }) {
    const data = { names: [], labels: [], first: [], second: [] };
    for (let patient = 0; patient < patients; patient++) {
      const effect = Math.sqrt(correlation) * random.normal();
      for (let image = 0; image < 4; image++) {
        const label = random.below(2);
        const score = (area) => label * distanceOf(area) + effect + Math.sqrt(1 - correlation) * random.normal();
        data.names.push(patient);
        data.labels.push(label);
        data.first.push(score(first));
        data.second.push(score(second));
      }
    }
    return data;
  },
});

const shares = [
  [0.5, 0.5],
  [0.8, 0.2],
  [0.9, 0.1],
  [0.4, 0.3, 0.2, 0.1],
];
const gradeShares = [
  [0.4, 0.3, 0.2, 0.1],
  [0.7, 0.2, 0.1],
  [0.85, 0.05, 0.05, 0.05],
  [0.2, 0.2, 0.2, 0.2, 0.2],
];

/** Two ratings: the same category with probability `alike`, else two independent ones, or neighbours on the scale. */
function ratingPair(random, share, alike, apart = "any") {
  const first = drawn(random, share);
  if (random.float() < alike) return [first, first];
  return [first, apart === "any" ? drawn(random, share) : drawn(random, neighboursOf(first, share.length))];
}
const neighboursOf = (category, k) => {
  const steps = Array.from({ length: k }, (_, other) => (Math.abs(other - category) === 1 ? 1 : 0));
  return steps.map((step) => step / total(steps));
};
function tableOf(pairs, categories) {
  const table = Array.from({ length: categories }, () => new Array(categories).fill(0));
  for (const [i, j] of pairs) table[i][j]++;
  return table;
}

/** Kappa of the distribution that `ratingPair` draws from. */
const trueKappas = new Map();
function trueKappa({ share, kappa, apart }, weights) {
  const key = JSON.stringify([share, kappa, apart, weights]);
  if (!trueKappas.has(key)) {
    const cells = share.flatMap((p, i) => {
      const others = apart === "any" ? share : neighboursOf(i, share.length);
      return others.map((other, j) => p * ((1 - kappa) * other + (i === j ? kappa : 0)));
    });
    trueKappas.set(key, stats.agreementReader(share.length, weights)(cells).kappa);
  }
  return trueKappas.get(key);
}

const ofWeights = (name, weights) => (weights === "none" ? name : `${name} (${weights} weights)`);

export const kappa = study({
  id: "kappa",
  title: "Cohen's kappa of independent units",
  how: "20 to 200 units; seven distributions over 2 to 5 categories, kappa 0.2, 0.5, 0.8, 0.95 with disagreements in any category; with three categories or more also agreement of 0.5, 0.8, 0.95 with disagreements in neighbouring ones: 160 settings",
  modules: ["kappa"],
  standing: "kappa_adjusted_wald",
  methods: ["none", "linear", "quadratic"].flatMap((weights) =>
    [
      ["kappa_adjusted_wald", "interval"],
      ["kappa_fce", "wald"],
    ].map(([name, part]) => ({
      name: ofWeights(name, weights),
      exact: false,
      limits: (found) => within(found[weights], part),
      truth: (setting) => trueKappa(setting, weights),
    })),
  ),
  settings: [
    ...product([20, 50, 100, 200], [...shares, ...gradeShares.slice(1)], [0.2, 0.5, 0.8, 0.95], ["any"]),
    ...product([20, 50, 100, 200], gradeShares, [0.5, 0.8, 0.95], ["neighbour"]),
  ].map(([n, share, kappa, apart]) => ({ n, share, kappa, apart })),
  draw(random, { n, share, kappa, apart }) {
    const pairs = Array.from({ length: n }, () => ratingPair(random, share, kappa, apart));
    const table = tableOf(pairs, share.length);
    return Object.fromEntries(
      ["none", "linear", "quadratic"].map((weights) => [weights, stats.cohenKappa(table, weights, level)]),
    );
  },
});

export const clusteredKappa = study({
  id: "kappa-clustered",
  title: "Cohen's kappa of images in patients",
  how: "20, 50, 100 patients of 1 to 4 images, half of them alike within a patient; five distributions, kappa 0.2, 0.5, 0.8: 45 settings",
  modules: ["kappa"],
  standing: "kappa_adjusted_clusters_t",
  methods: [
    ...["none", "quadratic"].flatMap((weights) =>
      [
        ["kappa_adjusted_clusters_t", "interval"],
        ["kappa_jackknife_t", "jackknife"],
      ].map(([name, part]) => ({
        name: ofWeights(name, weights),
        exact: false,
        limits: ({ found }) => within(found[weights], part),
        truth: (setting) => setting.kappa,
      })),
    ),
    ...[
      ["kappa_adjusted_wald", "interval"],
      ["kappa_fce", "wald"],
    ].map(([name, part]) => ({
      name,
      note: "images as independent; not offered",
      exact: false,
      limits: ({ table }) => within(stats.cohenKappa(table, "none", level), part),
      truth: (setting) => setting.kappa,
    })),
  ],
  settings: product([20, 50, 100], [...shares, [0.85, 0.05, 0.05, 0.05]], [0.2, 0.5, 0.8]).map(
    ([patients, share, kappa]) => ({ patients, share, kappa }),
  ),
  draw(random, { patients, share, kappa }) {
    const [names, first, second] = [[], [], []];
    for (let patient = 0; patient < patients; patient++) {
      const common = ratingPair(random, share, kappa);
      for (let left = 1 + random.below(4); left > 0; left--) {
        const [a, b] = shared(random, common, () => ratingPair(random, share, kappa), 0.5);
        names.push(patient);
        first.push(a);
        second.push(b);
      }
    }
    const pairs = first.map((value, i) => [value, second[i]]);
    const found = Object.fromEntries(
      ["none", "quadratic"].map((weights) => [
        weights,
        stats.clusteredKappa(names, first, second, share.length, weights, level),
      ]),
    );
    return { found, table: tableOf(pairs, share.length) };
  },
});

const chance = (share) => share.reduce((sum, p) => sum + p * p, 0);

export const raters = study({
  id: "raters",
  title: "Several readers: Fleiss kappa, Gwet AC1, Brennan-Prediger",
  how: "20, 50, 100 units, 2 or 4 readers, four distributions, agreement 0.2, 0.5, 0.8 beyond chance: 72 settings",
  modules: ["multi-rater"],
  standing: null,
  methods: [
    ["fleiss", (share) => chance(share)],
    ["gwet", (share) => (1 - chance(share)) / (share.length - 1)],
    ["brennanPrediger", (share) => 1 / share.length],
  ].map(([part, expected]) => ({
    name: { fleiss: "fleiss_kappa", gwet: "gwet_ac1", brennanPrediger: "brennan_prediger" }[part],
    exact: false,
    limits: ({ found }) => (found.ok && found[part].ok ? limitsOf(found[part].interval) : null),
    truth({ share, agreement }) {
      const observed = agreement + (1 - agreement) * chance(share);
      return (observed - expected(share)) / (1 - expected(share));
    },
  })),
  settings: product([20, 50, 100], [2, 4], shares, [0.2, 0.5, 0.8]).map(([n, readers, share, agreement]) => ({
    n,
    readers,
    share,
    agreement,
  })),
  draw(random, { n, readers, share, agreement }) {
    // Pairs agree beyond chance with probability `agreement`: each reader takes the unit's category with its root.
    const ratings = Array.from({ length: n }, () => {
      const common = drawn(random, share);
      return Array.from({ length: readers }, () => shared(random, common, () => drawn(random, share), agreement));
    });
    return { found: stats.multiRaterAgreement(ratings, [...share.keys()], "identity", level) };
  },
});

export const icc = study({
  id: "icc",
  title: "Intraclass correlation",
  how: "normal; 10, 20, 50 units, 2, 3, 5 readers, agreement 0.3, 0.6, 0.9; readers make 0.2 of the rest of the variance: 27 settings",
  modules: ["icc"],
  standing: "icc(A,1)_f",
  methods: [
    {
      name: "icc(A,1)_f",
      exact: false,
      limits: ({ crossed }) => within(stats.icc(crossed, "A,1", level), "interval"),
      truth: ({ agreement }) => agreement,
    },
    {
      name: "icc(C,1)_f",
      note: "exact for the normal model",
      exact: false,
      limits: ({ crossed }) => within(stats.icc(crossed, "C,1", level), "interval"),
      truth: ({ agreement }) => agreement / (agreement + 0.8 * (1 - agreement)),
    },
    {
      name: "icc(1,1)_f",
      note: "exact for the normal model",
      exact: false,
      limits: ({ nested }) => within(stats.icc(nested, "1,1", level), "interval"),
      truth: ({ agreement }) => agreement,
    },
  ],
  settings: product([10, 20, 50], [2, 3, 5], [0.3, 0.6, 0.9]).map(([n, readers, agreement]) => ({
    n,
    readers,
    agreement,
  })),
  draw(random, { n, readers, agreement }) {
    const effects = Array.from({ length: readers }, () => Math.sqrt(0.2 * (1 - agreement)) * random.normal());
    const [crossed, nested] = [[], []];
    for (let unit = 0; unit < n; unit++) {
      const value = Math.sqrt(agreement) * random.normal();
      const errors = Array.from({ length: readers }, () => Math.sqrt(1 - agreement) * random.normal());
      crossed.push(errors.map((error, reader) => value + effects[reader] + Math.sqrt(0.8) * error));
      nested.push(errors.map((error) => value + error));
    }
    return { crossed, nested };
  },
});

export const concordance = study({
  id: "concordance",
  title: "Lin's concordance correlation",
  how: "normal; 10, 20, 50, 100 pairs, correlation 0.5, 0.8, 0.95, shift 0 or 0.5 sd: 24 settings",
  modules: ["method-comparison"],
  standing: "ccc_fisher_z",
  methods: [
    {
      name: "ccc_fisher_z",
      exact: false,
      limits: ({ x, y }) => within(stats.concordanceCorrelation(x, y, level), "interval"),
      truth: ({ correlation, shift }) => (2 * correlation) / (2 + shift * shift),
    },
  ],
  settings: product([10, 20, 50, 100], [0.5, 0.8, 0.95], [0, 0.5]).map(([n, correlation, shift]) => ({
    n,
    correlation,
    shift,
  })),
  draw(random, { n, correlation, shift }) {
    const x = Array.from({ length: n }, () => random.normal());
    return {
      x,
      y: x.map((value) => correlation * value + Math.sqrt(1 - correlation * correlation) * random.normal() + shift),
    };
  },
});

export const limitsOfAgreement = study({
  id: "limits-of-agreement",
  title: "Bland-Altman limits of agreement",
  how: "normal differences; 5, 10, 20, 50, 100 pairs; interval of the upper limit",
  modules: ["method-comparison"],
  standing: "limits_of_agreement_exact",
  methods: ["exact", "approximate"].map((variant) => ({
    name: `limits_of_agreement_${variant}`,
    note: variant === "exact" ? "exact for normal differences" : undefined,
    exact: false,
    limits: ({ x, y }) => within(stats.blandAltman(x, y, variant, level), "upperInterval"),
    truth: () => stats.normalQuantile(0.975),
  })),
  settings: [5, 10, 20, 50, 100].map((n) => ({ n })),
  draw: (random, { n }) => ({ x: new Array(n).fill(0), y: Array.from({ length: n }, () => random.normal()) }),
});
