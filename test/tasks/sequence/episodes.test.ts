/** Episode-by-episode comparison, in cases small enough to work by hand. */
import { describe, expect, it } from "vitest";
import {
  compareEpisodes,
  episodesOf,
  type Episode,
  type EpisodeRules,
} from "../../../src/tasks/forms/sequence/episodes.js";
import { marks } from "./marks.js";

type Times = [from: number, to: number | null, extremum?: number];

const episodes = (times: readonly Times[]): Episode[] =>
  times.map(([from, to, extremum]) => ({ from, to, ...(extremum === undefined ? {} : { extremum }) }));

/** `found/all confirmed/all covered/time true/time` */
function compared(
  reference: readonly Times[],
  test: readonly Times[],
  rules: EpisodeRules = {},
  { start = 0, length = 10_000 }: { start?: number; length?: number } = {},
): string {
  const result = compareEpisodes(episodes(reference), episodes(test), { fs: 1, length, start }, rules);
  const { episodeSensitivity, episodePpv, durationSensitivity, durationPpv } = result;
  return [episodeSensitivity, episodePpv, durationSensitivity, durationPpv]
    .map(({ numerator, denominator }) => `${numerator}/${denominator}`)
    .join(" ");
}

describe("episodes", () => {
  it("meet by any overlap, and not by touching", () => {
    expect(compared([[100, 300]], [[299, 500]])).toBe("1/1 1/1 1/200 1/201");
    expect(compared([[100, 300]], [[300, 500]])).toBe("0/1 0/1 0/200 0/200");
    expect(compared([[300, 500]], [[100, 300]])).toBe("0/1 0/1 0/200 0/200");
  });

  it("may be met by several, or several by one", () => {
    expect(
      compared(
        [[0, 900]],
        [
          [100, 200],
          [400, 500],
        ],
      ),
    ).toBe("1/1 2/2 200/900 200/200");
    expect(
      compared(
        [
          [100, 200],
          [400, 500],
        ],
        [[0, 900]],
      ),
    ).toBe("2/2 1/1 200/200 200/900");
  });

  it("of one side that overlap count each, and their time once", () => {
    expect(
      compared(
        [
          [100, 300],
          [200, 400],
        ],
        [[250, 350]],
      ),
    ).toBe("2/2 1/1 100/300 100/100");
  });

  it("that do not end last to the end of the record", () => {
    expect(compared([[9000, null]], [[9500, null]])).toBe("1/1 1/1 500/1000 500/500");
  });

  it("count as far as they lie in the test period", () => {
    expect(compared([[100, 500]], [[100, 500]], {}, { start: 300, length: 400 })).toBe("1/1 1/1 100/100 100/100");
    expect(compared([[100, 500]], [[100, 301]], {}, { start: 300 })).toBe("1/1 1/1 1/200 1/1");
    expect(compared([[100, 300]], [[100, 300]], {}, { start: 300 })).toBe("0/0 0/0 0/0 0/0");
    expect(compared([[400, 500]], [[400, null]], {}, { length: 400 })).toBe("0/0 0/0 0/0 0/0");
  });

  it("shorter than the least length are left out on their own side only", () => {
    expect(
      compared(
        [
          [100, 200],
          [400, 499],
        ],
        [[100, 199]],
        { atLeast: 100 },
      ),
    ).toBe("1/1 0/0 99/100 0/0");
  });

  it("of the ST segment must overlap by half or over the extremum", () => {
    const rules = { meets: "half-or-extremum" } as const;
    expect(compared([[100, 200]], [[150, 250]], rules)).toBe("1/1 1/1 50/100 50/100");
    expect(compared([[100, 200]], [[151, 251]], rules)).toBe("0/1 0/1 49/100 49/100");
    expect(compared([[100, 200, 151]], [[151, 251]], rules)).toBe("1/1 0/1 49/100 49/100");
    expect(compared([[100, 200, 150]], [[151, 251, 201]], rules)).toBe("0/1 0/1 49/100 49/100");
    expect(compared([[100, 200, 110]], [[90, 110, 100]], rules)).toBe("1/1 1/1 10/100 10/20");
    expect(
      compared(
        [[100, 200, 150]],
        [
          [100, 110],
          [145, 155],
        ],
        rules,
      ),
    ).toBe("1/1 2/2 20/100 20/20");
    expect(compared([[100, 200, 150]], [[300, 400]], rules)).toBe("0/1 0/1 0/100 0/100");
    expect(compared([[100, 200, 200]], [[200, 400]], rules)).toBe("0/1 0/1 0/100 0/200");
  });

  it("of nothing are nothing", () => {
    expect(compared([], [])).toBe("0/0 0/0 0/0 0/0");
  });
});

describe("episodes in a list of annotations", () => {
  it("of ventricular fibrillation go from bracket to bracket", () => {
    expect(episodesOf(marks("100[ 150N 200] 250] 300[ 320[ 400] 500["), "VF")).toEqual([
      { from: 100, to: 200 },
      { from: 300, to: 400 },
      { from: 500, to: null },
    ]);
  });

  it("of a rhythm go from its label to the next other one", () => {
    const labels = marks("100+(N 200+(AFIB 250[ 300+(AFIB 400+(AFL 500+(N 600+(AFIB");
    expect(episodesOf(labels, "AF")).toEqual([
      { from: 200, to: 400 },
      { from: 600, to: null },
    ]);
    expect(episodesOf(labels, "AFL")).toEqual([{ from: 400, to: 500 }]);
    expect(episodesOf(marks("100+(AFIBx 200+x(AFIB"), "AF")).toEqual([{ from: 100, to: 200 }]);
    expect(episodesOf([{ sample: 5, symbol: "+" }], "AF")).toEqual([]);
  });
});
