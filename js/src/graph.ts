// The graph on its stage: what is in sight exists as elements, the rest does not.
import { Catalog } from "./catalog";
import { s, setAttribute, setStyle, setText } from "./dom";
import { fitName } from "./fittext";
import { foldView, makeFolds } from "./folds";
import { boundsOf, overlaps, pointOn, Rect, union } from "./geometry";
import { largeNames, overview, sizeLegend, Sizes } from "./overview";
import { addGestures } from "./gestures";
import { arrow, makeChip, makeEdge, Placed, placeChip, placeEdge, updateEdge } from "./links";
import { Minimap } from "./minimap";
import { Book, Chip, Moment } from "./moment";
import { Box, CardView, NodeView, PillView } from "./nodes";
import { HEADER_HEIGHT, Viewport } from "./viewport";
import { Words } from "./words";

const MAX_NODES_DRAWN_WHOLE = 360; // a graph up to this size is drawn whole
const MAX_NODES_IN_SIGHT = 420; // more nodes than this in sight: fold
const MAX_CHIPS = 150;
const MAX_HEAD = 39; // of the drawing's own units: what a generation's name covers, above all nodes and their signs
const FLASH_MS = 500;
const STUB_FONT = "600 13.5px system-ui, sans-serif";
const MIN_READABLE_SCALE = 0.34; // below this scale no text on a node can be read

export class Graph {
  readonly svg: SVGSVGElement;
  readonly viewport: Viewport;
  catalog: Catalog;
  private readonly world = s("g", { class: "world" });
  private readonly layers = { bands: s("g"), edges: s("g", { class: "edges" }), arrows: s("g"), stubs: s("g", { class: "stubs" }), nodes: s("g"), chips: s("g", { class: "chips" }), heads: s("g") };
  private readonly folds = s("g", { class: "folds" });
  private readonly nodes = new Map<string, NodeView>();
  private readonly stubs = new Map<number, SVGGElement>();
  private readonly edges = new Map<number, SVGPathElement>();
  private readonly bands = new Map<number, SVGGElement>();
  private readonly heads = new Map<number, SVGGElement>();
  private readonly stopGestures: () => void;
  minimap: Minimap;
  private moment: Moment | null = null;
  private selected: string | null = null;
  private folded = false;
  private place = "";

  constructor(private readonly book: Book, private readonly words: Words, stage: HTMLElement, private readonly select: (id: string) => void, open: (id: string) => void) {
    this.catalog = new Catalog(book.scene.drawing);
    this.svg = s("svg", { class: "graph", role: "group", "aria-label": words.story.alt }, this.world, this.folds);
    this.world.append(...Object.values(this.layers));
    this.viewport = new Viewport(book.scene.drawing, (smooth) => this.moved(smooth));
    this.svg.addEventListener("click", (event) => this.onNode(event, true));
    this.svg.addEventListener("keydown", (event) => this.onNode(event, event.key === "Enter" || event.key === " "));
    this.svg.addEventListener("dblclick", ({ target }) => {
      const id = (target as Element).closest?.(".node")?.getAttribute("data-node-id");
      if (id) open(id);
    });
    this.stopGestures = addGestures(stage, this.viewport);
    this.minimap = new Minimap(book.scene.drawing, this.viewport);
    stage.append(this.svg);
  }

  private onNode(event: Event, wanted: boolean): void {
    const target = event.target as Element;
    const id = target.closest?.(".node")?.getAttribute("data-node-id") ?? target.closest?.(".again")?.getAttribute("data-again");
    if (!id || !wanted) return;
    event.preventDefault();
    event.stopPropagation();
    this.select(id);
  }

  resize(width: number, height: number): void {
    const grown = this.viewport.touched ? 1 : 0;
    this.viewport.width = width;
    this.viewport.height = height;
    if (!grown) this.viewport.home();
    this.moved(false);
    if (this.moment) this.follow(false);
  }

  show(moment: Moment, selected: string | null, animate: boolean): void {
    const { stop, plan } = moment;
    const place = [stop.position, plan.ends.length, plan.naive, this.viewport.following].join();
    const moved = place !== this.place; // what does not change the step does not move the view
    this.place = place;
    this.moment = moment;
    this.places.clear();
    this.selected = selected;
    if (!moved || !this.follow(animate)) this.sync();
    this.paint(animate);
  }

  /** Other numbers stand in the scene; where they widen cards, the selected one stays in its place on the stage. */
  renew(redrawn: boolean): void {
    this.sizes = undefined;
    this.pictured.key = "";
    if (!redrawn) return;
    const { viewport, minimap, book: { scene: { drawing } } } = this;
    const chosen = this.nodes.get(this.selected!);
    const before = chosen?.box[0] ?? 0;
    this.catalog = new Catalog(drawing);
    this.minimap = new Minimap(drawing, viewport);
    minimap.svg.replaceWith(this.minimap.svg);
    for (const [id, view] of this.nodes) view.place(drawing.nodes[id] as Box);
    for (const [k, path] of this.edges) placeEdge(path, drawing.edges[k]!);
    for (const stub of this.stubs.values()) stub.remove();
    this.stubs.clear();
    viewport.grown(before - (chosen?.box[0] ?? 0));
  }

  /** What stands on each card. */
  get written(): Map<string, string | null> {
    return new Map([...this.nodes].map(([id, { element }]) => [id, element.textContent]));
  }

  /** Cards on which something else stands than before light up once. */
  flash(before: Map<string, string | null>): void {
    for (const [id, { element }] of this.nodes)
      if (before.has(id) && before.get(id) !== element.textContent) {
        setAttribute(element, "data-changed", true);
        window.setTimeout(() => setAttribute(element, "data-changed", false), FLASH_MS);
      }
  }

  /** Show all of the drawing at its own size while `use` looks at it, then what was seen before. */
  whole<T>(use: (svg: SVGSVGElement) => T): T {
    const { viewport } = this;
    const before = { k: viewport.k, x: viewport.x, y: viewport.y, width: viewport.width, height: viewport.height };
    const { width, height } = viewport.content;
    Object.assign(viewport, { k: 1, x: 12, y: 0, width: width + 24, height });
    this.everything = true;
    this.moved(false);
    try {
      return use(this.svg);
    } finally {
      Object.assign(viewport, before);
      this.everything = false;
      this.moved(false);
    }
  }
  private everything = false;

  /** Keep the current step in sight. Returns whether the view moved. */
  private follow(smooth: boolean): boolean {
    const { moment, viewport } = this;
    if (!moment || !viewport.following || !viewport.overflows) return false;
    const target = this.focusOf(moment);
    return target !== null && viewport.reveal(target, smooth && this.catalog.size <= MAX_NODES_DRAWN_WHOLE);
  }

  private chipsOf(moment: Moment): Rect[] {
    return this.folded ? [] : moment.chips.slice(0, MAX_CHIPS).map((chip) => rectOf(this.placeOf(chip)));
  }

  /** The functions at work, and as many of their variables as fit on the stage beside them; for the nearest it zooms out. */
  private focusOf(moment: Moment): Rect | null {
    const ids = [...moment.nodes].filter((id) => this.book.scene.drawing.nodes[id]).slice(0, 400);
    const functions = ids.filter((id) => this.book.facts.functions.has(id));
    const boxes = (functions.length ? functions : ids).map((id) => this.catalog.box(id));
    const whole = union(boxes);
    if (!whole) return null;
    const { bands } = this.book.scene.drawing;
    const bandOf = ({ x }: Rect) => this.catalog.bandAt(x);
    const at = new Set(boxes.map(bandOf));
    const around = (right: number) => union(ids.map((id) => this.catalog.box(id)).filter((box) => at.has(bandOf(box)) || at.has(bandOf(box) - right)))!;
    const near = around(1); // with what stands beside them
    const band = bands[bandOf(boxes[0]!)]!;
    const column = { ...boxes[0]!, x: band.x, width: band.width };
    for (const wanted of [union([near, column])!, near, around(0)]) this.viewport.makeRoom(wanted);
    const { width, height } = this.viewport.free;
    const first = whole.width < width && whole.height < height ? whole : boxes[0]!; // between those that are far apart there is nothing to see
    let focus: Rect = first;
    const rest = [...ids.map((id) => this.catalog.box(id)), ...this.chipsOf(moment)];
    const away = (box: Rect) => (box.x >= band.x && box.x < band.x + band.width ? 0 : 1e6);
    const distance = (box: Rect) => away(box) + Math.abs(box.x - first.x) + Math.abs(box.y - first.y);
    for (const box of [near, column, ...rest.sort((a, b) => distance(a) - distance(b))]) {
      const wider: Rect = union([focus, box])!;
      if (wider.width < width * 0.94 && wider.height < height * 0.97) focus = wider;
    }
    return focus;
  }

  /** Move the view only if the node is out of sight. */
  bringIntoView(id: string): void {
    if (this.viewport.overflows && this.book.scene.drawing.nodes[id]) this.viewport.reveal(this.catalog.box(id), this.catalog.size <= MAX_NODES_DRAWN_WHOLE);
  }

  /** Bring one node to the middle at a readable size. */
  goTo(id: string): void {
    if (!this.book.scene.drawing.nodes[id]) return;
    const box = this.catalog.box(id);
    this.viewport.k = Math.max(this.viewport.k, Math.min(0.9, Math.max(this.viewport.homeScale(), 0.62)));
    this.viewport.touched = true;
    this.viewport.place(box.x + box.width / 2, box.y + box.height / 2, this.catalog.size <= MAX_NODES_DRAWN_WHOLE);
  }

  private moved(smooth: boolean): void {
    const { k, x, y } = this.viewport;
    this.world.classList.toggle("smooth", smooth);
    setStyle(this.world, "transform", `translate(${x}px, ${y}px) scale(${k})`);
    this.world.style.setProperty("--unscale", String(unscale(k)));
    this.world.classList.toggle("far", k < MIN_READABLE_SCALE);
    this.svg.classList.toggle("grab", this.viewport.overflows);
    this.minimap.update();
    const type = typeAt(k);
    const retyped = type !== this.type;
    this.type = type;
    this.world.style.setProperty("--type", String(type));
    this.world.classList.toggle("larger", type > 1);
    if (!this.moment) return;
    if (retyped) this.places.clear();
    this.sync();
    if (retyped) this.paint(false);
    else if (this.catalog.size > MAX_NODES_DRAWN_WHOLE) this.paintFlow(false);
  }
  private type = 1;

  /** Make what came into sight, drop what left it. */
  private sync(): void {
    const seen = this.viewport.seen;
    const whole = this.everything || this.catalog.size <= MAX_NODES_DRAWN_WHOLE;
    const margin = 160;
    const rect = whole
      ? { x: -1, y: -1e6, width: this.book.scene.drawing.width + 2, height: 2e6 }
      : { x: seen.x - margin, y: seen.y - margin, width: seen.width + 2 * margin, height: seen.height + 2 * margin };
    const visible = this.catalog.nodesIn(rect, whole ? Infinity : MAX_NODES_IN_SIGHT);
    this.folded = visible === null;
    setAttribute(this.world, "display", this.folded ? "none" : null);
    this.drawFolds();
    const bands = this.folded ? [] : this.catalog.bandsIn(rect);
    keep(this.bands, bands, (k) => this.makeBand(k));
    keep(this.heads, bands, (k) => this.makeHead(k));
    keep(this.nodes, visible ?? [], (id) => this.makeNode(id), (view) => view.element);
    keep(this.stubs, this.folded ? [] : this.catalog.stubsIn(rect), (k) => this.makeStub(k));
    keep(this.edges, this.folded ? [] : this.catalog.edgesIn(rect), (k) => this.makeEdge(k));
    this.stretchBands();
  }

  private makeNode(id: string): NodeView {
    const { facts } = this.book;
    const box = this.book.scene.drawing.nodes[id] as Box;
    const fn = facts.functions.get(id);
    const view = fn
      ? new PillView(fn, box, this.words, facts.callName(fn)[1], this.book.scene.parameters?.[id]?.length ?? 0)
      : new CardView(facts.variable(id), box, this.words, facts.isBackward(id), id === facts.trace.root, facts.unnamed.has(id));
    this.insert(view.element, id);
    if (this.moment) view.update(this.moment, id === this.selected, this.type);
    return view;
  }

  /** Tab walks the nodes from left to right, from above: the order of the document. */
  private insert(element: SVGGElement, id: string): void {
    this.rankOf ??= this.rankNodes();
    const rank = this.rankOf.get(id)!;
    let next: Element | null = this.layers.nodes.lastElementChild;
    while (next && this.rankOf.get(next.getAttribute("data-node-id")!)! > rank) next = next.previousElementSibling;
    if (next) next.after(element);
    else this.layers.nodes.prepend(element);
  }
  private rankOf: Map<string, number> | undefined;
  private rankNodes(): Map<string, number> {
    const nodes = Object.entries(this.book.scene.drawing.nodes);
    nodes.sort(([, a], [, b]) => this.catalog.bandAt(a[0]) - this.catalog.bandAt(b[0]) || Math.round((a[0] - b[0]) / 60) || a[1] - b[1]);
    return new Map(nodes.map(([id], k) => [id, k]));
  }

  /** A variable drawn again near a far use: its name in a dotted frame; a click selects it. */
  private makeStub(k: number): SVGGElement {
    const [id, x, y, width, height] = this.book.scene.drawing.stubs![k]!;
    const { name } = this.book.facts.variable(id);
    const group = s("g", { class: "again", "data-again": id, transform: `translate(${x} ${y})` },
      s("title", {}, name), s("rect", { width, height, rx: height / 2 }), s("text", { x: width / 2, y: height / 2 + 5 }, fitName(name, width - 18, STUB_FONT)));
    this.layers.stubs.append(group);
    return group;
  }

  private makeEdge(k: number): SVGPathElement {
    const edge = this.book.scene.drawing.edges[k]!;
    const path = makeEdge(edge, this.book.facts.isBackward(edge.from) || this.book.facts.isBackward(edge.to));
    this.layers.edges.append(path);
    if (this.moment) updateEdge(path, this.moment.edgeFlow(k, edge));
    return path;
  }

  private makeBand(k: number): SVGGElement {
    const band = this.book.scene.drawing.bands[k]!;
    const group = s("g", { class: "band", "data-band": band.generation }, s("rect", { rx: 10 }));
    this.layers.bands.append(group);
    this.paintBand(k, group);
    return group;
  }

  /** A band's name stays at the top of the stage, above what is scrolled under it. */
  private makeHead(k: number): SVGGElement {
    const group = s("g", { class: "band head-of" }, s("rect", { rx: 10 }), s("text"));
    this.layers.heads.append(group);
    this.paintBand(k, group);
    return group;
  }

  /** Bands reach from the top of the stage to its bottom, wherever the drawing ends. */
  private stretchBands(): void {
    const { k, y, height } = this.viewport;
    const top = Math.min((12 - y) / k, 0);
    const bottom = Math.max((height - 12 - y) / k, this.book.scene.drawing.height);
    const grown = unscale(k);
    const { bands } = this.book.scene.drawing;
    for (const [index, group] of this.bands) setBox(group, bands[index]!, top, bottom - top);
    const head = Math.max(-y / k, top);
    for (const [index, group] of this.heads) {
      const { x, width, generation } = bands[index]!;
      const tall = Math.min(HEADER_HEIGHT * grown, MAX_HEAD);
      setBox(group, bands[index]!, head, tall);
      setAttribute(group.lastElementChild!, "x", x + 17);
      setAttribute(group.lastElementChild!, "y", head + (k < MIN_READABLE_SCALE ? 26 * grown : tall - 10));
      const fits = (text: string, margin: number) => width > (text.length * 9 + margin) * grown;
      const [long, short] = [this.words.t("generation", { g: generation }), String(generation)];
      setText(group.lastElementChild!, fits(long, 22) ? long : fits(short, 6) || k > 0.5 ? short : "");
      setAttribute(group.lastElementChild!, "dx", k < MIN_READABLE_SCALE ? -12 : null);
    }
  }

  private drawFolds(): void {
    this.folds.replaceChildren();
    if (!this.folded || !this.moment) return;
    const { viewport, catalog, book } = this;
    const { k, x, width, height } = viewport;
    const key = [k, x, width, height].join();
    if (this.pictured.key !== key) {
      const sizes = (this.sizes ??= new Sizes(book, this.moment));
      const to = { x: (at: number) => at * k + x, y: (at: number) => 46 + (at / catalog.drawing.height) * (height - 96) };
      const seen = { ...viewport.seen, y: -1e6, height: 2e6 };
      this.pictured = { key, below: overview(catalog, sizes, seen, to, 3), above: [...largeNames(catalog, book, sizes, seen, to, width), sizeLegend(sizes, this.words, 20, height - 58)] };
    }
    this.folds.append(...this.pictured.below);
    for (const fold of makeFolds(this.catalog, this.viewport))
      this.folds.append(foldView(fold, this.catalog, this.viewport, this.moment, this.words, () => this.openFold(fold.from, fold.to)));
    this.folds.append(...this.pictured.above);
  }

  private sizes: Sizes | undefined;
  /** The picture of all sizes, as long as the same part is in sight. */
  private pictured: { key: string; below: SVGElement[]; above: SVGElement[] } = { key: "", below: [], above: [] };

  /** Zoom in on folded generations: on the one at work, if it is among them. */
  private openFold(from: number, to: number): void {
    const { bands } = this.book.scene.drawing;
    const now = bands.findIndex((band) => band.generation === this.moment?.stop.generation);
    const k = now >= from && now <= to ? now : (from + to) >> 1;
    const first = this.catalog.bandNodes[k]?.[0] ?? Object.keys(this.book.scene.drawing.nodes)[0]!;
    this.goTo(first);
  }

  private paint(animate: boolean): void {
    const moment = this.moment!;
    for (const [id, view] of this.nodes) view.update(moment, id === this.selected, this.type);
    for (const [k, path] of this.edges) updateEdge(path, moment.edgeFlow(k, this.book.scene.drawing.edges[k]!));
    for (const map of [this.bands, this.heads]) for (const [k, group] of map) this.paintBand(k, group);
    this.paintFlow(animate);
    this.paintLit();
  }

  /** Arrowheads and chips of what flows now. */
  private paintFlow(animate: boolean): void {
    const moment = this.moment!;
    const edges = this.book.scene.drawing.edges;
    this.layers.arrows.replaceChildren(...[...moment.flows].filter(([k]) => this.edges.has(k)).map(([k, flow]) => arrow(edges[k]!, flow)));
    const chips = moment.chips.filter((chip) => this.edges.has(chip.edge)).slice(0, MAX_CHIPS);
    this.layers.chips.replaceChildren(...chips.map((chip) => makeChip(edges[chip.edge]!, this.placeOf(chip), animate)));
  }

  /** Where a chip stands in this moment: on its edge, below the names of the generations, and on nothing else. */
  private placeOf(chip: Chip): Placed {
    const { catalog } = this;
    const { edges, height } = this.book.scene.drawing;
    let place = this.places.get(chip.edge);
    if (place) return place;
    const fan = this.moment!.chips.filter(({ edge }) => edge !== chip.edge && edges[edge]!.to === edges[chip.edge]!.to);
    const heads = fan.map(({ edge }) => boundsOf(pointOn(edges[edge]!.points, 0.2))); // beside another edge's head it would be read as that edge's
    const taken = [...this.places.values()].map(rectOf);
    const isTaken = (rect: Rect, also: Rect[]) => rect.y < MAX_HEAD || rect.y + rect.height > height || [...taken, ...also].some((other) => overlaps(other, rect)) || catalog.stubsIn(rect).length > 0 || catalog.hasFaceIn(rect);
    this.places.set(chip.edge, (place = placeChip(edges[chip.edge]!, chip, this.moment!, this.type, isTaken, heads)));
    return place;
  }
  private places = new Map<number, Placed>();

  private paintBand(k: number, group: SVGGElement): void {
    const stop = this.moment?.stop;
    const band = this.book.scene.drawing.bands[k]!;
    const active = stop?.generation === band.generation;
    setAttribute(group, "data-active", active ? (stop?.phase === "forward" ? "forward" : "true") : null);
  }

  /** Light some nodes, of one line of the code say, and bring them into sight. */
  light(ids: string[]): void {
    this.lit = new Set(ids);
    const drawn = ids.filter((id) => this.book.scene.drawing.nodes[id]);
    const target = union(drawn.map((id) => this.catalog.box(id)));
    if (target && this.viewport.overflows) this.viewport.reveal(target, this.catalog.size <= MAX_NODES_DRAWN_WHOLE);
    this.paintLit();
  }
  private lit: ReadonlySet<string> = new Set();

  private paintLit(): void {
    for (const [id, view] of this.nodes) setAttribute(view.element, "data-lit", this.lit.has(id) ? "true" : null);
  }

  dispose(): void {
    this.stopGestures();
    this.svg.remove();
  }
}

function rectOf({ x, y, width }: Placed): Rect {
  return { x: x - width / 2 - 2, y: y - 14, width: width + 4, height: 28 };
}

function setBox({ firstElementChild: rect }: Element, { x, width }: { x: number; width: number }, y: number, height: number): void {
  for (const [name, value] of Object.entries({ x, width, y, height })) setAttribute(rect!, name, value);
}

/** How much larger a band's name is drawn, so that it can be read from afar. */
function unscale(k: number): number {
  return Math.min(Math.max(1 / k, 1), k < MIN_READABLE_SCALE ? 8 : 1.7);
}

/** How much larger the texts of nodes are drawn, in tenths: they stay nine pixels high on a small stage. */
function typeAt(k: number): number {
  return Math.min(Math.max(Math.ceil(6 / k) / 10, 1), 1.4);
}

/** Bring a map of elements to the wished keys: make what is new, remove what went. */
function keep<K, V>(map: Map<K, V>, wished: K[], make: (key: K) => V, element: (value: V) => Element = (value) => value as unknown as Element): void {
  const wish = new Set(wished);
  for (const [key, value] of map)
    if (!wish.has(key)) {
      element(value).remove();
      map.delete(key);
    }
  for (const key of wished) if (!map.has(key)) map.set(key, make(key));
}
