// Keys. Controls keep their own: Space presses a focused button, letters go to text fields.
import { Command } from "./transport";

export type KeyCommand = Command | "zoomIn" | "zoomOut" | "fit" | "deselect" | "openModule" | "closeModule";

const KEYS: Record<string, KeyCommand> = {
  ArrowRight: "next", ArrowDown: "next", ArrowLeft: "previous", ArrowUp: "previous",
  PageDown: "next", PageUp: "previous", Home: "first", End: "last", " ": "play",
  "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", "0": "fit", Escape: "deselect", o: "openModule", c: "closeModule",
};

export function keyCommand(event: KeyboardEvent): KeyCommand | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target as Element;
  if (event.key === " " && target.closest?.("button, select, summary, .node, .fold")) return null;
  if ((event.key === "ArrowUp" || event.key === "ArrowDown") && target.closest?.("select, .side")) return null;
  return KEYS[event.key] ?? null;
}

export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as Element;
  return target.matches?.("input:not([type=range]), select, textarea") ?? false;
}
