/** The one test command: formatter, linter, types, boundaries, dead code, tests. Stops at the first that fails. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const node = process.execPath;
const bin = (path) => join(root, "node_modules", path);
const scratch = mkdtempSync(join(tmpdir(), "medassay-test-"));

function step(title, args, options = {}) {
  process.stdout.write(`\n== ${title}\n`);
  const { status } = spawnSync(node, args, { cwd: root, stdio: "inherit", ...options });
  if (status !== 0) {
    process.stdout.write(`${title}: failed\n`);
    process.exit(status ?? 1);
  }
}

/** The boundary check must have looked: it says how many modules it saw. */
function boundaries() {
  process.stdout.write("\n== import boundaries\n");
  const args = [
    bin("dependency-cruiser/bin/dependency-cruise.mjs"),
    "--config",
    ".dependency-cruiser.mjs",
    "--output-type",
    "json",
    "src",
    "datasets",
  ];
  let text;
  try {
    text = execFileSync(node, args, { cwd: root, maxBuffer: 1 << 28, encoding: "utf8" });
  } catch (error) {
    text = error.stdout;
  }
  const { summary } = JSON.parse(text);
  for (const { rule, from, to } of summary.violations) process.stdout.write(`${rule.name}: ${from} -> ${to}\n`);
  const own = JSON.parse(text).modules.filter(({ source }) => source.startsWith("src/")).length;
  process.stdout.write(
    `${own} modules of src/ looked at, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} violations\n`,
  );
  if (own < 50 || summary.violations.some(({ rule }) => rule.severity === "error")) process.exit(1);
}

try {
  step("formatter", [bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."]);
  step("build", [join(root, "scripts/build.mjs")]);
  step("types", [bin("typescript/bin/tsc"), "--noEmit"]);
  step("linter", [bin("eslint/bin/eslint.js"), "--max-warnings", "0", "."]);
  boundaries();
  step("dead code", [bin("knip/bin/knip.js")]);
  const summary = join(scratch, "vitest.json");
  step(
    "tests",
    [bin("vitest/vitest.mjs"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${summary}`],
    {
      env: { ...process.env, MEDASSAY_BUILT: "1" },
    },
  );
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(summary, "utf8"));
  process.stdout.write(
    `\n${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}\n`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
