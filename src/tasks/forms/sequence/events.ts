/** Turns the events of a case, in seconds, into annotations at samples that rise in time. */
import type { Event } from "../../../contract/event.js";
import { beatClassOf, type Annotation } from "./beats.js";
import { unionOf } from "./stretches.js";

type Mark = Extract<Event, { time: number }>;
type Episode = Exclude<Event, Mark>;

/** The annotations that stand for an episode: where it begins, and where it ends. */
const ends: Readonly<
  Record<Exclude<Episode["kind"], "shutdown">, readonly [Omit<Annotation, "sample">, Omit<Annotation, "sample">]>
> = {
  AF: [
    { symbol: "+", aux: "(AFIB" },
    { symbol: "+", aux: "(N" },
  ],
  AFL: [
    { symbol: "+", aux: "(AFL" },
    { symbol: "+", aux: "(N" },
  ],
  VF: [{ symbol: "[" }, { symbol: "]" }],
};

/** Whether any event is a supraventricular or ventricular ectopic beat, or atrial or ventricular fibrillation. */
export function marksArrhythmia(events: readonly Event[]): boolean {
  return events.some((event) => {
    if ("kind" in event) return event.kind === "AF" || event.kind === "VF";
    const beat = beatClassOf(event.symbol);
    const fibrillation = event.symbol === "[" || (event.symbol === "+" && event.aux?.startsWith("(AFIB") === true);
    return beat === "S" || beat === "V" || fibrillation;
  });
}

/** What stands together in the list, at the time of its first. At one time ends come first, then beginnings, then marks. */
interface Entry {
  readonly order: 0 | 1 | 2;
  readonly annotations: readonly [Annotation, ...Annotation[]];
}

/**
 * Annotations of events. Episodes of one kind that overlap are one. A shutdown stands as one pair, so that its extent holds
 * whatever else is marked within it.
 * @param fs sampling frequency, Hz
 */
export function annotationsOf(events: readonly Event[], fs: number): Annotation[] {
  const sampleOf = (time: number): number => Math.round(time * fs);
  const entries: Entry[] = [];
  const episodes = new Map<Episode["kind"], { from: number; to: number }[]>();
  for (const event of events) {
    if ("time" in event) {
      const { time, symbol, subtype = 0, aux = "" } = event;
      entries.push({ order: 2, annotations: [{ sample: sampleOf(time), symbol, subtype, aux }] });
    } else {
      const { start, end, kind } = event;
      const own = episodes.get(kind) ?? [];
      episodes.set(kind, own);
      own.push({ from: sampleOf(start), to: end === null ? Infinity : sampleOf(end) });
    }
  }
  for (const [kind, stretches] of episodes) {
    for (const { from, to } of unionOf(stretches)) {
      if (from === to) continue;
      if (kind === "shutdown") {
        const shutdown = [
          { sample: from, symbol: "~", subtype: 0x30 },
          { sample: to, symbol: "~" },
        ] as const;
        entries.push({ order: 1, annotations: shutdown });
        continue;
      }
      const [begin, end] = ends[kind];
      entries.push({ order: 1, annotations: [{ ...begin, sample: from }] });
      if (to < Infinity) entries.push({ order: 0, annotations: [{ ...end, sample: to }] });
    }
  }
  entries.sort((a, b) => a.annotations[0].sample - b.annotations[0].sample || a.order - b.order);
  return entries.flatMap(({ annotations }) => annotations);
}
