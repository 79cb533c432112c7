// Mouse, wheel and touch on the stage. A plain wheel still scrolls the page.
import { Viewport } from "./viewport";

export function addGestures(stage: HTMLElement, viewport: Viewport): () => void {
  const pointers = new Map<number, [number, number]>();
  let moved = false;

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    moved = false;
  };
  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    if (!moved && Math.hypot(dx, dy) < 5 && pointers.size === 1) return;
    if (!moved) stage.setPointerCapture?.(event.pointerId);
    moved = true;
    if (pointers.size === 2) pinch(event, before);
    else if (viewport.overflows) viewport.pan(dx, dy);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  };
  const pinch = (event: PointerEvent, before: [number, number]) => {
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return;
    const was = Math.hypot(before[0] - other[0], before[1] - other[1]) || 1;
    const now = Math.hypot(event.clientX - other[0], event.clientY - other[1]) || 1;
    const box = stage.getBoundingClientRect();
    viewport.zoom(now / was, (event.clientX + other[0]) / 2 - box.left, (event.clientY + other[1]) / 2 - box.top);
  };
  const up = (event: PointerEvent) => void pointers.delete(event.pointerId);
  /** A drag is not a click on a node. */
  const click = (event: MouseEvent) => {
    if (moved) event.stopPropagation();
    moved = false;
  };
  const wheel = (event: WheelEvent) => {
    const box = stage.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) viewport.zoom(Math.exp(-event.deltaY * 0.0022), event.clientX - box.left, event.clientY - box.top);
    else if (viewport.overflows && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)))
      viewport.pan(-(event.deltaX || event.deltaY), 0);
    else return;
    event.preventDefault();
  };

  stage.addEventListener("pointerdown", down);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener("pointerleave", up);
  stage.addEventListener("click", click, true);
  stage.addEventListener("wheel", wheel, { passive: false });
  return () => {
    stage.removeEventListener("pointerdown", down);
    stage.removeEventListener("pointermove", move);
    stage.removeEventListener("pointerup", up);
    stage.removeEventListener("pointercancel", up);
    stage.removeEventListener("pointerleave", up);
    stage.removeEventListener("click", click, true);
    stage.removeEventListener("wheel", wheel);
  };
}
