/** What the figures of a benchmark were measured on, and how busy it was. */
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    loadOneMinute: Math.round(10 * loadavg()[0]) / 10,
  };
}
