/** Which marks of different readers mean the same object: pairs of two readers, clusters of several. */
import type { AdjudicationRule } from "../contract/dataset-card.js";
import type { Finding, Geometry } from "../contract/finding.js";

export type Pairing = NonNullable<AdjudicationRule["pairing"]>;

interface Sphere {
  readonly center: readonly number[];
  readonly radius: number;
}

/** Centre and radius of a mark, in its own unit (mm or pixels); a box has the radius of the sphere (circle) of its volume's side. Null: the whole case. */
export function sphereOf(geometry: Geometry): Sphere | null {
  switch (geometry.type) {
    case "point":
      return { center: geometry.at, radius: 0 };
    case "sphere":
      return { center: geometry.center, radius: geometry.diameterMm / 2 };
    case "box": {
      const { min, max } = geometry;
      const sides = min.map((low, axis) => Math.max(0, (max[axis] ?? low) - low));
      const product = sides.reduce((volume, side) => volume * side, 1);
      const side = sides.length === 3 ? Math.cbrt(product) : Math.sqrt(product);
      return { center: min.map((low, axis) => (low + (max[axis] ?? low)) / 2), radius: side / 2 };
    }
    case "case":
      return null;
  }
}

function distance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let axis = 0; axis < Math.max(a.length, b.length); axis++) {
    const difference = (a[axis] ?? 0) - (b[axis] ?? 0);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Distance of two marks where they join by the rule, else null. Two marks of the whole case always join. */
function joiningDistance(a: Finding, b: Finding, pairing: Pairing): number | null {
  const [first, second] = [sphereOf(a.geometry), sphereOf(b.geometry)];
  if (first === null || second === null) return first === second ? 0 : null;
  const apart = distance(first.center, second.center);
  if (apart <= pairing.minDistanceMm) return apart;
  const reach =
    pairing.rule === "centre-distance"
      ? pairing.factor * Math.max(first.radius, second.radius)
      : pairing.factor * (first.radius + second.radius);
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
