/**
 * How a child is started so that a model can reach nothing: L3 bubblewrap (own file tree, no network, seccomp, limits),
 * L2 user and network namespaces by unshare, L1 another user without privileges, L0 a plain process with limits.
 * The level is not assumed: a probe child tries to read, write and connect, and the level is what it could not do.
 */
import { existsSync, lstatSync, mkdtempSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fail } from "../contract/errors.js";
import { isolationLevels, type IsolationLevel } from "../contract/run.js";
import { childModule, codeFolders, codeLinks } from "./child-module.js";
import { ChildProcessOfModel, type LaunchPlan } from "./child-process.js";
import { seccompProgram } from "./seccomp.js";

export interface ChildNeeds {
  /** Absolute paths that the child reads. */
  readonly read: readonly string[];
  /** Writable private memory. */
  readonly memoryMb: number;
}

export type IsolationMethod = "bubblewrap" | "unshare" | "other-user" | "plain";

export interface Isolation {
  readonly level: IsolationLevel;
  readonly method: string;
  /** What the probe child could do. */
  readonly probes: Readonly<Record<string, boolean>>;
  plan(needs: ChildNeeds): LaunchPlan;
}

const levelOf: Readonly<Record<IsolationMethod, IsolationLevel>> = {
  bubblewrap: "L3",
  unshare: "L2",
  "other-user": "L1",
  plain: "L0",
};

/**
 * The strongest isolation that this machine gives, measured. `see` is a folder that children must be able to read.
 * @param methods tried in this order; all by default
 * @throws INFERENCE_CHILD_FAILED when not even a plain child starts
 */
export async function measureIsolation(
  see: string,
  methods: readonly IsolationMethod[] = allMethods,
): Promise<Isolation> {
  let last: unknown;
  for (const method of methods) {
    const plan = planner(method);
    if (!plan) continue;
    try {
      const probes = await probeWith(plan, see);
      if (!probes.seeCases) continue;
      const { seeCases: _, ...shown } = probes;
      const level = reachedLevel(method, shown);
      return {
        level,
        method: method === "bubblewrap" && seccompProgram() ? "bubblewrap+seccomp" : method,
        probes: shown,
        plan,
      };
    } catch (error) {
      last = error;
    }
  }
  fail("INFERENCE_CHILD_FAILED", `no process for models could be started: ${String(last).slice(0, 500)}`, {
    cause: last,
  });
}

const allMethods: readonly IsolationMethod[] = ["bubblewrap", "unshare", "other-user", "plain"];

/** @throws ISOLATION_TOO_WEAK */
export function demandIsolation(isolation: Isolation, atLeast: IsolationLevel): void {
  if (isolationLevels.indexOf(isolation.level) < isolationLevels.indexOf(atLeast))
    fail("ISOLATION_TOO_WEAK", `isolation ${isolation.level} (${isolation.method}), the protocol demands ${atLeast}`);
}

function reachedLevel(method: IsolationMethod, probes: Readonly<Record<string, boolean>>): IsolationLevel {
  const level = levelOf[method];
  if (level === "L3" && !probes.readOutside && !probes.writeOutside && !probes.connect) return "L3";
  if ((level === "L3" || level === "L2") && !probes.connect) return "L2";
  return level === "L1" ? "L1" : "L0";
}

async function probeWith(plan: (needs: ChildNeeds) => LaunchPlan, see: string): Promise<Record<string, boolean>> {
  const outside = mkdtempSync(join(tmpdir(), "medassay-probe-"));
  const server = createServer((socket) => socket.destroy());
  try {
    const read = join(outside, "read");
    writeFileSync(read, "x");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const child = await ChildProcessOfModel.start(plan({ read: [see], memoryMb: 4096 }));
    try {
      const reply = await child.request({ type: "probe", read, write: join(outside, "write"), port, see }, 20_000);
      if (reply.type !== "probed") fail("INFERENCE_CHILD_FAILED", "the probe child gave another answer");
      return { ...reply.probes };
    } finally {
      await child.end();
    }
  } finally {
    server.close();
    rmSync(outside, { recursive: true, force: true });
  }
}

function findProgram(name: string): string | null {
  for (const folder of (process.env.PATH ?? "/usr/bin:/bin").split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, name);
    if (existsSync(file)) return file;
  }
  return null;
}

const environment = {
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent",
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  ORT_DISABLE_TELEMETRY: "1",
  VIPS_CONCURRENCY: "1",
} as const;

/** Limits by prlimit(1): writable private memory, open files, no core file, no written files. */
function limited(memoryMb: number, command: readonly string[]): string[] {
  const prlimit = findProgram("prlimit");
  if (!prlimit) return [...command];
  const bytes = Math.round(memoryMb * 1024 * 1024);
  return [prlimit, `--data=${bytes}`, "--nofile=256", "--core=0", "--fsize=0", "--memlock=0", "--", ...command];
}

function planOf(command: readonly string[], env: Readonly<Record<string, string>>, filter: Buffer | null): LaunchPlan {
  return { command: command[0] as string, args: command.slice(1), env, filter };
}

/** The planner of a method, or null where the machine lacks what it needs. */
function planner(method: IsolationMethod): ((needs: ChildNeeds) => LaunchPlan) | null {
  const node = realpathSync(process.execPath);
  const child = childModule();
  const setpriv = findProgram("setpriv");
  if (method === "bubblewrap") {
    const bwrap = process.platform === "linux" ? findProgram("bwrap") : null;
    if (!bwrap) return null;
    const filter = seccompProgram();
    return ({ read, memoryMb }) =>
      planOf(
        limited(memoryMb, [bwrap, ...bubblewrapArguments(node, read, filter !== null), node, child]),
        environment,
        filter,
      );
  }
  if (method === "unshare") {
    const unshare = process.platform === "linux" ? findProgram("unshare") : null;
    if (!unshare || !setpriv) return null;
    const drop = [setpriv, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--pdeathsig", "KILL", "--"];
    const spaces = [unshare, "--user", "--map-root-user", "--net", "--mount", "--ipc", "--uts", "--"];
    return ({ memoryMb }) => planOf([...spaces, ...drop, ...limited(memoryMb, [node, child])], environment, null);
  }
  if (method === "other-user") {
    if (process.getuid?.() !== 0 || !setpriv) return null;
    const drop = [setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs"];
    const caps = ["--inh-caps=-all", "--bounding-set=-all", "--pdeathsig", "KILL", "--"];
    return ({ memoryMb }) => planOf([...drop, ...caps, ...limited(memoryMb, [node, child])], environment, null);
  }
  if (setpriv) {
    const tie = [setpriv, "--pdeathsig", "KILL", "--"];
    return ({ memoryMb }) => planOf([...tie, ...limited(memoryMb, [node, child])], environment, null);
  }
  return ({ memoryMb }) =>
    planOf(limited(memoryMb, [node, child]), { ...environment, MEDASSAY_WATCH_PARENT: "1" }, null);
}

/** A file tree of libraries, node, our code and what the child reads, all read-only; nothing else, no network, no other process. */
function bubblewrapArguments(node: string, read: readonly string[], filter: boolean): string[] {
  const args = ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"];
  for (const [name, value] of Object.entries(environment)) args.push("--setenv", name, value);
  args.push("--proc", "/proc", "--dev", "/dev", "--size", String(64 * 1024 * 1024), "--tmpfs", "/tmp");
  for (const folder of ["/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32"]) {
    if (!existsSync(folder)) continue;
    if (lstatSync(folder).isSymbolicLink()) args.push("--symlink", readlinkSync(folder), folder);
    else args.push("--ro-bind", folder, folder);
  }
  const places = new Set(["/etc/ld.so.cache", node, ...codeFolders(), ...read]);
  for (const place of withoutNested([...places].filter((path) => existsSync(path))))
    args.push("--ro-bind", place, place);
  for (const [link, target] of codeLinks()) args.push("--symlink", target, link);
  args.push("--chdir", "/tmp", "--remount-ro", "/", "--remount-ro", "/dev");
  if (filter) args.push("--seccomp", "4");
  return args;
}

/** Places that no other place of the list holds. */
function withoutNested(places: readonly string[]): string[] {
  const all = new Set(places);
  return places.filter((place) => {
    for (let up = dirname(place); up !== dirname(up); up = dirname(up)) if (all.has(up)) return false;
    return true;
  });
}
