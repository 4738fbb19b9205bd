/** Coverage by full enumeration: every possible outcome with its probability, over grids of the true parameters. */
import * as stats from "../../dist/src/stats/index.js";
import { Tally } from "./tally.mjs";

const level = 0.95;

/** Limits of an interval outcome, or null where none is given. */
const limitsOf = (outcome) => (outcome.ok ? [outcome.low, outcome.high] : null);
/** The same for functions that return a value and its interval. */
const partOf = (outcome) => (outcome.ok ? limitsOf(outcome.interval) : null);

const steps = (from, to, by) => Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) => from + i * by);
const inside = (list, low, high) => list.filter((value) => value > low && value < high);

/** The limits themselves are where coverage jumps: the least values lie just beside them. */
const besideLimits = (table) =>
  table.flatMap((limits) =>
    limits === null ? [] : limits.flatMap((limit) => [limit * (1 - 1e-9), limit * (1 + 1e-9)]),
  );

function oneParameter(methods, tables, grid, range, probabilities, describe, central) {
  return methods.map(({ name }, at) => {
    const table = tables[at];
    const tally = new Tally();
    const walk = (points, inMean) => {
      for (const parameter of points) {
        const probability = probabilities(parameter);
        let above = 0;
        let below = 0;
        let width = 0;
        for (let x = 0; x < probability.length; x++) {
          const [low, high] = table[x];
          if (low > parameter) above += probability[x];
          else if (high < parameter) below += probability[x];
          width += (high - low) * probability[x];
        }
        tally.add({ above, below, none: 0, width, at: describe(parameter), inMean, central: central(parameter) });
      }
    };
    walk(grid, true);
    walk(inside(besideLimits(table), ...range), false);
    return { method: name, ...tally.summary() };
  });
}

const single = {
  wilson: stats.wilson,
  wilson_cc: stats.wilsonCorrected,
  clopper_pearson: stats.clopperPearson,
  jeffreys: stats.jeffreys,
  agresti_coull: stats.agrestiCoull,
  midp: stats.midP,
};

const proportionGrid = steps(0.5, 0.999, 0.001);

export const proportions = {
  id: "proportions",
  title: "One proportion, independent units",
  how: "n = 1 to 200; p from 0.5 to 0.999 in steps of 0.001 (mean), and just beside every limit (minimum); below 0.5 all methods mirror",
  central: "n >= 20, p <= 0.9",
  modules: ["proportion", "beta", "normal"],
  methods: Object.keys(single).map((name) => ({ name, exact: ["clopper_pearson"].includes(name) })),
  standing: "wilson",
  settings: steps(1, 200, 1).map((n) => ({ n })),
  run({ n }) {
    const tables = this.methods.map(({ name }) =>
      Array.from({ length: n + 1 }, (_, x) => limitsOf(single[name](x, n, level))),
    );
    const probabilities = (p) => Float64Array.from({ length: n + 1 }, (_, x) => stats.binomialPmf(x, n, p));
    const central = (p) => n >= 20 && p <= 0.9;
    return oneParameter(
      this.methods,
      tables,
      proportionGrid,
      [0.5, 1],
      probabilities,
      (p) => `n ${n}, p ${p.toPrecision(4)}`,
      central,
    );
  },
};

const poissonMethods = { poisson_garwood: stats.garwood, poisson_midp: stats.poissonMidP };

export const poisson = {
  id: "poisson",
  title: "One Poisson rate",
  how: "mean count from 0.05 to 100 in steps of 0.05 (mean), and just beside every limit (minimum)",
  central: "mean count >= 5",
  modules: ["rates", "gamma"],
  methods: Object.keys(poissonMethods).map((name) => ({ name, exact: name === "poisson_garwood" })),
  standing: "poisson_garwood",
  settings: [{ max: 100 }],
  run({ max }) {
    const counts = max + 100;
    const tables = this.methods.map(({ name }) =>
      Array.from({ length: counts + 1 }, (_, x) => limitsOf(poissonMethods[name](x, 1, level))),
    );
    const probabilities = (mean) => Float64Array.from({ length: counts + 1 }, (_, x) => stats.poissonPmf(x, mean));
    const describe = (mean) => `mean ${mean.toPrecision(4)}`;
    return oneParameter(
      this.methods,
      tables,
      steps(0.05, max, 0.05),
      [0.001, max],
      probabilities,
      describe,
      (mean) => mean >= 5,
    );
  },
};

/**
 * Two independent counts. `methods[i].limits(x1, x2)` gives the limits or null, `methods[i].truth(p1, p2)` the true value
 * (NaN: not asked there).
 */
function twoCounts(methods, sizes, grids, pmf, describe, central) {
  const [size1, size2] = sizes;
  const [rows, columns] = [0, 1].map((side) =>
    grids[side].map((p) => Float64Array.from({ length: sizes[side] + 1 }, (_, x) => pmf(side, x, p))),
  );
  return methods.map(({ name, limits, truth }) => {
    const low = new Float64Array((size1 + 1) * (size2 + 1));
    const high = new Float64Array(low.length);
    for (let x1 = 0; x1 <= size1; x1++) {
      for (let x2 = 0; x2 <= size2; x2++) {
        const found = limits(x1, x2);
        low[x1 * (size2 + 1) + x2] = found === null ? NaN : found[0];
        high[x1 * (size2 + 1) + x2] = found === null ? NaN : found[1];
      }
    }
    const tally = new Tally();
    grids[0].forEach((p1, i) => {
      grids[1].forEach((p2, j) => {
        const value = truth(p1, p2);
        if (!Number.isFinite(value)) return;
        const guard = 1e-12 * Math.max(1, Math.abs(value));
        let [above, below, none, width] = [0, 0, 0, 0];
        for (let x1 = 0; x1 <= size1; x1++) {
          const first = rows[i][x1];
          if (first < 1e-14) continue;
          for (let x2 = 0; x2 <= size2; x2++) {
            const probability = first * columns[j][x2];
            if (probability < 1e-16) continue;
            const at = x1 * (size2 + 1) + x2;
            if (low[at] > value + guard) above += probability;
            else if (high[at] < value - guard) below += probability;
            else if (Number.isNaN(low[at])) none += probability;
            if (!Number.isNaN(low[at])) width += (high[at] - low[at]) * probability;
          }
        }
        tally.add({ above, below, none, width, at: describe(p1, p2), inMean: true, central: central(p1, p2) });
      });
    });
    return { method: name, ...tally.summary() };
  });
}

const percents = steps(0.01, 0.99, 0.01);
const pairsOfSizes = [
  [5, 5],
  [10, 10],
  [20, 20],
  [30, 30],
  [50, 50],
  [100, 100],
  [5, 20],
  [10, 30],
  [20, 80],
  [30, 100],
].map(([n1, n2]) => ({ n1, n2 }));

const twoBinomials = (methods, { n1, n2 }, grids, central) =>
  twoCounts(
    methods,
    [n1, n2],
    grids,
    (side, x, p) => stats.binomialPmf(x, side === 0 ? n1 : n2, p),
    (p1, p2) => `n ${n1}, ${n2}, p ${p1.toPrecision(3)}, ${p2.toPrecision(3)}`,
    central,
  );

const middle = (p1, p2) => Math.min(p1, p2) >= 0.0999 && Math.max(p1, p2) <= 0.9001;

const differences = {
  diff_miettinen_nurminen: stats.miettinenNurminenDifference,
  diff_mee: stats.meeDifference,
  diff_newcombe: stats.newcombeDifference,
  diff_agresti_caffo: stats.agrestiCaffo,
};

export const twoDifferences = {
  id: "difference",
  title: "Difference of two independent proportions",
  how: "ten pairs of sizes from 5 to 100; p1 and p2 from 0.01 to 0.99 in steps of 0.01",
  central: "both sizes >= 20, both p in 0.1 to 0.9",
  modules: ["two-proportions", "proportion"],
  methods: Object.keys(differences).map((name) => ({ name, exact: false })),
  standing: "diff_miettinen_nurminen",
  settings: pairsOfSizes,
  run({ n1, n2 }) {
    const methods = this.methods.map(({ name }) => ({
      name,
      limits: (x1, x2) => limitsOf(differences[name](x1, n1, x2, n2, level)),
      truth: (p1, p2) => p1 - p2,
    }));
    return twoBinomials(
      methods,
      { n1, n2 },
      [percents, percents],
      (p1, p2) => Math.min(n1, n2) >= 20 && middle(p1, p2),
    );
  },
};

const ratios = {
  ratio_koopman: stats.koopmanRatio,
  ratio_miettinen_nurminen: stats.miettinenNurminenRatio,
  ratio_katz_log: stats.katzRatio,
  ratio_adjusted_log: stats.adjustedLogRatio,
};

export const twoRatios = {
  id: "ratio",
  title: "Ratio of two independent proportions",
  how: "as for the difference",
  central: "both sizes >= 20, both p in 0.1 to 0.9",
  modules: ["two-proportions"],
  methods: Object.keys(ratios).map((name) => ({ name, exact: false })),
  standing: "ratio_koopman",
  settings: pairsOfSizes,
  run({ n1, n2 }) {
    const methods = this.methods.map(({ name }) => ({
      name,
      limits: (x1, x2) => limitsOf(ratios[name](x1, n1, x2, n2, level)),
      truth: (p1, p2) => p1 / p2,
    }));
    return twoBinomials(
      methods,
      { n1, n2 },
      [percents, percents],
      (p1, p2) => Math.min(n1, n2) >= 20 && middle(p1, p2),
    );
  },
};

const accuracyGrid = [...steps(0.5, 0.95, 0.05), 0.98, 0.99];
const prevalence = 0.1;

/** Functions of a 2 x 2 table: sensitivity of n1 positives, specificity of n2 negatives. */
function diagnosticMethods(n1, n2) {
  const table = (x1, x2) => ({ tp: x1, fn: n1 - x1, tn: x2, fp: n2 - x2 });
  const ppv = (se, sp) => (se * prevalence) / (se * prevalence + (1 - sp) * (1 - prevalence));
  const npv = (se, sp) => (sp * (1 - prevalence)) / (sp * (1 - prevalence) + (1 - se) * prevalence);
  const predictive = (part, adjusted) => (x1, x2) =>
    limitsOf(stats.predictiveValuesAt(table(x1, x2), prevalence, adjusted, level)[part].interval);
  /** As the metric gives it: with an empty cell the adjusted limits, widened to hold the estimate. */
  const offered = (part) => (x1, x2) => {
    const plain = predictive(part, false)(x1, x2);
    const { value } = stats.predictiveValuesAt(table(x1, x2), prevalence, false, level)[part];
    const adjusted = predictive(part, true)(x1, x2);
    if (plain !== null || typeof value !== "number") return plain;
    return [Math.min(adjusted[0], value), Math.max(adjusted[1], value)];
  };
  const ratio = (part) => (x1, x2) => limitsOf(stats.likelihoodRatios(table(x1, x2), level)[part].interval);
  const youden = (part) => (x1, x2) => limitsOf(stats.youdenIntervals(table(x1, x2), level)[part]);
  const score = (method, positive) => (x1, x2) =>
    limitsOf(positive ? method(x1, n1, n2 - x2, n2, level) : method(n1 - x1, n1, x2, n2, level));
  const j = (se, sp) => se + sp - 1;
  return [
    { name: "ppv: predictive_logit", limits: predictive("ppv", false), truth: ppv },
    {
      name: "ppv: predictive_logit, else its adjusted form with the estimate",
      limits: offered("ppv"),
      truth: ppv,
    },
    { name: "ppv: predictive_logit_adjusted", limits: predictive("ppv", true), truth: ppv },
    { name: "npv: predictive_logit", limits: predictive("npv", false), truth: npv },
    {
      name: "npv: predictive_logit, else its adjusted form with the estimate",
      limits: offered("npv"),
      truth: npv,
    },
    { name: "npv: predictive_logit_adjusted", limits: predictive("npv", true), truth: npv },
    { name: "lr+: lr_log", limits: ratio("positive"), truth: (se, sp) => se / (1 - sp) },
    { name: "lr+, ppv: ratio_koopman", limits: score(stats.koopmanRatio, true), truth: (se, sp) => se / (1 - sp) },
    { name: "lr-: lr_log", limits: ratio("negative"), truth: (se, sp) => (1 - se) / sp },
    { name: "lr-, npv: ratio_koopman", limits: score(stats.koopmanRatio, false), truth: (se, sp) => (1 - se) / sp },
    { name: "odds_ratio_woolf", limits: ratio("oddsRatio"), truth: (se, sp) => (se * sp) / ((1 - se) * (1 - sp)) },
    { name: "youden_newcombe", limits: youden("newcombe"), truth: j },
    { name: "youden_wald", limits: youden("wald"), truth: j },
  ];
}

export const diagnostic = {
  id: "diagnostic",
  title: "Predictive values at a declared prevalence, likelihood ratios, Youden's J",
  how: "positives and negatives (20, 20), (50, 50), (30, 100), (100, 100); sensitivity and specificity from 0.5 to 0.99; predictive values at a prevalence of 0.1 (coverage is the same at any other: they are functions of the likelihood ratio)",
  central: "sensitivity and specificity at most 0.9",
  modules: ["diagnostic-table"],
  methods: diagnosticMethods(1, 1).map(({ name }) => ({ name, exact: false })),
  standing: null,
  settings: [
    [20, 20],
    [50, 50],
    [30, 100],
    [100, 100],
  ].map(([n1, n2]) => ({ n1, n2 })),
  run({ n1, n2 }) {
    return twoBinomials(
      diagnosticMethods(n1, n2),
      { n1, n2 },
      [accuracyGrid, accuracyGrid],
      (se, sp) => Math.max(se, sp) <= 0.9001,
    );
  },
};

const means = [0.1, 0.2, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40];

export const twoRates = {
  id: "rates",
  title: "Two Poisson rates",
  how: "mean counts from 0.1 to 40 in both groups, exposures 1 to 1 and 1 to 3",
  central: "both mean counts >= 5",
  modules: ["rates"],
  methods: [
    { name: "rate_ratio_exact", exact: true },
    { name: "rate_ratio_log", exact: false },
    { name: "rate_diff_score", exact: false },
  ],
  standing: "rate_ratio_exact",
  settings: [{ t2: 1 }, { t2: 3 }],
  run({ t2 }) {
    const methods = [
      ["rate_ratio_exact", stats.rateRatioExact, (a, b) => a / (b / t2)],
      ["rate_ratio_log", stats.rateRatioLog, (a, b) => a / (b / t2)],
      ["rate_diff_score", stats.rateDifference, (a, b) => a - b / t2],
    ].map(([name, method, truth]) => ({ name, limits: (x1, x2) => partOf(method(x1, 1, x2, t2, level)), truth }));
    return twoCounts(
      methods,
      [100, 100],
      [means, means],
      (_, x, mean) => stats.poissonPmf(x, mean),
      (a, b) => `means ${a}, ${b}, exposure 1, ${t2}`,
      (a, b) => Math.min(a, b) >= 5,
    );
  },
};

const pairedMethods = {
  paired_diff_tango: stats.tangoDifference,
  paired_diff_newcombe10: (a, b, c, d) => stats.newcombePairedDifference(a, b, c, d, level, 10),
  paired_diff_newcombe8: (a, b, c, d) => stats.newcombePairedDifference(a, b, c, d, level, 8),
  paired_diff_bonett_price: stats.bonettPriceDifference,
};

export const paired = {
  id: "paired",
  title: "Difference of two proportions on the same units",
  how: "N = 10, 20, 30, 50, all tables of the multinomial; 7 rates of discordance from 0.02 to 0.6, 5 shares of it, 3 splits of the concordant units",
  central: "N >= 20, discordance >= 0.1",
  modules: ["paired-proportions"],
  methods: Object.keys(pairedMethods).map((name) => ({ name, exact: false })),
  standing: "paired_diff_tango",
  settings: [10, 20, 30, 50].map((n) => ({ n })),
  run({ n }) {
    const tables = [];
    for (let b = 0; b <= n; b++) {
      for (let c = 0; b + c <= n; c++) for (let a = 0; a + b + c <= n; a++) tables.push([a, b, c, n - a - b - c]);
    }
    const limits = this.methods.map(({ name }) =>
      tables.map((table) => limitsOf(pairedMethods[name](...table, level))),
    );
    const tallies = this.methods.map(() => new Tally());
    const logFactorial = Array.from({ length: n + 1 }, (_, k) => stats.logGamma(k + 1));
    for (const discordance of [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6]) {
      for (const share of [0.5, 0.6, 0.75, 0.9, 1]) {
        for (const positive of [0.5, 0.8, 0.95]) {
          const p = [
            (1 - discordance) * positive,
            discordance * share,
            discordance * (1 - share),
            (1 - discordance) * (1 - positive),
          ];
          const truth = p[1] - p[2];
          const logs = p.map(Math.log);
          const sums = this.methods.map(() => ({ above: 0, below: 0, none: 0, width: 0 }));
          tables.forEach((table, at) => {
            let log = logFactorial[n];
            for (let k = 0; k < 4; k++) if (table[k] > 0) log += table[k] * logs[k] - logFactorial[table[k]];
            const probability = Math.exp(log);
            if (!(probability > 1e-16)) return;
            limits.forEach((list, method) => {
              const found = list[at];
              const sum = sums[method];
              if (found === null) sum.none += probability;
              else if (found[0] > truth + 1e-12) sum.above += probability;
              else if (found[1] < truth - 1e-12) sum.below += probability;
              if (found !== null) sum.width += probability * (found[1] - found[0]);
            });
          });
          const at = `N ${n}, discordance ${discordance}, share ${share}, positive ${positive}`;
          sums.forEach((sum, method) =>
            tallies[method].add({ ...sum, at, inMean: true, central: n >= 20 && discordance >= 0.1 }),
          );
        }
      }
    }
    return this.methods.map(({ name }, at) => ({ method: name, ...tallies[at].summary() }));
  },
};

const readerShares = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const kappas = [-0.2, 0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95];

/** Cells of two readers who say yes with probabilities p and q and have this kappa; null where there is no such table. */
function readerCells(p, q, kappa) {
  const apart = (1 - kappa) * (p + q - 2 * p * q);
  const cells = [(p + q - apart) / 2, (apart + p - q) / 2, (apart - p + q) / 2, 1 - (p + q + apart) / 2];
  return Math.min(...cells) > 1e-9 ? cells : null;
}

export const kappaTables = {
  id: "kappa-tables",
  title: "Cohen's kappa of two categories",
  how: "N = 10, 20, 30, 50, all tables of the multinomial; the first reader's share of one category from 0.5 to 0.95, the second's up to that or 0.1 or 0.2, kappa from -0.2 to 0.95 where there is such a table",
  central: "N >= 20, shares 0.1 to 0.9, kappa 0 to 0.8",
  modules: ["kappa"],
  standing: "kappa_adjusted_wald",
  methods: ["kappa_adjusted_wald", "kappa_fce"].map((name) => ({ name, exact: false })),
  settings: [10, 20, 30, 50].map((n) => ({ n })),
  run({ n }) {
    const tables = [];
    for (let b = 0; b <= n; b++) {
      for (let c = 0; b + c <= n; c++) for (let a = 0; a + b + c <= n; a++) tables.push([a, b, c, n - a - b - c]);
    }
    const limits = tables.map(([a, b, c, d]) => {
      const found = stats.cohenKappa([[a, b], [c, d]], "none", level); // prettier-ignore
      return [limitsOf(found.interval), limitsOf(found.wald)];
    });
    const tallies = this.methods.map(() => new Tally());
    const logFactorial = Array.from({ length: n + 1 }, (_, k) => stats.logGamma(k + 1));
    for (const p of readerShares) {
      for (const q of [0.1, 0.2, ...readerShares.filter((share) => share <= p)]) {
        for (const kappa of kappas) {
          const logs = readerCells(p, q, kappa)?.map(Math.log);
          if (logs === undefined) continue;
          const sums = this.methods.map(() => ({ above: 0, below: 0, none: 0, width: 0 }));
          tables.forEach((table, at) => {
            const probability = Math.exp(
              table.reduce((sum, count, cell) => sum + count * logs[cell] - logFactorial[count], logFactorial[n]),
            );
            limits[at].forEach((found, method) => {
              const sum = sums[method];
              if (found === null) sum.none += probability;
              else if (found[0] > kappa + 1e-12) sum.above += probability;
              else if (found[1] < kappa - 1e-12) sum.below += probability;
              if (found !== null) sum.width += probability * (found[1] - found[0]);
            });
          });
          const at = `N ${n}, shares ${p} and ${q}, kappa ${kappa}`;
          const central = n >= 20 && p <= 0.9 && kappa >= 0 && kappa <= 0.8;
          sums.forEach((sum, method) => tallies[method].add({ ...sum, at, inMean: true, central }));
        }
      }
    }
    return this.methods.map(({ name }, at) => ({ method: name, ...tallies[at].summary() }));
  },
};
