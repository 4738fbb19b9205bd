/** Run-by-run comparison, in cases small enough to work by hand: beats at every 200th sample. */
import { describe, expect, it } from "vitest";
import type { RunKind } from "../../../src/metrics/index.js";
import { compareRuns } from "../../../src/tasks/forms/sequence/runs.js";
import { marks } from "./marks.js";

/** A beat every 200 samples from 200, by its letter; `.` is none. */
const beats = (letters: string): string =>
  [...letters].flatMap((letter, at) => (letter === "." ? [] : [`${200 * (at + 1)}${letter}`])).join(" ");

/** [found, missed, confirmed, false] by length, those with any. */
function runs(
  reference: string,
  test: string,
  kind: RunKind = "ventricular",
  { start = 0, length = 100_000 }: { start?: number; length?: number } = {},
): Record<string, readonly number[]> {
  const counts = compareRuns(marks(reference), marks(test), { fs: 250, length, start }, kind);
  return Object.fromEntries(
    Object.entries(counts)
      .map(([name, of]) => [name, [of.found, of.missed, of.confirmed, of.false]] as const)
      .filter(([, of]) => of.some((count) => count > 0)),
  );
}

describe("runs of ventricular beats", () => {
  it("are couplets, short and long runs; single beats are none", () => {
    const all = beats("NVNVVNVVVNVVVVVNVVVVVVNVVVVVVVVN");
    expect(runs(all, all)).toEqual({ couplet: [1, 0, 1, 0], shortRun: [2, 0, 2, 0], longRun: [2, 0, 2, 0] });
  });

  it("go on over fusion beats, and end at N, S and Q", () => {
    const fused = beats("NVFVN");
    expect(runs(fused, fused)).toEqual({ shortRun: [1, 0, 1, 0] });
    for (const other of "NAQ") {
      const split = beats(`NVV${other}VVN`);
      expect(runs(split, split)).toEqual({ couplet: [2, 0, 2, 0] });
    }
  });

  it("are found by a run of the least length of their kind", () => {
    expect(runs(beats("NVVN"), beats("NVNN"))).toEqual({ couplet: [0, 1, 0, 0] });
    expect(runs(beats("NVVVVVN"), beats("NVVVNNN"))).toEqual({ shortRun: [1, 0, 1, 0] });
    expect(runs(beats("NVVVVN"), beats("NVNVVN"))).toEqual({ couplet: [0, 0, 1, 0], shortRun: [0, 1, 0, 0] });
    expect(runs(beats("NVVVVVVN"), beats("NVVVVVNN"))).toEqual({ shortRun: [0, 0, 1, 0], longRun: [0, 1, 0, 0] });
    expect(runs(beats("NVVVVVVVN"), beats("NNVVVVVVN"))).toEqual({ longRun: [1, 0, 1, 0] });
  });

  it("are false where the reference has no run as long", () => {
    expect(runs(beats("NVVNVVNN"), beats("NVVVVVNN"))).toEqual({ couplet: [2, 0, 0, 0], shortRun: [0, 0, 0, 1] });
  });

  it("are looked for a window before and after", () => {
    expect(runs("200N 400V 600V 800N", "200N 362V 638V 800N")).toEqual({ couplet: [1, 0, 1, 0] });
    expect(runs("200N 400V 600V 800N", "200N 361V 600V 800N")).toEqual({ couplet: [0, 1, 1, 0] });
    expect(runs("200N 400V 600V 800N", "200N 400V 639V 800N")).toEqual({ couplet: [0, 1, 1, 0] });
  });

  it("that the end of the record cuts off are left out: their length is not known", () => {
    expect(runs(beats("NVVN"), beats("NVV"))).toEqual({ couplet: [1, 0, 0, 0] });
    expect(runs(beats("NVVN"), beats("NVVN"), "ventricular", { length: 800 })).toEqual({ couplet: [1, 0, 1, 0] });
    expect(runs(beats("NVVN"), beats("NVVN"), "ventricular", { length: 799 })).toEqual({});
  });

  it("begin in the test period", () => {
    const all = beats("VVVVN");
    expect(runs(all, all, "ventricular", { start: 400 })).toEqual({ shortRun: [1, 0, 1, 0] });
    expect(runs(all, all, "ventricular", { start: 401 })).toEqual({ couplet: [1, 0, 1, 0] });
  });

  it("end where the signal becomes unreadable, not where that lasts or ends", () => {
    const cut = "200N 400V 600V 650~48 750~48 760~0 800V 1000V 1100~0 1200V 1400N";
    expect(runs(cut, cut)).toEqual({ couplet: [1, 0, 1, 0], shortRun: [1, 0, 1, 0] });
    const noisy = "200N 400V 600V 650~48 700| 800V 850~48 900V 1000~0 1100N";
    expect(runs(noisy, noisy)).toEqual({ couplet: [2, 0, 2, 0] });
    const twice = "200N 400V 600V 650~48 660~0 800V 1000V 1050~48 1060~0 1200N";
    expect(runs(twice, twice)).toEqual({ couplet: [2, 0, 2, 0] });
  });

  it("go on over marks that are no beats and labels of atrial fibrillation", () => {
    const marked = "200N 400V 500| 600V 700+(AFIB 800V 900+(N 1000N";
    expect(runs(marked, marked)).toEqual({ shortRun: [1, 0, 1, 0] });
    // The run ends with its last beat, not with the label.
    expect(runs("200N 400V 600V 700+(AFIB 900+(N 1000N", "200N 400V 639V 1000N").couplet).toEqual([0, 1, 1, 0]);
  });
});

describe("ventricular fibrillation as a run", () => {
  const fibrillation = "200N 390[ 1400] 1600N";

  it("is a long one, from bracket to bracket or by rhythm label", () => {
    expect(runs(fibrillation, fibrillation)).toEqual({ longRun: [1, 0, 1, 0] });
    expect(runs("200N 390+(VFL 1400+(N 1600N", fibrillation)).toEqual({ longRun: [1, 0, 1, 0] });
    expect(runs(fibrillation, beats("NVVVVVVN"))).toEqual({ longRun: [1, 0, 1, 0] });
    expect(runs(fibrillation, beats("NVVVNNNN"))).toEqual({ shortRun: [0, 0, 1, 0], longRun: [0, 1, 0, 0] });
  });

  it("makes the run long that it begins in, and goes on with the beats after it", () => {
    const within = "200N 400V 500[ 900] 1000N";
    expect(runs(within, "200N 450V 500V 600V 700V 800V 920V 1000N")).toEqual({ longRun: [1, 0, 1, 0] });
    // The run ends with the beat at 1000: the window reaches 1038.
    const after = "200N 500[ 900] 1000V 1200N";
    expect(runs(after, "200N 980[ 1100] 1300N")).toEqual({ longRun: [1, 0, 0, 1] });
    expect(runs(after, "200N 1038[ 1100] 1300N")).toEqual({ longRun: [1, 0, 0, 1] });
    expect(runs(after, "200N 1039[ 1100] 1300N")).toEqual({ longRun: [0, 1, 0, 1] });
  });

  it("of the other side counts where it reaches into the window", () => {
    const couplet = "200N 1000V 1200V 1400N";
    const ending = (at: number) => runs(couplet, `200N 300[ ${at}] 1900N`).couplet;
    expect(ending(963)).toEqual([1, 0, 0, 0]);
    expect(ending(962)).toEqual([0, 1, 0, 0]);
    expect(ending(961)).toEqual([0, 1, 0, 0]);
    expect(runs(couplet, "200N 300[ 400| 500x 963] 1900N").couplet).toEqual([1, 0, 0, 0]);
    const beginning = (at: number) => runs(couplet, `200N ${at}[ 1800] 1900N`).couplet;
    expect(beginning(1238)).toEqual([1, 0, 0, 0]);
    expect(beginning(1239)).toEqual([0, 1, 0, 0]);
    expect(runs(couplet, "200N 300[").couplet).toEqual([1, 0, 0, 0]);
  });

  it("that goes on at the start of the test period is a run from there", () => {
    const at = (start: number) => runs("200N 390[ 1400] 1600N", "200N 1600N", "ventricular", { start });
    expect(at(1400)).toEqual({ longRun: [0, 1, 0, 0] });
    expect(at(1401)).toEqual({});
    expect(at(390)).toEqual({ longRun: [0, 1, 0, 0] });
    // From a window before the start.
    const before = (sample: number) =>
      runs("200N 390[ 1400] 1600N", `200N 300[ ${sample}] 1700N`, "ventricular", { start: 1400 }).longRun?.[0];
    expect([before(1363), before(1362)]).toEqual([1, 0]);
  });

  it("ends where the signal becomes unreadable", () => {
    expect(runs("200N 1000V 1200V 1400N", "200N 300[ 600~48 1500~0 1600] 1700N").couplet).toEqual([0, 1, 0, 0]);
  });

  it("begins with its first bracket", () => {
    expect(runs("200N 1000V 1200V 1400N", "200N 1238[ 1300[ 1400+(VF 1800] 1900N").couplet).toEqual([1, 0, 0, 0]);
  });

  it("that a beat interrupts leaves nothing for the run after it", () => {
    const after = "200N 390[ 500N 900] 1000V 1200V 1400N";
    expect(runs(after, "200N 961V 1200V 1400N").couplet).toEqual([0, 1, 1, 0]);
    expect(runs(after, "200N 962V 1200V 1400N").couplet).toEqual([1, 0, 1, 0]);
  });

  it("begins once: a bracket or label within it changes nothing", () => {
    const twice = "200N 390[ 500[ 600+(VF 1400] 1500] 1600V 1800N";
    expect(runs(twice, twice)).toEqual({ longRun: [1, 0, 1, 0] });
    expect(runs("200N 300] 400V 600V 800N", beats("NVVN"))).toEqual({ couplet: [1, 0, 1, 0] });
  });
});

describe("runs of supraventricular beats", () => {
  it("are of S beats; N, Q, V and F end them", () => {
    const all = beats("NAANAAAQAAVJaFeeN");
    expect(runs(all, all, "supraventricular")).toEqual({ couplet: [4, 0, 4, 0], shortRun: [1, 0, 1, 0] });
    expect(runs(all, all, "ventricular")).toEqual({});
  });

  it("are of N beats too within atrial fibrillation, which is a long run itself", () => {
    const fibrillation = "200N 300+(AFIB 400N 600N 700+(N 800N";
    expect(runs(fibrillation, fibrillation, "supraventricular")).toEqual({ longRun: [1, 0, 1, 0] });
    expect(runs(fibrillation, beats("NAANN"), "supraventricular")).toEqual({
      couplet: [0, 0, 1, 0],
      longRun: [0, 1, 0, 0],
    });
    const broken = "200N 300+(AFIB 400N 600V 800N 1000N 1050+(N 1200N";
    expect(runs(broken, broken, "supraventricular")).toEqual({ couplet: [1, 0, 1, 0], longRun: [1, 0, 1, 0] });
  });

  it("go on over a closing bracket, which ends no atrial fibrillation", () => {
    const fibrillation = "200N 300+(AFIB 350] 400N 600N 700+(N 800N";
    expect(runs(fibrillation, "200N 650+(AFIB 900+(N 1000N", "supraventricular").longRun).toEqual([1, 0, 1, 0]);
  });

  it("end with ventricular fibrillation, which ends atrial fibrillation too", () => {
    const cut = "200N 400A 600A 700[ 750] 800A 1000A 1200N";
    expect(runs(cut, cut, "supraventricular")).toEqual({ couplet: [2, 0, 2, 0] });
    const both = "200N 300+(AFIB 400N 600[ 700] 800N 1000N 1200N";
    expect(runs(both, both, "supraventricular")).toEqual({ longRun: [1, 0, 1, 0] });
    expect(runs("200N 900A 1000A 1200N", both, "supraventricular").couplet).toEqual([0, 1, 0, 0]);
  });

  it("are told by labels that have a text", () => {
    const { shortRun } = compareRuns(
      [...marks("200N 400A 600A"), { sample: 700, symbol: "+" }, ...marks("800A 1000N")],
      marks(beats("NAAAN")),
      { fs: 250, length: 5000, start: 0 },
      "supraventricular",
    );
    expect(shortRun).toEqual({ found: 1, missed: 0, confirmed: 1, false: 0 });
  });

  it("are none of ventricular fibrillation", () => {
    expect(runs("200N 390[ 1400] 1600N", "200N 390[ 1400] 1600N", "supraventricular")).toEqual({});
  });
});
