/** Agreement of two readers from the table of their categories: one formula for one sample and for resamples. */

/** Agreement weights over the declared scale of k categories: 1 on the diagonal, falling with the distance. */
export type KappaWeights = "none" | "linear" | "quadratic";

/** Weight of categories i and j of k. */
export function agreementWeight(weights: KappaWeights, i: number, j: number, k: number): number {
  if (i === j) return 1;
  if (weights === "none") return 0;
  const distance = Math.abs(i - j) / (k - 1);
  return 1 - (weights === "linear" ? distance : distance * distance);
}

/** Filled anew by each table. */
export interface TableAgreement {
  total: number;
  /** Observed (weighted) agreement, and that by chance for kappa. */
  po: number;
  pe: number;
  /** Cohen's kappa; NaN where both readers used one and the same category, or none. */
  kappa: number;
  /** Gwet's AC1 (no weights) or AC2; NaN for an empty table. */
  gwet: number;
}

/**
 * Reads tables of k x k counts (row: category of the first reader), which may be weighted sums; the object that is returned
 * is the same each time. k >= 2 for Gwet's coefficient.
 */
export function agreementReader(k: number, weights: KappaWeights): (counts: ArrayLike<number>) => TableAgreement {
  const w = new Float64Array(k * k);
  let weightSum = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) weightSum += w[i * k + j] = agreementWeight(weights, i, j, k);
  }
  const rows = new Float64Array(k);
  const columns = new Float64Array(k);
  const out: TableAgreement = { total: 0, po: 0, pe: 0, kappa: 0, gwet: 0 };
  return (counts) => {
    rows.fill(0);
    columns.fill(0);
    let [total, observed] = [0, 0];
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        const count = counts[i * k + j] as number;
        rows[i] = (rows[i] as number) + count;
        columns[j] = (columns[j] as number) + count;
        total += count;
        observed += (w[i * k + j] as number) * count;
      }
    }
    let [expected, spread, oneCategory] = [0, 0, false];
    for (let i = 0; i < k; i++) {
      const [row, column] = [rows[i] as number, columns[i] as number];
      for (let j = 0; j < k; j++) expected += (w[i * k + j] as number) * row * (columns[j] as number);
      const share = (row + column) / total / 2;
      spread += share * (1 - share);
      if (row === total && column === total) oneCategory = true;
    }
    out.total = total;
    out.po = observed / total;
    out.pe = oneCategory ? 1 : expected / total / total;
    out.kappa = oneCategory ? Number.NaN : (out.po - out.pe) / (1 - out.pe);
    const chance = (weightSum / (k * (k - 1))) * spread;
    out.gwet = (out.po - chance) / (1 - chance);
    return out;
  };
}
