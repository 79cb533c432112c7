// nbgrad's stepper, MIT licence. Built from js/src by js/build.mjs: the bundle stands below, deflated, so that it is
// small to send; nothing is fetched.
const packed = "PACKED";
const digest = "DIGEST";

// A page keeps every module for good, and anywidget makes one of each widget's text: they share the unpacked bundle.
const bundles = (globalThis[Symbol.for("nbgrad.steppers")] ??= new Map());

async function unpack() {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const code = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function load() {
  if (!bundles.has(digest)) bundles.set(digest, unpack());
  return bundles.get(digest);
}

async function initialize(props) {
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
