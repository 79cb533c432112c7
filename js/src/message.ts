// A clear message in the widget's place, never a blank cell. Its sentences are the narrator's, built in
// (messages.json is written from nbgrad/tracing/narration/interface.py), for where no payload can be read.
import { h } from "./dom";
import { icon } from "./icons";
import { chooseLanguage, fill } from "./language";
import messages from "./messages.json";

export type Fault = keyof typeof messages.en;

/** Something that cannot be shown, said in a way that the reader can act on. */
export class Unreadable extends Error {
  constructor(readonly fault: Fault, readonly detail = "") {
    super(messageText(fault, "en", detail));
  }
}

/** What is said of a fault, in the reader's language. */
export function messageText(fault: Fault, lang: string, detail = ""): string {
  const tables: Record<string, Record<Fault, string>> = messages;
  return fill(tables[chooseLanguage(lang, Object.keys(messages))]![fault], { detail });
}

export function message(text: string, lang: string): HTMLElement {
  return h("div", { class: "nbgrad stepper message", role: "group", "aria-label": messageText("label", lang), "data-lm-suppress-shortcuts": "true" }, icon("warn"), h("p", { role: "alert" }, text));
}
