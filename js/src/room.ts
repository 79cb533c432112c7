// How much height there is: drawing and transport are seen together, whatever the host puts around them.

const MARGIN = 8;

/** The height in which the stepper can be seen at once, and whether what goes beyond it could not be reached at all. */
export function roomFor(root: HTMLElement): { height: number; clipped: number } {
  let height = window.innerHeight || 800;
  let clipped = 0;
  for (let node: Node | null = root.parentNode; node; node = node instanceof ShadowRoot ? node.host : node.parentNode) {
    if (!(node instanceof HTMLElement) || node === document.body || node === document.documentElement) continue;
    const { overflowY } = getComputedStyle(node);
    if (overflowY === "visible" || node.clientHeight < 120 || node.scrollHeight <= node.clientHeight + 1) continue;
    height = Math.min(height, node.clientHeight);
    if (overflowY === "hidden" || overflowY === "clip") clipped = Math.min(clipped || Infinity, node.clientHeight);
  }
  return { height: height - MARGIN, clipped };
}
