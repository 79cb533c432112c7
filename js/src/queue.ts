// The queue: what waits, with generations, and why the next is next.
import { h, rich } from "./dom";
import { Moment } from "./moment";
import { Segments } from "./scene";
import { Words } from "./words";

const MAX_ITEMS = 6;

export function queueView(moment: Moment, why: Segments | null, words: Words, select: (id: string) => void): HTMLElement[] {
  const { waiting } = moment;
  if (!waiting.length) return [h("p", { class: "soft" }, words.t("nothingWaits"))];
  const items = waiting.slice(0, MAX_ITEMS).map(({ function: id, generation }, k) => {
    const fn = moment.facts.func(id);
    const [name, output] = moment.facts.callName(fn);
    return h("li", { "data-next": k === 0 ? "true" : null },
      h("button", { class: "link", type: "button", onclick: () => select(id) }, `${name} → ${output}`),
      h("span", { class: "tag" }, words.t("generation", { g: generation })));
  });
  if (waiting.length > MAX_ITEMS) items.push(h("li", { class: "soft" }, words.t("more", { n: waiting.length - MAX_ITEMS })));
  const sentence = why && why.join("") ? h("p", { class: "why" }, ...rich(why)) : null;
  const list = waiting.length > 1 ? h("ol", { class: "queue" }, ...items) : null;
  return [...(sentence ? [sentence] : list ? [] : [h("p", {}, ...items[0]!.childNodes)]), ...(list ? [list] : [])];
}
