// The ledger: where a gradient comes from. 8 from Square → b, 8 from Square → c = 16.
import { h } from "./dom";
import { Moment } from "./moment";
import { briefGrad, formatShape, isScalar, Values } from "./numbers";
import { Part } from "./state";
import { arrayView } from "./tint";
import { Variable } from "./trace";
import { Words } from "./words";

/** "a.grad = 8 + 8 = 16" in one line. */
export function ledgerLine(moment: Moment, variable: Variable): HTMLElement | null {
  const parts = moment.history.partsUntil(variable.id, moment.stop.done);
  const grad = moment.grad(variable);
  if (!grad.values || !parts.length) return null;
  const before = moment.facts.before(variable);
  const amounts = [...(before ? [briefGrad(before)] : []), ...parts.map((part) => briefGrad(moment.facts.values(part.amount)))];
  const sum = amounts.length > 8 ? [...amounts.slice(0, 4), "…", ...amounts.slice(-2)] : amounts;
  const text = sum.reduce((line, amount, i) => (i === 0 ? amount : amount.startsWith("-") ? `${line} − ${amount.slice(1)}` : `${line} + ${amount}`), "");
  const total = briefGrad(grad.values);
  return h("p", { class: "ledger-line", "data-ledger": variable.id },
    `${variable.name}.grad = `, isScalar(grad.values) && amounts.length > 1 ? `${text} = ` : "", h("b", {}, isScalar(grad.values) ? total : `${formatShape(grad.values.shape)} ${total}`));
}

/** Every contribution with its source, and the running sum. */
export function ledgerTable(moment: Moment, variable: Variable, words: Words, select: (id: string) => void): HTMLElement | null {
  const all = moment.history.parts.get(variable.id) ?? [];
  const before = moment.facts.before(variable);
  if (!all.length && !before && variable.id !== moment.facts.trace.root) return null;
  const rows: HTMLElement[] = [];
  if (before) rows.push(line(words, words.t("ledgerBefore"), before, null, true));
  if (variable.id === moment.facts.trace.root) rows.push(line(words, words.t("ledgerSeed"), moment.facts.values(moment.facts.trace.seed), null, moment.stop.phase !== "forward"));
  for (const part of all.slice(0, 40)) rows.push(partLine(moment, part, words, select));
  if (all.length > 40) rows.push(h("tr", {}, h("td", { colspan: 3 }, words.t("more", { n: all.length - 40 }))));
  const grad = moment.grad(variable);
  const done = moment.history.partsUntil(variable.id, moment.stop.done).length;
  const total = grad.values && !moment.hidden.has(variable.id) ? arrayView(grad.values, words, `${variable.name}.grad`) : h("span", { class: "scalar" }, moment.hidden.has(variable.id) ? "?" : "–");
  const note = done < all.length ? h("span", { class: "soft" }, ` ${words.t("ledgerOpen", { n: all.length - done })}`) : null;
  return h("table", { class: "ledger" },
    h("caption", {}, words.t("ledgerTitle", { name: variable.name })),
    h("tbody", {}, ...rows),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, `${variable.name}.grad`, note), h("td", {}, total))));
}

function partLine(moment: Moment, part: Part, words: Words, select: (id: string) => void): HTMLElement {
  const [name, output] = moment.facts.callName(part.function);
  const arrived = part.call < moment.stop.done;
  const hidden = moment.hidden.size > 0 && part.call >= moment.stop.from;
  const source = h("button", { class: "link", type: "button", onclick: () => select(part.function.id) }, `${name} → ${output}`);
  return line(words, source, hidden ? null : moment.facts.values(part.amount), words.t("ledgerFrom"), arrived);
}

function line(words: Words, source: Node | string, values: Values | null, lead: string | null, arrived: boolean): HTMLElement {
  const amount = !values ? h("span", { class: "scalar" }, "?") : arrived ? arrayView(values, words, words.t("contribution")) : h("span", { class: "soft" }, words.t("toCome"));
  return h("tr", { "data-arrived": arrived ? "true" : "false" }, h("th", { scope: "row" }, lead ? `${lead} ` : "", source), h("td", {}, amount));
}
