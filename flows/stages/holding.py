"""
Holding and resuming: one write into the ledger, whatever else is broken.

The ledger is opened without the settings, and an article is found by what the ledger itself remembers. What a hold caught,
and what a resumption would let go, is told by the plan where the settings can be read, else by the ledger's rows.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from flows.compose import STATE, House, editor, open_house
from flows.stages.planning import Question, plan
from kawaraban.config.load import load
from kawaraban.delivery import ActionKind, Delivery, State, Word
from kawaraban.errors import KawarabanError, Place, Sentence, WrongInput
from kawaraban.ledger import Hold, Known, Ledger, Scope, address, open_ledger
from kawaraban.library import Library
from kawaraban.library.files import ARTICLE
from kawaraban.plan import Action


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery as people are told of it. `due` None: nobody can say."""

    article: str
    title: str
    channel: str
    due: datetime | None = None
    why: Sentence | None = None


@dataclass
class Outlook:
    """
    What a scope covers: what would go out at once, what later, and what would not or is out of our hands.

    `too_late` waits to be named, `blocked` is stopped by something else, `in_the_air` is being sent (or may have arrived),
    `by_hand` lies with a person.
    `trouble` says why only the ledger could be asked: then nobody knows what is too late, or a draft by now.
    """

    at_once: list[Line] = field(default_factory=list)
    later: list[Line] = field(default_factory=list)
    too_late: list[Line] = field(default_factory=list)
    blocked: list[Line] = field(default_factory=list)
    in_the_air: list[Line] = field(default_factory=list)
    by_hand: list[Line] = field(default_factory=list)
    trouble: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Brake:
    """The ledger at a root, and who holds or resumes. `zone` is the newsroom's, UTC where the settings can't be read."""

    root: Path
    ledger: Ledger
    now: datetime
    who: str
    zone: ZoneInfo
    trouble: Sentence | None = None

    # --- the two deeds ---

    def hold(self, scope: Scope, why: str) -> Hold:
        """Stop what the scope covers; the first hold of a scope stays."""
        return self.ledger.hold(scope, now=self.now, who=self.who, why=why)

    def resume(self, scope: Scope) -> None:
        """End the hold of exactly that scope; raise WrongInput naming those in force where there is none."""
        if not self.ledger.resume(scope, now=self.now, who=self.who):
            raise _not_held(scope, self.ledger.holds())

    def must_be_held(self, scope: Scope) -> Hold:
        """Return the hold of that scope; raise WrongInput naming those in force."""
        holds = self.ledger.holds()
        found = next((hold for hold in holds if hold.scope == scope), None)
        if found is None:
            raise _not_held(scope, holds)
        return found

    def others(self, scope: Scope) -> list[Hold]:
        """Return the holds that still cover something of that scope."""
        return [hold for hold in self.ledger.holds() if hold.scope != scope and _overlap(hold.scope, scope)]

    # --- what is meant ---

    def scope(self, article: str | None, channel: str | None) -> Scope:
        """Return what was named; raise WrongInput for a name that means nothing here."""
        return Scope(
            None if article is None else self._article(article), None if channel is None else self._channel(channel)
        )

    def _article(self, name: str) -> str:
        known = self.ledger.all_known()
        paths = _paths(self.root, name)
        for matches in (
            lambda one: one.article == name,
            lambda one: PurePosixPath(one.path) in paths,
            lambda one: name in (one.slug, *one.live_slugs),
        ):
            found = [one.article for one in known.values() if matches(one)]
            if found:
                return found[0]
        return Library(self.root / "content").find(name).id

    def _channel(self, name: str) -> str:
        used = {row.channel for row in self.ledger.deliveries()}
        try:
            used |= {channel.name for channel in load(self.root).channels}
        except KawarabanError:
            if not used:
                return name  # nobody can say, and stopping too much is better than not stopping
        if name not in used:
            raise WrongInput(
                Sentence(ja=f"「{name}」というチャンネルはありません", en=f"there is no channel `{name}`"),
                remedy=Sentence(ja=f"あるのは: {'、'.join(sorted(used))}", en=f"there are: {', '.join(sorted(used))}"),
            )
        return name

    # --- what it means ---

    def outlook(self, scope: Scope) -> Outlook:
        """Return what the scope covers, as if it were not held."""
        if self.trouble is None:
            try:
                with open_house(self.root, clock=lambda: self.now, who=self.who) as house:
                    return _planned(house, scope, self.now)
            except KawarabanError as error:
                return _remembered(self.ledger, scope, self.now, error.what)
        return _remembered(self.ledger, scope, self.now, self.trouble)


@contextmanager
def brake(root: Path, *, now: datetime) -> Iterator[Brake]:
    """Open the ledger at `root` for holding and resuming; raises WrongInput where there is no paper."""
    url, file = os.environ.get("KAWARABAN_LEDGER"), root / STATE / "ledger.sqlite"
    if not url and not file.exists() and not (root / "config").is_dir():
        raise WrongInput(
            Sentence(ja=f"ここに新聞はありません: {root}", en=f"there is no paper here: {root}"),
            place=Place(root),
            remedy=Sentence(ja="--root で新聞のフォルダーを指してください", en="name the paper's folder with --root"),
        )
    zone = ZoneInfo("UTC")
    trouble: Sentence | None = None
    try:
        zone = load(root).publication.zone
    except KawarabanError as error:
        trouble = Sentence(ja=error.said("ja"), en=error.said("en"))
    with open_ledger(url or address(file), now=now, root=root) as ledger:
        yield Brake(root, ledger, now, editor(), zone, trouble)


def _paths(root: Path, name: str) -> Collection[PurePosixPath]:
    content = (root / "content").resolve()
    found: set[PurePosixPath] = set()
    for start in (Path(name), content / name, root / name):
        resolved = start.resolve()
        if resolved.is_relative_to(content):
            path = PurePosixPath(resolved.relative_to(content).as_posix())
            found |= {path, path / ARTICLE}
    return found


def _overlap(one: Scope, other: Scope) -> bool:
    pairs = ((one.article, other.article), (one.channel, other.channel))
    return all(left is None or right is None or left == right for left, right in pairs)


def spoken(scope: Scope) -> str:
    """Return a scope as the commands take it."""
    named = [scope.article or "", f"--channel {scope.channel}" if scope.channel else ""]
    return " ".join(part for part in named if part) or "--all"


def _not_held(scope: Scope, holds: Iterable[Hold]) -> WrongInput:
    there = [f"kawaraban resume {spoken(hold.scope)}" for hold in holds]
    return WrongInput(
        Sentence(ja=f"{spoken(scope)} は止めてありません", en=f"{spoken(scope)} is not held"),
        remedy=Sentence(ja=f"止めてあるのは: {'、'.join(there)}", en=f"in force: {', '.join(there)}")
        if there
        else Sentence(ja="いま止めてあるものはありません", en="nothing is held"),
    )


# --- by the plan ---


def _planned(house: House, scope: Scope, now: datetime) -> Outlook:
    found = Outlook()
    for action in plan(house, Question(), now=now, without=scope).plan.actions:
        if not scope.covers(action.article, action.channel) or action.off:
            continue
        place = _place(found, action)
        if place is not None:
            why = action.reason if place is found.blocked else None
            place.append(Line(action.article, action.title, action.channel, action.due, why))
    return found


def _place(found: Outlook, action: Action) -> list[Line] | None:
    if action.word in (Word.SENDING, Word.UNSURE):
        return found.in_the_air
    if action.action in (ActionKind.CREATE, ActionKind.UPDATE):
        return found.at_once
    places = {
        Word.OVERDUE: found.too_late,
        Word.SCHEDULED: found.later,
        Word.DUE: found.later,
        Word.RETRYING: found.later,
        Word.BY_HAND: found.by_hand,
        Word.BLOCKED: found.blocked,
    }
    return places.get(action.word)


# --- by the ledger alone ---


def _remembered(ledger: Ledger, scope: Scope, now: datetime, trouble: Sentence) -> Outlook:
    known, found = ledger.all_known(), Outlook(trouble=trouble)
    for row in ledger.deliveries(None if scope.article is None else [scope.article]):
        if scope.covers(row.article, row.channel) and not row.off:
            place = _place_of_row(found, row, now)
            if place is not None:
                place.append(Line(row.article, _title(known, row.article), row.channel, row.due))
    return found


def _place_of_row(found: Outlook, row: Delivery, now: datetime) -> list[Line] | None:
    if row.state in (State.SENDING, State.UNSURE):
        return found.in_the_air
    if row.state is State.WAITING and row.handed_over is not None:
        return found.by_hand
    if row.state is State.WAITING and row.desired_digest is not None:
        return found.at_once if row.due is not None and row.due <= now else found.later
    changed = row.public and row.desired_digest not in (None, row.live_digest)
    return found.at_once if row.state is State.LIVE and changed else None


def _title(known: Mapping[str, Known], article: str) -> str:
    return known[article].title if article in known and known[article].title else article
