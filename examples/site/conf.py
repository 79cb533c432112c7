"""Sphinx's configuration of the documentation; `build.py` runs it once for each language."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from docutils import nodes

import nbgrad

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from generate.lite import notebooks

project = "nbgrad"
author = "nbgrad contributors"
copyright = "nbgrad contributors, MIT licence"  # noqa: A001 - Sphinx's name
release = version = nbgrad.__version__
language = os.environ.get("SITE_LANGUAGE", "en")

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "node_modules", "**/.ipynb_checkpoints", "README.md", "lite"]
templates_path = ["templates"]
locale_dirs = ["locales"]
gettext_compact = False
gettext_uuid = False
suppress_warnings = [
    "misc.highlighting_failure",  # a traceback that holds an arrow
    "mystnb.mime_priority",
    "myst.xref_missing",  # a notebook links to its neighbours by file name: the link check follows them
]

# Notebooks and pages with code cells run once; the second language finds them in the cache.
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / "executed")
nb_execution_raise_on_error = True
nb_execution_timeout = 240
nb_execution_show_tb = True
nb_merge_streams = True
nb_mime_priority_overrides = [("gettext", "image/png", 0)]  # what plots show is translated
# No html-manager, no require.js, no CDN: nbgrad's own script brings the steppers to life.
nb_ipywidgets_js = {}
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_url_schemes = ("http", "https", "mailto", "lite")  # lite:NAME is that notebook in JupyterLite

autosummary_generate = True
toc_object_entries = False  # the headings are enough
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {"svg": {"fontCache": "none"}, "options": {"enableMenu": False}}

html_theme = "pydata_sphinx_theme"
html_title = "nbgrad"
html_baseurl = ""
html_static_path = ["static", str(nbgrad.static_script()), str(HERE / "_build" / "static")]
html_extra_path = [str(HERE / "_build" / "gallery" / language)]
html_css_files = ["site.css"]
html_js_files = [("revive.js", {"defer": "defer"}), ("site.js", {"defer": "defer"})]
html_show_sourcelink = False
html_copy_source = False
html_last_updated_fmt = None
html_logo = html_favicon = "static/logo.svg"
html_sidebars = {"index": [], "gallery": [], "changelog": []}
html_context = {"default_mode": "auto", "live": [f"learn/{path.stem}" for path in notebooks()]}
html_theme_options = {
    "logo": {"text": "nbgrad", "alt_text": ""},
    "navbar_align": "left",
    "navbar_center": ["navbar-nav"],
    "navbar_end": ["languages", "theme-switcher"],
    "navbar_persistent": ["search-button"],
    "search_bar_text": {"en": "Search the docs ...", "ko": "문서에서 찾기"}[language],
    "header_links_before_dropdown": 7,
    "article_header_end": ["try"],
    "show_toc_level": 2,
    "show_prev_next": True,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copybutton_prompt_text = r">>> |\.\.\. |\$ |In \[\d*\]: "
copybutton_prompt_is_regexp = True
linkcheck_anchors = True


def as_code(_app, _what, name, _obj, _options, lines):
    """Set formulas in a summary as code, ``|x|`` and ``*shape``: reStructuredText has other uses for them."""
    for i, line in enumerate(lines):
        if name.startswith("nbgrad.") and "``" not in line:
            lines[i] = re.sub(
                r"(?<=: )[^:]*\|x\|.*?(?=\.$)|\|[^|]+\||\(\*[^)]*\)", r"``\g<0>``", line
            )


def to_lite(_app, doctree, docname):
    """Lead ``lite:NAME.ipynb`` to JupyterLite, which stands beside the English pages."""
    up = "../" * (docname.count("/") + (language != "en"))
    for node in doctree.findall(nodes.reference):
        name = node.get("refuri", "")
        if name.startswith("lite:"):
            node["refuri"] = f"{up}lite/lab/index.html?path={name.removeprefix('lite:')}"


def setup(app):
    """Teach Sphinx what it does not know by itself."""
    from pygments.lexers.javascript import JavascriptLexer

    app.add_lexer("jsonc", JavascriptLexer)
    app.connect("doctree-resolved", to_lite)
    app.connect("autodoc-process-docstring", as_code, priority=400)
