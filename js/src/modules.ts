// Modules shown closed, as one function each: opened and closed. A kernel folds the trace anew; a page without one holds the
// scenes of other depths and goes from one to the next.
import { h, rich } from "./dom";
import { AnyModel } from "./model";
import { Moment } from "./moment";
import { briefGrad, formatShape } from "./numbers";
import { Scene } from "./scene";
import { Func } from "./trace";
import { say } from "./transport";
import { Words } from "./words";

export interface Modules {
  closed: string[];
  /** How many functions ran in each call, by its path. */
  calls: Record<string, number>;
  /** Blocks of one class that follow each other, by the name that they have together. */
  runs: Record<string, string[]>;
}

/** Opens a module call that is closed, closes one that is open. */
export type Turn = (path: string) => void;

export function isModule(fn: Func): boolean {
  return Boolean(fn.folded && fn.label === fn.module);
}

/** The module calls that a function is in and that can be closed, the innermost first. */
export function around({ module }: Func, { modules }: Scene): string[] {
  if (!module || !modules) return [];
  const parts = module.split(".");
  const run = (path: string) => Object.keys(modules.runs).filter((name) => modules.runs[name]!.includes(path));
  return parts.map((_, k) => parts.slice(0, parts.length - k).join(".")).flatMap((path) => [path, ...run(path)]).filter((path) => modules.calls[path]! > 1 && !modules.closed.includes(path));
}

const WAIT_MS = 4000; // for a kernel's answer

let wish: [AnyModel, string, number] | null = null;

/** Ask for another folding; `settle` is called when its scene is there; when none comes, a line says why. */
export function turn(model: AnyModel, scene: Scene, path: string, words: Words, line: HTMLElement): void {
  const mine: typeof wish = (wish = [model, path, (model.get("step") as number) / scene.trace.steps.length]);
  const giveUp = () => {
    if (wish !== mine) return;
    wish = null;
    const sorry = words.t("needsKernelToOpen");
    say(line, rich([sorry]), sorry);
  };
  const depths = model.get("_depths") as { _packed64: string; ways: Record<string, number> }[] | undefined;
  if (!depths) {
    window.setTimeout(giveUp, WAIT_MS);
    model.set("toggle", path);
    return model.save_changes();
  }
  const at = depths[model.get("_depth") as number]!.ways[path]!;
  const depth = depths[at];
  if (!depth) return giveUp();
  model.set("_depth", at);
  model.set("_packed", Uint8Array.from(atob(model.get("_shared64") + depth._packed64), (char) => char.charCodeAt(0)));
}

/** Select what was opened or closed in a folding that has just come; a page stays at about the same place of the pass. */
export function settle(model: AnyModel, { trace, modules }: Scene): string | null {
  if (wish?.[0] !== model || !trace) return null;
  const [, path, share] = wish;
  wish = null;
  if (model.get("_depths")) model.set("step", Math.round(share * (model.get("granularity") === "function" ? trace.functions : trace.steps).length));
  const blocks = modules?.runs[path] ?? [path];
  const inside = trace.functions.filter(({ module }) => module === path || blocks.some((block) => `${module}.`.startsWith(`${block}.`)));
  const id = (inside.find(isModule) ?? inside[0])?.id ?? null;
  model.set("selected", id);
  model.save_changes();
  return id;
}

/** Buttons that open a closed module, and close those that a function is in. */
export function doors(fn: Func, scene: Scene, words: Words, turned: Turn): HTMLElement | null {
  const button = (key: string, path: string) => h("button", { type: "button", class: "toggle door", onclick: () => turned(path) }, words.t(key, { path: words.path(path), n: scene.modules!.calls[path]! }));
  const buttons = [...(isModule(fn) && scene.modules ? [button("openModule", fn.module!)] : []), ...around(fn, scene).map((path) => button("closeModule", path))];
  return buttons[0] ? h("p", { class: "tools doors" }, ...buttons) : null;
}

/** The parameters of a closed module with their gradients: they have no card of their own. */
export function parameterList(fn: Func, moment: Moment, words: Words, select: (id: string) => void): HTMLElement[] {
  const variables = (moment.facts.scene.parameters?.[fn.id] ?? []).map((id) => moment.facts.variable(id));
  const rows = variables.map((variable) => {
    const { values } = moment.grad(variable);
    const { id, name } = variable;
    return h("li", {}, h("button", { type: "button", class: "link", onclick: () => select(id) }, name.split(`${fn.module}.`).pop()!),
      h("span", { class: "soft" }, formatShape(variable.shape)), h("span", {}, values && !moment.hidden.has(id) ? briefGrad(values) : "–"));
  });
  return rows[0] ? [h("div", { class: "sub" }, `${words.t("parameters")} · ${words.t("grad")}`), h("ul", { class: "pairs parameters" }, ...rows)] : [];
}
