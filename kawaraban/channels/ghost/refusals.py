"""
What Ghost answers instead of a success, as Refused, NotAuthorised, Unavailable or Unsure.

Its errors are `{"errors": [{"message", "context", "type", "code"}]}` (Ghost, Admin API, "Errors"). Anything else was said by
somebody before it: a proxy, a cache, another program.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from kawaraban.channels.http import Answer, failure_by_status
from kawaraban.channels.http.secrecy import quoted
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Sentence, Unavailable, Unsure

_BAD_TOKEN = "INVALID_JWT"  # noqa: S105 - the name of an error
_BAD_KEYS = frozenset(
    {_BAD_TOKEN, "UNKNOWN_ADMIN_API_KEY", "INVALID_API_KEY_TYPE", "MISSING_ADMIN_API_KID", "INVALID_AUTH_HEADER"}
)
_NEW_KEY = Sentence(
    ja="Ghostの Settings → Integrations で Admin API key を確かめてください。この機械の時計が遅れていないかも見てください",
    en="check the Admin API key in Ghost (Settings → Integrations), and that this machine's clock is not behind",
)
_ALLOW = Sentence(
    ja="カスタム統合の Admin API key を使い、途中のサーバーが Authorization を消していないか確かめてください",
    en="use the Admin API key of a custom integration, and see that no server in between drops the Authorization header",
)
BUSY = Sentence(
    ja="Ghostで、だれかが同じ投稿を書き換えています。何も変えていません",
    en="somebody is saving the same post in Ghost; nothing was changed",
)
_ADDRESS = Sentence(
    ja="server に、Ghostの管理画面のアドレスから /ghost を除いたもの（https で始まる）を書いてください",
    en="write the address of Ghost's admin area without /ghost (beginning with https) as `server`",
)


class Collision(Unavailable):
    """Somebody saved the post after we read it: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Said:
    """Ghost's own first error; `ghost` is False where the answer is not Ghost's."""

    ghost: bool = False
    words: str = ""
    type: str = ""
    code: str = ""

    @property
    def bad_key(self) -> bool:
        """Whether the key or the token is refused."""
        return self.code in _BAD_KEYS

    @property
    def bad_token(self) -> bool:
        """Whether the token is refused, which another one might not be."""
        return self.code == _BAD_TOKEN

    @property
    def missing(self) -> bool:
        """Whether Ghost itself says that this is not there."""
        return self.ghost and self.type == "NotFoundError"


def said(answer: Answer) -> Said:
    """Return what Ghost says in an error."""
    try:
        error = json.loads(answer.body)["errors"][0]
        words = " ".join(str(error[key]) for key in ("message", "context") if error.get(key))
        return Said(ghost=True, words=quoted(words), type=str(error.get("type")), code=str(error.get("code")))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Said()


def succeeded(answer: Answer) -> bool:
    """Return whether it is a 2xx."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def refuse(answer: Answer, now: datetime) -> None:
    """Raise what the answer to something sent means; return for a success. Collision where somebody else saved it."""
    if succeeded(answer):
        return
    error = said(answer)
    if error.code == "UPDATE_COLLISION":
        raise Collision(BUSY)
    raise _failure(answer, error, now, sent=True)


def unread(answer: Answer, now: datetime) -> ChannelFailure:
    """Return what the answer to a question means: nothing was sent by asking, so it is never Unsure."""
    return _failure(answer, said(answer), now, sent=False)


def not_understood(answer: Answer) -> Sentence:
    """Say that a success is no answer of Ghost's."""
    return Sentence(
        ja=f"{answer.shown_url} の答え {answer.status} がGhostのものではありません",
        en=f"{answer.shown_url} said {answer.status}, and not in Ghost's form",
    )


def _failure(answer: Answer, error: Said, now: datetime, *, sent: bool) -> ChannelFailure:
    failure = _by_status(answer, now, sent=sent)
    what = failure.what
    if error.words:
        what = Sentence(ja=f"{what.ja}（{error.words}）", en=f"{what.en} ({error.words})")
    if error.bad_key:
        return NotAuthorised(what, remedy=_NEW_KEY)
    if error.type == "HostLimitError":  # the plan with the host allows no more: the key is good all the same
        return Refused(what)
    if isinstance(failure, NotAuthorised):
        return NotAuthorised(what, remedy=_ALLOW)
    if isinstance(failure, Refused):
        return Refused(what, remedy=None if error.ghost else _ADDRESS)
    if isinstance(failure, Unavailable):
        return Unavailable(what, after=failure.after)
    return Unsure(what)


def _by_status(answer: Answer, now: datetime, *, sent: bool) -> ChannelFailure:
    found = failure_by_status(answer, now=now, honest_503=False, sent=sent)
    return found or (Unsure if sent else Unavailable)(not_understood(answer))
