// What the colours mean, in words.
import { h, s } from "./dom";
import { Book } from "./moment";
import { Words } from "./words";

export function legend(words: Words, book: Book): HTMLElement {
  const swatch = (tint: string) => s("svg", { width: 12, height: 12, "aria-hidden": "true" }, s("path", { class: "tint", "data-tint": tint, d: "M1 1h10v10h-10z" }));
  const items: [string, string][] = [["-3", words.t("negative")], ["3", words.t("positive")]];
  const second = book.scene.trace.functions.some((fn) => fn.backward);
  const arrays = book.scene.trace.variables.some((v) => v.shape.length > 0);
  return h("div", { class: "legend" },
    ...items.map(([tint, name]) => h("span", {}, swatch(tint), name)),
    h("span", {}, h("i", { class: "next-mark" }), words.t("nextInQueue")),
    arrays ? h("span", {}, "‖·‖ ", words.t("norm")) : null,
    second ? h("span", {}, h("i", { class: "second-mark" }), words.t("madeByBackward")) : null);
}
