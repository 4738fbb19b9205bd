/** Calls a function with all combinations of its argument lists and says what is wrong with the answers. */
import { flags, reasons } from "../../src/contract/reasons.js";

/** A function with argument lists: all combinations are called. */
export type Sweep = [f: (...args: never[]) => unknown, ...lists: (readonly unknown[])[]];

export function combinations(lists: readonly (readonly unknown[])[]): unknown[][] {
  return lists.reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);
}

/** Names of values that may be infinite: open ends of ratios and rates, ratios by 0, thresholds above all scores. */
const mayBeInfinite = new Set(["high", "ratio", "oddsRatio", "threshold", "thresholds"]);
/** Resamples that could not be computed are NaN in these lists and counted beside them. */
const mayBeMissing = new Set(["replicates", "jackknife"]);

/** Parameter space by the start of a method's name; the first that fits. */
const spaces: [method: RegExp, low: number, high: number][] = [
  [/^(wilson|clopper|jeffreys|agresti_coull|midp|korn|cluster_(clopper|wilson|wald|logit|beta))/, 0, 1],
  [/^(diff|paired_diff|cluster_paired|auc_delong_difference|auc_obuchowski_difference|youden)/, -1, 1],
  [/^(ratio|rate_ratio|lr_|odds|poisson|quasipoisson|fisher_conditional|mantel_haenszel|variance)/, 0, Infinity],
  [/^(auc|balanced|predictive|f1)/, 0, 1],
  [/^(ccc)/, -1, 1],
  [/^(kappa|gwet|icc)/, -Infinity, 1],
  [/^(rate_diff|bias|limits_of_agreement|bootstrap|hodges_lehmann|calibration|recalibration)/, -Infinity, Infinity],
];

/** What is wrong with an answer, with the path to it. `limited`: the function may refuse what is too large to compute. */
export function faults(value: unknown, path: string, limited = false): string[] {
  if (typeof value === "number") {
    const name = path
      .replace(/\[\d+\]$/, "")
      .split(".")
      .at(-1) as string;
    if (Number.isNaN(value)) return mayBeMissing.has(name) ? [] : [`${path} is NaN`];
    return Number.isFinite(value) || (value === Infinity && mayBeInfinite.has(name)) ? [] : [`${path} is ${value}`];
  }
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return Array.from(value as ArrayLike<unknown>).flatMap((entry, i) => faults(entry, `${path}[${i}]`, limited));
  }
  if (typeof value !== "object" || value === null) return [];
  const object = value as Record<string, unknown>;
  if (object.ok === false) {
    const reason = object.reason as (typeof reasons)[number];
    return reasons.includes(reason) && (limited || reason !== "no-convergence") ? [] : [`${path}: reason ${reason}`];
  }
  const unknownFlag = ((object.flags ?? []) as (typeof flags)[number][]).filter((flag) => !flags.includes(flag));
  const own = unknownFlag.map((flag) => `${path}: flag ${flag}`);
  if (typeof object.low === "number" && typeof object.high === "number") {
    const { low, high } = object as { low: number; high: number };
    if (!(low < high)) own.push(`${path} has no width: ${low} to ${high}`);
    const space = spaces.find(([method]) => method.test(String(object.method)));
    if (space === undefined) own.push(`${path}: no parameter space is declared for ${String(object.method)}`);
    else if (low < space[1] || high > space[2]) own.push(`${path} leaves its space: ${low} to ${high}`);
  }
  return [...own, ...Object.entries(object).flatMap(([name, entry]) => faults(entry, `${path}.${name}`, limited))];
}

export function swept([f, ...lists]: Sweep, limited = false): { calls: number; faults: string[] } {
  const all = combinations(lists);
  const found = all.flatMap((args) => {
    const text = JSON.stringify(args).slice(0, 200);
    try {
      return faults((f as (...args: unknown[]) => unknown)(...args), "result", limited).map(
        (fault) => `${text}: ${fault}`,
      );
    } catch (error) {
      return [`${text}: ${(error as Error).message}`];
    }
  });
  return { calls: all.length, faults: found };
}
