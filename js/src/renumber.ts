// The same graph from the kernel with other numbers: where the reader looks, and all that was opened, stay.
import { App } from "./app";
import { Scene } from "./scene";
import { makePlan } from "./timeline";

/** Put the numbers in the place of those that are shown; false where the drawing has become another one. */
export function renumber(app: App, scene: Scene): boolean {
  const { scene: own, model, words, book, graph } = app;
  if (scene.flow || !scene.story[words.lang] || JSON.stringify(scene.drawing) !== JSON.stringify(own.drawing)) return false;
  const before = graph.written;
  for (const [lang, story] of Object.entries(scene.story)) Object.assign(own.story[lang]!, story);
  Object.assign(own.trace, scene.trace);
  Object.assign(own, { naive: scene.naive, remarks: scene.remarks });
  for (const variable of scene.trace.variables) Object.assign(book.facts.variable(variable.id), variable);
  book.forget();
  app.plan = makePlan(own, model.get("granularity"), model.get("order"));
  app.renewed();
  graph.flash(before);
  return true;
}

/** A stepper that takes the place of another one, for numbers that need wider cards. */
export function follow(app: App, { graph: { viewport, written }, chosen, coded, listed, sorted, chosenLine, element, whatIf }: App): void {
  const { k, x, y, touched, following } = viewport;
  const own = app.graph.viewport;
  Object.assign(app, { chosen, coded, listed, sorted, chosenLine, element, whatIf, lastSelected: app.model.get("selected") || null });
  app.stage.hidden = listed;
  own.following = following;
  app.stretch();
  if (touched) {
    Object.assign(own, { k, x, y });
    own.pan(0, 0);
  }
  app.refresh();
  app.graph.flash(written);
}
