// The column beside the graph: the selected node, this step, its sums, what was freed, what is next.
import { h } from "./dom";
import { icon } from "./icons";
import { ledgerLine, ledgerTable } from "./ledger";
import { formula, workedRule } from "./mathml";
import { Moment } from "./moment";
import { brief, briefGrad, formatShape, isScalar } from "./numbers";
import { queueView } from "./queue";
import { arrayView } from "./tint";
import { Call, Func, Source, Variable } from "./trace";
import { Words } from "./words";

const MOST_CALLS = 6;
const MOST_PICTURES = 3;

export interface InspectorView {
  moment: Moment;
  words: Words;
  selected: string | null;
  select: (id: string | null) => void;
  /** The question of predict mode. */
  guess: HTMLElement | null;
}

type Section = HTMLElement | null | false;

function section(title: string, ...children: (Node | string | null)[]): HTMLElement {
  return h("section", {}, h("div", { class: "cap" }, title), ...children);
}

function nowSection(words: Words, what: string, ...children: (Node | string | null)[]): HTMLElement {
  return h("section", { class: "now" }, h("div", { class: "cap" }, words.t("thisStep", { what })), ...children);
}

export function inspector(view: InspectorView): HTMLElement[] {
  const { moment, words } = view;
  const parts: Section[] = [view.guess, view.selected !== null && nodePanel(view), ...(moment.stop.phase === "backward" ? backwardStep(view) : moment.stop.phase === "seed" ? seedStep(view) : forwardStep(view))];
  if (moment.stop.phase !== "forward") parts.push(nextSection(view, words));
  return parts.filter((part): part is HTMLElement => Boolean(part));
}

export function sourceText(source: Source | null, words: Words): string {
  if (!source) return "";
  return source.cell !== null && source.cell !== undefined
    ? words.t("inCell", { cell: source.cell, line: source.line })
    : words.t("inFile", { file: (source.file ?? "").split(/[\\/]/).pop() ?? "", line: source.line });
}

function callHead(view: InspectorView, fn: Func): HTMLElement {
  const [name, output] = view.moment.facts.callName(fn);
  return h("p", { class: "call" },
    h("button", { class: "link strong", type: "button", onclick: () => view.select(fn.id) }, `${name} → ${output}`),
    " ", h("span", { class: "soft" }, sourceText(fn.source, view.words)));
}

function seedStep({ moment, words }: InspectorView): Section[] {
  const root = moment.facts.variable(moment.facts.trace.root);
  const seed = moment.facts.values(moment.facts.trace.seed);
  return [nowSection(words, words.t("start"),
    h("p", {}, words.t("seedText", { name: root.name })),
    h("p", { class: "ledger-line" }, `${root.name}.grad = `, h("b", {}, isScalar(seed) ? brief(seed) : `${formatShape(seed.shape)} ${briefGrad(seed)}`)))];
}

function forwardStep(view: InspectorView): Section[] {
  const { moment, words } = view;
  const what = moment.stop.generation === null ? words.t("leaves") : words.t("forwardGeneration", { g: moment.stop.generation });
  if (moment.stop.computed === 0) {
    const leaves = moment.facts.trace.variables.filter((v) => v.kind === "leaf");
    return [nowSection(words, what, h("p", {}, words.t("leavesText")), valueList(view, leaves))];
  }
  const functions = moment.computing;
  return [nowSection(words, what, ...functions.slice(0, MOST_CALLS).flatMap((fn) => [
    callHead(view, fn), h("p", { class: "worked" }, `${fn.label || fn.name}(${fn.inputs.map((id) => shortValue(moment, id)).join(", ")}) = `, h("b", {}, fn.outputs.map((id) => shortValue(moment, id)).join(", "))),
  ]), more(functions.length - MOST_CALLS, words))];
}

function shortValue(moment: Moment, id: string): string {
  const value = moment.facts.value(moment.facts.variable(id));
  return value ? brief(value) : "–";
}

function valueList(view: InspectorView, variables: Variable[]): HTMLElement {
  const rows = variables.slice(0, 12).map((v) => h("li", {}, h("button", { class: "link strong", type: "button", onclick: () => view.select(v.id) }, v.name), h("span", {}, shortValue(view.moment, v.id))));
  return h("ul", { class: "pairs" }, ...rows, more(variables.length - 12, view.words, "li"));
}

function more(n: number, words: Words, tag: "p" | "li" = "p"): HTMLElement | null {
  return n > 0 ? h(tag, { class: "soft" }, words.t("more", { n })) : null;
}

function backwardStep(view: InspectorView): Section[] {
  const { moment, words } = view;
  const { stop } = moment;
  const calls = moment.calls;
  const what = words.t("generation", { g: stop.generation ?? 0 });
  const ledgers = [...moment.changed].slice(0, MOST_CALLS).filter((id) => !moment.hidden.has(id)).flatMap((id, k) => ledgerOf(view, moment.facts.variable(id), k < MOST_PICTURES));
  return [
    nowSection(words, what, ...calls.slice(0, MOST_CALLS).flatMap((call) => callView(view, call)), more(calls.length - MOST_CALLS, words),
      ...ledgers, more(moment.changed.size - MOST_CALLS, words)),
    freedSection(moment, words),
  ];
}

/** The sum in a line; of an array the picture below. */
function ledgerOf({ moment, words }: InspectorView, variable: Variable, picture: boolean): (HTMLElement | null)[] {
  const values = moment.grad(variable).values;
  const line = ledgerLine(moment, variable);
  return picture && line && values && !isScalar(values) ? [line, arrayView(values, words, `${variable.name}.grad`, 3)] : [line];
}

function callView(view: InspectorView, call: Call): HTMLElement[] {
  const { moment } = view;
  const fn = moment.facts.func(call.function);
  return [callHead(view, fn), ...rules(view, fn, call)];
}

/** The rule of each input with numbers, or the source of a user's own backward. */
function rules({ moment, words }: InspectorView, fn: Func, call: Call): HTMLElement[] {
  const worked = words.story.worked[fn.id] ?? [];
  const sent = new Map(call.contributions.map((part) => [part.input, part]));
  const hidden = call.contributions.some((part) => moment.hidden.has(part.variable));
  if (fn.code) return [h("pre", { class: "code", tabindex: 0 }, fn.code)];
  if (!fn.rule) return [];
  const lines = worked.length ? worked : fn.rule.split(";").filter(Boolean).map((rule) => [...rule.split("=").map((side) => side.trim()), ""] as [string, string, string]);
  return lines.map(([target, rule, numbers], k) => {
    const part = sent.get(inputOf(target, k));
    if (!part && lines.length > 1 && call.contributions.length < fn.inputs.length) return null;
    const values = part ? moment.facts.values(part.amount) : null;
    const result = hidden ? "?" : values ? (isScalar(values) ? briefGrad(values) : formatShape(values.shape)) : "";
    return workedRule(target, rule, moment.plan.naive ? "" : hidden ? "" : numbers, result);
  }).filter((line): line is HTMLElement => line !== null);
}

/** "gx1" is the rule of input 1. */
function inputOf(target: string, turn: number): number {
  const digits = /(\d+)$/.exec(target);
  return digits ? Number(digits[1]) : turn;
}

function freedSection(moment: Moment, words: Words): HTMLElement | null {
  if (moment.plan.naive) return null;
  const step = moment.facts.trace.steps.find((one) => one.calls.includes(moment.calls[moment.calls.length - 1]!));
  const last = step && step.calls[step.calls.length - 1] === moment.calls[moment.calls.length - 1];
  if (!step || !last || !step.freed.length) return null;
  const names = step.freed.slice(0, 8).map((id) => `${moment.facts.variable(id).name}.grad`).join(", ");
  const text = step.freed.length > 8 ? `${names}, ${words.t("more", { n: step.freed.length - 8 })}` : names;
  const [before, after] = words.t("freedText", { names: text }).split("retain_grad");
  return section(words.t("freedTitle"), h("p", { class: "soft" }, before ?? "", after !== undefined ? h("code", {}, "retain_grad") : "", after ?? ""));
}

function nextSection(view: InspectorView, words: Words): HTMLElement {
  const { moment } = view;
  const story = moment.plan.naive ? words.naiveStory()?.next_function : moment.plan.byGeneration ? words.story.next_generation : words.story.next_function;
  return section(words.t(moment.waiting.length ? "nextTitle" : "endTitle"), ...queueView(moment, story?.[moment.stop.position] ?? null, words, view.select));
}

function nodePanel(view: InspectorView): HTMLElement | null {
  const { moment, words } = view;
  const id = view.selected!;
  const fn = moment.facts.functions.get(id);
  const variable = moment.facts.variables.get(id);
  if (!fn && !variable) return null;
  const close = h("button", { class: "close", type: "button", "aria-label": words.t("close"), title: words.t("close"), onclick: () => view.select(null) }, icon("cross"));
  const name = fn ? `${fn.name} → ${moment.facts.callName(fn)[1]}` : variable!.name;
  return h("section", { class: "panel", "data-panel": id },
    h("header", {}, h("div", { class: "name" }, name), close),
    ...(fn ? functionPanel(view, fn) : variablePanel(view, variable!)));
}

function facts(...items: (string | false | null)[]): HTMLElement {
  return h("p", { class: "tags" }, ...items.filter(Boolean).map((text) => h("span", { class: "tag" }, text as string)));
}

function variablePanel(view: InspectorView, variable: Variable): (HTMLElement | null)[] {
  const { moment, words } = view;
  const value = moment.isVariableComputed(variable) ? moment.facts.value(variable) : null;
  const grad = moment.grad(variable);
  const gradient = moment.hidden.has(variable.id) ? h("p", { class: "soft" }, words.t("hidden"))
    : variable.kind === "constant" ? h("p", { class: "soft" }, words.t("whyConstant"))
    : variable.kind === "unused" ? h("p", { class: "soft" }, words.t("noGradient"))
    : grad.state === "freed" ? h("p", { class: "soft" }, words.t("whyFreed"))
    : grad.values ? arrayView(grad.values, words, `${variable.name}.grad`) : h("p", { class: "soft" }, words.t("notComputed"));
  return [
    facts(words.t(variable.id === moment.facts.trace.root ? "rootVariable" : variable.kind), words.t("generation", { g: variable.generation }), variable.dtype, variable.shape.length > 0 && formatShape(variable.shape)),
    sourceLine(variable.source, words),
    h("div", { class: "halves" },
      h("div", {}, h("div", { class: "sub" }, words.t("value")), value ? arrayView(value, words, variable.name) : h("p", { class: "soft" }, words.t("notComputed"))),
      h("div", {}, h("div", { class: "sub" }, words.t("grad")), gradient)),
    variable.kind === "constant" || variable.kind === "unused" ? null : ledgerTable(moment, variable, words, view.select),
  ];
}

function sourceLine(source: Source | null, words: Words): HTMLElement | null {
  if (!source) return null;
  return h("p", { class: "source" }, h("span", { class: "soft" }, sourceText(source, words)), source.text ? h("code", {}, source.text) : null);
}

function functionPanel(view: InspectorView, fn: Func): (HTMLElement | null)[] {
  const { moment, words } = view;
  const link = (id: string) => h("button", { class: "link", type: "button", onclick: () => view.select(id) }, moment.facts.variable(id).name);
  const list = (title: string, ids: string[]) => h("p", { class: "ends" }, h("span", { class: "soft" }, title), ...ids.map(link));
  const rule = fn.code ? h("pre", { class: "code", tabindex: 0 }, fn.code)
    : fn.rule ? h("div", {}, ...fn.rule.split(";").map((one) => h("div", { class: "formula" }, mathOf(one)))) : h("p", { class: "soft" }, words.t("noRule"));
  return [
    facts(words.t("function"), words.t("generation", { g: fn.generation }), fn.label, fn.backward && words.t("madeByBackward")),
    sourceLine(fn.source, words), list(words.t("inputs"), fn.inputs), list(words.t("outputs"), fn.outputs), rule,
  ];
}

function mathOf(rule: string): Element {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
  element.append(formula(rule));
  return element;
}
