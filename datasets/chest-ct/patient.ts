/** The build of one synthetic patient: every number that the anatomy is drawn from, in patient millimetres. */
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { between, clamp, normal } from "./elementary.js";

/** Frame: x from right to left, y from front to back, z upward from 0 to `height`; x = 0 and y = 0 in the middle of the chest. */
export interface Patient {
  readonly seed: number;
  readonly sex: "F" | "M";
  /** Length of the imaged chest along z. */
  readonly height: number;
  /** Half width and half depth of the body at the middle of the chest. */
  readonly halfWidth: number;
  readonly halfDepth: number;
  readonly fat: number;
  readonly wall: number;
  /** Half axes of the thoracic cavity. */
  readonly cavityX: number;
  readonly cavityY: number;
  readonly breastDepth: number;
  readonly heartScale: number;
  readonly enhanced: boolean;
  readonly bloodHu: number;
  readonly lungHu: number;
  readonly emphysema: boolean;
  readonly boneScale: number;
  /** Tops of the right and the left half of the diaphragm. */
  readonly domeRight: number;
  readonly domeLeft: number;
  readonly mediastinumFront: number;
  readonly mediastinumMiddle: number;
  readonly spineY: number;
  readonly vertebraPhase: number;
  readonly pixel: number;
  /** y of the picture's middle. */
  readonly middleY: number;
  /** Offsets into the shared texture field. */
  readonly textureOffset: readonly [number, number, number];
}

/** Draws a patient. `sex` and `enhanced` are the case plan's, as they also stand in the header. */
export function drawPatient(seed: number, sex: "F" | "M", enhanced: boolean): Patient {
  const random = new RandomStream(BigInt(seed), streamOf("chest-ct", "patient"));
  const halfWidth = between(random, 148, 178) * (sex === "F" ? 0.93 : 1);
  const halfDepth = halfWidth * between(random, 0.65, 0.75);
  const height = Math.round(between(random, 250, 270));
  const fat = clamp(13 + 6 * normal(random), 5, 26);
  const wall = between(random, 12, 16);
  const cavityX = halfWidth - fat - wall;
  const cavityY = halfDepth - fat - wall;
  const domeRight = height * between(random, 0.2, 0.3);
  return {
    seed,
    sex,
    height,
    halfWidth,
    halfDepth,
    fat,
    wall,
    cavityX,
    cavityY,
    breastDepth: sex === "F" ? between(random, 8, 32) : 0,
    heartScale: between(random, 0.88, 1.15) * (sex === "F" ? 0.94 : 1),
    enhanced,
    bloodHu: enhanced ? between(random, 150, 240) : 42,
    lungHu: -865 + 22 * normal(random),
    emphysema: random.float() < 0.2,
    boneScale: between(random, 0.75, 1.25),
    domeRight,
    domeLeft: domeRight - between(random, 8, 20),
    mediastinumFront: between(random, 4, 11),
    mediastinumMiddle: between(random, 18, 24),
    spineY: cavityY - between(random, 25, 30),
    vertebraPhase: between(random, 0, 22),
    // Micrometres: numbers that a header can hold exactly.
    pixel: Math.round((Math.min(380, 2 * halfWidth + between(random, 4, 20)) / 256) * 1e6) / 1e6,
    middleY: Math.round(between(random, 8, 20) * 1000) / 1000,
    textureOffset: [random.below(64), random.below(64), random.below(64)],
  };
}
