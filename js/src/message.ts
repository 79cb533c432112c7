// A clear message in the widget's place, never a blank cell.
import { h } from "./dom";
import { icon } from "./icons";

export function message(text: string): HTMLElement {
  return h("div", { class: "nbgrad stepper message", role: "group", "aria-label": "backward stepper", "data-lm-suppress-shortcuts": "true" }, icon("warn"), h("p", { role: "alert" }, text));
}
