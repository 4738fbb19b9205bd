/** The effective protocol: what people wrote, over the defaults of the task profile. */
import type { EffectiveProtocol, MatchRule, Protocol } from "../contract/protocol.js";
import { metricByName } from "../metrics/index.js";
import { cocoRule } from "./forms/compatibility/coco.js";
import { luna16Rule } from "./forms/compatibility/luna16.js";
import type { TaskProfile } from "./profile.js";

/** Named sets of match rules of published scoring scripts. */
const compatibilityRules: Readonly<Record<Exclude<EffectiveProtocol["compatibility"], "none">, MatchRule>> = {
  luna16: luna16Rule,
  coco: cocoRule(0.5),
};

/** `defaults` with the values that `written` gives. */
function over<T extends object>(defaults: T, written: { [K in keyof T]?: T[K] | undefined } | undefined): T {
  const given = Object.entries(written ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(given) as Partial<T>) };
}

type Defaults = Pick<EffectiveProtocol, "metrics" | "primary" | "comparison">;

/** Whether a metric counts patients; where cases take their place it would repeat the one of images under another name. */
export function isOfPatients(name: string): boolean {
  return metricByName(name).definition.unit === "patient";
}

/** Defaults without metrics of patients; a primary one gives way to the same metric of images. */
function withoutPatients({ metrics, primary, comparison }: Defaults): Defaults {
  const rest = (names: readonly string[]) => names.filter((name) => !isOfPatients(name));
  return {
    metrics: rest(metrics),
    primary: isOfPatients(primary) ? primary.replace(/^patient-/, "") : primary,
    comparison: { ...comparison, metrics: rest(comparison.metrics) },
  };
}

/**
 * Fills the profile's defaults into a protocol. Pure; the result is what is hashed, frozen and printed.
 * @param written protocol.yaml, or null for the profile's defaults alone
 */
export function effectiveProtocol(profile: TaskProfile, written: Protocol | null): EffectiveProtocol {
  const defaults = profile.defaults;
  const own: Partial<Protocol> = written ?? {};
  const intervals = over(defaults.intervals, own.intervals);
  const measured = intervals.cluster === "case" ? withoutPatients(defaults) : defaults;
  const compatibility = own.compatibility ?? defaults.compatibility;
  const base: Omit<EffectiveProtocol, "match" | "intervals" | "comparison" | "deadlines" | "attempts"> = {
    schema: "medassay/effective-protocol/1",
    id: own.id ?? `${profile.id}-default`,
    version: own.version ?? "1",
    task: profile.id,
    ...(own.title === undefined ? {} : { title: own.title }),
    compatibility,
    exclude: own.exclude ?? defaults.exclude,
    operatingPoint: own.operatingPoint ?? defaults.operatingPoint,
    metrics: own.metrics ?? measured.metrics,
    primary: own.primary ?? measured.primary,
    strata: own.strata ?? defaults.strata,
    acceptance: own.acceptance ?? defaults.acceptance,
    absentCases: own.absentCases ?? defaults.absentCases,
    failedCases: own.failedCases ?? defaults.failedCases,
    maxFailedCases: own.maxFailedCases ?? defaults.maxFailedCases,
    blinding: own.blinding ?? defaults.blinding,
    isolation: own.isolation ?? defaults.isolation,
    requireComposition: own.requireComposition ?? defaults.requireComposition,
    disclosure: own.disclosure ?? defaults.disclosure,
  };
  return {
    ...base,
    match: compatibility === "none" ? over(defaults.match, own.match) : compatibilityRules[compatibility],
    ...(defaults.segmentation ? { segmentation: over(defaults.segmentation, own.segmentation) } : {}),
    intervals,
    comparison: over(measured.comparison, own.comparison),
    deadlines: over(defaults.deadlines, own.deadlines),
    attempts: over(defaults.attempts, own.attempts),
  };
}
