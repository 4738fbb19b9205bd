/** The threshold of decisions in words: a number, or above all scores. */
import type { Bilingual } from "../../contract/common.js";
import { say } from "../document.js";

/** @param written how a number is written; in full where left out */
export function thresholdName(threshold: number | "Infinity", written: (value: number) => string = String): Bilingual {
  if (threshold === "Infinity") return say("高于全部评分（无阈值满足要求）", "above all scores (none keeps the limit)");
  return say(written(threshold), written(threshold));
}
