/**
 * Draws mutants by seed: a mutant is run when the hash of the seed, its place and its change falls below the share, the rest
 * are counted as not drawn. So a draw doesn't depend on the order or number of mutants elsewhere. MEDASSAY_DRAW is "seed:share".
 */
import { createHash } from "node:crypto";
import { relative } from "node:path";
import { PluginKind, declareFactoryPlugin } from "@stryker-mutator/api/plugin";

export const notDrawn = "not drawn";

/** @returns {{ seed: string, share: number } | undefined} what MEDASSAY_DRAW asks for */
export function readDraw(text = process.env["MEDASSAY_DRAW"]) {
  if (text === undefined) return undefined;
  const [seed, share] = text.split(":");
  if (!seed || !(Number(share) > 0 && Number(share) <= 1)) throw new Error("MEDASSAY_DRAW is SEED:SHARE, as in 1:0.12");
  return { seed, share: Number(share) };
}

function isDrawn({ seed, share }, mutant) {
  const { start, end } = mutant.location;
  const file = relative(process.cwd(), mutant.fileName).split("\\").join("/");
  const what = [seed, file, start.line, start.column, end.line, end.column, mutant.mutatorName, mutant.replacement];
  return createHash("sha256").update(JSON.stringify(what)).digest().readUInt32BE(0) / 4_294_967_296 < share;
}

function drawChecker() {
  const draw = readDraw();
  const judge = (mutant) =>
    draw === undefined || isDrawn(draw, mutant) ? { status: "passed" } : { status: "compileError", reason: notDrawn };
  return {
    async init() {},
    async check(mutants) {
      return Object.fromEntries(mutants.map((mutant) => [mutant.id, judge(mutant)]));
    },
    async group(mutants) {
      return [mutants.map(({ id }) => id)];
    },
  };
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, "draw", drawChecker)];
