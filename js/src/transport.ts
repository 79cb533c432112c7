// Buttons and timeline. The slider is a real range input; what one sees of it is drawn beneath.
import { h, setAttribute, setStyle, setText } from "./dom";
import { measure } from "./fittext";
import { icon, IconName } from "./icons";
import { Words } from "./words";

export type Command = "first" | "previous" | "play" | "next" | "last";

export interface StopLabel {
  position: number;
  label: string;
  /** For a crowded line. */
  short: string;
  forward: boolean;
  mark: string;
}

const MAX_DOTS = 150;
const MIN_DENSE_STOPS = 48;

export class Transport {
  readonly element: HTMLElement;
  readonly slider: HTMLInputElement;
  private readonly play: HTMLButtonElement;
  private readonly buttons: Record<Command, HTMLButtonElement>;
  private readonly track = h("div", { class: "track" });
  private readonly lit = h("div", { class: "lit" });
  private readonly dots = h("div", { class: "dots", "aria-hidden": "true" });
  private readonly labels = h("div", { class: "labels", "aria-hidden": "true" });
  private readonly thumb = h("div", { class: "thumb-mark" });
  private readonly line: HTMLElement;
  private stops: StopLabel[] = [];
  private width = 300;
  private dotOf: [number, HTMLElement][] = [];

  constructor(private readonly words: Words, run: (command: Command) => void, seek: (position: number) => void, extras: HTMLElement) {
    const button = (command: Command) => h("button", { type: "button", class: command === "play" ? "round play" : "round", "aria-label": words.t(command), title: words.t(`${command}Hint`), onclick: () => run(command) }, icon(command as IconName));
    this.buttons = { first: button("first"), previous: button("previous"), play: button("play"), next: button("next"), last: button("last") };
    this.play = this.buttons.play;
    this.slider = h("input", { type: "range", class: "slider", "aria-label": words.t("step"), step: 1, oninput: () => seek(Number(this.slider.value)) });
    this.line = h("div", { class: "line" }, this.track, this.lit, this.dots, this.thumb, this.slider, this.labels);
    this.element = h("div", { class: "transport" }, h("div", { class: "buttons" }, ...Object.values(this.buttons)), this.line, extras);
  }

  /** New stops: other granularity, other order, other width. */
  layout(stops: StopLabel[], width: number): void {
    this.stops = stops;
    const [low, high] = [stops[0]?.position ?? 0, stops[stops.length - 1]?.position ?? 0];
    setAttribute(this.slider, "min", low);
    setAttribute(this.slider, "max", high);
    this.slider.disabled = low === high;
    this.dots.replaceChildren();
    this.dotOf = [];
    const every = stops.length > MAX_DOTS ? Infinity : 1;
    stops.forEach((stop, k) => {
      if (k % every === 0 || stop.mark || stop.position === 0 || k === 0 || k === stops.length - 1) this.addDot(stop);
    });
    this.width = width;
    this.line.classList.toggle("dense", stops.length > MIN_DENSE_STOPS);
    this.element.classList.toggle("has-forward", low < 0);
    this.line.style.setProperty("--zero", String(low < 0 ? -low / Math.max(high - low, 1) : 0));
  }

  private share(position: number): number {
    const [low, high] = [this.stops[0]!.position, this.stops[this.stops.length - 1]!.position];
    return high === low ? 0 : (position - low) / (high - low);
  }

  private addDot(stop: StopLabel): void {
    const dot = h("i", { class: stop.forward ? "dot forward" : "dot", "data-mark": stop.mark || null });
    dot.style.setProperty("--at", String(this.share(stop.position)));
    this.dots.append(dot);
    this.dotOf.push([stop.position, dot]);
  }

  /** As many labels as fit, the important ones first: here, start, both ends, then the rest. */
  private showLabels(position: number): void {
    const { stops } = this;
    const last = stops.length - 1;
    const first = stops[0]?.position ?? 0;
    const [here, zero] = [position - first, -first];
    const stride = Math.max(1, Math.ceil(stops.length / 40));
    const widest = stops.slice(0, 40).reduce((most, stop) => Math.max(most, textWidth(stop.label)), 0);
    const roomy = widest * last <= this.width + 20;
    const taken: [number, number][] = [];
    const labels = new Map<number, HTMLElement>();
    const some = Array.from({ length: Math.ceil(stops.length / stride) }, (_, k) => k * stride);
    for (const k of [here, zero, last, ...some]) {
      const stop = stops[k];
      if (!stop || labels.has(k)) continue;
      for (const text of k === here ? [stop.label] : k === last ? [stop.label, stop.short] : [roomy ? stop.label : stop.short]) {
        const half = textWidth(text) / 2;
        const middle = Math.min(Math.max(10 + this.share(stop.position) * (this.width - 20), half - 6), this.width - half + 8);
        if (taken.some(([from, to]) => middle - half < to && from < middle + half)) continue;
        taken.push([middle - half, middle + half]);
        const label = h("span", { class: `${stop.forward ? "forward" : ""}${k === here ? " now" : ""}` }, text);
        setStyle(label, "left", `${middle}px`);
        labels.set(k, label);
        break;
      }
    }
    this.labels.replaceChildren(...labels.values());
  }

  update(position: number, playing: boolean, text: string): void {
    if (Number(this.slider.value) !== position) this.slider.value = String(position);
    setAttribute(this.slider, "aria-valuetext", text);
    const at = this.share(position);
    this.line.style.setProperty("--at", String(at));
    this.line.classList.toggle("forward", position < 0);
    for (const [stop, dot] of this.dotOf) dot.classList.toggle("past", stop <= position);
    this.showLabels(position);
    const [low, high] = [this.stops[0]?.position ?? 0, this.stops[this.stops.length - 1]?.position ?? 0];
    this.able("first", position > low);
    this.able("previous", position > low);
    this.able("next", position < high);
    this.able("last", position < high);
    const name = this.words.t(playing ? "pause" : "play");
    if (this.play.getAttribute("aria-label") !== name) {
      setAttribute(this.play, "aria-label", name);
      this.play.replaceChildren(icon(playing ? "pause" : "play"));
    }
  }

  /** A button at the end of its way only looks tired: it keeps its focus and may be pressed in vain. */
  private able(command: Command, can: boolean): void {
    setAttribute(this.buttons[command], "data-idle", can ? null : "true");
  }
}

function textWidth(text: string): number {
  return measure(text, "600 13px system-ui, sans-serif") + 12;
}

/** The keys that work, and the speed. */
export function keyHints(words: Words): HTMLElement {
  const key = (text: string) => h("kbd", {}, text);
  return h("div", { class: "keys", "aria-hidden": "true", title: words.t("keysHint") }, key("←"), key("→"), key(words.t("spaceKey")));
}

export function speedSelect(words: Words, speed: number, change: (speed: number) => void): HTMLSelectElement {
  const options = [0.5, 1, 2, 4].map((value) => h("option", { value, selected: value === speed }, `${value}×`));
  const select = h("select", { class: "speed", "aria-label": words.t("speed"), title: words.t("speed"), onchange: () => change(Number(select.value)) }, ...options);
  return select;
}

export function say(line: HTMLElement, segments: Node[], text: string): void {
  if (line.textContent === text) return;
  setText(line, "");
  line.append(...segments);
}
