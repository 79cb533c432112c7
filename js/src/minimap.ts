// A map of the whole drawing below the stage, where it covers nothing, while the stage shows a small part of it.
import { s, setAttribute } from "./dom";
import { Drawing } from "./scene";
import { Viewport } from "./viewport";

const [WIDTH, HEIGHT] = [150, 26];
const SMALL_PART = 2.2; // a drawing this much wider or higher than the stage has a map

export class Minimap {
  readonly svg: SVGSVGElement;
  private readonly frame = s("rect", { class: "map-frame" });
  private readonly scale: { x: number; y: number; width: number; height: number };

  constructor({ nodes, width, height }: Drawing, private readonly viewport: Viewport) {
    const [kx, ky] = [WIDTH / width, HEIGHT / height];
    this.scale = { x: kx, y: ky, width: kx, height: ky };
    // Nodes of one place on the map are drawn once, so a map is small whatever the graph.
    const marks = new Set(Object.values(nodes).map(([x, y, wide, high]) => `M${Math.round(x * kx)} ${Math.round((y + high / 2) * ky)}h${Math.max(Math.round(wide * kx), 1)}`));
    this.svg = s("svg", { class: "minimap", "aria-hidden": "true", width: WIDTH, height: HEIGHT }, s("path", { d: [...marks].join("") }), this.frame);
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
}
