/** Runs that are killed, stopped or starved of disk: nothing is lost, and the end has the same bytes as an undisturbed run. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/inference/run.js";
import { RandomStream } from "../../src/stats/random.js";
import {
  answers,
  brightnessGrader,
  slowGrader,
  pictureSet,
  protocolOf,
  submissionFolder,
  temporaryFolder,
} from "./fixtures.js";

const driver = fileURLToPath(new URL("run-driver.mjs", import.meta.url));
const folder = temporaryFolder();
const set = join(folder, "set");
const caseCount = 4;
/** Dozens of processes start in some tests; on a busy machine that takes minutes. */
const patience = 400_000;
/** unshare(1): a mount namespace of our own. */
const newNamespace = "unshare";
const protocol = protocolOf();
let submission: string;
let undisturbed: Buffer;

beforeAll(async () => {
  await pictureSet(set, caseCount);
  submission = submissionFolder(join(folder, "submission"), brightnessGrader());
  const out = join(folder, "undisturbed");
  await run({ ...plain(out), jobs: 1 });
  undisturbed = predictionsOf(out);
});

const plain = (out: string) => ({
  dataset: set,
  submissions: [submission],
  out,
  protocol,
  answers,
  openTruth: true,
  isolation: ["plain" as const],
});
const predictionsOf = (out: string) => readFileSync(join(out, "grader", "predictions.jsonl"));

function start(options: object): {
  process: ChildProcess;
  ended: Promise<{ code: number | null; signal: string | null; said: string }>;
} {
  const child = spawn(process.execPath, [driver, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (piece: Buffer) => (said += piece.toString()));
  const ended = new Promise<{ code: number | null; signal: string | null; said: string }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, said })),
  );
  return { process: child, ended };
}

/** Processes that a process started, and those that they started. */
function descendants(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const children = readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
const isAlive = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};
async function until(condition: () => boolean, seconds = 30): Promise<boolean> {
  for (let waited = 0; waited < seconds * 50; waited++) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

describe("kill -9", () => {
  test(
    "at every write: before it, in its middle, after it",
    async () => {
      const out = join(folder, "killed-at-writes");
      // Journal: one line that says what it is for, one a case. Then timings and predictions.
      const writes = 1 + caseCount + 2;
      for (let done = 0; done < writes; done++) {
        for (const how of ["before", "half", "after"]) {
          // Each call begins where the last one died: its first journal write is the next one that is due. When all cases
          // are done, predictions follow timings in one call.
          const write = done <= 1 + caseCount ? 1 : 2;
          const { signal } = await start({ ...plain(out), jobs: 1, killAt: { write, how } }).ended;
          expect({ done, how, signal }).toEqual({ done, how, signal: "SIGKILL" });
        }
      }
      const { code } = await start({ ...plain(out), jobs: 1 }).ended;
      expect(code).toBe(0);
      expect(predictionsOf(out).equals(undisturbed)).toBe(true);
      expect(
        readdirSync(join(out, "grader"))
          .filter((name) => !name.startsWith(".medassay-"))
          .sort(),
      ).toEqual(["predictions.jsonl", "timings.jsonl"]);
    },
    patience,
  );

  test(
    "at 20 random moments",
    async () => {
      const slow = submissionFolder(join(folder, "slow"), slowGrader(4000));
      const options = (out: string) => ({ ...plain(join(folder, out)), submissions: [slow], jobs: 2 });
      await run({ ...options("slow-undisturbed"), jobs: 1 });
      const random = new RandomStream(20n, 8n);
      for (let kill = 0; kill < 20; kill++) {
        const { process: child, ended } = start(options("slow-killed"));
        const timer = setTimeout(() => child.kill("SIGKILL"), 100 + random.below(1400));
        await ended;
        clearTimeout(timer);
      }
      expect((await start(options("slow-killed")).ended).code).toBe(0);
      expect(predictionsOf(join(folder, "slow-killed")).equals(predictionsOf(join(folder, "slow-undisturbed")))).toBe(
        true,
      );
    },
    patience,
  );

  test.each(["bubblewrap", "unshare", "plain"])(
    "of the parent ends a model that never would, with %s",
    async (method) => {
      const never = submissionFolder(join(folder, "never"), slowGrader(2 ** 31));
      const { process: child, ended } = start({
        ...plain(join(folder, `never-${method}`)),
        submissions: [never],
        isolation: [method],
        jobs: 1,
      });
      const journal = join(folder, `never-${method}`, "grader", "journal.jsonl");
      const isRunning = await Promise.race([until(() => existsSync(journal), 60), ended.then(({ said }) => said)]);
      if (typeof isRunning === "string") {
        process.stdout.write(`isolation by ${method} is not possible here: parent's death not tested with it\n`);
        expect(isRunning).toContain("INFERENCE_CHILD_FAILED");
        return;
      }
      const pid = child.pid as number;
      expect(await until(() => descendants(pid).length > 0)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 700));
      const started = descendants(pid);
      expect(started.length).toBeGreaterThan(0);
      child.kill("SIGKILL");
      await ended;
      expect(await until(() => !started.some(isAlive), 10)).toBe(true);
    },
  );
});

test("Ctrl-C ends a run cleanly with code 130, and the same call goes on without asking a case twice", async () => {
  const slow = submissionFolder(join(folder, "slow2"), slowGrader(6000));
  const out = join(folder, "stopped");
  const options = { ...plain(out), submissions: [slow], jobs: 1 };
  const { process: child, ended } = start(options);
  const journal = join(out, "grader", "journal.jsonl");
  const lines = () => (existsSync(journal) ? readFileSync(journal, "utf8").split("\n").length - 1 : 0);
  expect(await until(() => lines() >= 3)).toBe(true);
  child.kill("SIGINT");
  const { code, said } = await ended;
  expect(code).toBe(130);
  expect(JSON.parse(said)).toMatchObject({ code: "INTERRUPTED" });
  const kept = readFileSync(journal, "utf8");
  const before = kept.trimEnd().split("\n").length;
  const seen: number[] = [];
  const document = await run({
    ...options,
    onProgress: ({ phase, done }) => void (phase === "cases" && seen.push(done as number)),
  });
  expect(seen[0]).toBe(before - 1);
  expect(seen).toHaveLength(caseCount - (before - 1) + 1);
  expect(document.endedAt).not.toBeNull();
});

test("a full disk is named, and the run goes on when there is room", () => {
  const probe = spawnSync(newNamespace, ["-Urm", "true"]);
  if (probe.status !== 0) {
    process.stdout.write("a full disk: not tested, user namespaces are forbidden here\n");
    return;
  }
  const disk = join(folder, "disk");
  mkdirSync(disk);
  // 100 files of 4 KiB pages: the journal of all cases doesn't fit, later it does.
  const small = submissionFolder(join(folder, "small"), brightnessGrader());
  const options = JSON.stringify({ ...plain(join(disk, "out")), submissions: [small], jobs: 1 });
  const script = [
    `mount -t tmpfs -o size=12k tmpfs "$1"`,
    `"$2" "$3" "$4"; echo "exit $?"`,
    `ls -A "$1/out/grader" 2>/dev/null | grep -c predictions`,
    `mount -o remount,size=4m "$1"`,
    `"$2" "$3" "$4"; echo "exit $?"`,
    `cp "$1/out/grader/predictions.jsonl" "$5"`,
  ].join("\n");
  const kept = join(folder, "after-full-disk.jsonl");
  const result = spawnSync(
    newNamespace,
    ["-Urm", "sh", "-c", script, "sh", disk, process.execPath, driver, options, kept],
    { encoding: "utf8" },
  );
  const said = result.stdout.trim().split("\n");
  expect(said).toEqual([expect.stringContaining("STORAGE_FULL"), "exit 74", "0", '{"submissions":1}', "exit 0"]);
  expect(readFileSync(kept).equals(undisturbed)).toBe(true);
});

describe("a run folder", () => {
  test("that another process runs into is refused, until that process is gone", async () => {
    const out = join(folder, "busy");
    mkdirSync(out);
    const lock = join(out, ".medassay-lock");
    writeFileSync(lock, `${hostname()} ${process.ppid}\n`);
    await expect(run(plain(out))).rejects.toMatchObject({ code: "RUN_FOLDER_BUSY", exit: 2 });
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(lock, `${hostname()} ${gone}\n`);
    await run(plain(out));
    expect(existsSync(lock)).toBe(false);
  });

  test("of another protocol, model or set is refused", async () => {
    const out = join(folder, "taken");
    await run(plain(out));
    await expect(run({ ...plain(out), protocol: protocolOf({ version: "2" }) })).rejects.toMatchObject({
      code: "RUN_FOLDER_MISMATCH",
    });
    const other = submissionFolder(join(folder, "other"), brightnessGrader(3));
    await expect(run({ ...plain(out), submissions: [other] })).rejects.toMatchObject({ code: "RUN_FOLDER_MISMATCH" });
  });

  test("that is finished is left as it is, and refused when its predictions were edited", async () => {
    const out = join(folder, "finished");
    const first = await run(plain(out));
    expect(await run(plain(out))).toEqual(first);
    const file = join(out, "grader", "predictions.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace("case-001", "case-002"));
    await expect(run(plain(out))).rejects.toMatchObject({ code: "PREDICTIONS_CHANGED", exit: 5 });
  });
});
