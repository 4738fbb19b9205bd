/** Compares episodes (atrial or ventricular fibrillation, ST) of two annotations of a record: which overlap, and for how long. */
import type { Ratio } from "../../../metrics/index.js";
import type { RecordPeriod } from "./beat-matching.js";
import type { Annotation } from "./beats.js";
import { lengthOf, partsWithin, unionOf, type Stretch } from "./stretches.js";

/** Begin and end, samples; `to` null: not over at the end of the record. */
export interface Episode {
  readonly from: number;
  readonly to: number | null;
  /** ST: where it is greatest. */
  readonly extremum?: number;
}

export interface EpisodeRules {
  /** Episodes shorter than this (samples, within the test period) are not counted on their own side. */
  readonly atLeast?: number;
  /** What meets an episode: any overlap, or (ST) one of half its length or over its extremum. */
  readonly meets?: "any-overlap" | "half-or-extremum";
}

export interface EpisodeComparison {
  readonly episodeSensitivity: Ratio;
  readonly episodePpv: Ratio;
  /** Samples. */
  readonly durationSensitivity: Ratio;
  readonly durationPpv: Ratio;
}

interface Clipped extends Stretch {
  readonly extremum: number | undefined;
}

/** The parts of episodes that lie in the test period. */
function clip(episodes: readonly Episode[], { start, length }: RecordPeriod): Clipped[] {
  return episodes
    .map(({ from, to, extremum }) => ({
      from: Math.max(from, start),
      to: Math.min(to ?? length, length),
      extremum,
    }))
    .filter(({ from, to }) => from < to);
}

function oneSide(own: readonly Clipped[], other: readonly Stretch[], rules: EpisodeRules): { met: Ratio; time: Ratio } {
  const { atLeast = 0, meets = "any-overlap" } = rules;
  const counted = own.filter((episode) => episode.to - episode.from >= atLeast);
  const isMet = (episode: Clipped): boolean => {
    const parts = partsWithin(episode, other);
    const overlap = lengthOf(parts);
    if (overlap === 0 || meets === "any-overlap") return overlap > 0;
    // Without an extremum nothing lies over it: no number is at most NaN.
    const { extremum = Number.NaN } = episode;
    const overExtremum = parts.some(({ from, to }) => from <= extremum && extremum <= to);
    return overExtremum || 2 * overlap >= episode.to - episode.from;
  };
  const time = unionOf(counted);
  return {
    met: { numerator: counted.filter(isMet).length, denominator: counted.length },
    time: {
      numerator: lengthOf(time.flatMap((stretch) => partsWithin(stretch, other))),
      denominator: lengthOf(time),
    },
  };
}

/**
 * Episode-by-episode comparison of ANSI/AAMI EC57 (WFDB `epicmp`, Moody): share of reference episodes that the test meets and
 * of test episodes that the reference meets, and the same of their time. Episodes that only touch do not meet. Time that several
 * episodes of a side cover counts once. The rule for short episodes holds on the side that is counted only.
 */
export function compareEpisodes(
  reference: readonly Episode[],
  test: readonly Episode[],
  period: RecordPeriod,
  rules: EpisodeRules = {},
): EpisodeComparison {
  const [left, right] = [clip(reference, period), clip(test, period)];
  const sensitivity = oneSide(left, unionOf(right), rules);
  const ppv = oneSide(right, unionOf(left), rules);
  return {
    episodeSensitivity: sensitivity.met,
    episodePpv: ppv.met,
    durationSensitivity: sensitivity.time,
    durationPpv: ppv.time,
  };
}

/** Episodes of a rhythm in a list of annotations: VF from `[` to `]`, others from a rhythm label that starts so to the next other one. */
export function episodesOf(annotations: readonly Annotation[], kind: "AF" | "VF" | "AFL"): Episode[] {
  const label = kind === "AF" ? "(AFIB" : "(AFL";
  const episodes: Episode[] = [];
  let from: number | null = null;
  for (const { sample, symbol, aux = "" } of annotations) {
    if (kind === "VF" ? symbol !== "[" && symbol !== "]" : symbol !== "+") continue;
    const inside = kind === "VF" ? symbol === "[" : aux.startsWith(label);
    if (inside) from ??= sample;
    else if (from !== null) {
      episodes.push({ from, to: sample });
      from = null;
    }
  }
  if (from !== null) episodes.push({ from, to: null });
  return episodes;
}
