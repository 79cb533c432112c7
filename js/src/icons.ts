// Icons are drawn, so they look the same in every font.
import { s } from "./dom";

const PATHS = {
  first: "M4.5 3.5v9M12.5 3.5v9L6.5 8z",
  previous: "M11 3.5v9L4.5 8z",
  play: "M5 3.2v9.6L13 8z",
  pause: "M5 3.5h1.8v9H5zM9.2 3.5H11v9H9.2z",
  next: "M5 3.5v9L11.5 8z",
  last: "M11.5 3.5v9M3.5 3.5v9L9.5 8z",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
  follow: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.5V4M8 12v2.5M1.5 8H4M12 8h2.5",
  search: "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10.2 10.2l3.3 3.3",
  save: "M8 2.5v7.2M4.8 6.8L8 10l3.2-3.2M3 13.2h10",
  warn: "M8 2.2L14.2 13H1.8zM8 6.2v3.4M8 11.2v.4",
  check: "M3 8.5l3.2 3.2L13 4.8",
  cross: "M4 4l8 8M12 4l-8 8",
  list: "M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h7.5",
  open: "M6 3.5L10.5 8 6 12.5",
  peaks: "M2 13l3.5-7 3 4 2-6.5L14 13",
  code: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  lecture: "M2 3h12v8H2zM8 11v2.5M5 13.5h6",
  down: "M3.5 6L8 10.5 12.5 6",
} as const;

export type IconName = keyof typeof PATHS;
const FILLED = new Set<IconName>(["first", "previous", "play", "pause", "next", "last"]);

export function icon(name: IconName): SVGSVGElement {
  return s("svg", { class: FILLED.has(name) ? "icon filled" : "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: PATHS[name] }));
}

export function iconPath(name: IconName): string {
  return PATHS[name];
}
