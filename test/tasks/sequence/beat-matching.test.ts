/** Beat-by-beat comparison of two annotations of a record, in cases small enough to work by hand. */
import { describe, expect, it } from "vitest";
import { beatRows } from "../../../src/metrics/index.js";
import { matchBeats, matchWindow } from "../../../src/tasks/forms/sequence/beat-matching.js";
import { beatClassOf, opensShutdown } from "../../../src/tasks/forms/sequence/beats.js";
import { marks } from "./marks.js";

/** Counted pairs as `NV` (reference N, test V), in order of time. */
function pairsOf(
  reference: string,
  test: string,
  { start = 0, length = 100_000, window = 38 }: { start?: number; length?: number; window?: number } = {},
): string {
  const { pairs } = matchBeats(marks(reference), marks(test), { fs: 250, length, start }, window);
  return pairs.map(({ row, column }) => row + column).join(" ");
}

describe("the classes of beats", () => {
  it("are those of WFDB's comparators", () => {
    const classes = Object.entries({ N: "NLRB", S: "AaJSejn", V: "VrE", F: "F", Q: "Q/f?" });
    for (const [beat, codes] of classes) for (const code of codes) expect(beatClassOf(code)).toBe(beat);
  });

  it("leave out what is no beat", () => {
    for (const code of ["+", "~", "|", "[", "]", "!", "x", '"', "", "NN"]) expect(beatClassOf(code)).toBeNull();
  });
});

describe("the match window", () => {
  it("is 150 ms, rounded half up to samples", () => {
    expect([250, 360, 1000, 128, 500].map(matchWindow)).toEqual([38, 54, 150, 19, 75]);
  });

  it("includes its end, on both sides", () => {
    expect(pairsOf("500N", "538N")).toBe("NN");
    expect(pairsOf("500N", "462N")).toBe("NN");
    expect(pairsOf("500N", "539N")).toBe("NO ON");
    expect(pairsOf("500N", "461N")).toBe("ON NO");
  });

  it("follows from the sampling frequency unless given", () => {
    const { pairs } = matchBeats(marks("500N"), marks("554N"), { fs: 360, length: 1000, start: 0 });
    expect(pairs).toEqual([{ reference: 0, test: 0, row: "N", column: "N" }]);
  });
});

describe("of two beats in reach", () => {
  it("the nearer one is taken", () => {
    expect(pairsOf("500V", "490N 505V")).toBe("ON VV");
    expect(pairsOf("500V", "495V 515N")).toBe("VV ON");
    expect(pairsOf("495N 515V", "510V")).toBe("NO VV");
    expect(pairsOf("505V 525N", "510V")).toBe("VV NO");
  });

  it("the later one is taken at equal distances", () => {
    expect(pairsOf("500V", "490N 510V")).toBe("ON VV");
    expect(pairsOf("490N 510V", "500V")).toBe("NO VV");
  });

  it("the first is taken of those at one time", () => {
    expect(pairsOf("500N 700N", "500V 500N")).toBe("NV ON NO");
    expect(pairsOf("500N 500V", "500Q")).toBe("NO VQ");
  });

  it("one that is nearer to the next beat of the other side is left to it", () => {
    expect(pairsOf("96N 160V", "128N 185V")).toBe("NN VV");
    expect(pairsOf("128N 185V", "96N 160V")).toBe("NN VV");
  });

  it("one that is as near to both is not left to the other", () => {
    expect(pairsOf("100N 130N", "115N 145N")).toBe("NO ON NN");
  });
});

describe("the test period", () => {
  it("begins at its start: beats before it are for learning", () => {
    expect(pairsOf("800N 1000N 1200N", "800N 1000N 1200N", { start: 1000 })).toBe("NN NN");
    expect(pairsOf("800N", "810N", { start: 1000 })).toBe("");
  });

  it("lets a test beat before the start match the first reference beat after it", () => {
    expect(pairsOf("1010N 1200V", "990V 1200V", { start: 1000 })).toBe("NV VV");
    expect(pairsOf("1010N 1200V", "972V 1200V", { start: 1000 })).toBe("NV VV");
    expect(pairsOf("1010N 1200V", "971V 1200V", { start: 1000 })).toBe("NO VV");
  });

  it("unless a later test beat is as near", () => {
    expect(pairsOf("1010N 1200V", "990V 1030N", { start: 1000 })).toBe("NN VO");
    expect(pairsOf("1010N 1200V", "991V 1030N", { start: 1000 })).toBe("NV ON VO");
  });

  it("leaves out a test beat just after the start where the next one is nearer to the first reference beat", () => {
    expect(pairsOf("990V 1200V", "1010N 1200V", { start: 1000 })).toBe("VV");
    expect(pairsOf("1200V", "1038N 1200V", { start: 1000 })).toBe("VV");
    expect(pairsOf("1200V", "1039N 1200V", { start: 1000 })).toBe("ON VV");
    expect(pairsOf("1020V", "1010N 1040N", { start: 1000 })).toBe("VN ON");
    expect(pairsOf("1020V", "1010N 1030N", { start: 1000 })).toBe("ON VN");
  });

  it("has no such rule where it starts with the record", () => {
    expect(pairsOf("200V", "10N 200V")).toBe("ON VV");
    expect(pairsOf("0N 200V", "0N 200V")).toBe("NN VV");
  });

  it("ends with the record, its last sample included", () => {
    expect(pairsOf("500N 900N", "500N 900N", { length: 900 })).toBe("NN NN");
    expect(pairsOf("500N 900N", "500N 900N", { length: 899 })).toBe("NN");
    expect(pairsOf("500N 900N", "500N 930N", { length: 900 })).toBe("NN NN");
  });
});

describe("ventricular fibrillation", () => {
  it("of the reference hides test beats", () => {
    expect(pairsOf("200N 600[ 2000] 2200N", "200N 600V 900V 2000V 2200N")).toBe("NN NN");
    expect(pairsOf("200N 600[ 2000] 2200N", "200N 599V 2001V 2200N")).toBe("NN OV OV NN");
  });

  it("of the test side hides no reference beat", () => {
    expect(pairsOf("200N 700V 2200N", "200N 600[ 2000] 2200N")).toBe("NN VO NN");
  });

  it("has no beats of its own side in it", () => {
    expect(pairsOf("200N 600[ 700V 2000] 2200N", "200N 2200N")).toBe("NN NN");
    expect(pairsOf("200N 700N 2200N", "200N 600[ 700N 2000] 2200N")).toBe("NN NO NN");
  });

  it("that does not end lasts to the end of the record, a second one too", () => {
    expect(pairsOf("200N 600[ 700N", "200N 700N 5000N")).toBe("NN");
    expect(pairsOf("200N 300[ 400] 500N 600[", "200N 500N 700N 5000N")).toBe("NN NN");
  });

  it("begins with its first bracket and ends with the next closing one", () => {
    expect(pairsOf("200N 300[ 400[ 450~48 460~0 500] 600] 900N", "200N 350V 455V 550V 900N")).toBe("NN OV NN");
  });

  it("is known however many there are", () => {
    expect(pairsOf("100[ 200] 300[ 400] 500[ 600] 900N", "150N 350N 550N 900N")).toBe("NN");
  });
});

describe("a shutdown", () => {
  it("of the test side makes missed beats X, of the reference extra beats", () => {
    const shutdown = "200N 500~48 900~0 1000N";
    expect(pairsOf("200N 400V 500V 600V 900V 950N 1000N", shutdown)).toBe("NN VO VX VX VX NO NN");
    expect(pairsOf(shutdown, "200N 400V 500V 600V 900V 950N 1000N")).toBe("NN OV XV XV XV ON NN");
  });

  it("opens where both bits are set only", () => {
    expect([0x30, 0x31, 0x3f, -1].map((subtype) => opensShutdown({ sample: 0, symbol: "~", subtype }))).toEqual(
      new Array(4).fill(true),
    );
    expect([0, 1, 0x10, 0x20].map((subtype) => opensShutdown({ sample: 0, symbol: "~", subtype }))).toEqual(
      new Array(4).fill(false),
    );
    expect(opensShutdown({ sample: 0, symbol: "~" })).toBe(false);
    expect(opensShutdown({ sample: 0, symbol: "|", subtype: 0x30 })).toBe(false);
    expect(pairsOf("200N 600V 1000N", "200N 500~16 900~0 1000N")).toBe("NN VO NN");
  });

  it("that does not end lasts to the end of the record", () => {
    expect(pairsOf("200N 600V 5000N", "200N 500~48")).toBe("NN VX NX");
  });

  it("marked once lies between the beats around it, a window away from them", () => {
    // 200 + 38 to 1000 - 38
    expect(pairsOf("200N 237V 1000N", "200N 500~48 1000N")).toBe("NN VO NN");
    expect(pairsOf("200N 238V 1000N", "200N 500~48 1000N")).toBe("NN VX NN");
    expect(pairsOf("200N 962V 1100N", "200N 500~48 1000|  1100N")).toBe("NN VX NN");
    expect(pairsOf("200N 963V 1100N", "200N 500~48 1000|  1100N")).toBe("NN VO NN");
  });

  it("marked once begins after fibrillation before it", () => {
    const test = "200N 300[ 700] 800~48 1000~48 1500N";
    expect(pairsOf("200N 737V 738V 1500N", test, { window: 38 })).toBe("NN VO VX NN");
    expect(pairsOf("30V 500N", "400~48 500N")).toBe("VO NN");
    expect(pairsOf("40V 500N", "400~48 500N")).toBe("VX NN");
  });

  it("marked once has no length where its neighbours are close", () => {
    expect(pairsOf("200N 222V 260N", "200N 230~48 260N")).toBe("NN VX NN");
    expect(pairsOf("200N 223V 261N", "200N 230~48 260N")).toBe("NN VO NN");
  });

  it("in fibrillation lies between its two marks; one without the other is not read there", () => {
    const reference = "200N 650V 750V 850V 950V 1200N";
    expect(pairsOf(reference, "200N 600[ 700~48 900~0 1000] 1200N")).toBe("NN VO VX VX VO NN");
    expect(pairsOf(reference, "200N 600[ 700~48 900~48 1000] 1200N")).toBe("NN VO VO VO VO NN");
    expect(pairsOf(reference, "200N 600[ 700~48")).toBe("NN VO VO VO VO NO");
  });

  it("is measured within the test period", () => {
    const shutdownOf = (test: string, start: number) =>
      matchBeats([], marks(test), { fs: 250, length: 2000, start }, 38).testShutdown;
    expect(shutdownOf("500~48 900~0", 0)).toBe(400);
    expect(shutdownOf("500~48 900~0", 600)).toBe(300);
    expect(shutdownOf("500~48 900~0 1800~48", 600)).toBe(500);
    expect(shutdownOf("500N", 0)).toBe(0);
  });
});

describe("errors of RR intervals", () => {
  const errorsOf = (reference: string, test: string) =>
    matchBeats(marks(reference), marks(test), { fs: 250, length: 100_000, start: 0 }, 38).rrErrors;

  it("are those of matched beats that follow each other", () => {
    expect(errorsOf("200N 400N 600N", "203N 401N 606N")).toEqual([2, -5]);
  });

  it("leave out intervals next to a missed and to an extra beat", () => {
    expect(errorsOf("200N 400N 600N 800N", "200N 400N 800N")).toEqual([0]);
    expect(errorsOf("200N 400N 600N", "200N 300N 410N 600N")).toEqual([10]);
    expect(errorsOf("200N 400N 600N", "200N 300N 600N")).toEqual([]);
  });

  it("leave out intervals with fibrillation or a shutdown in them", () => {
    expect(errorsOf("200N 250[ 350] 400N 600N", "200N 400N 601N")).toEqual([-1]);
    expect(errorsOf("200N 400N 600N", "200N 250[ 350] 400N 601N")).toEqual([-1]);
    expect(errorsOf("200N 250~48 350~0 400N 600N", "200N 400N 601N")).toEqual([-1]);
    expect(errorsOf("200N 250| 400N", "200N 399N")).toEqual([1]);
  });
});

describe("a comparison", () => {
  it("names the places of the annotations", () => {
    const { pairs } = matchBeats(marks("10+ 500N 700V"), marks("20| 30~0 501V 900N"), {
      fs: 250,
      length: 1000,
      start: 0,
    });
    expect(pairs).toEqual([
      { reference: 1, test: 2, row: "N", column: "V" },
      { reference: 2, test: null, row: "V", column: "O" },
      { reference: null, test: 3, row: "O", column: "N" },
    ]);
  });

  it("counts the pairs in a matrix of reference by test class", () => {
    const { matrix } = matchBeats(marks("200N 400V 600V 800S"), marks("200V 400V 600V 1000Q"), {
      fs: 250,
      length: 2000,
      start: 0,
    });
    const count = (row: string, column: string) =>
      matrix[beatRows.findIndex((name) => name === row)]?.[beatRows.findIndex((name) => name === column)];
    expect([count("N", "V"), count("V", "V"), count("S", "O"), count("O", "Q")]).toEqual([1, 2, 1, 1]);
    expect(matrix.flat().reduce((sum, cell) => sum + cell, 0)).toBe(5);
    expect(matrix.map((row) => row.length)).toEqual(new Array(7).fill(7));
  });

  it("of nothing with nothing counts nothing", () => {
    expect(matchBeats([], [], { fs: 250, length: 0, start: 0 })).toMatchObject({ pairs: [], rrErrors: [] });
  });
});
