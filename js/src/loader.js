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

// anywidget waits for this before it hands over what the kernel sends, and after two seconds never does: a slow machine
// that opens a notebook takes longer to unpack. A notebook also restores its models first, which unpacking would hold up.
function initialize(props) {
  const start = async () => (await load()).initialize(props);
  setTimeout(() => start().catch(() => {})); // render says what went wrong
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
