// The front end of nbgrad as anywidget wants it: `render` puts a stepper into `el` and returns its clean-up.
// The same module serves the notebook, the standalone page and marimo's shadow root; it fetches nothing.
import { App } from "./app";
import { h, setText } from "./dom";
import { keepState } from "./keep";
import { chooseLanguage } from "./language";
import { message, messageText, Unreadable } from "./message";
import { AnyModel, Model } from "./model";
import { settle } from "./modules";
import { loadScene } from "./payload";
import { registerMotion } from "./motion";
import { Numbers, renumber, Scene } from "./scene";
import { SeriesView } from "./series";
import graph from "./styles/graph.css";
import styles from "./styles/stepper.css";
import theme from "./styles/theme.css";
import { expand } from "./styles/shorthand.mjs";
import { Words } from "./words";

const TELL_MS = 800;

export interface RenderProps {
  model: AnyModel;
  el: HTMLElement;
}

function render({ model, el }: RenderProps): () => void {
  registerMotion();
  const style = h("style", {}, expand(theme + styles + graph));
  let gone = false;
  let app: App | SeriesView | null = null;
  let shown: Scene | null = null;
  const show = (scene: Scene) => {
    if (gone) return;
    shown = scene;
    const typed = new Model(model);
    if (scene.error) return void el.append(message(scene.error[chooseLanguage(typed.get("lang"), Object.keys(scene.error))] ?? "", typed.get("lang")));
    const words = new Words(scene, typed.get("lang"));
    app = scene.series ? new SeriesView(typed, scene) : new App(typed, scene, words);
    app.mount(el);
    const intro = document.querySelector("#intro:has(+ #stepper)"); // of a saved page, in the reader's language
    if (intro) setText(intro, words.t("pageIntro"));
  };
  const fail = (error: unknown) => {
    app?.dispose();
    app = null;
    if (gone) return;
    console.error(error);
    const lang = new Model(model).get("lang");
    const [fault, detail] = error instanceof Unreadable ? [error.fault, error.detail] : (["cannotShow", String((error as Error)?.message ?? error)] as const);
    el.append(message(messageText(fault, lang, detail), lang));
  };
  /** Another language: the same scene, set up anew. */
  const translate = () => {
    if (!app || !shown) return;
    app.dispose();
    show(shown);
  };
  /** Read what there is to show, in the place of what was shown before. */
  const load = () => {
    try {
      const scene = loadScene(model);
      if (scene instanceof Promise) scene.then(replace).catch(fail);
      else replace(scene);
    } catch (error) {
      fail(error);
    }
  };
  const replace = (scene: Scene) => {
    const same = ({ live, drawing: { nodes } }: Scene) => live && Object.keys(nodes).join();
    if (app instanceof App && scene.live && same(scene) === same(app.scene)) return retake(scene);
    const whatIf = app instanceof App && scene.live ? app.whatIf : null; // other modules are open
    app?.dispose();
    app = null;
    el.replaceChildren(style);
    const others = numbers();
    if (others) renumber(scene, others);
    const wished = settle(model, scene);
    show(scene);
    const made = app as App | SeriesView | null;
    if (whatIf && made instanceof App) {
      made.whatIf = whatIf;
      made.refresh();
    }
    if (wished) (app as App | null)?.goTo(wished);
  };
  /** What the kernel computed of the scene's graph since, in the sentences that are seen: the whole scene is asked for when there is time. */
  let pause = 0;
  const numbers = () => {
    window.clearTimeout(pause);
    const text = model.get("_numbers") as string | undefined;
    if (!text) return null;
    pause = window.setTimeout(() => model.send?.({ ask: "tell" }), TELL_MS);
    return JSON.parse(text) as Numbers;
  };
  const retake = (others: Numbers) => {
    if (!(app instanceof App)) return;
    const before = app.graph.written;
    app.retake(others);
    app.graph.flash(before);
  };
  const renumbered = () => {
    const others = numbers();
    if (others) retake(others);
    else reload();
  };
  /** Another trace: text or packed, and several traits may have changed with it. */
  let waiting = false;
  const reload = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      if (!gone) load();
    });
  };
  el.append(style);
  model.on("change:lang", translate);
  model.on("change:_scene", reload);
  model.on("change:_packed", reload);
  model.on("change:_numbers", renumbered);
  load();
  return () => {
    gone = true;
    window.clearTimeout(pause);
    model.off("change:lang", translate);
    model.off("change:_scene", reload);
    model.off("change:_packed", reload);
    model.off("change:_numbers", renumbered);
    app?.dispose();
    app = null;
    el.replaceChildren();
  };
}

/** Called once per model, in notebooks only, before anything is shown. */
function initialize({ model }: { model: AnyModel }): void {
  keepState(model);
}

export default { initialize, render };
