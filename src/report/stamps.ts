/** Words that stand on the cover and on every page where a run's circumstances demand it. */
import type { Bilingual } from "../contract/common.js";
import type { Result } from "../contract/result.js";
import { say } from "./document.js";

/** Printed across every page where the truth was open. */
export function watermarkOf(result: Pick<Result, "openTruth">): Bilingual | null {
  return result.openTruth ? openStamp : null;
}

const openStamp = say("真值公开", "OPEN");

/** Open truth first, then synthetic data. */
export function stampsOf(result: Pick<Result, "openTruth" | "context">): Bilingual[] {
  const stamps: Bilingual[] = [];
  if (result.openTruth) stamps.push(openStamp);
  if (result.context.card.provenance === "synthetic") stamps.push(say("合成数据", "SYNTHETIC DATA"));
  return stamps;
}
