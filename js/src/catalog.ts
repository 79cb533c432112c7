// Which nodes, edges and bands lie in a rectangle: sorted once by band, so that a look costs what it finds.
import { boundsOf, overlaps, Rect } from "./geometry";
import { Drawing } from "./scene";

const SIGN = 13; // a warning sign reaches so far from the corner of a card, to each side

export class Catalog {
  readonly bandNodes: string[][];
  /** How many nodes there are. */
  readonly size: number;
  /** Left, top, right, bottom of each edge, one after the other. */
  private readonly bounds: Float64Array;

  constructor(readonly drawing: Drawing) {
    this.bandNodes = drawing.bands.map(() => []);
    this.size = Object.keys(drawing.nodes).length;
    for (const [id, [x]] of Object.entries(drawing.nodes)) this.bandNodes[this.bandAt(x)]?.push(id);
    this.bounds = new Float64Array(drawing.edges.length * 4);
    drawing.edges.forEach((edge, k) => {
      const { x, y, width, height } = boundsOf(edge.points);
      this.bounds.set([x, y, x + width, y + height], 4 * k);
    });
  }

  /** Nodes in the fullest band. */
  get most(): number {
    return this.bandNodes.reduce((most, nodes) => Math.max(most, nodes.length), 0);
  }

  /** The band that holds `x`, or the last that begins before it. */
  bandAt(x: number): number {
    const { bands } = this.drawing;
    let low = 0;
    let high = bands.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (bands[middle]!.x <= x) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  bandsIn(rect: Rect): number[] {
    const found: number[] = [];
    for (let k = this.bandAt(rect.x); k < this.drawing.bands.length && this.drawing.bands[k]!.x < rect.x + rect.width; k++) found.push(k);
    return found;
  }

  nodesIn(rect: Rect, limit: number): string[] | null {
    const found: string[] = [];
    for (const band of this.bandsIn(rect))
      for (const id of this.bandNodes[band]!) {
        if (!overlaps(rect, this.box(id))) continue;
        found.push(id);
        if (found.length > limit) return null;
      }
    return found;
  }

  /** Whether a node, or the place of the sign on its upper right corner, is in a rectangle. */
  hasFaceIn(rect: Rect): boolean {
    const { x, y, width, height } = rect;
    const near = { x: x - SIGN, y, width: width + SIGN, height: height + SIGN };
    return this.nodesIn(near, Infinity)!.map((id) => this.box(id)).some((box) => overlaps(box, rect) || overlaps({ x: box.x + box.width - SIGN, y: box.y - SIGN, width: 2 * SIGN, height: 2 * SIGN }, rect));
  }

  edgesIn(rect: Rect): number[] {
    const { bounds } = this;
    const [right, bottom] = [rect.x + rect.width, rect.y + rect.height];
    const found: number[] = [];
    for (let k = 0, i = 0; i < bounds.length; k++, i += 4)
      if (bounds[i]! <= right && bounds[i + 2]! >= rect.x && bounds[i + 1]! <= bottom && bounds[i + 3]! >= rect.y) found.push(k);
    return found;
  }

  stubsIn(rect: Rect): number[] {
    const found: number[] = [];
    (this.drawing.stubs ?? []).forEach(([, x, y, width, height], k) => {
      if (overlaps(rect, { x, y, width, height })) found.push(k);
    });
    return found;
  }

  box(id: string): Rect {
    const [x, y, width, height] = this.drawing.nodes[id]!;
    return { x, y, width, height };
  }
}
