/** Answers to the reference cases of special functions and of random streams. */
import { betaQuantile, betaTails, betaUpperQuantile } from "../../src/stats/beta.js";
import { pcg4d, threefry2x32, threefry4x32 } from "../../src/stats/counter-hashes.js";
import {
  binomialPmf,
  binomialQuantile,
  binomialTails,
  poissonPmf,
  poissonQuantile,
  poissonTails,
} from "../../src/stats/discrete.js";
import { chiSquareQuantile, chiSquareTails, gammaQuantile, gammaTails } from "../../src/stats/gamma.js";
import { logGamma } from "../../src/stats/log-gamma.js";
import { erf, erfc, normalCdf, normalQuantile, normalSf } from "../../src/stats/normal.js";
import { philox4x32, RandomStream } from "../../src/stats/random.js";
import { fisherQuantile, fisherTails, studentQuantile, studentTails } from "../../src/stats/student-fisher.js";
import type { Answerer } from "./reading.js";

/** The special functions take their arguments in a row. */
const plain =
  (f: (...args: number[]) => number): Answerer =>
  (input: number[]) => ({ values: f(...input) });

export const specialFunctions: Record<string, Answerer> = {
  "beta.cdf": plain((x, a, b) => betaTails(x, a, b).lower),
  "beta.sf": plain((x, a, b) => betaTails(x, a, b).upper),
  "beta.quantile": plain((p, a, b) => betaQuantile(p, a, b)),
  "beta.isf": plain((q, a, b) => betaUpperQuantile(q, a, b)),
  "betainc.lower": plain((x, a, b) => betaTails(x, a, b).lower),
  "betainc.upper": plain((x, a, b) => betaTails(x, a, b).upper),
  "chi2.cdf": plain((x, v) => chiSquareTails(x, v).lower),
  "chi2.sf": plain((x, v) => chiSquareTails(x, v).upper),
  "chi2.quantile": plain((p, v) => chiSquareQuantile(p, v)),
  "chi2.isf": plain((q, v) => chiSquareQuantile(q, v, "upper")),
  "gamma.cdf": plain((x, a) => gammaTails(x, a).lower),
  "gamma.sf": plain((x, a) => gammaTails(x, a).upper),
  "gamma.quantile": plain((p, a) => gammaQuantile(p, a)),
  "gamma.isf": plain((q, a) => gammaQuantile(q, a, "upper")),
  "gammainc.lower": plain((x, a) => gammaTails(x, a).lower),
  "gammainc.upper": plain((x, a) => gammaTails(x, a).upper),
  "t.cdf": plain((t, v) => studentTails(t, v).lower),
  "t.sf": plain((t, v) => studentTails(t, v).upper),
  "t.quantile": plain((p, v) => studentQuantile(p, v)),
  "t.isf": plain((q, v) => studentQuantile(q, v, "upper")),
  "f.cdf": plain((x, v, w) => fisherTails(x, v, w).lower),
  "f.sf": plain((x, v, w) => fisherTails(x, v, w).upper),
  "f.quantile": plain((p, v, w) => fisherQuantile(p, v, w)),
  "f.isf": plain((q, v, w) => fisherQuantile(q, v, w, "upper")),
  lgamma: plain((x) => logGamma(x)),
  erf: plain((x) => erf(x)),
  erfc: plain((x) => erfc(x)),
  "normal.cdf": plain((x) => normalCdf(x)),
  "normal.sf": plain((x) => normalSf(x)),
  "normal.quantile": plain((p) => normalQuantile(p)),
  "normal.isf": plain((q) => -normalQuantile(q)),
  "binomial.cdf": plain((k, n, p) => binomialTails(k, n, p).lower),
  "binomial.sf": plain((k, n, p) => binomialTails(k, n, p).upper),
  "binomial.pmf": plain((k, n, p) => binomialPmf(k, n, p)),
  "binomial.quantile": plain((q, n, p) => binomialQuantile(q, n, p)),
  "poisson.cdf": plain((k, m) => poissonTails(k, m).lower),
  "poisson.sf": plain((k, m) => poissonTails(k, m).upper),
  "poisson.pmf": plain((k, m) => poissonPmf(k, m)),
  "poisson.quantile": plain((q, m) => poissonQuantile(q, m)),
  "binomial.isf": plain((q, n, p) => binomialQuantile(q, n, p, "upper")),
  "poisson.isf": plain((q, m) => poissonQuantile(q, m, "upper")),
};

const hex = (word: number): string => word.toString(16).padStart(8, "0");
const words = (hexes: readonly string[]): number[] => hexes.map((word) => parseInt(word, 16));
/** Counts how many words a stream has given. */
class CountedStream extends RandomStream {
  used = 0;
  override u32(): number {
    this.used++;
    return super.u32();
  }
}
const stream = ({ seed, stream: number }: { seed: string; stream: string }): CountedStream =>
  new CountedStream(BigInt(seed), BigInt(number));

export const randomStreams: Record<string, Answerer> = {
  "philox4x32-10": ({ counter, key }: { counter: string[]; key: string[] }) => {
    const [c0, c1, c2, c3, k0, k1] = [...counter, ...key].map((word) => parseInt(word, 16));
    const out = new Uint32Array(4);
    philox4x32(c0!, c1!, c2!, c3!, k0!, k1!, out);
    return { values: [...out].map(hex) };
  },
  u32_stream: (input, _, expected) => {
    const s = stream(input);
    return { values: Array.from({ length: expected.length }, () => hex(s.u32())) };
  },
  bounded_lemire: (input, _, expected) => {
    const s = stream(input);
    const values = Array.from({ length: expected.values.length }, () => s.below(input.n));
    return { values: { values, u32_consumed: s.used } };
  },
  float53: (input, _, expected) => {
    const s = stream(input);
    return { values: Array.from({ length: expected.length }, () => s.float()) };
  },
  shuffle20_fisher_yates_descending: (input) => ({
    values: stream(input).shuffle(Array.from({ length: 20 }, (_, i) => i)),
  }),
  "threefry2x32-20": ({ counter, key }: { counter: string[]; key: string[] }) => ({
    values: Array.from(threefry2x32(words(counter), words(key)), hex),
  }),
  "threefry4x32-20": ({ counter, key }: { counter: string[]; key: string[] }) => ({
    values: Array.from(threefry4x32(words(counter), words(key)), hex),
  }),
  pcg4d: ({ input }: { input: string[] }) => ({ values: Array.from(pcg4d(words(input)), hex) }),
};
