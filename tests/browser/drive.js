// Added to every page: drives JupyterLab and Notebook 7 through their application object.
// (`window.jupyterapp` is there because the server is started with expose_app_in_browser.)
window.nbDrive = (() => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function until(what, test, seconds) {
    const end = Date.now() + 1000 * seconds;
    for (;;) {
      const value = await test();
      if (value) return value;
      if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
      await pause(25);
    }
  }

  // The notebook's own panel, not a launcher or a help page that has the focus.
  function panelOf(path) {
    const app = window.jupyterapp;
    const all = [app.shell.currentWidget, ...app.shell.widgets("main")];
    return all.find((w) => w && w.context && w.sessionContext && w.context.path === path);
  }

  const kernelOf = (path) => panelOf(path).sessionContext.session.kernel;

  const idle = (path) =>
    until("an idle kernel", () => kernelOf(path) && kernelOf(path).status === "idle", 300);

  async function ready(path) {
    const app = await until("the application", () => window.jupyterapp, 300);
    await app.restored;
    const panel = await until(`the panel of ${path}`, () => panelOf(path), 300);
    await panel.context.ready;
    await panel.sessionContext.ready;
    if (app.shell.collapseLeft) app.shell.collapseLeft(); // the file browser takes half of 800 px
    await idle(path);
  }

  function ran(path) {
    const { cells } = panelOf(path).context.model.toJSON();
    const failed = (cell) => (cell.outputs || []).some((output) => output.output_type === "error");
    return cells.every((cell) => cell.execution_count !== null) || cells.some(failed);
  }

  let running;

  // Starts every cell, and waits for none.
  function start(path) {
    window.jupyterapp.shell.activateById(panelOf(path).id);
    running = window.jupyterapp.commands.execute("notebook:run-all-cells");
  }

  async function finish(path) {
    await running;
    // The kernel is idle between two cells too: all must have run, or one has stopped the rest.
    await until("every cell to run", () => ran(path), 600);
    await idle(path);
  }

  async function runAll(path) {
    start(path);
    await finish(path);
  }

  // [{cell, outputs}] with every output as nbformat has it.
  function outputs(path) {
    const cells = panelOf(path).context.model.toJSON().cells;
    return cells.map((cell, index) => ({ cell: index, outputs: cell.outputs || [] }));
  }

  async function evaluate(path, expression) {
    const request = kernelOf(path).requestExecute({
      code: "",
      silent: true,
      store_history: false,
      user_expressions: { value: expression },
    });
    return (await request.done).content.user_expressions.value;
  }

  async function execute(path, code) {
    const request = kernelOf(path).requestExecute({ code, silent: false, store_history: false });
    return (await request.done).content;
  }

  async function theme(name) {
    await window.jupyterapp.commands.execute("apputils:change-theme", { theme: name });
    const light = String(!/dark/i.test(name));
    await until(`the theme ${name}`, () => document.body.dataset.jpThemeLight === light, 300);
  }

  const save = (path) => panelOf(path).context.save();

  async function shutdown(path) {
    await panelOf(path).sessionContext.shutdown();
  }

  return { ready, start, finish, runAll, outputs, evaluate, execute, theme, save, shutdown };
})();
