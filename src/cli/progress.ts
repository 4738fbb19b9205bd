/** Turns the stages' progress into bars. */
import type { RunProgress } from "../inference/run.js";
import type { Terminal } from "./terminal.js";

export function showRun(terminal: Terminal, prefix?: string): (progress: RunProgress) => void {
  const start = prefix === undefined ? "" : `${prefix}: `;
  const counts = new Map<string, [number, number]>();
  return ({ phase, submission, done, total }) => {
    if (phase === "admission" && submission !== undefined)
      terminal.say(terminal.text(`准入检查 ${submission}`, `admitting ${submission}`));
    if (phase !== "cases" || submission === undefined || done === undefined || total === undefined) return;
    // All submissions run at once: one bar for all of them.
    counts.set(submission, [done, total]);
    const sums = [...counts.values()].reduce(([a, b], [own, all]) => [a + own, b + all] as [number, number], [0, 0] as [
      number,
      number,
    ]);
    terminal.progress(`${start}${terminal.text("盲测推理", "blind inference")}`, sums[0], sums[1]);
  };
}

export function showReplicates(
  terminal: Terminal,
  prefix?: string,
): (event: { submission?: string; done: number; total: number }) => void {
  const start = prefix === undefined ? "" : `${prefix}: `;
  return ({ submission, done, total }) => {
    const label = `${start}${terminal.text("评价", "evaluating")}${submission === undefined ? "" : ` ${submission}`}`;
    terminal.progress(label, done + 50 >= total ? total : done, total);
  };
}
