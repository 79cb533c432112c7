// Build nbgrad/views/static/stepper.js, the one module that notebook, page and shadow root run, with its styles inside.
// anywidget sends a module once per widget, so it travels packed (src/packing.js) in a small loader (src/loader.js). Beside it: theme.css (the tokens, for Python's views), page.html (the template of saved
// pages), revive.js (for static pages that Jupyter tools wrote), and the digest that hatch_build.py compares.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { pack, unpack } from "./src/packing.js";
import { hold } from "./src/styles/hold.mjs";
import { shorten } from "./src/styles/shorthand.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "nbgrad", "views", "static");
const MOST = 60_000; // bytes that may be sent per widget

/** Style sheets are minified, and made to hold against those of the page, on their way into the module. */
const minifiedText = {
  name: "minified-text",
  setup(setup) {
    setup.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const result = await build({ entryPoints: [path], minify: true, bundle: true, write: false, loader: { ".css": "css" }, target: "esnext" });
      return { contents: shorten(hold(result.outputFiles[0].text.trim())), loader: "text" };
    });
    setup.onLoad({ filter: /\.html$/ }, ({ path }) => ({ contents: signed(readFileSync(path, "utf8")), loader: "text" }));
  },
};

/** The page's policy names its one script by its digest. */
function signed(page) {
  const script = /<script>([^]*?)<\/script>/.exec(page)[1];
  return page.replace("sha256-SCRIPT", `sha256-${createHash("sha256").update(script).digest("base64")}`);
}

export const options = { bundle: true, format: "esm", target: "es2021", charset: "utf8", plugins: [minifiedText], legalComments: "none" };

/** The files whose change asks for a new bundle: hatch_build.py lists the same, in the same order. */
export function sources() {
  const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((item) => (item.isDirectory() ? walk(join(folder, item.name)) : [join(folder, item.name)]));
  const files = [...walk(join(here, "src")), ...["build.mjs", "package.json", "package-lock.json", "tsconfig.json"].map((name) => join(here, name))];
  return files.map((file) => relative(here, file).replaceAll("\\", "/")).sort();
}

export function digest() {
  const hash = createHash("sha256");
  for (const file of sources()) {
    hash.update(`${file}\n`);
    hash.update(readFileSync(join(here, file), "utf8").replaceAll("\r\n", "\n"));
    hash.update("\n");
  }
  return hash.digest("hex");
}

/** The private members of our classes: nobody outside asks for their names, so they may be short. */
function privateNames() {
  const names = new Set();
  for (const file of sources().filter((name) => name.endsWith(".ts")))
    for (const [, name] of readFileSync(join(here, file), "utf8").matchAll(/private (?:readonly |get |static )*(\w+)/g)) names.add(name);
  for (const file of sources().filter((name) => name.endsWith(".ts"))) {
    // A name that anything else goes by too stays as it is.
    const text = readFileSync(join(here, file), "utf8").replace(/private (?:readonly |get |static )*\w+|this\.\w+/g, "");
    for (const [, name] of text.matchAll(/(?:\.|[{,]\s*|["'`])(\w+)/g)) names.delete(name);
  }
  return [...names];
}

/** The minified bundle. */
export async function bundle() {
  const mangleProps = new RegExp(`^(${privateNames().join("|")})$`);
  const result = await build({ ...options, entryPoints: [join(here, "src", "index.ts")], minify: true, mangleProps, write: false });
  return result.outputFiles[0].text;
}

/** The script that brings the steppers of a static page to life. */
export async function revive() {
  const result = await build({ entryPoints: [join(here, "src", "revive.js")], minify: true, write: false, target: "es2021", charset: "utf8", legalComments: "none" });
  return result.outputFiles[0].text;
}

/** The bundle in its loader: what is sent. */
export async function packed(code) {
  const bytes = Buffer.from(code);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const [banner] = readFileSync(join(here, "src", "loader.js"), "utf8").split("\n");
  const result = await build({ ...options, entryPoints: [join(here, "src", "loader.js")], minify: true, write: false });
  const text = pack(bytes);
  if (!Buffer.from(unpack(text, bytes.length)).equals(bytes)) throw new Error("what was packed does not unpack");
  return `${banner}\n${result.outputFiles[0].text.replace("DIGEST", digest).replace('"LENGTH"', String(bytes.length)).replace("PACKED", () => text)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const code = await bundle();
  const sent = await packed(code);
  writeFileSync(join(out, "stepper.js"), sent);
  writeFileSync(join(out, "theme.css"), readFileSync(join(here, "src", "styles", "theme.css"), "utf8"));
  writeFileSync(join(out, "page.html"), signed(readFileSync(join(here, "src", "page.html"), "utf8")));
  writeFileSync(join(out, "revive.js"), await revive());
  writeFileSync(join(out, "stepper.digest"), `${digest()}\n`);
  console.log(`stepper.js: ${sent.length} bytes to send, ${Buffer.byteLength(code)} unpacked`);
  if (sent.length > MOST) throw new Error(`stepper.js may take ${MOST} bytes`);
}
