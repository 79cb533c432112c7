// When more is in sight than can be drawn, generations fold into summaries that open on click.
import { Catalog } from "./catalog";
import { s } from "./dom";
import { Moment } from "./moment";
import { Viewport } from "./viewport";
import { Words } from "./words";

const MIN_WIDTH = 104;

export interface Fold {
  from: number;
  to: number;
  x: number;
  width: number;
  nodes: number;
}

/** Runs of bands in sight, each wide enough on the screen to carry its label. */
export function makeFolds(catalog: Catalog, viewport: Viewport): Fold[] {
  const folds: Fold[] = [];
  const { bands } = catalog.drawing;
  const bandsSeen = catalog.bandsIn(viewport.seen);
  let open: Fold | null = null;
  for (const k of bandsSeen) {
    const band = bands[k]!;
    open ??= { from: k, to: k, x: band.x, width: 0, nodes: 0 };
    open.to = k;
    open.width = band.x + band.width - open.x;
    open.nodes += catalog.bandNodes[k]!.length;
    if (open.width * viewport.k >= MIN_WIDTH || k === bandsSeen[bandsSeen.length - 1]) {
      folds.push(open);
      open = null;
    }
  }
  const [before, last] = folds.slice(-2);
  if (before && last && last.width * viewport.k < MIN_WIDTH) {
    Object.assign(before, { to: last.to, width: last.x + last.width - before.x, nodes: before.nodes + last.nodes });
    folds.pop();
  }
  return folds;
}

/** A summary, in the coordinates of the stage. */
export function foldView(fold: Fold, catalog: Catalog, viewport: Viewport, moment: Moment, words: Words, open: () => void): SVGGElement {
  const { bands } = catalog.drawing;
  const [first, last] = [bands[fold.from]!.generation, bands[fold.to]!.generation];
  const now = moment.stop.generation;
  const active = now !== null && now >= first && now <= last;
  const name = first === last ? words.t("generation", { g: first }) : words.t("generations", { a: first, b: last });
  const x = fold.x * viewport.k + viewport.x;
  const width = Math.max(fold.width * viewport.k - 6, 40);
  const height = viewport.height - 24;
  const group = s("g", {
    class: "fold", role: "button", tabindex: 0, transform: `translate(${x} 12)`, "aria-label": `${name}, ${words.t("nodes", { n: fold.nodes })}, ${words.t("open")}`,
    "data-active": active ? "true" : null, "data-from": first, "data-to": last, onclick: open,
    onkeydown: (event: KeyboardEvent) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        open();
      }
    },
  },
    s("rect", { class: "fold-ground", width, height, rx: 10 }),
    s("text", { class: "fold-name", x: width / 2, y: 26 }, first === last ? String(first) : `${first} – ${last}`),
    s("text", { class: "fold-count", x: width / 2, y: height - 14 }, words.t("nodes", { n: fold.nodes })));
  return group;
}
