/** Annotations in a few words: `500N 600~48 700+(AFIB` are a beat, a mark of subtype 48 and a rhythm at these samples. */
import type { Annotation } from "../../../src/tasks/forms/sequence/beats.js";

export function marks(text: string): Annotation[] {
  return text.split(/\s+/).map((word) => {
    const [, sample = "", symbol = "", rest = ""] = /^(\d+)(.)(.*)$/.exec(word) ?? [];
    if (symbol === "") throw new Error(`"${word}" is no annotation`);
    const annotation = { sample: Number(sample), symbol };
    if (symbol === "~") return { ...annotation, subtype: Number(rest) };
    return symbol === "+" ? { ...annotation, aux: rest } : annotation;
  });
}
