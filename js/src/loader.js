// nbgrad's stepper, MIT licence. Built from js/src by js/build.mjs.
// The bundle stands below, deflated; nothing is fetched.
const packed = "PACKED"; // 13 bits in two characters of 91: those from space to ~ without " < > and backslash
const length = LENGTH;
const digest = "DIGEST";

// A page keeps every module for good, and anywidget makes one of each widget's text: they share the unpacked bundle.
const bundles = (globalThis[Symbol.for("nbgrad.steppers")] ??= new Map());

function decode() {
  const place = (at) => ((code) => code - 32 - (code > 34) - (code > 60) - (code > 62) - (code > 92))(packed.charCodeAt(at));
  const bytes = new Uint8Array(length);
  for (let at = 0, held = 0, bits = 0, k = 0; k < length; at += 2) {
    held |= (place(at) + 91 * place(at + 1)) << bits;
    for (bits += 13; bits >= 8 && k < length; bits -= 8, held >>= 8) bytes[k++] = held & 255;
  }
  return bytes;
}

async function unpack() {
  const bytes = decode();
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
