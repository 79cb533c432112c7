// Pytest inside Pyodide: `node run.mjs WHEELS_AS_JSON PYTEST_ARGUMENT…`. The checkout is mounted, not copied.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const here = path.dirname(fileURLToPath(import.meta.url));
const [list, ...args] = process.argv.slice(2);
const python = await loadPyodide({ env: { HOME: "/tmp", CI: process.env.CI ?? "", PYTHONDONTWRITEBYTECODE: "1" } });
for (const wheel of JSON.parse(list)) {
  const bytes = new Uint8Array(fs.readFileSync(wheel)).buffer; // a Buffer of node's is refused
  const format = wheel.endsWith(".whl") ? "wheel" : "zip";
  python.unpackArchive(bytes, format, format === "wheel" ? { extractDir: "/lib/python3.12/site-packages" } : { extractDir: "/usr/lib" });
}
python.mountNodeFS("/checkout", path.resolve(here, "../.."));
python.globals.set("arguments", python.toPy(args));
let status;
try {
  status = await python.runPythonAsync(`
import os, sys, sysconfig
sys.path.insert(0, "/checkout")
sys.dont_write_bytecode = True
os.chdir("/checkout")
import pytest
int(pytest.main([*arguments, "-p", "no:cacheprovider", "-p", "tests.pyodide.deselected"]))
`);
} catch (error) {
  console.error(error.message); // the trace would hold all of Pyodide's code
  status = 70;
}
process.exit(status);
