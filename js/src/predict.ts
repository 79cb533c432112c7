// Predict, then reveal: each new gradient stays hidden until the reader has guessed it. Nothing blocks; skipping is free.
import { h, setText } from "./dom";
import { Moment } from "./moment";
import { briefGrad, formatNumber, formatShape, isScalar, Values } from "./numbers";
import { Words } from "./words";

export class Predict {
  private readonly shown = new Set<string>();
  private right = 0;
  private all = 0;
  private verdict: { text: string; good: boolean } | null = null;
  private verdictAt = "";

  constructor(private readonly words: Words, private readonly refresh: () => void) {}

  private key(moment: Moment, variable = ""): string {
    return `${moment.plan.naive}|${moment.stop.from}|${moment.stop.done}|${variable}`;
  }

  /** What this stop keeps back. */
  hidden(moment: Moment): Set<string> {
    if (moment.stop.phase !== "backward") return new Set();
    return new Set([...moment.changed].filter((id) => !this.shown.has(this.key(moment, id))));
  }

  /** Ask for the first gradient that is hidden. */
  view(moment: Moment): HTMLElement {
    const { words } = this;
    const [asked] = moment.hidden;
    if (this.verdictAt !== this.key(moment)) this.verdict = null;
    const verdict = h("p", { class: this.verdict?.good ? "verdict good" : "verdict", role: "status" }, this.verdict?.text ?? "");
    const score = this.all ? h("p", { class: "soft" }, words.t("guessScore", { right: this.right, all: this.all })) : null;
    return h("section", { class: "panel guess" }, h("div", { class: "cap" }, words.t("guessTitle")), verdict, asked ? this.form(moment, asked, verdict) : null, score);
  }

  private form(moment: Moment, id: string, verdict: HTMLElement): HTMLElement {
    const { words } = this;
    const variable = moment.facts.variable(id);
    const answer = moment.grad(variable).values!;
    const question = words.t(isScalar(answer) ? "guessAsk" : "guessAskShape", { name: variable.name });
    const input = h("input", { type: "text", class: "guess-input", "aria-label": question, autocomplete: "off", spellcheck: "false" });
    const submit = (event: Event) => {
      event.preventDefault();
      const good = judge(input.value, answer);
      if (good === null) return setText(verdict, words.t(isScalar(answer) ? "guessUnreadable" : "guessUnreadableShape"));
      this.all += 1;
      if (good) this.right += 1;
      this.tell(moment, id, words.t(good ? "guessRight" : "guessWrong", { guess: input.value.trim(), answer: answerText(answer) }), good);
    };
    const reveal = h("button", { type: "button", class: "toggle", onclick: () => this.tell(moment, id, words.t("guessShown", { answer: answerText(answer) }), false) }, words.t("guessReveal"));
    return h("form", { onsubmit: submit }, h("label", {}, question), h("div", { class: "row" }, input, h("button", { type: "submit", class: "check" }, words.t("guessCheck")), reveal));
  }

  private tell(moment: Moment, id: string, text: string, good: boolean): void {
    this.shown.add(this.key(moment, id));
    this.verdict = { text, good };
    this.verdictAt = this.key(moment);
    this.refresh();
  }
}

function answerText(values: Values): string {
  return isScalar(values) ? briefGrad(values) : `${formatShape(values.shape)}`;
}

/** Whether a guess is right; null when it cannot be read. "1/3" and "2*8" are numbers too. */
export function judge(text: string, answer: Values): boolean | null {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/,(?=\d)/g, isScalar(answer) ? "." : ",");
  if (!plain) return null;
  if (!isScalar(answer)) {
    const numbers = plain.match(/\d+/g);
    return numbers ? numbers.map(Number).join() === answer.shape.join() : null;
  }
  const right = answer.values![0]!;
  if (/^-?(nan|inf)/i.test(plain)) return formatNumber(right) === plain.toLowerCase().slice(0, plain.startsWith("-") ? 4 : 3);
  const factors = plain.split(/([*/])/).map((part) => part.trim());
  let value = Number(factors[0] || NaN);
  for (let i = 1; i < factors.length; i += 2) value = factors[i] === "*" ? value * Number(factors[i + 1] || NaN) : value / Number(factors[i + 1] || NaN);
  if (Number.isNaN(value)) return null;
  return Math.abs(value - right) <= 2e-3 * Math.max(Math.abs(right), 1e-9) || formatNumber(value) === formatNumber(right);
}
