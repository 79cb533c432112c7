// A notebook that is opened again tomorrow. JupyterLab writes a widget's state into the notebook only where a setting
// says so; without it a reopened notebook says "model not found" in the stepper's place. So the stepper's own state goes
// into the notebook whenever it is saved, as Jupyter's format wants it, and JupyterLab brings it back to life by itself.
import { AnyModel } from "./model";

const STATE = "application/vnd.jupyter.widget-state+json";
const VIEW = "application/vnd.jupyter.widget-view+json";
const LISTING_DELAY_MS = 200; // a model is listed by its manager soon after it was made

type States = Record<string, { model_module: string; state: Record<string, unknown> }>;
type Metadata = Record<string, { state: States } | undefined>;

interface Output {
  data: Record<string, { model_id?: string | number } | undefined>;
  setData(options: { data: unknown }): void;
}

interface NotebookModel {
  dirty: boolean;
  cells: Iterable<{ outputs?: { length: number; get(k: number): Output } }>;
  toJSON(): { cells?: { outputs?: { data?: Record<string, { model_id?: string | number }> }[] }[] };
  getMetadata(key: string): Metadata | undefined;
  setMetadata(key: string, value: unknown): void;
}

interface Manager {
  get_state_sync(options: { drop_defaults: boolean }): { state: States };
  context: {
    model: NotebookModel;
    save(): Promise<void>;
    saveState: { connect(slot: (sender: unknown, state: string) => void): void };
  };
}

const known = new WeakSet<object>();

/** Let the notebook keep what its steppers show; other hosts than JupyterLab and Notebook have no such place. */
export function keepState(model: AnyModel): void {
  const manager = model.widget_manager as Partial<Manager> | undefined;
  if (!isNotebook(manager)) return;
  const { context } = manager;
  if (!known.has(manager)) {
    known.add(manager);
    context.saveState.connect((_, state) => state === "started" && void write(manager));
  }
  // Saved before the stepper had come up: the notebook is saved again, with nothing else in it changed than what its
  // outputs show now.
  setTimeout(() => {
    showAgain(context.model);
    if (!context.model.dirty && write(manager)) void context.save();
  }, LISTING_DELAY_MS);
}

/** The host restores models twice at once, and where the wrong one ends first it gives up on those of the notebook: it says so in the stepper's place. */
function showAgain(model: NotebookModel): void {
  if (!document.querySelector(".jupyter-widgets:not(:empty):not(:has(*))")) return;
  const { dirty } = model;
  for (const { outputs } of model.cells)
    for (let k = 0; k < (outputs?.length ?? 0); k++) {
      const output = outputs!.get(k);
      if (output.data[VIEW]) output.setData({ data: output.data });
    }
  model.dirty = dirty;
}

function isNotebook(manager: Partial<Manager> | undefined): manager is Manager {
  const context: Partial<Manager["context"]> | undefined = manager?.context;
  const model: Partial<NotebookModel> | undefined = context?.model;
  return Boolean(manager?.get_state_sync && context?.saveState && model?.setMetadata && model.getMetadata);
}

/** Write the state of every stepper that an output shows, and no other; returns whether one came or went. */
function write(manager: Manager): boolean {
  const { model } = manager.context;
  const metadata = model.getMetadata("widgets");
  const saved = metadata?.[STATE]?.state ?? {};
  const live = manager.get_state_sync({ drop_defaults: true }).state;
  const all = { ...saved, ...live };
  const shown = new Set<string>();
  for (const id of outputsOf(model)) {
    const needed = reach(id, all);
    if (needed.some((one) => isStepper(all[one]))) for (const one of needed) shown.add(one);
  }
  const state: States = { ...saved };
  const stale = Object.keys(saved).filter((id) => isStepper(saved[id]) && !shown.has(id));
  for (const id of stale.flatMap((one) => reach(one, saved))) if (!shown.has(id)) delete state[id];
  for (const id of shown) state[id] = all[id]!;
  if (!shown.size && !stale.length) return false;
  model.setMetadata("widgets", { ...metadata, [STATE]: { version_major: 2, version_minor: 0, state } });
  return stale.length > 0 || [...shown].some((id) => !(id in saved));
}

function isStepper(entry: States[string] | undefined): boolean {
  return entry?.model_module === "anywidget" && "_scene" in entry.state && String(entry.state._esm).includes("nbgrad");
}

function outputsOf(model: NotebookModel): string[] {
  const outputs = (model.toJSON().cells ?? []).flatMap((cell) => cell.outputs ?? []);
  return outputs.flatMap(({ data }) => data?.[VIEW]?.model_id ?? []).map(String);
}

/** A model and all that it refers to: its layout, its children. */
function reach(id: string, states: States): string[] {
  const found = [id];
  for (const one of found)
    for (const [, other] of JSON.stringify(states[one]?.state ?? {}, (key, value: unknown) => (/^_(scene|numbers|esm)/.test(key) ? undefined : value)).matchAll(/"IPY_MODEL_([^"]+)"/g))
      if (!found.includes(other!)) found.push(other!);
  return found.filter((one) => one in states);
}
