// What Python sends (nbgrad/views/stepper/scene.py): a trace, its drawing, its sentences; and how it is read.
import { Trace, TRACE_VERSION, Call } from "./trace";

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
  worked: Record<string, Worked[]>;
}

/** The naive order: its calls, its sentences, and the first call at which it parts from the right order. */
export interface Naive {
  calls: Call[];
  parts: number;
  truncated?: boolean;
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
  edges: Edge[];
}

export interface Scene {
  version: number;
  trace: Trace;
  naive: Naive | null;
  drawing: Drawing;
  story: Record<string, Story>;
  ui: Record<string, Record<string, string>>;
  lang: string;
  error?: Record<string, string>;
}

export const SCENE_VERSION = 1;

/** Something that cannot be shown, said in a way that the reader can act on. */
export class Unreadable extends Error {}

/** Read a payload; throws `Unreadable` with a clear sentence when it cannot be shown. */
export function readScene(text: string): Scene {
  let scene: Scene;
  try {
    scene = JSON.parse(text) as Scene;
  } catch {
    throw new Unreadable("The data of this stepper is broken: it is not JSON. Run the cell again.");
  }
  if (scene === null || typeof scene !== "object") throw new Unreadable("The data of this stepper is empty. Run the cell again.");
  if (scene.error) return scene;
  if (newer(scene.version, SCENE_VERSION) || newer(scene.trace?.version, TRACE_VERSION))
    throw new Unreadable("This trace was written by a newer nbgrad. Upgrade nbgrad to see it: pip install -U nbgrad");
  const fault = findFault(scene);
  if (fault) throw new Unreadable(`The data of this stepper is broken (${fault}). Run the cell again.`);
  return scene;
}

function newer(version: unknown, known: number): boolean {
  return typeof version === "number" && version > known;
}

/** Name the first thing that would make the views stumble, or return "". */
function findFault(scene: Scene): string {
  const { trace, drawing } = scene;
  if (!trace || trace.schema !== "nbgrad-trace") return "no trace inside";
  for (const key of ["summaries", "variables", "functions", "steps"] as const)
    if (!Array.isArray(trace[key])) return `${key} missing`;
  if (!drawing || !drawing.nodes || !Array.isArray(drawing.edges) || !Array.isArray(drawing.bands)) return "no drawing inside";
  const ids = new Set([...trace.variables, ...trace.functions].map((node) => node.id));
  if (!ids.has(trace.root)) return "its root is unknown";
  for (const id of ids) if (!Array.isArray(drawing.nodes[id])) return "a node has no place";
  for (const edge of drawing.edges) if (!ids.has(edge.from) || !ids.has(edge.to)) return "an edge leads nowhere";
  for (const step of trace.steps)
    for (const call of step.calls) {
      if (!ids.has(call.function)) return "a step runs an unknown function";
      for (const part of call.contributions) if (!ids.has(part.variable) || !(part.after in trace.summaries)) return "a contribution leads nowhere";
    }
  return "";
}
