"""A trace as a film: the drawing at every step with its sentence, as GIF or MP4.

Pillow draws the frames; a GIF needs nothing else, an MP4 needs the program ffmpeg too. Neither
is installed with nbgrad: the errors say how to get them.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrad.engine.errors import MissingDependencyError
from nbgrad.tracing.narration.story import Story
from nbgrad.views.graph.data import brief
from nbgrad.views.layout.placed import Box, Drawing
from nbgrad.views.theme import colour

from .scene import drawing_of, left_out_of

if TYPE_CHECKING:
    from nbgrad.tracing import Step, Summary, Trace

MAX_NODES, MAX_STEPS = 400, 200
MAX_WIDTH = 1600
SUPERSAMPLING = 2
"""Frames are drawn this much larger and then reduced, which smooths their edges."""
STEP_SECONDS, LAST_SECONDS = 1.5, 3.0
HEADER_HEIGHT, FOOTER_HEIGHT, MARGIN = 46, 84, 14
FONTS = ("DejaVuSans", "NotoSans-Regular", "NotoSansCJK-Regular", "Arial Unicode", "arial", "Helvetica")  # fmt: skip
PILLOW = "Saving a trace as {kind} needs Pillow: pip install pillow"
FFMPEG = (
    "Saving a trace as .mp4 needs the program ffmpeg, which is not found. Install it with "
    "'apt install ffmpeg', 'brew install ffmpeg' or 'winget install ffmpeg', or save a .gif."
)


def gif(trace: Trace) -> bytes:
    """Return the film of a trace as a GIF that plays again and again.

    Raises
    ------
    MissingDependencyError
        Without Pillow.
    ValueError
        If the graph is too large for a picture that can be read.
    """
    frames = _frames(trace, ".gif")
    flat = [frame.quantize(128) for frame in frames]
    times = [int(1000 * STEP_SECONDS)] * (len(flat) - 1) + [int(1000 * LAST_SECONDS)]
    held = io.BytesIO()
    flat[0].save(
        held, "GIF", save_all=True, append_images=flat[1:], duration=times, loop=0, optimize=True
    )
    return held.getvalue()


def mp4(trace: Trace) -> bytes:
    """Return the film of a trace as an MP4.

    Raises
    ------
    MissingDependencyError
        Without Pillow or ffmpeg.
    ValueError
        If the graph is too large for a picture that can be read.
    RuntimeError
        If ffmpeg fails; its last line says why.
    """
    program = shutil.which("ffmpeg")
    if program is None:
        raise MissingDependencyError(FFMPEG)
    frames = _frames(trace, ".mp4")
    with tempfile.TemporaryDirectory() as folder:
        for k, frame in enumerate([*frames, frames[-1]]):
            frame.save(Path(folder) / f"{k:04}.png")
        target = Path(folder) / "film.mp4"
        command = [
            program, "-y", "-loglevel", "error", "-framerate", f"{1 / STEP_SECONDS:.6f}", "-i",
            str(Path(folder) / "%04d.png"), "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-r", "25",
            "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(target),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise RuntimeError(f"ffmpeg could not make the film: {said}")
        return target.read_bytes()


def _frames(trace: Trace, kind: str) -> list[Any]:
    try:
        import PIL.Image
    except ImportError:
        raise MissingDependencyError(PILLOW.format(kind=kind)) from None
    nodes, steps = len(trace.variables) + len(trace.functions), len(trace.steps)
    if nodes > MAX_NODES or steps > MAX_STEPS:
        raise ValueError(
            f"A film shows up to {MAX_NODES} nodes in {MAX_STEPS} steps; this trace has {nodes} "
            f"in {steps}. Save it as .html, which has no limit, or trace a smaller part."
        )
    studio = _Studio(trace)
    size = tuple(round(n / SUPERSAMPLING) for n in studio.size)
    frames = [studio.frame(k) for k in range(steps + 1)]
    return [frame.resize(size, PIL.Image.Resampling.LANCZOS) for frame in frames]


@cache
def _font(size: int) -> Any:
    """Return a font that has the signs of mathematics, if the system has one."""
    from PIL import ImageFont

    for name in FONTS:
        try:
            return ImageFont.truetype(f"{name}.ttf", size)
        except OSError:
            continue
    return ImageFont.load_default(size)


class _Studio:
    """Draws the frames of one trace."""

    def __init__(self, trace: Trace) -> None:
        trace = trace.shown
        self.trace = trace
        self.pen: Any = None
        self.drawing: Drawing = drawing_of(trace.parts)
        self.symbols = left_out_of(trace.parts).symbols
        self.story = Story(trace.parts)
        width = max(self.drawing.width + 2 * MARGIN, 640)
        self.scale = SUPERSAMPLING * min(1.0, MAX_WIDTH / width)
        self.size = (
            round(width * self.scale),
            round((HEADER_HEIGHT + self.drawing.height + FOOTER_HEIGHT) * self.scale),
        )
        self.left = (width - self.drawing.width) / 2

    def frame(self, k: int) -> Any:
        """Draw step `k`; 0 is the start."""
        from PIL import Image, ImageDraw

        image = Image.new("RGB", self.size, colour("bg"))
        self.pen = ImageDraw.Draw(image)
        step = self.trace.steps[k - 1] if k else None
        self.text(self.story.title, MARGIN, HEADER_HEIGHT / 2, 19, "text")
        self.bands(step)
        self.edges(step)
        grads, freed = self.state(k)
        for v in self.trace.variables:
            if v.id in self.drawing.boxes:
                self.card(
                    v, grads.get(v.id), freed=v.id in freed, active=self.takes_part(v.id, step)
                )
        for f in self.trace.functions:
            self.pill(f, active=step is not None and any(c.function.id == f.id for c in step.calls))
        self.chips(step)
        self.sentence("".join(self.story.generation[k]))
        return image

    def state(self, k: int) -> tuple[dict[str, Summary], set[str]]:
        """Return the gradients after step `k`, and those that were dropped by then."""
        grads = {self.trace.root.id: self.trace.seed}
        freed: set[str] = set()
        for j, step in enumerate(self.trace.steps[:k]):
            grads.update((c.variable.id, c.after) for c in step.contributions)
            freed |= {v.id for v in step.freed} if j < k - 1 else set()
        return grads, freed

    def takes_part(self, variable: str, step: Step | None) -> bool:
        if step is None:
            return variable == self.trace.root.id
        return any(
            variable in call.function.outputs
            or any(c.variable.id == variable for c in call.contributions)
            for call in step.calls
        )

    # -- parts ----------------------------------------------------------------------------

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x + self.left) * self.scale, (y + HEADER_HEIGHT) * self.scale

    def box(self, box: Box, fill: str, line: str, width: float, radius: float) -> None:
        corners = [self.at(box.x, box.y), self.at(box.x + box.width, box.y + box.height)]
        self.pen.rounded_rectangle(
            corners, radius * self.scale, colour(fill), colour(line), round(width * self.scale)
        )

    def text(self, text: str, x: float, y: float, size: int, token: str) -> None:
        font = _font(round(size * self.scale))
        self.pen.text((x * self.scale, y * self.scale), text, colour(token), font, "lm")

    def label(
        self,
        text: str,
        x: float,
        y: float,
        size: int,
        token: str,
        anchor: str = "lm",
        room: float = 0,
    ) -> None:
        """Write a text into the drawing, cut to the room there is."""
        font = _font(round(size * self.scale))
        whole = text
        while room and len(text) > 1 and font.getlength(text) > room * self.scale:
            text = whole[: len(text) - 2] + "…"
        self.pen.text(self.at(x, y), text, colour(token), font, anchor)

    def bands(self, step: Step | None) -> None:
        for band in self.drawing.bands:
            active = step is not None and step.generation == band.generation
            ground = Box(band.x, 0, band.width, self.drawing.height)
            self.box(ground, "glow" if active else "soft", "glow" if active else "soft", 1, 10)
            name = f"generation {band.generation}" if band.width > 130 else str(band.generation)
            self.label(name, band.x + 14, 24, 14, "accent-text" if active else "muted")

    def edges(self, step: Step | None) -> None:
        calls = () if step is None else step.calls
        reached = {
            (call.function.id, y)
            for call in calls
            for y, gy in zip(call.function.outputs, call.upstream, strict=True)
            if gy is not None
        }
        sent = _sent(step)
        for link, route in zip(self.drawing.links, self.drawing.routes, strict=True):
            active = (link.source, link.target) in reached or (link.target, link.input) in sent
            points = [self.at(x, y) for x, y in _curve(route)]
            width = round((3.0 if active else 1.6) * self.scale)
            self.pen.line(points, colour("accent" if active else "edge"), width, "curve")

    def card(self, v: Any, grad: Summary | None, *, freed: bool, active: bool) -> None:
        box = self.drawing.boxes[v.id]
        self.box(box, "raised", "accent" if active else "line", 2.6 if active else 1.6, 11)
        left, right = box.x + 13, box.x + box.width - 13
        value = "–" if v.value is None else brief(v.value)
        slim = box.height < 60
        y = box.y + (box.height / 2 if slim else 21)
        self.label(value, right, y, 14, "text", "rm")
        room = right - left - _font(14).getlength(value) - 8
        self.label(v.name, left, y, 15, "muted" if slim else "text", room=max(room, 20))
        if slim:
            return
        self.label("grad", left, box.y + 58, 13, "muted")
        shown = "–" if grad is None else grad.brief
        token = "muted" if grad is None or freed else "accent-text" if active else "text"
        self.label(shown, right, box.y + 58, 15, token, "rm")
        if freed and grad is not None:
            long = _font(15).getlength(shown)
            self.pen.line([self.at(right - long, box.y + 58), self.at(right, box.y + 58)], colour("muted"), round(1.5 * self.scale))  # fmt: skip

    def pill(self, f: Any, *, active: bool) -> None:
        box = self.drawing.boxes[f.id]
        fill, ink = ("accent", "on-accent") if active else ("second", "on-second") if f.backward else ("pill", "on-pill")  # fmt: skip
        self.box(box, fill, fill, 1, 12 if f.is_module else box.height / 2)
        symbol = self.symbols.get(f.id) or f.symbol or f.name
        middle = box.x + box.width / 2, box.y + box.height / 2
        self.label(symbol, *middle, 15, ink, "mm", box.width - 16)

    def chips(self, step: Step | None) -> None:
        sent = _sent(step)
        for link, route in zip(self.drawing.links, self.drawing.routes, strict=True):
            if (link.target, link.input) in sent:
                (x, y), (u, v) = route[-2:]  # beside its function
                self.chip(sent[link.target, link.input].brief, (x + u) / 2, (y + v) / 2)

    def chip(self, text: str, x: float, y: float) -> None:
        text = text if text.startswith("-") else f"+{text}"
        width = _font(13).getlength(text) + 18
        self.box(Box(x - width / 2, y - 13, width, 26), "accent", "bg", 1.5, 13)
        self.label(text, x, y, 13, "on-accent", "mm")

    def sentence(self, text: str) -> None:
        font = _font(round(16 * self.scale))
        room = self.size[0] - 2 * MARGIN * self.scale
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if font.getlength(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        top = HEADER_HEIGHT + self.drawing.height + 22
        for k, line in enumerate(lines[:3]):
            self.text(line, MARGIN, top + 22 * k, 16, "text")


def _sent(step: Step | None) -> dict[tuple[str, int | None], Summary]:
    """Return what a step sends back, by function and input."""
    calls = () if step is None else step.calls
    return {(call.function.id, c.input): c.amount for call in calls for c in call.contributions}


def _curve(route: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points along an edge, level at each of its own."""
    points = [route[0]]
    for (x, y), (u, v) in pairwise(route):
        steps = 1 if v == y else 24
        for k in range(1, steps + 1):
            t = k / steps
            middle = 3 * (1 - t) * t
            points.append((
                (1 - t) ** 3 * x + middle * ((x + u) / 2) + t**3 * u,
                ((1 - t) ** 3 + middle * (1 - t)) * y + (middle * t + t**3) * v,
            ))  # fmt: skip
    return points
