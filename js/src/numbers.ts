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

// Numbers are written by the rules of nbgrad/tracing/format.py, and tested on the same cases.
const DIGITS = 4;
const MAX_EXTRA_DIGITS = 4;
const isPlain = (exponent: number) => exponent >= -4 && exponent < 6;

/** Write a number: 16, 0.3333, 123457, 1.235e6, 1.2e-7, nan; no digit before the decimal point is rounded away below a million. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const exponent = exponentOf(value);
  if (exponent < -5) return value.toExponential(DIGITS - 1).replace(/\.?0*e/, "e");
  const places = isPlain(exponent) ? Math.max(DIGITS - 1 - exponent, 0) : DIGITS - 1 - exponent;
  return decimal(unitsOf(value, places), places);
}

/** Whether a name is an expression that stands in parentheses before `.grad` and after ∂: "x @ W". */
export function isExpression(name: string): boolean {
  const rest = name.replace(/\([^()]*\)|\[[^\]]*\]/g, "");
  return rest === name ? / [-+*\/@] |\*\*|^-/.test(rest) : isExpression(rest);
}

/** What the gradient of a variable is called: "a.grad", "(x @ W).grad". */
export function gradName({ name }: { name: string }): string {
  return isExpression(name) ? `(${name}).grad` : `${name}.grad`;
}

/** A sum as it is shown: "=" when the terms add up to the total as they are written, else "≈". */
export interface Sum {
  terms: string[];
  sign: "=" | "≈";
  total: string;
}

/** Write the terms of a sum and its total with as many digits as let them add up. */
export function writeSum(terms: number[], total: number): Sum {
  const values = [...terms, total];
  const sum = (texts: string[], sign: "=" | "≈"): Sum => ({ terms: texts.slice(0, -1), sign, total: texts[texts.length - 1]! });
  const texts = values.map((value) => formatNumber(value));
  if (!values.every(Number.isFinite)) return sum(texts, terms.every(Number.isFinite) ? "≈" : "=");
  const finest = Math.max(...texts.map((text) => -lastPlace(text)));
  const largest = Math.max(...values.map(exponentOf));
  if (addsUp(texts.map((text) => read(text, finest)))) return sum(texts, "=");
  for (let places = finest; places <= Math.min(finest + MAX_EXTRA_DIGITS, 100) && largest + places < 17; places++) {
    const units = values.map((value) => unitsOf(value, places));
    if (addsUp(units)) return sum(units.map((n) => decimal(n, places)), "=");
  }
  return sum(texts, "≈");
}

/** "8 + 8", "8 − 3". */
export function plusSigns(terms: string[]): string {
  return terms.reduce((line, term, i) => (i === 0 ? term : term.startsWith("-") ? `${line} − ${term.slice(1)}` : `${line} + ${term}`), "");
}

/** Write the numbers of one table with the same number of decimals, if they allow it. */
export function aligned(values: number[]): string[] {
  const sizes = values.filter((v) => v !== 0 && Number.isFinite(v)).map(Math.abs);
  if (!sizes.length) return values.map((v) => formatNumber(v));
  const [high, low] = [exponentOf(Math.max(...sizes)), exponentOf(Math.min(...sizes))];
  if (!isPlain(high) || !isPlain(low) || high - low > DIGITS) return values.map((v) => formatNumber(v));
  let places = Math.max(DIGITS - 1 - high, 1 - low, 0);
  let units = values.map((v) => (Number.isFinite(v) ? unitsOf(v, places) : 0n));
  for (; places > 0 && units.every((n) => n % 10n === 0n); places--) units = units.map((n) => n / 10n);
  return values.map((v, i) => (Number.isFinite(v) ? fixed(units[i]!, places) : formatNumber(v)));
}

/** The decimal exponent of a number's first digit. */
function exponentOf(value: number): number {
  return value === 0 ? 0 : Number(value.toExponential().split("e")[1]);
}

/** A number in units of its last decimal place, rounded exactly, halves away from zero. */
function unitsOf(value: number, places: number): bigint {
  const size = Math.abs(value);
  let units: bigint;
  if (places < 0) units = (BigInt(Math.floor(size)) + 10n ** BigInt(-places) / 2n) / 10n ** BigInt(-places);
  else if (size >= 1e21) units = BigInt(size) * 10n ** BigInt(places);
  else units = BigInt(size.toFixed(places).replace(".", ""));
  return value < 0 ? -units : units;
}

function fixed(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const cut = digits.length - places;
  return `${units < 0n ? "-" : ""}${digits.slice(0, cut)}${places ? `.${digits.slice(cut)}` : ""}`;
}

/** Write a number of units, without zeros that say nothing. */
function decimal(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units);
  const exponent = digits.length - 1 - places;
  const short = digits.replace(/0+$/, "");
  if (!short) return "0";
  const sign = units < 0n ? "-" : "";
  if (!isPlain(exponent)) return `${sign}${short[0]}${short.length > 1 ? "." : ""}${short.slice(1)}e${exponent}`;
  const left = short.length - 1 - exponent;
  return sign + fixed(BigInt(short) * 10n ** BigInt(Math.max(0, -left)), Math.max(0, left));
}

/** The decimal exponent of the last digit of a written number. */
function lastPlace(text: string): number {
  const [mantissa, exponent] = text.split("e") as [string, string | undefined];
  return Number(exponent ?? 0) - (mantissa.split(".")[1]?.length ?? 0);
}

/** A written number in units of a decimal place that is fine enough for it. */
function read(text: string, places: number): bigint {
  const mantissa = text.split("e")[0]!.replace(".", "");
  return BigInt(mantissa) * 10n ** BigInt(places + lastPlace(text));
}

function addsUp(units: bigint[]): boolean {
  return units.slice(0, -1).reduce((sum, n) => sum + n, 0n) === units[units.length - 1];
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
  return `‖${formatNumber(values.norm)}‖`;
}

/** What arrives at a variable: "+8", "-6". */
export function contribution(values: Values): string {
  const text = briefGrad(values);
  return text.startsWith("-") ? text : `+${text}`;
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
