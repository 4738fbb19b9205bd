/**
 * Simulated readers of the chest CT set. Whether a nodule is marked follows its size, contrast and the slice thickness; the
 * coefficients reproduce the marking counts and size scatter of four radiologists by size class (LIDC-IDRI). What all readers share,
 * what a reader keeps between rounds and what one occasion brings have random streams of their own, so another reader changes no reading.
 */
import type { Finding } from "../../src/contract/finding.js";
import type { Reading } from "../../src/contract/reading.js";
import { pairMarks } from "../../src/datasets/pairing.js";
import type { Pairing } from "../../src/datasets/pairing.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { clamp, exp, ln, normal } from "./elementary.js";
import { noduleTypes } from "./nodules.js";
import type { Nodule, NoduleType } from "./nodules.js";
import type { Distractor } from "./organs.js";
import type { Phantom } from "./phantom.js";
import type { Patient } from "./patient.js";
import type { CasePlan } from "./plan.js";

export interface Reader {
  readonly id: string;
  readonly role: "reader" | "arbiter";
  readonly qualification: string;
  readonly years: number;
  /** Added to the visibility of every nodule (logit). */
  readonly experience: number;
  /** Bias of ln(diameter). */
  readonly sizeBias: number;
}

export const readers: readonly [Reader, Reader, Reader] = [
  {
    id: "reader-1",
    role: "reader",
    qualification: "chest radiologist (simulated)",
    years: 12,
    experience: 0.3,
    sizeBias: 0.025,
  },
  {
    id: "reader-2",
    role: "reader",
    qualification: "radiologist (simulated)",
    years: 6,
    experience: -0.3,
    sizeBias: -0.02,
  },
  {
    id: "arbiter",
    role: "arbiter",
    qualification: "senior chest radiologist (simulated)",
    years: 24,
    experience: 0.9,
    sizeBias: 0,
  },
];

/** How marks of the readers are joined to one object; declared in the card too. */
export const pairing: Pairing = { rule: "centre-distance", factor: 1, minDistanceMm: 3 };

/** Deviations on the logit scale: of a nodule for everybody, of a reader's eye for it, of one occasion. */
const common = 1.5;
const own = 0.6;
const occasion = 0.5;
const contrastOf: Readonly<Record<NoduleType, number>> = {
  solid: 1,
  "part-solid": 0.75,
  "ground-glass": 0.45,
  calcified: 1.3,
};
/** Bodies of a patient that may be marked wrongly. */
const ambiguousObjects = 2;

/** What of a phantom the readers' simulation needs. */
export type ReadChest = Pick<Phantom, "nodules" | "distractors"> & { readonly patient: Pick<Patient, "seed"> };

/** Something that may be marked: a true nodule, or a body that looks like one. */
interface Object3 {
  readonly key: string;
  readonly center: readonly [number, number, number];
  readonly diameterMm: number;
  readonly type: NoduleType;
  readonly nodule: boolean;
}

/** All readings of one case: two readers in two rounds, and the arbiter's line where their second rounds differ. */
export function readChestCt(plan: CasePlan, phantom: ReadChest): Reading[] {
  const objects = objectsOf(phantom);
  const lines: Reading[] = [];
  const [first, second, arbiter] = readers;
  for (const reader of [first, second]) {
    for (const round of [1, 2]) {
      const seen = objects.filter((object) => marks(phantom, plan, object, reader, round));
      lines.push(line(plan, reader, round, seen, phantom));
    }
  }
  const a = (lines[1] as Reading).findings;
  const b = (lines[3] as Reading).findings;
  const pairs = pairMarks(a, b, pairing);
  const disputed = [
    ...a.filter((_, i) => !pairs.some(([p]) => p === i)),
    ...b.filter((_, i) => !pairs.some(([, q]) => q === i)),
  ];
  if (disputed.length > 0) {
    const asked = objects.filter((object) => disputed.some((mark) => keyOf(mark) === object.key));
    const accepted = asked.filter((object) => marks(phantom, plan, object, arbiter, 0));
    lines.push({ ...line(plan, arbiter, 0, accepted, phantom), trigger: disputed.map((mark) => mark.id) });
  }
  return lines;
}

function objectsOf(phantom: ReadChest): Object3[] {
  const nodules = phantom.nodules.map((n: Nodule, i): Object3 => ({
    key: `n${i}`,
    center: n.center,
    diameterMm: n.diameterMm,
    type: n.type,
    nodule: true,
  }));
  const random = new RandomStream(BigInt(phantom.patient.seed), streamOf("chest-ct reader", "ambiguous"));
  const others = random
    .shuffle(phantom.distractors.map((d: Distractor, i) => ({ d, i })))
    .slice(0, ambiguousObjects)
    .map(({ d, i }): Object3 => ({
      key: `d${i}`,
      center: d.center,
      diameterMm: clamp(d.diameterMm, 3, 5),
      type: "solid",
      nodule: false,
    }));
  return [...nodules, ...others];
}

function stream(phantom: ReadChest, ...names: readonly (string | number)[]): RandomStream {
  return new RandomStream(BigInt(phantom.patient.seed), streamOf("chest-ct reader", ...names));
}

function marks(phantom: ReadChest, plan: CasePlan, object: Object3, reader: Reader, round: number): boolean {
  const shared = stream(phantom, object.key);
  const kept = stream(phantom, object.key, plan.caseId, reader.id);
  const now = stream(phantom, object.key, plan.caseId, reader.id, round);
  if (!object.nodule) {
    // Marked wrongly with a probability of its own, 0.05 to 0.3; the arbiter rarely agrees.
    const p =
      (0.05 + 0.25 * shared.float()) * (reader.role === "arbiter" ? 0.6 : 1) * (reader.experience < 0 ? 1.3 : 1);
    const limit = ln((1 - p) / p) / 1.65;
    return 0.85 * normal(kept) + 0.53 * normal(now) > limit;
  }
  const d = object.diameterMm;
  const visibility =
    (round === 2 ? 0.2 : 0) +
    3.75 * ln(d / 6) +
    1.6 * ln(contrastOf[object.type]) +
    1.3 * ln(clamp(d / plan.thicknessMm, 0.2, 1)) +
    reader.experience;
  const logit = visibility + common * normal(shared) + own * normal(kept) + occasion * normal(now);
  return now.float() < 1 / (1 + exp(-logit));
}

const keyOf = (mark: Finding): string => mark.id.split("-")[2] ?? "";

function line(plan: CasePlan, reader: Reader, round: number, seen: readonly Object3[], phantom: ReadChest): Reading {
  return {
    case: plan.caseId,
    reader: reader.id,
    round,
    findings: seen.map((object) => measure(phantom, plan, object, reader, round)),
    labels: {},
    quantities: {},
  };
}

/** A mark with the scatter of place, size and type that readers have. */
function measure(phantom: ReadChest, plan: CasePlan, object: Object3, reader: Reader, round: number): Finding {
  const kept = stream(phantom, object.key, plan.caseId, reader.id, "measure");
  const now = stream(phantom, object.key, plan.caseId, reader.id, round, "measure");
  const scatter =
    (object.diameterMm < 4 ? 0.13 : object.diameterMm < 6 ? 0.105 : 0.085) * (object.type === "ground-glass" ? 1.3 : 1);
  const size = ln(object.diameterMm) + reader.sizeBias + scatter * (0.714 * normal(kept) + 0.7 * normal(now));
  const diameterMm = Math.round(exp(size) * 10) / 10;
  const deviations = [0.6, 0.6, Math.max(0.7, 0.3 * plan.thicknessMm)];
  const center = object.center.map((c, axis) => {
    const shift = (deviations[axis] as number) * (0.6 * normal(kept) + 0.8 * normal(now));
    return Math.round((c + shift) * 10) / 10;
  });
  const type = typeSeen(object.type, kept, now);
  return {
    id: `${reader.role === "arbiter" ? "a" : reader.id.replace("reader-", "r")}-${round}-${object.key}`,
    geometry: { type: "sphere", center, diameterMm },
    label: "nodule",
    attributes: { diameterMm, type },
  };
}

/** The type is named rightly nine times in ten; subsolid types are taken for one another. */
function typeSeen(type: NoduleType, kept: RandomStream, now: RandomStream): NoduleType {
  const wrong = kept.float() < 0.06 || now.float() < 0.045;
  if (!wrong) return type;
  if (type === "ground-glass") return "part-solid";
  if (type === "calcified") return "solid";
  if (type === "part-solid") return kept.float() < 0.6 ? "ground-glass" : "solid";
  return noduleTypes[kept.float() < 0.7 ? 1 : 3];
}
