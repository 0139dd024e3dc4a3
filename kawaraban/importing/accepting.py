"""Settling doubts: `--accept field=value` writes the value into the front matter and takes the question away."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from kawaraban.article.frontmatter import with_value, without
from kawaraban.article.model import FrontMatter
from kawaraban.errors import Blocked, Place, Sentence, WrongInput

FIELDS = ("updated", "published", "slug", "note", "status")
_URL = re.compile(r"^https?://[^\s/]+\.[^\s/]+/\S*$")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STATUS = ("draft", "review", "ready", "archived")
_FIRST_YEAR = 1970  # feeds and zones know nothing earlier


@dataclass(frozen=True, slots=True)
class Answers:
    """
    What an editor answered, judged before anything is touched.

    `elsewhere` is the address where the article already is (the answer to the `note` doubt, if it was one).
    """

    values: Mapping[str, date | datetime | str]
    elsewhere: str | None = None

    def applied(self, text: str, about: str) -> str:
        """Return the file's text with every answer in it; `about` is the channel the `note` doubt is about."""
        for field, value in self.values.items():
            if field == "note":
                text = _note(text, str(value), about)
            else:
                text = without(with_value(text, field, value), f"review.must.{field}")
        return text

    def without_elsewhere(self) -> Answers:
        """Return the answers without the one that is an address, which is only settled once it is recorded."""
        return Answers({field: value for field, value in self.values.items() if field != "note"})


def read_answers(accept: Mapping[str, str], about: str, file: PurePath) -> Answers:
    """Judge every answer; raise WrongInput for an unknown field or a value that does not fit."""
    values: dict[str, date | datetime | str] = {}
    elsewhere = None
    for field, value in sorted(accept.items(), key=lambda pair: pair[0] == "status"):
        if field == "note" or (about and field == about):
            elsewhere = value if _URL.match(value) else None
            if elsewhere is None and value not in ("no", "off"):
                raise _no_answer(about, value, file)
            values["note"] = value
        elif field in FIELDS:
            values[field] = _value(field, value, file)
        else:
            raise _unknown(field, file)
    return Answers(values, elsewhere)


def refuse_early_ready(matter: FrontMatter, accept: Mapping[str, str], file: PurePath) -> None:
    """`status=ready` is for an article whose doubts that block are settled; raise Blocked otherwise."""
    if accept.get("status") == "ready" and matter.review.must:
        open_fields = ", ".join(matter.review.must)
        raise Blocked(
            Sentence(
                ja=f"まだ決まっていない疑問があります: {open_fields}", en=f"questions are still open: {open_fields}"
            ),
            place=Place(file),
            remedy=Sentence(ja="先に --accept で決めてください", en="settle them with --accept first"),
        )


def _unknown(field: str, file: PurePath) -> WrongInput:
    near = difflib.get_close_matches(field, FIELDS, 1, 0.6)
    known = Sentence(ja=f"決められるのは: {'、'.join(FIELDS)}", en=f"it can be: {', '.join(FIELDS)}")
    meant = Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?") if near else known
    return WrongInput(
        Sentence(ja=f"「{field}」は --accept で決められません", en=f"`{field}` can't be settled by --accept"),
        place=Place(file),
        remedy=meant,
    )


def _no_answer(about: str, value: str, file: PurePath) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"{about} の答えになりません: {value}", en=f"no answer about {about}: {value}"),
        place=Place(file),
        remedy=Sentence(
            ja="no（まだない）、off（出さない）、またはそのURL", en="no (not there yet), off (not wanted), or its URL"
        ),
    )


def _value(field: str, value: str, file: PurePath) -> date | datetime | str:
    if field in ("updated", "published"):
        return _instant(field, value, file)
    if field == "slug" and not (_SLUG.fullmatch(value) and len(value) <= 60):  # noqa: PLR2004 - the model's own limit
        raise WrongInput(
            Sentence(ja=f"slug にできません: {value}", en=f"not a slug: {value}"),
            place=Place(file),
            remedy=Sentence(
                ja="英小文字と数字をハイフンでつないで60字まで",
                en="lower-case letters and digits joined by hyphens, up to 60",
            ),
        )
    if field == "status" and value not in _STATUS:
        raise WrongInput(
            Sentence(ja=f"status にできません: {value}", en=f"not a status: {value}"),
            place=Place(file),
            remedy=Sentence(ja=f"{'、'.join(_STATUS)} のどれか", en=f"one of {', '.join(_STATUS)}"),
        )
    return value


def _instant(field: str, value: str, file: PurePath) -> date | datetime:
    instant: date | datetime | None
    try:
        bare = field == "updated" and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
        instant = date.fromisoformat(value) if bare else datetime.fromisoformat(value)
    except ValueError:
        instant = None
    naive = isinstance(instant, datetime) and instant.tzinfo is None
    if instant is None or naive or instant.year < _FIRST_YEAR:
        raise WrongInput(
            Sentence(ja=f"{field} にできません: {value}", en=f"not an instant for `{field}`: {value}"),
            place=Place(file),
            remedy=_example(field, value),
        )
    return instant


def _example(field: str, value: str) -> Sentence:
    """What to write instead: the day that was meant, if there is such a day."""
    try:
        day = date.fromisoformat(value).isoformat()
    except ValueError:
        day = "2024-06-30"
    example = f"{day}T07:00:00+09:00"
    if field == "updated":
        return Sentence(ja=f"{day} か {example} のように書いてください", en=f"write it like {day} or {example}")
    return Sentence(ja=f"{example} のように時刻と時差を付けてください", en=f"write it like {example}")


def _note(text: str, value: str, about: str) -> str:
    if value == "off":
        text = with_value(text, f"channels.{about}.enabled", False)  # noqa: FBT003 - the value that is written
    else:
        text = without(text, f"channels.{about}.enabled")
    return without(text, f"review.must.{about}")
