/** One photograph as a description: everything that is drawn before a pixel is painted, each part from its own random stream. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { drawAnatomy, type Anatomy } from "./anatomy.js";
import { drawComposition, type Composition, type Grade } from "./composition.js";
import { placeDistractors, placeLesions, type Distractor, type Lesion } from "./lesions.js";
import { cameraModels, drawOptics, type Camera, type Optics, type Quality } from "./optics.js";

export interface PhotographSpec {
  readonly seed: bigint;
  /** Names the photograph's random streams, e.g. the case id. */
  readonly name: string;
  readonly eye: "left" | "right";
  readonly camera: Camera;
  readonly quality: Quality;
  readonly grade: Grade;
  /** Range from which the eye's lesion contrast is drawn; [0.3, 1] is as hard as life. */
  readonly contrast: readonly [number, number];
}

export interface Photograph {
  readonly spec: PhotographSpec;
  readonly composition: Composition;
  readonly anatomy: Anatomy;
  readonly lesions: readonly Lesion[];
  readonly distractors: readonly Distractor[];
  readonly optics: Optics;
}

/** The stream of one purpose of one photograph. */
export const purposeStream = (spec: PhotographSpec, purpose: string): RandomStream =>
  new RandomStream(spec.seed, streamOf("fundus", spec.name, purpose));

/** Draws composition, anatomy, lesions and optics of a photograph. */
export function composePhotograph(spec: PhotographSpec): Photograph {
  const composition = drawComposition(purposeStream(spec, "composition"), spec.grade);
  const anatomy = drawAnatomy(purposeStream(spec, "anatomy"), composition.beading);
  const cut = cameraModels[spec.camera].cut;
  return {
    spec,
    composition,
    anatomy,
    lesions: placeLesions(purposeStream(spec, "lesions"), composition, anatomy, spec.contrast, cut),
    distractors: placeDistractors(purposeStream(spec, "distractors"), anatomy),
    optics: drawOptics(purposeStream(spec, "optics"), spec.camera, spec.quality),
  };
}
