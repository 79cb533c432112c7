// Find a node by name.
import { h, setAttribute } from "./dom";
import { Facts } from "./state";
import { Words } from "./words";

const MAX_HITS = 8;

export interface Hit {
  id: string;
  label: string;
  rank: number;
}

/** Variables and functions whose name holds the query; those that begin with it first. */
export function findNodes(facts: Facts, query: string): Hit[] {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const hits: Hit[] = [];
  const look = (id: string, name: string, label: string) => {
    const at = name.toLowerCase().indexOf(wanted);
    if (at >= 0) hits.push({ id, label, rank: at === 0 ? name.length : 1000 + at });
  };
  for (const v of facts.trace.variables) look(v.id, v.name, v.name);
  for (const f of facts.functions.values()) look(f.id, f.name, facts.callName(f).join(" → "));
  return hits.sort((a, b) => a.rank - b.rank).slice(0, MAX_HITS);
}

export function searchBox(facts: () => Facts, words: Words, go: (id: string) => void): HTMLElement {
  const id = `ng-find-${(counter += 1)}`;
  const list = h("ul", { class: "hits", role: "listbox", id, "aria-label": words.t("search"), hidden: true });
  const input = h("input", {
    class: "find", type: "text", role: "combobox", placeholder: words.t("search"), "aria-label": words.t("search"), "aria-expanded": "false", "aria-controls": id,
    "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    oninput: () => show(findNodes(facts(), input.value)),
    onkeydown: (event: KeyboardEvent) => onKey(event),
    onblur: () => setTimeout(() => show([]), 150),
  });
  let hits: Hit[] = [];
  let chosen = 0;
  const show = (found: Hit[]) => {
    hits = found;
    chosen = 0;
    list.replaceChildren(...hits.map((hit, k) => h("li", { role: "option", id: `${id}-${k}`, "aria-selected": k === 0 ? "true" : "false", onmousedown: () => take(k) }, hit.label)));
    list.hidden = hits.length === 0;
    setAttribute(input, "aria-expanded", String(hits.length > 0));
    setAttribute(input, "aria-activedescendant", hits.length ? `${id}-0` : null);
  };
  const take = (k: number) => {
    const hit = hits[k];
    if (!hit) return;
    input.value = "";
    show([]);
    go(hit.id);
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter") take(chosen);
    else if (event.key === "Escape") show([]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = Math.min(Math.max(chosen + (event.key === "ArrowDown" ? 1 : -1), 0), hits.length - 1);
      [...list.children].forEach((item, k) => setAttribute(item, "aria-selected", String(k === chosen)));
      setAttribute(input, "aria-activedescendant", hits.length ? `${id}-${chosen}` : null);
    }
  };
  return h("div", { class: "search" }, input, list);
}

let counter = 0;
