// The gradient flow: a bar per parameter in the order of the forward pass, as high as the logarithm of its gradient's
// norm. A range lies over it: keyboard, pointer and screen reader move along the parameters with what is there already.
import { h, s, setAttribute, setStyle, setText } from "./dom";
import { formatNumber } from "./numbers";
import type { Scene } from "./scene";
import { Words } from "./words";

/** [variable, name, norm, norm over the parameter's, share of zeros, trouble, module, its norm] */
export type FlowRow = [string | null, string, number | null, number | null, number | null, string, string, number | null];

export interface Flow {
  rows: FlowRow[];
  /** What is wrong, by language. */
  said: Record<string, string>;
}

const HEIGHT = 40;
const MIN_DECADES = 3;
/** Of each trouble its mark, and the word for it. */
export const MARKS: Record<string, [string, string]> = {
  nan: ["NaN", "nan"], inf: ["∞", "inf"], vanishing: ["▾", "vanishing"], exploding: ["▴", "exploding"], dead: ["0", "dead"], none: ["–", "noGradient"],
};

/** The strip is of one pass: a series has lines of its own. */
export function flowOf({ flow }: Scene, whole: Scene, words: Words, select: (id: string) => void): FlowStrip | null {
  return flow && !whole.series ? new FlowStrip(flow, words, select) : null;
}

export class FlowStrip {
  readonly element: HTMLElement;
  private readonly range: HTMLInputElement;
  private readonly text = h("output", { class: "soft", "aria-hidden": "true" });
  private readonly cursor = s("line", { y1: 0, y2: HEIGHT });
  private at = -1;

  constructor(private readonly flow: Flow, private readonly words: Words, select: (id: string) => void) {
    const { rows } = flow;
    const under = (event: PointerEvent) => Math.min(Math.max(Math.floor((rows.length * event.offsetX) / this.range.clientWidth), 0), rows.length - 1);
    const choose = (k: number) => {
      const [id] = rows[k]!;
      if (id) select(id);
    };
    this.range = h("input", {
      type: "range", min: 0, max: rows.length - 1, step: 1, value: 0, "aria-label": words.t("flow"),
      oninput: () => choose(Number(this.range.value)),
      onpointerdown: (event: PointerEvent) => {
        event.preventDefault(); // a range's own places are not those of the bars
        this.range.value = String(under(event));
        this.range.focus();
        choose(under(event));
      },
      onpointermove: (event: PointerEvent) => this.tell(under(event)),
      onpointerleave: () => this.tell(this.at),
    });
    const norms = rows.map(([, , norm]) => norm).filter((norm): norm is number => !!norm);
    const high = Math.log10(Math.max(...norms, 1e-300));
    const low = Math.min(Math.log10(Math.min(...norms, 1e300)), high - MIN_DECADES);
    const tops = rows.map(([, , norm]) => (norm ? HEIGHT - 4 - ((HEIGHT - 6) * (Math.log10(norm) - low)) / (high - low) : HEIGHT - 1));
    this.element = h("section", { class: "flow", onkeydown: (event: KeyboardEvent) => event.key !== "Escape" && event.stopPropagation() },
      h("div", { class: "flow-head" }, h("b", {}, words.t("flow")), this.text),
      h("div", { class: "flow-scale soft", "aria-hidden": "true" }, h("span", {}, norms[0] ? formatNumber(10 ** high) : ""), h("span", {}, norms[0] ? formatNumber(10 ** low) : "")),
      h("div", { class: "flow-bars" },
        s("svg", { viewBox: `-0.5 0 ${rows.length} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
          ...rows.map(([, , , , , trouble], k) => s("rect", { x: k - 0.38, y: tops[k]!, width: 0.76, height: HEIGHT - tops[k]!, "data-mark": trouble || null })), this.cursor),
        ...rows.flatMap(([, , , , , trouble], k) => (trouble && trouble !== rows[k - 1]?.[5] ? [this.mark(trouble, (k + 0.5) / rows.length)] : [])),
        this.range));
    this.tell(-1);
  }

  private mark(trouble: string, share: number): HTMLElement {
    const mark = h("i", { class: "flow-mark", "aria-hidden": "true" }, MARKS[trouble]![0]);
    setStyle(mark, "left", `${100 * share}%`);
    return mark;
  }

  /** Say what is known of a parameter; of none, what is wrong. */
  private tell(k: number): void {
    const row = this.flow.rows[k];
    setText(this.text, row ? this.said(row) : this.flow.said[this.words.lang]!);
  }

  private said([, name, norm, ratio, zeros, trouble, module, whole]: FlowRow): string {
    const { words } = this;
    const parts = [`${name}  ‖grad‖ ${formatNumber(norm)}`];
    if (ratio !== null) parts.push(words.t("flowRatio", { ratio: formatNumber(ratio) }));
    if (zeros !== null) parts.push(words.t("flowZeros", { share: Math.round(100 * zeros) }));
    if (trouble) parts.push(words.t(MARKS[trouble]![1]));
    if (module) parts.push(`${module} ‖grad‖ ${formatNumber(whole)}`);
    return parts.join(" · ");
  }

  show(selected: string | null, hidden: boolean): void {
    this.element.hidden = hidden;
    const k = this.flow.rows.findIndex(([id]) => id !== null && id === selected);
    this.at = k;
    if (k >= 0 && this.range.value !== String(k)) this.range.value = String(k);
    for (const key of ["x1", "x2"]) setAttribute(this.cursor, key, k);
    setAttribute(this.cursor, "visibility", k < 0 ? "hidden" : null);
    const row = this.flow.rows[Number(this.range.value)]!;
    setAttribute(this.range, "aria-valuetext", this.said(row));
    this.tell(k);
  }
}
