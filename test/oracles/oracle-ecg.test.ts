/**
 * ECG scoring against reference values: beat by beat, runs, episodes, totals over records, the CinC challenge scores.
 * Answers of WFDB's `rxr` itself differ from ours where VF or AF begins inside a run, by choice: docs/ecg.md says how
 * ("Where others differ"). Such a file of another root fails here, and shall.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import {
  beatStatistics,
  cincScore,
  grossAndAverage,
  type CincWeights,
  type Ratio,
  type RunKind,
} from "../../src/metrics/index.js";
import { matchBeats } from "../../src/tasks/forms/sequence/beat-matching.js";
import type { Annotation } from "../../src/tasks/forms/sequence/beats.js";
import { compareEpisodes, type Episode } from "../../src/tasks/forms/sequence/episodes.js";
import { compareRuns, type RunCounts } from "../../src/tasks/forms/sequence/runs.js";
import { checkFolder, type Answerer } from "./reading.js";

/* eslint-disable @typescript-eslint/no-explicit-any -- inputs of reference cases have the shape their README says */
interface Side {
  sample: number[];
  symbol: string[];
  subtype?: (number | null)[];
  aux?: (string | null)[];
}

const annotationsOf = ({ sample, symbol, subtype, aux }: Side): Annotation[] =>
  sample.map((at, k) => ({
    sample: at,
    symbol: symbol[k]!,
    subtype: subtype?.[k] ?? 0,
    aux: aux?.[k] ?? "",
  }));

const periodOf = (input: any) => ({
  fs: input.fs,
  length: input.n_samples,
  start: Math.round(input.start_s * input.fs),
});
const pairOf = ({ numerator, denominator }: Ratio) => [numerator, denominator];

const statisticNames = {
  qrs_se: "qrsSensitivity",
  qrs_pp: "qrsPpv",
  veb_se: "vebSensitivity",
  veb_pp: "vebPpv",
  veb_fpr: "vebFalsePositiveRate",
  sveb_se: "svebSensitivity",
  sveb_pp: "svebPpv",
} as const;

const bxb: Answerer = (input) => {
  const { matrix } = matchBeats(
    annotationsOf(input.reference),
    annotationsOf(input.test),
    periodOf(input),
    input.window_samples,
  );
  const values = beatStatistics(matrix);
  const statistics = Object.fromEntries(
    Object.entries(statisticNames).map(([name, own]) => [name, pairOf(values[own])]),
  );
  return { values: { matrix, statistics } };
};

const rxr: Answerer = (input) => {
  const counts = ({ found, missed, confirmed, false: alarms }: RunCounts) => ({
    tp_se: found,
    fn: missed,
    tp_pp: confirmed,
    fp: alarms,
  });
  const of = (kind: RunKind) => {
    const runs = compareRuns(annotationsOf(input.reference), annotationsOf(input.test), periodOf(input), kind);
    return { couplet: counts(runs.couplet), short_run: counts(runs.shortRun), long_run: counts(runs.longRun) };
  };
  return { values: { ventricular: of("ventricular"), supraventricular: of("supraventricular") } };
};

const epicmp: Answerer = (input) => {
  const episodes = (list: [number, number | null][]): Episode[] => list.map(([from, to]) => ({ from, to }));
  const compared = compareEpisodes(episodes(input.reference), episodes(input.test), periodOf(input), {
    atLeast: (input.min_episode_s ?? 0) * input.fs,
    meets: String(input.kind).startsWith("ST") ? "half-or-extremum" : "any-overlap",
  });
  return {
    values: {
      episode_se: pairOf(compared.episodeSensitivity),
      episode_pp: pairOf(compared.episodePpv),
      duration_se: pairOf(compared.durationSensitivity),
      duration_pp: pairOf(compared.durationPpv),
    },
  };
};

const aggregate: Answerer = (input) => {
  const names = new Set<string>(input.records.flatMap((record: object) => Object.keys(record)));
  const values = [...names].map((name) => {
    const total = grossAndAverage(
      input.records.map((record: any) => ({ numerator: record[name][0], denominator: record[name][1] })),
    );
    return [name, { ...total, records_defined: total.recordsDefined }];
  });
  return { values: Object.fromEntries(values) };
};

const cinc: Answerer = (input, folder) => {
  const file = JSON.parse(readFileSync(join(folder, input.weights), "utf8")) as {
    classes: string[];
    weights: number[][];
    sinus_rhythm: string;
  };
  const weights: CincWeights = { ...file, sinusRhythm: file.sinus_rhythm };
  const score = cincScore(input.labels, input.outputs, weights, input.scores);
  return {
    values: {
      challenge_metric: score.challengeMetric,
      observed: score.observed,
      correct: score.correct,
      inactive: score.inactive,
      exact_match_accuracy: score.exactMatch,
      f1: score.f1,
      f1_macro_defined: score.f1Macro,
      auroc: score.auroc,
      auroc_macro_defined: score.aurocMacro,
      auprc: score.auprc,
      auprc_macro_defined: score.auprcMacro,
    },
  };
};

describe("ECG scoring gives the reference values of", () => {
  checkFolder(
    "ecg",
    { "ec57.bxb": bxb, "ec57.rxr": rxr, "ec57.epicmp": epicmp, "ec57.aggregate": aggregate, "ecg.cinc": cinc },
    67,
  );
});
