"""
The only room that knows apprise: words go out to addresses, and why one could not.

An address holds a token, so nothing of it is ever said: what apprise itself logs is caught here and shown without it.
Apprise makes its own connections (`network.private` is about channels' servers, not about these). Every address has its
own few seconds; they are called side by side.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import get_ident
from types import ModuleType
from typing import Literal

from pydantic import SecretStr

from kawaraban.errors import Sentence

Tone = Literal["info", "success", "warning", "failure"]

_LOG = logging.getLogger("apprise")
_HTTP_LOG = logging.getLogger("urllib3.connectionpool")
_SHORTEST = 4
_NOT_UNDERSTOOD = Sentence(ja="Appriseの分かるURLではありません", en="this is no URL that Apprise understands")


@dataclass(frozen=True, slots=True)
class Letter:
    """Words on their way to an address."""

    to: SecretStr
    title: str
    body: str
    tone: Tone = "info"


def send(letters: Sequence[Letter]) -> list[Sentence | None]:
    """Send each; return for each why it could not be sent, or None. Never raises."""
    if not letters:
        return []
    _apprise()  # in this thread: what it loads may warn, and that is kept quiet for the whole process
    with _veiled(letters), _caught() as log, ThreadPoolExecutor(max_workers=min(len(letters), 8)) as pool:
        return list(pool.map(lambda letter: _sent(letter, log), letters))


def understood(to: SecretStr) -> Sentence | None:
    """Return why an address is none that apprise could use, or None; nothing is sent."""
    apprise = _apprise()
    with _caught() as log:
        return None if apprise.Apprise().add(to.get_secret_value()) else _explained(_NOT_UNDERSTOOD, log, to)


@cache
def _apprise() -> ModuleType:
    """Import apprise with its hundred services, once; what their libraries call outdated is not our business."""
    with _caught(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import apprise

        apprise.Apprise().add("json://localhost")
    return apprise


def _sent(letter: Letter, log: _Log) -> Sentence | None:
    apprise = _apprise()
    try:
        asset = apprise.AppriseAsset(app_id="Kawaraban", app_desc="Kawaraban", async_mode=False)
        post = apprise.Apprise(asset=asset)
        if not post.add(letter.to.get_secret_value()):
            return _explained(_NOT_UNDERSTOOD, log, letter.to)
        if post.notify(body=letter.body, title=letter.title, notify_type=apprise.NotifyType(letter.tone)):
            return None
    except Exception as error:  # noqa: BLE001 - a hundred services, each with its own exceptions; none may stop a publish
        log.lines.setdefault(get_ident(), []).append(f"{type(error).__name__}: {error}")
    return _explained(Sentence(ja="送れませんでした", en="it could not be sent"), log, letter.to)


def _explained(what: Sentence, log: _Log, to: SecretStr) -> Sentence:
    """Return the sentence with apprise's own last word, without anything of the address."""
    from kawaraban.channels.http.secrecy import redacted  # late: with it comes the HTTP library

    said = log.lines.pop(get_ident(), [])
    if not said:
        return what
    why = redacted(said[-1], pieces(to)).splitlines()[0][:200]
    return Sentence(ja=f"{what.ja}（{why}）", en=f"{what.en} ({why})")


def pieces(to: SecretStr) -> tuple[str, ...]:
    """Return an address and every part of it that could be a token: apprise names them one by one."""
    url = to.get_secret_value()
    parts = re.split(r"[/:@?&=,#\s]+", url)
    return (url, *(part for part in parts[1:] if len(part) >= _SHORTEST))


class _Log(logging.Handler):
    """What apprise logs, by the thread that sends."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: dict[int, list[str]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.setdefault(record.thread or get_ident(), []).append(record.getMessage())


@contextmanager
def _caught() -> Iterator[_Log]:
    """Keep apprise's log to ourselves: it may name an address, or a token alone."""
    log, propagates = _Log(), _LOG.propagate
    _LOG.addHandler(log)
    _LOG.propagate = False
    try:
        yield log
    finally:
        _LOG.removeHandler(log)
        _LOG.propagate = propagates


@contextmanager
def _veiled(letters: Sequence[Letter]) -> Iterator[None]:
    """Hide the addresses in what the HTTP library below logs of its requests."""
    from kawaraban.channels.http.secrecy import Redaction  # late: see above

    veil = Redaction([piece for letter in letters for piece in pieces(letter.to)])
    _HTTP_LOG.addFilter(veil)
    try:
        yield
    finally:
        _HTTP_LOG.removeFilter(veil)
