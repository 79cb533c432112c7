// To take away: the present step as SVG or PNG, the whole story as a page.
import { h } from "./dom";
import { Choice, menu } from "./menu";
import { Model, snapshot } from "./model";
import page from "./page.html";
import { Scene } from "./scene";
import { Words } from "./words";

const MAX_PIXELS = 16_000; // pixels that a browser draws
const STYLE_PROPERTIES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-style", "text-anchor", "text-decoration-line", "display"];

/** The drawing on its own: styles written out, so that any viewer shows it. */
export function svgText(svg: SVGSVGElement, width: number, height: number, ground: string): string {
  return new XMLSerializer().serializeToString(svgCopy(svg, width, height, ground));
}

export function svgCopy(svg: SVGSVGElement, width: number, height: number, ground: string): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
  from.forEach((element, k) => {
    const style = getComputedStyle(element);
    const target = to[k] as SVGElement;
    for (const name of STYLE_PROPERTIES) {
      const value = style.getPropertyValue(name);
      if (value) target.setAttribute(name === "text-decoration-line" ? "text-decoration" : name, value);
    }
  });
  const world = copy.querySelector<SVGElement>(".world")!;
  world.setAttribute("transform", new DOMMatrix(getComputedStyle(svg.querySelector(".world")!).transform).toString());
  for (const gone of copy.querySelectorAll(".ring, [display=none]")) gone.remove();
  for (const element of to) for (const name of ["class", "style", "tabindex", "role", "aria-pressed"]) element.removeAttribute(name);
  for (const [name, value] of [["xmlns", "http://www.w3.org/2000/svg"], ["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`], ["font-family", "system-ui, sans-serif"], ["style", `background:${ground}`]])
    copy.setAttribute(String(name), String(value));
  return copy;
}

async function pngBlob(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(2, MAX_PIXELS / Math.max(image.width, image.height));
  const canvas = h("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob((blob) => done(blob!), "image/png"));
}

/** JSON that can stand in a script; views/stepper/page.py writes the same. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The page that `trace.save("x.html")` writes too; it opens at the present step. */
export function pageText(model: Model, scene: Scene, words: Words): string {
  const state: Record<string, unknown> = { ...snapshot(model), playing: false, _scene: JSON.stringify(scene) };
  const story = h("ol", {}, ...(words.story.generation).map((segments) => h("li", {}, segments.join(""))));
  const title = h("p", {}, words.story.title).innerHTML;
  const values: Record<string, string> = { lang: words.lang, title, intro: h("p", {}, words.t("pageIntro")).innerHTML, story: story.outerHTML, state: scriptJson(state), module: scriptJson(model.raw.get("_esm") ?? "") };
  return page.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? "");
}

export function download(name: string, content: Blob | string, type: string): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export type Format = "page" | "svg" | "png";

export async function take(format: Format, name: string, makeSvg: () => string, makePage: () => string): Promise<void> {
  if (format === "page") return download(`${name}.html`, makePage(), "text/html");
  const text = makeSvg();
  if (format === "svg") download(`${name}.svg`, text, "image/svg+xml");
  else download(`${name}.png`, await pngBlob(text), "image/png");
}

/** The three ways to save. */
export function saveMenu(words: Words, save: (format: Format) => void): HTMLElement {
  const choice = (format: Format, key: string): Choice => [words.t(key), () => save(format)];
  return menu("save", words.t("save"), [choice("page", "savePage"), choice("svg", "saveSvg"), choice("png", "savePng")]);
}
