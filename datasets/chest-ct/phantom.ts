/** A chest phantom: one patient with anatomy, trees and nodules, ready to be painted at any slice thickness. */
import type { Anatomy } from "./anatomy.js";
import { makeAnatomy } from "./anatomy.js";
import type { Nodule } from "./nodules.js";
import { drawNodules } from "./nodules.js";
import type { Distractor } from "./organs.js";
import { addBones, addOrgans } from "./organs.js";
import type { Patient } from "./patient.js";
import { drawPatient } from "./patient.js";
import { kinds, PrimitiveList } from "./primitives.js";
import { addTrees } from "./trees.js";

export interface PhantomPlan {
  readonly seed: number;
  readonly sex: "F" | "M";
  readonly enhanced: boolean;
  /** Nodules wanted; 0 for a normal chest. */
  readonly nodules: number;
  /** Median diameter of the nodules, mm. */
  readonly medianMm: number;
}

export interface Phantom {
  readonly patient: Patient;
  readonly anatomy: Anatomy;
  readonly primitives: PrimitiveList;
  /** What was drawn. The test set's reference is made by readers, never from this. */
  readonly nodules: readonly Nodule[];
  /** Bodies that may be mistaken for nodules. */
  readonly distractors: readonly Distractor[];
}

/** Makes a phantom. The same plan gives the same phantom on every machine. */
export function makePhantom(plan: PhantomPlan): Phantom {
  const patient = drawPatient(plan.seed, plan.sex, plan.enhanced);
  const anatomy = makeAnatomy(patient);
  const primitives = new PrimitiveList();
  const nodes = addOrgans(patient, primitives);
  const others = addTrees(patient, anatomy, primitives);
  const nodules = drawNodules(patient, anatomy, plan.nodules, plan.medianMm);
  nodules.forEach((nodule, index) => {
    const [x, y, z] = nodule.center;
    const reach = nodule.shape.radius * (nodule.shape.needles.length > 0 ? 1.9 : 1.75) + nodule.soft + 2.5;
    primitives.special(kinds.nodule, index, x, y, z - reach, z + reach, reach);
  });
  addBones(patient, primitives);
  const distractors = [...nodes, ...others].filter((d) =>
    nodules.every((n) => {
      const dx = n.center[0] - d.center[0];
      const dy = n.center[1] - d.center[1];
      const dz = n.center[2] - d.center[2];
      return dx * dx + dy * dy + dz * dz > (n.diameterMm / 2 + 8) * (n.diameterMm / 2 + 8);
    }),
  );
  return { patient, anatomy, primitives, nodules, distractors };
}
