// Cards for variables, pills for functions: made once, then only what changed is touched.
import { s, setAttribute, setText } from "./dom";
import { fitName, fitNumber, fitText, measure } from "./fittext";
import { iconPath } from "./icons";
import { isModule } from "./modules";
import { Moment } from "./moment";
import { brief, briefGrad, fullGrad, isScalar, magnitude, signOf, Values } from "./numbers";
import { wrongText } from "./orders";
import { Grad } from "./state";
import { strip } from "./tint";
import { Func, Variable } from "./trace";
import { troubleOf } from "./trouble";
import { Words } from "./words";

export interface NodeView {
  readonly element: SVGGElement;
  box: Box;
  place(box: Box): void;
  /** `type`: how much larger texts are than in the drawing itself, so that they can be read. */
  update(moment: Moment, selected: boolean, type: number): void;
}

export type Box = [number, number, number, number];
const FONT_FAMILY = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif';
const BOLD_FONT = `650 15px ${FONT_FAMILY}`;
const PLAIN_FONT = `400 14.5px ${FONT_FAMILY}`;
const PATH_FONT = `400 13px ${FONT_FAMILY}`;
const PADDING = 14;

function shell(id: string, kind: string, generation: number, extra: string): SVGGElement {
  return s("g", {
    class: `node ${kind} ${extra}`, tabindex: 0, role: "button",
    "data-node-id": id, "data-kind": kind, "data-generation": generation,
  });
}

function ring(box: Box, radius: number): SVGRectElement {
  return s("rect", { class: "ring", x: -5, y: -5, width: box[2] + 10, height: box[3] + 10, rx: radius + 5 });
}

function moveTo(element: Element, x: number, y: number): void {
  setAttribute(element, "transform", `translate(${x} ${y})`);
}

/** A variable: name and value above, gradient below. */
export class CardView implements NodeView {
  readonly element: SVGGElement;
  private readonly name = s("text", { class: "name" });
  private readonly value = s("text", { class: "value" });
  private readonly grad = s("text", { class: "number" });
  private readonly ground = s("rect", { class: "ground", rx: 5, x: 6, y: 45, height: 27 });
  private readonly rule = s("line", { class: "rule", x1: 0, y1: 39.5, y2: 39.5 });
  private readonly warning = s("g", { class: "warning" }, s("circle", { cx: 8, cy: 8.5, r: 11 }), s("path", { d: iconPath("warn") }));
  private readonly strip = s("g", { class: "strip" });
  private readonly tip = s("title");
  private shown = "";
  private type = 1;
  private stripOf: Values | null = null;
  private readonly slim: boolean;

  constructor(private readonly variable: Variable, public box: Box, private readonly words: Words, second: boolean, private readonly root: boolean, private readonly unnamed: boolean) {
    this.slim = variable.kind === "constant" || variable.kind === "unused";
    this.element = shell(variable.id, "variable", variable.generation, `${variable.kind}${second ? " second" : ""}`);
    this.element.append(this.tip, ring(box, 11), s("rect", { class: "card", height: box[3], rx: 11 }));
    if (this.slim) this.buildSlim();
    else this.build();
    this.element.append(this.warning);
    this.place(box);
  }

  place(box: Box): void {
    this.box = box;
    const { pad } = this;
    const [x, y, width] = box;
    moveTo(this.element, x, y);
    moveTo(this.warning, width - 10, -9);
    const [, around, card] = this.element.children;
    for (const [element, name, number] of [[around!, "width", width + 10], [card!, "width", width], [this.ground, "width", width - 12], [this.rule, "x2", width], [this.name, "x", pad], [this.value, "x", width - pad], [this.grad, "x", width - pad]] as const) setAttribute(element, name, number);
  }

  private build(): void {
    for (const text of [this.name, this.value]) setAttribute(text, "y", 27);
    setAttribute(this.grad, "y", 64);
    this.element.append(
      this.name,
      this.value,
      this.rule,
      this.ground,
      s("text", { class: "label", x: PADDING, y: 63.5 }, this.words.t("grad")),
      this.strip, this.grad,
    );
  }

  private buildSlim(): void {
    const [, , width, height] = this.box;
    const unused = this.variable.kind === "unused";
    const y = unused ? 24 : height / 2 + 5;
    for (const text of [this.name, this.value]) setAttribute(text, "y", y);
    this.element.append(this.name, this.value);
    if (unused) this.element.append(s("text", { class: "label", x: PADDING, y: 44 }, fitText(this.words.t("noGradient"), width - 2 * PADDING, `400 12px ${FONT_FAMILY}`)));
  }

  update(moment: Moment, selected: boolean, type: number): void {
    const { variable } = this;
    const computed = moment.isVariableComputed(variable);
    const grad = moment.grad(variable);
    const hidden = moment.hidden.has(variable.id);
    const active = moment.nodes.has(variable.id);
    const trouble = troubleOf(moment, variable, grad, computed && !hidden);
    if (type !== this.type) {
      this.type = type;
      this.place(this.box);
    }
    const key = [moment.facts.version, type, computed, grad.state, grad.fresh, hidden, active, selected, trouble, grad.values ? briefGrad(grad.values) : "", moment.stop.phase, wrongText(moment, variable)].join("|");
    if (key === this.shown && this.stripOf === grad.values) return;
    this.shown = key;
    setAttribute(this.element, "data-active", active ? "true" : null);
    setAttribute(this.element, "data-fresh", grad.fresh && !hidden ? "true" : null);
    setAttribute(this.element, "data-pending", computed ? null : "true");
    setAttribute(this.element, "data-trouble", trouble || null);
    setAttribute(this.element, "aria-pressed", selected ? "true" : "false");
    this.writeTop(computed ? moment.facts.value(variable) : null);
    if (!this.slim) this.writeGrad(moment, grad, hidden);
    this.describe(moment, computed, grad, hidden, trouble);
  }

  private writeTop(value: Values | null): void {
    const room = (this.box[2] - 2 * this.pad) / this.type;
    const whole = this.unnamed ? "" : this.variable.name;
    const left = room - measure(whole, BOLD_FONT) - 8;
    let text = (value && isScalar(value) ? fitNumber : fitText)(value ? brief(value) : "–", Math.max(room * 0.62, left), PLAIN_FONT);
    if (this.type > 1 && value && !isScalar(value) && left >= 0 && measure(text, PLAIN_FONT) > left) text = ""; // a whole name says more than a shape
    setText(this.value, text);
    setText(this.name, fitName(whole, room - measure(text, PLAIN_FONT) - 8, BOLD_FONT));
  }

  private writeGrad(moment: Moment, grad: Grad, hidden: boolean): void {
    const { state } = grad;
    const values = hidden ? null : grad.values;
    const wrong = wrongText(moment, this.variable);
    const text = hidden ? "?" : wrong || (values ? briefGrad(values) : "–");
    setAttribute(this.element, "data-wrong", wrong ? "true" : null);
    const room = (this.box[2] - 2 * this.pad - (wrong ? -16 : this.type > 1 ? 0 : this.labelRoom)) / this.type; // larger texts leave out the label
    setText(this.grad, (values && !wrong ? fitNumber : fitText)(text, room, BOLD_FONT));
    setAttribute(this.element, "data-grad", (state === "value" || state === "before") && values ? fullGrad(values) : null);
    setAttribute(this.element, "data-freed", state === "freed" ? "true" : null);
    setAttribute(this.element, "data-state", hidden ? "hidden" : state);
    const live = state === "value" && values;
    setAttribute(this.element, "data-sign", live ? (isScalar(values) ? signOf(values) : "array") : null);
    if (live) this.ground.style.setProperty("--size", String(strength(values)));
    this.writeStrip(live && this.type === 1 && !isScalar(values) ? values : null, text);
  }

  private get pad(): number {
    return this.type > 1 ? PADDING / 2 : PADDING;
  }

  private get labelRoom(): number {
    return measure(this.words.t("grad"), `400 13.5px ${FONT_FAMILY}`) + 8;
  }

  /** A tiny picture of an array's gradient, between label and norm, when there is room. */
  private writeStrip(values: Values | null, text: string): void {
    if (values === this.stripOf) return;
    this.stripOf = values;
    this.strip.replaceChildren();
    if (!values) return;
    const left = PADDING + this.labelRoom;
    const right = this.box[2] - PADDING - measure(text, BOLD_FONT) - 7;
    if (right - left >= 14) this.strip.append(strip(values, left, 50, Math.min(right - left, 34), 17));
  }

  private describe(moment: Moment, computed: boolean, grad: Grad, hidden: boolean, trouble: string): void {
    const { words, variable } = this;
    const value = computed ? moment.facts.value(variable) : null;
    const gradient = hidden ? words.t("hidden") : grad.values && grad.state !== "none" ? briefGrad(grad.values) : words.t("notComputed");
    const parts = [
      variable.name,
      words.t(this.root ? "rootVariable" : variable.kind),
      words.t("inGeneration", { g: variable.generation }),
      `${words.t("value")} ${value ? brief(value) : words.t("notComputed")}`,
      variable.kind === "constant" ? "" : variable.kind === "unused" ? words.t("noGradient") : `${words.t("grad")} ${gradient}${grad.state === "freed" ? `, ${words.t("freed")}` : ""}`,
      trouble ? words.t(trouble) : "",
    ].filter(Boolean);
    setAttribute(this.element, "aria-label", parts.join(", "));
    setText(this.tip, parts.join("\n"));
  }
}

/** How strong a tint is: 0.35 … 1, by the logarithm of the size. */
function strength(values: Values): number {
  const size = magnitude(values);
  if (!(size > 0)) return 0;
  return Math.round((0.35 + 0.65 * Math.min(Math.max((Math.log10(size) + 3) / 5, 0), 1)) * 100) / 100;
}

type Line = [element: SVGTextElement, text: string, fit: typeof fitText, room: number, font: string];

/** What stands on a function: its symbol; on a module that is shown closed its class, its path, and what is in it. */
function face(fn: Func, box: Box, words: Words, parameters: number): Line[] {
  const line = (kind: string, y: number, text: string, room: number, fit = fitText): Line => [s("text", { class: `symbol ${kind}`, x: box[2] / 2, y }), text, fit, box[2] - room, kind ? PATH_FONT : BOLD_FONT];
  if (!isModule(fn)) return [line("", box[3] / 2 + 5.5, fn.symbol || fn.name, 18)];
  const inside = [words.t("functions", { n: fn.folded! }), parameters ? words.t("nParameters", { n: parameters }) : ""].filter(Boolean).join(" · ");
  return [line("", 27, fn.name, 24), line("path", 47, words.path(fn.module!), 24, fitName), line("path", 66, inside, 24)];
}

/** A function: its symbol. */
export class PillView implements NodeView {
  readonly element: SVGGElement;
  private shown = "";
  private readonly lines: Line[];

  constructor(private readonly fn: Func, public box: Box, words: Words, output: string, parameters = 0) {
    const closed = isModule(fn);
    this.lines = face(fn, box, words, parameters);
    const radius = closed ? 12 : box[3] / 2;
    this.element = shell(fn.id, "function", fn.generation, `${fn.backward ? "second" : ""}${closed ? " module" : ""}`);
    setAttribute(this.element, "data-folded", closed ? fn.folded : null);
    const inside = closed ? [words.path(fn.module!), words.t("openHint")] : [];
    const label = [...inside, `${fn.label.includes("(") ? fn.label : fn.name} → ${output}`, words.t("function"), words.t("inGeneration", { g: fn.generation }), words.rule(fn.rule)].filter(Boolean);
    setAttribute(this.element, "aria-label", label.join(", "));
    this.element.append(
      s("title", {}, label.join("\n")),
      ring(box, radius),
      s("rect", { class: "waits", x: -3.5, y: -3.5, width: box[2] + 7, height: box[3] + 7, rx: radius + 3.5 }),
      closed ? s("rect", { class: "pill beneath", x: 5, y: -5, width: box[2], height: box[3], rx: radius }) : "",
      s("rect", { class: "pill", width: box[2], height: box[3], rx: radius }),
      ...this.lines.map(([element]) => element),
    );
    this.place(box);
  }

  place(box: Box): void {
    this.box = box;
    moveTo(this.element, box[0], box[1]);
  }

  update(moment: Moment, selected: boolean, type: number): void {
    const active = moment.nodes.has(this.fn.id);
    const pending = !moment.isComputed(this.fn);
    const place = moment.waiting.findIndex((w) => w.function === this.fn.id);
    const ran = moment.stop.phase === "backward" && moment.history.firstRun(this.fn.id) < moment.stop.done;
    const key = `${active}|${pending}|${selected}|${place}|${ran}|${type}`;
    if (key === this.shown) return;
    this.shown = key;
    for (const [element, text, fit, room, font] of this.lines) setText(element, fit(text, room / type, font));
    setAttribute(this.element, "data-active", active ? "true" : null);
    setAttribute(this.element, "data-pending", pending ? "true" : null);
    setAttribute(this.element, "data-ran", ran ? "true" : null);
    setAttribute(this.element, "data-waiting", place < 0 ? null : place === 0 ? "next" : "true");
    setAttribute(this.element, "aria-pressed", selected ? "true" : "false");
  }
}
