"""Session: requests with time-outs, a limit on answers, no redirects to other hosts, and no environment of its own."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError as UrllibError

from kawaraban.channels.http.addresses import PublicOnlyAdapter
from kawaraban.channels.http.failures import failure_of
from kawaraban.channels.http.secrecy import Redaction, shown, unechoed
from kawaraban.errors import Sentence, Unavailable, Unsure

_LOG = logging.getLogger(__name__)
_LIBRARY_LOG = logging.getLogger("urllib3.connectionpool")
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two pieces of an answer and for all of it; bytes of an answer; redirects followed."""

    connect: float = 10.0
    read: float = 30.0
    whole: float = 120.0
    answer_bytes: int = 16_000_000
    redirects: int = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: `headers` are looked up in any case, `shown_url` is safe to print."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    shown_url: str

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; "" where none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class CantTell:
    """A read that says nothing about what it asked for: no network, a time-out, a redirect elsewhere."""

    why: Sentence
    after: timedelta | None = None


class Session:
    """
    One channel's HTTP. Takes no proxy, credentials or certificates from the environment; certificates are checked.

    `private` allows loopback and private networks; `secrets` never appear in an error or a log line.
    """

    def __init__(self, *, private: bool, limits: Limits | None = None, secrets: Collection[str] = ()) -> None:
        self._limits = limits or Limits()
        self._secrets = tuple(secrets)
        self._redaction = Redaction(self._secrets)
        _LIBRARY_LOG.addFilter(self._redaction)
        self._requests = requests.Session()
        self._requests.trust_env = False
        if not private:
            self._requests.mount("http://", PublicOnlyAdapter())
            self._requests.mount("https://", PublicOnlyAdapter())

    def __enter__(self) -> Self:
        """Return the session, which is closed at the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        """Close the session."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._requests.close()
        _LIBRARY_LOG.removeFilter(self._redaction)

    def send(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """
        Send once, follow nothing, and return the answer, whatever its status (`judged` says what it means).

        Raises Refused, Unavailable (nothing was sent) or Unsure (it may have arrived).
        """
        where = shown(url, self._secrets)
        try:
            return self._exchanged(method, url, headers=headers or {}, body=body)
        except (requests.RequestException, UrllibError, OSError, ValueError) as error:
            failure = failure_of(error, where)
        _LOG.info("%s %s: %s", method, where, failure.what.en)
        raise failure  # outside the except clause: the library's own text may hold a secret

    def ask(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer | CantTell:
        """
        Read an address, following redirects on the same host; CantTell where there is no answer to judge.

        Raises Refused where the address itself is wrong or private.
        """
        return self._asked(url, headers or {}, self._limits.redirects)

    def _asked(self, url: str, headers: Mapping[str, str], redirects: int) -> Answer | CantTell:
        where = shown(url, self._secrets)
        try:
            answer = self.send("GET", url, headers=headers)
        except Unavailable as failure:
            return CantTell(failure.what, failure.after)
        except Unsure as failure:
            return CantTell(_unread(where, failure))
        if answer.status not in _REDIRECTS or "location" not in answer.headers:
            return answer
        target = _target(url, answer.headers["location"])
        if redirects == 0 or target is None:
            elsewhere = shown(answer.headers["location"], self._secrets)
            return CantTell(_moved(where, elsewhere))
        return self._asked(target, headers, redirects - 1)

    def _exchanged(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """
        Exchange within `whole` seconds, whatever a server does.

        The library's time-outs count from byte to byte: a server that drips one a second would be listened to for hours.
        So the exchange runs in a thread of its own, which nobody waits for any longer than that.
        """
        ended: queue.SimpleQueue[Answer | BaseException] = queue.SimpleQueue()

        def exchanging() -> None:
            try:
                ended.put(self._answered(method, url, headers, body))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                ended.put(error)

        threading.Thread(target=exchanging, daemon=True).start()
        try:
            outcome = ended.get(timeout=self._limits.whole)
        except queue.Empty:
            raise requests.ReadTimeout from None
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        ends = time.monotonic() + self._limits.whole
        # No connection is used twice: servers close one they kept without a word (snac after each answer), and a post that was
        # sent into it is in doubt for nothing.
        self._requests.close()
        with self._requests.request(
            method,
            url,
            data=body or None,
            headers=dict(headers),
            timeout=(self._limits.connect, self._limits.read),
            allow_redirects=False,
            stream=True,
        ) as response:
            content = unechoed(self._content(response, ends), self._secrets)
            return Answer(
                response.status_code, CaseInsensitiveDict(response.headers), content, shown(url, self._secrets)
            )

    def _content(self, response: requests.Response, ends: float) -> bytes:
        content = bytearray()
        for piece in response.iter_content(_CHUNK):
            content += piece
            if len(content) > self._limits.answer_bytes:
                raise Unsure(_too_large(shown(response.url, self._secrets), self._limits.answer_bytes))
            if time.monotonic() > ends:  # nobody waits for it any more
                raise requests.ReadTimeout
        return bytes(content)


def _target(url: str, location: str) -> str | None:
    """Return where a redirect leads on the same host; None: elsewhere, or nowhere."""
    try:
        target = urljoin(url, location)
        return target if _same_host(urlsplit(url), urlsplit(target)) else None
    except ValueError:  # no address at all, or a port that there can't be
        return None


def _same_host(here: SplitResult, there: SplitResult) -> bool:
    """Return whether a redirect stays on the host (http may become https, never the other way round)."""
    if here.hostname != there.hostname:
        return False
    if here.scheme == "http" and there.scheme == "https":
        return there.port in {None, 443}
    return (here.scheme, here.port) == (there.scheme, there.port)


def _too_large(where: str, limit: int) -> Sentence:
    return Sentence(ja=f"{where} の答えが{limit}バイトを超えました", en=f"the answer of {where} exceeds {limit} bytes")


def _moved(here: str, there: str) -> Sentence:
    return Sentence(ja=f"{here} は {there} へ移されています", en=f"{here} redirects to {there}")


def _unread(where: str, failure: Unsure) -> Sentence:
    return Sentence(
        ja=f"{where} を読めませんでした（{failure.what.ja}）", en=f"{where} can't be read ({failure.what.en})"
    )
