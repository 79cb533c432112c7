// The user's own lines beside the graph: those at work are lit, and a click on one lights its nodes.
import { h } from "./dom";
import { Moment } from "./moment";
import { Facts } from "./state";
import { Source } from "./trace";
import { Words } from "./words";

export interface CodeLine {
  key: string;
  place: string;
  line: number;
  text: string;
  nodes: string[];
}

const MAX_LINES = 200;

function keyOf(source: Source): string {
  return `${source.cell ?? source.file ?? ""}:${source.line}`;
}

/** Every line that made a node, in the order of the code; empty where no positions were kept. */
export function codeLines(facts: Facts): CodeLine[] {
  const found = new Map<string, CodeLine>();
  for (const node of [...facts.trace.functions, ...facts.trace.variables]) {
    const { source } = node;
    if (!source?.text) continue;
    const key = keyOf(source);
    const line = found.get(key);
    if (line) line.nodes.push(node.id);
    else found.set(key, { key, place: source.cell != null ? `[${source.cell}]` : (source.file ?? "").split(/[\\/]/).pop()!, line: source.line, text: source.text, nodes: [node.id] });
  }
  const lines = [...found.values()];
  const places = [...new Set(lines.map((line) => line.place))];
  return lines.sort((a, b) => places.indexOf(a.place) - places.indexOf(b.place) || a.line - b.line).slice(0, MAX_LINES);
}

/** The lines of the functions that this stop runs, else of the variables that it is about; and of the selected node. */
export function linesAtWork(moment: Moment, selected: string | null): Set<string> {
  const { facts, stop } = moment;
  const run = stop.phase === "forward" ? moment.computing : moment.calls.map((call) => facts.func(call.function));
  const work = run.length ? run : [...moment.nodes].map((id) => facts.variable(id));
  const chosen = selected === null ? undefined : (facts.functions.get(selected) ?? facts.variables.get(selected));
  return new Set([...work, ...(chosen ? [chosen] : [])].flatMap(({ source }) => (source ? [keyOf(source)] : [])));
}

export function codeView(lines: CodeLine[], lit: Set<string>, chosen: string | null, words: Words, choose: (line: CodeLine) => void): HTMLElement {
  const several = new Set(lines.map((line) => line.place)).size > 1;
  const rows = lines.map((line, k) => {
    const head = several && lines[k - 1]?.place !== line.place ? h("li", { class: "code-place" }, line.place) : null;
    const row = h("li", {},
      h("button", { type: "button", class: "code-line", "data-line": line.line, "aria-current": lit.has(line.key) ? "true" : null, "aria-pressed": String(chosen === line.key), onclick: () => choose(line) },
        h("span", { class: "soft" }, String(line.line)), h("code", {}, line.text)));
    return head ? [head, row] : [row];
  }).flat();
  return h("section", { class: "code-panel" }, h("div", { class: "cap" }, words.t("codeTitle")), h("ol", {}, ...rows));
}

/** Keep the lit line in sight, without moving the page: once the panel is laid out, so that asking for places costs nothing. */
export function showLit(panel: HTMLElement): void {
  new ResizeObserver((_, laidOut) => {
    laidOut.disconnect();
    const list = panel.querySelector("ol")!;
    const lit = panel.querySelector<HTMLElement>("[aria-current]");
    if (lit) list.scrollTop = lit.offsetTop - list.offsetTop - list.clientHeight / 2 + lit.offsetHeight / 2;
  }).observe(panel);
}
