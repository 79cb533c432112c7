// The drawing as a list: every variable with value and gradient, for those who read rather than look.
import { h } from "./dom";
import { Moment } from "./moment";
import { brief, briefGrad } from "./numbers";
import { Variable } from "./trace";
import { Words } from "./words";

const MAX_ROWS = 400;

/** By the order of the computation, or by the size of the gradient, the largest first. */
export function listView(moment: Moment, words: Words, selected: string | null, select: (id: string) => void, bySize: boolean, sort: () => void): HTMLElement {
  const size = (variable: Variable) => (moment.hidden.has(variable.id) ? -1 : (moment.grad(variable).values?.norm ?? -1));
  const all = moment.facts.trace.variables;
  const variables = bySize ? [...all].sort((a, b) => size(b) - size(a)) : all;
  const head = ["listName", "listGeneration", "value"].map((key) => h("th", { scope: "col" }, words.t(key)));
  head.push(h("th", { scope: "col", "aria-sort": bySize ? "descending" : "none" }, h("button", { type: "button", class: "link", onclick: sort }, `${words.t("grad")} ${bySize ? "↓" : "↕"}`)));
  const rows = variables.slice(0, MAX_ROWS).map((variable) => {
    const grad = moment.grad(variable);
    const value = moment.isVariableComputed(variable) ? moment.facts.value(variable) : null;
    const hidden = moment.hidden.has(variable.id);
    const text = hidden ? "?" : grad.state === "freed" ? words.t("freed") : grad.values ? briefGrad(grad.values) : variable.kind === "unused" ? words.t("noGradient") : "–";
    return h("tr", { "data-active": moment.nodes.has(variable.id) ? "true" : null },
      h("th", { scope: "row" }, h("button", { type: "button", class: "link strong", "aria-pressed": String(selected === variable.id), onclick: () => select(variable.id) }, variable.name)),
      h("td", {}, String(variable.generation)), h("td", {}, value ? brief(value) : "–"), h("td", {}, text));
  });
  if (variables.length > MAX_ROWS) rows.push(h("tr", {}, h("td", { colspan: 4 }, words.t("more", { n: variables.length - MAX_ROWS }))));
  return h("div", { class: "list", tabindex: 0, role: "group", "aria-label": words.t("listTitle") }, h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)));
}
