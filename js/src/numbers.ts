// Numbers and arrays: read from the trace, written for people.
import { ArraySummary, Num, Summary } from "./trace";

/** A summary with its numbers as floats. */
export interface Values {
  shape: number[];
  dtype: string;
  size: number;
  values: number[] | null;
  min: number | null;
  max: number | null;
  mean: number | null;
  norm: number | null;
  nan: number;
  inf: number;
  thumb: { rows: number; cols: number; values: number[] } | null;
}

export function toFloat(value: Num): number {
  if (typeof value === "number") return value;
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : NaN;
}

/** Read a summary; statistics of a small array are worked out here. */
export function readSummary(summary: Summary): Values {
  const array: ArraySummary = typeof summary === "object" ? summary : { shape: [], dtype: "float64", values: [summary] };
  const size = array.shape.reduce((product, n) => product * n, 1);
  if (array.values) return fromValues(array.shape, array.dtype, array.values.map(toFloat));
  const stat = (value: Num | null | undefined) => (value === null || value === undefined ? null : toFloat(value));
  const thumb = array.thumb ? { ...array.thumb, values: array.thumb.values.map(toFloat) } : null;
  return {
    shape: array.shape, dtype: array.dtype, size, values: null, thumb,
    min: stat(array.min), max: stat(array.max), mean: stat(array.mean), norm: stat(array.norm),
    nan: array.nan ?? 0, inf: array.inf ?? 0,
  };
}

export function fromValues(shape: number[], dtype: string, values: number[]): Values {
  const finite = values.filter(Number.isFinite);
  const some = finite.length > 0;
  const nan = values.filter(Number.isNaN).length;
  return {
    shape, dtype, size: values.length, values, thumb: null,
    min: some ? Math.min(...finite) : null,
    max: some ? Math.max(...finite) : null,
    mean: some ? finite.reduce((a, b) => a + b, 0) / finite.length : null,
    norm: some ? Math.hypot(...finite) : null,
    nan, inf: values.length - finite.length - nan,
  };
}

/** Add two arrays of one shape, when both carry their values. */
export function plus(a: Values, b: Values): Values | null {
  if (!a.values || !b.values || a.values.length !== b.values.length) return null;
  return fromValues(b.shape, b.dtype, a.values.map((value, i) => value + (b.values as number[])[i]!));
}

/** Write a number with four digits at most: 16, 0.3333, 1.2e-7, nan. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return trim(value.toExponential(digits - 2));
  if (Number.isInteger(value) && size < 1e6) return String(value);
  return String(Number(value.toPrecision(digits)));
}

function trim(text: string): string {
  const [mantissa, exponent] = text.split("e") as [string, string];
  return `${Number(mantissa)}e${exponent.replace("+", "")}`;
}

export function formatShape(shape: number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

export function isScalar(values: Values): boolean {
  return values.shape.length === 0;
}

/** What stands on a card as the value: the number, or the shape. */
export function brief(values: Values): string {
  return isScalar(values) && values.values ? formatNumber(values.values[0]!) : formatShape(values.shape);
}

/** What stands on a card as the gradient: the number, or the norm. */
export function briefGrad(values: Values): string {
  if (isScalar(values) && values.values) return formatNumber(values.values[0]!);
  if (values.nan) return "nan";
  if (values.inf) return "inf";
  return `‖${formatNumber(values.norm, 3)}‖`;
}

/** The gradient in full, for `data-grad`: the number, nested lists up to 64 elements, else shape and norm. */
export function fullGrad(values: Values): string {
  if (!values.values) return `${formatShape(values.shape)} norm ${formatNumber(values.norm)}`;
  if (isScalar(values)) return formatNumber(values.values[0]!);
  if (!values.values.length) return "[]"; // beside an axis of length 0 others may be as long as they like
  let at = 0;
  const nest = (axis: number): string => {
    if (axis === values.shape.length) return formatNumber(values.values![at++]!);
    return `[${Array.from({ length: values.shape[axis]! }, () => nest(axis + 1)).join(", ")}]`;
  };
  return nest(0);
}

/** How large the largest finite element is. */
export function magnitude(values: Values): number {
  return Math.max(Math.abs(values.min ?? 0), Math.abs(values.max ?? 0));
}

/** The sign that tints a number: of the scalar, or of the mean. */
export function signOf(values: Values): -1 | 0 | 1 {
  const value = isScalar(values) ? (values.values?.[0] ?? 0) : 0;
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}
