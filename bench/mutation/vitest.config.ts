/** The tests that mutants of the numeric rooms must fail: those of these rooms and the oracles. */
import { statSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Nearest first: most mutants fail in the tests of their own room, and the first failure ends the run of a mutant. */
const rooms = ["stats", "metrics", "tasks", "geometry", "conformance", "oracles", "laws"];
/** Sweeps over everything, of use only for what nothing else has noticed. */
const sweeps = ["weights", "degenerate-metrics", "degenerate", "coverage"];

function place({ moduleId }: TestSpecification): number {
  const [, room, name] = /\/test\/([^/]+)\/(?:.*\/)?([^/]+)\.test\.ts$/.exec(moduleId) ?? [];
  if (sweeps.includes(name ?? "")) return rooms.length;
  return rooms.indexOf(room ?? "");
}

class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placed = files.map((file) => ({ file, place: place(file), bytes: statSync(file.moduleId).size }));
    return placed.sort((a, b) => a.place - b.place || a.bytes - b.bytes).map(({ file }) => file);
  }
}

export default defineConfig({
  test: {
    include: rooms.map((room) => `test/${room}/**/*.test.ts`),
    testTimeout: 60_000,
    pool: "threads",
    maxWorkers: 1,
    isolate: false,
    sequence: { sequencer: NearestFirst },
  },
});
