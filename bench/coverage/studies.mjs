/** All coverage studies, in the order of the page. */
import * as bootstrap from "./bootstrap.mjs";
import * as enumeration from "./enumeration.mjs";
import * as simulation from "./simulation.mjs";

const { proportions, twoDifferences, twoRatios, paired, diagnostic, poisson, twoRates, kappaTables } = enumeration;
const { clustered, clusteredPaired, overdispersed, auc, clusteredAuc, aucDifference, clusteredAucDifference } =
  simulation;
const { kappa, clusteredKappa, raters, icc, concordance, limitsOfAgreement } = simulation;

export const studies = [
  ...[proportions, twoDifferences, twoRatios, paired, diagnostic, poisson, twoRates].map((study) => ({
    study,
    by: "enumeration",
  })),
  ...[clustered, clusteredPaired, overdispersed, auc, clusteredAuc, aucDifference, clusteredAucDifference].map(
    (study) => ({ study, by: "simulation" }),
  ),
  { study: kappaTables, by: "enumeration" },
  ...[kappa, clusteredKappa, raters, icc, concordance, limitsOfAgreement].map((study) => ({ study, by: "simulation" })),
  ...[bootstrap.bootstrapFroc, bootstrap.bootstrapAuc, bootstrap.bootstrapDifference].map((study) => ({
    study,
    by: "resampling",
  })),
];
