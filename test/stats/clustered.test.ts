/** Proportions and pairs of units in clusters: worked values, the rules for degenerate data, refusals. */
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import {
  clusterMcNemarDurkalski,
  clusterMcNemarEliasziwDonner,
  clusterMcNemarObuchowski,
  clusterPairedDifference,
  clusterPairedNonInferiority,
  clusterPairedTango,
  pairedClusters,
  type PairedCluster,
} from "../../src/stats/clustered-paired.js";
import {
  clusterBeta,
  clusterClopperPearson,
  clusterIcc,
  clusterLogit,
  clusterRatioVariance,
  clusterWaldT,
  clusterWilson,
  clusterWilsonIcc,
  kornGraubard,
} from "../../src/stats/clustered-proportion.js";
import { tangoDifference } from "../../src/stats/paired-proportions.js";
import { clopperPearson, wilson } from "../../src/stats/proportion.js";
import { ok, refused } from "./tables.js";

const close = (value: number, digits = 11): number => expect.closeTo(value, digits) as number;
const noData = refused("no-data");
const tooFewClusters = refused("too-few-clusters");
const allOne = refused("all-one-outcome");
const zeroVariance = refused("zero-variance");

describe("proportions of units in clusters", () => {
  // 10 of 18 lesions of six patients; a seventh has none
  const x = [2, 0, 3, 1, 4, 0, 0];
  const n = [3, 2, 4, 1, 5, 3, 0];

  it("have a variance by clusters, a design effect and an effective size", () => {
    // numpy: K/(K - 1) Σ(x - pn)²/N²; over pq/(N - 1)
    expect(clusterRatioVariance(x, n)).toEqual({
      ok: true,
      estimate: 10 / 18,
      units: 18,
      clusters: 6,
      variance: close(0.02377686328303612),
      se: close(0.15419748144193576),
      deff: close(1.637037037037037),
      nEff: close(10.995475113122172),
    });
    // numpy: one-way analysis of variance; Σn(1 + (n - 1)ρ)/N
    expect(clusterIcc(x, n)).toEqual({ ok: true, icc: close(0.3283089235072453), deff: close(1.8390116934074046) });
  });

  it.each([
    // numpy and scipy, at a level of 0.9
    ["korn_graubard", kornGraubard, 0.2375681170631153, 0.8424262460034918, 8.194929158894933],
    [
      "cluster_clopper_pearson_neff",
      clusterClopperPearson,
      0.27958185261975405,
      0.8080031649808441,
      10.995475113122172,
    ],
    ["cluster_wilson_neff", clusterWilson, 0.3235003017217881, 0.765669671373262, 10.995475113122172],
    ["cluster_wilson_icc", clusterWilsonIcc, 0.31197378009706855, 0.77507536932069, null],
    ["cluster_wald_t", clusterWaldT, 0.24484017140393366, 0.8662709397071775, null],
    ["cluster_logit", clusterLogit, 0.26206682282030735, 0.8148052052702356, null],
    ["cluster_beta", clusterBeta, 0.22898600697446492, 0.8493104009651559, null],
  ] as const)("%s has known limits", (method, interval, low, high, nEff) => {
    const size = nEff === null ? {} : { nEff: close(nEff) };
    expect(interval(x, n, 0.9)).toEqual({ ok: true, low: close(low), high: close(high), level: 0.9, method, ...size });
    const wide = ok(interval(x, n));
    expect(wide.level).toBe(0.95);
    expect(wide.low).toBeLessThan(low);
    expect(wide.high).toBeGreaterThan(high);
  });

  it("of one outcome are counted by patients where a method can", () => {
    for (const [method, interval, plain] of [
      ["korn_graubard", kornGraubard, clopperPearson],
      ["cluster_clopper_pearson_neff", clusterClopperPearson, clopperPearson],
      ["cluster_wilson_neff", clusterWilson, wilson],
    ] as const) {
      for (const [hits, of] of [
        [[0, 0, 0], 0],
        [[2, 3, 1], 3],
      ] as const) {
        const { low, high } = plain(of, 3, 0.9);
        expect(interval(hits, [2, 3, 1], 0.9)).toEqual({
          ok: true,
          low,
          high,
          level: 0.9,
          method,
          nEff: allOne,
          flags: ["exact-on-clusters"],
        });
      }
    }
    for (const interval of [clusterWilsonIcc, clusterWaldT, clusterLogit, clusterBeta, clusterIcc]) {
      expect(interval([0, 0, 0], [2, 3, 1])).toEqual(allOne);
      expect(interval([2, 3, 1], [2, 3, 1])).toEqual(allOne);
    }
    for (const hits of [
      [0, 0, 0],
      [2, 3, 1],
    ])
      // prettier-ignore
      expect(clusterRatioVariance(hits, [2, 3, 1])).toMatchObject({ variance: 0, se: 0, deff: allOne, nEff: allOne });
  });

  it("of the same share in every cluster have no variance, and are as good as unclustered", () => {
    const [hits, sizes] = [
      [1, 2, 3],
      [2, 4, 6],
    ];
    expect(clusterRatioVariance(hits, sizes)).toMatchObject({ variance: 0, se: 0, deff: 0, nEff: zeroVariance });
    for (const [interval, plain] of [
      [kornGraubard, clopperPearson],
      [clusterClopperPearson, clopperPearson],
      [clusterWilson, wilson],
    ] as const) {
      const { low, high } = plain(6, 12, 0.9);
      expect(interval(hits, sizes, 0.9)).toMatchObject({ low, high, level: 0.9, nEff: 12, flags: ["capped-n-eff"] });
    }
    for (const interval of [clusterWaldT, clusterLogit, clusterBeta])
      expect(interval(hits, sizes)).toEqual(zeroVariance);
  });

  it("spread less than by chance count as many units as there are, and say so; one unit a cluster does not", () => {
    // pq N/(N - 1)/v is far above N
    const r = ok(clusterClopperPearson([2, 2, 3], [4, 4, 5], 0.9));
    expect(r).toEqual({
      ...clopperPearson(7, 13, 0.9),
      method: "cluster_clopper_pearson_neff",
      nEff: 13,
      flags: ["capped-n-eff"],
    });
    const one = ok(kornGraubard([1, 0, 0, 1, 1], [1, 1, 1, 1, 1], 0.9));
    expect(one).toEqual({
      ...clopperPearson(3, 5, 0.9),
      method: "korn_graubard",
      nEff: 5,
    });
    expect(ok(clusterWilson([1, 0, 0, 1, 1], [1, 1, 1, 1, 1])).flags).toBeUndefined();
  });

  it("need clusters, and more units than clusters for a correlation", () => {
    const methods = [
      kornGraubard,
      clusterClopperPearson,
      clusterWilson,
      clusterWilsonIcc,
      clusterWaldT,
      clusterLogit,
      clusterBeta,
    ];
    for (const method of methods) {
      expect(method([], [])).toEqual(noData);
      expect(method([0, 0], [0, 0])).toEqual(noData);
      expect(method([1, 0], [2, 0])).toEqual(tooFewClusters);
      expect(method([2, 1], [3, 4]).ok).toBe(true);
      for (const level of [0, 1]) expect(() => method([], [], level)).toThrow(MedassayError);
      expect(() => method([1], [1, 2])).toThrow(MedassayError);
      expect(() => method([3, 1], [2, 1])).toThrow(MedassayError);
      expect(() => method([-1, 1], [2, 1])).toThrow(MedassayError);
      expect(() => method([0, 1], [0.5, 1])).toThrow(MedassayError);
    }
    expect(clusterRatioVariance([], [])).toEqual(noData);
    expect(clusterRatioVariance([1, 0], [3, 0])).toEqual({
      ok: true,
      estimate: 1 / 3,
      units: 3,
      clusters: 1,
      variance: tooFewClusters,
      se: tooFewClusters,
      deff: tooFewClusters,
      nEff: tooFewClusters,
    });
    expect(clusterIcc([], [])).toEqual(noData);
    expect(clusterIcc([1], [3])).toEqual(tooFewClusters);
    expect(clusterIcc([1, 0, 0], [1, 1, 1])).toEqual(refused("too-few"));
    expect(clusterWilsonIcc([1, 0, 0], [1, 1, 1])).toEqual(refused("too-few"));
    expect(clusterIcc([1, 0], [2, 1]).ok).toBe(true);
  });

  it("against each other within clusters leave no design effect to divide by", () => {
    // One of two in every cluster: correlation -1, 1 + (2 - 1)(-1) = 0
    expect(clusterIcc([1, 1, 1], [2, 2, 2])).toEqual({ ok: true, icc: close(-1), deff: 0 });
    expect(clusterWilsonIcc([1, 1, 1], [2, 2, 2])).toEqual(zeroVariance);
  });

  it("are cut at 0 and 1", () => {
    expect(ok(clusterWaldT([3, 3, 3, 1], [3, 3, 3, 3])).high).toBe(1);
    expect(ok(clusterWaldT([0, 0, 0, 2], [3, 3, 3, 3])).low).toBe(0);
  });
});

describe("pairs of answers on units in clusters", () => {
  const clusters: PairedCluster[] = [
    [3, 2, 0, 1],
    [1, 0, 1, 2],
    [2, 3, 1, 0],
    [0, 1, 0, 0],
    [4, 0, 2, 1],
  ];
  const withEmpty: PairedCluster[] = [[0, 0, 0, 0], ...clusters];

  it("differ by a share of all units, with the variance between clusters", () => {
    // numpy and scipy: D ± t₄ se at a level of 0.9
    const expected = {
      ok: true,
      difference: 2 / 24,
      se: close(0.17300240511601542),
      interval: {
        ok: true,
        low: close(-0.2854812880400255),
        high: close(0.4521479547066921),
        level: 0.9,
        method: "cluster_paired_diff",
      },
    };
    expect(clusterPairedDifference(clusters, 0.9)).toEqual(expected);
    expect(clusterPairedDifference(withEmpty, 0.9)).toEqual(expected);
    const certain = ok(clusterPairedDifference([[0, 9, 0, 0], [0, 3, 1, 0], [1, 7, 0, 0]])); // prettier-ignore
    expect(ok(certain.interval).high).toBe(1);
    const turned = ok(clusterPairedDifference([[0, 0, 9, 0], [0, 1, 3, 0], [1, 0, 7, 0]])); // prettier-ignore
    expect(ok(turned.interval).low).toBe(-1);
  });

  it("differ by Tango's interval of counts over the design effect", () => {
    // mpmath, from the variance by cluster over that of 24 independent units; counts 6, 4 and 24 divided by it
    const expected = {
      ok: true,
      difference: 2 / 24,
      designEffect: close(1.402542372881356),
      p: close(0.5933153801550453),
      interval: {
        ok: true,
        low: close(-0.18071486316313095),
        high: close(0.3363390942464296),
        level: 0.9,
        method: "cluster_paired_tango",
      },
    };
    expect(clusterPairedTango(clusters, 0.9)).toEqual(expected);
    expect(clusterPairedTango(withEmpty, 0.9)).toEqual(expected);
    expect(clusterPairedTango([[0, 0, 0, 0]])).toEqual(refused("no-data"));
    expect(clusterPairedTango([[3, 2, 1, 1]])).toEqual(tooFewClusters);
  });

  it("have Tango's own interval where every cluster is one unit, or units of a cluster are copies of one", () => {
    const single: PairedCluster[] = [
      ...new Array<PairedCluster>(7).fill([1, 0, 0, 0]),
      ...new Array<PairedCluster>(3).fill([0, 1, 0, 0]),
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ];
    const own = ok(tangoDifference(7, 3, 1, 1));
    for (const copies of [1, 2, 5]) {
      const list = single.map((cluster) => cluster.map((count) => copies * count) as unknown as PairedCluster);
      const { designEffect, difference, interval } = ok(clusterPairedTango(list));
      expect([designEffect, difference]).toEqual([close(copies), close(2 / 12)]);
      expect([ok(interval).low, ok(interval).high]).toEqual([close(own.low), close(own.high)]);
    }
    // McNemar's chi-square of 3 and 1 discordant
    expect(ok(clusterPairedTango(single)).p).toBeCloseTo(0.31731050786291415, 12);
  });

  it("count a cluster as one unit where nothing tells how much its units are alike", () => {
    for (const cluster of [
      [4, 0, 0, 1],
      [0, 5, 0, 0],
      [0, 0, 5, 0],
    ] as PairedCluster[]) {
      const found = ok(clusterPairedTango(new Array<PairedCluster>(6).fill(cluster)));
      const [a, b, c, d] = cluster.map((count) => (6 * count) / 5) as [number, number, number, number];
      const own = ok(tangoDifference(Math.round(a + d), b, c, 0));
      expect(found.designEffect).toBe(5);
      expect([ok(found.interval).low, ok(found.interval).high]).toEqual([close(own.low), close(own.high)]);
    }
    expect(ok(clusterPairedTango([[4, 0, 0, 1], [2, 0, 0, 0]])).p).toBe(1); // prettier-ignore
  });

  it("are never more units than there are, though discordant units cancel within clusters", () => {
    const { designEffect, interval } = ok(clusterPairedTango(new Array<PairedCluster>(8).fill([1, 2, 2, 1])));
    const own = ok(tangoDifference(8, 16, 16, 8));
    expect([designEffect, ok(interval).low, ok(interval).high]).toEqual([1, own.low, own.high]);
  });

  it("are counted from the answers unit by unit", () => {
    expect(pairedClusters(["b", "a", "b", "a", "b"], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0])).toEqual([
      [1, 0, 1, 1],
      [0, 1, 0, 1],
    ]);
    expect(pairedClusters([], [], [])).toEqual([]);
    expect(() => pairedClusters([1, 2], [1], [1, 0])).toThrow("length-mismatch: 2 clusters, 1 and 2 answers");
    expect(() => pairedClusters([1, 2], [1, 1], [1])).toThrow("length-mismatch: 2 clusters, 2 and 1 answers");
  });

  it("are not inferior by as much as the margin lies below, in standard errors", () => {
    for (const list of [clusters, withEmpty]) {
      expect(clusterPairedNonInferiority(list, 0.1)).toEqual({
        ok: true,
        t: close(1.059715517887685),
        degrees: 4,
        p: close(0.17451130522241734),
      });
    }
    expect(clusterPairedNonInferiority(clusters, 0)).toMatchObject({
      t: close(0.48168887176712943),
      p: close(0.32759750863153775),
    });
    expect(clusterPairedNonInferiority(clusters, 0.999).ok).toBe(true);
    for (const margin of [-0.001, 1, NaN])
      expect(() => clusterPairedNonInferiority(clusters, margin)).toThrow(MedassayError);
  });

  it("are tested by Obuchowski's and Durkalski's statistics", () => {
    // numpy: differences 2, -1, 2, 1, -2; (K - 1)/K (Σd)²/Σd², and the same of d/size without the factor
    for (const list of [clusters, withEmpty]) {
      expect(clusterMcNemarObuchowski(list)).toEqual({
        ok: true,
        chi2: close((4 / 5) * (4 / 14)),
        p: close(0.6325851216960414),
      });
      expect(clusterMcNemarDurkalski(list)).toEqual({
        ok: true,
        chi2: close(0.9361062130484389),
        p: close(0.33328123991532044),
      });
    }
  });

  it("have reasons", () => {
    const empty: PairedCluster[] = [[0, 0, 0, 0]];
    const alone: PairedCluster[] = [[1, 2, 0, 1], ...empty];
    const concordant: PairedCluster[] = [
      [2, 0, 0, 1],
      [1, 0, 0, 3],
    ];
    const cancelling: PairedCluster[] = [
      [2, 1, 1, 1],
      [1, 2, 2, 3],
    ];
    for (const nothing of [[], empty]) {
      expect(clusterPairedDifference(nothing)).toEqual(noData);
      expect(clusterPairedNonInferiority(nothing, 0.1)).toEqual(noData);
      expect(clusterMcNemarObuchowski(nothing)).toEqual(noData);
      expect(clusterMcNemarDurkalski(nothing)).toEqual(noData);
    }
    expect(clusterPairedDifference(alone)).toEqual({
      ok: true,
      difference: 0.5,
      se: tooFewClusters,
      interval: tooFewClusters,
    });
    expect(clusterPairedNonInferiority(alone, 0.1)).toEqual(tooFewClusters);
    expect(clusterMcNemarObuchowski(alone)).toEqual(tooFewClusters);
    expect(clusterMcNemarDurkalski(alone)).toEqual(tooFewClusters);
    for (const list of [concordant, cancelling]) {
      expect(clusterPairedDifference(list)).toEqual({ ok: true, difference: 0, se: 0, interval: zeroVariance });
      expect(clusterPairedNonInferiority(list, 0.1)).toEqual(zeroVariance);
    }
    for (const test of [clusterMcNemarObuchowski, clusterMcNemarDurkalski]) {
      expect(test(concordant)).toEqual(refused("no-discordance"));
      expect(test(cancelling)).toEqual(zeroVariance);
      // A discordant unit of either kind is enough.
      expect(test([...concordant, [1, 1, 0, 0]]).ok).toBe(true);
      expect(test([...concordant, [1, 0, 1, 0]]).ok).toBe(true);
    }
    for (const call of [
      () => clusterPairedDifference(clusters, 1),
      () => clusterPairedDifference([], 0),
      () => clusterPairedDifference([[1, 2, -1, 0]]),
      () => clusterPairedNonInferiority([[1, 0.5, 1, 0]], 0.1),
      () => clusterMcNemarObuchowski([[1, NaN, 1, 0]]),
      () => clusterMcNemarDurkalski([[-1, 1, 1, 0]]),
      () => clusterMcNemarEliasziwDonner([[1, 1, 1, -1]]),
    ]) {
      expect(call).toThrow(MedassayError);
    }
  });
});
