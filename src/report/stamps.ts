/** Words that stand on the cover and on every page where a run's circumstances demand it. */
import type { Bilingual } from "../contract/common.js";
import type { Result } from "../contract/result.js";
import { say } from "./document.js";

/** Open truth first, then synthetic data. */
export function stampsOf(result: Pick<Result, "openTruth" | "context">): Bilingual[] {
  const stamps: Bilingual[] = [];
  if (result.openTruth) stamps.push(say("真值公开", "OPEN"));
  if (result.context.card.provenance === "synthetic") stamps.push(say("合成数据", "SYNTHETIC DATA"));
  return stamps;
}
