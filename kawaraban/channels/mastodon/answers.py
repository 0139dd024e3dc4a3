"""From an answer to a value, or to a failure that repeats the server's own words."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kawaraban.channels.http import Answer, judged
from kawaraban.channels.http.secrecy import quoted
from kawaraban.channels.mastodon.entities import Trouble
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure

Model = TypeVar("Model", bound=BaseModel)

NEW_TOKEN = Sentence(
    ja="サーバーの「設定 → 開発」で、読み取りと書き込み（read、write）を許したトークンを作り直し、置き換えてください",
    en="make a new access token with the scopes read and write (Preferences → Development there), and put it in place",
)


def must_be_taken(answer: Answer, now: datetime, token: str) -> None:
    """Return for 2xx, else raise what the status means, with the server's reason (in which our token is hidden)."""
    try:
        judged(answer, now=now, honest_503=False)
    except NotAuthorised as failure:
        raise NotAuthorised(reasoned(failure.what, answer, token), remedy=NEW_TOKEN) from failure
    except Refused as failure:
        raise Refused(reasoned(failure.what, answer, token)) from failure


def must_be_read(answer: Answer, now: datetime, token: str) -> None:
    """Raise as above; whatever is in doubt when nothing is sent is only not known yet."""
    try:
        must_be_taken(answer, now, token)
    except Unsure as failure:
        raise Unavailable(cant_be_asked(answer.shown_url)) from failure


def taken(answer: Answer, model: type[Model]) -> Model:
    """Return what the server says it made; an answer that can't be read hides what it took."""
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        where = answer.shown_url
        raise Unsure(
            Sentence(
                ja=f"{where} の答えが読めません。届いたかもしれません",
                en=f"the answer of {where} can't be read; it may have arrived",
            )
        ) from error


def read(answer: Answer, model: type[Model]) -> Model:
    """Return what was asked for; Unavailable where the answer is no such thing."""
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        raise Unavailable(cant_be_asked(answer.shown_url)) from error


def reasoned(what: Sentence, answer: Answer, token: str) -> Sentence:
    """Return the sentence with the server's own words behind it."""
    try:
        trouble = Trouble.model_validate_json(answer.body)
    except ValidationError:
        return what
    words = quoted(trouble.error_description or trouble.error, (token,))
    return Sentence(ja=f"{what.ja}（{words}）", en=f"{what.en} ({words})") if words else what


def cant_be_asked(where: str) -> Sentence:
    """Say that a server can't be asked."""
    return Sentence(ja=f"{where} を確かめられません", en=f"{where} can't be asked")
