/** Names of the statistics that are counted record by record: beats, episodes, runs, RR intervals. */
import { beatStatisticNames } from "./beat-statistics.js";

/** Atrial fibrillation; ventricular fibrillation or flutter. */
export const comparedEpisodes = ["AF", "VF"] as const;
export const episodeStatisticNames = [
  "episodeSensitivity",
  "episodePpv",
  "durationSensitivity",
  "durationPpv",
] as const;

export const runKinds = ["ventricular", "supraventricular"] as const;
export type RunKind = (typeof runKinds)[number];
/** 2 beats, 3 to 5, 6 and more. */
export const runLengths = ["couplet", "shortRun", "longRun"] as const;
export type RunLength = (typeof runLengths)[number];

export type RecordStatistic =
  | (typeof beatStatisticNames)[number]
  | `${(typeof comparedEpisodes)[number]}-${(typeof episodeStatisticNames)[number]}`
  | `${RunKind}-${RunLength}-${"sensitivity" | "ppv"}`
  /** Sum of squared errors of RR intervals (ms²), and their number. */
  | "rrSquaredError";
