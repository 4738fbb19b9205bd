/** The import boundaries: planted violations are found, in a small house of the same rooms. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const house = mkdtempSync(join(tmpdir(), "medassay-house-"));
afterAll(() => rmSync(house, { recursive: true, force: true }));

/** Rules that a house of these files breaks. */
function brokenRules(files: Record<string, string>): string[] {
  rmSync(join(house, "src"), { recursive: true, force: true });
  for (const [path, content] of Object.entries({
    "tsconfig.json": "{}",
    "package.json": '{"type":"module"}',
    ...files,
  })) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), content);
  }
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs"),
      "--config",
      join(root, ".dependency-cruiser.mjs"),
      "--output-type",
      "json",
      "src",
    ],
    { cwd: house, encoding: "utf8" },
  );
  const { modules, summary } = JSON.parse(stdout) as {
    modules: unknown[];
    summary: { violations: { rule: { name: string } }[] };
  };
  expect(modules.length).toBeGreaterThan(0);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const leaf = "export const x = 1;\n";
const importing = (path: string) => `import { x } from "${path}";\nexport const y = x;\n`;

describe("import boundaries", () => {
  it("let a room import what stands below it", () => {
    expect(brokenRules({ "src/contract/a.ts": leaf, "src/stats/b.ts": importing("../contract/a.js") })).toEqual([]);
  });

  it("find an import upward", () => {
    const broken = brokenRules({ "src/metrics/a.ts": leaf, "src/stats/b.ts": importing("../metrics/a.js") });
    expect(broken).toContain("stats-imports-downward");
  });

  it("find that a model's room reaches truth, also by way of a third file", () => {
    const broken = brokenRules({
      "src/datasets/truth.ts": leaf,
      "src/datasets/index-document.ts": importing("./truth.js"),
      "src/inference/child.ts": 'import { y } from "../datasets/index-document.js";\nexport const z = y;\n',
    });
    expect(broken).toContain("blindness");
  });

  it("find that submissions reach scoring", () => {
    const broken = brokenRules({ "src/tasks/a.ts": leaf, "src/submissions/b.ts": importing("../tasks/a.js") });
    expect(broken).toContain("blindness");
  });

  it("find truth opened outside datasets and evaluation", () => {
    const broken = brokenRules({ "src/datasets/truth.ts": leaf, "src/cli/b.ts": importing("../datasets/truth.js") });
    expect(broken).toEqual(["truth-is-opened-in-two-rooms"]);
  });

  it("find a file of the pure rooms that touches the disk", () => {
    const broken = brokenRules({
      "src/stats/a.ts": 'import { readFileSync } from "node:fs";\nexport const r = readFileSync;\n',
    });
    expect(broken).toEqual(["numbers-are-pure"]);
  });

  it("find circles", () => {
    const broken = brokenRules({
      "src/stats/a.ts": 'import { b } from "./b.js";\nexport const a = () => b;\n',
      "src/stats/b.ts": 'import { a } from "./a.js";\nexport const b = () => a;\n',
    });
    expect(broken).toEqual(["no-circles"]);
  });
});
