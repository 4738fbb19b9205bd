/** Clusters of cases (patients with several images or findings) by number. */
import { requireArgument } from "./outcome.js";

/** Clusters by number. */
export interface ClusterNumbers {
  /** Number of the cluster of each case. */
  index: Int32Array;
  clusters: number;
  /** Clusters that hold at least one case of the class. */
  withPositives: number;
  withNegatives: number;
}

/** Numbers of the clusters of cases, in the order in which they first occur. */
export function numberClusters(cluster: ArrayLike<number | string>, labels: ArrayLike<number>): ClusterNumbers {
  requireArgument(
    cluster.length === labels.length,
    `length-mismatch: ${cluster.length} clusters, ${labels.length} labels`,
  );
  const numbers = new Map<number | string, number>();
  const index = new Int32Array(cluster.length);
  for (let i = 0; i < cluster.length; i++) {
    const name = cluster[i] as number | string;
    let number = numbers.get(name);
    if (number === undefined) numbers.set(name, (number = numbers.size));
    index[i] = number;
  }
  const seen = new Uint8Array(numbers.size);
  index.forEach((number, i) => (seen[number]! |= labels[i] === 1 ? 1 : 2));
  let withPositives = 0;
  let withNegatives = 0;
  for (const bits of seen) {
    if (bits & 1) withPositives++;
    if (bits & 2) withNegatives++;
  }
  return { index, clusters: numbers.size, withPositives, withNegatives };
}
