// Brings the steppers of a static page to life. Jupyter tools (nbconvert, MyST-NB, mkdocs-jupyter) leave the widgets'
// state and a place for each view in the page they write; this reads both, with no html-manager, require.js or CDN.
(() => {
  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
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
      send() {},
      on: (event, listener) => void (listeners[event] ??= []).push(listener),
      off: (event, listener) => void (listeners[event] = (listeners[event] ?? []).filter((one) => one !== listener)),
    };
  }

  async function revive(script, found) {
    if (script.dataset.nbgrad) return;
    let id;
    try {
      id = JSON.parse(script.textContent).model_id;
    } catch {
      return;
    }
    const kept = found[id];
    if (!kept || !OURS.test(kept.state._anywidget_id ?? "") || !kept.state._esm) return;
    script.dataset.nbgrad = "live";
    const place = document.createElement("div");
    script.before(place);
    const { default: widget } = await imported(kept.state._esm);
    const model = modelOf(kept);
    await widget.initialize?.({ model });
    await widget.render({ model, el: place });
  }

  function start() {
    const found = states();
    for (const script of document.querySelectorAll(VIEW)) revive(script, found);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
