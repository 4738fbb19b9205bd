/** Beats, runs and episodes of fibrillation on ambulatory ECG. Signals are not read; answers come through `score`. */
import type { TaskProfile } from "../profile.js";
import { attributeTitles, sexValues } from "./attributes.js";
import { ageBands, commonDefaults } from "./defaults.js";

const beatMetrics = [
  "qrs-sensitivity",
  "qrs-ppv",
  "veb-sensitivity",
  "veb-ppv",
  "veb-false-positive-rate",
  "sveb-sensitivity",
  "sveb-ppv",
] as const;
const episodeMetrics = ["episode-sensitivity", "episode-ppv", "duration-sensitivity", "duration-ppv"] as const;

export const ecgBeats: TaskProfile = {
  id: "ecg-beats",
  title: { "zh-CN": "心电：动态心电图搏动与心律失常分析", en: "Ambulatory ECG: beats and arrhythmias" },
  form: "sequence",
  imageKind: "none",
  modality: "ECG",
  caseUnit: "case",
  clinicalTask: {
    "zh-CN": "在动态心电图上检出QRS波并判定室性、室上性异位搏动及心房颤动、心室颤动发作",
    en: "find QRS complexes on ambulatory ECG, and call ventricular and supraventricular ectopic beats and episodes of fibrillation",
  },
  sequence: { startSeconds: 300 },
  defaults: {
    ...commonDefaults,
    metrics: [
      ...beatMetrics,
      ...beatMetrics.map((id) => `average-${id}`),
      ...["af", "vf"].flatMap((kind) => episodeMetrics.map((id) => `${kind}-${id}`)),
      ...episodeMetrics.map((id) => `average-af-${id}`),
      ...["ventricular", "supraventricular"].flatMap((kind) =>
        ["couplet", "short-run", "long-run"].flatMap((run) => [`${kind}-${run}-sensitivity`, `${kind}-${run}-ppv`]),
      ),
      "rr-error",
      "answered-rate",
    ],
    primary: "veb-sensitivity",
    strata: ["site", "manufacturer", "sex", { attribute: "ageYears", bins: ageBands }, "samplingHz", "leads"],
    comparison: {
      metrics: ["qrs-sensitivity", "qrs-ppv", "veb-sensitivity", "veb-ppv", "sveb-sensitivity", "sveb-ppv"],
      margin: 0.05,
      alpha: 0.05,
      multiplicity: "primary-only",
    },
    deadlines: { createSeconds: 60, caseSeconds: 600 },
  },
  attributes: {
    site: attributeTitles.site,
    region: attributeTitles.region,
    manufacturer: attributeTitles.manufacturer,
    model: attributeTitles.model,
    sex: { ...attributeTitles.sex, values: sexValues },
    ageYears: attributeTitles.ageYears,
    samplingHz: { title: { "zh-CN": "采样率 (Hz)", en: "sampling rate (Hz)" }, level: "case" },
    durationS: { title: { "zh-CN": "记录时长 (s)", en: "length of the record (s)" }, level: "case" },
    leads: { title: { "zh-CN": "导联数", en: "leads" }, level: "case" },
  },
  attributeFallbacks: {},
  minimumComposition: {
    cases: 30,
    positiveCases: 20,
    negativeCases: 0,
    sites: 3,
    manufacturers: 1,
    largestSiteShare: 0.6,
    largestManufacturerShare: 1,
    perStratum: [],
  },
  source: "ANSI/AAMI EC57; IEC 60601-2-47 (YY 9706.247), algorithm tests",
};
