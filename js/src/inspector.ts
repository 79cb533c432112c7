// The column beside the graph: the selected node, this step, its sums, what was freed, what is next.
import { h } from "./dom";
import { WhatIf } from "./edit";
import { explainGradient, explainValue, firstBad } from "./element";
import { icon } from "./icons";
import { ledgerLine, ledgerTable } from "./ledger";
import { workedRule } from "./mathml";
import { doors, isModule, parameterList, Turn } from "./modules";
import { Moment } from "./moment";
import { brief, briefGrad, contribution, formatShape, fullGrad, gradName, isScalar, Values } from "./numbers";
import { queueView } from "./queue";
import { arrayView } from "./tint";
import { Call, Func, Source, Variable } from "./trace";
import { Words } from "./words";

const MAX_CALLS = 6;
const MAX_PICTURES = 3;
const MAX_ROWS = 12;
const FADED_HEIGHT = 64; // of the column's lower edge, as in stepper.css

export interface InspectorView {
  moment: Moment;
  words: Words;
  selected: string | null;
  select: (id: string | null) => void;
  /** The element of a gradient that the reader asks about. */
  element: { id: string; flat: number } | null;
  pick: (id: string, flat: number) => void;
  /** The question of predict mode. */
  guess: HTMLElement | null;
  /** Asks the kernel what would be with other numbers. */
  whatIf: WhatIf;
  turn: Turn;
}

/** A field that has the focus does not stand below the column's lower edge, or where it fades. */
export function uncover(side: Element, field: Element): void {
  if (field.matches("input")) side.scrollTop += Math.max(field.getBoundingClientRect().bottom - side.getBoundingClientRect().bottom + FADED_HEIGHT, 0);
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
    workedRule(`∂⟦${root.name}⟧/∂⟦${root.name}⟧`, "1", "", ""),
    h("p", { class: "ledger-line" }, `${gradName(root)} = `, h("b", {}, isScalar(seed) ? brief(seed) : `${formatShape(seed.shape)} ${briefGrad(seed)}`)))];
}

function forwardStep(view: InspectorView): Section[] {
  const { moment, words } = view;
  const what = moment.stop.generation === null ? words.t("leaves") : words.t("forwardGeneration", { g: moment.stop.generation });
  if (moment.stop.computed === 0) {
    const leaves = moment.facts.trace.variables.filter((v) => v.kind === "leaf");
    return [nowSection(words, what, h("p", {}, words.t("leavesText")), valueList(view, leaves))];
  }
  const functions = moment.computing;
  return [nowSection(words, what, ...functions.slice(0, MAX_CALLS).flatMap((fn) => [
    callHead(view, fn), h("p", { class: "worked" }, `${words.path(fn.label) || fn.name}(${fn.inputs.map((id) => shortValue(moment, id)).join(", ")}) = `, h("b", {}, fn.outputs.map((id) => shortValue(moment, id)).join(", "))),
  ]), more(functions.length - MAX_CALLS, words))];
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
  const alike = groups(moment);
  const what = words.t("generation", { g: stop.generation ?? 0 });
  const ledgers = [...moment.changed].slice(0, MAX_CALLS).filter((id) => !moment.hidden.has(id)).flatMap((id, k) => ledgerOf(view, moment.facts.variable(id), k < MAX_PICTURES));
  return [
    nowSection(words, what, ...alike.slice(0, MAX_CALLS).flatMap((calls) => callView(view, calls)), more(alike.length - MAX_CALLS, words),
      ...ledgers, more(moment.changed.size - MAX_CALLS, words),
      ...words.remarks.filter(([kind, , step]) => step === stop.position && !/est$/.test(kind) && moment.plan.byGeneration).map(([kind, id, , text]) => h("p", { class: "remark", "data-kind-of": kind }, h("button", { type: "button", class: "link", onclick: () => view.select(id) }, text)))),
    freedSection(moment, words),
  ];
}

/** The sum in a line; of an array the picture below. */
function ledgerOf(view: InspectorView, variable: Variable, picture: boolean): (HTMLElement | null)[] {
  const { moment, words } = view;
  const values = moment.grad(variable).values;
  const line = ledgerLine(moment, variable);
  return picture && line && values && !isScalar(values) ? [line, arrayView(values, words, gradName(variable), 4, (flat) => view.pick(variable.id, flat)), elementOf(view, variable)] : [line];
}

/** What the picked element of a gradient is made of; of one that is not a number unasked. */
function elementOf(view: InspectorView, variable: Variable): HTMLElement | null {
  const { moment, words, element } = view;
  const grad = moment.grad(variable).values;
  const flat = element?.id === variable.id ? element.flat : firstBad(grad);
  if (flat < 0 || !grad || isScalar(grad) || flat >= grad.size || moment.hidden.has(variable.id)) return null;
  return h("div", { class: "element", role: "status" }, ...explainGradient(moment, variable, flat, words).map((line) => h("p", {}, line)));
}

/** One call, or several of one line that do the same: what they have in common is told once. */
function callView(view: InspectorView, calls: Call[]): HTMLElement[] {
  const call = calls[0]!;
  const fn = view.moment.facts.func(call.function);
  return calls.length > 1 ? repeated(view, fn, calls) : [callHead(view, fn), ...rules(view, fn, call)];
}

/** Calls of one rule and one line of code stand together. */
function groups(moment: Moment): Call[][] {
  const found = new Map<string, Call[]>();
  for (const call of moment.calls) {
    const fn = moment.facts.func(call.function);
    const { source } = fn;
    const place = source ? `${source.cell ?? source.file}:${source.line}` : "";
    const key = place || moment.calls.length > MAX_CALLS ? `${fn.name}|${fn.rule}|${place}|${call.contributions.map((part) => part.input)}` : call.function;
    const group = found.get(key);
    if (group) group.push(call);
    else found.set(key, [call]);
  }
  return [...found.values()];
}

/** A rule once, how often it ran, and what differs. */
function repeated(view: InspectorView, fn: Func, calls: Call[]): HTMLElement[] {
  const { moment, words } = view;
  const rows = calls.slice(0, MAX_ROWS).map((call) => {
    const [, output] = moment.facts.callName(moment.facts.func(call.function));
    const sent = call.contributions.map((part) => h("span", {}, `${moment.hidden.has(part.variable) ? "?" : contribution(moment.facts.values(part.amount))} → ${moment.facts.variable(part.variable).name}`));
    return h("li", {}, h("button", { class: "link", type: "button", onclick: () => view.select(call.function) }, output), ...sent);
  });
  return [
    h("p", { class: "call" }, h("b", {}, fn.name), h("span", { class: "times" }, `×${calls.length}`), h("span", { class: "soft" }, sourceText(fn.source, words))),
    ...rules(view, fn, calls[0]!),
    h("ul", { class: "pairs repeated" }, ...rows, more(calls.length - MAX_ROWS, words, "li")),
  ];
}

/** The rule as the operation's own documentation has it. */
function generalRules(fn: Func, call: Call, words: Words): HTMLElement[] {
  const lines = words.rule(fn.rule).split(";").filter(Boolean).map((rule) => rule.split(/=(.*)/).map((part) => part.trim()) as [string, string]);
  const sent = new Set(call.contributions.map((part) => part.input));
  const wanted = lines.length > 1 ? lines.filter(([target], k) => sent.has(inputOf(target, k))) : lines;
  return wanted.map(([target, rule]) => workedRule(target, rule ?? "", "", ""));
}

/** The rule of each input in the reader's names and with numbers, or the source of a user's own backward. */
function rules({ moment, words }: InspectorView, fn: Func, call: Call): HTMLElement[] {
  if (fn.code) return [h("pre", { class: "code", tabindex: 0 }, fn.code)];
  if (!fn.rule) return [];
  const worked = words.story?.worked?.[fn.id] ?? [];
  if (!worked.length) return generalRules(fn, call, words);
  const hidden = call.contributions.some((part) => moment.hidden.has(part.variable));
  const lines = call.contributions.flatMap((part, k) => {
    const [target, rule, numbers] = worked[k] ?? ["", "", ""];
    return rule ? [workedRule(target, rule, moment.plan.naive || hidden ? "" : numbers, hidden ? "?" : outcome(moment.facts.values(part.amount)))] : [];
  });
  return [...lines, disclosed(words, generalRules(fn, call, words))];
}

/** What comes out: a number, a small array, or a shape. */
function outcome(values: Values): string {
  if (isScalar(values)) return briefGrad(values);
  const flat = values.shape.length === 1 || (values.shape.length === 2 && values.shape[0]! <= 6);
  return values.values && values.size > 0 && values.size <= 16 && flat ? fullGrad(values) : formatShape(values.shape);
}

let generalShown = false;

/** The general rule, one click away; open at one step, it is open at the next. */
function disclosed(words: Words, rule: HTMLElement[]): HTMLElement {
  const details = h("details", { class: "general", open: generalShown, ontoggle: () => void (generalShown = details.open) }, h("summary", {}, words.t("generalRule")), ...rule);
  return details;
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
  const names = step.freed.slice(0, 8).map((id) => gradName(moment.facts.variable(id))).join(", ");
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
    : grad.state === "freed" ? h("p", { class: "soft" }, words.t(moment.facts.trace.framework ? "whyNotALeaf" : "whyFreed", { name: variable.name }))
    : grad.values ? arrayView(grad.values, words, gradName(variable), 8, (flat) => view.pick(variable.id, flat)) : h("p", { class: "soft" }, words.t(variable.none_reason === "no gradient" && moment.waiting.length === 0 && moment.stop.phase === "backward" ? "whyNoGradient" : "notComputed"));
  return [
    facts(words.t(variable.id === moment.facts.trace.root ? "rootVariable" : variable.kind), words.t("generation", { g: variable.generation }), variable.dtype, variable.shape.length > 0 && formatShape(variable.shape)),
    ...words.remarks.filter(([, id]) => id === variable.id).map(([kind, , , text]) => h("p", { class: "remark", "data-kind-of": kind }, text)),
    sourceLine(variable.source, words),
    h("div", { class: "halves" },
      h("div", {}, h("div", { class: "sub" }, words.t("value")), value ? arrayView(value, words, variable.name) : h("p", { class: "soft" }, words.t(variable.value_state === "not kept" ? "notKept" : "notComputed"))),
      h("div", {}, h("div", { class: "sub" }, words.t("grad")), gradient)),
    value && firstBad(value) >= 0 ? h("div", { class: "element" }, h("p", {}, explainValue(moment, variable, firstBad(value)))) : null,
    elementOf(view, variable),
    moment.facts.scene.live && variable.kind === "leaf" && value?.size ? view.whatIf.panel(variable, value) : null,
    variable.kind === "constant" || variable.kind === "unused" ? null : ledgerTable(moment, variable, words, view.select),
  ];
}

function sourceLine(source: Source | null, words: Words): HTMLElement | null {
  if (!source) return null;
  return h("p", { class: "source" }, h("span", { class: "soft" }, sourceText(source, words)), source.text ? h("code", {}, source.text) : null);
}

function functionPanel(view: InspectorView, fn: Func): (HTMLElement | null)[] {
  const { moment, words } = view;
  const own = new Set(moment.facts.scene.parameters?.[fn.id]);
  const link = (id: string) => h("button", { class: "link", type: "button", onclick: () => view.select(id) }, moment.facts.variable(id).name);
  const list = (title: string, ids: string[]) => h("p", { class: "ends" }, h("span", { class: "soft" }, title), ...ids.map(link));
  const rule = fn.code ? h("pre", { class: "code", tabindex: 0 }, fn.code)
    : fn.rule ? h("div", {}, ...words.rule(fn.rule).split(";").map((one) => workedRule(...(one.split("=").map((part) => part.trim()) as [string, string]), "", ""))) : h("p", { class: "soft" }, words.t("noRule"));
  return [
    facts(words.t("function"), words.t("generation", { g: fn.generation }), words.path(fn.label), fn.backward && words.t("madeByBackward")),
    doors(fn, moment.facts.scene, words, view.turn),
    sourceLine(fn.source, words), list(words.t("inputs"), fn.inputs.filter((id) => !own.has(id))), list(words.t("outputs"), fn.outputs), ...(isModule(fn) ? parameterList(fn, moment, words, view.select) : [rule]),
  ];
}
