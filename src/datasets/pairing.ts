/** Which marks of different readers mean the same object: pairs of two readers, clusters of several. */
import type { AdjudicationRule } from "../contract/dataset-card.js";
import type { Finding } from "../contract/finding.js";
import { centreOf, diameterOf, distanceMm } from "../geometry/finding-geometry.js";

export type Pairing = NonNullable<AdjudicationRule["pairing"]>;

/** Distance of two marks where they join by the rule, else null. Two marks of the whole case always join. */
function joiningDistance(a: Finding, b: Finding, pairing: Pairing): number | null {
  if (a.geometry.type === "case" || b.geometry.type === "case") return a.geometry.type === b.geometry.type ? 0 : null;
  const apart = distanceMm(centreOf(a.geometry), centreOf(b.geometry));
  const [first, second] = [diameterOf(a.geometry) / 2, diameterOf(b.geometry) / 2];
  if (apart <= pairing.minDistanceMm) return apart;
  const reach =
    pairing.rule === "centre-distance" ? pairing.factor * Math.max(first, second) : pairing.factor * (first + second);
  // Pylidc and LUNA16 join strictly inside the sum of radii; a centre on the other's border is inside its lesion.
  const joins = pairing.rule === "centre-distance" ? apart <= reach : apart < reach;
  return joins ? apart : null;
}

/**
 * Pairs the marks of two readers one to one, nearest first (ties: in the order of the marks).
 * @returns pairs of indices into `a` and `b`, in the order of `a`
 */
export function pairMarks(a: readonly Finding[], b: readonly Finding[], pairing: Pairing): [number, number][] {
  const candidates: { i: number; j: number; apart: number }[] = [];
  a.forEach((first, i) =>
    b.forEach((second, j) => {
      const apart = joiningDistance(first, second, pairing);
      if (apart !== null) candidates.push({ i, j, apart });
    }),
  );
  candidates.sort((x, y) => x.apart - y.apart || x.i - y.i || x.j - y.j);
  const [usedA, usedB] = [new Set<number>(), new Set<number>()];
  const pairs: [number, number][] = [];
  for (const { i, j } of candidates) {
    if (usedA.has(i) || usedB.has(j)) continue;
    usedA.add(i);
    usedB.add(j);
    pairs.push([i, j]);
  }
  return pairs.sort(([i], [k]) => i - k);
}

/** Clusters by single link: marks that join, directly or through others, are one object. In order of their first mark. */
export function clusterMarks(marks: readonly Finding[], pairing: Pairing): number[][] {
  const parent = marks.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root] as number;
    return root;
  };
  for (let i = 0; i < marks.length; i++) {
    for (let j = i + 1; j < marks.length; j++) {
      if (joiningDistance(marks[i] as Finding, marks[j] as Finding, pairing) === null) continue;
      const [low, high] = [rootOf(i), rootOf(j)].sort((x, y) => x - y) as [number, number];
      parent[high] = low;
    }
  }
  const clusters = new Map<number, number[]>();
  marks.forEach((_, index) => {
    const root = rootOf(index);
    const members = clusters.get(root);
    if (members) members.push(index);
    else clusters.set(root, [index]);
  });
  return [...clusters.values()];
}
