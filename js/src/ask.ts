// A teacher's own question at a step: it stands there until it is answered, or the reader wants to see.
import { h, setText } from "./dom";
import { Moment } from "./moment";
import { gradName } from "./numbers";
import { judge } from "./predict";
import { Segments } from "./scene";
import { Words } from "./words";

export class Ask {
  private readonly seen = new Set<number>();
  private verdict = "";
  private verdictAt = -1;

  constructor(readonly questions: Record<string, string>, private readonly words: Words, private readonly refresh: () => void) {}

  /** The question of a stop that is still open. */
  private question(moment: Moment): string {
    const { stop } = moment;
    return stop.position >= 0 && !this.seen.has(stop.position) ? (this.questions[String(stop.position)] ?? "") : "";
  }

  /** The variable that a question asks for: "What is a.grad?". */
  private asked(moment: Moment): string | null {
    const text = this.question(moment);
    const named = moment.facts.trace.variables.filter((variable) => [gradName(variable), `${variable.name}.grad`].some((name) => text.includes(name)) && moment.grad(variable).values);
    return named.sort((a, b) => b.name.length - a.name.length)[0]?.id ?? null;
  }

  /** What the question keeps back. */
  hidden(moment: Moment): string[] {
    const id = this.asked(moment);
    return id === null ? [] : [id];
  }

  /** The question as a sentence, for where the column with its field is hidden. */
  said(moment: Moment): Segments | null {
    const text = this.question(moment);
    return text ? ["", text] : null;
  }

  view(moment: Moment): HTMLElement | null {
    const { words } = this;
    const text = this.question(moment);
    const told = this.verdictAt === moment.stop.position ? this.verdict : "";
    if (!text) return told ? h("section", { class: "panel guess" }, h("p", { class: "verdict", role: "status" }, told)) : null;
    const id = this.asked(moment);
    const answer = id === null ? null : moment.grad(moment.facts.variable(id)).values;
    const verdict = h("p", { class: "verdict", role: "status" });
    const input = h("input", { type: "text", class: "guess-input", "aria-label": text, autocomplete: "off", spellcheck: "false" });
    const submit = (event: Event) => {
      event.preventDefault();
      const good = answer ? judge(input.value, answer) : true;
      if (good === null) return setText(verdict, words.t("guessUnreadable"));
      if (!good) return setText(verdict, words.t("askWrong"));
      this.done(moment, answer ? words.t("askRight") : "");
    };
    return h("section", { class: "panel guess ask" }, h("div", { class: "cap" }, words.t("askTitle")),
      h("form", { onsubmit: submit }, h("label", {}, text), h("div", { class: "row" }, input, h("button", { type: "submit", class: "check" }, words.t("guessCheck")), h("button", { type: "button", class: "toggle", onclick: () => this.done(moment, "") }, words.t("guessReveal")))), verdict);
  }

  private done(moment: Moment, text: string): void {
    this.seen.add(moment.stop.position);
    this.verdict = text;
    this.verdictAt = moment.stop.position;
    this.refresh();
  }
}
