// All of a graph at a glance: every edge and node in the colour and width of its gradient, on a logarithmic scale.
import { measure } from "./fittext";
import { Catalog } from "./catalog";
import { s } from "./dom";
import { Rect, overlaps } from "./geometry";
import { Book, Moment } from "./moment";
import { formatNumber } from "./numbers";
import { Words } from "./words";

const SIZE_LEVELS = 6;
const MAX_NAMED = 6;

/** Where a point of the drawing stands in the picture. */
export interface Map2 {
  x: (x: number) => number;
  y: (y: number) => number;
}

/** How large each gradient is once the pass has ended. */
export class Sizes {
  readonly nodes = new Map<string, number>();
  private readonly edges: number[] = [];
  readonly low: number;
  readonly high: number;

  constructor(private readonly book: Book, moment: Moment) {
    const { facts, index } = book;
    const norm = (summary: number) => facts.values(summary).norm ?? NaN;
    this.nodes.set(facts.trace.root, norm(facts.trace.seed));
    for (const [id, parts] of moment.history.parts)
      for (const part of parts) {
        this.nodes.set(id, facts.values(part.after).nan ? NaN : norm(part.after));
        const edge = index.input(id, part.function.id, part.input);
        if (edge !== undefined) this.edges[edge] = norm(part.amount);
      }
    const sizes = [...this.nodes.values()].filter((size) => size > 0 && Number.isFinite(size)).map(Math.log10);
    this.low = sizes.reduce((least, size) => Math.min(least, size), Infinity);
    this.high = sizes.reduce((most, size) => Math.max(most, size), -Infinity);
  }

  /** 0 … 5 by the logarithm of the size; "none" without a gradient or where it is zero, "bad" for NaN. */
  level(size: number | undefined): string {
    if (size === undefined || size === 0) return "none";
    if (!Number.isFinite(size)) return "bad";
    const share = this.high > this.low ? (Math.log10(size) - this.low) / (this.high - this.low) : 1;
    return String(Math.round(Math.min(Math.max(share, 0), 1) * (SIZE_LEVELS - 1)));
  }

  /** A function has the size of what arrives at it. */
  shownBy(id: string): string {
    return this.book.facts.functions.get(id)?.outputs[0] ?? id;
  }

  edge(k: number): string {
    const edge = this.book.scene.drawing.edges[k]!;
    return this.level(this.edges[k] ?? this.nodes.get(edge.to));
  }
}

/** One path per level for the edges, one for the nodes. */
export function overview(catalog: Catalog, sizes: Sizes, seen: Rect, to: Map2, dot: number): SVGPathElement[] {
  const lines: Record<string, string> = {};
  const dots: Record<string, string> = {};
  const round = (n: number) => Math.round(n * 10) / 10;
  for (const k of catalog.edgesIn(seen)) {
    const { points } = catalog.drawing.edges[k]!;
    const level = sizes.edge(k);
    let d = "";
    for (let i = 0; i < points.length; i += 2) d += `${i ? "L" : "M"}${round(to.x(points[i]!))} ${round(to.y(points[i + 1]!))}`;
    lines[level] = (lines[level] ?? "") + d;
  }
  for (const id of catalog.nodesIn(seen, Infinity)!) {
    const { x, y, width, height } = catalog.box(id);
    const level = sizes.level(sizes.nodes.get(sizes.shownBy(id)));
    dots[level] = `${dots[level] ?? ""}M${round(to.x(x + width / 2) - dot / 2)} ${round(to.y(y + height / 2))}h${dot}`;
  }
  const paths = (all: Record<string, string>, kind: string) => Object.entries(all).sort(([a], [b]) => a.localeCompare(b)).map(([level, d]) => s("path", { class: kind, "data-level": level, d }));
  return [...paths(lines, "size-line"), ...paths(dots, "size-dot")];
}

/** The names of what is large, where they do not cover one another. */
export function largeNames(catalog: Catalog, book: Book, sizes: Sizes, seen: Rect, to: Map2, width: number): SVGTextElement[] {
  const ranked = [...sizes.nodes].filter(([id, size]) => catalog.drawing.nodes[id] && size > 0 && overlaps(seen, catalog.box(id))).sort((a, b) => b[1] - a[1]);
  const taken: Rect[] = [];
  const texts: SVGTextElement[] = [];
  for (const [id, size] of ranked.slice(0, 60)) {
    const box = catalog.box(id);
    const text = `${book.facts.variable(id).name} ‖${formatNumber(size)}‖`;
    const long = text.length * 7.4;
    const x = Math.min(Math.max(to.x(box.x + box.width / 2), long / 2 + 4), width - long / 2 - 4);
    const y = to.y(box.y + box.height / 2) - 9;
    const place = { x: x - long / 2 - 4, y: y - 13, width: long + 8, height: 18 };
    if (taken.some((other) => overlaps(other, place))) continue;
    taken.push(place);
    texts.push(s("text", { class: "size-name", x, y }, text));
    if (texts.length === MAX_NAMED) break;
  }
  return texts;
}

/** What the colours mean, from the smallest to the largest. */
export function sizeLegend(sizes: Sizes, words: Words, x: number, y: number): SVGGElement {
  const end = (value: number) => formatNumber(Number((10 ** value).toPrecision(2)));
  const low = `‖grad‖ ${end(sizes.low)}`;
  const at = measure(low, "12.5px system-ui, sans-serif") + 8;
  return s("g", { class: "size-legend", transform: `translate(${x} ${y})`, role: "img", "aria-label": words.t("sizeLegend", { low: end(sizes.low), high: end(sizes.high) }) },
    s("text", { x: 0, y: 4, "text-anchor": "start" }, low),
    ...Array.from({ length: SIZE_LEVELS }, (_, k) => s("path", { class: "size-line", "data-level": k, d: `M${at + k * 15} 0h13` })),
    s("text", { x: at + 6 + SIZE_LEVELS * 15, y: 4, "text-anchor": "start" }, end(sizes.high)));
}
