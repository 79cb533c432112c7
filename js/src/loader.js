// nbgrad's stepper, MIT licence. Built from js/src by js/build.mjs: the minified bundle, packed; nothing is fetched.
import { unpack } from "./packing.js";

// A page keeps every module for good, and anywidget makes one of each widget's text: they share the unpacked bundle.
const bundles = (globalThis[Symbol.for("nbgrad.steppers")] ??= new Map());
const digest = "DIGEST";

async function start() {
  const url = URL.createObjectURL(new Blob([unpack("PACKED", "LENGTH")], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function load() {
  if (!bundles.has(digest)) bundles.set(digest, start());
  return bundles.get(digest);
}

async function initialize(props) {
  await new Promise((next) => setTimeout(next)); // a notebook that is opened restores its models first: unpacking would hold it up
  return (await load()).initialize(props);
}

async function render(props) {
  try {
    return (await load()).render(props);
  } catch (error) {
    props.el.textContent = `nbgrad's stepper cannot start in this browser: ${error}`;
    throw error;
  }
}

export default { initialize, render };
