// Rules as set mathematics: "gx = 2 · x · gy" to MathML, without a library. What it cannot read it sets as text.
import { h, math } from "./dom";
import { formatNumber } from "./numbers";

type Token = { kind: "name" | "number" | "sign" | "open" | "close" | "raise"; text: string };

const RAISED: Record<string, string> = { "²": "2", "³": "3", "⁴": "4", "ᵀ": "T", "⁻": "−", "¹": "1", "ⁿ": "n" };
const SIGNS = /^(<=|>=|==|!=|\*\*|[-+−·×⊙∘@*/=<>≤≥≠,;:‖|∑Σ∏…%^])/;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text.trim();
  while (rest) {
    const raise = /^[²³⁴ᵀ⁻¹ⁿ]+/.exec(rest);
    const number = /^(\(\d+(, ?\d+)*,?\)(?=.?)|\d+\.?\d*(e[-+]?\d+)?|\.\d+)/.exec(rest)?.map((text, k) => (k === 0 && /^\(\d+\)$/.test(text) ? "" : text));
    const name = /^[\p{L}_√∂∞][\p{L}\p{N}_.]*/u.exec(rest);
    const sign = SIGNS.exec(rest);
    const [kind, found] = raise ? ["raise", raise[0]] as const
      : number?.[0] ? ["number", number[0]] as const
      : name ? ["name", trimRaise(name[0])] as const
      : /^[([{]/.test(rest) ? ["open", rest[0]!] as const
      : /^[)\]}]/.test(rest) ? ["close", rest[0]!] as const
      : ["sign", sign ? sign[0] : rest[0]!] as const;
    tokens.push({ kind, text: found });
    rest = rest.slice(found.length).trimStart();
  }
  return tokens;
}

/** "x²" is x, raised: superscripts are letters or digits to Unicode. */
function trimRaise(name: string): string {
  const at = [...name].findIndex((char, i) => i > 0 && char in RAISED);
  return at < 0 ? name : [...name].slice(0, at).join("");
}

/** A name: g stands for "gradient of", digits go below. */
function nameNode(name: string): Element {
  const gradient = /^g([a-zA-Z]\w*)$/.exec(name);
  const [, letters, digits] = /^(\p{L}+?)(\d*)$/u.exec(gradient ? gradient[1]! : name) ?? [null, name, ""];
  const base = digits ? math("msub", {}, math("mi", {}, letters!), math("mn", {}, digits)) : math("mi", {}, letters!);
  return gradient && letters!.length <= 2 ? math("msub", {}, math("mi", {}, "g"), base) : base;
}

/** A shape as text, "1.2e-7" as a power of ten. */
function numberNode(text: string): Element {
  const [digits, exponent] = text.split("e") as [string, string?];
  if (!exponent) return math(text.startsWith("(") ? "mtext" : "mn", {}, text);
  return math("mrow", {}, math("mn", {}, digits), math("mo", {}, "×"), math("msup", {}, math("mn", {}, "10"), math("mn", {}, exponent.replace("-", "−").replace("+", ""))));
}

class Reader {
  private at = 0;
  constructor(private readonly tokens: Token[]) {}

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  /** Terms until a closing bracket or the end; "a / b" becomes a fraction. */
  row(): Element {
    const items: Element[] = [];
    for (let token = this.peek(); token && token.kind !== "close"; token = this.peek()) {
      if (token.kind === "sign" && token.text === "/" && items.length) {
        this.at++;
        const above = items.pop()!;
        items.push(this.peek() ? math("mfrac", {}, above, this.atom()) : above);
      } else if (token.kind === "sign" && /^(\^|\*\*)$/.test(token.text) && items.length) {
        this.at++;
        const base = items.pop()!;
        items.push(this.peek() ? math("msup", {}, base, this.inner()) : base);
      } else items.push(this.atom());
    }
    return math("mrow", {}, ...items);
  }

  private atom(): Element {
    const token = this.tokens[this.at++];
    if (!token) return math("mrow");
    let node: Element;
    if (token.kind === "open") node = this.bracket(token.text);
    else if (token.kind === "number") node = numberNode(token.text);
    else if (token.kind === "name") node = this.call(nameNode(token.text));
    else node = math("mo", {}, SIGN_NAMES[token.text] ?? token.text);
    while (this.peek()?.kind === "raise") {
      const raised = [...this.tokens[this.at++]!.text].map((char) => RAISED[char] ?? char).join("");
      node = math("msup", {}, node, math(raised === "T" ? "mi" : "mn", {}, raised));
    }
    return node;
  }

  /** What stands raised needs no brackets. */
  private inner(): Element {
    if (this.peek()!.kind !== "open") return this.atom();
    this.at++;
    const inside = this.row();
    if (this.peek()) this.at++;
    return inside;
  }

  /** exp(x): the bracket belongs to the name. */
  private call(name: Element): Element {
    const next = this.peek();
    if (next && /^(name|number)$/.test(next.kind) && /^..+$/.test(name.textContent!) && name.localName === "mi") return math("mrow", {}, name, math("mspace", { width: "0.18em" }));
    if (next?.kind !== "open") return name;
    this.at++;
    return math("mrow", {}, name, this.bracket(next.text));
  }

  private bracket(open: string): Element {
    const inside = this.row();
    const close = this.peek()?.kind === "close" ? this.tokens[this.at++]!.text : "";
    return math("mrow", {}, math("mo", { fence: "true" }, open), inside, math("mo", { fence: "true" }, close));
  }

  get done(): boolean {
    return this.at >= this.tokens.length;
  }
}

const SIGN_NAMES: Record<string, string> = { "-": "−", "*": "·", "<=": "≤", ">=": "≥", "!=": "≠", "@": "@" };

export function formula(text: string): Element {
  const reader = new Reader(tokenize(text));
  const row = reader.row();
  return reader.done ? row : math("mtext", {}, text);
}

const LONG = 20; // characters beside which the result has no room

/** A rule, below it the same with numbers: both sides of the signs of equality aligned. */
export function workedRule(target: string, rule: string, numbers: string, result: string): HTMLElement {
  const line = (left: Element | null, right: Element) =>
    math("mtr", {}, math("mtd", {}, ...(left ? [left] : [])), math("mtd", {}, math("mo", {}, "=")), math("mtd", {}, right));
  const rows = [line(formula(target), formula(rule))];
  const bold = result ? math("mrow", {}, math("mo", { class: "eq" }, "="), math("mtext", { class: "result" }, result)) : null;
  const same = numbers.replace(/\s/g, "") === result.replace(/\s/g, "") || formatNumber(Number(numbers || NaN)) === result;
  const long = numbers.length > LONG;
  if (numbers && numbers !== rule && !same) rows.push(line(null, math("mrow", {}, formula(numbers), ...(bold && !long ? [bold] : []))));
  if (long && bold && !same) rows.push(line(null, math("mtext", { class: "result" }, result)));
  if (bold && (same || !numbers || numbers === rule)) rows.push(line(null, math("mtext", { class: "result" }, result)));
  return h("div", { class: "formula" }, math("math", { display: "block" }, math("mtable", { displaystyle: "true" }, ...rows)));
}
