// Brings the steppers of a static page to life. Jupyter tools (nbconvert, MyST-NB, mkdocs-jupyter) leave the widgets'
// state in the page they write, and for each view a place or the stepper's story; this reads both, with no html-manager,
// require.js or CDN.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const STORY = ".nbgrad-story[data-model]";
  const OURS = /^nbgrad\./;
  const modules = new Map();

  function states() {
    const found = {};
    for (const script of document.querySelectorAll(STATE)) {
      try {
        Object.assign(found, JSON.parse(script.textContent).state);
      } catch {
        console.warn("nbgrad: a widget state in this page cannot be read");
      }
    }
    return found;
  }

  /** The module of a source, imported once. */
  function imported(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(source);
  }

  /** What a widget's front end asks of a model; nothing is sent anywhere. */
  function modelOf({ state, buffers }) {
    const values = { ...state };
    for (const { path, data } of buffers ?? [])
      values[path[0]] = new DataView(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)).buffer);
    const listeners = {};
    return {
      get: (key) => values[key],
      set(key, value) {
        if (values[key] === value) return;
        values[key] = value;
        for (const listener of [...(listeners["change:" + key] ?? [])]) listener();
      },
      save_changes() {},
      on: (event, listener) => void (listeners[event] ??= []).push(listener),
      off: (event, listener) => void (listeners[event] = (listeners[event] ?? []).filter((one) => one !== listener)),
    };
  }

  /** The id of the model whose place this is. */
  function idOf(place) {
    if (place.dataset.model) return place.dataset.model;
    try {
      return JSON.parse(place.textContent).model_id;
    } catch {
      return undefined;
    }
  }

  async function revive(instead, found) {
    const kept = found[idOf(instead)];
    if (instead.dataset.nbgrad || !kept || !OURS.test(kept.state._anywidget_id ?? "") || !kept.state._esm) return;
    instead.dataset.nbgrad = "live";
    if (instead.matches(VIEW)) instead.type = "application/json"; // else html-manager, on pages that have it, draws it too
    const place = document.createElement("div");
    instead.before(place);
    const { default: widget } = await imported(kept.state._esm);
    const model = modelOf(kept);
    await widget.initialize?.({ model });
    await widget.render({ model, el: place });
    if (instead.dataset.model) instead.style.setProperty("display", "none", "important");
  }

  function start() {
    const found = states();
    for (const place of document.querySelectorAll(`${VIEW},${STORY}`)) revive(place, found);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
