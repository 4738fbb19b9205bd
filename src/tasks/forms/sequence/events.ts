/** Turns the events of a case, in seconds, into annotations at samples that rise in time. */
import type { Event } from "../../../contract/event.js";
import { beatClassOf, type Annotation } from "./beats.js";
import { unionOf, type Stretch } from "./stretches.js";

type Episode = Exclude<Event, { time: number }>;

/** Whether any event is a supraventricular or ventricular ectopic beat, or atrial or ventricular fibrillation. */
export function marksArrhythmia(events: readonly Event[]): boolean {
  return events.some((event) => {
    if ("kind" in event) return event.kind === "AF" || event.kind === "VF";
    const beat = beatClassOf(event.symbol);
    const fibrillation = event.symbol === "[" || (event.symbol === "+" && event.aux?.startsWith("(AFIB") === true);
    return beat === "S" || beat === "V" || fibrillation;
  });
}

/** What stands together in the list, at the time of its first. At one time rhythms come first, then shutdowns, then marks. */
interface Entry {
  readonly order: 0 | 1 | 2;
  readonly annotations: readonly [Annotation, ...Annotation[]];
}

type Rhythm = Exclude<Episode["kind"], "shutdown">;

/**
 * Where episodes change the rhythm. One that ends leaves those of another kind as they are: their label stands again after
 * fibrillation of the ventricles, which goes on over labels. Where flutter of the atria lies in fibrillation, that is it.
 */
function rhythmEntries(episodes: ReadonlyMap<Rhythm, readonly Stretch[]>): Entry[] {
  const boundaries = [...episodes].flatMap(([kind, stretches]) =>
    stretches.flatMap(({ from, to }) => [
      { sample: from, kind, begins: true },
      { sample: to, kind, begins: false },
    ]),
  );
  boundaries.sort((a, b) => a.sample - b.sample);
  const open = new Set<Rhythm>();
  let [label, fibrillates] = ["(N", false];
  return boundaries.flatMap(({ sample, kind, begins }, at): Entry[] => {
    if (begins) open.add(kind);
    else open.delete(kind);
    // What changes at one time changes together; an episode without an end has none.
    if (boundaries[at + 1]?.sample === sample || sample === Infinity) return [];
    const now = open.has("AF") ? "(AFIB" : open.has("AFL") ? "(AFL" : "(N";
    const ends = fibrillates && !open.has("VF");
    const labelled = now !== label || (ends && now !== "(N");
    const [first, ...rest]: Annotation[] = [
      ...(ends ? [{ sample, symbol: "]" }] : []),
      ...(labelled ? [{ sample, symbol: "+", aux: now }] : []),
      ...(open.has("VF") && (labelled || !fibrillates) ? [{ sample, symbol: "[" }] : []),
    ];
    [label, fibrillates] = [now, open.has("VF")];
    return first === undefined ? [] : [{ order: 0, annotations: [first, ...rest] }];
  });
}

/**
 * Annotations of events. Episodes of one kind that overlap are one. A shutdown stands as one pair, so that its extent holds
 * whatever else is marked within it.
 * @param fs sampling frequency, Hz
 */
export function annotationsOf(events: readonly Event[], fs: number): Annotation[] {
  const sampleOf = (time: number): number => Math.round(time * fs);
  const entries: Entry[] = [];
  const stretchesOf = (wanted: Episode["kind"]): Stretch[] =>
    unionOf(
      events.flatMap((event) =>
        "kind" in event && event.kind === wanted
          ? [{ from: sampleOf(event.start), to: event.end === null ? Infinity : sampleOf(event.end) }]
          : [],
      ),
    ).filter(({ from, to }) => from < to);
  for (const event of events) {
    if ("kind" in event) continue;
    const { time, symbol, subtype = 0, aux = "" } = event;
    entries.push({ order: 2, annotations: [{ sample: sampleOf(time), symbol, subtype, aux }] });
  }
  for (const { from, to } of stretchesOf("shutdown")) {
    const shutdown = [
      { sample: from, symbol: "~", subtype: 0x30 },
      { sample: to, symbol: "~" },
    ] as const;
    entries.push({ order: 1, annotations: shutdown });
  }
  entries.push(...rhythmEntries(new Map((["AF", "AFL", "VF"] as const).map((kind) => [kind, stretchesOf(kind)]))));
  entries.sort((a, b) => a.annotations[0].sample - b.annotations[0].sample || a.order - b.order);
  return entries.flatMap(({ annotations }) => annotations);
}
