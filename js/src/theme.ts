// Light or dark: the style sheet's ladder knows the hosts by their attributes; inside a shadow root, where it cannot
// look out, the ground behind the widget tells.

const ATTRIBUTES = ["class", "data-theme", "data-jp-theme-light", "theme", "style", "data-vscode-theme-kind"];

export function watchTheme(root: HTMLElement): () => void {
  const apply = () => {
    const theme = saidByHost() ?? (root.getRootNode() instanceof ShadowRoot ? byGround(root) : null);
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const observer = new MutationObserver(apply);
  for (const element of [document.documentElement, document.body]) if (element) observer.observe(element, { attributes: true, attributeFilter: ATTRIBUTES });
  const media = window.matchMedia?.("(prefers-color-scheme: dark)");
  media?.addEventListener?.("change", apply);
  apply();
  return () => {
    observer.disconnect();
    media?.removeEventListener?.("change", apply);
  };
}

type Theme = "light" | "dark";

/** What the page says of itself. */
function saidByHost(): Theme | null {
  const [html, body] = [document.documentElement, document.body];
  const jupyter = body?.dataset.jpThemeLight;
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  const classes = `${html.className} ${body?.className ?? ""}`;
  if (/\bvscode-(dark|high-contrast)(?!-light)\b/.test(classes)) return "dark";
  if (/\bvscode-(light|high-contrast-light)\b/.test(classes)) return "light";
  for (const element of [html, body])
    for (const value of [element?.dataset.theme, element?.getAttribute("theme")]) if (value === "dark" || value === "light") return value;
  if (/(^|\s)dark(-theme)?(\s|$)/.test(classes)) return "dark";
  if (/(^|\s)light(-theme)?(\s|$)/.test(classes)) return "light";
  return null;
}

function byGround(root: HTMLElement): Theme | null {
  for (let node: Node | null = root.parentNode; node; node = node instanceof ShadowRoot ? node.host : node.parentNode) {
    if (!(node instanceof Element)) continue;
    const [r, g, b, a] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (r === undefined || a === 0) continue;
    return 0.299 * r + 0.587 * g! + 0.114 * b! < 128 ? "dark" : "light";
  }
  return null;
}
