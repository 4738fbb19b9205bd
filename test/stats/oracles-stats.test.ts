/** Special functions, proportions, rates, clustered data, tests and random streams against reference values. */
import { describe, it } from "vitest";
import { betaQuantile, betaTails, betaUpperQuantile } from "../../src/stats/beta.js";
import {
  binomialPmf,
  binomialQuantile,
  binomialTails,
  poissonPmf,
  poissonQuantile,
  poissonTails,
} from "../../src/stats/discrete.js";
import { chiSquareQuantile, chiSquareTails, gammaTails } from "../../src/stats/gamma.js";
import { logGamma } from "../../src/stats/log-gamma.js";
import { erf, erfc, normalCdf, normalQuantile, normalSf } from "../../src/stats/normal.js";
import { fisherQuantile, fisherTails, studentQuantile, studentTails } from "../../src/stats/student-fisher.js";
import { checkFolder, type Answerer } from "./oracle-reading.js";

/** The special functions take their arguments in a row. */
const plain =
  (f: (...args: number[]) => number): Answerer =>
  (input: number[]) => ({ values: f(...input) });

const specialFunctions: Record<string, Answerer> = {
  "beta.cdf": plain((x, a, b) => betaTails(x!, a!, b!).lower),
  "beta.sf": plain((x, a, b) => betaTails(x!, a!, b!).upper),
  "beta.quantile": plain((p, a, b) => betaQuantile(p!, a!, b!)),
  "beta.isf": plain((q, a, b) => betaUpperQuantile(q!, a!, b!)),
  "betainc.lower": plain((x, a, b) => betaTails(x!, a!, b!).lower),
  "betainc.upper": plain((x, a, b) => betaTails(x!, a!, b!).upper),
  "chi2.cdf": plain((x, v) => chiSquareTails(x!, v!).lower),
  "chi2.sf": plain((x, v) => chiSquareTails(x!, v!).upper),
  "chi2.quantile": plain((p, v) => chiSquareQuantile(p!, v!)),
  "chi2.isf": plain((q, v) => chiSquareQuantile(q!, v!, "upper")),
  "gammainc.lower": plain((x, a) => gammaTails(x!, a!).lower),
  "gammainc.upper": plain((x, a) => gammaTails(x!, a!).upper),
  "t.cdf": plain((t, v) => studentTails(t!, v!).lower),
  "t.sf": plain((t, v) => studentTails(t!, v!).upper),
  "t.quantile": plain((p, v) => studentQuantile(p!, v!)),
  "t.isf": plain((q, v) => studentQuantile(q!, v!, "upper")),
  "f.cdf": plain((x, v, w) => fisherTails(x!, v!, w!).lower),
  "f.sf": plain((x, v, w) => fisherTails(x!, v!, w!).upper),
  "f.quantile": plain((p, v, w) => fisherQuantile(p!, v!, w!)),
  "f.isf": plain((q, v, w) => fisherQuantile(q!, v!, w!, "upper")),
  lgamma: plain((x) => logGamma(x!)),
  erf: plain((x) => erf(x!)),
  erfc: plain((x) => erfc(x!)),
  "normal.cdf": plain((x) => normalCdf(x!)),
  "normal.sf": plain((x) => normalSf(x!)),
  "normal.quantile": plain((p) => normalQuantile(p!)),
  "binomial.cdf": plain((k, n, p) => binomialTails(k!, n!, p!).lower),
  "binomial.sf": plain((k, n, p) => binomialTails(k!, n!, p!).upper),
  "binomial.pmf": plain((k, n, p) => binomialPmf(k!, n!, p!)),
  "binomial.quantile": plain((q, n, p) => binomialQuantile(q!, n!, p!)),
  "poisson.cdf": plain((k, m) => poissonTails(k!, m!).lower),
  "poisson.sf": plain((k, m) => poissonTails(k!, m!).upper),
  "poisson.pmf": plain((k, m) => poissonPmf(k!, m!)),
  "poisson.quantile": plain((q, m) => poissonQuantile(q!, m!)),
};

/** Methods of the reference folder that medassay does not have yet. */
const notOffered: string[] = [];

describe("statistics agree with the reference values", () => {
  it("of oracles/stats", () => {
    checkFolder("stats", specialFunctions, notOffered, 4051);
  });
});
