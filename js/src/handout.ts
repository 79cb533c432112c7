// What a printer gets: every step with its picture and its sentence, one below the other.
import { h, rich } from "./dom";
import { Segments } from "./scene";

const MAX_PAGES = 60;

export interface Page {
  svg: SVGSVGElement;
  told: Segments;
}

/** Make the pages when somebody prints, and take them away afterwards. */
export function watchPrint(root: HTMLElement, last: () => number, pageOf: (position: number) => Page, restore: () => void, title: string): () => void {
  const paper = window.matchMedia?.("print");
  let shown: HTMLElement[] | null = null;
  const before = () => {
    if (shown || !root.isConnected) return;
    const pages = Array.from({ length: Math.min(last(), MAX_PAGES) + 1 }, (_, k) => pageOf(k));
    shown = [h("h1", { class: "handout" }, title), h("ol", { class: "handout" }, ...pages.map(({ svg, told }) => h("li", {}, svg, h("p", {}, ...rich(told)))))];
    restore();
    root.after(...shown);
  };
  const after = () => {
    for (const part of shown ?? []) part.remove();
    shown = null;
  };
  const change = () => (paper?.matches ? before() : after());
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  paper?.addEventListener?.("change", change);
  return () => {
    after();
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
    paper?.removeEventListener?.("change", change);
  };
}
