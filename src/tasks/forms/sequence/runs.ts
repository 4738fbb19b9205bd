/** Compares the runs of ectopic beats of two annotations of a record: couplets, short runs, long runs. */
import type { RunKind, RunLength } from "../../../metrics/index.js";
import { matchWindow, type RecordPeriod } from "./beat-matching.js";
import { beatClassOf, opensShutdown, type Annotation } from "./beats.js";
import { partsWithin, unionOf, type Stretch } from "./stretches.js";

/** Runs of a length: of the reference, found or missed by the test; of the test, confirmed by the reference or false. */
export interface RunCounts {
  found: number;
  missed: number;
  confirmed: number;
  false: number;
}

/** Lengths above this are not told apart; VF and AF count as runs of this length. */
const longest = 6;

/** 2, 3 to 5, 6 and more; null: a single beat. */
function lengthClass(length: number): RunLength | null {
  if (length >= longest) return "longRun";
  if (length >= 3) return "shortRun";
  return length === 2 ? "couplet" : null;
}

/** The least length on the other side that confirms a run. */
const confirming: Readonly<Record<RunLength, number>> = { couplet: 2, shortRun: 3, longRun: longest };

/** What an annotation does to a run. */
type Step = "beat" | "break" | "onset" | "offset";

interface Steps {
  /** Annotations that do something to a run. */
  readonly samples: readonly number[];
  readonly steps: readonly Step[];
  /** VF (ventricular) or AF (supraventricular). */
  readonly segments: readonly Stretch[];
}

type Rhythm = "AF" | "VF" | null;

function rhythmOf(aux: string | undefined): Rhythm {
  if (aux?.startsWith("(AF")) return "AF";
  return aux?.startsWith("(VF") ? "VF" : null;
}

/** Reads an annotation as steps: VF from `[` to `]` or by rhythm labels, AF by rhythm labels; each ends the other. */
function stepsOf(annotations: readonly Annotation[], kind: RunKind): Steps {
  const wanted = kind === "ventricular" ? "VF" : "AF";
  let rhythm: Rhythm = null;
  let shutdown = false;
  let from: number | null = null;
  const segments: Stretch[] = [];
  const close = (to: number): void => {
    if (from !== null) segments.push({ from, to });
    from = null;
  };
  const change = (next: Rhythm, sample: number): Step | null => {
    const before = rhythm;
    rhythm = next;
    if (next === before) return null;
    if (next === wanted) {
      from = sample;
      return "onset";
    }
    close(sample);
    // Fibrillation of the ventricles ends a run of supraventricular beats; a label of AF says nothing about ventricular ones.
    if (next === "VF") return "break";
    return before === wanted ? "offset" : null;
  };
  const stepOf = (annotation: Annotation): Step | null => {
    const { sample, symbol } = annotation;
    const beat = beatClassOf(symbol);
    if (beat !== null) {
      const ectopic = kind === "ventricular" ? "VF" : rhythm === "AF" ? "SN" : "S";
      return ectopic.includes(beat) ? "beat" : "break";
    }
    if (symbol === "[") return change("VF", sample);
    if (symbol === "+") return change(rhythmOf(annotation.aux), sample);
    if (symbol === "]" && rhythm === "VF") return change(null, sample);
    if (symbol !== "~") return null;
    const opens = opensShutdown(annotation) && !shutdown;
    shutdown = opensShutdown(annotation);
    if (!opens) return null;
    close(sample);
    return "break";
  };
  const samples: number[] = [];
  const steps: Step[] = [];
  for (const annotation of annotations) {
    const step = stepOf(annotation);
    if (step === null) continue;
    samples.push(annotation.sample);
    steps.push(step);
  }
  close(Infinity);
  return { samples, steps, segments: unionOf(segments) };
}

interface Run extends Stretch {
  readonly length: number;
}

/** Runs that end in the test period; one that the record's end cuts off is left out, its length is not known. */
function runsOf({ samples, steps, segments }: Steps, { start, length: end }: RecordPeriod): Run[] {
  const runs: Run[] = [];
  const begun = segments.some(({ from, to }) => from < start && to >= start);
  let run = begun ? { length: longest, from: start, to: start } : null;
  samples.forEach((sample, at) => {
    if (sample < start || sample > end) return;
    const step = steps[at] as Step;
    if (step === "break") {
      if (run) runs.push(run);
      run = null;
      return;
    }
    const before = run?.length ?? 0;
    if (step === "offset" && before === 0) return;
    const length = step === "beat" ? Math.min(longest, before + 1) : step === "onset" ? longest : before;
    run = { length, from: run?.from ?? sample, to: sample };
  });
  return runs;
}

/** The longest run of a side within a stretch; VF or AF that reaches into it is one of greatest length. */
function longestWithin({ samples, steps, segments }: Steps, window: Stretch): number {
  if (partsWithin(window, segments).some(({ from, to }) => to > from || from > window.from)) return longest;
  let best = 0;
  let length = 0;
  for (let at = lowerBound(samples, window.from); at < samples.length; at++) {
    if ((samples[at] as number) > window.to) break;
    if (steps[at] === "beat") best = Math.max(best, ++length);
    else length = 0;
  }
  return Math.min(best, longest);
}

function lowerBound(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Run-by-run comparison of ANSI/AAMI EC57 with the rules of WFDB `rxr` (Moody): for each run of a side the longest run of the
 * other side from a match window before its first to one after its last beat. A couplet is met by 2 beats or more, a run of
 * 3 to 5 by 3, one of 6 or more by 6. Ventricular runs are of V and F, supraventricular ones of S, and of N within AF. Unlike
 * the tool, the other side is read anew for each run.
 */
export function compareRuns(
  reference: readonly Annotation[],
  test: readonly Annotation[],
  period: RecordPeriod,
  kind: RunKind,
): Record<RunLength, RunCounts> {
  const window = matchWindow(period.fs);
  const sides = [stepsOf(reference, kind), stepsOf(test, kind)] as const;
  const none = (): RunCounts => ({ found: 0, missed: 0, confirmed: 0, false: 0 });
  const counts = { couplet: none(), shortRun: none(), longRun: none() };
  const count = (own: Steps, other: Steps, met: keyof RunCounts, notMet: keyof RunCounts): void => {
    for (const { length, from, to } of runsOf(own, period)) {
      const size = lengthClass(length);
      if (size === null) continue;
      const meets = longestWithin(other, { from: from - window, to: to + window }) >= confirming[size];
      counts[size][meets ? met : notMet]++;
    }
  };
  count(sides[0], sides[1], "found", "missed");
  count(sides[1], sides[0], "confirmed", "false");
  return counts;
}
