// Rules as set mathematics: "gx = 2 · x · gy" to MathML, without a library. What it cannot read it sets as text.
import { h, math } from "./dom";
import { formatNumber, isExpression } from "./numbers";

type Token = { kind: "name" | "number" | "sign" | "open" | "close" | "raise" | "array" | "word"; text: string };

const SUPERSCRIPTS: Record<string, string> = { "²": "2", "³": "3", "⁴": "4", "ᵀ": "T", "⁻": "−", "¹": "1", "ⁿ": "n" };
const SIGNS = /^(<=|>=|==|!=|\*\*|[-+−·×⊙∘@*/=<>≤≥≠,;:‖|∑Σ∏…%^])/;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text.trim();
  let spaced = false;
  while (rest) {
    const raise = /^[²³⁴ᵀ⁻¹ⁿ]+/.exec(rest);
    const number = /^(\(\d+(, ?\d+)*,?\)(?=.?)|\d+\.?\d*(e[-+]?\d+)?|\.\d+)/.exec(rest)?.map((text, k) => (k === 0 && /^\(\d+\)$/.test(text) ? "" : text));
    const name = /^[\p{L}_√∂∞][\p{L}\p{N}_.]*/u.exec(rest);
    const sign = SIGNS.exec(rest);
    const own = /^∂?⟦[^⟧]*⟧/.exec(rest); // a name of the user's, whatever it holds
    const array = /^\[(?:[-\d.,e\sinfa]|\[[-\d.,e\sinfa]*\])*\](?=[ᵀ²³⁴⁻ⱼᵢ\s),]|$)/.exec(rest);
    const before = tokens[tokens.length - 1];
    const word = before && (before.text === "," || !/sign|open/.test(before.kind)) && /^(?!g[xy]\b)('s|[a-z]{2,})(?![\w(])/.exec(rest) || /^[가-힣]+/.exec(rest); // "cos" of "gy · cos x" is a name
    const [kind, found] = own ? ["name", own[0]] as const
      : array && array[0].length > 2 ? ["array", array[0]] as const
      : word ? ["word", word[0]] as const
      : raise ? ["raise", raise[0]] as const
      : number?.[0] ? ["number", number[0]] as const
      : name ? ["name", trimRaise(name[0])] as const
      : /^[([{]/.test(rest) ? ["open", rest[0]!] as const
      : /^[)\]}]/.test(rest) ? ["close", rest[0]!] as const
      : ["sign", sign ? sign[0] : rest[0]!] as const;
    rest = rest.slice(found.length);
    const space = rest.startsWith(" ");
    tokens.push({ kind, text: kind === "word" ? `${spaced && before?.kind !== "word" ? " " : ""}${found}${space ? " " : ""}` : found });
    rest = rest.trimStart();
    spaced = space;
  }
  return tokens;
}

/** "x²" is x, raised: superscripts are letters or digits to Unicode. A Korean particle is no part of a name. */
function trimRaise(name: string): string {
  const at = [...name].findIndex((char, i) => i > 0 && (char in SUPERSCRIPTS || /[가-힣]/.test(char)));
  return at < 0 ? name : [...name].slice(0, at).join("");
}

/** A name: g stands for "gradient of", digits go below; one of the user's own is only a name. */
function nameNode(name: string): Element {
  const own = /^(∂?)⟦(.*)⟧$/.exec(name);
  if (own) {
    const [, d, text] = own as unknown as [string, string, string];
    const base = text.length < 12 && subscripted(text) ? indexed(text) : math("mi", text.length > 1 ? { class: "own" } : {}, text);
    const bracket = (text: string) => math("mo", { stretchy: "false" }, text);
    const composed = isExpression(text) ? [bracket("("), base, bracket(")")] : [base];
    return d ? math("mrow", {}, math("mo", { form: "prefix", lspace: "0", rspace: "0" }, "∂"), ...composed) : base;
  }
  const gradient = /^g([a-zA-Z]\w*)$/.exec(name);
  const [, letters, digits] = /^(\p{L}+?)(\d*)$/u.exec(gradient ? gradient[1]! : name) ?? [null, name, ""];
  const base = digits ? math("msub", {}, math("mi", {}, letters!), math("mn", {}, digits)) : math("mi", {}, letters!);
  return gradient && letters!.length <= 2 ? math("msub", {}, math("mi", {}, "g"), base) : base;
}

function subscripted(name: string): boolean {
  return /^\p{L}+\d+$/u.test(name);
}

function indexed(name: string): Element {
  const [, letters, digits] = /^(\p{L}+)(\d+)$/u.exec(name)!;
  return math("msub", {}, math("mi", {}, letters!), math("mn", {}, digits!));
}

/** Numbers in brackets: a row, or a matrix. */
function arrayNode(text: string): Element {
  const rows = text.startsWith("[[") ? text.slice(1, -1).match(/\[[^\]]*\]/g)! : [text];
  const wide = rows[0]!.split(",").length > 2;
  const cell = (given: string) => {
    const number = wide && Math.abs(Number(given)) < 1000 ? String(Number(Number(given).toPrecision(3))) : given; // the table below has every digit
    return math("mtd", {}, number.startsWith("-") ? math("mrow", {}, math("mo", { form: "prefix" }, "−"), numberNode(number.slice(1))) : numberNode(number));
  };
  const table = math("mtable", { class: "matrix" }, ...rows.map((row) => math("mtr", {}, ...row.slice(1, -1).split(", ").map(cell))));
  return fenced("[", table, "]");
}

function fenced(open: string, inside: Element, close: string): Element {
  return math("mrow", {}, math("mo", { fence: "true" }, open), inside, math("mo", { fence: "true" }, close));
}

/** A shape as text, "1.2e-7" as a power of ten. */
function numberNode(text: string): Element {
  const [digits, exponent] = text.split("e") as [string, string?];
  if (!exponent) return math(text.startsWith("(") ? "mtext" : "mn", {}, text);
  return math("mrow", {}, ...(digits === "1" ? [] : [math("mn", {}, digits), math("mo", {}, "×")]), math("msup", {}, math("mn", {}, "10"), math("mn", {}, `${+exponent}`.replace("-", "−"))));
}

class Reader {
  private at = 0;
  constructor(private readonly tokens: Token[], private readonly goesOn = false) {}

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
        const derivative = this.peek()?.text.startsWith("∂"); // ∂y/∂Wᵀ is (∂y/∂W)ᵀ
        const fraction = this.peek() ? math("mfrac", {}, above, this.atom(derivative)) : above;
        items.push(derivative && this.peek()?.kind === "raise" ? this.raised(fenced("(", fraction, ")")) : fraction);
      } else if (token.kind === "sign" && /^(\^|\*\*)$/.test(token.text) && items.length) {
        this.at++;
        const base = items.pop()!;
        items.push(this.peek() ? math("msup", {}, base, this.inner()) : base);
      } else items.push(this.atom());
    }
    return math("mrow", {}, ...items);
  }

  private atom(bare = false): Element {
    const token = this.tokens[this.at++];
    if (!token) return math("mrow");
    let node: Element;
    if (token.kind === "open") node = this.bracket(token.text);
    else if (token.kind === "number") node = numberNode(token.text);
    else if (token.kind === "array") node = arrayNode(token.text);
    else if (token.kind === "word") node = math("mtext", {}, token.text.replace(/ /g, "\u00a0"));
    else if (token.kind === "name") node = this.call(nameNode(token.text));
    else node = math("mo", this.at === 1 && this.goesOn ? { form: "infix" } : {}, SIGN_NAMES[token.text] ?? token.text);
    return bare ? node : this.raised(node);
  }

  private raised(node: Element): Element {
    while (this.peek()?.kind === "raise") {
      const raised = [...this.tokens[this.at++]!.text].map((char) => SUPERSCRIPTS[char] ?? char).join("");
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
    return fenced(open, inside, close);
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

/** A formula in parts, between which a line may break: before a sign or a word that stands in no brackets. */
function pieces(text: string): Element[] {
  const groups: Token[][] = [[]];
  let depth = 0;
  const tokens = tokenize(text);
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    const breaks = before?.text === "," || (token.kind === "word" && (token.text.startsWith(" ") || before?.text.endsWith(" "))) || (token.kind === "sign" && (tokens[i - 2]?.text !== "," || token.text !== "=") && /^([-+−·×⊙@=]|≈)$/.test(token.text) && before !== undefined && !/^(sign|word|open)$/.test(before.kind));
    if (depth === 0 && breaks && groups[groups.length - 1]!.length) groups.push([]);
    groups[groups.length - 1]!.push(token);
    depth += token.kind === "open" ? 1 : token.kind === "close" ? -1 : 0;
  });
  const readers = groups.map((group, k) => new Reader(group, k > 0));
  const rows = readers.map((reader) => reader.row());
  return readers.every((reader) => reader.done) ? rows : [math("mtext", {}, text)];
}

function set(...parts: (Element | null)[]): Element {
  return math("math", {}, ...parts);
}

function side(text: string): HTMLElement {
  return h("span", { class: "side-of" }, ...pieces(text).map((piece) => set(piece)));
}

const MAX_TARGET_BESIDE_RULE = 23; // characters of a target beside which its rule has no room

/** A rule, below it the same with numbers and what comes out: the signs of equality stand below one another. */
export function workedRule(target: string, rule: string, numbers: string, result: string): HTMLElement {
  const rows: Node[] = [];
  const line = (left: Element | null, right: HTMLElement) => void rows.push(left ? set(left) : h("span"), h("span", { class: "eq" }, set(math("mo", {}, "="))), right);
  const bold = result ? h("b", { class: "result" }, /^\[/.test(result) ? set(...pieces(result)) : result) : null;
  const plain = (text: string) => text.replace(/[\s()]/g, "");
  const same = plain(numbers) === plain(result) || formatNumber(Number(numbers || NaN)) === result;
  line(formula(target), side(rule));
  if (numbers && numbers !== rule && !same) {
    const put = side(numbers);
    if (bold) put.append(h("span", { class: "comes-out" }, set(math("mo", { form: "infix" }, "=")), bold));
    line(null, put);
  } else if (bold) line(null, h("span", { class: "side-of" }, bold));
  return h("div", { class: target.length > MAX_TARGET_BESIDE_RULE ? "formula long" : "formula" }, ...rows);
}
