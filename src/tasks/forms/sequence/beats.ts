/** Reads a list of ECG annotations as beats: classes, and the stretches of ventricular fibrillation and shutdown between them. */
import type { BeatRow } from "../../../metrics/index.js";
import { unionOf, type Stretch } from "./stretches.js";

/** An annotation of an ECG: MIT-BIH code at a sample; lists rise in time. */
export interface Annotation {
  readonly sample: number;
  /** `N`, `V` ... for beats; `[` and `]` begin and end VF; `~` signal quality; `+` rhythm. */
  readonly symbol: string;
  /** Of `~`: both bits of 0x30 set where the signal becomes unreadable. */
  readonly subtype?: number;
  /** Of `+`: the rhythm that begins, such as `(AFIB`. */
  readonly aux?: string;
}

export type BeatClass = Exclude<BeatRow, "O" | "X">;

const codes: Readonly<Record<BeatClass, string>> = { N: "NLRB", S: "AaJSejn", V: "VrE", F: "F", Q: "Q/f?" };
const classes = new Map(
  (Object.entries(codes) as [BeatClass, string][]).flatMap(([beat, symbols]) =>
    [...symbols].map((symbol): [string, BeatClass] => [symbol, beat]),
  ),
);

/** Class of a beat by its MIT-BIH code, as WFDB's comparators group them; null: not a beat. */
export function beatClassOf(symbol: string): BeatClass | null {
  return classes.get(symbol) ?? null;
}

const unreadable = 0x30;

/** A `~` after which no signal can be read. */
export function opensShutdown({ symbol, subtype = 0 }: Annotation): boolean {
  return symbol === "~" && (subtype & unreadable) === unreadable;
}

const endsShutdown = (annotation: Annotation): boolean => annotation.symbol === "~" && !opensShutdown(annotation);

export interface Beat {
  readonly sample: number;
  readonly class: BeatClass;
  /** Place in the list of annotations. */
  readonly at: number;
  /** VF or a shutdown begins between the beat before and this one: there is no RR interval. */
  readonly afterGap: boolean;
}

export interface BeatList {
  readonly beats: readonly Beat[];
  /** Ends included; Infinity where it does not end. */
  readonly fibrillation: readonly Stretch[];
  readonly shutdown: readonly Stretch[];
}

/**
 * Beats, VF and shutdowns. A shutdown reaches from its `~` to the `~` that follows, in VF too; nothing else from `[` to `]`
 * is read. Where another annotation follows, the mark stands for a stretch from `window` after the beat or VF before it to
 * `window` before that annotation, as in the AHA database.
 */
export function readBeats(annotations: readonly Annotation[], window: number): BeatList {
  const beats: Beat[] = [];
  const fibrillation: Stretch[] = [];
  const shutdown: Stretch[] = [];
  let afterGap = false;
  let onset: number | null = null;
  for (let at = 0; at < annotations.length; at++) {
    const annotation = annotations[at] as Annotation;
    const { sample, symbol } = annotation;
    const beat = beatClassOf(symbol);
    const next = annotations[at + 1];
    if (opensShutdown(annotation) && next !== undefined && endsShutdown(next)) {
      shutdown.push({ from: sample, to: next.sample });
      afterGap = true;
      at++;
    } else if (onset !== null) {
      if (symbol !== "]") continue;
      fibrillation.push({ from: onset, to: sample });
      onset = null;
    } else if (beat !== null) {
      beats.push({ sample, class: beat, at, afterGap });
      afterGap = false;
    } else if (opensShutdown(annotation)) {
      afterGap = true;
      if (next === undefined) shutdown.push({ from: sample, to: Infinity });
      else {
        const before = Math.max(beats.at(-1)?.sample ?? 0, fibrillation.at(-1)?.to ?? 0);
        const to = next.sample - window;
        shutdown.push({ from: Math.min(before + window, to), to });
      }
    } else if (symbol === "[") {
      afterGap = true;
      onset = sample;
    }
  }
  if (onset !== null) fibrillation.push({ from: onset, to: Infinity });
  return { beats, fibrillation: unionOf(fibrillation), shutdown: unionOf(shutdown) };
}
