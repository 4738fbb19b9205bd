/** The parent's side of a child: frames, deadlines held here by SIGKILL, why the child ended. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { fail } from "../contract/errors.js";
import type { FailureCode } from "../contract/prediction.js";
import { encodeFrame, FrameDecoder } from "./frames.js";
import type { ChildReply, ChildRequest } from "./messages.js";
import { residentBytes } from "./resident-memory.js";

/** How to start one child. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Bytes for descriptor 4 (the seccomp program), where the plan needs them. */
  readonly filter: Buffer | null;
}

/** The child ended before it answered. `inFlight`: the request was being worked on, and may be the cause. */
export class ChildEnded extends Error {
  constructor(
    readonly code: Extract<FailureCode, "MODEL_CRASHED" | "MODEL_OUT_OF_MEMORY" | "MODEL_TIMEOUT">,
    readonly inFlight: boolean,
    message: string,
  ) {
    super(message);
  }
}

interface Pending {
  readonly deadlineMs: number;
  readonly resolve: (reply: ChildReply) => void;
  readonly reject: (error: unknown) => void;
}

const startDeadlineMs = 30_000;
const memoryPollMs = 250;

let lastEnd: Date | null = null;
let alive = 0;

/** When the last child of this process ended; null while one lives, or when there was none. */
export function lastProcessEnd(): Date | null {
  return alive > 0 ? null : lastEnd;
}

/** One child. Requests are answered in order; the deadline of each starts when the one before it is answered. */
export class ChildProcessOfModel {
  readonly #process: ChildProcess;
  readonly #pending: Pending[] = [];
  readonly #memoryLimit: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #endedBy: "deadline" | "memory" | "protocol" | "us" | null = null;
  #ended = false;
  #earlyWords = "";
  readonly exited: Promise<void>;

  /** Starts a child and waits until its modules are loaded. @throws INFERENCE_CHILD_FAILED */
  static async start(plan: LaunchPlan, memoryMb?: number): Promise<ChildProcessOfModel> {
    const child = new ChildProcessOfModel(plan, memoryMb);
    try {
      const first = await child.#next(startDeadlineMs);
      if (first.type !== "ready") fail("INFERENCE_CHILD_FAILED", "a child spoke before it was ready");
      child.#earlyWords = "";
      return child;
    } catch (error) {
      await child.end();
      if (error instanceof ChildEnded) {
        // Words before a model is loaded are those of the system or of our own code.
        fail("INFERENCE_CHILD_FAILED", `${plan.command}: ${error.message} ${child.#earlyWords}`.trim(), {
          cause: error,
        });
      }
      throw error;
    }
  }

  private constructor(plan: LaunchPlan, memoryMb: number | undefined) {
    this.#memoryLimit = memoryMb === undefined ? undefined : memoryMb * 1024 * 1024;
    const stdio: ("pipe" | "ignore")[] = ["pipe", "ignore", "pipe", "pipe"];
    if (plan.filter) stdio.push("pipe");
    // A group of its own: Ctrl-C reaches the parent alone, and what the child starts can be killed with it.
    this.#process = spawn(plan.command, plan.args, { env: { ...plan.env }, stdio, detached: true, cwd: "/" });
    alive++;
    const decoder = new FrameDecoder();
    const replies = this.#process.stdio[3] as Duplex | null | undefined;
    replies?.on("data", (piece: Buffer) => {
      try {
        for (const message of decoder.push(piece)) this.#answer(message as ChildReply);
      } catch {
        this.#kill("protocol");
      }
    });
    replies?.on("error", () => {});
    this.#process.stderr?.on("data", (piece: Buffer) => {
      // Kept until the child is ready; what comes later may be the model's words and goes nowhere.
      if (this.#earlyWords.length < 1000) this.#earlyWords += piece.toString("latin1").slice(0, 1000);
    });
    this.#process.stdin?.on("error", () => {});
    const filter = this.#process.stdio[4] as Duplex | null | undefined;
    if (plan.filter && filter) {
      filter.on("error", () => {});
      filter.end(plan.filter);
    }
    this.exited = new Promise((resolve) => {
      const settle = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.#ended) return;
        this.#ended = true;
        clearTimeout(this.#timer);
        clearInterval(this.#poll);
        alive--;
        lastEnd = new Date();
        const { failure, text } = this.#reason(code, signal);
        for (const [index, pending] of this.#pending.splice(0).entries())
          pending.reject(new ChildEnded(failure, index === 0, text));
        resolve();
      };
      this.#process.once("error", (error) => {
        this.#earlyWords += error.message;
        settle(null, null);
      });
      // Replies that were written before the end may still be on their way: "close" comes after them.
      this.#process.once("close", settle);
      this.#process.once("exit", (code, signal) => setTimeout(() => settle(code, signal), 1000).unref());
    });
    if (this.#memoryLimit !== undefined) {
      this.#poll = setInterval(() => this.#watchMemory(), memoryPollMs);
      this.#poll.unref();
    }
  }

  #watchMemory(): void {
    const { pid } = this.#process;
    if (pid !== undefined && this.#pending.length > 0 && residentBytes(pid) > (this.#memoryLimit as number))
      this.#kill("memory");
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): { failure: ChildEnded["code"]; text: string } {
    if (this.#endedBy === "deadline") return { failure: "MODEL_TIMEOUT", text: "the deadline passed" };
    if (this.#endedBy === "memory")
      return { failure: "MODEL_OUT_OF_MEMORY", text: "the process took more memory than it is given" };
    // Without our doing, SIGKILL comes from the kernel, which does so when memory runs out.
    if (signal === "SIGKILL" || code === 137)
      return { failure: "MODEL_OUT_OF_MEMORY", text: "the process was killed by the system" };
    const how = signal ?? (code !== null && code > 128 ? `signal ${code - 128}` : `exit code ${code ?? "none"}`);
    return { failure: "MODEL_CRASHED", text: `the process ended by ${how}` };
  }

  #answer(reply: ChildReply): void {
    clearTimeout(this.#timer);
    const pending = this.#pending.shift();
    if (!pending) return this.#kill("protocol");
    this.#startTimer();
    pending.resolve(reply);
  }

  #startTimer(): void {
    const head = this.#pending[0];
    if (head) this.#timer = setTimeout(() => this.#kill("deadline"), head.deadlineMs);
  }

  #next(deadlineMs: number): Promise<ChildReply> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new ChildEnded("MODEL_CRASHED", false, "the process has ended"));
      this.#pending.push({ deadlineMs, resolve, reject });
      if (this.#pending.length === 1) this.#startTimer();
    });
  }

  /** Sends a request. @throws ChildEnded */
  request(message: ChildRequest, deadlineMs: number): Promise<ChildReply> {
    const reply = this.#next(deadlineMs);
    if (!this.#ended) this.#process.stdin?.write(encodeFrame(message));
    return reply;
  }

  #kill(reason: "deadline" | "memory" | "protocol" | "us"): void {
    this.#endedBy ??= reason;
    const { pid } = this.#process;
    if (this.#ended || pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      this.#process.kill("SIGKILL");
    }
  }

  /** Ends the child now and waits until it is gone. */
  async end(): Promise<void> {
    this.#kill("us");
    await this.exited;
  }
}
