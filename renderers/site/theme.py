"""The theme: templates and one sheet, an operator's folder before our own. Its digest is part of every page's key."""

from __future__ import annotations

import hashlib
import re
import traceback
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)

from kawaraban import address
from kawaraban.errors import Place, Sentence, WrongInput
from renderers.site import dates, typeset

HERE = Path(__file__).parent
OWN = HERE / "templates"
SHEET = "site.css"
_BLANK = re.compile(r"[ \t]*\n(?:[ \t]*\n)*")
_VERBATIM = re.compile(r"(<pre[\s>].*?</pre>)", re.DOTALL)


class Theme:
    """
    Templates by name and the sheet. `folder` None: ours alone.

    A theme's template may extend ours of the same name: `{% extends "own/article.html" %}`.
    """

    def __init__(self, folder: Path | None, zone: ZoneInfo) -> None:
        if folder is not None and not folder.is_dir():
            raise WrongInput(
                Sentence(ja=f"テーマのフォルダーがありません: {folder}", en=f"there is no theme folder: {folder}"),
                place=Place(folder),
                remedy=Sentence(
                    ja="config/channels.yaml の theme を確かめてください", en="look at `theme` in config/channels.yaml"
                ),
            )
        self._folder = folder
        self._zone = zone

    @cached_property
    def environment(self) -> Environment:
        """The Jinja2 environment, with the typesetting filters (docs/themes.md lists them)."""
        own = PackageLoader("renderers.site")
        loaders = [FileSystemLoader(self._folder)] if self._folder else []
        made = Environment(
            loader=ChoiceLoader([*loaders, own, PrefixLoader({"own": own})]),
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        )  # fmt: skip
        zone = self._zone
        made.filters |= {
            "day": lambda moment: dates.day(moment, zone),
            "month_day": lambda moment: dates.month_day(moment, zone),
            "clock": lambda moment: dates.clock(moment, zone),
            "weekday": lambda moment: dates.weekday(moment, zone),
            "machine": lambda moment: dates.machine(moment, zone),
            "year": lambda moment: dates.local(moment, zone).year,
            "kanji": typeset.kanji,
            "typeset_title": typeset.title,
            "upright_title": typeset.upright_title,
            "phrases": typeset.phrases,
            "tail": typeset.tail,
            "minutes": typeset.minutes,
        }
        made.globals |= {"address": address}
        return made

    @cached_property
    def sheet(self) -> bytes:
        """The style sheet's bytes."""
        own = self._folder / SHEET if self._folder else None
        return (own if own is not None and own.is_file() else OWN / SHEET).read_bytes()

    @cached_property
    def sheet_path(self) -> str:
        """Its public address: the digest makes every change a new name, so that no cache shows the old one."""
        return f"/assets/site-{hashlib.sha256(self.sheet).hexdigest()[:10]}.css"

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all templates, the sheet and the code that fills them."""
        return hashlib.sha256(f"{_digest(HERE)}{_digest(self._folder) if self._folder else ''}".encode()).hexdigest()

    def render(self, template: str, **values: object) -> bytes:
        """Return a page's bytes, without blank lines and trailing spaces (inside `pre` everything stays)."""
        try:
            text = self.environment.get_template(template).render(**values)
        except Exception as error:  # an operator's template may raise anything
            if self._folder is None:
                raise
            raise self._unusable(template, error) from error
        parts = _VERBATIM.split(text)
        return "".join(part if place % 2 else _BLANK.sub("\n", part) for place, part in enumerate(parts)).encode()

    def _place(self, error: Exception) -> Place | None:
        """Return the line in the theme's own files where an error arose; Jinja2 writes templates into the traceback."""
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if self._is_own(frame.filename)]
        return Place(Path(own[-1].filename), own[-1].lineno) if own else None

    def _is_own(self, filename: str) -> bool:
        return self._folder is not None and Path(filename).is_relative_to(self._folder)

    def _unusable(self, template: str, error: Exception) -> WrongInput:
        name = getattr(error, "name", None) or template
        place = self._place(error) or Place((self._folder or OWN) / name, getattr(error, "lineno", None))
        where = name if place.line is None else f"{Path(place.file).name}:{place.line}"
        return WrongInput(
            Sentence(ja=f"テーマの {where} を使えません: {error}", en=f"the theme's {where} can't be used: {error}"),
            place=place,
            remedy=Sentence(
                ja="テンプレートを直すか、config/channels.yaml の theme の行を消してください",
                en="mend the template, or remove `theme` from config/channels.yaml",
            ),
        )


@lru_cache(maxsize=4)
def _own_digest() -> str:
    return _files_digest(HERE)


def _digest(folder: Path) -> str:
    return _own_digest() if folder == HERE else _files_digest(folder)


def _files_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
