"""
Every exception of the HTTP library, and every status, as Refused, NotAuthorised, Unavailable or Unsure.

Unavailable is only what can't have reached the server: the connection refused or failed, 429, and 503 with Retry-After
where the channel calls it honest. Any other 5xx, a reset, a time-out or a failure without a type is Unsure.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import requests
from urllib3 import exceptions as below

from kawaraban.channels.http.hints import retry_after
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Sentence, Unavailable, Unsure

KINDS: Mapping[type[Exception], type[ChannelFailure]] = {
    requests.RequestException: Unsure,
    requests.exceptions.ConnectionError: Unsure,  # reset, closed; `failure_of` looks inside for one that never stood
    requests.exceptions.ProxyError: Unsure,
    requests.exceptions.SSLError: Unsure,
    requests.exceptions.ConnectTimeout: Unavailable,
    requests.exceptions.Timeout: Unsure,
    requests.exceptions.ReadTimeout: Unsure,
    requests.exceptions.HTTPError: Unsure,
    requests.exceptions.ChunkedEncodingError: Unsure,
    requests.exceptions.ContentDecodingError: Unsure,
    requests.exceptions.StreamConsumedError: Unsure,
    requests.exceptions.RetryError: Unsure,
    requests.exceptions.TooManyRedirects: Unsure,
    requests.exceptions.UnrewindableBodyError: Unsure,
    requests.exceptions.JSONDecodeError: Unsure,  # reading an answer
    requests.exceptions.InvalidJSONError: Refused,  # writing a request: nothing left, and nothing ever will
    requests.exceptions.URLRequired: Refused,
    requests.exceptions.MissingSchema: Refused,
    requests.exceptions.InvalidSchema: Refused,
    requests.exceptions.InvalidURL: Refused,
    requests.exceptions.InvalidProxyURL: Refused,
    requests.exceptions.InvalidHeader: Refused,
}
_NEVER_CONNECTED = (below.NewConnectionError, below.ConnectTimeoutError, ssl.SSLCertVerificationError)
_SENTENCES: Mapping[type[ChannelFailure], Sentence] = {
    Refused: Sentence(ja="{where} へは送れません（{name}）", en="nothing can be sent to {where} ({name})"),
    Unavailable: Sentence(
        ja="{where} につながりません（{name}）。何も送っていません",
        en="no connection to {where} ({name}); nothing was sent",
    ),
    Unsure: Sentence(
        ja="{where} からの答えがありません（{name}）。届いたかもしれません",
        en="no answer from {where} ({name}); it may have arrived",
    ),
}


def kind_of(error: BaseException) -> type[ChannelFailure]:
    """Return which of the three an exception is; a connection that never stood is Unavailable."""
    if any(isinstance(cause, _NEVER_CONNECTED) for cause in _causes(error)):
        return Unavailable
    return next((KINDS[parent] for parent in type(error).__mro__ if parent in KINDS), Unsure)


def failure_of(error: BaseException, where: str) -> ChannelFailure:
    """Return the failure to raise; `where` is the address as a person may see it. Says the class, never its text."""
    kind = kind_of(error)
    names = {"where": where, "name": type(error).__name__}
    sentence = _SENTENCES[kind]
    return kind(Sentence(ja=sentence.ja.format(**names), en=sentence.en.format(**names)))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and what it carries inside: arguments, `reason`, cause and context."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]


# --- statuses -----------------------------------------------------------------------------------------------------


class AnswerLike(Protocol):
    """What is judged: an Answer."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The header fields."""

    @property
    def body(self) -> bytes:
        """The body."""

    @property
    def shown_url(self) -> str:
        """The address as a person may see it."""


def judged(answer: AnswerLike, *, now: datetime, honest_503: bool) -> None:
    """Raise the failure that the answer to something sent means (see `failure_by_status`); return for 2xx."""
    if (failure := failure_by_status(answer, now=now, honest_503=honest_503)) is not None:
        raise failure


def failure_by_status(
    answer: AnswerLike, *, now: datetime, honest_503: bool, sent: bool = True
) -> ChannelFailure | None:
    """
    Return the failure that an answer means, or None for 2xx.

    409 is Refused here: a channel that knows it as "duplicate" looks at the status before. `honest_503` is the
    capability `unavailable_is_honest`. `sent` False: it answers a question, so that nothing can have arrived.
    """
    status = answer.status
    names = {"where": answer.shown_url, "status": str(status)}
    waiting = retry_after(answer.headers, answer.body, now)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}:
        return NotAuthorised(_said(names, "認証が通りません", "our credentials are refused"))
    honest = status == HTTPStatus.SERVICE_UNAVAILABLE and honest_503 and waiting is not None
    if status == HTTPStatus.TOO_MANY_REQUESTS or honest:
        return Unavailable(_said(names, "いまは受けつけていません", "it takes nothing just now"), after=waiting)
    doubtful = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.SEE_OTHER}
    if status in doubtful or not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        if not sent:
            return Unavailable(_said(names, "確かめられません", "it can't be asked just now"))
        return Unsure(_said(names, "届いたかどうか分かりません", "it may have arrived"))
    return Refused(_said(names, "受けつけられませんでした", "it was refused"))


def _said(names: Mapping[str, str], ja: str, en: str) -> Sentence:
    return Sentence(
        ja=f"{names['where']} の答え {names['status']}：{ja}", en=f"{names['where']} said {names['status']}: {en}"
    )
