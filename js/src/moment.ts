// One stop of the story, worked out: who takes part, along which edges something flows, what has come and gone.
import { Edge, Scene } from "./scene";
import { Facts, Grad, History } from "./state";
import { Plan, Stop, functionGeneration } from "./timeline";
import { Call, Func, Variable, Waiting } from "./trace";

export type Flow = "idle" | "pending" | "trail" | "up" | "down" | "forward";

/** Finds an edge by its ends; made once per scene. */
export class EdgeIndex {
  private readonly byKey = new Map<string, number>();

  constructor(readonly edges: Edge[], facts: Facts) {
    const seen = new Map<string, number>();
    edges.forEach((edge, k) => {
      const pair = `${edge.from}>${edge.to}`;
      const turn = seen.get(pair) ?? 0;
      seen.set(pair, turn + 1);
      const input = facts.functions.has(edge.to) ? (edge.input ?? inputOf(facts.func(edge.to), edge.from, turn)) : 0;
      this.byKey.set(`${pair}>${input}`, k);
    });
  }
  input(variable: string, fn: string, input: number): number | undefined {
    return this.byKey.get(`${variable}>${fn}>${input}`);
  }
  output(fn: string, variable: string): number | undefined {
    return this.byKey.get(`${fn}>${variable}>0`);
  }
}

function inputOf(fn: Func, variable: string, turn: number): number {
  const places = fn.inputs.flatMap((id, k) => (id === variable ? [k] : []));
  return places[turn] ?? places[0] ?? 0;
}

export interface Chip {
  edge: number;
  amount: number;
}

export class Moment {
  readonly nodes = new Set<string>();
  readonly flows = new Map<number, Flow>();
  readonly chips: Chip[] = [];
  /** Variables whose gradient this stop changes, in order. */
  readonly changed = new Set<string>();
  /** Variables whose new gradient is kept back until the reader has guessed. */
  hidden: ReadonlySet<string> = new Set();
  readonly waiting: Waiting[];

  constructor(
    readonly facts: Facts,
    readonly index: EdgeIndex,
    readonly plan: Plan,
    readonly history: History,
    readonly stop: Stop,
    readonly rank: Map<number, number>,
  ) {
    if (stop.phase === "forward") this.forward();
    else if (stop.phase === "seed") this.seed();
    else for (const call of this.calls) this.backward(call);
    this.waiting = this.findWaiting();
  }

  /** The calls that this stop runs. */
  get calls(): Call[] {
    return this.plan.calls.slice(this.stop.from, this.stop.done);
  }

  /** The functions that this stop computes, forward. */
  get computing(): Func[] {
    if (this.stop.phase !== "forward" || this.stop.generation === null) return [];
    return this.facts.functionsOf(this.stop.generation);
  }

  private forward(): void {
    if (this.stop.computed === 0)
      for (const v of this.facts.trace.variables) if (v.creator === null) this.nodes.add(v.id);
    for (const fn of this.computing) {
      this.nodes.add(fn.id);
      fn.inputs.forEach((id, k) => this.flow(this.index.input(id, fn.id, k), "forward"));
      for (const id of fn.inputs) this.nodes.add(id);
      for (const id of fn.outputs) {
        this.nodes.add(id);
        this.flow(this.index.output(fn.id, id), "forward");
      }
    }
  }

  private seed(): void {
    this.nodes.add(this.facts.trace.root);
    this.changed.add(this.facts.trace.root);
  }

  private backward(call: Call): void {
    const fn = this.facts.func(call.function);
    this.nodes.add(fn.id);
    fn.outputs.forEach((id, k) => {
      if (call.upstream[k] === null || call.upstream[k] === undefined) return;
      this.nodes.add(id);
      this.flow(this.index.output(fn.id, id), "up");
    });
    for (const part of call.contributions) {
      this.nodes.add(part.variable);
      this.changed.add(part.variable);
      const edge = this.index.input(part.variable, fn.id, part.input);
      if (edge === undefined) continue;
      this.flow(edge, "down");
      this.chips.push({ edge, amount: part.amount });
    }
  }

  private flow(edge: number | undefined, flow: Flow): void {
    if (edge !== undefined) this.flows.set(edge, flow);
  }

  /** What flows, flowed or will flow along an edge. */
  edgeFlow(k: number, edge: Edge): Flow {
    const now = this.flows.get(k);
    if (now) return now;
    const fn = this.facts.functions.get(edge.to) ?? this.facts.func(edge.from);
    if (!this.isComputed(fn)) return "pending";
    if (this.stop.phase === "forward" || this.history.firstRun(fn.id) >= this.stop.done) return "idle";
    const variable = this.facts.variables.get(edge.from) ?? this.facts.variable(edge.to);
    return variable.kind === "constant" || variable.kind === "unused" ? "idle" : "trail";
  }

  isComputed(fn: Func): boolean {
    return this.stop.phase !== "forward" || (this.rank.get(fn.generation) ?? 0) < this.stop.computed;
  }

  isVariableComputed(variable: Variable): boolean {
    return variable.creator === null || this.isComputed(this.facts.func(variable.creator));
  }

  grad(variable: Variable): Grad {
    return this.history.grad(variable, this.stop);
  }

  private findWaiting(): Waiting[] {
    if (this.stop.phase === "forward") return [];
    if (this.stop.phase === "seed") return this.firstWaiting();
    const last = this.plan.calls[this.stop.done - 1];
    if (this.plan.byGeneration) {
      const step = this.facts.trace.steps[this.stop.position - 1];
      return step?.waiting ?? last?.waiting ?? [];
    }
    return last?.waiting ?? [];
  }

  private firstWaiting(): Waiting[] {
    const first = this.plan.calls[0];
    return first ? [{ function: first.function, generation: functionGeneration(this.facts.trace, first) }] : [];
  }
}

/** Everything that is made once per scene and then read at every stop. */
export class Book {
  readonly facts: Facts;
  readonly index: EdgeIndex;
  readonly generations: number[];
  readonly rank: Map<number, number>;
  private readonly histories = new Map<string, History>();

  constructor(readonly scene: Scene, generations: number[], titles?: Record<string, string>) {
    this.facts = new Facts(scene, titles);
    this.index = new EdgeIndex(scene.drawing.edges, this.facts);
    this.generations = generations;
    this.rank = new Map(generations.map((g, k) => [g, k]));
  }

  /** Other numbers stand in the trace now, and in other places of it. */
  renew(): void {
    this.histories.clear();
    this.facts.renew();
  }

  history(plan: Plan): History {
    const key = plan.naive ? "naive" : "right";
    let history = this.histories.get(key);
    if (!history) this.histories.set(key, (history = new History(this.facts, plan)));
    return history;
  }
}
