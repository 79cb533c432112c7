// What looks wrong: NaN, infinities, gradients that vanish or explode against the seed.
import { Book, Moment } from "./moment";
import { magnitude, Values } from "./numbers";
import { Limits } from "./scene";
import { Grad } from "./state";
import { Variable } from "./trace";

export type Trouble = "" | "nan" | "inf" | "vanishing" | "exploding";

function ofNumbers(values: Values | null): Trouble {
  return !values ? "" : values.nan ? "nan" : values.inf ? "inf" : "";
}

function ofGradient(values: Values | null, seed: number, { vanishing, exploding }: Limits): Trouble {
  const broken = ofNumbers(values);
  if (broken || !values) return broken;
  const size = magnitude(values) / (seed || 1);
  if (size > exploding) return "exploding";
  return size > 0 && size < vanishing ? "vanishing" : "";
}

/** What is wrong with a variable at a moment. */
export function troubleOf(moment: Moment, variable: Variable, grad: Grad, visible: boolean): Trouble {
  if (!visible) return "";
  const seed = magnitude(moment.facts.values(moment.facts.trace.seed));
  const fromGrad = grad.state === "value" || grad.state === "freed" ? ofGradient(grad.values, seed, moment.facts.scene.limits) : "";
  return ofNumbers(moment.facts.value(variable)) || fromGrad;
}

/** Where trouble begins: stops of the forward pass (negative), calls of the backward pass. */
export interface Troubles {
  forward: Map<number, Trouble>;
  calls: Map<number, Trouble>;
  first: { what: Trouble; position: number; call: number } | null;
}

const BY_GRAVITY = ["nan", "inf", "exploding", "vanishing"];

/** Sort the origins that Python found; the first NaN comes before all other trouble. */
export function findTroubles(book: Book): Troubles {
  const troubles: Troubles = { forward: new Map(), calls: new Map(), first: null };
  for (const { kind, phase, function: id, call } of book.facts.trace.trouble ?? []) {
    const computed = id === null ? 0 : (book.rank.get(book.facts.func(id).generation) ?? 0) + 1;
    const position = phase === "forward" ? computed - (book.generations.length + 1) : 0;
    const marks: Map<number, Trouble> = phase === "forward" ? troubles.forward : troubles.calls;
    const key = phase === "forward" ? position : (call ?? 0);
    if (!marks.has(key)) marks.set(key, kind);
    const { first } = troubles;
    if (!first || BY_GRAVITY.indexOf(kind) < BY_GRAVITY.indexOf(first.what)) troubles.first = { what: kind, position, call: phase === "forward" ? -1 : key };
  }
  return troubles;
}
