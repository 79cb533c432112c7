// Arrays as pictures: tables of tinted numbers, thumbnails; orange for positive, blue for negative, never colour alone.
import { h, s, setAttribute } from "./dom";
import { aligned, formatNumber, formatShape, magnitude, Values } from "./numbers";
import { Words } from "./words";

const TINT_LEVELS = 4;
const MAX_IN_SIGHT = 4; // columns of numbers beside each other in the inspector,
const ROOM = 300; // which has this many pixels for them
const MAX_NUMBERS = 16; // so small an array shows its numbers, whatever its shape

/** −4 … 4: sign and size of a value against the largest; NaN and infinities are "bad". */
export function level(value: number, largest: number): number | "bad" {
  if (!Number.isFinite(value)) return "bad";
  if (value === 0 || largest === 0) return 0;
  return Math.sign(value) * Math.max(1, Math.round((TINT_LEVELS * Math.abs(value)) / largest));
}

interface GridValues {
  rows: number;
  cols: number;
  values: number[];
}

/** The values as a grid; a small array's own rows, or a large one's thumbnail. */
export function gridOf(values: Values): GridValues {
  if (values.thumb) return values.thumb;
  const cols = values.shape.length ? values.shape[values.shape.length - 1]! : 1;
  return { rows: cols ? Math.round(values.size / cols) : 0, cols, values: values.values ?? [] };
}

/** Cells as one path per level, so that 512 cells cost nine elements. */
function cells(grid: GridValues, x: number, y: number, width: number, height: number, gap: number): SVGPathElement[] {
  const largest = grid.values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
  const [w, hgt] = [width / grid.cols, height / grid.rows];
  const paths = new Map<string, string>();
  grid.values.forEach((value, i) => {
    const tint = String(level(value, largest));
    const [left, top] = [x + (i % grid.cols) * w, y + Math.floor(i / grid.cols) * hgt];
    paths.set(tint, `${paths.get(tint) ?? ""}M${round(left)} ${round(top)}h${round(w - gap)}v${round(hgt - gap)}h${round(gap - w)}z`);
  });
  const drawn = [...paths].map(([tint, d]) => s("path", { class: "tint", "data-tint": tint, d }));
  // A zero is a number too: a dot says that the cell is not empty.
  const zeros = Math.min(w, hgt) < 5 ? "" : grid.values.map((value, i) => (value === 0 ? `M${round(x + ((i % grid.cols) + 0.5) * w - gap / 2 - 0.9)} ${round(y + (Math.floor(i / grid.cols) + 0.5) * hgt - gap / 2)}h1.8` : "")).join("");
  if (zeros) drawn.push(s("path", { class: "zeros", d: zeros }));
  return drawn;
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Fewer rows and columns, by picking cells: enough for a picture of a few pixels. */
function shrink(grid: GridValues, rows: number, cols: number): GridValues {
  const [r, c] = [Math.min(rows, grid.rows), Math.min(cols, grid.cols)];
  const values: number[] = [];
  for (let i = 0; i < r; i++)
    for (let j = 0; j < c; j++) values.push(grid.values[Math.floor((i * grid.rows) / r) * grid.cols + Math.floor((j * grid.cols) / c)]!);
  return { rows: r, cols: c, values };
}

/** A picture for a card. */
export function strip(values: Values, x: number, y: number, width: number, height: number): SVGGElement {
  const grid = shrink(gridOf(values), 4, Math.max(2, Math.floor(width / 4.5)));
  const cell = Math.min(width / grid.cols, height / grid.rows, 8);
  const top = y + (height - cell * grid.rows) / 2;
  return s("g", {}, ...cells(grid, x + width - cell * grid.cols, top, cell * grid.cols, cell * grid.rows, 0.6));
}

/** An array for the inspector: table, or thumbnail with statistics. */
export function arrayView(values: Values, words: Words, label: string, most = 8, pick: Pick | null = null): HTMLElement {
  if (values.values && values.shape.length === 0) return h("span", { class: "scalar" }, formatNumber(values.values[0]!));
  if (values.values && (values.size <= MAX_NUMBERS || (gridOf(values).cols <= most && gridOf(values).rows <= 8))) return table(values, label, pick);
  return h("div", { class: "array" }, thumbnail(values, label, pick), statistics(values, words));
}

/** Somebody wants to know of an element, counted in the order of the array. */
export type Pick = (flat: number) => void;

/** Arrow keys walk the cells of a table, Enter picks one. */
function pickable(cells: HTMLElement[], cols: number, pick: Pick): void {
  cells.forEach((cell, k) => {
    setAttribute(cell, "tabindex", k ? -1 : 0);
    setAttribute(cell, "class", "pick");
    cell.addEventListener("click", () => pick(k));
    cell.addEventListener("keydown", (event) => {
      const to = { ArrowRight: k + 1, ArrowLeft: k - 1, ArrowDown: k + cols, ArrowUp: k - cols, Enter: k, " ": k }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (to === k) pick(k);
      else cells[to]?.focus();
    });
  });
}

function table(values: Values, label: string, pick: Pick | null): HTMLElement {
  const grid = gridOf(values);
  if (!grid.values.length) return h("span", { class: "scalar" }, `${formatShape(values.shape)} []`);
  const largest = magnitude(values);
  const texts = aligned(grid.values);
  const inSight = Math.min(MAX_IN_SIGHT, Math.floor(ROOM / (8 * Math.max(...texts.map((text) => text.length)) + 14)));
  const cols = values.shape.length > 1 ? grid.cols : Math.min(grid.cols, inSight); // a vector goes on in the next row
  const rows = Array.from({ length: Math.ceil(grid.values.length / cols) }, (_, i) =>
    h("tr", {}, ...grid.values.slice(i * cols, (i + 1) * cols).map((v, j) => h("td", { "data-tint": level(v, largest) }, texts[i * cols + j]!))));
  if (pick) pickable(rows.flatMap((row) => [...row.children] as HTMLElement[]), cols, pick);
  const shown = h("table", { class: "values", "aria-label": `${label} ${formatShape(values.shape)}` }, h("tbody", {}, ...rows));
  return cols > inSight ? h("div", { class: "scroll", tabindex: 0 }, shown) : shown;
}

function thumbnail(values: Values, label: string, pick: Pick | null): Element {
  const grid = gridOf(values);
  const cell = Math.max(3, Math.min(9, Math.floor(168 / Math.max(grid.cols, 1))));
  const width = Math.max(cell, grid.cols < 4 ? 16 : 0) * grid.cols;
  const height = Math.min(cell, Math.max(3, 112 / Math.max(grid.rows, 1))) * Math.max(grid.rows, 1);
  const cols = values.shape[values.shape.length - 1] ?? 1;
  const at = (event: MouseEvent) => {
    const box = picture.getBoundingClientRect();
    const share = (offset: number, length: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor((offset / length) * count)));
    pick?.(share(event.clientY - box.top, box.height, Math.round(values.size / cols)) * cols + share(event.clientX - box.left, box.width, cols));
  };
  const picture: SVGSVGElement = s("svg", { class: pick ? "thumb pick" : "thumb", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${label} ${formatShape(values.shape)}`, ...(pick ? { onclick: at } : {}) },
    ...cells(grid, 0, 0, width, height, 0.4));
  return picture;
}

function statistics(values: Values, words: Words): HTMLElement {
  const rows: [string, string][] = [[words.t("shape"), formatShape(values.shape)], ["min", formatNumber(values.min)], ["mean", formatNumber(values.mean)], ["max", formatNumber(values.max)], [words.t("norm"), formatNumber(values.norm)]];
  if (values.nan) rows.push(["nan", String(values.nan)]);
  if (values.inf) rows.push(["inf", String(values.inf)]);
  return h("dl", { class: "stats" }, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}
