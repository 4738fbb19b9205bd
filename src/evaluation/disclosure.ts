/** The client's copy of a result: small cells are suppressed, and enough others that the hidden ones can't be computed from totals. */
import type { MetricResult, Result, StratumKey } from "../contract/result.js";

/** Units behind a number: the smallest count that would show. */
function cellSize(row: MetricResult): number {
  return (
    row.n.denominator ??
    row.n.units ??
    row.n.lesions ??
    Math.min(row.n.positives ?? Infinity, row.n.negatives ?? Infinity)
  );
}

const keyText = (key: StratumKey) => JSON.stringify(Object.entries(key));

/**
 * Which strata of one dimension must be hidden: those below the minimum, and, along each axis, one more where a single
 * hidden cell could be had by subtraction from the total of its row.
 */
function hiddenCells(rows: readonly { key: StratumKey; size: number }[], minimum: number): Set<string> {
  const hidden = new Set(rows.filter(({ size }) => size > 0 && size < minimum).map(({ key }) => keyText(key)));
  const axes = Object.keys(rows[0]?.key ?? {});
  let grown = true;
  while (grown) {
    grown = false;
    // Lines along which totals are known: the whole dimension, and for crossings each row and column.
    const lines = new Map<string, { key: StratumKey; size: number }[]>();
    for (const row of rows) {
      const names = axes.length < 2 ? ["all"] : axes.map((axis) => `${axis}=${row.key[axis] ?? ""}`);
      for (const name of names) lines.set(name, [...(lines.get(name) ?? []), row]);
    }
    for (const line of lines.values()) {
      const concealed = line.filter(({ key, size }) => size > 0 && hidden.has(keyText(key)));
      if (concealed.length !== 1) continue;
      const next = line
        .filter(({ key, size }) => size > 0 && !hidden.has(keyText(key)))
        .sort((a, b) => a.size - b.size || (keyText(a.key) < keyText(b.key) ? -1 : 1))[0];
      if (!next) continue;
      hidden.add(keyText(next.key));
      grown = true;
    }
  }
  return hidden;
}

function groupBy<T>(rows: readonly T[], nameOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/** The client's copy of a custodian's result. The custodian's copy is left as it is. */
export function suppressed(result: Result): Result {
  const minimum = result.context.protocol.disclosure.minimumCell;
  const dimensionOf = (key: StratumKey) => Object.keys(key).join(" x ");
  const hiddenRows = new Set<string>();
  const groups = groupBy(
    result.metrics.filter((row) => Object.keys(row.stratum).length > 0),
    (row) => `${row.metric}|${dimensionOf(row.stratum)}`,
  );
  for (const [name, rows] of groups) {
    const hidden = hiddenCells(
      rows.map((row) => ({ key: row.stratum, size: cellSize(row) })),
      minimum,
    );
    for (const key of hidden) hiddenRows.add(`${name}|${key}`);
  }
  const isHidden = (row: MetricResult) => {
    const overall = Object.keys(row.stratum).length === 0;
    if (overall) return cellSize(row) > 0 && cellSize(row) < minimum;
    return hiddenRows.has(`${row.metric}|${dimensionOf(row.stratum)}|${keyText(row.stratum)}`);
  };
  const metrics = result.metrics.map((row): MetricResult => {
    if (!isHidden(row)) return row;
    return {
      metric: row.metric,
      stratum: row.stratum,
      unit: row.unit,
      n: {},
      estimate: null,
      interval: null,
      flags: ["suppressed"],
    };
  });
  const compositionHidden = new Set<string>();
  for (const rows of groupBy(result.sample.composition, (row) => dimensionOf(row.stratum)).values()) {
    const cells = rows.map((row) => ({ key: row.stratum, size: row.cases }));
    for (const key of hiddenCells(cells, minimum)) compositionHidden.add(key);
  }
  const hiddenMetric = (metric: string, stratum: StratumKey) =>
    result.metrics.some((row) => row.metric === metric && keyText(row.stratum) === keyText(stratum) && isHidden(row));
  return {
    ...result,
    suppressed: true,
    metrics,
    sample: {
      ...result.sample,
      composition: result.sample.composition.filter((row) => !compositionHidden.has(keyText(row.stratum))),
    },
    worstStratum:
      result.worstStratum && hiddenMetric(result.worstStratum.metric, result.worstStratum.stratum)
        ? null
        : result.worstStratum,
    criteria: result.criteria.map((row) =>
      row.criterion.stratum && hiddenMetric(row.criterion.metric, row.criterion.stratum)
        ? { ...row, value: null }
        : row,
    ),
  };
}
