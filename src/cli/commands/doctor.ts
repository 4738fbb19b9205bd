/** `doctor`: what this machine can do, why it matters, and the fix. */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { availableParallelism, totalmem } from "node:os";
import { packageRoot } from "../../contract/tool.js";
import { exitCodes } from "../../contract/errors.js";
import { defineCommand } from "../command.js";

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly ok: boolean;
  readonly why: { readonly "zh-CN": string; readonly en: string };
  readonly fix: { readonly "zh-CN": string; readonly en: string } | null;
}

async function examine(): Promise<Finding[]> {
  const { onnxruntimeVersion } = await import("../../inference/child-module.js");
  const { measureIsolation } = await import("../../inference/isolation.js");
  const isolation = await measureIsolation(join(packageRoot, "models"));
  const disk = await statfs(process.cwd());
  const freeGb = (disk.bavail * disk.bsize) / 1e9;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const possible = Object.entries(isolation.probes)
    .filter(([, succeeded]) => succeeded)
    .map(([probe]) => probe);
  return [
    {
      name: "Node",
      state: process.versions.node,
      ok: major > 20 || (major === 20 && minor >= 19),
      why: { "zh-CN": "运行环境", en: "what everything runs on" },
      fix: { "zh-CN": "安装 Node 20.19 或更高版本", en: "install Node 20.19 or later" },
    },
    {
      name: "ONNX Runtime",
      state: onnxruntimeVersion() ?? "missing",
      ok: onnxruntimeVersion() !== null,
      why: { "zh-CN": "运行提交的模型", en: "runs the submitted models" },
      fix: { "zh-CN": "重新安装 medassay", en: "install medassay again" },
    },
    {
      name: "isolation",
      state: `${isolation.level} (${isolation.method})${possible.length > 0 ? `; a child can still: ${possible.join(", ")}` : ""}`,
      ok: isolation.level === "L3",
      why: {
        "zh-CN": "盲测时模型进程与真值、网络隔离的程度",
        en: "how far model processes are kept from truth and network in a blinded test",
      },
      fix: {
        "zh-CN": "安装 bubblewrap 并启用用户命名空间，可达 L3",
        en: "install bubblewrap and allow user namespaces to reach L3",
      },
    },
    {
      name: "cores, memory",
      state: `${availableParallelism()}, ${(totalmem() / 1e9).toFixed(1)} GB`,
      ok: totalmem() > 2e9,
      why: { "zh-CN": "决定同时运行的进程数", en: "decides how many processes run at once" },
      fix: { "zh-CN": "用 --jobs 减少进程数", en: "use fewer processes with --jobs" },
    },
    {
      name: "free disk",
      state: `${freeGb.toFixed(1)} GB`,
      ok: freeGb > 3,
      why: { "zh-CN": "演示测试集约需 1.2 GB", en: "the demo's test sets take about 1.2 GB" },
      fix: { "zh-CN": "清理磁盘", en: "free some space" },
    },
  ];
}

export const doctorCommand = defineCommand({
  usage: "doctor",
  describe: {
    "zh-CN": "检查本机能力：隔离级别、运行时、磁盘",
    en: "what this machine can do: isolation level, runtime, disk",
  },
  positionals: {},
  options: {},
  async handle(_args, { terminal }) {
    const findings = await examine();
    const lines = findings.map(({ name, state, ok, why, fix }) => {
      const { lang } = terminal.options;
      const mark = ok ? terminal.paint("green", "✓") : terminal.paint("yellow", "!");
      return `${mark} ${name}: ${state}\n    ${why[lang]}${ok || !fix ? "" : `\n    → ${fix[lang]}`}`;
    });
    terminal.result(findings, lines.join("\n"));
    return exitCodes.done;
  },
});
