/**
 * Simulated readers of fundus photographs. A reader sees a lesion more surely the larger, the more contrasted and the less blurred it is, and grades
 * from what he saw. What is common to all readers, what a reader keeps between rounds and what one occasion brings have random streams of their own,
 * so that another reader changes no reading.
 */
import type { Reading } from "../../src/contract/reading.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";
import type { Distractor, Lesion, LesionKind } from "./lesions.js";
import type { Photograph } from "./photograph.js";

interface Reader {
  readonly id: string;
  readonly role: "reader" | "arbiter";
  readonly qualification: string;
  readonly years: number;
  /** Added to the visibility of every lesion. */
  readonly experience: number;
}

export const readers: readonly Reader[] = [
  { id: "reader-1", role: "reader", qualification: "ophthalmologist (simulated)", years: 11, experience: 0.3 },
  { id: "reader-2", role: "reader", qualification: "ophthalmologist (simulated)", years: 6, experience: -0.3 },
  { id: "arbiter", role: "arbiter", qualification: "retina specialist (simulated)", years: 22, experience: 0.9 },
];

/** Deviations of visibility on the logit scale: of a lesion for everybody, of a reader's eye for it, of one occasion. */
const COMMON = 1.2;
const OWN = 1.3;
const OCCASION = 1.4;
/** Visibility of a lesion of radius 0.01 and full contrast in a sharp photograph. */
const LEVEL = 2.2;
/** Chances that a grade is one off: by a reader's own view of the photograph, and by a slip on one occasion. */
const VIEW = 0.14;
const SLIP = 0.12;

/** Extent that the eye uses where it is not the whole lesion's: the line of a tangle, the swing of a vein. */
const seenExtent: Partial<Record<LesionKind, number>> = {
  irma: 0.0085,
  "new-vessels-disc": 0.017,
  "new-vessels-elsewhere": 0.014,
  exudates: 0.013,
  laser: 0.012,
};

/** What a reader says of a photograph. */
interface Grading {
  readonly gradable: boolean;
  /** The grade he gives, or would give to a photograph that he calls not gradable. */
  readonly icdr: number;
}

const stream = (photograph: Photograph, ...names: readonly (string | number)[]): RandomStream =>
  new RandomStream(photograph.spec.seed, streamOf("fundus reader", photograph.spec.name, ...names));

/** One reading: what reader sees in this round, and the grade he makes of it. */
function gradePhotograph(photograph: Photograph, reader: Reader, round: number): Grading {
  const common = stream(photograph, "common");
  const own = stream(photograph, reader.id);
  const occasion = stream(photograph, reader.id, round);
  const { optics } = photograph;
  // Blur against a sharp photograph, and what haze leaves of contrast.
  const dimming = Math.log((Math.max(0.45, optics.sigma) / 0.5) * (1 + 2.2 * optics.haze));
  const level = LEVEL + reader.experience + (round === 2 ? 0.15 : 0);
  const gradability =
    3.4 -
    5.5 * optics.haze -
    1.6 * Math.log(Math.max(0.45, optics.sigma) / 0.6) -
    1.2 * optics.shadow * optics.shadowReach;
  const gradable = gradability + 0.5 * common.normal() + 0.25 * own.normal() + 0.2 * occasion.normal() > 0;
  const seen: Lesion[] = [];
  for (const lesion of photograph.lesions) {
    const extent = seenExtent[lesion.kind] ?? lesion.radius;
    const strength = Math.log((lesion.contrast * extent) / 0.01) - dimming;
    const noise = COMMON * common.normal() + OWN * own.normal() + OCCASION * occasion.normal();
    if (level + 2 * strength + noise > 0) seen.push(lesion);
  }
  let mistaken = 0;
  for (const distractor of photograph.distractors) if (takenForLesion(distractor, common, own, occasion)) mistaken++;
  // Extensive haemorrhage is judged, not counted: each reader has his own idea of twenty, and it wavers.
  const idea = new RandomStream(photograph.spec.seed, streamOf("fundus reader", reader.id)).normal();
  const twenty = 20 * Math.exp(-0.55 + 0.12 * idea + 0.1 * own.normal() + 0.12 * occasion.normal());
  const view = own.float() < VIEW ? (own.float() < 0.5 ? -1 : 1) : 0;
  const slip = occasion.float() < SLIP ? (occasion.float() < 0.5 ? -1 : 1) : 0;
  const icdr = Math.min(4, Math.max(0, gradeOf(seen, mistaken, twenty) + view + slip));
  return { gradable, icdr };
}

/** A photograph that can't be graded gets no grade. */
const labelsOf = ({ gradable, icdr }: Grading): { gradable: boolean; icdr?: number } =>
  gradable ? { gradable, icdr } : { gradable };

/** Pigment is now and then taken for a microaneurysm. */
function takenForLesion(
  distractor: Distractor,
  common: RandomStream,
  own: RandomStream,
  occasion: RandomStream,
): boolean {
  const noise = 0.7 * common.normal() + 0.5 * own.normal() + 0.4 * occasion.normal();
  return distractor.kind === "pigment" && noise > 2.1;
}

/** The ICDR scale on what was seen; haemorrhages count as extensive from `twenty` in each quadrant. */
function gradeOf(seen: readonly Lesion[], mistaken: number, twenty: number): number {
  const count = (...kinds: readonly LesionKind[]): number =>
    seen.filter((lesion) => kinds.includes(lesion.kind)).length;
  if (count("new-vessels-disc", "new-vessels-elsewhere", "preretinal") > 0) return 4;
  if (count("laser") >= 10) return 4;
  const bleeding = [0, 0, 0, 0];
  for (const { kind, quadrant } of seen) {
    if (kind === "dot" || kind === "blot" || kind === "flame") bleeding[quadrant] = (bleeding[quadrant] as number) + 1;
  }
  if (Math.min(...bleeding) >= twenty || count("beading") >= 2 || count("irma") > 0) return 3;
  if (count("dot", "blot", "flame", "exudates", "cotton-wool") > 0) return 2;
  return count("microaneurysm") + mistaken > 0 ? 1 : 0;
}

/**
 * Readings of a set: two readers in two rounds, each round in an order of its own, and the arbiter (round 0) where the readers' final words differ.
 * Where both call a photograph gradable, the arbiter is asked for the grade alone.
 */
export function readPhotographs(photographs: readonly Photograph[], seed: bigint): Reading[] {
  const readings: Reading[] = [];
  const names = photographs.map(({ spec }) => spec.name);
  const line = (
    photograph: Photograph,
    reader: string,
    round: number,
    grading: Grading,
    sequence: number,
  ): Reading => ({
    case: photograph.spec.name,
    reader,
    round,
    findings: [],
    labels: labelsOf(grading),
    quantities: {},
    sequence,
  });
  const final = new Map<string, Grading[]>();
  for (const reader of readers.filter(({ role }) => role === "reader")) {
    for (const round of [1, 2]) {
      const order = new RandomStream(seed, streamOf("fundus order", reader.id, round)).shuffle([...names]);
      const position = new Map(order.map((name, at) => [name, at]));
      for (const photograph of photographs) {
        const { name } = photograph.spec;
        const grading = gradePhotograph(photograph, reader, round);
        if (round === 2) final.set(name, [...(final.get(name) ?? []), grading]);
        readings.push(line(photograph, reader.id, round, grading, position.get(name) ?? 0));
      }
    }
  }
  const arbiter = readers.find(({ role }) => role === "arbiter");
  if (arbiter === undefined) return readings;
  let sequence = 0;
  for (const photograph of photographs) {
    const [first, second] = final.get(photograph.spec.name) ?? [];
    if (first === undefined || second === undefined) continue;
    const [one, other] = [labelsOf(first), labelsOf(second)];
    const trigger = (["gradable", "icdr"] as const).filter((label) => one[label] !== other[label]);
    if (trigger.length === 0) continue;
    const grading = gradePhotograph(photograph, arbiter, 0);
    const asked = trigger.includes("gradable") ? grading : { ...grading, gradable: true };
    readings.push({ ...line(photograph, arbiter.id, 0, asked, sequence++), trigger });
  }
  return readings;
}
