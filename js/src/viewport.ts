// Pan, zoom, fit, follow: which part of the drawing the stage shows.
import { Rect } from "./geometry";
import type { Drawing } from "./scene";

const MIN_SCALE = 0.02;
const MAX_SCALE = 2.5;
const MAX_FIT_SCALE = 1.2;
const READABLE_SCALE = 0.72;
const MIN_WHOLE_SCALE = 0.55; // down to here a graph is shown whole: its texts are still some eight pixels high
const MIN_SMALL_SCALE = 0.43; // and down to here a small one, or one whose numbers grew while it was shown whole
const MAX_SMALL_NODES = 12;
const MARGIN = 12;
export const HEADER_HEIGHT = 36; // pixels at the top of the stage that belong to the names of the generations
const ROOM_ABOVE = 52; // of the drawing's own units: those names, and the sign on the edge of a card

type Content = Pick<Drawing, "width" | "height" | "nodes">;

function leastWhole({ nodes }: Content): number {
  return Object.keys(nodes).length > MAX_SMALL_NODES ? MIN_WHOLE_SCALE : MIN_SMALL_SCALE;
}

/** The scale that a stage of this width asks for, when it may be as high as it likes. */
export function fittingScale(content: Content, width: number): number {
  const scale = Math.min((width - 2 * MARGIN) / content.width, MAX_FIT_SCALE);
  return scale >= leastWhole(content) ? scale : READABLE_SCALE;
}

export class Viewport {
  k = 1;
  x = 0;
  y = 0;
  width = 800;
  height = 400;
  /** True while the view keeps the current step in sight. */
  following = true;
  /** True once the reader has moved the view by hand. */
  touched = false;

  /** True while all of the drawing is shown, as it opened. */
  private whole = false;

  constructor(readonly content: Content, private readonly changed: (smooth: boolean) => void) {}

  /** The part of the drawing that is seen, in its own coordinates. */
  get seen(): Rect {
    return { x: -this.x / this.k, y: -this.y / this.k, width: this.width / this.k, height: this.height / this.k };
  }

  /** What is seen and not covered by the names of the generations. */
  get free(): Rect {
    const { seen } = this;
    const head = this.content.height * this.k > this.height + 1 ? ROOM_ABOVE : 0;
    return { ...seen, y: seen.y + head, height: seen.height - head };
  }

  get overflows(): boolean {
    return this.content.width * this.k > this.width - 2 * MARGIN + 1 || this.content.height * this.k > this.height + 1;
  }

  /** The scale at which the whole drawing fits. */
  fitScale(): number {
    return Math.min((this.width - 2 * MARGIN) / this.content.width, this.height / this.content.height, MAX_FIT_SCALE);
  }

  /** The scale to open with: all of it when that can be read, else a readable part. */
  homeScale(least = leastWhole(this.content)): number {
    const fit = this.fitScale();
    return fit >= least ? fit : Math.max(fit, Math.min(0.85, Math.max(READABLE_SCALE, this.height / this.content.height)));
  }

  home(least?: number): void {
    this.k = this.homeScale(least);
    this.whole = this.k === this.fitScale();
    this.touched = false;
    this.place(this.content.width / 2, this.content.height / 2, false);
  }

  /** The drawing grew: what was shown whole stays whole, else a point of it stays in its place. */
  grown(dx: number): void {
    if (this.touched || !this.whole || this.fitScale() < MIN_SMALL_SCALE) return this.shift(dx * this.k, 0);
    this.home(MIN_SMALL_SCALE);
  }

  fit(): void {
    this.k = this.fitScale();
    this.touched = true;
    this.place(this.content.width / 2, this.content.height / 2, true);
  }

  /** Bring a point of the drawing to the middle, as far as the edges allow. */
  place(x: number, y: number, smooth: boolean): void {
    this.x = this.width / 2 - x * this.k;
    this.y = this.height / 2 - y * this.k;
    this.clamp();
    this.changed(smooth);
  }

  /** Zoom out as far as `target` needs and texts can be read, unless the reader has chosen the scale. */
  makeRoom(target: Rect): void {
    const [wide, high] = [(0.93 * this.width) / target.width, this.height / (target.height / 0.96 + ROOM_ABOVE)];
    const scale = high < MIN_SMALL_SCALE ? wide : Math.min(wide, high); // a column that is too high for the stage has its width at least
    if (this.touched || scale >= this.k || scale < MIN_SMALL_SCALE) return;
    const { x, y, width, height } = this.seen;
    this.k = scale;
    this.place(x + width / 2, y + height / 2, false);
  }

  /** Move just enough to have `target` in sight; larger than the stage: its middle. */
  reveal(target: Rect, smooth: boolean): boolean {
    const seen = this.free;
    const margin = 26 / this.k;
    const inside = target.x >= seen.x + margin / 2 && target.x + target.width <= seen.x + seen.width - margin / 2
      && target.y >= seen.y && target.y + target.height <= seen.y + seen.height;
    if (inside) return false;
    const before = [this.x, this.y];
    this.x = this.width / 2 - (target.x + target.width / 2) * this.k;
    const below = target.y + target.height > seen.y + seen.height;
    if (target.y < seen.y || below) this.y = this.height - (seen.height * this.k) / 2 - (target.y + target.height / 2) * this.k;
    this.clamp();
    if (before[0] === this.x && before[1] === this.y) return false;
    this.changed(smooth);
    return true;
  }

  pan(dx: number, dy: number): void {
    this.touched = true;
    this.shift(dx, dy);
  }

  shift(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.clamp();
    this.changed(false);
  }

  /** Zoom by a factor around a point of the stage. */
  zoom(factor: number, cx = this.width / 2, cy = this.height / 2): void {
    const k = Math.min(Math.max(this.k * factor, Math.min(MIN_SCALE, this.fitScale())), MAX_SCALE);
    this.x = cx - ((cx - this.x) * k) / this.k;
    this.y = cy - ((cy - this.y) * k) / this.k;
    this.k = k;
    this.touched = true;
    this.clamp();
    this.changed(false);
  }

  private clamp(): void {
    this.x = clampAxis(this.x, this.content.width * this.k, this.width, MARGIN);
    this.y = clampAxis(this.y, this.content.height * this.k, this.height, 0);
  }
}

/** A drawing smaller than the stage is centred; a larger one leaves no empty margin. */
function clampAxis(offset: number, content: number, stage: number, margin: number): number {
  if (content <= stage - 2 * margin) return (stage - content) / 2;
  return Math.min(margin, Math.max(stage - content - margin, offset));
}
