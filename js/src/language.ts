// Which language the reader reads, and how placeholders are filled in.

import { gradName } from "./numbers";

/** Fill in {placeholders}; before `.grad` an expression stands in parentheses. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}(\.grad)?/g, (_, slot: string, grad?: string) => {
    const name = String(values[slot] ?? "");
    return grad ? gradName({ name }) : name;
  });
}

/** `wish` is "auto" or a language; "auto" asks the page, then the browser. */
export function chooseLanguage(wish: string, known: string[]): string {
  const asked = wish && wish !== "auto" ? [wish] : [pageLanguage(), ...(navigator.languages ?? [])];
  for (const tag of asked) {
    const short = tag.slice(0, 2).toLowerCase();
    if (known.includes(short)) return short;
  }
  return known.includes("en") ? "en" : (known[0] ?? "en");
}

/** A host's own language says more than its `lang` attribute when that is only the default "en". */
function pageLanguage(): string {
  const lang = document.documentElement.lang ?? "";
  return lang.toLowerCase().startsWith("en") ? "" : lang;
}
