/** The metrics of ECG annotations. */
import type { MetricDefinition } from "../metric.js";
import { beatMetrics } from "./beats.js";
import { episodeMetrics } from "./episodes.js";
import { rrError } from "./rr-error.js";
import { runMetrics } from "./runs.js";

export const ecgMetrics: readonly MetricDefinition[] = [...beatMetrics, ...episodeMetrics, ...runMetrics, rrError];
