// The traits of the widget, typed. anywidget's model, or the fake one of a standalone page, is the only truth:
// every view reads from it, so two views of one model stay in step.
import { Granularity, Order } from "./timeline";

/** What anywidget hands over; the page's fake model has the same methods. */
export interface AnyModel {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: (content?: unknown) => void): void;
  off(event: string, callback: (content?: unknown) => void): void;
  /** Where there is a kernel. */
  send?(content: unknown): void;
  /** Of anywidget's model; what it can do depends on the host. */
  widget_manager?: unknown;
}

export interface Traits {
  step: number;
  rewind: number;
  granularity: Granularity;
  order: Order;
  playing: boolean;
  speed: number;
  selected: string | null;
  predict: boolean;
  lang: string;
  /** Questions by step. */
  ask: Record<string, string>;
  /** Which take of a series is shown. */
  take: number;
}

const DEFAULTS: Traits = {
  step: 0, rewind: 0, granularity: "generation", order: "generation",
  playing: false, speed: 1, selected: null, predict: false, lang: "auto", ask: {}, take: 0,
};

export class Model {
  private readonly watched: [string, () => void][] = [];

  constructor(readonly raw: AnyModel) {}

  get<K extends keyof Traits>(key: K): Traits[K] {
    return (this.raw.get(key) as Traits[K] | undefined) ?? DEFAULTS[key];
  }

  /** Set traits and tell the kernel, once. */
  set(changes: Partial<Traits>): void {
    for (const [key, value] of Object.entries(changes)) this.raw.set(key, value);
    this.raw.save_changes();
  }

  watch(keys: string[], callback: () => void): void {
    for (const key of keys) {
      this.raw.on(`change:${key}`, callback);
      this.watched.push([`change:${key}`, callback]);
    }
  }

  release(): void {
    for (const [event, callback] of this.watched) this.raw.off(event, callback);
    this.watched.length = 0;
  }
}

/** The whole state of a model as plain data: what a saved page opens with. */
export function snapshot(model: Model): Record<string, unknown> {
  return Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, model.get(key as keyof Traits)]));
}
