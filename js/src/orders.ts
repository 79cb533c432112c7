// The naive order beside the right one: where they part, and what it costs.
import { h, rich } from "./dom";
import { Moment } from "./moment";
import { gradName, isScalar } from "./numbers";
import { Naive, Segments } from "./scene";
import { Call, Variable } from "./trace";
import { Words } from "./words";

const MAX_CALLS_SHOWN = 14;

export interface OrdersView {
  moment: Moment;
  naive: Naive;
  right: Call[];
  words: Words;
  seek: (position: number) => void;
}

/** Two rows of functions, one beside the other, and what each ends with. */
export function ordersStrip(view: OrdersView): HTMLElement {
  const { moment, words } = view;
  const naive = moment.plan.calls;
  const now = moment.stop.done;
  const from = Math.max(0, Math.min(now - MAX_CALLS_SHOWN + 3, Math.max(naive.length, view.right.length) - MAX_CALLS_SHOWN));
  const row = (key: string, calls: Call[], wrongSide: boolean) =>
    h("div", { class: wrongSide ? "order naive" : "order" },
      h("span", { class: "order-name" }, words.t(key)),
      h("ol", {}, ...calls.slice(from, from + MAX_CALLS_SHOWN).map((call, i) => pill(view, call, from + i, wrongSide))),
      h("span", { class: "order-end" }, ending(view, wrongSide ? 0 : 1)));
  return h("div", { class: "orders" }, h("p", { class: "soft" }, ...rich(sentence(view))), row("ordersNaive", naive, true), row("ordersRight", view.right, false));
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
  return h("li", { "data-state": state, "data-parts": k === view.naive.parts ? "true" : null },
    h("button", { type: "button", title: `${name} → ${output}`, "aria-label": `${k + 1}: ${name} → ${output}`, onclick: () => view.seek(k + 1), tabindex: naive ? 0 : -1 }, `${fn.symbol || name} → ${output}`));
}

function ending({ moment, naive }: OrdersView, side: 0 | 1): string {
  return Object.entries(naive.wrong).slice(0, 2).map(([id, pair]) => `${gradName(moment.facts.variable(id))} = ${pair[side]}`).join(", ");
}

/** Where the orders part, and what comes of it: the last sentence that holds by now. */
function sentence({ moment, naive, words }: OrdersView): Segments {
  const told = naive.told[words.lang] ?? [];
  return told.filter(([from]) => from <= moment.stop.done).pop()?.[1] ?? [];
}

/** "96 ≠ 64" once the naive order has ended. */
export function wrongText(moment: Moment, variable: Variable): string {
  const pair = moment.facts.scene.naive?.wrong[variable.id];
  if (!pair || !moment.plan.naive || moment.stop.done < moment.plan.calls.length) return "";
  const value = moment.facts.value(variable);
  return value && !isScalar(value) ? "" : `${pair[0]} ≠ ${pair[1]}`;
}
