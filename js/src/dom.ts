// Elements without innerHTML: data reaches the page as text, never as markup.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

const SVG = "http://www.w3.org/2000/svg";
const MATH = "http://www.w3.org/1998/Math/MathML";

function build<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else setAttribute(element, name, value);
  }
  for (const child of children) if (child) element.append(child);
  if ("tabindex" in attributes || /^(button|input|select)$/.test(element.localName)) element.setAttribute(OWN_KEYS, "true");
  return element;
}

/** JupyterLab's shortcuts look at the focused element itself before its ancestors, so each of them says: hands off. */
const OWN_KEYS = "data-lm-suppress-shortcuts";

/** Make an HTML element; `onclick: fn` adds a listener. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return build(document.createElement(tag), attributes, children);
}

export function s<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return build(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], attributes, children);
}

export function math(tag: string, attributes: Attributes = {}, ...children: Child[]): Element {
  return build(document.createElementNS(MATH, tag), attributes, children);
}

/** Set, or remove when null, undefined or false; touch nothing that is as wished. */
export function setAttribute(element: Element, name: string, value: string | number | boolean | null | undefined): void {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** A style that holds against the page's own sheets, as those of styles/ do. */
export function setStyle(element: ElementCSSInlineStyle, name: string, value: string): void {
  element.style.setProperty(name, value, "important");
}

export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Segments: even places plain, odd places bold. */
export function rich(segments: readonly string[]): Node[] {
  return segments.map((text, i) => (i % 2 ? h("b", {}, text) : document.createTextNode(text)));
}
