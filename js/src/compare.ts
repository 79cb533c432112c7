// Two takes of one graph side by side: the gradients of both, and their difference.
import { h } from "./dom";
import { briefGrad, formatNumber, fromValues, gradName, isScalar, readSummary, Values } from "./numbers";
import { Series } from "./scene";
import { arrayView } from "./tint";
import { Trace, Variable } from "./trace";
import { Words } from "./words";

const MAX_ROWS = 8;

/** Where a variable's gradient stands in the summaries when the pass is over; -1 for none. */
function gradientOf(trace: Trace, id: string): number {
  let at = id === trace.root ? trace.seed : -1;
  for (const step of trace.steps) for (const call of step.calls) for (const part of call.contributions) if (part.variable === id) at = part.after;
  return at;
}

function minus(a: Values, b: Values): Values | null {
  const [x, y] = [a.values, b.values];
  return x && y && x.length === y.length ? fromValues(a.shape, a.dtype, x.map((value, i) => value - y[i]!)) : null;
}

/** The leaves' gradients in take `now` and take `then`; of the selected variable the difference as a picture. */
export function comparison(series: Series, trace: Trace, then: number, now: number, selected: string | null, words: Words): HTMLElement {
  const { axis, at, takes, sections } = series;
  const told = { axis, at: at[now]!, other: at[then]! };
  const [a, b] = [takes[now]!, takes[then]!];
  if (a.section !== b.section) return h("p", { class: "soft" }, words.t("otherGraph", told));
  const { common } = sections[a.section]!;
  const chosen = trace.variables.filter(({ id, kind }) => (kind === "leaf" || id === selected) && gradientOf(trace, id) >= 0);
  chosen.sort((one, two) => Number(two.id === selected) - Number(one.id === selected));
  const row = (variable: Variable) => {
    const slot = gradientOf(trace, variable.id);
    const [x, y] = [a, b].map(({ numbers }) => readSummary([...common, ...numbers][slot] ?? "nan")) as [Values, Values];
    const less = minus(x, y);
    const shown = !less ? "–" : isScalar(less) ? formatNumber(less.values![0]!) : variable.id === selected ? arrayView(less, words, gradName(variable)) : briefGrad(less);
    return h("tr", {}, h("th", { scope: "row" }, gradName(variable)), ...[briefGrad(y), briefGrad(x), shown].map((cell) => h("td", {}, cell)));
  };
  return h("div", { class: "list compared" }, h("table", {}, h("caption", {}, words.t("compared", told)),
    h("thead", {}, h("tr", {}, ...[words.t("grad"), `${axis} ${at[then]}`, `${axis} ${at[now]}`, words.t("difference")].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, ...chosen.slice(0, MAX_ROWS).map(row))));
}
