// One element of an array: which elements made it, with their products; and of a NaN, the arithmetic that made it.
import { Moment } from "./moment";
import { formatNumber, gradName, isExpression, Values } from "./numbers";
import { Part } from "./state";
import { Func, Variable } from "./trace";
import { Words } from "./words";

const INDEX_LETTERS = "ijklmn";
const MAX_TERMS = 6;
const BEYOND_ELEMENTWISE = /[ᵀΣ]|'s|summed|index|order|shape|part|slice|axes|einsum|free|\bn\b|softmax|ddof|mean/;

/** An index: numbers, and letters of axes that are summed over. */
type Index = (number | string)[];

interface Term {
  /** The formula with names. */
  named: string;
  /** The letters that are summed over, with the lengths of their axes. */
  over: [string, number][];
  /** The same with numbers, for one place of the letters; null where the elements are not kept. */
  numbers: (at: Record<string, number>) => string | null;
}

export function indexOf(flat: number, shape: number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

function elementAt(values: Values | null, index: Index, at: Record<string, number>): string | null {
  if (!values?.values) return null;
  const flat = index.reduce<number>((sum, place, axis) => sum * values.shape[axis]! + (typeof place === "string" ? at[place]! : place), 0);
  const value = values.values[flat];
  if (value === undefined) return null;
  const text = formatNumber(value);
  return text.startsWith("-") ? `(${text})` : text;
}

function bracket(name: string, index: Index): string {
  const whole = isExpression(name) ? `(${name})` : name;
  return index.length ? `${whole}[${index.join(", ")}]` : whole;
}

/** What one contribution put into the element. */
function termOf(moment: Moment, variable: Variable, part: Part, index: number[]): Term | null {
  const { facts } = moment;
  const fn = part.function;
  const out = facts.variable(fn.outputs[0]!);
  const sent = moment.plan.calls[part.call]!.upstream[0];
  const upstream = sent === null || sent === undefined ? null : facts.values(sent);
  const inputs = fn.inputs.map((id) => facts.variable(id));
  if (fn.outputs.length !== 1) return null;
  if (/^(MatMul|Dot)$/.test(fn.name) && inputs.every((one) => one.shape.length === 2)) {
    const other = inputs[1 - part.input]!;
    const length = part.input === 0 ? out.shape[1]! : out.shape[0]!;
    const [gy, x]: [Index, Index] = part.input === 0 ? [[index[0]!, "i"], [index[1]!, "i"]] : [["i", index[1]!], ["i", index[0]!]];
    const factors: [string, Values | null, Index][] = [[other.name, facts.value(other), x], [gradName(out), upstream, gy]];
    if (part.input === 0) factors.reverse();
    return {
      named: factors.map(([name, , place]) => bracket(name, place)).join(" · "), over: [["i", length]],
      numbers: (at) => joined(factors.map(([, values, place]) => elementAt(values, place, at)), " · "),
    };
  }
  return elementwise(moment, variable, part, index, inputs, out, upstream);
}

function joined(texts: (string | null)[], sign: string): string | null {
  return texts.includes(null) ? null : texts.join(sign);
}

/** A rule that works element by element, with broadcasting. */
function elementwise(moment: Moment, variable: Variable, part: Part, index: number[], inputs: Variable[], out: Variable, upstream: Values | null): Term | null {
  const fn = part.function;
  const rules = fn.rule.split(";").map((rule) => rule.split("=").map((side) => side.trim()));
  const rule = (rules.find(([target]) => target === `gx${part.input}`) ?? (rules.length === 1 ? rules[0] : undefined))?.[1];
  if (!rule) return null;
  const whole = /^(Sum|Mean)$/.test(fn.name) && out.shape.length === 0;
  if (!whole && (BEYOND_ELEMENTWISE.test(rule) || !same(broadcast(inputs.map((one) => one.shape)), out.shape))) return null;
  const over: [string, number][] = [];
  const place: Index = whole ? [] : out.shape.map((length, axis) => {
    const own = axis - (out.shape.length - variable.shape.length);
    if (own >= 0 && variable.shape[own] !== 1) return index[own]!;
    if (length === 1) return 0;
    const letter = INDEX_LETTERS[over.length]!;
    over.push([letter, length]);
    return letter;
  });
  const fitted = (shape: number[]): Index => (whole ? index.slice(0, shape.length) : place.slice(place.length - shape.length).map((one, axis) => (shape[axis] === 1 ? 0 : one)));
  const meaning = (letter: string): [string, Values | null, Index] => {
    const k = /\d+$/.exec(letter)?.[0];
    if (letter.startsWith("gy")) return [gradName(out), upstream, fitted(out.shape)];
    if (letter.startsWith("y")) return [out.name, moment.facts.value(out), fitted(out.shape)];
    const input = inputs[k === undefined ? part.input : Number(k)] ?? variable;
    return [input.name, moment.facts.value(input), fitted(input.shape)];
  };
  const write = (put: (name: string, values: Values | null, at: Index) => string | null): string | null => {
    let missing = false;
    const text = rule.replace(/(?<![\w'])(gy|[xy]|gy\d+|[xy]\d+)(?![A-Za-z0-9_])/g, (letter) => {
      const found = put(...meaning(letter));
      missing ||= found === null;
      return found ?? "";
    });
    return missing ? null : whole && fn.name === "Mean" ? text.replace(/\bn\b/, String(variable.shape.reduce((product, length) => product * length, 1))) : text;
  };
  return { named: write((name, _, at) => bracket(name, at))!, over, numbers: (at) => write((_, values, place) => elementAt(values, place, at)) };
}

function broadcast(shapes: number[][]): number[] {
  const length = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length }, (_, axis) => shapes.reduce((most, shape) => {
    const own = shape[axis - (length - shape.length)] ?? 1;
    return own === 1 ? most : own;
  }, 1));
}

const same = (a: number[], b: number[]) => a.length === b.length && a.every((n, k) => n === b[k]);

/** Every place of the summed letters, up to some. */
function places(over: [string, number][]): Record<string, number>[] {
  return over.reduce<Record<string, number>[]>((all, [letter, length]) => all.flatMap((at) => Array.from({ length: Math.min(length, 65) }, (_, k) => ({ ...at, [letter]: k }))), [{}]);
}

/** "W1.grad[3, 7] = Σ over i of X[i, 3] · z.grad[i, 7]", and the same with numbers. */
export function explainGradient(moment: Moment, variable: Variable, flat: number, words: Words): string[] {
  const index = indexOf(flat, variable.shape);
  const parts = moment.history.partsUntil(variable.id, moment.stop.done);
  const grad = moment.grad(variable).values;
  const result = elementAt(grad, index, {});
  const terms = parts.map((part) => termOf(moment, variable, part, index));
  const name = bracket(gradName(variable), index);
  if (!parts.length || terms.includes(null)) return [result === null ? name : `${name} = ${result}`];
  const held = (text: string | null) => (text?.includes("else") && parts.length > 1 ? `(${text})` : text); // "(… where …, else 0) + …"
  const named = terms.map((term) => (term!.over.length ? words.t("sumOver", { i: term!.over.map(([letter]) => letter).join(", "), terms: term!.named }) : held(term!.named)));
  const numbers = terms.flatMap((term) => places(term!.over).map((at) => held(term!.numbers(at))));
  const lines = [`${name} = ${named.join(" + ")}`];
  if (!numbers.includes(null) && numbers.length) {
    const shown = numbers.length > MAX_TERMS ? [...numbers.slice(0, MAX_TERMS - 1), "…", numbers[numbers.length - 1]] : numbers;
    const sum = shown.join(" + ");
    lines.push(`= ${sum}${result !== null && sum !== result ? ` = ${result.replace(/[()]/g, "")}` : ""}`);
  }
  return lines;
}

/** "l[2] = log(x)[2] = log(-1) = nan": the arithmetic behind one element of a value. */
export function explainValue(moment: Moment, variable: Variable, flat: number): string {
  const { facts } = moment;
  const index = indexOf(flat, variable.shape);
  const value = elementAt(facts.value(variable), index, {});
  const name = bracket(variable.name, index);
  const fn: Func | undefined = variable.creator === null ? undefined : facts.func(variable.creator);
  if (!fn) return `${name} = ${value}`;
  const inputs = fn.inputs.map((id) => facts.variable(id));
  if (!same(broadcast(inputs.map((one) => one.shape)), variable.shape)) return `${name} = ${value}`;
  const at = inputs.map((one) => elementAt(facts.value(one), index.slice(index.length - one.shape.length).map((n, axis) => (one.shape[axis] === 1 ? 0 : n)), {}));
  if (at.includes(null)) return `${name} = ${value}`;
  const sign = { Add: "+", Sub: "−", Mul: "·", Div: "/", Pow: "^" }[fn.name];
  return `${name} = ${sign ? at.join(` ${sign} `) : `${fn.label.split("(")[0]}(${at.map((one) => one!.replace(/[()]/g, "")).join(", ")})`} = ${value!.replace(/[()]/g, "")}`;
}

/** Where the first NaN or infinity stands; −1 for none, or where the elements are not kept. */
export function firstBad(values: Values | null): number {
  return values?.values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
}
