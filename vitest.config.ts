import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    coverage: {
      provider: "v8",
      // Every branch of the rooms whose numbers others rely on.
      include: ["src/stats/**", "src/metrics/**", "src/geometry/**", "src/tasks/forms/**"],
      reporter: ["text", "json"],
      thresholds: { branches: 100 },
    },
  },
});
