/**
 * Leaves texts for people alone: a changed word in an error message or in the description of a metric is no fault that
 * a test should find. Names that reach results (methods, reasons, flags, keys) are mutated like all else.
 */
import { PluginKind, declareValuePlugin } from "@stryker-mutator/api/plugin";

/** Calls whose arguments from this index on are a message. */
const messages = { requireArgument: 1, requireCounts: 1, requireLevel: 1, fail: 1 };
/** Keys of definitions that hold a text, and those that hold a text in both languages. */
const described = new Set(["formula", "source", "interval", "edges", "zh-CN", "en", "hint"]);
const bilingual = new Set(["title", "plainTitle", "name"]);

function isMessage(path) {
  const call = path.parentPath;
  if (!call?.isCallExpression() || path.listKey !== "arguments") return false;
  const from = messages[call.node.callee.name];
  return from !== undefined && path.key >= from;
}

function isDescription(path) {
  const property = path.parentPath;
  if (!property?.isObjectProperty() || path.key !== "value") return false;
  const name = property.node.key.name ?? property.node.key.value;
  if (path.isStringLiteral() || path.isTemplateLiteral()) return described.has(name);
  return path.isObjectExpression() && bilingual.has(name);
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "texts", {
    shouldIgnore(path) {
      if (isMessage(path)) return "a message for people";
      if (isDescription(path)) return "a description for people";
      return undefined;
    },
  }),
];
