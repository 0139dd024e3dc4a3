"""No secret of a channel's settings in what is logged, recorded or shown, whatever an exception's text says."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, SecretStr

from kawaraban.config import Secret
from kawaraban.config.secret import revealed
from kawaraban.errors import NotAuthorised, Sentence


def secrets_of(own: object, root: Path) -> tuple[str, ...]:
    """Return every secret that a channel's own settings hold or refer to, as it is at this moment."""
    return tuple(dict.fromkeys(found for found in _secrets(own, root) if found))


def _secrets(value: object, root: Path) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, Secret):
        yield _meant(value, root)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _secrets(getattr(value, name), root)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _secrets(one, root)


def references(value: object) -> Iterator[Secret]:
    """Yield every reference to a secret in a channel's own settings."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from references(getattr(value, name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from references(one)


def _meant(reference: Secret, root: Path) -> str:
    """Return what a reference means; "" where nothing is there."""
    try:
        return revealed(reference, root).get_secret_value()
    except NotAuthorised:
        return ""


def veiled(sentence: Sentence, secrets: tuple[str, ...]) -> Sentence:
    """Return the sentence with every secret hidden."""
    return Sentence(ja=redacted(sentence.ja, secrets), en=redacted(sentence.en, secrets))


def traced(error: BaseException, secrets: tuple[str, ...]) -> str:
    """Return the traceback for the log, with every secret hidden."""
    return redacted("".join(traceback.format_exception(error)), secrets)


def redacted(text: str, secrets: tuple[str, ...]) -> str:
    """Return the text with every secret hidden."""
    if not secrets:
        return text
    from kawaraban.channels.http import secrecy  # late: only who has secrets speaks HTTP

    return secrecy.redacted(text, secrets)
