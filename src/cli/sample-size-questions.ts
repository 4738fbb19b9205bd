/** The questions that `plan` answers: what each needs, how many units solve it, and what a number of units reaches. */
import type { Bilingual } from "../contract/common.js";
import { say } from "../report/document.js";
import {
  aucHanleyMcNeilSize,
  aucPrecisionSize,
  aucValueContrast,
  aucValueSize,
  contrastPower,
  contrastSize,
  detectableProportions,
  estimated,
  exactDesign,
  farringtonManningContrast,
  farringtonManningSize,
  hanleyMcNeilSe,
  mcnemarContrast,
  mcnemarSize,
  namContrast,
  notEstimable,
  obuchowskiVariance,
  pairedAucContrast,
  pairedAucSize,
  pairedNonInferiorityContrast,
  precisionSize,
  singleArmContrast,
  singleArmExact,
  singleArmNormal,
  twoProportionsContrast,
  twoProportionsSize,
  unpairedNonInferiorityContrast,
  unpairedNonInferioritySize,
  zOfLevel,
  type Contrast,
  type Outcome,
} from "../stats/index.js";

/** A number that the call gives, by name; one that is missing or out of range ends the command. */
export type Read = (name: string) => number;

/** A number beside the size: what rejects, the power that is really there, what can be told apart. */
interface Detail {
  readonly name: string;
  readonly title: Bilingual;
  readonly value: number;
}

/** A number of units, and what was rounded up to it: what clusters and prevalence multiply. */
interface Units {
  readonly units: number;
  readonly raw: number;
}

/** How many units a question needs, before clusters and prevalence; of two groups the parts by name. */
export interface Sizing extends Units {
  readonly groups?: readonly (Units & { readonly name: string; readonly title: Bilingual })[];
  readonly details?: readonly Detail[];
}

export interface Question {
  readonly title: Bilingual;
  readonly needs: readonly string[];
  /** Numbers that may be given as well, beside alpha, power or level. */
  readonly also: readonly string[];
  /** The first is used where none is named. */
  readonly methods: readonly string[];
  /** The units of the question are whole cases: prevalence is in the ratio of the groups. */
  readonly wholeCases?: true;
  /** Answers with the units; `given` are those at hand (the question is then what they can show). */
  solve(read: Read, method: string, given: number): Outcome<Sizing>;
  /** What the curve shows, and its value with this many units. */
  readonly reaches: { readonly name: "power" | "half-width" | "difference"; readonly title: Bilingual };
  reach(read: Read, method: string, units: number): Outcome<{ value: number }>;
}

const powerReached = { name: "power", title: say("检验效能", "Power") } as const;
const widthReached = { name: "half-width", title: say("区间半宽", "Half width of the interval") } as const;

const forTest = ["alpha", "power"] as const;

/** What a number of units reaches for a test by the normal approximation. */
const powerOf = (contrast: Outcome<Contrast>, alpha: number, units: number): Outcome<{ value: number }> => {
  const r = contrastPower(contrast, alpha, units);
  return r.ok ? estimated({ value: r.power }) : r;
};

/** There is no test with less than one unit. */
const unitsOf = (units: number, raw: number): Units => ({ units, raw: Math.max(1, raw) });

const sized = (r: Outcome<{ raw: number; n: number }>): Outcome<Sizing> => (r.ok ? estimated(unitsOf(r.n, r.raw)) : r);

const inGroups = (...groups: NonNullable<Sizing["groups"]>): Outcome<Sizing> =>
  estimated({
    units: groups.reduce((sum, { units }) => sum + units, 0),
    raw: groups.reduce((sum, { raw }) => sum + raw, 0),
    groups,
  });

/** Two groups: new product and comparator, `ratio` of the first for each of the second, whose raw size is given. */
const twoGroups = (r: Outcome<{ raw: number; n1: number; n2: number }>, ratio: number): Outcome<Sizing> =>
  r.ok
    ? inGroups(
        { name: "new", title: say("试验组", "new product"), ...unitsOf(r.n1, ratio * r.raw) },
        { name: "reference", title: say("对照组", "comparator"), ...unitsOf(r.n2, r.raw) },
      )
    : r;

/** Positive and negative cases; a size that is searched among whole numbers has no other. */
const byClass = (
  r: Outcome<{ raw?: number; positives: number; negatives: number }>,
  ratio: number,
): Outcome<Sizing> => {
  if (!r.ok) return r;
  const raw = r.raw ?? r.positives;
  return inGroups(
    { name: "positives", title: say("阳性例", "positive cases"), ...unitsOf(r.positives, raw) },
    { name: "negatives", title: say("阴性例", "negative cases"), ...unitsOf(r.negatives, ratio * raw) },
  );
};

/** What is to be shown better than a value is expected to be: a test of it never shows that a product is worse. */
const aboveTarget = (read: Read): boolean => read("expected") > read("target");

const target: Question = {
  title: say("单组灵敏度或特异度与目标值比较", "one proportion against a target value"),
  needs: ["target", "expected"],
  also: forTest,
  methods: ["exact", "normal"],
  solve(read, method) {
    const [p0, p1, alpha, power] = [read("target"), read("expected"), read("alpha"), read("power")];
    if (!aboveTarget(read)) return notEstimable("no-solution");
    if (method === "normal") return sized(singleArmNormal(p0, p1, alpha, power));
    const r = singleArmExact(p0, p1, alpha, power);
    if (!r.ok) return r;
    const { stable, first } = r;
    return estimated({
      ...unitsOf(stable.n, stable.n),
      details: [
        { name: "critical", title: say("至少成功例数", "successes at least"), value: stable.critical },
        { name: "size", title: say("实际检验水准", "size of the test"), value: stable.size },
        { name: "power", title: say("实际检验效能", "power of the test"), value: stable.power },
        { name: "first", title: say("首个达到效能的例数", "least size with the power"), value: first.n },
      ],
    });
  },
  reaches: powerReached,
  reach(read, method, units) {
    const [p0, p1, alpha] = [read("target"), read("expected"), read("alpha")];
    if (method === "normal") return powerOf(singleArmContrast(p0, p1), alpha, units);
    return estimated({ value: exactDesign(Math.floor(units), p0, p1, alpha).power });
  },
};

const precision: Question = {
  title: say("单个比例的估计精度", "precision of a proportion"),
  needs: ["expected", "half-width"],
  also: ["level"],
  methods: ["normal"],
  solve: (read) => sized(precisionSize(read("expected"), read("half-width"), read("level"))),
  reaches: widthReached,
  reach(read, _, units) {
    const p = read("expected");
    return estimated({ value: zOfLevel(read("level")) * Math.sqrt((p * (1 - p)) / units) });
  },
};

const mcnemar: Question = {
  title: say("同一批病例上两个产品有差异（McNemar 检验）", "two products differ on the same cases (McNemar's test)"),
  needs: ["only-new", "only-old"],
  also: forTest,
  methods: ["normal"],
  solve: (read) => sized(mcnemarSize(read("only-new"), read("only-old"), 2 * read("alpha"), read("power"))),
  reaches: powerReached,
  reach: (read, _, units) => powerOf(mcnemarContrast(read("only-new"), read("only-old")), read("alpha"), units),
};

const pairedContrast = (read: Read, method: string): Outcome<Contrast> =>
  (method === "score" ? namContrast : pairedNonInferiorityContrast)(read("only-new"), read("only-old"), read("margin"));

const pairedNonInferiority: Question = {
  title: say("同一批病例上的非劣效（配对）", "non-inferiority on the same cases (paired)"),
  needs: ["only-new", "only-old", "margin"],
  also: forTest,
  methods: ["score", "normal"],
  solve: (read, method) => sized(contrastSize(pairedContrast(read, method), read("alpha"), read("power"))),
  reaches: powerReached,
  reach: (read, method, units) => powerOf(pairedContrast(read, method), read("alpha"), units),
};

const unpairedNonInferiority: Question = {
  title: say("两组独立病例的非劣效", "non-inferiority on independent groups"),
  needs: ["expected", "reference", "margin"],
  also: [...forTest, "ratio"],
  methods: ["score", "normal"],
  solve(read, method) {
    const size = method === "score" ? farringtonManningSize : unpairedNonInferioritySize;
    const [p1, p2, margin] = [read("expected"), read("reference"), read("margin")];
    const ratio = read("ratio");
    return twoGroups(size(p1, p2, margin, read("alpha"), read("power"), ratio), ratio);
  },
  reaches: powerReached,
  reach(read, method, units) {
    const contrast = method === "score" ? farringtonManningContrast : unpairedNonInferiorityContrast;
    const ratio = read("ratio");
    const difference = contrast(read("expected"), read("reference"), read("margin"), ratio);
    return powerOf(difference, read("alpha"), units / (1 + ratio));
  },
};

const independent: Question = {
  title: say("两组独立病例的比例有差异", "two proportions differ on independent groups"),
  needs: ["expected", "reference"],
  also: forTest,
  methods: ["normal"],
  solve(read) {
    const r = twoProportionsSize(read("expected"), read("reference"), 2 * read("alpha"), read("power"));
    return twoGroups(r.ok ? estimated({ raw: r.raw, n1: r.n, n2: r.n }) : r, 1);
  },
  reaches: powerReached,
  reach: (read, _, units) =>
    powerOf(twoProportionsContrast(read("expected"), read("reference")), read("alpha"), units / 2),
};

const detectable: Question = {
  title: say("给定例数可检出的最小差异（两组独立病例）", "least difference that given cases show (independent groups)"),
  needs: ["reference", "cases"],
  also: forTest,
  methods: ["normal"],
  solve(read, _, given) {
    const p1 = read("reference");
    const r = detectableProportions(p1, given, 2 * read("alpha"), read("power"));
    if (!r.ok) return r;
    const { lower, upper } = r;
    if (typeof lower !== "number" && typeof upper !== "number") return lower;
    const details: Detail[] = [];
    if (typeof upper === "number") {
      details.push({ name: "upper", title: say("可检出的较高比例", "higher proportion shown"), value: upper });
    }
    if (typeof lower === "number") {
      details.push({ name: "lower", title: say("可检出的较低比例", "lower proportion shown"), value: lower });
    }
    return estimated({ units: Math.floor(2 * given), raw: 2 * given, details });
  },
  reaches: { name: "difference", title: say("可检出的最小差异", "Least difference shown") },
  reach(read, _, units) {
    const p1 = read("reference");
    const r = detectableProportions(p1, units / 2, 2 * read("alpha"), read("power"));
    if (!r.ok) return r;
    const differences = [r.upper, r.lower].flatMap((p2) => (typeof p2 === "number" ? [Math.abs(p2 - p1)] : []));
    return differences.length > 0 ? estimated({ value: Math.min(...differences) }) : notEstimable("no-solution");
  },
};

const aucPrecision: Question = {
  title: say("AUC 的估计精度", "precision of an AUC"),
  needs: ["expected", "half-width"],
  also: ["level", "ratio"],
  methods: ["obuchowski", "hanley-mcneil"],
  wholeCases: true,
  solve(read, method) {
    const size = method === "obuchowski" ? aucPrecisionSize : aucHanleyMcNeilSize;
    const ratio = read("ratio");
    return byClass(size(read("expected"), read("half-width"), read("level"), ratio), ratio);
  },
  reaches: widthReached,
  reach(read, method, units) {
    const [auc, ratio, z] = [read("expected"), read("ratio"), zOfLevel(read("level"))];
    const positives = units / (1 + ratio);
    const se =
      method === "obuchowski"
        ? Math.sqrt(obuchowskiVariance(auc, ratio) / positives)
        : hanleyMcNeilSe(auc, positives, ratio * positives);
    return estimated({ value: z * se });
  },
};

const aucTarget: Question = {
  title: say("AUC 与给定值比较", "an AUC against a value"),
  needs: ["target", "expected"],
  also: [...forTest, "ratio"],
  methods: ["obuchowski"],
  wholeCases: true,
  solve(read) {
    const [expected, value, ratio] = [read("expected"), read("target"), read("ratio")];
    const [alpha, power] = [read("alpha"), read("power")];
    if (!aboveTarget(read)) return notEstimable("no-solution");
    return byClass(aucValueSize(expected, value, 2 * alpha, power, ratio), ratio);
  },
  reaches: powerReached,
  reach(read, _, units) {
    const ratio = read("ratio");
    return powerOf(aucValueContrast(read("expected"), read("target"), ratio), read("alpha"), units / (1 + ratio));
  },
};

const aucPaired: Question = {
  title: say("同一批病例上两个产品的 AUC 有差异", "the AUCs of two products differ on the same cases"),
  needs: ["expected", "reference", "correlation"],
  also: [...forTest, "ratio"],
  methods: ["obuchowski"],
  wholeCases: true,
  solve(read) {
    const [first, second, correlation] = [read("expected"), read("reference"), read("correlation")];
    const ratio = read("ratio");
    return byClass(pairedAucSize(first, second, correlation, 2 * read("alpha"), read("power"), ratio), ratio);
  },
  reaches: powerReached,
  reach(read, _, units) {
    const ratio = read("ratio");
    const contrast = pairedAucContrast(read("expected"), read("reference"), read("correlation"), ratio);
    return powerOf(contrast, read("alpha"), units / (1 + ratio));
  },
};

/** Every question by name. `update` is `mcnemar`, or with a margin the normal approximation of `noninferiority-paired`. */
export const questions: Readonly<Record<string, Question>> = {
  target,
  precision,
  mcnemar,
  "noninferiority-paired": pairedNonInferiority,
  "noninferiority-unpaired": unpairedNonInferiority,
  "two-groups": independent,
  detectable,
  "auc-precision": aucPrecision,
  "auc-target": aucTarget,
  "auc-paired": aucPaired,
};

/** A question by its name; `update` depends on whether a margin is given. */
export function questionNamed(name: string, hasMargin: boolean): Question | undefined {
  if (name !== "update") return questions[name];
  return hasMargin ? { ...pairedNonInferiority, methods: ["normal", "score"] } : mcnemar;
}
