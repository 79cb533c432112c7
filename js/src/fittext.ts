// Text that must fit: measured on a canvas, cut with an ellipsis.

let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

/** How wide `text` is in the font `font` (CSS shorthand). */
export function measure(text: string, font: string): number {
  if (context === undefined) context = document.createElement("canvas").getContext?.("2d") ?? null;
  if (!context) return text.length * 8;
  const key = font + text;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 4000) widths.clear();
    context.font = font;
    widths.set(key, (width = context.measureText(text).width));
  }
  return width;
}

/** A name that fits; that of a module's parameter is cut from the left: "…linear1.weight". */
export function fitName(name: string, width: number, font: string): string {
  if (!/^[\w#]+(\.[\w#]+)+(?<!\.grad)$/.test(name) || measure(name, font) <= width) return fitText(name, width, font);
  let low = 0;
  let high = name.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`…${name.slice(name.length - middle)}`, font) <= width) low = middle;
    else high = middle - 1;
  }
  return `…${name.slice(name.length - low)}`;
}

/** A written number, or a norm, that fits: with fewer digits before it is cut, "3.5e-4" for "0.0003539". */
export function fitNumber(text: string, width: number, font: string): string {
  let shown = text;
  for (let digits = 2; digits >= 0 && measure(shown, font) > width; digits--)
    shown = text.replace(/-?\d[\d.]*(e[-+]?\d+)?/, (number) => {
      const [plain, short] = [Number(number).toPrecision(digits + 1), Number(number).toExponential(digits)].map((one) => one.replace("+", "")) as [string, string];
      return plain.length > short.length ? short : plain;
    });
  return fitText(shown, width, font);
}

/** The longest beginning of `text` that fits, with "…" when something is cut. */
export function fitText(text: string, width: number, font: string): string {
  if (measure(text, font) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${text.slice(0, middle)}…`, font) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}
