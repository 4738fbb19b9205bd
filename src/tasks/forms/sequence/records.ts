/** All statistics of one record: its beats, episodes and runs compared once. */
import {
  beatStatisticNames,
  beatStatistics,
  comparedEpisodes,
  episodeStatisticNames,
  runKinds,
  runLengths,
  type Ratio,
  type RecordStatistic,
} from "../../../metrics/index.js";
import { matchBeats, type BeatComparison, type RecordPeriod } from "./beat-matching.js";
import type { Annotation } from "./beats.js";
import { compareEpisodes, episodesOf } from "./episodes.js";
import { compareRuns } from "./runs.js";

export interface ComparedRecord {
  readonly beats: BeatComparison;
  /** Durations in milliseconds. */
  readonly statistics: ReadonlyMap<RecordStatistic, Ratio>;
}

/** Compares a test annotation of a record with the reference in every way that EC57 knows. */
export function compareRecord(
  reference: readonly Annotation[],
  test: readonly Annotation[],
  period: RecordPeriod,
): ComparedRecord {
  const beats = matchBeats(reference, test, period);
  const statistics = new Map<RecordStatistic, Ratio>();
  const ofBeats = beatStatistics(beats.matrix);
  for (const name of beatStatisticNames) statistics.set(name, ofBeats[name]);

  const milliseconds = (samples: number): number => Math.round((samples / period.fs) * 1000);
  for (const kind of comparedEpisodes) {
    const compared = compareEpisodes(episodesOf(reference, kind), episodesOf(test, kind), period);
    for (const name of episodeStatisticNames) {
      const { numerator, denominator } = compared[name];
      const inTime = name.startsWith("duration");
      const ratio = { numerator: milliseconds(numerator), denominator: milliseconds(denominator) };
      statistics.set(`${kind}-${name}`, inTime ? ratio : compared[name]);
    }
  }
  for (const kind of runKinds) {
    const runs = compareRuns(reference, test, period, kind);
    for (const length of runLengths) {
      const { found, missed, confirmed, false: alarms } = runs[length];
      statistics.set(`${kind}-${length}-sensitivity`, { numerator: found, denominator: found + missed });
      statistics.set(`${kind}-${length}-ppv`, { numerator: confirmed, denominator: confirmed + alarms });
    }
  }
  let squares = 0;
  for (const error of beats.rrErrors) {
    const inMilliseconds = (error / period.fs) * 1000;
    squares += inMilliseconds * inMilliseconds;
  }
  statistics.set("rrSquaredError", { numerator: squares, denominator: beats.rrErrors.length });
  return { beats, statistics };
}
