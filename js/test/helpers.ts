import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Window } from "happy-dom";
import { AnyModel } from "../src/model";
import { readScene, Scene } from "../src/scene";

declare const FIXTURES: string;

/** A scene as Python wrote it (tests/views/stepper/scenes.py). */
export function sceneText(name: string): string {
  return readFileSync(join(FIXTURES, `${name}.json`), "utf8");
}

export function scene(name: string): Scene {
  return readScene(sceneText(name));
}

/** The traits of a widget, without a kernel. */
export class FakeModel implements AnyModel {
  readonly listeners = new Map<string, Set<() => void>>();
  saves = 0;
  constructor(readonly state: Record<string, unknown>) {}
  get(key: string): unknown {
    return this.state[key];
  }
  set(key: string, value: unknown): void {
    if (this.state[key] === value) return;
    this.state[key] = value;
    for (const listener of [...(this.listeners.get(`change:${key}`) ?? [])]) listener();
  }
  save_changes(): void {
    this.saves += 1;
  }
  on(event: string, callback: () => void): void {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)!.add(callback);
  }
  off(event: string, callback: () => void): void {
    this.listeners.get(event)?.delete(callback);
  }
  get listening(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

/** A page without a browser: enough for everything but layout. */
export function installPage(): void {
  const window = new Window({ url: "http://localhost/" });
  const names = ["document", "navigator", "MutationObserver", "ResizeObserver", "Element", "HTMLElement", "SVGElement", "Node", "ShadowRoot", "KeyboardEvent", "MouseEvent", "Event", "CSS", "getComputedStyle", "XMLSerializer"] as const;
  for (const name of names) Object.defineProperty(globalThis, name, { value: (window as unknown as Record<string, unknown>)[name], configurable: true });
  Object.defineProperty(globalThis, "window", { value: window, configurable: true });
}

export const settle = () => new Promise((done) => setTimeout(done, 0));
