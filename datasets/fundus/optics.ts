/** Four cameras and three qualities: colour, field, sharpness, haze, light, noise, compression of one photograph. */
import type { RandomStream } from "../../src/stats/random.js";
import { between, chance } from "./draw.js";

export const cameras = ["FC-A45", "FC-B45", "FC-C50", "FC-D45"] as const;
export type Camera = (typeof cameras)[number];
export const qualities = ["good", "fair", "poor"] as const;
export type Quality = (typeof qualities)[number];

export interface CameraModel {
  /** Invented. */
  readonly maker: string;
  readonly fieldOfViewDeg: number;
  /** Mean colour of the fundus, 0..255. */
  readonly colour: readonly [number, number, number];
  /** Half height of the field where top and bottom are cut; 1 = a whole circle. */
  readonly cut: number;
  /** Radius of the field in half frames. */
  readonly field: number;
  /** Blur of a sharp photograph, pixels at 512. */
  readonly sigma: number;
  /** Loss of light at the rim. */
  readonly vignette: number;
  /** Pale glow in the outermost part of the field. */
  readonly rim: number;
  readonly noise: number;
  readonly jpegQuality: number;
  /** A notch in the rim that marks the top right. */
  readonly notch: boolean;
}

export const cameraModels: Readonly<Record<Camera, CameraModel>> = {
  "FC-A45": {
    maker: "Aurum Imaging (synthetic)",
    fieldOfViewDeg: 45,
    colour: [196, 96, 36],
    cut: 0.86,
    field: 0.975,
    sigma: 0.45,
    vignette: 0.3,
    rim: 0.5,
    noise: 1.2,
    jpegQuality: 90,
    notch: false,
  },
  "FC-B45": {
    maker: "Boreal Imaging (synthetic)",
    fieldOfViewDeg: 45,
    colour: [158, 66, 26],
    cut: 0.8,
    field: 0.985,
    sigma: 0.6,
    vignette: 0.42,
    rim: 0.15,
    noise: 1.8,
    jpegQuality: 86,
    notch: false,
  },
  "FC-C50": {
    maker: "Cinnabar Imaging (synthetic)",
    fieldOfViewDeg: 50,
    colour: [186, 106, 66],
    cut: 1,
    field: 0.955,
    sigma: 0.8,
    vignette: 0.22,
    rim: 0.3,
    noise: 2.4,
    jpegQuality: 82,
    notch: true,
  },
  "FC-D45": {
    maker: "Dune Imaging (synthetic)",
    fieldOfViewDeg: 45,
    colour: [204, 116, 52],
    cut: 0.92,
    field: 0.97,
    sigma: 0.55,
    vignette: 0.35,
    rim: 0.2,
    noise: 1.5,
    jpegQuality: 92,
    notch: true,
  },
};

/** What lies between the retina and the file. */
export interface Optics {
  /** Total blur, pixels at 512. */
  readonly sigma: number;
  /** Share of the light that is scattered, 0..1. */
  readonly haze: number;
  /** Strength and direction of uneven light. */
  readonly uneven: number;
  readonly unevenAngle: number;
  /** A dark shadow of lid or pupil at the rim: depth 0..1, direction, reach into the field. */
  readonly shadow: number;
  readonly shadowAngle: number;
  readonly shadowReach: number;
  /** An orange or white flare at the rim, 0..1, and its direction. */
  readonly flare: number;
  readonly flareAngle: number;
  readonly exposure: number;
  readonly noise: number;
}

const hazes: Readonly<Record<Quality, readonly [number, number]>> = {
  good: [0, 0.08],
  fair: [0.05, 0.22],
  poor: [0.2, 0.45],
};
const blurs: Readonly<Record<Quality, number>> = { good: 1, fair: 1.7, poor: 3 };

/** Draws the optics of one photograph. */
export function drawOptics(random: RandomStream, camera: Camera, quality: Quality): Optics {
  const model = cameraModels[camera];
  const rank = qualities.indexOf(quality);
  const [low, high] = hazes[quality];
  return {
    sigma: model.sigma * blurs[quality] * between(random, 0.85, 1.2),
    haze: between(random, low, high),
    uneven: between(random, 0, [0.12, 0.3, 0.5][rank] as number),
    unevenAngle: between(random, 0, 2 * Math.PI),
    shadow: chance(random, [0.06, 0.25, 0.55][rank] as number) ? between(random, 0.25, 0.75) : 0,
    shadowAngle: between(random, 0, 2 * Math.PI),
    shadowReach: between(random, 0.25, 0.7),
    flare: chance(random, [0.1, 0.25, 0.4][rank] as number) ? between(random, 0.2, 0.8) : 0,
    flareAngle: (chance(random, 0.5) ? 1 : -1) * (Math.PI / 2) + between(random, -0.5, 0.5),
    exposure: between(random, [0.85, 0.78, 0.66][rank] as number, 1.1),
    noise: model.noise * between(random, 0.8, 1.3),
  };
}
