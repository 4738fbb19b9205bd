"""Makes cases.json: inputs of our own choice with reference values from independent arithmetic.

Every value is computed here from the definition of the method, at 50 digits (mpmath) or exactly (fractions),
without medassay. Where SciPy has the same quantity, the value is checked against it, and SciPy is named as a
second source.

    python3 certification/reference-values.py        # needs mpmath and scipy; writes certification/cases.json
"""
import itertools
import json
from fractions import Fraction as F
from pathlib import Path

import mpmath as mp
import numpy
import scipy
from scipy import special, stats

mp.mp.dps = 50
MP = f"mpmath {mp.__version__}, 50 digits"
EXACT = "exact rational arithmetic"
SCIPY = f"SciPy {scipy.__version__}"
cases = []


def text(value):
    """A number as a decimal string of 20 significant digits."""
    if isinstance(value, F):
        value = mp.mpf(value.numerator) / value.denominator
    if isinstance(value, int):
        return str(value)
    return mp.nstr(mp.mpf(value), 20, min_fixed=-5, max_fixed=8)


def add(topic, ident, function, arguments, expected, source, digits=12, check=None, flags=None):
    """check: values by the same keys from a second program, compared at 1e-9 relative."""
    sources = [source]
    if check is not None:
        for key, second in check.items():
            first = float(text(expected[key]))
            if abs(first - second) > 1e-9 * max(abs(first), 1e-300):
                raise SystemExit(f"{ident} {key}: {first} here, {second} by the second program")
        sources.append(SCIPY)
    values = {}
    for key, value in expected.items():
        values[key] = {"reason": value} if isinstance(value, str) else {"value": text(value)}
    entry = {"id": ident, "topic": topic, "function": function, "arguments": arguments, "expected": values}
    if flags:
        entry["flags"] = flags
    entry["digits"] = digits
    entry["sources"] = sources
    cases.append(entry)


# --- distributions by their definitions

def betai(x, a, b):
    return mp.betainc(a, b, 0, x, regularized=True)


def betac(x, a, b):
    return mp.betainc(a, b, x, 1, regularized=True)


def bisect(f, low, high):
    """Root of a monotone function between two mpf, to 45 digits."""
    low, high = mp.mpf(low), mp.mpf(high)
    rising = f(high) > f(low)
    for _ in range(170):
        middle = (low + high) / 2
        if (f(middle) > 0) == rising:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def beta_quantile(p, a, b):
    return bisect(lambda x: betai(x, a, b) - p, 0, 1)


def gamma_quantile(p, a):
    return bisect(lambda x: mp.gammainc(a, 0, x, regularized=True) - p, 0, 20 * a + 100)


def phi(z):
    return mp.ncdf(z)


def normal_quantile(p):
    return mp.sqrt(2) * mp.erfinv(2 * mp.mpf(p) - 1)


def student_cdf(t, v):
    t, v = mp.mpf(t), mp.mpf(v)
    tail = betai(v / (v + t * t), v / 2, mp.mpf(1) / 2) / 2
    return 1 - tail if t > 0 else tail


def student_quantile(p, v):
    return bisect(lambda t: student_cdf(t, v) - p, -200, 200)


def fisher_cdf(x, v, w):
    return betai(v * x / (v * x + w), mp.mpf(v) / 2, mp.mpf(w) / 2)


def fisher_quantile(p, v, w):
    return bisect(lambda x: fisher_cdf(x, v, w) - p, 0, 2000)


def chi_square_sf(x, v):
    return mp.gammainc(mp.mpf(v) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)


LEVEL = mp.mpf(95) / 100
TAIL = (1 - LEVEL) / 2
Z = normal_quantile(1 - TAIL)

# --- special functions
for x, a, b in [(0.3, 2.5, 7), (0.999, 300, 2), (1e-5, 0.5, 80)]:
    xs, as_, bs = mp.mpf(x), mp.mpf(a), mp.mpf(b)
    add("special functions", f"beta-tails-{x}-{a}-{b}", "stats.betaTails", [x, a, b],
        {"lower": betai(xs, as_, bs), "upper": betac(xs, as_, bs)}, MP,
        check={"lower": special.betainc(a, b, x), "upper": special.betaincc(a, b, x)})
for x, a in [(3.5, 2), (150, 100.5), (0.01, 0.5)]:
    add("special functions", f"gamma-tails-{x}-{a}", "stats.gammaTails", [x, a],
        {"lower": mp.gammainc(a, 0, x, regularized=True), "upper": mp.gammainc(a, x, mp.inf, regularized=True)}, MP,
        check={"lower": special.gammainc(a, x), "upper": special.gammaincc(a, x)})
add("special functions", "normal-tail-38", "stats.normalSf", [30.5], {"": mp.erfc(mp.mpf(61) / 2 / mp.sqrt(2)) / 2}, MP,
    check={"": stats.norm.sf(30.5)})
add("special functions", "normal-quantile-0.975", "stats.normalQuantile", [0.975], {"": normal_quantile(mp.mpf(0.975))}, MP,
    check={"": stats.norm.ppf(0.975)})
add("special functions", "normal-quantile-1e-30", "stats.normalQuantile", [1e-30],
    {"": bisect(lambda z: mp.erfc(-z / mp.sqrt(2)) / 2 - mp.mpf(1e-30), -20, 0)}, MP, check={"": stats.norm.ppf(1e-30)})
for p, v in [(0.975, 1), (0.975, 7.5), (0.9999, 30)]:
    add("special functions", f"student-quantile-{p}-{v}", "stats.studentQuantile", [p, v],
        {"": student_quantile(mp.mpf(p), v)}, MP, check={"": stats.t.ppf(p, v)})
add("special functions", "fisher-quantile-0.95-5-12", "stats.fisherQuantile", [0.95, 5, 12],
    {"": fisher_quantile(mp.mpf(0.95), 5, 12)}, MP, check={"": stats.f.ppf(0.95, 5, 12)})
add("special functions", "chi-square-tail-40-3", "stats.chiSquareTails", [40, 3], {"upper": chi_square_sf(40, 3)}, MP,
    check={"upper": stats.chi2.sf(40, 3)})
add("special functions", "binomial-tail-exact", "stats.binomialTails", [3, 20, 0.25],
    {"lower": sum(F(mp.binomial(20, k).__int__()) * F(1, 4) ** k * F(3, 4) ** (20 - k) for k in range(4))}, EXACT,
    check={"lower": stats.binom.cdf(3, 20, 0.25)})

# --- one proportion


def wilson(x, n, z=Z):
    centre = (x + z * z / 2) / (n + z * z)
    p = mp.mpf(x) / n
    half = z * mp.sqrt(n) / (n + z * z) * mp.sqrt(p * (1 - p) + z * z / (4 * n))
    return (mp.mpf(0) if x == 0 else centre - half, mp.mpf(1) if x == n else centre + half)


def clopper_pearson(x, n):
    low = mp.mpf(0) if x == 0 else beta_quantile(TAIL, x, n - x + 1)
    high = mp.mpf(1) if x == n else beta_quantile(1 - TAIL, x + 1, n - x)
    return low, high


def limits(pair):
    return {"low": pair[0], "high": pair[1]}


for x, n in [(46, 53), (0, 17), (29, 29), (881, 1024)]:
    second = stats.binomtest(x, n).proportion_ci(0.95, "wilson")
    add("one proportion", f"wilson-{x}-of-{n}", "stats.wilson", [x, n, 0.95], limits(wilson(x, n)), f"{MP}: Wilson 1927",
        check={"low": second.low, "high": second.high} if 0 < x < n else None)
    second = stats.binomtest(x, n).proportion_ci(0.95, "exact")
    add("one proportion", f"clopper-pearson-{x}-of-{n}", "stats.clopperPearson", [x, n, 0.95],
        limits(clopper_pearson(x, n)), f"{MP}: beta quantiles", check={"low": second.low, "high": second.high})
add("one proportion", "jeffreys-46-of-53", "stats.jeffreys", [46, 53, 0.95],
    limits((beta_quantile(TAIL, 46.5, 7.5), beta_quantile(1 - TAIL, 46.5, 7.5))), f"{MP}: beta quantiles",
    check={"low": stats.beta.ppf(0.025, 46.5, 7.5), "high": stats.beta.ppf(0.975, 46.5, 7.5)})
below = lambda p: (betac(p, 47, 7) + betac(p, 46, 8)) / 2
add("one proportion", "mid-p-46-of-53", "stats.midP", [46, 53, 0.95],
    limits((bisect(lambda p: (1 - below(p)) - TAIL, 0, 1), bisect(lambda p: below(p) - TAIL, 0, 1))),
    f"{MP}: tails with half the point mass")
size = 53 + Z * Z
centre = (46 + Z * Z / 2) / size
half = Z * mp.sqrt(centre * (1 - centre) / size)
add("one proportion", "agresti-coull-46-of-53", "stats.agrestiCoull", [46, 53, 0.95], limits((centre - half, centre + half)),
    f"{MP}: Agresti & Coull 1998")
tail = sum(F(int(mp.binomial(53, k))) * F(4, 5) ** k * F(1, 5) ** (53 - k) for k in range(46, 54))
add("one proportion", "binomial-test-46-of-53-above-0.8", "stats.binomialTest", [46, 53, 0.8, "greater"], {"p": tail},
    EXACT, check={"p": stats.binomtest(46, 53, 0.8, "greater").pvalue})

# --- two proportions


def restricted(x1, n1, x2, n2, delta):
    """Maximum likelihood pair under p1 - p2 = delta, by bisection of the likelihood equation."""
    def slope(p2):
        p1 = p2 + delta
        return (x1 / p1 if x1 else 0) - ((n1 - x1) / (1 - p1) if n1 - x1 else 0) + \
            (x2 / p2 if x2 else 0) - ((n2 - x2) / (1 - p2) if n2 - x2 else 0)
    tiny = mp.mpf(10) ** -45
    low, high = max(mp.mpf(0), -delta) + tiny, min(mp.mpf(1), 1 - delta) - tiny
    p2 = bisect(slope, low, high)
    return p2 + delta, p2


def score_z(x1, n1, x2, n2, delta, factor):
    p1, p2 = restricted(x1, n1, x2, n2, delta)
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * factor
    return (mp.mpf(x1) / n1 - mp.mpf(x2) / n2 - delta) / mp.sqrt(variance)


def score_interval(x1, n1, x2, n2, factor):
    d = mp.mpf(x1) / n1 - mp.mpf(x2) / n2
    edge = mp.mpf(10) ** -30
    low = bisect(lambda delta: score_z(x1, n1, x2, n2, delta, factor) - Z, -1 + edge, d)
    high = bisect(lambda delta: score_z(x1, n1, x2, n2, delta, factor) + Z, d, 1 - edge)
    return low, high


x1, n1, x2, n2 = 83, 97, 71, 104
total = mp.mpf(n1 + n2)
add("two proportions", "miettinen-nurminen-83-97-71-104", "stats.miettinenNurminenDifference", [x1, n1, x2, n2, 0.95],
    limits(score_interval(x1, n1, x2, n2, total / (total - 1))), f"{MP}: score equation solved by bisection")
add("two proportions", "mee-83-97-71-104", "stats.meeDifference", [x1, n1, x2, n2, 0.95],
    limits(score_interval(x1, n1, x2, n2, mp.mpf(1))), f"{MP}: score equation solved by bisection")
z = score_z(x1, n1, x2, n2, mp.mpf(-1) / 20, mp.mpf(1))
add("two proportions", "farrington-manning-margin-0.05", "stats.farringtonManning", [x1, n1, x2, n2, 0.05],
    {"z": z, "p": mp.erfc(z / mp.sqrt(2)) / 2}, f"{MP}: restricted likelihood by bisection")
first, second = wilson(x1, n1), wilson(x2, n2)
p1, p2 = mp.mpf(x1) / n1, mp.mpf(x2) / n2
add("two proportions", "newcombe-83-97-71-104", "stats.newcombeDifference", [x1, n1, x2, n2, 0.95],
    limits((p1 - p2 - mp.sqrt((p1 - first[0]) ** 2 + (second[1] - p2) ** 2),
            p1 - p2 + mp.sqrt((first[1] - p1) ** 2 + (p2 - second[0]) ** 2))), f"{MP}: Newcombe 1998, method 10")


def fisher_two_sided(a, b, c, d):
    rows, columns = (a + b, c + d), (a + c, b + d)
    def weight(k):
        return int(mp.binomial(columns[0], k)) * int(mp.binomial(columns[1], rows[0] - k))
    support = range(max(0, rows[0] - columns[1]), min(rows[0], columns[0]) + 1)
    mine = weight(a)
    return F(sum(weight(k) for k in support if weight(k) <= mine), sum(weight(k) for k in support))


# --- paired proportions


def tango(a, b, c, d, delta):
    n = a + b + c + d
    first = 2 * n
    second = (2 * n - b + c) * delta - b - c
    third = -c * delta * (1 - delta)
    q = (-second + mp.sqrt(second * second - 4 * first * third)) / (2 * first)
    return (b - c - n * delta) / mp.sqrt(n * (2 * q + delta * (1 - delta)))


a, b, c, d = 61, 14, 5, 20
estimate = mp.mpf(b - c) / (a + b + c + d)
edge = mp.mpf(10) ** -30
add("paired proportions", "tango-61-14-5-20", "stats.tangoDifference", [a, b, c, d, 0.95],
    limits((bisect(lambda x: tango(a, b, c, d, x) - Z, -1 + edge, estimate),
            bisect(lambda x: tango(a, b, c, d, x) + Z, estimate, 1 - edge))), f"{MP}: score equation solved by bisection")
z = tango(a, b, c, d, mp.mpf(-1) / 10)
add("paired proportions", "tango-non-inferiority-0.1", "stats.tangoNonInferiority", [a, b, c, d, 0.1],
    {"z": z, "p": mp.erfc(z / mp.sqrt(2)) / 2}, MP)
exact = F(2 * sum(int(mp.binomial(19, k)) for k in range(6)), 2 ** 19)
add("paired proportions", "mcnemar-exact-14-5", "stats.mcnemarExact", [14, 5], {"p": exact}, EXACT,
    check={"p": stats.binomtest(5, 19).pvalue})
add("paired proportions", "mcnemar-mid-p-14-5", "stats.mcnemarMidP", [14, 5],
    {"p": exact - F(int(mp.binomial(19, 5)), 2 ** 19)}, EXACT)
add("paired proportions", "mcnemar-chi-square-14-5", "stats.mcnemarAsymptotic", [14, 5],
    {"chi2": F(81, 19), "p": chi_square_sf(mp.mpf(81) / 19, 1)}, MP)
p12, p21 = mp.mpf(15) / 102, mp.mpf(6) / 102
half = Z * mp.sqrt((p12 + p21 - (p12 - p21) ** 2) / 102)
add("paired proportions", "bonett-price-61-14-5-20", "stats.bonettPriceDifference", [a, b, c, d, 0.95],
    limits((p12 - p21 - half, p12 - p21 + half)), f"{MP}: Bonett & Price 2012")

# --- rates
for count, exposure in [(37, 52), (0, 30)]:
    low = mp.mpf(0) if count == 0 else gamma_quantile(TAIL, count) / exposure
    add("rates", f"garwood-{count}-in-{exposure}", "stats.garwood", [count, exposure, 0.95],
        limits((low, gamma_quantile(1 - TAIL, count + 1) / exposure)), f"{MP}: gamma quantiles",
        check={"high": stats.gamma.ppf(0.975, count + 1) / exposure})
counts = [0, 2, 1, 0, 7, 0, 3, 1, 0, 0, 2, 12]
n = len(counts)
mean = F(sum(counts), n)
dispersion = sum((y - mean) ** 2 for y in counts) / ((n - 1) * mean)
width = student_quantile(1 - TAIL, n - 1) * mp.sqrt(mp.mpf(dispersion.numerator) / dispersion.denominator / sum(counts))
m = mp.mpf(mean.numerator) / mean.denominator
add("rates", "quasi-poisson-12-cases", "stats.quasiPoisson", [counts, None, 0.95],
    {"mean": mean, "dispersion": dispersion, "interval.low": m * mp.exp(-width), "interval.high": m * mp.exp(width)},
    f"{MP}: log interval with t")

# --- clustered proportions
x = [2, 1, 3, 0, 4, 2, 1, 1, 5, 0, 2, 3]
n = [2, 2, 3, 1, 5, 2, 1, 3, 5, 2, 2, 4]
K, N = len(n), sum(n)
p = F(sum(x), N)
variance = F(K, K - 1) * sum((xi - p * ni) ** 2 for xi, ni in zip(x, n)) / N ** 2
deff = variance / (p * (1 - p) / (N - 1))
add("clustered proportions", "ratio-variance-12-patients", "stats.clusterRatioVariance", [x, n],
    {"estimate": p, "variance": variance, "deff": deff, "nEff": N / deff}, EXACT)
effective = mp.mpf((N / deff).numerator) / (N / deff).denominator
t_ratio = student_quantile(1 - TAIL, N - 1) / student_quantile(1 - TAIL, K - 1)
effective = min(mp.mpf(N), effective * t_ratio ** 2)
successes = mp.mpf(p.numerator) / p.denominator * effective
add("clustered proportions", "korn-graubard-12-patients", "stats.kornGraubard", [x, n, 0.95],
    limits((beta_quantile(TAIL, successes, effective - successes + 1),
            beta_quantile(1 - TAIL, successes + 1, effective - successes))), f"{MP}: Korn & Graubard 1998")
add("clustered proportions", "korn-graubard-all-found", "stats.kornGraubard", [[2, 1, 3, 2], [2, 1, 3, 2], 0.95],
    {"low": mp.mpf(TAIL) ** (mp.mpf(1) / 4), "high": mp.mpf(1)}, f"{MP}: exact limit on four patients",
    flags=["exact-on-clusters"])
add("clustered proportions", "korn-graubard-one-patient", "stats.kornGraubard", [[3], [4], 0.95],
    {"low": "too-few-clusters"}, "by definition: one patient has no variance between patients")

# --- ROC
labels = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
scores = [0.9, 0.8, 0.8, 0.6, 0.55, 0.3, 0.8, 0.5, 0.4, 0.3, 0.2, 0.2, 0.1]
X = [s for s, l in zip(scores, labels) if l]
Y = [s for s, l in zip(scores, labels) if not l]
psi = lambda u, v: F(1) if u > v else F(1, 2) if u == v else F(0)
area = sum(psi(u, v) for u in X for v in Y) / (len(X) * len(Y))
v10 = [sum(psi(u, v) for v in Y) / len(Y) for u in X]
v01 = [sum(psi(u, v) for u in X) / len(X) for v in Y]
square = lambda values, centre: sum((value - centre) ** 2 for value in values) / (len(values) - 1)
variance = square(v10, area) / len(X) + square(v01, area) / len(Y)
A, S = (mp.mpf(q.numerator) / q.denominator for q in (area, variance))
logit, step = mp.log(A / (1 - A)), Z * mp.sqrt(S) / (A * (1 - A))
add("ROC", "delong-6-against-7-with-ties", "stats.delongAuc", [X, Y, 0.95],
    {"auc": area, "variance": variance, "interval.low": 1 / (1 + mp.exp(step - logit)),
     "interval.high": 1 / (1 + mp.exp(-step - logit))}, f"{EXACT}; logit interval: {MP}",
    check={"auc": stats.mannwhitneyu(X, Y).statistic / (len(X) * len(Y))})
separated = lambda theta: (1 - theta) - Z * mp.sqrt(
    theta * (1 - theta) * (1 + 4 * (1 - theta) / (2 - theta) + 4 * theta / (1 + theta)) / 25)
add("ROC", "delong-perfectly-separated", "stats.delongAuc", [[6, 7, 8, 9, 10], [1, 2, 3, 4, 5], 0.95],
    {"auc": 1, "interval.low": bisect(separated, mp.mpf(1) / 10, 1 - mp.mpf(10) ** -20), "interval.high": 1},
    f"{MP}: Newcombe 2006, method 5")
steps = sorted(set(scores), reverse=True)
ap, found = F(0), 0
for threshold in steps:
    tp = sum(s >= threshold for s in X)
    calls = tp + sum(s >= threshold for s in Y)
    ap, found = ap + F(tp - found, len(X)) * F(tp, calls), tp
add("ROC", "average-precision-with-ties", "average precision", [labels, scores], {"value": ap}, EXACT)

from_to = F(1, 4)
points = [(F(sum(q >= c for q in Y), len(Y)), F(sum(q >= c for q in X), len(X))) for c in steps]
points = [(F(0), F(0))] + points
part = F(0)
for (x0, y0), (x1, y1) in zip(points, points[1:]):
    if x0 >= from_to or x1 == x0:
        continue
    end = min(x1, from_to)
    height = y0 + (y1 - y0) * (end - x0) / (x1 - x0)
    part += (end - x0) * (y0 + height) / 2
low, high = from_to ** 2 / 2, from_to
add("ROC", "partial-auc-to-fpr-0.25", "partial AUC", [labels, scores, "fpr", 0, 0.25],
    {"area": part, "corrected": (1 + (part - low) / (high - low)) / 2}, EXACT)
best = max((y, -x) for x, y in points if 1 - x >= F(4, 5))
add("ROC", "sensitivity-at-specificity-0.8", "sensitivity at specificity", [labels, scores, 0.8], {"sensitivity": best[0]}, EXACT)
other = [5, 9, 4, 7, 6, 2, 3, 4, 1, 5, 2, 3, 1]
X2, Y2 = [q for q, l in zip(other, labels) if l], [q for q, l in zip(other, labels) if not l]
area2 = sum(psi(u, v) for u in X2 for v in Y2) / (len(X2) * len(Y2))
w10 = [sum(psi(u, v) for v in Y2) / len(Y2) for u in X2]
w01 = [sum(psi(u, v) for u in X2) / len(X2) for v in Y2]
cross = lambda p, q, a, b: sum((s - a) * (t - b) for s, t in zip(p, q)) / (len(p) - 1)
both = square(v10, area) / 6 + square(v01, area) / 7 + square(w10, area2) / 6 + square(w01, area2) / 7 \
    - 2 * (cross(v10, w10, area, area2) / 6 + cross(v01, w01, area, area2) / 7)
error = mp.sqrt(mp.mpf(both.numerator) / both.denominator)
gap = mp.mpf((area - area2).numerator) / (area - area2).denominator
add("ROC", "delong-two-scores-same-cases", "stats.delongDifference", [labels, scores, other, 0.95],
    {"difference": area - area2, "se": error, "z": gap / error, "p": mp.erfc(abs(gap / error) / mp.sqrt(2))}, f"{EXACT}; root: {MP}")
eyes = [1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7, 7]
d10, d01 = {}, {}
it10, it01 = iter(v10), iter(v01)
for patient, label in zip(eyes, labels):
    if label:
        d10[patient] = d10.get(patient, 0) + next(it10) - area
    else:
        d01[patient] = d01.get(patient, 0) + next(it01) - area
I10, I01, I = len(d10), len(d01), len(set(eyes))
clustered = F(I10, I10 - 1) * sum(q * q for q in d10.values()) / 36 + F(I01, I01 - 1) * sum(q * q for q in d01.values()) / 49 \
    + 2 * F(I, I - 1) * sum(d10.get(q, 0) * d01.get(q, 0) for q in set(eyes)) / 42
add("ROC", "obuchowski-seven-patients", "stats.clusteredAuc", [eyes, labels, scores, 0.95], {"auc": area, "variance": clustered}, EXACT)

# --- agreement
table = [[41, 5, 1], [6, 22, 4], [0, 3, 18]]
total = sum(map(sum, table))
rows = [F(sum(r), total) for r in table]
columns = [F(sum(r[j] for r in table), total) for j in range(3)]


def kappa(weight):
    observed = sum(F(table[i][j], total) * weight(i, j) for i in range(3) for j in range(3))
    chance = sum(rows[i] * columns[j] * weight(i, j) for i in range(3) for j in range(3))
    value = (observed - chance) / (1 - chance)
    row_mean = [sum(columns[j] * weight(i, j) for j in range(3)) for i in range(3)]
    column_mean = [sum(rows[i] * weight(i, j) for i in range(3)) for j in range(3)]
    spread = sum(F(table[i][j], total) * (weight(i, j) - (row_mean[i] + column_mean[j]) * (1 - value)) ** 2
                 for i in range(3) for j in range(3)) - (value - chance * (1 - value)) ** 2
    error = mp.sqrt(mp.mpf(spread.numerator) / spread.denominator / total) / (1 - mp.mpf(chance.numerator) / chance.denominator)
    return value, error


for name, weight in [("none", lambda i, j: F(i == j)), ("quadratic", lambda i, j: 1 - F((i - j) ** 2, 4))]:
    value, error = kappa(weight)
    v = mp.mpf(value.numerator) / value.denominator
    add("agreement", f"cohen-kappa-{name}", "stats.cohenKappa", [table, name, 0.95],
        {"kappa": value, "se1": error, "wald.low": v - Z * error, "wald.high": v + Z * error},
        f"{EXACT}; standard error of Fleiss, Cohen & Everitt 1969: {MP}")

ratings = [[1, 1, 2], [2, 2, 2], [1, 2, 1], [1, 1, 1], [2, None, 1], [3, 3, 3], [3, 2, 3], [1, 1, 1]]
scale = [1, 2, 3]
seen = [[r for r in row if r is not None] for row in ratings]
pairs = [row for row in seen if len(row) >= 2]
agree = sum(F(sum(F(row.count(c) * (row.count(c) - 1)) for c in scale), len(row) * (len(row) - 1)) for row in pairs) / len(pairs)
share = [sum(F(row.count(c), len(row)) for row in seen) / len(seen) for c in scale]
chance = {"fleiss": sum(q * q for q in share), "gwet": sum(q * (1 - q) for q in share) / 2, "brennanPrediger": F(1, 3)}
add("agreement", "three-readers-fleiss-ac1-pabak", "stats.multiRaterAgreement", [ratings, scale, "identity", 0.95],
    {f"{name}.coefficient": (agree - e) / (1 - e) for name, e in chance.items()}, EXACT)
pairable = [(a, b, F(1, len(row) - 1)) for row in pairs for i, a in enumerate(row) for j, b in enumerate(row) if i != j]
counted = [r for row in pairs for r in row]
observed = sum(w * (a - b) ** 2 for a, b, w in pairable) / len(counted)
expected = F(sum((a - b) ** 2 for a in counted for b in counted), len(counted) * (len(counted) - 1))
add("agreement", "krippendorff-alpha-interval", "stats.krippendorffAlpha", [ratings, "interval"],
    {"alpha": 1 - observed / expected}, EXACT)

readings = [[9, 2, 5], [6, 1, 3], [8, 4, 6], [7, 1, 2], [10, 5, 6], [6, 2, 4]]
n, k = len(readings), 3
grand = F(sum(map(sum, readings)), n * k)
msr = sum(k * (F(sum(row), k) - grand) ** 2 for row in readings) / (n - 1)
msc = sum(n * (F(sum(row[j] for row in readings), n) - grand) ** 2 for j in range(k)) / (k - 1)
sse = sum((row[j] - F(sum(row), k) - F(sum(r[j] for r in readings), n) + grand) ** 2 for row in readings for j in range(k))
mse = sse / ((n - 1) * (k - 1))
value = (msr - mse) / (msr + (k - 1) * mse + F(k, n) * (msc - mse))
R, C, E = (mp.mpf(q.numerator) / q.denominator for q in (msr, msc, mse))
v = mp.mpf(value.numerator) / value.denominator
first, second = k * v / (n * (1 - v)), 1 + k * v * (n - 1) / (n * (1 - v))
degrees = (first * C + second * E) ** 2 / ((first * C) ** 2 / (k - 1) + (second * E) ** 2 / ((n - 1) * (k - 1)))
upper = fisher_quantile(1 - TAIL, n - 1, degrees)
lower = fisher_quantile(1 - TAIL, degrees, n - 1)
add("agreement", "icc-a1-six-subjects-three-readers", "stats.icc", [readings, "A,1", 0.95],
    {"icc": value, "interval.low": n * (R - upper * E) / (upper * (k * C + (k * n - k - n) * E) + n * R),
     "interval.high": n * (lower * R - E) / (k * C + (k * n - k - n) * E + n * lower * R)},
    f"{EXACT}; limits of McGraw & Wong 1996: {MP}")

first, second = [4.2, 7.5, 6.1, 9.8, 12.4, 3.3, 8.0, 15.2], [4.6, 7.1, 6.6, 10.5, 12.0, 3.1, 8.9, 16.3]
u, w = [F(str(q)) for q in first], [F(str(q)) for q in second]
n = len(u)
mu, mw = sum(u) / n, sum(w) / n
suu, sww = sum((q - mu) ** 2 for q in u) / n, sum((q - mw) ** 2 for q in w) / n
suw = sum((a - mu) * (b - mw) for a, b in zip(u, w)) / n
add("agreement", "lin-concordance-8-pairs", "stats.concordanceCorrelation", [first, second, 0.95],
    {"ccc": 2 * suw / (suu + sww + (mu - mw) ** 2)}, EXACT)
difference = [b - a for a, b in zip(u, w)]
bias = sum(difference) / n
spread = sum((q - bias) ** 2 for q in difference) / (n - 1)
sd = mp.sqrt(mp.mpf(spread.numerator) / spread.denominator)
centre = mp.mpf(bias.numerator) / bias.denominator


def noncentral_t_cdf(t, v, ncp):
    """P(T <= t): expectation of the normal cdf over the chi distribution of the sample standard deviation."""
    density = lambda s: 2 * mp.exp(mp.log(v / mp.mpf(2)) * v / 2 - mp.loggamma(v / mp.mpf(2)) + (v - 1) * mp.log(s) - v * s * s / 2)
    return mp.quad(lambda s: phi(t * s - ncp) * density(s), [0, 0.5, 1, 1.5, 2.5, 5])


mp.mp.dps = 25
ncp = Z * mp.sqrt(n)
quantile = lambda p: mp.findroot(lambda t: noncentral_t_cdf(t, n - 1, ncp) - p, (float(stats.nct.ppf(float(p), n - 1, float(ncp))), 6), tol=1e-20)
near, far = quantile(TAIL) / mp.sqrt(n), quantile(1 - TAIL) / mp.sqrt(n)
mp.mp.dps = 50
add("agreement", "bland-altman-8-pairs", "stats.blandAltman", [first, second, "exact", 0.95],
    {"bias": bias, "limits.0": centre - Z * sd, "limits.1": centre + Z * sd,
     "upperInterval.low": centre + near * sd, "upperInterval.high": centre + far * sd,
     "lowerInterval.low": centre - far * sd, "lowerInterval.high": centre - near * sd},
    "mpmath: noncentral t by quadrature at 25 digits (Carkeet 2015)", 11)

# --- 2x2 tables
table = {"tp": 83, "fp": 12, "fn": 17, "tn": 188}
margin = Z * mp.sqrt(mp.mpf(1) / 83 - mp.mpf(1) / 100 + mp.mpf(1) / 12 - mp.mpf(1) / 200)
add("2x2 tables", "likelihood-ratio-positive", "stats.likelihoodRatios", [table, 0.95],
    {"positive.value": F(83, 100) / F(12, 200), "positive.interval.low": mp.mpf(83) / 6 * mp.exp(-margin),
     "positive.interval.high": mp.mpf(83) / 6 * mp.exp(margin)}, f"{MP}: Simel et al. 1991")
ppv = F(83, 100) * F(1, 50) / (F(83, 100) * F(1, 50) + F(12, 200) * F(49, 50))
v = mp.mpf(ppv.numerator) / ppv.denominator
logit = mp.log(v / (1 - v))
step = Z * mp.sqrt(mp.mpf(17) / 83 / 100 + mp.mpf(188) / 12 / 200)
add("2x2 tables", "ppv-at-prevalence-0.02", "stats.predictiveValuesAt", [table, 0.02, False, 0.95],
    {"ppv.value": ppv, "ppv.interval.low": 1 / (1 + mp.exp(step - logit)), "ppv.interval.high": 1 / (1 + mp.exp(-step - logit))},
    f"{MP}: Mercaldo, Lau & Zhou 2007")
add("2x2 tables", "matthews-correlation", "stats.diagnosticValues", [table],
    {"mcc": mp.mpf(83 * 188 - 12 * 17) / mp.sqrt(95 * 100 * 200 * 205), "f1": F(166, 195), "balancedAccuracy": (F(83, 100) + F(188, 200)) / 2},
    f"{EXACT}; root: {MP}")

# --- resampling and planning
add("resampling", "percentiles-type-7", "stats.percentileInterval", [[5, 1, 12, 2, 9], 0.9], {"low": F(6, 5), "high": F(57, 5)}, EXACT)
flips = [3, 1, 4, -1, 5, 2]
sums = [sum(sign * q for sign, q in zip(signs, flips)) for signs in itertools.product((1, -1), repeat=6)]
add("resampling", "sign-flip-6-differences", "stats.signFlipTest", [flips],
    {"total": 64, "twoSided": sum(abs(q) >= 14 for q in sums), "greater": sum(q >= 14 for q in sums)}, "all 64 patterns counted", 16)
add("planning", "precision-0.9-half-width-0.04", "stats.precisionSize", [0.9, 0.04],
    {"raw": Z * Z * F(9, 100).numerator / 100 / mp.mpf("0.0016"), "n": int(mp.ceil(Z * Z * mp.mpf("0.09") / mp.mpf("0.0016")))}, MP)


def exact_design(p0, p1, alpha, power):
    for n in itertools.count(1):
        critical = next(x for x in range(n + 2) if x > n or stats.binom.sf(x - 1, n, p0) <= alpha)
        if stats.binom.sf(critical - 1, n, p1) >= power:
            return n, critical


n, critical = exact_design(0.8, 0.9, 0.025, 0.8)
add("planning", "target-0.8-expected-0.9-exact", "stats.singleArmExact", [0.8, 0.9, 0.025, 0.8],
    {"first.n": n, "first.critical": critical}, f"{SCIPY}: search over n", 16)
adjusted = sorted([F(1, 100), F(3, 100), F(4, 100), F(1, 200)])
add("planning", "holm-four-p-values", "stats.holm", [[0.01, 0.03, 0.04, 0.005]],
    {"0": F(3, 100), "1": F(6, 100), "2": F(6, 100), "3": F(2, 100)}, "by hand: 3 x 0.01, 2 x 0.03, monotone, 4 x 0.005")

# --- calibration
truth = [0, 0, 1, 0, 1, 1, 0, 1]
forecast = [0.1, 0.25, 0.3, 0.4, 0.55, 0.7, 0.75, 0.9]
exactly = [F(str(v)) for v in forecast]
brier = sum((q - y) ** 2 for q, y in zip(exactly, truth)) / 8
add("calibration", "brier-8-cases", "stats.brierScore", [truth, forecast], {"brier": brier, "skill": 1 - 4 * brier}, EXACT)
mid = [mp.mpf(q.numerator) / q.denominator for q in exactly]
z = sum((y - q) * (1 - 2 * q) for y, q in zip(truth, mid)) / mp.sqrt(sum((1 - 2 * q) ** 2 * q * (1 - q) for q in mid))
add("calibration", "spiegelhalter-8-cases", "stats.spiegelhalterTest", [truth, forecast],
    {"z": z, "p": mp.erfc(abs(z) / mp.sqrt(2))}, MP)
treated = [y for y, q in zip(truth, exactly) if q >= F(1, 2)]
benefit = F(sum(treated), 8) - F(len(treated) - sum(treated), 8)
add("calibration", "net-benefit-at-0.5", "stats.netBenefit", [truth, forecast, 0.5], {"model": benefit}, EXACT)

# --- tests of tables, ranks and strata
add("tests", "fisher-exact-8-2-1-9", "stats.fisherExact", [[[8, 2], [1, 9]]], {"p": fisher_two_sided(8, 2, 1, 9)}, EXACT,
    check={"p": stats.fisher_exact([[8, 2], [1, 9]]).pvalue})
grid = [[12, 7, 3], [5, 9, 14]]
total = sum(map(sum, grid))
chi2 = sum(F(grid[i][j] * total - sum(grid[i]) * (grid[0][j] + grid[1][j])) ** 2 /
           (F(total) * sum(grid[i]) * (grid[0][j] + grid[1][j])) for i in range(2) for j in range(3))
add("tests", "chi-square-2-by-3", "stats.pearsonChiSquare", [grid],
    {"chi2": chi2, "p": chi_square_sf(mp.mpf(chi2.numerator) / chi2.denominator, 2)}, f"{EXACT}; tail: {MP}",
    check={"chi2": stats.chi2_contingency(grid, correction=False).statistic, "p": stats.chi2_contingency(grid, correction=False).pvalue})
first, second = [12, 15, 9, 22, 15], [8, 9, 14, 5, 7, 11]
u = sum(psi(q, w) for q in first for w in second)
pooled = first + second
patterns = [sum(psi(pooled[i], pooled[j]) for i in chosen for j in range(11) if j not in chosen)
            for chosen in itertools.combinations(range(11), 5)]
add("tests", "mann-whitney-exact-with-ties", "stats.mannWhitneyExact", [first, second],
    {"u": u, "p": F(sum(abs(q - 15) >= abs(u - 15) for q in patterns), len(patterns))}, "all 462 divisions counted", 13)
groups = [[3, 5, 8, 8], [2, 9, 12, 14, 15], [1, 1, 4, 6]]
second = stats.kruskal(*groups)
pool = sorted(sum(groups, []))
rank = {v: F(sum(i + 1 for i, q in enumerate(pool) if q == v), pool.count(v)) for v in set(pool)}
n = len(pool)
h = F(12, n * (n + 1)) * sum(sum(rank[v] for v in g) ** 2 / len(g) for g in groups) - 3 * (n + 1)
h /= 1 - F(sum(pool.count(v) ** 3 - pool.count(v) for v in set(pool)), n ** 3 - n)
add("tests", "kruskal-wallis-with-ties", "stats.kruskalWallis", [groups],
    {"h": h, "p": chi_square_sf(mp.mpf(h.numerator) / h.denominator, 2)}, f"{EXACT}; tail: {MP}",
    check={"h": second.statistic, "p": second.pvalue})
readers = [[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]]
columns = [sum(row[j] for row in readers) for j in range(3)]
T = sum(columns)
q = F(2 * (3 * sum(c * c for c in columns) - T * T), 3 * T - sum(sum(row) ** 2 for row in readers))
add("tests", "cochran-q-three-readers", "stats.cochranQ", [readers],
    {"q": q, "p": chi_square_sf(mp.mpf(q.numerator) / q.denominator, 2)}, f"{EXACT}; tail: {MP}")
sites = [[[14, 6], [9, 11]], [[8, 4], [5, 9]], [[20, 3], [15, 6]]]
top = sum(F(a * d - b * c, a + b + c + d) for (a, b), (c, d) in sites)
variance = sum(F((a + b) * (c + d) * (a + c) * (b + d), (a + b + c + d) ** 2 * (a + b + c + d - 1)) for (a, b), (c, d) in sites)
cmh = top ** 2 / variance
add("tests", "mantel-haenszel-three-sites", "stats.mantelHaenszelTest", [sites],
    {"chi2": cmh, "p": chi_square_sf(mp.mpf(cmh.numerator) / cmh.denominator, 1)}, f"{EXACT}; tail: {MP}")
ratio = sum(F(a * d, a + b + c + d) for (a, b), (c, d) in sites) / sum(F(b * c, a + b + c + d) for (a, b), (c, d) in sites)
add("tests", "mantel-haenszel-odds-ratio", "stats.mantelHaenszelOddsRatio", [sites], {"oddsRatio": ratio}, EXACT)

# --- masks: every voxel compared with every other
shape, spacing = [3, 6, 7], [2.5, 0.8, 0.8]


def ball(centre, radii):
    return [int(sum(((q - c) / r) ** 2 for q, c, r in zip(at, centre, radii)) <= 1) for at in itertools.product(*map(range, shape))]


def runs(mask):
    lengths, value = [0], 0
    for voxel in mask:
        if voxel != value:
            lengths.append(0)
            value = voxel
        lengths[-1] += 1
    return lengths


def border(mask):
    inside = {at for at, voxel in zip(itertools.product(*map(range, shape)), mask) if voxel}
    steps = [tuple(d if axis == a else 0 for axis in range(3)) for a in range(3) for d in (-1, 1)]
    return [at for at in sorted(inside) if any(tuple(q + s for q, s in zip(at, step)) not in inside for step in steps)]


reference, prediction = ball((1, 2.4, 2.6), (1.3, 2.3, 2.4)), ball((1, 2.8, 3.7), (1.2, 2.1, 2.9))
both = sum(r and q for r, q in zip(reference, prediction))
R, P = sum(reference), sum(prediction)
add("masks", "overlap-of-two-balls", "mask overlap", [runs(reference), runs(prediction), shape, spacing],
    {"dice": F(2 * both, R + P), "iou": F(both, R + P - both), "recall": F(both, R), "precision": F(both, P),
     "volumeDifference": (P - R) * F(8, 5)}, "voxels counted")
exact_spacing = [mp.mpf("2.5"), mp.mpf("0.8"), mp.mpf("0.8")]
length = lambda u, v: mp.sqrt(sum(((a - b) * s) ** 2 for a, b, s in zip(u, v, exact_spacing)))
rim = border(reference), border(prediction)
near = [sorted(min(length(u, v) for v in rim[1]) for u in rim[0]), sorted(min(length(u, v) for u in rim[0]) for v in rim[1])]


def quantile95(values):
    place = mp.mpf(95) / 100 * (len(values) - 1)
    at = int(mp.floor(place))
    return values[at] + (values[min(at + 1, len(values) - 1)] - values[at]) * (place - at)


every = near[0] + near[1]
add("masks", "surface-distances-of-two-balls", "surface distances", [runs(reference), runs(prediction), shape, spacing, [0.8, 1.7]],
    {"distances.hd": max(every), "distances.hd95MaxOfDirected": max(map(quantile95, near)), "distances.assd": sum(every) / len(every),
     "nsd.0": F(sum(v <= mp.mpf("0.8") + mp.mpf(10) ** -9 for v in every), len(every)),
     "nsd.1": F(sum(v <= mp.mpf("1.7") + mp.mpf(10) ** -9 for v in every), len(every))}, "every pair of border voxels compared")
add("masks", "empty-prediction", "mask overlap", [runs(reference), runs([0] * len(reference)), shape, spacing],
    {"dice": 0, "precision": "prediction-empty"}, "by definition")

# --- FROC: lesions by the score at which they are found (null: never), false positives by score
lesions, alarms, scans = [0.95, 0.9, 0.9, 0.7, 0.4, None], [0.92, 0.9, 0.8, 0.8, 0.6, 0.5, 0.5, 0.2], 5
rates = [0.2, 0.5, 1, 2]
found = [F(max([sum(1 for v in lesions if v is not None and v >= t) for t in [9] + sorted(set(lesions + alarms) - {None})
                if F(sum(v >= t for v in alarms), scans) <= F(str(x))]), len(lesions)) for x in rates]
add("FROC", "froc-five-scans-with-ties", "froc", [scans, lesions, alarms, rates],
    {f"{i}.sensitivity": value for i, value in enumerate(found)}, "every threshold tried, in fractions")
add("FROC", "froc-perfect-detector", "froc", [3, [0.9, 0.8, 0.7], [], [0.125, 8]],
    {"0.sensitivity": 1, "1.sensitivity": 1}, "by definition: all lesions found, no false positive")
add("FROC", "froc-no-candidate", "froc", [3, [None, None], [], [0.125, 8]],
    {"0.sensitivity": 0, "1.sensitivity": 0}, "by definition: nothing found")

# --- known answers of the random stream, published with the generator (Salmon et al. 2011)
add("random stream", "philox-zero", "random words", ["0", "0", 4],
    {"0": 0x6627E8D5, "1": 0xE169C58D, "2": 0xBC57AC4C, "3": 0x9B00DBD8}, "Random123 known-answer vectors, doi:10.1145/2063384.2063405", 16)

out = Path(__file__).parent / "cases.json"
document = {"schema": "medassay/certification-cases/1", "cases": cases}
out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
print(f"{len(cases)} cases, numpy {numpy.__version__}")
