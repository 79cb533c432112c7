// The sentence of a stop; Python's narrator writes them all.
import { Moment } from "./moment";
import { gradName } from "./numbers";
import { Scene, Segments } from "./scene";
import { forwardStops, Plan, Stop, stopAt } from "./timeline";
import { StopLabel } from "./transport";
import { Troubles } from "./trouble";
import { Words } from "./words";

export function narrate(moment: Moment, words: Words): Segments {
  const { stop, plan } = moment;
  if (moment.hidden.size) return words.segments("guessSay", { names: [...moment.hidden].map((id) => gradName(moment.facts.variable(id))).join(", ") });
  if (stop.phase === "forward") return words.story.forward[stop.computed] ?? [];
  if (plan.naive) return words.naiveStory()?.function[stop.position] ?? [];
  if (plan.byGeneration) return words.story.generation[stop.position] ?? [];
  return words.story.function[stop.position] ?? words.story.generation[stepOf(moment)] ?? [];
}

/** The step by generation that a stop by function belongs to: of a huge graph only those are told. */
function stepOf({ stop, facts }: Moment): number {
  let done = 0;
  const step = facts.trace.steps.findIndex(({ calls }) => (done += calls.length) >= stop.done);
  return stop.done === 0 ? 0 : step + 1;
}

/** What a stop is called: on the timeline, and for the slider's reader. */
export function stopName(stop: Stop, words: Words): string {
  if (stop.phase === "seed") return words.t("start");
  if (stop.phase === "forward") return stop.generation === null ? words.t("leaves") : words.t("forwardGeneration", { g: stop.generation });
  return words.t("generation", { g: stop.generation ?? 0 });
}

export function stopLabels(scene: Scene, plan: Plan, generations: number[], words: Words, troubles: Troubles): StopLabel[] {
  const labels: StopLabel[] = [];
  const functions = new Map(scene.trace.functions.map((fn) => [fn.id, fn]));
  for (let position = -forwardStops(generations); position < plan.ends.length; position++) {
    const stop = stopAt(scene, plan, generations, position);
    const forward = stop.phase === "forward";
    let label = forward ? (stop.generation === null ? words.t("leaves") : words.t("forwardShort", { g: stop.generation })) : stopName(stop, words);
    let short = stop.phase === "backward" ? words.t("generationShort", { g: stop.generation ?? 0 }) : label;
    if (stop.phase === "backward" && !plan.byGeneration) label = short = words.path(functions.get(plan.calls[stop.from]!.function)?.symbol ?? "") || label;
    labels.push({ position, label, short, forward, mark: markOf(stop, plan, troubles) });
  }
  return labels;
}

function markOf(stop: Stop, plan: Plan, troubles: Troubles): string {
  if (stop.phase === "forward") return troubles.forward.get(stop.position) ?? "";
  if (plan.naive) return "";
  for (let k = stop.from; k < stop.done; k++) {
    const found = troubles.calls.get(k);
    if (found) return found;
  }
  return "";
}
