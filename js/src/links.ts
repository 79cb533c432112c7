// Edges, their arrowheads while something flows, and the chips that say how much.
import { s, setAttribute } from "./dom";
import { fitNumber, measure } from "./fittext";
import { chipStart, pathOf, pointOn, Rect } from "./geometry";
import { Chip, Flow, Moment } from "./moment";
import { briefGrad, contribution } from "./numbers";
import { Edge } from "./scene";

export function makeEdge(edge: Edge, second: boolean): SVGPathElement {
  const path = s("path", { class: second ? "edge second" : "edge", "data-from": edge.from, "data-to": edge.to });
  placeEdge(path, edge);
  return path;
}

export function placeEdge(path: SVGPathElement, { points }: Edge): void {
  setAttribute(path, "d", pathOf(points));
}

export function updateEdge(path: SVGPathElement, flow: Flow): void {
  setAttribute(path, "data-flow", flow);
}

/** An arrowhead where the flow arrives: the edges are level there. */
export function arrow(edge: Edge, flow: Flow): SVGPathElement {
  const { points } = edge;
  const n = points.length;
  const back = flow !== "forward";
  const [x, y] = back ? [points[0]!, points[1]!] : [points[n - 2]!, points[n - 1]!];
  const turn = back ? 1 : -1;
  return s("path", { class: "arrow", "data-flow": flow, d: `M${x + turn} ${y}l${13 * turn} -6.5v13z` });
}

const FONT = "650 13.5px system-ui, sans-serif";

/** A chip that has its place: "+8", around a point. */
export interface Placed {
  text: string;
  number: string | null;
  x: number;
  y: number;
  width: number;
}

export function placeChip(edge: Edge, chip: Chip, moment: Moment, type: number, isTaken: (rect: Rect, also: Rect[]) => boolean, heads: Rect[]): Placed {
  const values = moment.facts.values(chip.amount);
  const hidden = moment.hidden.has(edge.from);
  const number = briefGrad(values);
  const text = hidden ? "?" : contribution(values);
  const width = Math.max(34, measure(text, FONT) + 20);
  const [x, y] = freePlace(edge, width, isTaken, heads);
  return { text: fitNumber(text, (width - (/‖/.test(text) ? 9 : 3)) / type, FONT), number: hidden ? null : number, x, y, width };
}

/** "+8" on its edge; it travels there from the function that sends it. */
export function makeChip(edge: Edge, { text, number, x, y, width }: Placed, animate: boolean): SVGGElement {
  const group = s("g", { class: "chip", transform: `translate(${x} ${y})`, "data-contribution": number },
    s("rect", { x: -width / 2, y: -13, width, height: 26, rx: 13 }),
    s("text", { y: 4.8 }, text));
  if (animate && !window.matchMedia?.("(prefers-reduced-motion: reduce)").matches) travel(group, edge, x, y);
  return group;
}

const LABEL_POSITIONS = [0.5, 0.36, 0.64, 0.24, 0.76, 0.43, 0.57, 0.3, 0.7, 0.16, 0.84];

/** The middle of the edge's last stretch; beside it, or on another stretch, when something is there. */
function freePlace({ points }: Edge, width: number, isTaken: (rect: Rect, also: Rect[]) => boolean, heads: Rect[]): [number, number] {
  const places = LABEL_POSITIONS.map((t) => pointOn(points, t));
  for (let end = points.length - 2; end >= 4; end -= 2) places.push(pointOn(points.slice(0, end), 0.5));
  for (const dy of [14, 28, 42, 56, 70, 84, 98].flatMap((d) => [-d, d])) places.push(...places.slice(0, LABEL_POSITIONS.length).map(([u, v]): [number, number] => [u, v + dy]));
  const rectAt = ([u, v]: [number, number]): Rect => ({ x: u - width / 2 - 2, y: v - 14, width: width + 4, height: 28 });
  const free = (also: Rect[]) => places.find((point) => !isTaken(rectAt(point), also));
  return free(heads) ?? free([]) ?? places[0]!;
}

function travel(group: SVGGElement, edge: Edge, x: number, y: number): void {
  const [u, v] = chipStart(edge.points);
  group.animate?.(
    [{ "--ng-dx": `${u - x}px`, "--ng-dy": `${v - y}px`, "--ng-pop": 0 }, { "--ng-dx": `${(u - x) / 2}px`, "--ng-dy": `${v - y}px`, "--ng-pop": 1, offset: 0.45 }, { "--ng-dx": "0px", "--ng-dy": "0px", "--ng-pop": 1 }],
    { duration: 520, easing: "cubic-bezier(.3,.7,.3,1)", fill: "backwards" },
  );
}
