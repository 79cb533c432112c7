// The stepper: reads the traits, works out the moment, tells each part to show it.
import { Ask } from "./ask";
import { CodeLine, codeLines, codeView, linesAtWork, showLit } from "./code";
import { WhatIf } from "./edit";
import { flowOf, FlowStrip } from "./flow";
import { Graph } from "./graph";
import { h, rich, setAttribute, setStyle } from "./dom";
import { heightHandle } from "./handle";
import { Page, watchPrint } from "./handout";
import { Header, tool } from "./header";
import { inspector, uncover } from "./inspector";
import { icon } from "./icons";
import { isTyping, keyCommand } from "./keyboard";
import { legend } from "./legend";
import { listView } from "./list";
import { menu } from "./menu";
import { Model, Traits } from "./model";
import { around, isModule, turn } from "./modules";
import { Book, Moment } from "./moment";
import { roomFor } from "./room";
import { ordersStrip, showPresent } from "./orders";
import { Predict } from "./predict";
import { type Format, pageText, saveMenu, svgCopy, svgText, take } from "./take";
import { narrate, stopLabels, stopName } from "./narration";
import { Numbers, renumber, Scene } from "./scene";
import { searchBox } from "./search";
import { forwardStops, generationsOf, Granularity, makePlan, nearestStep, Order, Plan, Stop, stopAt } from "./timeline";
import { Command, keyHints, say, speedSelect, Transport } from "./transport";
import { findTroubles, Troubles } from "./trouble";
import { Words } from "./words";
import { watchTheme } from "./theme";
import { fittingScale } from "./viewport";

const WATCHED_TRAITS: (keyof Traits)[] = ["step", "rewind", "granularity", "order", "playing", "speed", "selected", "predict", "ask"];
const STEP_MS = 1500;
const MIN_WIDTH_FOR_COLUMNS = 980; // as in stepper.css
const MIN_HEIGHT = 150; // of the stage
const MAX_HEIGHT = 2000; // that a hand may choose
const TALL_HEIGHT = 640; // the most it takes by itself
const BESIDE_HEIGHT = 380; // what the column beside it needs
const LOW_HEIGHT = 560; // a place with less is low

export class App {
  readonly root: HTMLElement;
  readonly book: Book;
  readonly graph: Graph;
  private header: Header;
  private readonly transport: Transport;
  private readonly stage = h("div", { class: "stage" });
  private readonly side: HTMLElement;
  private readonly sideBody = h("div", { class: "side-body" });
  private readonly code = h("div", { class: "code-place" });
  private readonly more = h("div", { class: "more", "aria-hidden": "true", hidden: true }, icon("down"));
  private readonly said: HTMLElement;
  private readonly bar: HTMLElement;
  private readonly handle: HTMLElement;
  private troubles: Troubles;
  private readonly orders = h("div", { class: "orders-place" });
  private readonly table = h("div", { class: "list-place" });
  private readonly predict: Predict;
  private readonly flow: FlowStrip | null;
  private ask: Ask;
  whatIf: WhatIf;
  private readonly lines: CodeLine[];
  private coded: boolean;
  private chosenLine: string | null = null;
  private listed = false;
  private sorted = false;
  private lecturing = false;
  private readonly leave: (() => void)[] = [];
  private plan: Plan;
  private planKey = "";
  private last: Stop | null = null;
  private lastSelected: string | null = null;
  private timer = 0;
  private scheduled = false;

  /** `whole` is what a saved page is made of: the scene, or the series that it is part of. */
  constructor(readonly model: Model, readonly scene: Scene, readonly words: Words, private readonly whole: Scene = scene) {
    this.book = new Book(scene, generationsOf(scene.trace), words.story.titles);
    this.plan = makePlan(scene, model.get("granularity"), model.get("order"));
    this.troubles = findTroubles(this.book);
    this.predict = new Predict(words, () => this.refresh());
    this.ask = new Ask(model.get("ask"), words, () => this.refresh());
    this.whatIf = new WhatIf(model.raw, words);
    this.lines = codeLines(this.book.facts);
    this.coded = this.lines.length > 0;
    const { title } = words.story;
    this.side = h("div", { class: "side", tabindex: 0, role: "group", "aria-label": words.t("details"), onscroll: () => this.markMore(), onfocusin: ({ target }: Event) => uncover(this.side, target as Element) }, this.code, this.sideBody);
    this.said = h("p", { class: "said", "aria-live": "polite", "aria-atomic": "true" });
    this.header = this.makeHeader(title);
    this.transport = new Transport(words, (command) => this.run(command), (position) => this.seek(position), this.makeExtras());
    this.flow = flowOf(scene, whole, words, (id) => this.model.set({ selected: id }));
    this.root = h("div", { class: "nbgrad stepper", role: "group", "aria-label": `${title}, ${words.t("stepper")}`, "data-lm-suppress-shortcuts": "true", tabindex: -1, lang: words.lang },
      // Tab walks controls, then nodes: the transport comes before the stage, and the style sheet puts it below.
      this.header.element, this.flow?.element, this.transport.element, this.said, h("div", { class: "main" }, h("div", { class: "canvas" }, this.stage, this.table, this.orders), this.side, this.more));
    this.graph = new Graph(this.book, words, this.stage, (id) => this.toggleSelected(id), (id) => this.openModule(id));
    this.bar = this.makeStageBar();
    this.handle = heightHandle(words, MIN_HEIGHT, MAX_HEIGHT, () => this.stage.offsetHeight, (height) => this.choose(height));
    this.orders.after(this.bar, this.handle);
    this.listen();
  }

  private makeHeader(title: string): Header {
    const { words, scene } = this;
    const { first } = this.troubles;
    return new Header(words, title, words.story.subtitle, { naive: scene.naive !== null, trouble: first?.what ?? "", code: this.lines.length > 0 }, {
      granularity: (value) => this.runBy(value, "generation"),
      naive: () => this.runBy(this.model.get("granularity"), this.model.get("order") === "naive" ? "generation" : "naive"),
      predict: () => this.model.set({ predict: !this.model.get("predict") }),
      list: () => this.toggleList(),
      code: () => this.toggleCode(),
      lecture: () => this.lecture(!this.lecturing),
      trouble: () => first && this.seek(this.positionOf(first.position, first.call)),
      search: searchBox(() => this.book.facts, words, (id) => this.goTo(id)),
      save: saveMenu(words, (format) => this.save(format)),
      remarks: words.remarks.length ? menu("peaks", words.t("remarks"), words.remarks.map(([, id, step, text]) => [text, () => this.jump(id, step)])) : null,
    });
  }

  private makeExtras(): HTMLElement {
    return h("div", { class: "extras" }, speedSelect(this.words, this.model.get("speed"), (speed) => this.model.set({ speed })), keyHints(this.words));
  }

  private makeStageBar(): HTMLElement {
    const { words, graph } = this;
    const { viewport } = graph;
    const follow = tool("follow", words.t("follow"), () => {
      viewport.following = !viewport.following;
      setAttribute(follow, "aria-pressed", String(viewport.following));
      this.refresh();
    });
    setAttribute(follow, "aria-pressed", "true");
    return h("div", { class: "stage-bar" }, legend(words, this.book), graph.minimap.svg,
      h("div", { class: "zoom" }, follow, tool("minus", words.t("zoomOut"), () => viewport.zoom(1 / 1.3)), tool("plus", words.t("zoomIn"), () => viewport.zoom(1.3)), tool("fit", words.t("fit"), () => viewport.fit())));
  }

  private listen(): void {
    this.model.watch(WATCHED_TRAITS, () => this.schedule());
    this.model.raw.on("msg:custom", this.answered);
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    const sizes = new ResizeObserver(() => this.resize());
    sizes.observe(this.root);
    const sentences = new ResizeObserver(() => (this.holdHeight(), this.markMore())); // after layout, so that reading the height costs nothing
    for (const element of [this.said, this.side, this.sideBody, this.code]) sentences.observe(element);
    const higher = () => this.resize();
    window.addEventListener("resize", higher);
    const full = () => !document.fullscreenElement && this.lecture(false);
    document.addEventListener("fullscreenchange", full);
    const printed = watchPrint(this.root, () => this.highest, (position) => this.pageOf(position), () => this.refresh(), this.words.story.title);
    this.leave.push(printed, () => document.removeEventListener("fullscreenchange", full), () => window.removeEventListener("resize", higher), () => sizes.disconnect(), () => sentences.disconnect(), () => this.model.release(), () => this.model.raw.off("msg:custom", this.answered), () => this.graph.dispose(), () => window.clearTimeout(this.timer));
  }

  /** Several traits may change at once: one refresh for all. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.refresh();
    });
  }

  // ---- where we are

  private get lowest(): number {
    return -forwardStops(this.book.generations);
  }
  private get highest(): number {
    return this.plan.ends.length - 1;
  }
  get position(): number {
    const [step, rewind] = [this.model.get("step"), this.model.get("rewind")];
    return Math.min(Math.max(step > 0 ? step : -rewind, this.lowest), this.highest);
  }

  seek(position: number): void {
    const to = Math.min(Math.max(position, this.lowest), this.highest);
    this.model.set({ step: Math.max(to, 0), rewind: Math.max(-to, 0) });
  }

  run(command: Command): void {
    const at = this.position;
    if (command === "play") return this.togglePlay();
    if (this.model.get("playing")) this.model.set({ playing: false });
    if (command === "next") this.seek(at + 1);
    else if (command === "previous") this.seek(at - 1);
    else if (command === "last") this.seek(at < 0 ? 0 : this.highest);
    else this.seek(at > 0 ? 0 : this.lowest);
  }

  private togglePlay(): void {
    const playing = !this.model.get("playing");
    if (playing && this.position >= this.highest) this.seek(0);
    this.model.set({ playing });
  }

  /** By generation or function, in either order: at the step that is nearest. */
  private runBy(granularity: Granularity, order: Order): void {
    const plan = makePlan(this.scene, granularity, order);
    this.model.set({ granularity, order, step: nearestStep(this.plan, this.model.get("step"), plan) });
  }

  private toggleSelected(id: string): void {
    this.model.set({ selected: this.model.get("selected") === id ? null : id });
  }

  private turn(path: string | undefined): void {
    if (path && this.scene.modules) turn(this.model.raw, this.scene, path, this.words, this.said);
  }

  private openModule(id: string | null): void {
    const fn = this.book.facts.functions.get(id!);
    if (fn && isModule(fn)) this.turn(fn.module);
  }

  /** Close the innermost module that a node is in. */
  private closeModule(id: string | null): void {
    const fn = this.book.facts.functions.get(id!);
    if (fn) this.turn(around(fn, this.scene)[0]);
  }

  goTo(id: string): void {
    this.model.set({ selected: id });
    this.graph.goTo(id);
    this.root.querySelector<SVGElement>(`[data-node-id="${CSS.escape(id)}"]`)?.focus?.();
  }

  private jump(id: string, step: number): void {
    this.seek(this.plan.byGeneration ? step : Math.max(this.plan.ends.indexOf(makePlan(this.scene, "generation", "generation").ends[step] ?? 0), 0));
    this.goTo(id);
  }

  private sortList(): void {
    this.sorted = !this.sorted;
    this.refresh();
  }

  private toggleList(): void {
    this.listed = !this.listed;
    this.stage.hidden = this.listed;
    this.refresh();
  }

  /** An element of a gradient; the same again lets it go. */
  private element: { id: string; flat: number } | null = null;
  private pick(id: string, flat: number): void {
    this.element = this.element?.id === id && this.element.flat === flat ? null : { id, flat };
    this.whatIf.choose(id, flat);
    this.refresh();
  }

  private toggleCode(): void {
    this.coded = !this.coded;
    this.refresh();
  }

  /** Full screen, large type, the column hidden: for those in the last row. */
  private lecture(wanted: boolean): void {
    if (wanted === this.lecturing) return;
    this.lecturing = wanted;
    setAttribute(this.root, "data-lecture", wanted);
    if (wanted) this.root.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) void document.exitFullscreen();
    this.width = 0;
    this.resize();
  }

  /** A line of the code lights its nodes; the same line again puts them out. */
  private chooseLine(line: CodeLine): void {
    const off = this.chosenLine === line.key;
    this.chosenLine = off ? null : line.key;
    this.graph.light(off ? [] : line.nodes);
    this.refresh();
  }

  private save(format: Format): void {
    const name = `backward-${this.book.facts.variable(this.scene.trace.root).name}`.replace(/[^\p{L}\p{N}_-]+/gu, "-");
    const { width, height } = this.scene.drawing;
    const makeSvg = () => this.graph.whole((svg) => svgText(svg, width + 24, height, getComputedStyle(this.root).backgroundColor));
    void take(format, name, makeSvg, () => pageText(this.model, this.whole, this.words));
  }

  private positionOf(position: number, call: number): number {
    return call < 0 ? position : this.plan.ends.findIndex((end) => end > call);
  }

  private readonly answered = (answer?: unknown): void => this.whatIf.answered(answer);

  // ---- showing it

  private told = "";
  /** Other numbers of the same graph: step, selection and zoom stay. */
  retake(numbers: Numbers): void {
    const { scene, book, model, header: { element } } = this;
    const told = () => JSON.stringify([this.troubles.first, this.words.remarks]);
    const redrawn = renumber(scene, numbers);
    book.renew();
    this.graph.renew(redrawn);
    const [granularity, order] = [model.get("granularity"), model.get("order")];
    const plan = makePlan(scene, granularity, order);
    if (plan.naive !== this.plan.naive) this.runBy(granularity, order); // asked for while its numbers were on their way
    this.plan = plan;
    this.troubles = findTroubles(book);
    if (told() !== this.told && !element.contains(this.focused)) {
      this.told = told();
      this.header = this.makeHeader(this.words.story.title);
      element.replaceWith(this.header.element);
    }
    this.layoutTimeline();
    this.refresh();
  }

  private get focused(): Element | null {
    return (this.root.getRootNode() as Document | ShadowRoot).activeElement ?? null;
  }

  refresh(): void {
    const { focused } = this;
    const asked = focused?.closest?.(".guess") ?? null;
    this.show();
    if (!focused || !this.root.isConnected || focused === this.focused) return;
    if (focused.isConnected) return this.root.contains(focused) ? (focused as HTMLElement).focus({ preventScroll: true }) : undefined;
    const next = (asked && this.side.querySelector<HTMLElement>(".guess-input")) || this.root;
    next.focus({ preventScroll: true });
  }

  private show(): void {
    this.replan();
    const { model } = this;
    if (model.get("ask") !== this.ask.questions) this.ask = new Ask(model.get("ask"), this.words, () => this.refresh());
    const stop = stopAt(this.scene, this.plan, this.book.generations, this.position);
    const moment = new Moment(this.book.facts, this.book.index, this.plan, this.book.history(this.plan), stop, this.book.rank);
    const selected = model.get("selected") || null;
    moment.hidden = new Set([...(model.get("predict") ? this.predict.hidden(moment) : []), ...this.ask.hidden(moment)]);
    this.showOrders(moment);
    const forwards = this.last !== null && stop.position === this.last.position + 1;
    this.graph.show(moment, selected, forwards);
    if (selected && selected !== this.lastSelected) this.graph.bringIntoView(selected);
    this.lastSelected = selected;
    this.flow?.show(selected, model.get("predict"));
    this.header.update({ granularity: model.get("granularity"), naive: this.plan.naive, predict: model.get("predict"), list: this.listed, code: this.coded, lecture: this.lecturing });
    this.transport.update(stop.position, model.get("playing"), stopName(stop, this.words));
    this.sideBody.replaceChildren(...inspector({ moment, words: this.words, selected, select: (id) => model.set({ selected: id }), whatIf: this.whatIf, element: this.element, pick: (id, flat) => this.pick(id, flat), turn: (path) => this.turn(path), guess: this.ask.view(moment) ?? (model.get("predict") && stop.phase === "backward" ? this.predict.view(moment) : null) }));
    this.showCode(moment, selected);
    this.table.replaceChildren(...(this.listed ? [listView(moment, this.words, selected, (id) => this.toggleSelected(id), this.sorted, () => this.sortList())] : []));
    const sentence = (this.lecturing && this.ask.said(moment)) || narrate(moment, this.words);
    say(this.said, rich(sentence), sentence.join(""));
    setAttribute(this.root, "data-step", Math.max(stop.position, 0));
    setAttribute(this.root, "data-phase", stop.phase);
    this.keepTime(stop);
    this.last = stop;
  }

  /** The lines are made anew when others are at work, and not when numbers change. */
  private showCode(moment: Moment, selected: string | null): void {
    const lit = linesAtWork(moment, selected);
    const key = this.coded && JSON.stringify([this.chosenLine, ...lit]);
    if (key === this.codeKey) return;
    this.codeKey = key;
    this.code.replaceChildren(...(key ? [codeView(this.lines, lit, this.chosenLine, this.words, (line) => this.chooseLine(line))] : []));
    if (key) showLit(this.code);
  }
  private codeKey: string | false = false;

  /** One step as a printer gets it. */
  private pageOf(position: number): Page {
    const stop = stopAt(this.scene, this.plan, this.book.generations, position);
    const moment = new Moment(this.book.facts, this.book.index, this.plan, this.book.history(this.plan), stop, this.book.rank);
    this.graph.show(moment, null, false);
    const { width, height } = this.scene.drawing;
    return { svg: this.graph.whole((svg) => svgCopy(svg, width + 24, height, "none")), told: narrate(moment, this.words) };
  }

  /** A longer sentence makes room once; a shorter one does not take it back, so that the buttons stay in place. */
  private holdHeight(): void {
    const { said } = this;
    if (said.offsetWidth !== this.saidWidth) said.style.removeProperty("min-height");
    this.saidHeight = Math.max(said.offsetWidth === this.saidWidth ? this.saidHeight : 0, said.offsetHeight);
    this.saidWidth = said.offsetWidth;
    setStyle(said, "min-height", `${this.saidHeight}px`);
  }
  private saidHeight = 0;
  private saidWidth = 0;

  /** Says that the column goes on below. */
  private markMore(): void {
    for (const wide of this.side.querySelectorAll(".formula")) setAttribute(wide, "tabindex", wide.scrollWidth > wide.clientWidth + 1 ? 0 : null);
    const { scrollHeight, scrollTop, clientHeight } = this.side;
    this.more.hidden = scrollHeight - scrollTop - clientHeight < 8;
  }

  private showOrders(moment: Moment): void {
    this.orders.replaceChildren();
    if (!this.plan.naive) return;
    const rightPlan = makePlan(this.scene, "function", "generation");
    this.orders.append(ordersStrip({ moment, naive: this.scene.naive!, right: rightPlan.calls, words: this.words, seek: (position) => this.seek(position) }));
    showPresent(this.orders);
  }

  private replan(): void {
    const key = `${this.model.get("granularity")}|${this.model.get("order")}`;
    if (key === this.planKey) return;
    this.planKey = key;
    this.plan = makePlan(this.scene, this.model.get("granularity"), this.model.get("order"));
    this.layoutTimeline();
  }

  private layoutTimeline(): void {
    const labels = stopLabels(this.scene, this.plan, this.book.generations, this.words, this.troubles);
    this.transport.layout(labels, this.lineWidth);
  }
  private lineWidth = 120;

  private keepTime(stop: Stop): void {
    const moved = this.last?.position !== stop.position;
    if (!this.model.get("playing")) {
      window.clearTimeout(this.timer);
      this.timer = 0;
      return;
    }
    if (!moved && this.timer) return;
    window.clearTimeout(this.timer);
    const pause = (STEP_MS / (this.model.get("speed") || 1));
    this.timer = window.setTimeout(() => this.tick(), pause);
  }

  private tick(): void {
    this.timer = 0;
    if (this.position < this.highest) this.seek(this.position + 1);
    if (this.position >= this.highest) this.model.set({ playing: false });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || isTyping(event)) return;
    const command = keyCommand(event);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (command === "zoomIn") this.graph.viewport.zoom(1.3);
    else if (command === "zoomOut") this.graph.viewport.zoom(1 / 1.3);
    else if (command === "fit") this.graph.viewport.fit();
    else if (command === "deselect") this.lecturing ? this.lecture(false) : this.model.set({ selected: null });
    else if (command === "openModule" || command === "closeModule") this[command]((event.target as Element).getAttribute("data-node-id") ?? this.model.get("selected"));
    else this.run(command);
  }

  private width = 0;
  private outer = 0;
  private resize(): void {
    const width = this.stage.clientWidth;
    if (!width || (width === this.width && window.innerHeight === this.outer)) return;
    this.width = width;
    this.outer = window.innerHeight;
    this.stretch();
    this.lineWidth = Math.max(this.transport.element.querySelector<HTMLElement>(".line")!.clientWidth, 120);
    this.layoutTimeline();
    this.refresh();
  }

  /** As high as the graph needs, as far as drawing and buttons are seen together; or as the reader has chosen. */
  private stretch(): void {
    const { drawing } = this.scene;
    this.root.style.removeProperty("max-height");
    setStyle(this.stage, "height", "4000px"); // what holds the stepper shows now whether it has a height of its own
    const { height: room, clipped } = this.lecturing && document.fullscreenElement ? { height: window.innerHeight, clipped: 0 } : roomFor(this.root);
    setAttribute(this.root, "data-low", room < LOW_HEIGHT);
    if (clipped) setStyle(this.root, "max-height", `${clipped}px`);
    const around = [this.header.element, this.flow?.element, this.said, this.transport.element, this.bar].reduce((sum, element) => sum + (element?.offsetHeight ?? 0), 4);
    const wanted = drawing.height * fittingScale(drawing, this.width) + 8;
    const beside = this.lecturing ? TALL_HEIGHT * 2 : this.root.clientWidth >= MIN_WIDTH_FOR_COLUMNS ? BESIDE_HEIGHT : 0; // the column beside it needs its height too
    const most = Math.max(Math.min(room - around, this.lecturing ? MAX_HEIGHT : TALL_HEIGHT), MIN_HEIGHT);
    const height = this.chosen || Math.round(Math.min(Math.max(wanted, beside, MIN_HEIGHT), most));
    setStyle(this.stage, "height", `${height}px`);
    setAttribute(this.handle, "aria-valuenow", height);
    this.graph.resize(this.width, height);
  }

  private chosen = 0;
  /** The reader drags the lower edge of the drawing; 0 lets it have its own height again. */
  private choose(height: number): void {
    this.chosen = height && Math.round(Math.min(Math.max(height, MIN_HEIGHT), MAX_HEIGHT));
    this.stretch();
    this.refresh();
  }

  /** Put the stepper on the page. */
  mount(el: HTMLElement | ShadowRoot): void {
    el.append(this.root);
    this.leave.push(watchTheme(this.root));
    this.resize();
    this.refresh();
  }

  dispose(): void {
    for (const leave of this.leave) leave();
    this.root.remove();
  }
}
