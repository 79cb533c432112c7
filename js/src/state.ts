// What every variable holds at a stop. Events are sorted once per order; a look-up is a binary search, so a step
// costs nothing for the nodes that are not looked at.
import { plus, readSummary, Values } from "./numbers";
import { Scene } from "./scene";
import { Plan, Stop } from "./timeline";
import { Call, Func, Trace, Variable } from "./trace";

/** "before" is a gradient from an earlier pass (no cleargrad); "freed" was dropped in this one. */
export type GradState = "none" | "before" | "value" | "freed";

export interface Grad {
  state: GradState;
  values: Values | null;
  /** True while the gradient was changed by the stop itself. */
  fresh: boolean;
}

export interface Part {
  call: number;
  function: Func;
  input: number;
  amount: number;
  after: number;
}

interface Events {
  /** Calls that must have run; the seed counts as 0. */
  at: number[];
  summary: number[];
  freedAfter: number;
}

/** One order of the backward pass, indexed by variable. */
export class History {
  readonly parts = new Map<string, Part[]>();
  readonly ran = new Map<string, number[]>();
  private readonly events = new Map<string, Events>();

  constructor(private readonly facts: Facts, readonly plan: Plan) {
    this.add(facts.trace.root, 0, facts.trace.seed);
    plan.calls.forEach((call, k) => this.record(call, k));
    if (!plan.naive) this.recordFreed();
  }

  private add(variable: string, at: number, summary: number): void {
    let events = this.events.get(variable);
    if (!events) this.events.set(variable, (events = { at: [], summary: [], freedAfter: Infinity }));
    events.at.push(at);
    events.summary.push(summary);
  }

  private record(call: Call, k: number): void {
    const fn = this.facts.func(call.function);
    push(this.ran, call.function, k);
    for (const { variable, input, amount, after } of call.contributions) {
      this.add(variable, k + 1, after);
      push(this.parts, variable, { call: k, function: fn, input, amount, after });
    }
  }

  private recordFreed(): void {
    let done = 0;
    for (const step of this.facts.trace.steps) {
      done += step.calls.length;
      for (const variable of step.freed) {
        const events = this.events.get(variable);
        if (events) events.freedAfter = done;
      }
    }
  }

  /** The gradient of a variable once `done` calls have run, the last of them from `from` on. */
  grad(variable: Variable, stop: Stop): Grad {
    const before = this.facts.before(variable);
    const events = stop.phase === "forward" ? undefined : this.events.get(variable.id);
    const k = events ? lastAtMost(events.at, stop.done) : -1;
    if (!events || k < 0) return { state: before ? "before" : "none", values: before, fresh: false };
    const values = this.facts.values(events.summary[k]!);
    if (stop.done > events.freedAfter) return { state: "freed", values, fresh: false };
    const fresh = stop.phase === "seed" || events.at[k]! > stop.from;
    return { state: "value", values: (before && plus(before, values)) || values, fresh };
  }

  /** The contributions to a variable that have arrived so far. */
  partsUntil(variable: string, done: number): Part[] {
    return (this.parts.get(variable) ?? []).filter((part) => part.call < done);
  }

  /** The first call of a function, or Infinity. */
  firstRun(fn: string): number {
    return this.ran.get(fn)?.[0] ?? Infinity;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function lastAtMost(sorted: number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The trace by id, with summaries read when first asked for. */
export class Facts {
  readonly trace: Trace;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, Func>;
  /** Constants whose card shows no name: they are called by their number or their id. */
  readonly unnamed: ReadonlySet<string>;
  private readonly read: (Values | undefined)[] = [];
  /** Counts the takes that were shown: other numbers of the same graph. */
  version = 0;
  private readonly byGeneration = new Map<number, Func[]>();

  /** `titles`: what functions are called in the reader's language, where that is another name. */
  constructor(readonly scene: Scene, titles: Record<string, string> = {}) {
    this.trace = scene.trace;
    this.variables = new Map(this.trace.variables.map((v) => [v.id, v]));
    this.functions = new Map(this.trace.functions.map((f) => [f.id, { ...f, name: titles[f.name] ?? f.name, symbol: scene.symbols[f.id] ?? titles[f.symbol] ?? f.symbol }]));
    this.unnamed = new Set(scene.unnamed);
    for (const fn of this.functions.values()) push(this.byGeneration, fn.generation, fn);
  }

  /** Other numbers stand in the trace now. */
  renew(): void {
    this.read.length = 0;
    this.version += 1;
  }

  functionsOf(generation: number): Func[] {
    return this.byGeneration.get(generation) ?? [];
  }

  values(index: number): Values {
    return (this.read[index] ??= readSummary(this.trace.summaries[index] ?? "nan"));
  }
  value(variable: Variable): Values | null {
    return variable.value === null ? null : this.values(variable.value);
  }
  /** A gradient from an earlier pass; a pass that was not applied adds to none. */
  before(variable: Variable): Values | null {
    const at = variable.before ?? null;
    return !this.trace.applied || at === null || this.trace.summaries[at] === null ? null : this.values(at);
  }
  variable(id: string): Variable {
    return this.variables.get(id)!;
  }
  func(id: string): Func {
    return this.functions.get(id)!;
  }
  /** "Square → b" names a function by what it made. */
  callName(fn: Func): [string, string] {
    return [fn.name, fn.outputs.map((id) => this.variables.get(id)?.name ?? id).join(", ")];
  }
  isBackward(id: string): boolean {
    return (this.functions.get(id) ?? this.variables.get(id))?.backward ?? false;
  }
}
