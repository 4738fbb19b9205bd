/** Special functions, proportions, rates, clustered data, tests, sample sizes and random streams against reference values. */
import { describe } from "vitest";
import { randomStreams, specialFunctions } from "./oracle-stats-distributions.js";
import { clusters, proportions, rates } from "./oracle-stats-intervals.js";
import { sampleSizes } from "./oracle-stats-sizes.js";
import { tests } from "./oracle-stats-tests.js";
import { checkFolder } from "./reading.js";

describe("statistics agree with the reference values", () => {
  const offered = {
    ...specialFunctions,
    ...proportions,
    ...clusters,
    ...rates,
    ...tests,
    ...randomStreams,
    ...sampleSizes,
  };
  checkFolder("stats", offered, 4051);
});
