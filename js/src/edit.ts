// What if this leaf had another value? Its number is edited here, and the kernel computes the graph again.
import { h, setText } from "./dom";
import { isScalar, Values } from "./numbers";
import { Variable } from "./trace";
import { Words } from "./words";

/** Asks the kernel; null where there is none. */
export type Kernel = ((question: Record<string, unknown>) => void) | null;

export function editor(variable: Variable, value: Values, words: Words, ask: Kernel, problem: string): HTMLElement {
  if (!ask) return h("p", { class: "soft" }, words.t("needsKernel"));
  const said = h("p", { class: "verdict", role: "alert" }, problem);
  const numbers = value.values ?? [];
  const place = h("input", { type: "number", class: "guess-input", min: 0, max: value.size - 1, value: 0, "aria-label": words.t("element"), oninput: () => fill() });
  const field = h("input", { type: "number", class: "guess-input edit", "aria-label": words.t("value"), onchange: () => apply() });
  const fill = () => {
    const number = numbers[Number(place.value)] ?? 0;
    field.step = String(10 ** (Math.floor(Math.log10(Math.abs(number) || 1)) - 1));
    field.value = String(number);
  };
  const apply = () => {
    if (field.value === "") return setText(said, words.t("guessUnreadable"));
    field.setAttribute("aria-busy", "true");
    ask({ ask: "what_if", leaf: variable.id, value: Number(field.value), ...(isScalar(value) ? {} : { index: Number(place.value) }) });
  };
  fill();
  const rate = h("input", { type: "number", class: "guess-input", value: 0.1, step: 0.01, "aria-label": words.t("rate") });
  const button = (key: string, question: () => Record<string, unknown>) => h("button", { type: "button", class: "toggle", onclick: () => ask(question()) }, words.t(key));
  const descend = (key: string, steps: number) => button(key, () => ({ ask: "descend", rate: Number(rate.value), steps }));
  return h("div", { class: "guess" },
    h("div", { class: "sub" }, words.t("whatIf")), h("div", { class: "row" }, isScalar(value) ? null : place, field, button("reset", () => ({ ask: "reset" })), button("keep", () => ({ ask: "keep" })), button("checkLeaf", () => ({ ask: "check", leaf: variable.id, index: Number(place.value) }))), said,
    h("div", { class: "sub" }, words.t("rate")), h("div", { class: "row" }, rate, descend("descend", 1), descend("descendTen", 10)),
    h("p", { class: "soft" }, words.t("sameFunctions")));
}
