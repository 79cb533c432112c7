// Where the story stands: the stops of one timeline, forward then backward, in either order and granularity.
//
// A position is one integer: negative while the forward pass runs (−1 is "all values computed"), 0 once the root
// has its seed gradient, then one more per step of the backward pass. So `step = max(position, 0)` and
// `rewind = max(−position, 0)` are the traits that Python sees.
import { Scene } from "./scene";
import { Call, Trace } from "./trace";

export type Granularity = "generation" | "function";
export type Order = "generation" | "naive";

/** One way to run the backward pass: its calls, and how many have run at each step. */
export interface Plan {
  calls: Call[];
  ends: number[];
  naive: boolean;
  byGeneration: boolean;
}

export type Phase = "forward" | "seed" | "backward";

export interface Stop {
  position: number;
  phase: Phase;
  /** How many generations of functions have run forward. */
  computed: number;
  /** The generation at work; null before the first and at the seed. */
  generation: number | null;
  /** Calls of the backward pass that have run, and those of this stop: calls[from … done). */
  done: number;
  from: number;
}

export function rightCalls(trace: Trace): Call[] {
  return trace.steps.flatMap((step) => step.calls);
}

export function generationsOf(trace: Trace): number[] {
  return [...new Set(trace.functions.map((f) => f.generation))].sort((a, b) => a - b);
}

export function makePlan(scene: Scene, granularity: Granularity, order: Order): Plan {
  const naive = order === "naive" && scene.naive !== null && !scene.partial;
  const calls = naive ? scene.naive!.calls : rightCalls(scene.trace);
  const byGeneration = granularity === "generation" && !naive && scene.trace.order !== "naive";
  const ends = [0];
  if (byGeneration) for (const step of scene.trace.steps) ends.push(ends[ends.length - 1]! + step.calls.length);
  else for (let k = 1; k <= calls.length; k++) ends.push(k);
  return { calls, ends, naive, byGeneration };
}

/** How many stops the forward story has: the leaves, each generation; 0 when nothing was computed. */
export function forwardStops(generations: number[]): number {
  return generations.length ? generations.length + 1 : 0;
}

export function stopAt(scene: Scene, plan: Plan, generations: number[], position: number): Stop {
  if (position < 0) {
    const computed = generations.length + 1 + position;
    const generation = computed > 0 ? generations[computed - 1]! : null;
    return { position, phase: "forward", computed, generation, done: 0, from: 0 };
  }
  const done = plan.ends[position] ?? 0;
  if (position === 0) return { position, phase: "seed", computed: generations.length, generation: null, done, from: 0 };
  const from = plan.ends[position - 1]!;
  const generation = functionGeneration(scene.trace, plan.calls[from]!);
  return { position, phase: "backward", computed: generations.length, generation, done, from };
}

const generationCache = new WeakMap<Trace, Map<string, number>>();

export function functionGeneration(trace: Trace, call: Call): number {
  let table = generationCache.get(trace);
  if (!table) generationCache.set(trace, (table = new Map(trace.functions.map((f) => [f.id, f.generation]))));
  return table.get(call.function) ?? 0;
}

/** The step of another plan that is nearest to a step of this one, by calls that have run. */
export function nearestStep(from: Plan, step: number, to: Plan): number {
  const done = from.ends[Math.min(step, from.ends.length - 1)] ?? 0;
  let best = 0;
  to.ends.forEach((end, k) => {
    if (Math.abs(end - done) < Math.abs(to.ends[best]! - done)) best = k;
  });
  return best;
}
