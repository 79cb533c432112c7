// The naive order beside the right one: where they part, and what it costs.
import { h, rich } from "./dom";
import { Moment } from "./moment";
import { briefGrad, isScalar } from "./numbers";
import { Facts, History } from "./state";
import { Call, Variable } from "./trace";
import { Words } from "./words";

const WINDOW = 14;

/** Variables whose gradient ends wrong in the naive order. */
export function wrongAtEnd(facts: Facts, naive: History, right: History): Map<string, [string, string]> {
  const wrong = new Map<string, [string, string]>();
  for (const variable of facts.trace.variables) {
    const [a, b] = [lastSummary(naive, variable), lastSummary(right, variable)];
    if (a === null || b === null) continue;
    const [mine, theirs] = [facts.values(a), facts.values(b)];
    const [x, y] = [briefGrad(mine), briefGrad(theirs)];
    if (x !== y) wrong.set(variable.id, [x, y]);
  }
  return wrong;
}

function lastSummary(history: History, variable: Variable): number | null {
  const parts = history.parts.get(variable.id);
  return parts?.length ? parts[parts.length - 1]!.after : null;
}

export interface OrdersView {
  moment: Moment;
  right: Call[];
  parts: number;
  truncated: boolean;
  wrong: Map<string, [string, string]>;
  words: Words;
  seek: (position: number) => void;
}

/** Two rows of functions, one beside the other, and what each ends with. */
export function ordersStrip(view: OrdersView): HTMLElement {
  const { moment, words, parts } = view;
  const naive = moment.plan.calls;
  const now = moment.stop.done;
  const from = Math.max(0, Math.min(now - WINDOW + 3, Math.max(naive.length, view.right.length) - WINDOW));
  const row = (key: string, calls: Call[], wrongSide: boolean) =>
    h("div", { class: wrongSide ? "order naive" : "order" },
      h("span", { class: "order-name" }, words.t(key)),
      h("ol", {}, ...calls.slice(from, from + WINDOW).map((call, i) => pill(view, call, from + i, wrongSide))),
      h("span", { class: "order-end" }, ending(view, wrongSide ? 0 : 1)));
  return h("div", { class: "orders" }, h("p", { class: "soft" }, ...rich([sentence(view, parts, now)])), row("ordersNaive", naive, true), row("ordersRight", view.right, false));
}

/** Scroll both rows so that the function that runs now is in sight. */
export function showPresent(place: HTMLElement): void {
  for (const now of place.querySelectorAll<HTMLElement>('[data-state="now"]')) {
    const row = now.parentElement!;
    row.scrollLeft = now.offsetLeft + now.offsetWidth + 90 - row.clientWidth;
    row.scrollTop = now.offsetTop + now.offsetHeight + 3 - row.clientHeight;
  }
}

function pill(view: OrdersView, call: Call, k: number, naive: boolean): HTMLElement {
  const fn = view.moment.facts.func(call.function);
  const [name, output] = view.moment.facts.callName(fn);
  const state = k === view.moment.stop.done - 1 ? "now" : k < view.moment.stop.done ? "ran" : "";
  return h("li", { "data-state": state, "data-parts": k === view.parts ? "true" : null },
    h("button", { type: "button", title: `${name} → ${output}`, "aria-label": `${k + 1}: ${name} → ${output}`, onclick: () => view.seek(k + 1), tabindex: naive ? 0 : -1 }, `${fn.symbol || name} → ${output}`));
}

function ending(view: OrdersView, side: 0 | 1): string {
  return [...view.wrong].slice(0, 2).map(([id, pair]) => `${view.moment.facts.variable(id).name}.grad = ${pair[side]}`).join(", ");
}

/** Where the orders part, and why that is wrong. */
function sentence(view: OrdersView, parts: number, now: number): string {
  const { words, moment } = view;
  const naive = moment.plan.calls;
  if (parts >= naive.length) return words.t("ordersEqual");
  if (now < parts) return words.t("ordersNotYet", { k: parts + 1 });
  if (view.truncated && now === naive.length) return words.t("ordersTruncated", { n: naive.length });
  const reason = early(view);
  return [words.t("ordersParted", { k: parts + 1 }), reason, ...(now === naive.length ? [...view.wrong].slice(0, 3).map(([id, [wrong, right]]) => words.t("ordersWrong", { name: moment.facts.variable(id).name, naive: wrong, right })) : [])].filter(Boolean).join(" ");
}

/** The first function that ran before its output's gradient was complete. */
function early({ moment, words }: OrdersView): string {
  const calls = moment.plan.calls;
  const arrivals = new Map<string, number>();
  calls.forEach((call, k) => call.contributions.forEach((part) => arrivals.set(part.variable, k)));
  for (let k = 0; k < moment.stop.done; k++) {
    const fn = moment.facts.func(calls[k]!.function);
    const late = fn.outputs.find((id) => (arrivals.get(id) ?? -1) > k);
    if (late) return words.t("ordersWhy", { name: moment.facts.callName(fn).join(" → "), target: moment.facts.variable(late).name });
  }
  return "";
}

/** "96 ≠ 64" once the naive order has ended. */
export function wrongText(moment: Moment, wrong: Map<string, [string, string]>, variable: Variable): string {
  const pair = wrong.get(variable.id);
  if (!pair || !moment.plan.naive || moment.stop.done < moment.plan.calls.length) return "";
  const value = moment.facts.value(variable);
  return value && !isScalar(value) ? "" : `${pair[0]} ≠ ${pair[1]}`;
}
