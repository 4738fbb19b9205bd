/** Degenerate data: empty, constant, separated, tiny, huge. */

export const levels = [0.5, 0.95, 1 - 1e-12];
export const level = [0.95];
export const huge = 1e9;
/** x of n: nothing, one, all, none, perfect and huge. */
export const proportions = [
  [0, 0],
  [0, 1],
  [1, 1],
  [0, 5],
  [5, 5],
  [1, 2],
  [0, huge],
  [huge, huge],
  [1, huge],
  [2 ** 52, 2 ** 53 - 1],
];
export const few = [0, 1, huge];
export const exposures = [1e-9, 1, 1e9];
export const probabilities = [1e-12, 0.5, 1 - 1e-12];

export const repeated = (value: number, times: number): number[] => new Array<number>(times).fill(value);

/** Clusters as [x, n]: none, without a unit, one, singletons, all hits, no hit, equal shares, one huge. */
export const clusters: [number[], number[]][] = [
  [[], []],
  [[0], [0]],
  [[1], [1]],
  [[2], [3]],
  [
    [0, 1],
    [1, 1],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [3, 3, 3],
    [3, 3, 3],
  ],
  [
    [0, 0, 0],
    [3, 3, 3],
  ],
  [
    [1, 1, 1],
    [2, 2, 2],
  ],
  [
    [2, 0],
    [2, 2],
  ],
  [
    [3, 0, 0],
    [3, 0, 5],
  ],
  [
    [1, 0],
    [huge, 1],
  ],
  [repeated(huge, 3), repeated(huge, 3)],
  [[huge, huge - 1, huge], repeated(huge, 3)],
  [[...repeated(1, 60), 0], repeated(1, 61)],
];
export const pairedClusters: number[][][] = [
  [],
  [[0, 0, 0, 0]],
  [[1, 0, 0, 0]],
  [[0, 1, 0, 0]],
  [
    [1, 0, 0, 0],
    [1, 0, 0, 0],
  ],
  [
    [0, 1, 1, 0],
    [0, 2, 2, 0],
  ],
  [
    [0, 1, 0, 0],
    [0, 1, 0, 0],
  ],
  [
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ],
  [
    [0, 0, 0, 0],
    [5, 1, 0, 0],
    [5, 0, 0, 0],
  ],
  [
    [huge, 1, 0, huge],
    [huge, 0, 0, 0],
  ],
];
/** Counts of units: empty, one, constant, one patient with all of them, huge. */
export const counts = [
  [],
  [0],
  [3],
  [0, 0],
  [0, 0, 0, 0],
  [2, 2, 2],
  [0, 0, huge],
  [1, 0],
  repeated(huge, 4),
  [huge, huge - 1],
];

/** Scores of positives and negatives: none, one, tied, separated, reversed, huge and tiny. */
export const scores = [[], [0], [1], [1, 1], [0, 0, 0], [2, 3], [1, 2, 3], [-1e75, 1e75], [5e-324, 0], repeated(7, 30)];
/** Labels and scores. */
export const labelled: [number[], number[]][] = [
  [[], []],
  [[1], [0]],
  [[0], [0]],
  [
    [1, 1],
    [1, 2],
  ],
  [
    [0, 0],
    [1, 1],
  ],
  [
    [1, 0],
    [1, 1],
  ],
  [
    [1, 0],
    [2, 1],
  ],
  [
    [1, 0],
    [1, 2],
  ],
  [
    [1, 1, 0, 0],
    [1, 1, 1, 1],
  ],
  [
    [1, 1, 0, 0],
    [4, 3, 2, 1],
  ],
  [
    [1, 1, 0, 0],
    [1, 2, 3, 4],
  ],
  [
    [1, 1, 0],
    [3, 1, 2],
  ],
  [
    [1, 0, 0, 0, 0],
    [1e300, -1e300, 0, 5e-324, 1],
  ],
  [
    [...repeated(1, 20), ...repeated(0, 20)],
    [...repeated(2, 20), ...repeated(1, 20)],
  ],
];
export const namings = [(i: number) => i, () => 0, (i: number) => Math.floor(i / 2), (i: number) => i % 2];

export const tables: number[][][] = [
  [[0]],
  [[7]],
  [
    [0, 0],
    [0, 0],
  ],
  [
    [5, 0],
    [0, 0],
  ],
  [
    [0, 5],
    [0, 0],
  ],
  [
    [1, 0],
    [0, 0],
  ],
  [
    [5, 0],
    [0, 5],
  ],
  [
    [0, 5],
    [5, 0],
  ],
  [
    [5, 5],
    [5, 5],
  ],
  [
    [5, 5],
    [0, 0],
  ],
  [
    [118, 5],
    [2, 0],
  ],
  [
    [huge, 0],
    [0, 1],
  ],
  [
    [huge, huge],
    [huge, huge],
  ],
  [
    [0, 0, 0],
    [0, 9, 0],
    [0, 0, 0],
  ],
  [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
];
export const kappaWeights = ["none", "linear", "quadratic"];
/** Ratings of two readers. */
export const ratingPairs: [number[], number[]][] = [
  [[], []],
  [[0], [0]],
  [[0], [1]],
  [
    [0, 0, 0],
    [0, 0, 0],
  ],
  [
    [0, 1, 2],
    [0, 1, 2],
  ],
  [
    [0, 0, 0],
    [0, 1, 2],
  ],
  [
    [0, 1],
    [1, 0],
  ],
  [
    [0, 0, 1, 1],
    [0, 1, 0, 1],
  ],
];
/** Ratings of several readers, null is missing. */
export const multiRatings: (number | null)[][][] = [
  [],
  [[]],
  [[null, null]],
  [[1, null]],
  [[1, 1]],
  [[1, 2]],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [1, 1],
    [2, 2],
  ],
  [
    [1, 2],
    [2, 1],
  ],
  [
    [1, null],
    [null, 2],
  ],
  [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
  [
    [1, 1, 1],
    [2, 2, 2],
    [3, 3, null],
  ],
  [
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ],
];
/** Readings of a subjects x readers table. */
export const readings: number[][][] = [
  [],
  [[1]],
  [[1, 1]],
  [[1], [2]],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [1, 1],
    [2, 2],
  ],
  [
    [1, 2],
    [1, 2],
  ],
  [
    [1, 2],
    [2, 1],
  ],
  [
    [0, 0],
    [0, 0],
    [0, 0],
  ],
  [
    [1, 1],
    [2, 2],
    [3, 3],
  ],
  [
    [1e60, 2e60],
    [3e60, 1e60],
  ],
  [
    [0.1, 0.2],
    [0.1, 0.2],
    [0.1, 0.2],
  ],
  [
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ],
  [
    [1e9, 1e9 + 1],
    [1e9 + 2, 1e9 + 3],
    [1e9, 1e9],
  ],
  [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
  ],
  [
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
    [1, 2, 3.5],
  ],
  [
    [1, 2, 3],
    [3, 2, 1],
    [1, 3, 2],
    [2.5, 1, 3],
  ],
];
/** Pairs of measurements. */
export const measurements: [number[], number[]][] = [
  [[], []],
  [[1], [1]],
  [[1], [2]],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [1, 2],
    [1, 2],
  ],
  [
    [1, 2],
    [2, 3],
  ],
  [
    [1, 2],
    [2, 1],
  ],
  [
    [1, 1, 1],
    [1, 2, 3],
  ],
  [
    [1, 2, 3],
    [5, 5, 5],
  ],
  [
    [1, 2, 3],
    [1, 2, 3],
  ],
  [
    [1, 2, 3],
    [3, 2, 1],
  ],
  [
    [1, 2, 3],
    [11, 12, 13],
  ],
  [
    [1, 2, 3, 4],
    [1, -1, 1, -1],
  ],
  [
    [1e60, 2e60, 3e60],
    [1e60, 2e60, 4e60],
  ],
  [
    [0.1, 0.2, 0.3],
    [0.1, 0.2, 0.3 + 1e-16],
  ],
  [repeated(3, 200), repeated(4, 200)],
];
/** Bootstrap replicates, NaN without a value. */
export const replicates = [
  [],
  [1],
  [NaN],
  [NaN, NaN, NaN],
  [1, 1, 1],
  [1, 2],
  [NaN, 1],
  [NaN, 1, 2, 3],
  [1e75, -1e75, 0],
  repeated(0.5, 2000),
];
export const pValues = [[], [0], [1], [0, 0, 0], [1, 1, 1], [5e-324, 1], [0.01, 0.01, 0.01]];

/** Square tables, of one category too, and those of two by two. */
export const squares = [[], ...tables];
export const twoByTwo = tables.filter((table) => table.length === 2);
/** Tables of any shape, one row or one column too. */
export const countTables = [
  ...squares,
  [[3, 4]],
  [[3], [0]],
  [
    [1, 0, 0],
    [0, 1, 1],
  ],
  [
    [0, 0],
    [0, 0],
    [3, 4],
  ],
];
/** Strata of two by two tables: none, empty, one, without one class, opposed. */
export const strata = [
  [],
  [twoByTwo[0]],
  ...twoByTwo.map((table) => [table]),
  ...twoByTwo.map((table) => [
    table,
    [
      [5, 5],
      [5, 5],
    ],
  ]),
  [
    [
      [5, 0],
      [0, 5],
    ],
    [
      [0, 5],
      [5, 0],
    ],
  ],
];
export const binaryRatings = [
  [],
  [[]],
  [[1]],
  [[1, 1]],
  [[0, 1]],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [0, 1],
    [1, 0],
  ],
  [
    [0, 1],
    [0, 1],
  ],
];
/** Labels and probabilities: empty, one class, constant, perfect, opposed, certain. */
export const calibrated: [number[], number[]][] = [
  [[], []],
  [[1], [0.5]],
  [[0], [0.5]],
  [[1], [1]],
  [[0], [1]],
  [
    [0, 1],
    [0.5, 0.5],
  ],
  [
    [0, 1],
    [0, 1],
  ],
  [
    [0, 1],
    [1, 0],
  ],
  [
    [0, 1],
    [0.4, 0.6],
  ],
  [
    [0, 1, 0, 1],
    [0.4, 0.4, 0.6, 0.6],
  ],
  [
    [0, 0, 1, 1],
    [0.6, 0.7, 0.3, 0.4],
  ],
  [
    [0, 1, 0, 1],
    [1e-300, 1 - 1e-16, 1e-300, 0.5],
  ],
  [
    [0, 0, 0, 0],
    [0.1, 0.2, 0.3, 0.4],
  ],
  [repeated(1, 40), repeated(0.9, 40)],
  [[...repeated(0, 20), ...repeated(1, 20)], repeated(0.5, 40)],
];
/** Truth and scores of three classes, by case. */
export const classScores: [number[], number[][]][] = [
  [[], []],
  [[0], [[1, 0, 0]]],
  [
    [0, 0],
    [
      [1, 0, 0],
      [1, 0, 0],
    ],
  ],
  [
    [0, 1],
    [
      [0.5, 0.5, 0],
      [0.5, 0.5, 0],
    ],
  ],
  [
    [0, 1, 2],
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ],
];
/** Truth and calls of two labels, by case. */
export const labelRows: [number[][], number[][]][] = [
  [[], []],
  [[[]], [[]]],
  [[[0, 0]], [[0, 0]]],
  [[[1, 0]], [[0, 1]]],
  [
    [
      [1, 1],
      [1, 1],
    ],
    [
      [1, 1],
      [1, 1],
    ],
  ],
  [
    [
      [0, 0],
      [0, 0],
    ],
    [
      [1, 1],
      [0, 0],
    ],
  ],
  [
    [
      [1, 0],
      [0, 1],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  ],
];
