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
      include: ["src/stats/**/*.ts", "src/metrics/**/*.ts", "src/geometry/**/*.ts", "src/tasks/forms/**/*.ts"],
      reporter: ["text", "json"],
      thresholds: { branches: 100 },
    },
  },
});
