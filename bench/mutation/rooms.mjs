/** What is mutated: three rooms, but for the special functions, which have an oracle of their own. */
export const rooms = ["src/stats", "src/metrics", "src/tasks/forms"];
export const specialFunctions = [
  "beta",
  "discrete",
  "gamma",
  "log-gamma",
  "normal",
  "root",
  "student-fisher",
  "summation",
].map((name) => `src/stats/${name}.ts`);
