// A map of the whole drawing in a corner of the stage, while the stage shows a small part of it.
import { s, setAttribute } from "./dom";
import { overlaps, Rect } from "./geometry";
import { Drawing } from "./scene";
import { Viewport } from "./viewport";

const [WIDTH, HEIGHT, LEAST] = [168, 84, 44]; // at most; and a side that would be less is stretched
const SMALL_PART = 2.2; // a drawing this much wider or higher than the stage has a map

export class Minimap {
  readonly svg: SVGSVGElement;
  private readonly frame = s("rect", { class: "map-frame" });
  private readonly scale: { x: number; y: number; width: number; height: number };

  constructor({ nodes, width, height }: Drawing, private readonly viewport: Viewport) {
    const k = Math.min(WIDTH / width, HEIGHT / height);
    const [kx, ky] = [Math.max(k, LEAST / width), Math.max(k, LEAST / height)];
    this.scale = { x: kx, y: ky, width: kx, height: ky };
    // Nodes of one place on the map are drawn once, so a map is small whatever the graph.
    const marks = new Set(Object.values(nodes).map(([x, y, wide, high]) => `M${Math.round(x * kx)} ${Math.round((y + high / 2) * ky)}h${Math.max(Math.round(wide * kx), 1)}`));
    this.svg = s("svg", { class: "minimap", "aria-hidden": "true", width: Math.ceil(width * kx), height: Math.ceil(height * ky) }, s("path", { d: [...marks].join("") }), this.frame);
    for (const type of ["pointerdown", "pointermove"] as const)
      this.svg.addEventListener(type, (event) => {
        event.stopPropagation();
        if (!event.buttons) return;
        const { left, top } = this.svg.getBoundingClientRect();
        viewport.touched = true;
        viewport.place((event.clientX - left) / kx, (event.clientY - top) / ky, false);
      });
    this.update();
  }

  update(): void {
    const { content, k, width, height, seen } = this.viewport;
    const part = Math.max((content.width * k) / width, (content.height * k) / height);
    setAttribute(this.svg, "hidden", part < SMALL_PART || width < 560);
    for (const name of ["x", "y", "width", "height"] as const) setAttribute(this.frame, name, seen[name] * this.scale[name]);
  }

  /** Stand in a corner where nothing of these parts of the drawing is covered; where there is none, wait. */
  avoid(parts: Rect[]): void {
    const { width, height, x, y, k } = this.viewport;
    const [wide, high] = [this.svg.width.baseVal.value + 20, this.svg.height.baseVal.value + 20];
    const side = [width - wide, 0].findIndex((left) => !parts.some((part) => overlaps({ x: part.x * k + x, y: part.y * k + y, width: part.width * k, height: part.height * k }, { x: left, y: height - high, width: wide, height: high })));
    setAttribute(this.svg, "data-side", ["right", "left"][side] ?? "none");
  }
}
