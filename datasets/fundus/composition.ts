/**
 * What a fundus of a grade holds: numbers of lesions by kind, after the International Clinical Diabetic Retinopathy scale
 * (Wilkinson 2003, doi:10.1016/S0161-6420(03)00475-5), with the 4-2-1 rule read on one photograph.
 */
import type { RandomStream } from "../../src/stats/random.js";
import { between, chance, logBetween, wholeBetween } from "./draw.js";

export type Grade = 0 | 1 | 2 | 3 | 4;

export interface Composition {
  readonly microaneurysms: number;
  /** Haemorrhages in each quadrant about the fovea when the rule of four quadrants is met, else scattered. */
  readonly haemorrhagesPerQuadrant: readonly [number, number, number, number] | null;
  readonly haemorrhages: number;
  readonly exudates: number;
  readonly cottonWool: number;
  /** Share by which vein calibre swings; 0 = no venous beading. */
  readonly beading: number;
  readonly irma: number;
  readonly newVesselsDisc: number;
  readonly newVesselsElsewhere: number;
  readonly preretinal: number;
  readonly laser: boolean;
}

const none: Composition = {
  microaneurysms: 0,
  haemorrhagesPerQuadrant: null,
  haemorrhages: 0,
  exudates: 0,
  cottonWool: 0,
  beading: 0,
  irma: 0,
  newVesselsDisc: 0,
  newVesselsElsewhere: 0,
  preretinal: 0,
  laser: false,
};

/** Groups of hard exudates. */
const exudateGroups = (random: RandomStream, probability: number): number =>
  chance(random, probability) ? wholeBetween(random, 1, 4) : 0;

/** Draws the composition of a grade. */
export function drawComposition(random: RandomStream, grade: Grade): Composition {
  switch (grade) {
    case 0:
      return none;
    case 1:
      return { ...none, microaneurysms: wholeBetween(random, 1, 6) };
    case 2:
      return {
        ...none,
        microaneurysms: wholeBetween(random, 2, 17),
        haemorrhages: Math.round(logBetween(random, 1, 14)),
        exudates: exudateGroups(random, 0.5),
        cottonWool: chance(random, 0.25) ? wholeBetween(random, 1, 3) : 0,
      };
    case 3:
      return severe(random);
    case 4: {
      const base = chance(random, 0.5) ? severe(random) : drawComposition(random, 2);
      const atDisc = chance(random, 0.55);
      return {
        ...base,
        newVesselsDisc: atDisc ? 1 : 0,
        newVesselsElsewhere: atDisc ? (chance(random, 0.4) ? 1 : 0) : wholeBetween(random, 1, 2),
        preretinal: chance(random, 0.35) ? 1 : 0,
        laser: chance(random, 0.4),
      };
    }
  }
}

/** Severe non-proliferative retinopathy: one of the three criteria at least. */
function severe(random: RandomStream): Composition {
  const quadrants = chance(random, 0.55);
  const beaded = !quadrants && chance(random, 0.5);
  const irma = (!quadrants && !beaded) || chance(random, 0.25);
  const each = (): number => wholeBetween(random, 20, 27);
  return {
    ...none,
    microaneurysms: wholeBetween(random, 15, 49),
    haemorrhagesPerQuadrant: quadrants ? [each(), each(), each(), each()] : null,
    haemorrhages: quadrants ? 0 : wholeBetween(random, 12, 30),
    exudates: exudateGroups(random, 0.6),
    cottonWool: chance(random, 0.5) ? wholeBetween(random, 1, 5) : 0,
    beading: beaded ? between(random, 0.22, 0.4) : 0,
    irma: irma ? wholeBetween(random, 1, 4) : 0,
  };
}
