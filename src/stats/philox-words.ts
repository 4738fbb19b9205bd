/**
 * Words of many Philox4x32-10 blocks at once, for draws of patients: compiled where the machine can, else one pair of
 * blocks after the other. The same words either way; {@link philoxPair} is the definition.
 */
import { philoxPair } from "./random.js";

/** The part of WebAssembly that is used: the library of ECMAScript types has none. */
declare const WebAssembly:
  | undefined
  | {
      validate(bytes: Uint8Array): boolean;
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { exports: { memory: { buffer: ArrayBuffer }; fill: Fill } };
    };

/**
 * Writes the first `count` words of the blocks with the counters (block, 0, c2, c3), (block + 1, 0, c2, c3), ... under the
 * key (k0, k1). `count` is a multiple of 16, from 16 to {@link mostWords}; words behind it are left as they are.
 */
type Fill = (block: number, c2: number, c3: number, k0: number, k1: number, count: number) => void;

/** Words that are overwritten by the next call of their `fill`. */
interface WordBuffer {
  readonly words: Uint32Array;
  readonly fill: Fill;
}

/** Words that a buffer holds: few enough to stay in the nearest cache. */
export const mostWords = 256;

/** philox-words.wat as bytes; docs/decisions/philox-webassembly.md has the command. */
const compiled =
  "AGFzbQEAAAABCgFgBn9/f39/fwADAgEABQMBAAEHEQIGbWVtb3J5AgAEZmlsbAAACpAEAY0EAgV/CHsgBUECdCEGA0AgAP0R/QwA" +
  "AAAAAQAAAAIAAAADAAAA/a4BIQv9DAAAAAAAAAAAAAAAAAAAAAAhDCAB/REhDSAC/REhDiADIQkgBCEKQQohCANAIAtB077Ekn39" +
  "Ef3eASEPIAtB077Ekn39Ef3fASEQIA1B15r67Hz9Ef3eASERIA1B15r67Hz9Ef3fASESIAn9ESAMIBEgEv0NBAUGBwwNDg8UFRYX" +
  "HB0eH/1R/VEhCyAK/REgDiAPIBD9DQQFBgcMDQ4PFBUWFxwdHh/9Uf1RIQ0gESAS/Q0AAQIDCAkKCxAREhMYGRobIQwgDyAQ/Q0A" +
  "AQIDCAkKCxAREhMYGRobIQ4gCUG5893xeWohCSAKQYXdntt7aiEKIAhBAWsiCA0ACyALIAz9DQABAgMQERITBAUGBxQVFhchDyAL" +
  "IAz9DQgJCgsYGRobDA0ODxwdHh8hECANIA79DQABAgMQERITBAUGBxQVFhchESANIA79DQgJCgsYGRobDA0ODxwdHh8hEiAHIA8g" +
  "Ef0NAAECAwQFBgcQERITFBUWF/0LBAAgByAPIBH9DQgJCgsMDQ4PGBkaGxwdHh/9CwQQIAcgECAS/Q0AAQIDBAUGBxAREhMUFRYX" +
  "/QsEICAHIBAgEv0NCAkKCwwNDg8YGRobHB0eH/0LBDAgAEEEaiEAIAdBwABqIgcgBkkNAAsL";

/** Without WebAssembly. */
export function interpretedWords(): WordBuffer {
  const words = new Uint32Array(mostWords);
  const fill: Fill = (block, c2, c3, k0, k1, count) => {
    for (let at = 0; at < count; at += 8) philoxPair(block + at / 4, 0, c2, c3, k0, k1, words, at);
  };
  return { words, fill };
}

/** A buffer of its own; compiled where WebAssembly with vectors of 128 bits is at hand. */
export function philoxWords(): WordBuffer {
  if (typeof WebAssembly === "undefined") return interpretedWords();
  const bytes = Uint8Array.from(atob(compiled), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return interpretedWords();
  const { memory, fill } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  return { words: new Uint32Array(memory.buffer, 0, mostWords), fill };
}
