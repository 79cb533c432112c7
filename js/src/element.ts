// One element of an array: which elements made it, with their products; and of a NaN, the arithmetic that made it.
import { Moment } from "./moment";
import { formatNumber, gradName, isExpression, Values } from "./numbers";
import { Part } from "./state";
import { Func, Variable } from "./trace";
import { Words } from "./words";

const INDEX_LETTERS = "ijklmn";
const MAX_TERMS = 6;
const MATMUL = /^(MatMul|Dot)$/;
const AVERAGE = /^(Mean|Var|Std|Binary)/; // n is the number of elements behind each output
const LETTER = /(?<![\w'])(?:g?[xy]\d*|xi)(?![A-Za-z0-9_])/g;

/** An index: numbers, and letters of axes that are summed over. */
type Index = (number | string)[];

interface Term {
  /** A rule in words, where it says more than the terms do. */
  rule?: string;
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
  return value === undefined ? null : factor(value);
}

const size = ({ shape }: Variable) => shape.reduce((product, length) => product * length, 1);

function factor(value: number): string {
  const text = formatNumber(value);
  return text.startsWith("-") ? `(${text})` : text;
}

function bracket(name: string, index: Index): string {
  const whole = isExpression(name) ? `(${name})` : name;
  return index.length ? `${whole}[${index.join(", ")}]` : whole;
}

/** How a name, or an element of it, is written. */
type Put = (name: string, values: Values | null, shape: number[]) => string | null;

/** One contribution to a gradient. */
class Sent {
  private readonly facts = this.moment.facts;
  private readonly fn = this.part.function;
  private readonly inputs = this.fn.inputs.map((id) => this.facts.variable(id));
  private readonly outs = this.fn.outputs.map((id) => this.facts.variable(id));
  private readonly upstream = this.moment.plan.calls[this.part.call]!.upstream.map((sent) => (sent === null ? null : this.facts.values(sent)));

  constructor(private readonly moment: Moment, private readonly variable: Variable, private readonly part: Part, private readonly words: Words) {}

  /** What it put into one element. */
  term(flat: number): Term {
    const index = indexOf(flat, this.variable.shape);
    const factors = this.facts.scene.elements?.[this.fn.id];
    if (factors) return this.inWords(index, factors[this.part.input]?.[flat]);
    return MATMUL.test(this.fn.name) ? this.matmul(index) : this.elementwise(index);
  }

  /** Terms that Python found, or else the rule in words. */
  private inWords(index: number[], terms: number[][] | undefined): Term {
    const { fn, outs, upstream } = this;
    const whole = fn.code ? `${fn.name}.backward(${outs.map(gradName).join(", ")})` : this.written((name) => bracket(name, []));
    const rule = whole && bracket(index.length ? `(${whole})` : whole, index);
    if (!terms) return { named: rule ?? "", over: [], numbers: () => elementAt(this.facts.values(this.part.amount), index, {}) };
    const sum = (element: (k: number, at: Index) => string | null) =>
      joined(terms.map(([k, at, by]) => {
        if (k === undefined) return "…";
        const text = element(k, indexOf(at!, outs[k]!.shape));
        return text && by !== 1 ? `${factor(by!)} · ${text}` : text;
      }), " + ");
    return {
      rule: terms.every(([, , by]) => by === 1) ? "" : rule ?? "", over: [],
      named: sum((k, at) => bracket(gradName(outs[k]!), at)) || "0",
      numbers: () => (terms.length ? sum((k, at) => (upstream[k] ? elementAt(upstream[k], at, {}) : "0")) : "0"),
    };
  }

  private matmul(index: number[]): Term {
    const { inputs, outs: [out], upstream: [gy], part: { input } } = this;
    const other = inputs[1 - input]!;
    const [sent, used]: [Index, Index] = input ? [["i", index[1]!], ["i", index[0]!]] : [[index[0]!, "i"], [index[1]!, "i"]];
    const factors: [string, Values | null, Index][] = [[other.name, this.facts.value(other), used], [gradName(out!), gy!, sent]];
    if (!input) factors.reverse();
    return {
      named: factors.map(([name, , place]) => bracket(name, place)).join(" · "), over: [["i", out!.shape[1 - input]!]],
      numbers: (at) => joined(factors.map(([, values, place]) => elementAt(values, place, at)), " · "),
    };
  }

  /** A rule that works element by element, with broadcasting; a number has to do with every element. */
  private elementwise(index: number[]): Term {
    const { variable } = this;
    const { shape } = this.outs[0]!;
    const over: [string, number][] = [];
    const place: Index = shape.map((length, axis) => {
      const own = axis - (shape.length - variable.shape.length);
      if (own >= 0 && variable.shape[own] !== 1) return index[own]!;
      if (length === 1) return 0;
      const letter = INDEX_LETTERS[over.length]!;
      over.push([letter, length]);
      return letter;
    });
    const fitted = (own: number[]): Index => (shape.length ? place.slice(place.length - own.length).map((one, axis) => (own[axis] === 1 ? 0 : one)) : index.slice(0, own.length));
    return { named: this.written((name, _, own) => bracket(name, fitted(own)))!, over, numbers: (at) => this.written((_, values, own) => elementAt(values, fitted(own), at)) };
  }

  /** The rule of the input with something in the place of its letters; null where that is not known. */
  private written(put: Put): string | null {
    const { facts, fn, part, inputs, outs, upstream, variable } = this;
    const rules = this.words.rule(fn.rule).split(";").map((rule) => /^\s*(\w+) = (.*?)\s*$/.exec(rule) ?? []);
    const rule = (rules.find(([, target]) => target === `gx${part.input}`) ?? (rules.length === 1 ? rules[0]! : []))[2] ?? "";
    const texts: (string | null)[] = [];
    const text = (AVERAGE.test(fn.name) ? rule.replace(/\bn\b/, String(size(variable) / size(outs[0]!))) : rule).replace(LETTER, (letter) => {
      const [kind, digits] = [letter.replace(/\d/g, ""), /\d+/.exec(letter)];
      const of = kind.endsWith("y") ? outs : inputs;
      const k = digits ? Number(digits[0]) : of === outs ? 0 : part.input;
      const one = of[k] ?? variable;
      texts.push(kind === "gy" ? put(gradName(one), upstream[k] ?? null, one.shape) : put(kind === "gx" ? gradName(one) : one.name, facts.value(one), one.shape));
      return texts[texts.length - 1] ?? "";
    });
    return texts.includes(null) ? null : text;
  }
}

function joined(texts: (string | null)[], sign: string): string | null {
  return texts.includes(null) ? null : texts.join(sign);
}

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
  const name = bracket(gradName(variable), index);
  if (!parts.length) return [result === null ? name : `${name} = ${result}`];
  const all = parts.map((part) => new Sent(moment, variable, part, words).term(flat));
  const terms = all.filter((term) => term.named !== "0");
  if (!terms.length) terms.push({ named: "0", over: [], numbers: () => "0" });
  const held = (text: string | null) => (parts.length > 1 && /else|나머지/.test(text ?? "") ? `(${text})` : text); // "(… where …, else 0) + …"
  const told = (term: Term) => (term.over.length ? words.t("sumOver", { i: term.over.map(([letter]) => letter).join(", "), terms: term.named }) : held(term.named));
  const named = terms.map(told).join(" + ");
  const ruled = terms.map((term) => held(term.rule || null) ?? told(term)).join(" + ");
  const numbers = terms.flatMap((term) => places(term.over).map((at) => held(term.numbers(at))));
  const lines = [`${name} = ${ruled}`];
  if (named !== ruled) lines.push(`= ${named}`);
  if (!numbers.includes(null) && numbers.length) {
    const shown = numbers.length > MAX_TERMS ? [...numbers.slice(0, MAX_TERMS - 1), "…", numbers[numbers.length - 1]] : numbers;
    const sum = shown.join(" + ");
    const total = result?.replace(/[()]/g, "");
    lines.push(`= ${sum === result || total === undefined ? total ?? sum : `${sum} = ${total}`}`);
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
  if (facts.scene.elements?.[fn.id] || MATMUL.test(fn.name) || inputs.some((one) => one.shape.length > index.length)) return `${name} = ${value}`;
  const at = inputs.map((one) => elementAt(facts.value(one), index.slice(index.length - one.shape.length).map((n, axis) => (one.shape[axis] === 1 ? 0 : n)), {}));
  if (at.includes(null)) return `${name} = ${value}`;
  const sign = { Add: "+", Sub: "−", Mul: "·", Div: "/", Pow: "^" }[fn.name];
  return `${name} = ${sign ? at.join(` ${sign} `) : `${fn.label.split("(")[0]}(${at.map((one) => one!.replace(/[()]/g, "")).join(", ")})`} = ${value!.replace(/[()]/g, "")}`;
}

/** Where the first NaN or infinity stands; −1 for none, or where the elements are not kept. */
export function firstBad(values: Values | null): number {
  return values?.values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
}
