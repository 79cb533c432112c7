"""``make site``: write what is made from the code, then run Sphinx once for each language.

The pages are in ``_build/html``, the Korean ones under ``ko/``. Everything that a page needs is in there:
it asks no other host for anything.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = HERE / "_build"
OUTPUT = BUILD / "html"
LANGUAGES = ("en", "ko")
sys.path[:0] = [str(HERE), str(ROOT)]


def main(args: list[str] | None = None) -> int:
    """Build the site; ``--catalogs`` brings the catalogues of translations up to date instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogs", action="store_true", help="write the catalogues to translate")
    parser.add_argument("--only", choices=LANGUAGES, help="one language alone")
    chosen = parser.parse_args(args)
    start = time.perf_counter()
    generate()
    if chosen.catalogs:
        return catalogs()
    with ThreadPoolExecutor(1) as beside:  # Sphinx has parts that keep one core busy
        made = None if chosen.only else beside.submit(lite)
        for language in (chosen.only,) if chosen.only else LANGUAGES:
            status = sphinx("html", OUTPUT if language == "en" else OUTPUT / language, language)
            if status:
                return status
        if made:
            made.result()
    print(f"{OUTPUT / 'index.html'} ({time.perf_counter() - start:.0f} s)")
    return 0


def generate() -> None:
    """Write the pages that are made from the code, and put MathJax and the notebooks in place."""
    from generate.gallery import write_gallery
    from generate.operations import write_operations
    from generate.writing import write

    from tests.pyodide.packages import npm

    operations = write_operations(HERE / "reference" / "operations")
    pages = write_gallery(BUILD / "gallery", HERE / "gallery.md", LANGUAGES)
    print(f"{operations} operations, {pages} pages of the gallery")
    for notebook in sorted(HERE.parent.glob("[0-9][0-9]_*.ipynb")):
        write(HERE / "learn" / notebook.name, with_alternatives(notebook))
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=HERE, check=True)
    copy(
        HERE / "node_modules" / "mathjax" / "es5" / "tex-svg.js",
        BUILD / "static" / "mathjax" / "tex-svg.js",
    )


def lite() -> None:
    """Put JupyterLite beside the pages, which link to it."""
    from generate.lite import write_lite

    print(f"{write_lite(BUILD / 'lite', OUTPUT / 'lite')} notebooks in JupyterLite")


def with_alternatives(notebook: Path) -> str:
    """Return a notebook whose pictures have their text alternatives where MyST-NB looks for them."""
    book = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if "alt" in cell["metadata"]:
            cell["metadata"]["mystnb"] = {"image": {"alt": cell["metadata"]["alt"]}}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def copy(source: Path, target: Path) -> None:
    """Copy a file unless it is there as it is: Sphinx reads again what is newer."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_bytes() != source.read_bytes():
        shutil.copyfile(source, target)


def sphinx(builder: str, target: Path, language: str = "en", *options: str) -> int:
    """Run Sphinx; a warning is a failure."""
    from jupyter_cache import get_cache

    _ = get_cache(BUILD / "executed").db  # else each of Sphinx's processes makes it, one fails
    command = [sys.executable, "-m", "sphinx", "-b", builder, "-j", "2", "-W", "--keep-going", "-q"]
    command += [
        "-d",
        str(BUILD / f"doctrees-{builder}-{language}"),
        *options,
        str(HERE),
        str(target),
    ]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    plots = "module://matplotlib_inline.backend_inline"  # with any other, a kernel shows no picture
    env = {**os.environ, "SITE_LANGUAGE": language, "PYTHONPATH": path, "MPLBACKEND": plots}
    return subprocess.run(command, env=env, check=False).returncode


def catalogs() -> int:
    """Bring ``locales/`` up to date with the English pages that are translated."""
    status = sphinx("gettext", BUILD / "gettext")
    if status:
        return status
    from sphinx_intl.basic import update

    for page in (BUILD / "gettext").glob(
        "reference/**/*.pot"
    ):  # English alone, but for their titles
        if page.name != "index.pot" or page.parent.name != "reference":
            page.unlink()
    (BUILD / "gettext" / "changelog.pot").unlink(missing_ok=True)
    update(str(HERE / "locales"), str(BUILD / "gettext"), ("ko",))
    return 0


if __name__ == "__main__":
    sys.exit(main())
