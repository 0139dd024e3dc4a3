"""
Scheduling: an article's times are written into its file, because they are intent, and the ledger is told at once.

`--at` sets `published` and makes it ready; `--move` moves `published`, `embargo` and every absolute `at` together;
`--cancel` takes it back: in review, without `published`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal
from zoneinfo import ZoneInfo

from flows.compose import House
from flows.stages.births import Births
from flows.stages.looking import rows_of
from flows.stages.planning import Planned, Question, plan
from flows.stages.values import StatusRow
from kawaraban.article import reader
from kawaraban.article.check import check
from kawaraban.article.finding import Finding
from kawaraban.article.frontmatter import with_value, without
from kawaraban.article.model import Article
from kawaraban.delivery import State
from kawaraban.errors import KawarabanError, Place, Sentence, WrongInput
from kawaraban.ledger import Seen
from kawaraban.plan import expectations

Verb = Literal["at", "move", "cancel"]


@dataclass(frozen=True, slots=True)
class Moved:
    """One key of the file as it was and as it is; None: not there."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """
    What scheduling did: the keys that moved, and how each channel stood before and stands after.

    `left` are the channels where it is out already (or being sent at this moment): nothing moves there.
    """

    article: Article
    moved: tuple[Moved, ...]
    before: tuple[StatusRow, ...]
    after: tuple[StatusRow, ...]

    @property
    def left(self) -> tuple[StatusRow, ...]:
        """Where it is out already, or on its way."""
        return tuple(row for row in self.before if _has_left(row))


def schedule(house: House, name: str, verb: Verb, to: datetime | None, *, now: datetime) -> Scheduled:
    """
    Write the times and return what became of them; `to` is what `--at` and `--move` say.

    Raises WrongInput where it makes no sense (what is out already can't be scheduled or cancelled, nothing to move) or
    where the file would not pass `check` for it, Conflict where the file changed meanwhile.
    """
    before = plan(house, Question((name,)), now=now)
    article = before.survey.articles[0]
    rows = rows_of(house, before)
    _refuse(article, verb, rows)
    wanted = dict(_changes(article, verb, to, house.publication.zone))
    text = _written(article, wanted)
    _refuse_wrong(house, article, text)
    if text != article.source:
        house.library.save(article.path, text, article.digest)
    after = plan(house, Question((article.id,)), now=now)
    _write_down(house, after, now)
    return Scheduled(article, tuple(_moved(article, wanted)), tuple(rows), tuple(rows_of(house, after)))


def _has_left(row: StatusRow) -> bool:
    return row.live_digest is not None or row.state in (State.SENDING, State.UNSURE)


# --- what makes no sense ---


def _refuse(article: Article, verb: Verb, rows: list[StatusRow]) -> None:
    out = [row.channel for row in rows if _has_left(row)]
    to_come = [row for row in rows if not _has_left(row) and row.word.value != "off"]
    if out and (verb != "move" or not to_come):
        raise _out_already(article, verb, out)
    if verb == "move" and article.matter.published is None:
        raise WrongInput(
            Sentence(ja="published がないので、動かせません", en="it has no `published` that could be moved"),
            place=Place(article.path),
            remedy=Sentence(
                ja=f"kawaraban schedule {article.id} --at 時刻", en=f"kawaraban schedule {article.id} --at TIME"
            ),
        )
    if article.matter.withdrawn is not None:
        raise WrongInput(
            Sentence(ja="取り下げた記事です", en="the article is withdrawn"),
            place=Place(article.path, article.line_of.get("withdrawn")),
            remedy=Sentence(
                ja=f"もう一度出すなら kawaraban publish {article.id} --again",
                en=f"to let it out again: kawaraban publish {article.id} --again",
            ),
        )


def _out_already(article: Article, verb: Verb, out: list[str]) -> WrongInput:
    names = ", ".join(out)
    remedies = {
        "at": Sentence(
            ja=f"残りの時刻は --move で。新しい日付にするなら kawaraban publish {article.id} --as update",
            en=f"move what is to come with --move; for a new date: kawaraban publish {article.id} --as update",
        ),
        "move": Sentence(
            ja=f"取り下げるなら kawaraban withdraw {article.id}", en=f"to take it down: kawaraban withdraw {article.id}"
        ),
        "cancel": Sentence(
            ja=f"残りを止めるなら kawaraban hold {article.id}、取り下げるなら kawaraban withdraw {article.id}",
            en=f"to stop the rest: kawaraban hold {article.id}; to take it down: kawaraban withdraw {article.id}",
        ),
    }
    return WrongInput(
        Sentence(ja=f"もう出ています（{names}）", en=f"it is out already ({names})"),
        place=Place(article.path),
        remedy=remedies[verb],
    )


def _refuse_wrong(house: House, article: Article, text: str) -> None:
    """Raise what the new times make wrong; what was wrong before is said by the plan."""
    try:
        new = reader.parse(text, article.path, "", article.pictures)
    except KawarabanError as error:
        raise WrongInput(error.what, place=error.place, remedy=error.remedy) from error
    settings = house.settings
    known = {_what(one) for one in check(article, settings.publication, settings.channels)}
    for one in check(new, settings.publication, settings.channels):
        if one.blocks and _what(one) not in known:
            raise WrongInput(one.message, place=Place(PurePosixPath(one.file), one.line, one.column), remedy=one.remedy)


def _what(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.message.en


# --- what is written ---


def _changes(article: Article, verb: Verb, to: datetime | None, zone: ZoneInfo) -> Iterator[tuple[str, object]]:
    """Yield dotted keys with their new values; None takes the key away."""
    matter = article.matter
    if verb == "cancel":
        yield "status", "review"
        yield "published", None
        return
    if to is None:
        msg = "--at and --move say when"
        raise ValueError(msg)
    if verb == "at":
        yield "status", "ready"
        yield "published", to
        return
    by = to - (matter.published or to)
    yield "published", to
    if matter.embargo is not None:
        yield "embargo", _later(matter.embargo, by, zone)
    for name, release in matter.channels.items():
        if isinstance(release.at, datetime):
            yield f"channels.{name}.at", _later(release.at, by, zone)


def _later(instant: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """Return the moved instant; what was written on the newsroom's clock stays on it, also over a change of summer time."""
    here = instant.astimezone(zone).utcoffset() == instant.utcoffset()
    moved = instant + by
    return moved.astimezone(zone) if here else moved


def _written(article: Article, wanted: dict[str, object]) -> str:
    text = article.source
    for key, value in wanted.items():
        if value is None:
            text = without(text, key)
        elif _value(article, key) != value:
            text = with_value(text, key, value)
    return text


def _moved(article: Article, wanted: dict[str, object]) -> Iterator[Moved]:
    for key, value in wanted.items():
        before = _value(article, key)
        if before != value:
            yield Moved(key, _said(before), _said(value))


def _value(article: Article, key: str) -> object:
    if key.startswith("channels."):
        return article.matter.channels[key.split(".")[1]].at
    value: object = getattr(article.matter, key)
    return value


def _said(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _write_down(house: House, planned: Planned, now: datetime) -> None:
    """Tell the ledger at once: a publisher that sleeps until the old time must find the new one."""
    ledger = house.ledger
    ledger.saw(Seen(one.id, one.matter.title, str(one.path), one.slug, one.digest) for one in planned.survey.articles)
    Births(house, now).connect(who=house.who)
    ledger.expect(expectations(planned.plan), now=now, who=house.who)
