// What if this leaf had another value? Its number is edited here, and the kernel computes the graph again.
import { h, setAttribute, setText } from "./dom";
import { indexOf } from "./element";
import { isScalar, Values } from "./numbers";
import { AnyModel } from "./model";
import { Variable } from "./trace";
import { Words } from "./words";

const BUSY_MS = 400;
const PIXELS_PER_STEP = 4;

type Question = Record<string, unknown> & { ask: string };

interface Answer {
  asked?: string;
  error?: string;
  number?: number | string | null;
  changed?: string[];
  kept?: string[];
}

/** A number that is typed, stepped through with the arrow keys, or dragged. */
function numberField(label: string, given: number): HTMLInputElement {
  const inSight = ({ target }: Event) => (target as Element).scrollIntoView?.({ block: "nearest" }); // whole: a browser brings what is typed into sight, without the ring around it
  return h("input", { type: "number", class: "guess-input", "aria-label": label, value: given, step: 0.01, oninput: inSight });
}

/** What a field says; null for what is not a number. */
function read(field: HTMLInputElement): number | null {
  const number = Number(field.value);
  const good = field.value !== "" && Number.isFinite(number);
  setAttribute(field, "aria-invalid", !good && "true");
  return good ? number : null;
}

export class WhatIf {
  private readonly field: HTMLInputElement;
  private readonly place: HTMLInputElement;
  private readonly index = h("span", { class: "soft" });
  private readonly rate: HTMLInputElement;
  private readonly said = h("p", { class: "verdict", role: "alert" });
  private readonly told = h("p", { class: "verdict", role: "alert" });
  private readonly busy = h("p", { class: "busy", role: "status" });
  private readonly others = h("p", { class: "soft", role: "status" });
  private readonly check: HTMLElement;
  private readonly controls: HTMLElement[]; // made once: a button that has the focus keeps it
  private leaf: Variable | null = null;
  private values: Values | null = null;
  private shown = ""; // what the field was given; something else in it is being typed
  private step = 1;
  private asked: Question | null = null;
  private next: Question | null = null;
  private timer = 0;

  constructor(private readonly raw: AnyModel, private readonly words: Words) {
    this.field = numberField(words.t("value"), 0);
    this.rate = numberField(words.t("rate"), 0.1);
    this.place = h("input", { type: "number", class: "guess-input place", min: 0, value: 0, "aria-label": words.t("element"), oninput: () => this.pick(this.at) });
    this.check = this.button("checkLeaf", () => this.ask(this.question("check")));
    this.controls = this.makeControls();
    this.field.classList.add("edit");
    this.field.addEventListener("change", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("pointerdown", (event) => this.drag(event));
  }

  private get isFocused(): boolean {
    return (this.field.getRootNode() as Document).activeElement === this.field;
  }

  private get hasKernel(): boolean {
    return Boolean(this.raw.send);
  }

  // ---- questions and answers

  private ask(question: Question): void {
    if (Number.isNaN(question.index)) return setText(this.said, this.words.t("guessUnreadable"));
    if (this.asked) return void (this.next = question); // of what came in the meantime the last one counts
    this.asked = question;
    this.timer = window.setTimeout(() => setText(this.busy, this.words.t("busy")), BUSY_MS);
    setAttribute(this.field, "aria-busy", "true");
    this.raw.send!({ ...question, lang: this.words.lang });
  }

  readonly answered = (content?: unknown): void => {
    const { asked, error, number, changed, kept } = (content ?? {}) as Answer;
    if (!asked) return;
    window.clearTimeout(this.timer);
    setText(this.busy, "");
    setAttribute(this.field, "aria-busy", null);
    this.asked = null;
    const { next, words } = this;
    this.next = null;
    const steps = asked === "descend" || asked === "reset" || asked === "keep";
    setText(this.said, "");
    setText(this.told, kept?.length ? words.t("kept", { names: kept.join(", ") }) : "");
    if (error) setText(steps ? this.told : this.said, error);
    else if (asked === "check") setText(this.said, words.t("checked", { number: Number(Number(number).toPrecision(6)) }));
    else if (asked === "element") this.fill(number as number | null);
    if (changed) setText(this.others, changed.length ? words.t("changedLeaves", { names: changed.join(", ") }) : "");
    if (next) this.ask(next);
  };

  private get at(): number {
    return isScalar(this.values!) ? 0 : this.place.valueAsNumber;
  }

  private question(ask: string): Question {
    return { ask, leaf: this.leaf!.id, ...(isScalar(this.values!) ? {} : { index: this.at }) };
  }

  private apply(): void {
    const value = read(this.field);
    if (value === null) return setText(this.said, this.words.t("guessUnreadable"));
    this.shown = this.field.value;
    this.ask({ ...this.question("what_if"), value });
  }

  private descend(steps: number): void {
    const rate = read(this.rate);
    if (rate === null) return setText(this.told, this.words.t("guessUnreadable"));
    this.ask({ ask: "descend", rate, steps });
  }

  // ---- the field

  private put(number: number): void {
    this.field.value = String(Number(number.toPrecision(12)));
    this.typed();
  }

  private typed(): void {
    if (this.field.value !== this.shown) return this.apply();
    if (!this.field.hasAttribute("aria-invalid")) return;
    setAttribute(this.field, "aria-invalid", null); // it is again what is shown
    setText(this.said, "");
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter") this.typed();
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    this.put(Number(this.field.value) + steps * (event.shiftKey ? 10 : 1) * this.step);
  }

  /** Dragging to the right makes it larger. The listeners are the window's: the field may be drawn anew meanwhile. */
  private drag({ clientX: from }: PointerEvent): void {
    if (this.isFocused) return; // there a drag selects text
    const start = Number(this.field.value);
    const move = ({ clientX }: PointerEvent) => {
      const steps = Math.trunc((clientX - from) / PIXELS_PER_STEP);
      if (steps || this.field.value !== String(start)) this.put(start + steps * this.step);
    };
    window.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => window.removeEventListener("pointermove", move), { once: true });
  }

  /** The element of the gradient that the reader asks about is the one to change and to check. */
  choose(id: string, flat: number): void {
    if (this.leaf?.id !== id) return;
    this.place.value = String(flat);
    this.pick(flat);
  }

  /** The steps of another element are in proportion to its size. */
  private pick(at: number): void {
    const number = this.values!.values?.[at];
    const known = at % 1 === 0 && at >= 0 && at < this.values!.size;
    setAttribute(this.place, "aria-invalid", !known && "true");
    setText(this.said, "");
    setText(this.index, isScalar(this.values!) || !known ? "" : `${this.leaf!.name}[${indexOf(at, this.values!.shape).join(", ")}]`);
    if (number === undefined && this.hasKernel) this.ask(this.question("element"));
    this.fill(number ?? null);
  }

  private fill(number: number | null): void {
    const size = 10 ** (Math.floor(Math.log10(Math.abs(number ?? 0) || 1)) - 1);
    this.step = /int/.test(this.leaf!.dtype) ? Math.max(1, size) : size;
    this.field.step = String(this.step);
    this.write(number);
  }

  private write(number: number | null): void {
    this.shown = this.field.value = number === null || !Number.isFinite(number) ? "" : String(number);
    setAttribute(this.field, "aria-invalid", null);
  }

  /** The field of a leaf: the same element as long as the leaf is selected, so that nobody's typing is lost. */
  panel(variable: Variable, value: Values): HTMLElement {
    const { words } = this;
    if (!this.hasKernel) return h("p", { class: "soft" }, words.t("needsKernel"));
    const other = this.leaf?.id !== variable.id;
    const typing = this.isFocused && this.field.value !== this.shown;
    [this.leaf, this.values] = [variable, value];
    if (other) {
      this.place.value = "0";
      this.place.max = String(value.size - 1);
      this.pick(0);
    } else if (!typing && !this.next && value.values) this.write(value.values[this.at] ?? null);
    else if (!typing && !value.values && !this.asked) this.ask(this.question("element"));
    return h("div", { class: "guess" },
      h("div", { class: "sub" }, words.t("whatIf")),
      h("div", { class: "row" }, isScalar(value) ? null : this.place, isScalar(value) ? null : this.index, this.field, this.check),
      this.said, h("p", { class: "soft" }, words.t("sameFunctions")), ...this.controls);
  }

  private button(key: string, run: () => void): HTMLElement {
    return h("button", { type: "button", class: "toggle", onclick: run }, this.words.t(key));
  }

  /** Steps of descent on copies of the leaves; back to the user's own values, or keep these. */
  private makeControls(): HTMLElement[] {
    const { words } = this;
    return [h("div", { class: "sub" }, words.t("descent")),
      h("div", { class: "row" }, h("label", { class: "soft rate" }, words.t("rate"), this.rate), this.button("descend", () => this.descend(1)), this.button("descendTen", () => this.descend(10))),
      this.told, this.others, h("div", { class: "row" }, this.button("reset", () => this.ask({ ask: "reset" })), this.button("keep", () => this.ask({ ask: "keep" }))), this.busy];
  }
}
