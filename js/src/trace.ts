// The trace as JSON (nbgrad/tracing/SCHEMA.md): its types, and nothing that computes.

/** A float, or "nan", "inf", "-inf". */
export type Num = number | "nan" | "inf" | "-inf";

export interface Thumb {
  rows: number;
  cols: number;
  values: Num[];
}

/** An array with up to 64 elements carries `values`, a larger one statistics and a thumbnail. */
export interface ArraySummary {
  shape: number[];
  dtype: string;
  values?: Num[];
  min?: Num | null;
  max?: Num | null;
  mean?: Num | null;
  norm?: Num | null;
  nan?: number;
  inf?: number;
  thumb?: Thumb;
}
export type Summary = Num | ArraySummary;

export interface Source {
  cell?: number | null;
  file?: string | null;
  line: number;
  text?: string;
}

export type Kind = "leaf" | "intermediate" | "constant" | "unused";

export interface Variable {
  id: string;
  name: string;
  kind: Kind;
  generation: number;
  shape: number[];
  dtype: string;
  value: number | null;
  before: number | null;
  creator: string | null;
  source: Source | null;
  /** "not kept": the engine kept no value of it. */
  value_state?: string;
  /** Why its .grad is None after the pass. */
  none_reason?: string;
  device?: string;
  /** Made by an earlier backward pass. */
  backward?: boolean;
}

export interface Func {
  id: string;
  name: string;
  symbol: string;
  label: string;
  generation: number;
  inputs: string[];
  outputs: string[];
  rule: string;
  code: string | null;
  backward: boolean;
  source: Source | null;
  /** The module call that it ran in. */
  module?: string;
  /** How many functions it stands for. */
  folded?: number;
}

export interface Waiting {
  function: string;
  generation: number;
}

export interface Contribution {
  input: number;
  variable: string;
  amount: number;
  before: number | null;
  after: number;
}

export interface Call {
  function: string;
  upstream: (number | null)[];
  contributions: Contribution[];
  waiting: Waiting[];
  waiting_more?: number;
}

export interface Step {
  generation: number;
  calls: Call[];
  freed: string[];
  waiting: Waiting[];
}

/** An origin of trouble, found by Python (tracing/trouble.py). */
export interface Origin {
  kind: "nan" | "inf" | "vanishing" | "exploding";
  phase: "forward" | "backward";
  variable: string;
  function: string | null;
  call: number | null;
}

export interface Trace {
  schema: string;
  version: number;
  root: string;
  order: string;
  retain_grad: boolean;
  create_graph: boolean;
  applied: boolean;
  /** In a series null stands where a leaf held no gradient before the pass. */
  summaries: (Summary | null)[];
  variables: Variable[];
  functions: Func[];
  seed: number;
  steps: Step[];
  trouble?: Origin[];
  framework?: string;
}

export const TRACE_VERSION = 2;
