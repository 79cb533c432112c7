// The ledger: where a gradient comes from. 8 from Square → b, 8 from Square → c = 16.
import { h } from "./dom";
import { Moment } from "./moment";
import { briefGrad, formatShape, gradName, isScalar, plusSigns, Sum, Values, writeSum } from "./numbers";
import { Part } from "./state";
import { arrayView } from "./tint";
import { Variable } from "./trace";
import { Words } from "./words";

/** "a.grad = 8 + 8 = 16" in one line. */
export function ledgerLine(moment: Moment, variable: Variable): HTMLElement | null {
  const parts = moment.history.partsUntil(variable.id, moment.stop.done);
  const grad = moment.grad(variable);
  if (!grad.values || !parts.length) return null;
  const sum = sumOf(moment, variable, parts, grad.values);
  const terms = sum && sum.terms.length > 8 ? [...sum.terms.slice(0, 4), "…", ...sum.terms.slice(-2)] : (sum?.terms ?? []);
  return h("p", { class: "ledger-line", "data-ledger": variable.id },
    `${gradName(variable)} = `, sum && terms.length > 1 ? `${plusSigns(terms)} ${sum.sign} ` : "", h("b", {}, sum ? sum.total : `${formatShape(grad.values.shape)} ${briefGrad(grad.values)}`));
}

/** The numbers that a gradient was added up from, written so that they add up as shown; null for arrays. */
function sumOf(moment: Moment, variable: Variable, parts: Part[], total: Values): Sum | null {
  const before = moment.facts.before(variable);
  const seed = variable.id === moment.facts.trace.root ? [moment.facts.values(moment.facts.trace.seed)] : [];
  const terms = [...(before ? [before] : []), ...seed, ...parts.map((part) => moment.facts.values(part.amount))];
  if (![...terms, total].every((values) => isScalar(values) && values.values)) return null;
  return writeSum(terms.map((values) => values.values![0]!), total.values![0]!);
}

/** Every contribution with its source, and the running sum. */
export function ledgerTable(moment: Moment, variable: Variable, words: Words, select: (id: string) => void): HTMLElement | null {
  const all = moment.history.parts.get(variable.id) ?? [];
  const before = moment.facts.before(variable);
  if (!all.length && !before && variable.id !== moment.facts.trace.root) return null;
  const rows: HTMLElement[] = [];
  const arrived = moment.history.partsUntil(variable.id, moment.stop.done);
  const sofar = moment.grad(variable).values;
  const sum = sofar && moment.stop.phase !== "forward" ? sumOf(moment, variable, arrived, sofar) : null;
  const texts = [...(sum?.terms ?? [])];
  if (before) rows.push(line(words, words.t("ledgerBefore"), before, null, true, texts.shift()));
  if (variable.id === moment.facts.trace.root) rows.push(line(words, words.t("ledgerSeed"), moment.facts.values(moment.facts.trace.seed), null, moment.stop.phase !== "forward", texts.shift()));
  for (const part of all.slice(0, 40)) rows.push(partLine(moment, part, words, select, texts.shift()));
  if (all.length > 40) rows.push(h("tr", {}, h("td", { colspan: 3 }, words.t("more", { n: all.length - 40 }))));
  const grad = moment.grad(variable);
  const done = arrived.length;
  const total = grad.values && !moment.hidden.has(variable.id) ? (sum ? scalar(sum.total) : arrayView(grad.values, words, gradName(variable))) : h("span", { class: "scalar" }, moment.hidden.has(variable.id) ? "?" : "–");
  const note = done < all.length ? h("span", { class: "soft" }, ` ${words.t("ledgerOpen", { n: all.length - done })}`) : null;
  return h("table", { class: "ledger" },
    h("caption", {}, words.t("ledgerTitle", { name: variable.name })),
    h("tbody", {}, ...rows),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, gradName(variable), note), h("td", {}, total))));
}

function partLine(moment: Moment, part: Part, words: Words, select: (id: string) => void, text?: string): HTMLElement {
  const [name, output] = moment.facts.callName(part.function);
  const arrived = part.call < moment.stop.done;
  const hidden = moment.hidden.size > 0 && part.call >= moment.stop.from;
  const source = h("button", { class: "link", type: "button", onclick: () => select(part.function.id) }, `${name} → ${output}`);
  return line(words, source, hidden ? null : moment.facts.values(part.amount), words.t("ledgerFrom"), arrived, text);
}

function scalar(text: string): HTMLElement {
  return h("span", { class: "scalar" }, text);
}

function line(words: Words, source: Node | string, values: Values | null, lead: string | null, arrived: boolean, text?: string): HTMLElement {
  const amount = !values ? scalar("?") : !arrived ? h("span", { class: "soft" }, words.t("toCome")) : text !== undefined ? scalar(text) : arrayView(values, words, words.t("contribution"));
  return h("tr", { "data-arrived": arrived ? "true" : "false" }, h("th", { scope: "row" }, lead ? `${lead} ` : "", source), h("td", {}, amount));
}
