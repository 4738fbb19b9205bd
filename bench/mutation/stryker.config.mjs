/** Mutation testing of stats (special functions apart), metrics and the answer forms; run as README.md says. */
import { rooms, specialFunctions } from "./rooms.mjs";

const drawn = process.env["MEDASSAY_DRAW"] !== undefined;

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner", "./bench/mutation/texts.mjs", "./bench/mutation/draw.mjs"],
  ignorers: ["texts"],
  checkers: drawn ? ["draw"] : [],
  vitest: { configFile: "bench/mutation/vitest.config.ts", related: false },
  mutate: [...rooms.map((room) => `${room}/**/*.ts`), ...specialFunctions.map((name) => `!${name}`)],
  coverageAnalysis: "perTest",
  // What runs once when a file is loaded can't be switched on test by test.
  ignoreStatic: true,
  // What was not drawn must not be remembered as judged.
  incremental: !drawn,
  incrementalFile: "bench/mutation/incremental.json",
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: "bench/mutation/report.json" },
  tempDirName: "bench/mutation/.sandbox",
  concurrency: 2,
  timeoutMS: 20_000,
  allowEmpty: false,
};
