/** Runs inside a child: tries what a model must not be able to do, and says what succeeded. */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { ChildReply, ChildRequest } from "./messages.js";

const succeeds = (attempt: () => void): boolean => {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
};

/** `read`: a file outside; `write`: a place outside; `port`: where the parent listens; `see`: what the child must be able to read. */
export async function probe(request: Extract<ChildRequest, { type: "probe" }>): Promise<ChildReply> {
  const connected = await new Promise<boolean>((resolve) => {
    try {
      const socket = connect({ host: "127.0.0.1", port: request.port, timeout: 1000 });
      const done = (result: boolean) => {
        socket.destroy();
        resolve(result);
      };
      socket.once("connect", () => done(true));
      socket.once("error", () => done(false));
      socket.once("timeout", () => done(false));
    } catch {
      resolve(false);
    }
  });
  return {
    type: "probed",
    probes: {
      readOutside: succeeds(() => readFileSync(request.read)),
      writeOutside: succeeds(() => {
        writeFileSync(request.write, "x");
        rmSync(request.write);
      }),
      connect: connected,
      startProcess: spawnSync(process.execPath, ["--version"], { timeout: 5000 }).status === 0,
      seeCases: succeeds(() => readdirSync(request.see)),
    },
  };
}
