// A series of takes: the stepper of one take, and a slider along the series. Another take of the same graph only
// brings other numbers: step, selection and zoom stay. Another graph gets a stepper of its own.
import { App } from "./app";
import { comparison } from "./compare";
import { MARKS } from "./flow";
import { h, rich, s, setAttribute, setStyle } from "./dom";
import { icon } from "./icons";
import { Model } from "./model";
import { formatNumber } from "./numbers";
import { Line, Numbers, Scene, Segments, Series, Take } from "./scene";
import { say } from "./transport";
import { Words } from "./words";

const FRAME_MS = 140;
const LINE_WIDTH = 600;
const LINE_HEIGHT = 30;

export class SeriesView {
  private readonly series: Series;
  private readonly model: Model;
  private readonly slider: HTMLInputElement;
  private readonly play: HTMLButtonElement;
  private readonly place = h("output", {});
  private readonly compared = h("div", { hidden: true });
  private readonly comparing: HTMLButtonElement;
  private other = -1;
  private readonly said = h("p", { class: "take-said", "aria-live": "polite" });
  private readonly marker: [SVGLineElement, HTMLElement, Line][] = [];
  private readonly bar: HTMLElement;
  private readonly words: Words;
  private el: HTMLElement | ShadowRoot | null = null;
  private app: App | null = null;
  private shown = -1;
  private section = -1;
  private timer = 0;

  constructor(model: Model, private readonly scene: Scene) {
    this.series = scene.series!;
    this.model = new Model(model.raw); // the stepper lets go of its own when it goes
    this.words = new Words(scene, model.get("lang"));
    const { axis, at } = this.series;
    this.slider = h("input", { type: "range", class: "along", min: 0, max: at.length - 1, step: 1, "aria-label": axis, oninput: () => (this.stop(), this.go(Number(this.slider.value))) });
    this.play = h("button", { type: "button", class: "tool", onclick: () => (this.timer ? this.stop() : this.start()) });
    this.comparing = h("button", { type: "button", class: "toggle", "aria-pressed": "false", title: this.words.t("compareHint"), onclick: () => this.compare() }, this.words.t("compare"));
    this.bar = h("section", { class: "takes", onkeydown: (event: KeyboardEvent) => event.key !== "Escape" && event.stopPropagation() },
      h("div", { class: "takes-row" }, this.play, h("b", { "aria-hidden": "true" }, axis), h("div", {}, this.slider, this.marks()), this.place, this.comparing),
      this.said, this.compared,
      h("div", { class: "takes-lines", "aria-hidden": "true" }, ...this.series.lines.map((line) => this.line(line))),
      ...(this.series.notes[this.words.lang] ?? []).map((note) => h("p", { class: "soft" }, note)));
    this.label(false);
    this.model.watch(["take"], () => this.show());
    this.model.watch(["selected"], () => this.showCompared());
  }

  private get take(): number {
    return Math.min(Math.max(this.model.get("take"), 0), this.series.takes.length - 1);
  }

  private go(take: number): void {
    if (take !== this.take) this.model.set({ take });
  }

  private start(): void {
    if (this.take >= this.series.takes.length - 1) this.go(0);
    this.timer = window.setInterval(() => (this.take < this.series.takes.length - 1 ? this.go(this.take + 1) : this.stop()), FRAME_MS);
    this.label(true);
  }

  private stop(): void {
    window.clearInterval(this.timer);
    this.timer = 0;
    this.label(false);
  }

  private label(playing: boolean): void {
    const name = this.words.t(playing ? "seriesPause" : "seriesPlay", { axis: this.series.axis });
    for (const key of ["aria-label", "title"]) setAttribute(this.play, key, name);
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
  }

  /** Where something died, vanished, exploded or went NaN: marks under the slider, each with its name. */
  private marks(): HTMLElement {
    const last = Math.max(this.series.takes.length - 1, 1);
    const found: HTMLElement[] = [];
    let before = "";
    this.series.takes.forEach(({ mark }, k) => {
      if (mark && mark !== before) {
        const dot = h("i", { class: "take-mark", "data-mark": mark, title: `${this.series.axis} ${this.series.at[k]}: ${this.words.t(mark)}` }, MARKS[mark]![0]);
        setStyle(dot, "left", `${(100 * k) / last}%`);
        found.push(dot);
      }
      before = mark;
    });
    return h("div", { class: "take-marks" }, ...found);
  }

  /** A small line of numbers over the takes, by their logarithm where they are all above zero. */
  private line(line: Line): HTMLElement {
    const known = line.values.filter((v): v is number => v !== null);
    const low = Math.min(...known);
    const far = known.length > 0 && low > 0 && Math.max(...known) / low > 30;
    const scaled = (v: number) => (far ? Math.log10(v) : v);
    const [bottom, top] = [scaled(low), scaled(Math.max(...known))];
    const x = (k: number) => (line.values.length > 1 ? (LINE_WIDTH * k) / (line.values.length - 1) : 0);
    let d = "";
    line.values.forEach((v, k) => {
      if (v === null) return;
      const y = top > bottom ? LINE_HEIGHT - (LINE_HEIGHT * (scaled(v) - bottom)) / (top - bottom) : LINE_HEIGHT / 2;
      d += `${k === 0 || line.values[k - 1] === null ? "M" : "L"}${x(k).toFixed(1)} ${y.toFixed(1)}`;
    });
    const now = s("line", { y1: -3, y2: LINE_HEIGHT + 3 });
    const text = h("span");
    this.marker.push([now, text, line]);
    return h("div", { class: "take-line" }, h("span", { class: "soft" }, line.name),
      s("svg", { viewBox: `-2 -4 ${LINE_WIDTH + 4} ${LINE_HEIGHT + 8}`, preserveAspectRatio: "none" }, s("path", { d }), now), text);
  }

  private show(): void {
    const k = this.take;
    if (k === this.shown || !this.el) return;
    this.shown = k;
    const take = this.series.takes[k]!;
    if (take.section === this.section) this.app!.retake(this.numbers(take));
    else this.open(take);
    if (Number(this.slider.value) !== k) this.slider.value = String(k);
    const at = this.series.at[k]!;
    setAttribute(this.slider, "aria-valuetext", `${this.series.axis} ${at}`);
    this.place.textContent = at;
    this.showCompared();
    const told = take.said[this.words.lang] ?? [];
    say(this.said, rich(told), told.join(""));
    for (const [line, text, { values }] of this.marker) {
      const x = values.length > 1 ? (LINE_WIDTH * k) / (values.length - 1) : 0;
      setAttribute(line, "x1", x);
      setAttribute(line, "x2", x);
      text.textContent = formatNumber(values[k]);
    }
  }

  /** Keep this take to compare others with it; once more lets it go. */
  private compare(): void {
    this.other = this.other < 0 ? this.take : -1;
    setAttribute(this.comparing, "aria-pressed", String(this.other >= 0));
    this.showCompared();
  }

  private showCompared(): void {
    this.compared.hidden = this.other < 0;
    if (this.other >= 0 && this.app) this.compared.replaceChildren(comparison(this.series, this.app.scene.trace, this.other, this.take, this.model.get("selected"), this.words));
  }

  /** Where no step has a sentence, that of the take stands. */
  private numbers({ section, numbers, trouble, story, said, remarks }: Take): Numbers {
    const { common } = this.series.sections[section]!;
    const { lang } = this.words;
    const own = this.app!.words.story;
    const every = (list: Segments[]) => list.map(() => said[lang] ?? []);
    return { trace: { summaries: [...common, ...numbers], trouble }, remarks, story: { [lang]: { function: [], worked: {}, ...(story?.[lang] ?? { forward: every(own.forward), generation: every(own.generation) }) } } };
  }

  /** Show the graph of another section. */
  private open(take: Take): void {
    this.app?.dispose();
    this.section = take.section;
    const { scene: own } = this.series.sections[take.section]!;
    const scene = own ? { ...own, ui: this.scene.ui } : this.scene; // the first one stands around the series
    const typed = new Model(this.model.raw);
    this.app = new App(typed, scene, new Words(scene, typed.get("lang")), this.scene);
    this.app.root.append(this.bar);
    this.app.mount(this.el!);
    this.app.retake(this.numbers(take));
  }

  mount(el: HTMLElement | ShadowRoot): void {
    this.el = el;
    this.show();
  }

  dispose(): void {
    this.stop();
    this.model.release();
    this.app?.dispose();
    this.el = null;
  }
}
