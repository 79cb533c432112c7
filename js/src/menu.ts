// A button that opens a list of things to do.
import { h, setAttribute } from "./dom";
import { tool } from "./header";
import { IconName } from "./icons";

export type Choice = [label: string, run: () => void];

export function menu(name: IconName, label: string, choices: Choice[]): HTMLElement {
  const show = (open: boolean) => {
    list.hidden = !open;
    setAttribute(opener, "aria-expanded", String(open));
  };
  const list = h("div", { class: "menu-list" }, ...choices.map(([text, run]) => h("button", { type: "button", onclick: () => (show(false), run()) }, text)));
  const opener = tool(name, label, () => show(Boolean(list.hidden)));
  show(false);
  return h("div", { class: "search", onfocusout: (event: FocusEvent) => !(event.currentTarget as Node).contains(event.relatedTarget as Node) && show(false), onkeydown: (event: KeyboardEvent) => event.key === "Escape" && (event.stopPropagation(), show(false), opener.focus()) }, opener, list);
}
