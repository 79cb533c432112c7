// Title and tools.
import { h, setAttribute } from "./dom";
import { icon, IconName } from "./icons";
import { Granularity } from "./timeline";
import { Words } from "./words";

export interface Tools {
  granularity(value: Granularity): void;
  naive(): void;
  predict(): void;
  list(): void;
  code(): void;
  lecture(): void;
  trouble(): void;
  search: HTMLElement;
  save: HTMLElement;
  remarks: HTMLElement | null;
}

export interface HeaderState {
  granularity: Granularity;
  naive: boolean;
  predict: boolean;
  list: boolean;
  code: boolean;
  lecture: boolean;
}

export class Header {
  readonly element: HTMLElement;
  private readonly segments: Record<Granularity, HTMLButtonElement>;
  private readonly naive: HTMLButtonElement;
  private readonly predict: HTMLButtonElement;
  private readonly list: HTMLButtonElement;
  private readonly code: HTMLButtonElement;
  private readonly lecture: HTMLButtonElement;

  constructor(words: Words, title: string, subtitle: string, can: { naive: boolean; trouble: string; code: boolean }, tools: Tools) {
    const segment = (value: Granularity, key: string) => h("button", { type: "button", "aria-pressed": "false", onclick: () => tools.granularity(value) }, words.t(key));
    this.segments = { generation: segment("generation", "byGeneration"), function: segment("function", "byFunction") };
    this.naive = toggle(words.t("naiveOrder"), words.t("naiveHint"), () => tools.naive());
    this.predict = toggle(words.t("predict"), words.t("predictHint"), () => tools.predict());
    this.list = tool("list", words.t("listView"), () => tools.list());
    this.code = tool("code", words.t("codeView"), () => tools.code());
    this.lecture = tool("lecture", words.t("lecture"), () => tools.lecture());
    const alarm = can.trouble ? h("button", { type: "button", class: "alarm", title: words.t("jumpHint"), onclick: () => tools.trouble() }, icon("warn"), words.t("jumpTo", { what: words.t(can.trouble) })) : null;
    this.element = h("div", { class: "head" },
      h("div", { class: "title" }, h("strong", { title }, title), h("span", { class: "soft" }, subtitle)),
      h("div", { class: "tools" }, alarm,
        h("div", { class: "segmented", role: "group", "aria-label": words.t("granularity") }, ...Object.values(this.segments)),
        can.naive ? this.naive : null, this.predict, tools.search, can.code ? this.code : null, this.list, tools.remarks, this.lecture, tools.save));
  }

  update(state: HeaderState): void {
    for (const [value, button] of Object.entries(this.segments)) setAttribute(button, "aria-pressed", String(value === (state.naive ? "function" : state.granularity)));
    setAttribute(this.naive, "aria-pressed", String(state.naive));
    setAttribute(this.predict, "aria-pressed", String(state.predict));
    setAttribute(this.list, "aria-pressed", String(state.list));
    setAttribute(this.code, "aria-pressed", String(state.code));
    setAttribute(this.lecture, "aria-pressed", String(state.lecture));
  }
}

function toggle(name: string, hint: string, run: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "toggle", "aria-pressed": "false", title: hint, onclick: run }, name);
}

/** A button with an icon only. */
export function tool(name: IconName, label: string, run: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick: run }, icon(name));
}
