// The lower edge of the drawing: drag it, or press arrow keys on it, and the stage is higher or lower.
import { h } from "./dom";
import { Words } from "./words";

const KEY_STEP = 24;

export function heightHandle(words: Words, least: number, most: number, now: () => number, choose: (height: number) => void): HTMLElement {
  let from: [number, number] | null = null;
  const down = (event: PointerEvent) => {
    from = [event.clientY, now()];
    handle.setPointerCapture?.(event.pointerId);
    event.preventDefault();
  };
  const move = (event: PointerEvent) => from && choose(Math.max(1, from[1] + event.clientY - from[0]));
  const up = () => void (from = null);
  const key = (event: KeyboardEvent) => {
    const by = { ArrowDown: KEY_STEP, ArrowUp: -KEY_STEP }[event.key];
    if (!by && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    choose(by ? now() + by : 0);
  };
  const handle: HTMLElement = h("div", {
    class: "handle", role: "separator", tabindex: 0, "aria-orientation": "horizontal", "aria-label": words.t("height"), title: words.t("heightHint"), "aria-valuemin": least, "aria-valuemax": most,
    onpointerdown: down, onpointermove: move, onpointerup: up, onpointercancel: up, onkeydown: key, ondblclick: () => choose(0),
  });
  return handle;
}
