/** The comparators of ECG annotations as functions of the library: beat by beat, runs, episodes, all of a record. */
export { matchBeats, matchWindow, type BeatComparison, type BeatPair, type RecordPeriod } from "./beat-matching.js";
export { beatClassOf, type Annotation, type BeatClass } from "./beats.js";
export { compareEpisodes, episodesOf, type Episode, type EpisodeComparison, type EpisodeRules } from "./episodes.js";
export { annotationsOf } from "./events.js";
export { compareRecord, type ComparedRecord } from "./records.js";
export { compareRuns, type RunCounts } from "./runs.js";
