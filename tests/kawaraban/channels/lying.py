"""Servers that answer anything at all: no network, only what a session would have been answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from requests.structures import CaseInsensitiveDict

from kawaraban.channels.http import Answer

MOST = 600
"""More requests than any piece of work may take of a server that never says the end."""

NASTY: Sequence[Any] = (
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    "",
    " ",
    "\x00",
    "\ud800",
    "\x1b[2J\x1b]0;x\x07",
    "\u202egpj.exe",
    "http://[",
    "http://127.0.0.1:99999/",
    "//169.254.169.254/latest/meta-data",
    "javascript:alert(1)",
    "../../../admin?x=",
    "a\r\nX-Injected: 1",
    "9" * 5000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    '<a href="&#1;">x</a>',
    '<a href="http://[">x</a>',
    '<?xml version="1.0" encoding="utf-8"?><p>x</p>',
    "<!--",
    [],
    {},
    [None],
    [[]],
)
_STATUSES = (*(200,) * 12, 201, 202, 204, 206, 301, 302, 400, 400, 401, 403, 404, 404, 409, 410, 422, 429, 500, 503)
_HINTS = ("1" * 12, "-5", "1e300", "1e999", "nan", "Mon, 01 Jan 0001 00:00:00 +1400", "9999-12-31T23:59:59-14:00", "x")
_HINTING = ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "date", "x-wp-totalpages")
_ADDRESSES = tuple(one for one in NASTY if isinstance(one, str) and one.isascii() and "\n" not in one)
_BODIES = (b"", b"<html>fine</html>", b"[" * 3000, b'{"a":' * 3000, b"\xff\xfe", b"null", b"9" * 5000, b"\x00")


@dataclass
class Liar:
    """Answers `first` by the end of a path, once each, and then anything that `shapes` may become. `told` is what came."""

    dice: Random
    shapes: Sequence[Any]
    first: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def exchanged(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        del headers, body
        self.told.append(f"{method} {url}")
        assert len(self.told) < MOST, f"an endless conversation: {self.told[-1]}"
        path = url.partition("?")[0]
        known = next((end for end in self.first if path.endswith(end)), None)
        if known is not None:
            return Answer(
                200, CaseInsensitiveDict(), json.dumps(self.first.pop(known)).encode(), "https://liar.example"
            )
        status = self.dice.choice(_STATUSES)
        return Answer(status, CaseInsensitiveDict(self._headers()), self._body(), "https://liar.example")

    def _headers(self) -> dict[str, str]:
        hints = {name: self.dice.choice(_HINTS) for name in _HINTING if self._seldom(0.15)}
        return hints | ({"location": self.dice.choice(_ADDRESSES)} if self._seldom(0.3) else {})

    def _body(self) -> bytes:
        if self._seldom(0.05):
            return self.dice.choice(_BODIES)
        return json.dumps(self._almost(self.dice.choice(self.shapes))).encode()

    def _almost(self, value: Any) -> Any:
        """What a server should say, with anything else in any place."""
        if self._seldom(0.06):
            return self.dice.choice(NASTY)
        if isinstance(value, dict):
            return {key: self._almost(inner) for key, inner in value.items() if not self._seldom(0.04)}
        if isinstance(value, list):
            return [self._almost(self.dice.choice(value)) for _ in range(self.dice.choice((0, 1, 1, 2, 3)))]
        return value

    def _seldom(self, how: float) -> bool:
        return self.dice.random() < how
