/** Events on a signal: what an annotator or a product marks on the time axis, in seconds from the first sample. */
import { z } from "zod";

const seconds = z.number().min(0).max(1e8);

/** A mark at one time: a beat, a change of rhythm or of signal quality, by its MIT-BIH code. */
const mark = z.strictObject({
  time: seconds,
  /** `N`, `V` ...: beats; `[`, `]`: begin and end of ventricular fibrillation; `+`: rhythm; `~`: signal quality. */
  symbol: z.string().min(1).max(8),
  /** Of `~`: 0x30 set where no signal can be read. */
  subtype: z.int().min(-128).max(255).optional(),
  /** Of `+`: the rhythm that begins, such as `(AFIB`. */
  aux: z.string().max(64).optional(),
});

/** What an episode is: atrial fibrillation, atrial flutter, ventricular fibrillation or flutter, no readable signal. */
export const episodeKinds = ["AF", "AFL", "VF", "shutdown"] as const;

/** An episode from one time to another. */
const episode = z
  .strictObject({
    start: seconds,
    /** null: not over at the end of the record. */
    end: seconds.nullable(),
    kind: z.enum(episodeKinds),
  })
  .refine(({ start, end }) => end === null || end >= start, "an episode that ends after it starts");

export const event = z.union([mark, episode]);
export type Event = z.infer<typeof event>;

/** Events of one case: a 14-day record has about 1.5 million beats. */
export const events = z.array(event).max(3_000_000).optional();
