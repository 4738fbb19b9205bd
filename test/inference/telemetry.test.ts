/** ONNX Runtime's telemetry is off in the process that loads it, even in an empty home, outside any CI, without the variable. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { childModule } from "../../src/inference/child-module.js";
import { ChildProcessOfModel } from "../../src/inference/child-process.js";
import { sha256 } from "../../src/storage/hashing.js";
import { brightnessGrader, temporaryFolder } from "./fixtures.js";

const folder = temporaryFolder();
const modelFile = join(folder, "model.onnx");
writeFileSync(modelFile, brightnessGrader());

/** An environment as an ordinary user's: none of the variables that switch telemetry off. */
function bareHome(name: string): { home: string; env: Record<string, string> } {
  const home = join(folder, name);
  mkdirSync(join(home, "tmp"), { recursive: true });
  return { home, env: { PATH: process.env.PATH ?? "", HOME: home, TMPDIR: join(home, "tmp") } };
}
const filesIn = (home: string) =>
  readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

describe("under an empty home without CI, GITHUB_ACTIONS, TF_BUILD and ORT_DISABLE_TELEMETRY", () => {
  test("our child writes no file", async () => {
    const { home, env } = bareHome("ours");
    const child = await ChildProcessOfModel.start({
      command: process.execPath,
      args: [childModule()],
      env,
      filter: null,
    });
    const reply = await child.request(
      {
        type: "open",
        model: { path: modelFile, sha256: sha256(brightnessGrader()) },
        inputs: [{ name: "image", dtype: "float32", shape: [1, 3, 16, 16], axes: [], preprocess: [] }],
        outputs: [],
        postprocess: [],
        kind: "image",
      },
      30_000,
    );
    expect(reply.type).toBe("opened");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await child.end();
    expect(filesIn(home)).toEqual([]);
  });

  test("ONNX Runtime by itself does: this test would notice", () => {
    const { home, env } = bareHome("control");
    const script = `require("onnxruntime-node").InferenceSession.create(process.argv[1]).then(() => setTimeout(() => process.exit(0), 1000))`;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    execFileSync(process.execPath, ["-e", script, modelFile], { env, cwd: root, stdio: "ignore" });
    expect(filesIn(home).length).toBeGreaterThan(0);
  });
});
