"""Looking: status, show, log, channels. Nothing here changes anything but the caches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flows.compose import House
from flows.stages.expiry import ends
from flows.stages.planning import Planned, Question, plan
from flows.stages.surveying import broken_files, survey
from flows.stages.values import ChannelRow, Extent, Shown, StatusRow
from kawaraban import address
from kawaraban.article.finding import Finding
from kawaraban.config import ChannelSettings
from kawaraban.delivery import TAKE_DOWN, Delivery, State
from kawaraban.errors import Sentence, WrongInput
from kawaraban.ledger import Account, Event
from kawaraban.plan import Action
from kawaraban.thread import PartDelivery, out, posts

_WHERE = ("path", "site", "server", "url")


def status(house: House, names: Sequence[str], *, now: datetime) -> list[StatusRow]:
    """Return a row for each (article, channel), in the order of the plan: the same whether its article was named or not."""
    return rows_of(house, plan(house, Question(tuple(names), looking=True), now=now))


def rows_of(house: House, planned: Planned) -> list[StatusRow]:
    """Return the rows of a plan that is made already."""
    deliveries = {(one.article, one.channel): one for one in house.ledger.deliveries()}
    threads = house.ledger.parts.all()
    slugs = {article.id: article.slug for article in planned.survey.reading.articles}
    rows = []
    for action in planned.plan.actions:
        pair = (action.article, action.channel)
        row = _row(house, action, deliveries.get(pair), slugs.get(action.article, action.article))
        rows.append(replace(row, parts=_extent(house, threads[pair], deliveries[pair])) if pair in threads else row)
    return rows


def _extent(house: House, parts: Sequence[PartDelivery], delivery: Delivery) -> Extent:
    """Return how much of a thread is there; one that was stopped half-way becomes what its newest post was sent for."""
    if not delivery.halfway:
        return Extent(out(parts), len(parts))
    text = house.ledger.variant(max(parts, key=lambda part: part.since).digest, delivery.channel)
    return Extent(out(parts), posts(text) if text is not None else len(parts))


def unreadable(house: House) -> tuple[Finding, ...]:
    """Return the first error of each file that gave no article at all."""
    return tuple(broken_files(survey(house, ())).values())


def _row(house: House, action: Action, delivery: Delivery | None, slug: str) -> StatusRow:
    return StatusRow(
        article=action.article,
        title=action.title,
        slug=slug,
        channel=action.channel,
        state=delivery.state if delivery else None,
        word=action.word,
        due=_due(action, delivery),
        url=delivery.url if delivery else None,
        place=_place(house, action, delivery, slug),
        remote_id=delivery.remote_id if delivery else None,
        attempts=delivery.attempts if delivery else 0,
        error=delivery.error if delivery else None,
        reason=action.reason,
        remedy=action.remedy,
        digest=action.digest,
        live_digest=delivery.live_digest if delivery else None,
        since=delivery.first_live if delivery else None,
        verified=delivery.verified if delivery else True,
        differences=delivery.differences if delivery else (),
        expected=action.due,
        by_hand=action.by_hand,
    )


def _due(action: Action, delivery: Delivery | None) -> datetime | None:
    """Return when it is due, as far as that is known: what followed another in one run was due when it went live."""
    known = action.due if action.due_known else None
    return known or (delivery.first_live if delivery is not None and delivery.public else None)


def _place(house: House, action: Action, delivery: Delivery | None, slug: str) -> Path | None:
    """Return the file a person can open: the page, the feed, the package; None where it is not there."""
    if delivery is None or action.channel not in house.own:
        return None
    name = action.channel
    path = house.setting(name, "path")
    found: Path | None = None
    if name in house.sites and path and delivery.public:
        found = house.root / path / address.article(slug).strip("/") / "index.html"
    elif (site := house.setting(name, "site")) in house.sites and site is not None and delivery.public:
        found = house.root / (house.setting(site, "path") or "") / address.feed("rss").lstrip("/")
    elif delivery.handed_over not in (None, TAKE_DOWN):
        found = house.root / (path or f"packages/{name}") / slug / "index.html"
    return found if found is not None and found.is_file() else None


def show(house: House, name: str, channel: str, *, at: datetime | None = None) -> Shown:
    """Return the variant as it would go out now, or as subscribers saw it at `at`."""
    settings = house.channel_settings(channel)
    article = house.library.find(name)
    measure = house.capabilities(settings).text
    if at is None:
        facts = house.ledger.facts(article.id)
        return Shown(house.render(article, settings, facts), measure=measure)
    seen = house.ledger.live_at(article.id, channel, at)
    if seen is None:
        raise WrongInput(
            Sentence(
                ja=f"その時刻には {channel} に出ていませんでした", en=f"it was not live on {channel} at that instant"
            ),
            remedy=Sentence(ja="kawaraban log で経過を見てください", en="see `kawaraban log` for its history"),
        )
    return Shown(seen, at, measure)


def log(house: House, name: str | None, channel: str | None, *, limit: int = 50) -> list[Event]:
    """Return the newest events of an article or a channel, oldest first."""
    article = house.library.find(name).id if name else None
    if channel is not None:
        house.channel_settings(channel)
    return house.ledger.events(article, channel, limit=limit)


def _where(house: House, settings: ChannelSettings) -> str:
    """Return what a channel leads to: its folder, its site, its server; packages have a folder also where none is written."""
    packed = f"packages/{settings.name}" if house.capabilities(settings).by_hand else ""
    return next((value for key in _WHERE if (value := house.setting(settings.name, key))), packed)


def channels(house: House) -> list[ChannelRow]:
    """Return every configured channel and how it stands."""
    deliveries = house.ledger.deliveries()
    holds, accounts = house.ledger.holds(), house.ledger.accounts.all()
    rows = []
    for settings in house.settings.channels:
        house.channel(settings.name)  # raises where its own settings are wrong
        own = [one for one in deliveries if one.channel == settings.name]
        held = next(
            (
                hold.reason if hold.why else Sentence(ja=hold.who, en=hold.who)
                for hold in holds
                if hold.scope.article is None and hold.scope.covers("", settings.name)
            ),
            None,
        )
        rows.append(
            ChannelRow(
                name=settings.name,
                kind=settings.kind,
                where=_where(house, settings),
                live=sum(one.state is State.LIVE for one in own),
                waiting=sum(one.state is State.WAITING for one in own),
                failed=sum(one.state is State.FAILED for one in own),
                unsure=sum(one.state is State.UNSURE for one in own),
                last_live=max((one.last_live for one in own if one.last_live), default=None),
                held=held,
                account=accounts.get(settings.name, Account(settings.name)),
                ends=ends(house, settings.name),
            )
        )
    return rows
