/** Draws from a random stream that the fundus generator uses everywhere. */
import type { RandomStream } from "../../src/stats/random.js";

export const between = (random: RandomStream, low: number, high: number): number => low + (high - low) * random.float();

/** Whole number in [low, high]. */
export const wholeBetween = (random: RandomStream, low: number, high: number): number =>
  low + random.below(high - low + 1);

/** Log-uniform in [low, high]. */
export const logBetween = (random: RandomStream, low: number, high: number): number =>
  Math.exp(between(random, Math.log(low), Math.log(high)));

export const chance = (random: RandomStream, probability: number): boolean => random.float() < probability;
