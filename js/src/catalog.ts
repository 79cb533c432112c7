// Which nodes, edges and bands lie in a rectangle: sorted once by band, so that a look costs what it finds.
import { boundsOf, overlaps, Rect } from "./geometry";
import { Drawing } from "./scene";

export class Catalog {
  readonly bandNodes: string[][];
  private readonly bounds: Rect[];

  constructor(readonly drawing: Drawing) {
    this.bandNodes = drawing.bands.map(() => []);
    for (const [id, [x]] of Object.entries(drawing.nodes)) this.bandNodes[this.bandAt(x)]?.push(id);
    this.bounds = drawing.edges.map((edge) => boundsOf(edge.points));
  }

  /** Nodes in the fullest band. */
  get most(): number {
    return this.bandNodes.reduce((most, nodes) => Math.max(most, nodes.length), 0);
  }

  get size(): number {
    return Object.keys(this.drawing.nodes).length;
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

  edgesIn(rect: Rect): number[] {
    const found: number[] = [];
    this.bounds.forEach((bounds, k) => {
      const thick = { ...bounds, height: bounds.height + 1 };
      if (overlaps(rect, thick)) found.push(k);
    });
    return found;
  }

  box(id: string): Rect {
    const [x, y, width, height] = this.drawing.nodes[id]!;
    return { x, y, width, height };
  }
}
