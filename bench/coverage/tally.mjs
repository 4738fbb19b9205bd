/** Coverage gathered over the points of one setting, and over settings. */

const nominal = 0.95;

/** Probabilities of the ways to fail at points of the parameter space. */
export class Tally {
  #points = 0;
  #sum = 0;
  #width = 0;
  #low = 0;
  #worst = { coverage: Infinity, at: "" };
  #central = { coverage: Infinity, at: "" };
  #above = { error: 0, at: "" };
  #below = { error: 0, at: "" };
  #none = 0;

  /**
   * One point: `above` the interval lies above the truth, `below` it lies below, `none` no interval is given. Coverage is
   * that of the intervals that are given; points where most of the time none is given are left out.
   */
  add({ above, below, none, width, at, inMean, central }) {
    this.#none = Math.max(this.#none, none);
    const given = 1 - none;
    if (given < 0.5) return;
    const coverage = 1 - (above + below) / given;
    if (inMean) {
      this.#points++;
      this.#sum += coverage;
      this.#width += width / given;
      if (coverage < nominal - 0.02) this.#low++;
    }
    if (coverage < this.#worst.coverage) this.#worst = { coverage, at };
    if (central && coverage < this.#central.coverage) this.#central = { coverage, at };
    if (above / given > this.#above.error) this.#above = { error: above / given, at };
    if (below / given > this.#below.error) this.#below = { error: below / given, at };
  }

  summary() {
    return {
      points: this.#points,
      sum: this.#sum,
      width: this.#width,
      low: this.#low,
      worst: this.#worst,
      central: this.#central,
      above: this.#above,
      below: this.#below,
      none: this.#none,
    };
  }
}

/** Summaries of settings as one. JSON has no infinity: a worst without a point comes back as null. */
export function combined(summaries) {
  const least = (key) =>
    summaries.reduce(
      (worst, { [key]: own }) => ((own.coverage ?? Infinity) < (worst.coverage ?? Infinity) ? own : worst),
      { coverage: Infinity, at: "" },
    );
  const most = (key) =>
    summaries.reduce((worst, { [key]: own }) => (own.error > worst.error ? own : worst), { error: 0, at: "" });
  const total = (key) => summaries.reduce((sum, summary) => sum + (summary[key] ?? Infinity), 0);
  const points = total("points");
  const worst = least("worst");
  return {
    points,
    mean: total("sum") / points,
    width: total("width") / points,
    lowShare: total("low") / points,
    worst,
    central: least("central"),
    shortfall: Math.max(0, nominal - worst.coverage),
    above: most("above"),
    below: most("below"),
    none: Math.max(...summaries.map(({ none }) => none)),
  };
}
