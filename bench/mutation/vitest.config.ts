/** The tests that mutants of the numeric rooms must fail: those of these rooms and the oracles. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["stats", "metrics", "geometry", "tasks", "oracles", "laws", "conformance"].map(
      (room) => `test/${room}/**/*.test.ts`,
    ),
    testTimeout: 60_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
