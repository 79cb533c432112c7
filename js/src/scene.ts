// What Python sends (nbgrad/views/stepper/scene.py): a trace, its drawing, its sentences; and how it is read.
import type { Flow } from "./flow";
import { Unreadable } from "./message";
import type { Modules } from "./modules";
import { Trace, TRACE_VERSION, Call, Origin, Summary, Variable } from "./trace";

/** A sentence: even places are plain text, odd places are bold. */
export type Segments = string[];

/** [target, rule, rule with numbers]: ["gx", "2 · x · gy", "2 · 4 · 1"]. */
export type Worked = [string, string, string];

export interface Story {
  title: string;
  subtitle: string;
  alt: string;
  forward: Segments[];
  generation: Segments[];
  function: Segments[];
  next_generation: Segments[];
  next_function: Segments[];
  /** By function, in the names of the reader: ["∂y/∂a", "∂y/∂b · 2 · a", "1 · 2 · 4"]. */
  worked: Record<string, Worked[]>;
  /** General rules in this language, by the trace's own. */
  rules?: Record<string, string>;
  /** Names and symbols of functions and parts of their paths in this language, by the trace's own. */
  titles?: Record<string, string>;
}

/** The naive order: its calls, its sentences, and the first call at which it parts from the right order. */
export interface Naive {
  calls: Call[];
  parts: number;
  /** Gradients that end wrong, as written: [naive, right]. */
  wrong: Record<string, [string, string]>;
  /** By language: from how many calls on a sentence about the two orders holds. */
  told: Record<string, [number, Segments][]>;
  story: Record<string, Pick<Story, "function" | "next_function">>;
}

export interface Edge {
  from: string;
  to: string;
  input?: number;
  points: number[];
}

export interface Drawing {
  width: number;
  height: number;
  bands: { generation: number; x: number; width: number }[];
  nodes: Record<string, [number, number, number, number]>;
  /** Variables drawn again near far uses: id, left, top, width, height. */
  stubs?: [string, number, number, number, number][];
  edges: Edge[];
}

/** Against the seed: below the one a gradient vanishes, above the other it explodes. */
export interface Limits {
  vanishing: number;
  exploding: number;
}

/** One take of a series: its numbers, what is wrong with it, and what is said of it. */
export interface Take {
  section: number;
  /** The trace's summaries are the section's common ones and these. */
  numbers: (Summary | null)[];
  trouble: Origin[];
  mark: string;
  said: Record<string, Segments>;
  story?: Record<string, Partial<Story>>;
  remarks?: Scene["remarks"];
}

/** Numbers over the takes; null where there is none. */
export interface Line {
  name: string;
  values: (number | null)[];
}

/** Passes along an axis (nbgrad/views/stepper/series.py). */
export interface Series {
  axis: string;
  at: string[];
  notes: Record<string, string[]>;
  sections: { scene: Scene | null; common: (Summary | null)[] }[];
  takes: Take[];
  lines: Line[];
}

export interface Scene {
  version: number;
  trace: Trace;
  naive: Naive | null;
  drawing: Drawing;
  /** Functions that show a number in the place of its card: those constants are not drawn. */
  symbols: Record<string, string>;
  /** What is worth a look, by language: kind, variable, step, sentence. */
  remarks?: Record<string, [string, string, number, string][]>;
  /** Constants whose card shows no name. */
  unnamed: string[];
  /** Of a module that is shown closed, the parameters: they have no card of their own. */
  parameters?: Record<string, string[]>;
  /** By function and input, for each element of what is sent: which output, which element of its gradient, the factor. */
  elements?: Record<string, Record<string, number[][][]>>;
  /** How much of the gradient reaches each parameter, of a pass of PyTorch's. */
  flow?: Flow | null;
  /** The module calls, where the trace has any. */
  modules?: Modules | null;
  limits: Limits;
  story: Record<string, Story>;
  ui: Record<string, Record<string, string>>;
  lang: string;
  error?: Record<string, string>;
  /** The trace's, where scenes have them in common. */
  summaries?: Trace["summaries"];
  series?: Series;
  /** The kernel can compute this graph again. */
  live?: boolean;
  /** Its naive order is of other numbers. */
  partial?: boolean;
}

export const SCENE_VERSION = 1;

/** What another pass over the graph of a scene changes: of a series' take, and of what the kernel computed again. */
export interface Numbers {
  trace: Partial<Pick<Trace, "summaries" | "steps" | "seed" | "trouble">> & { variables?: Partial<Variable>[] };
  /** In one language at least. */
  story: Record<string, Partial<Story>>;
  remarks?: Scene["remarks"];
  /** Left out while numbers move: the rule is told in words then. */
  elements?: Scene["elements"];
  /** Left out where only what is seen is sent. */
  naive?: Naive | null;
  /** Where a number needs a wider card. */
  drawing?: Drawing;
}

/** Put other numbers of its graph into a scene; returns whether it is drawn differently. */
export function renumber(scene: Scene, { trace: { variables = [], ...trace }, story, remarks, elements, naive, drawing }: Numbers): boolean {
  const redrawn = drawing && JSON.stringify(drawing) !== JSON.stringify(scene.drawing);
  variables.forEach((variable, k) => Object.assign(scene.trace.variables[k]!, variable));
  Object.assign(scene.trace, { trouble: [] }, trace); // left out where there is none
  Object.assign(scene.drawing, drawing);
  const untold = Object.fromEntries(Object.keys(scene.elements ?? {}).map((id) => [id, {}])); // the factors were those of other numbers
  Object.assign(scene, { remarks, partial: naive === undefined, elements: elements ?? untold }, naive !== undefined && { naive });
  for (const [lang, own] of Object.entries(scene.story)) Object.assign(own, story[lang] ?? Object.values(story)[0]);
  return Boolean(redrawn);
}

/** Read a payload; throws `Unreadable` with a clear sentence when it cannot be shown. */
export function readScene(text: string): Scene {
  let scene: Scene;
  try {
    scene = JSON.parse(text) as Scene;
  } catch {
    throw new Unreadable("broken", "JSON");
  }
  if (scene === null || typeof scene !== "object") throw new Unreadable("empty");
  if (scene.error) return scene;
  if (scene.summaries) scene.trace.summaries = scene.summaries;
  delete scene.summaries;
  if (newer(scene.version, SCENE_VERSION) || newer(scene.trace?.version, TRACE_VERSION)) throw new Unreadable("newer");
  const fault = findFault(scene);
  if (fault) throw new Unreadable("broken", fault);
  return scene;
}

function newer(version: unknown, known: number): boolean {
  return typeof version === "number" && version > known;
}

/** The place of the first thing that would make the views stumble, or "". */
function findFault(scene: Scene): string {
  const { trace, drawing } = scene;
  if (!trace || trace.schema !== "nbgrad-trace") return "trace";
  for (const key of ["summaries", "variables", "functions", "steps"] as const)
    if (!Array.isArray(trace[key])) return `trace.${key}`;
  for (const key of ["limits", "story", "ui"] as const) if (typeof scene[key] !== "object" || scene[key] === null) return key;
  if (!drawing || !drawing.nodes || !Array.isArray(drawing.edges) || !Array.isArray(drawing.bands)) return "drawing";
  const ids = new Set([...trace.variables, ...trace.functions].map((node) => node.id));
  if (!ids.has(trace.root)) return "trace.root";
  const folded = new Set(trace.variables.filter((variable) => variable.kind === "constant").map(({ id }) => id));
  for (const id of Object.values(scene.parameters ?? {}).flat()) folded.add(id);
  for (const id of ids) if (!folded.has(id) && !Array.isArray(drawing.nodes[id])) return "drawing.nodes";
  for (const edge of drawing.edges) if (!ids.has(edge.from) || !ids.has(edge.to)) return "drawing.edges";
  for (const step of trace.steps)
    for (const call of step.calls) {
      if (!ids.has(call.function)) return "trace.steps.calls";
      for (const part of call.contributions) if (!ids.has(part.variable) || !(part.after in trace.summaries)) return "trace.steps.calls.contributions";
    }
  return "";
}
