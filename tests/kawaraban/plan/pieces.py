"""Small articles, channels and ledgers for the plan's tests; `World` applies a plan as the stages would."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kawaraban.capabilities import Capabilities
from kawaraban.config import Effective, ReleaseSettings
from kawaraban.delivery import TAKE_DOWN, ActionKind, Delivery, State
from kawaraban.ledger import Hold, Known
from kawaraban.plan import Action, Intent, Plan, Recorded, Selection, Wanted, expectations, make_plan
from kawaraban.variant import Head, Variant

NOW = datetime(2024, 11, 5, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOKYO = ZoneInfo("Asia/Tokyo")

SITE = Capabilities(edition=True, idempotency="natural")
FEED = Capabilities(edition=True, idempotency="natural")
NOTE = Capabilities(by_hand=True, finds="nothing")
HOOK = Capabilities(announces=True, finds="nothing")
CHANNELS = {"site": SITE, "rss": FEED, "note": NOTE}
AFTER = {"rss": "site", "note": "site"}


def intent(article: str = "aaaaaaa1", **changes: Any) -> Intent:
    values: dict[str, Any] = {
        "title": f"川の音 {article}",
        "status": "ready",
        "digest": f"file-{article}",
        "slug": f"kawa-{article}",
        "published": NOW - HOUR,
    }
    return Intent(article, **{**values, **changes})


def variant(meant: Intent, channel: str, text: str = "川の音がする。") -> Variant:
    head = Head(article=meant.article, slug=meant.slug, url=f"https://example.com/articles/{meant.slug}/")
    return Variant(
        article=meant.article, channel=channel, title=meant.title, body=f"<p>{channel}{text}</p>", text=text, head=head
    )


def wanted(meant: Intent, channel: str, text: str = "川の音がする。", **release: Any) -> Wanted:
    settings = ReleaseSettings(**({"after": AFTER[channel]} if channel in AFTER else {}) | release)
    return Wanted(
        intent=meant,
        channel=channel,
        capabilities=CHANNELS.get(channel, HOOK),
        release=Effective(values=settings, origin={}),
        variant=variant(meant, channel, text),
        order=[*CHANNELS, channel].index(channel),
    )


def everywhere(meant: Intent, text: str = "川の音がする。", **release: dict[str, Any]) -> list[Wanted]:
    return [wanted(meant, channel, text, **release.get(channel, {})) for channel in CHANNELS]


@dataclass
class World:
    """A ledger in miniature: what the plan sees, and what applying it leaves."""

    rows: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
    store: dict[tuple[str, str], Variant] = field(default_factory=dict)
    present: frozenset[str] | None = None

    def recorded(self) -> Recorded:
        return Recorded(
            tuple(self.rows.values()),
            dict(self.known),
            self.holds,
            lambda digest, channel: self.store.get((digest, channel)),
            self.present,
        )

    def plan(self, asked: list[Wanted], selection: Selection | None = None, now: datetime = NOW) -> Plan:
        for one in asked:
            if one.variant is not None:
                self.store[one.variant.digest, one.channel] = one.variant
        return make_plan(asked, self.recorded(), selection or Selection(), now=now, zone=TOKYO)

    def publish(self, asked: list[Wanted], selection: Selection | None = None, now: datetime = NOW) -> Plan:
        plan = self.plan(asked, selection, now)
        slugs = {one.intent.article: one.intent.slug for one in asked}
        nominal = {one.intent.article: one.intent.published for one in asked}
        for row in expectations(plan):
            before = self.rows.get((row.article, row.channel))
            start = before or Delivery(row.article, row.channel, State.WAITING, made=now)
            self.rows[row.article, row.channel] = replace(
                start, due=row.due, desired_digest=row.desired_digest, off=row.off
            )
        for action in plan.to_do:
            self.rows[action.article, action.channel] = _applied(self.rows[action.article, action.channel], action, now)
            known = self.known.get(action.article, Known(action.article, action.title, "", "", action.article_digest))
            live = (*known.live_slugs, slugs[action.article]) if not action.by_hand else known.live_slugs
            published = known.published or nominal[action.article] or now
            self.known[action.article] = replace(known, published=published, live_slugs=live)
        return plan

    def put(self, article: str, channel: str, **changes: Any) -> None:
        row = self.rows.get((article, channel)) or Delivery(article, channel, State.WAITING, made=NOW)
        self.rows[article, channel] = replace(row, **changes)


def _applied(row: Delivery, action: Action, now: datetime) -> Delivery:
    if action.by_hand:
        return replace(row, handed_over=TAKE_DOWN if action.action is ActionKind.WITHDRAW else action.digest)
    if action.action is ActionKind.WITHDRAW:
        return replace(row, state=State.WITHDRAWN, live_digest=None)
    return replace(
        row,
        state=State.LIVE,
        live_digest=action.digest,
        article_digest=action.article_digest,
        first_live=row.first_live or now,
        last_live=now,
        failures=0,
        error=None,
    )


def named(*articles: str, **more: Any) -> Selection:
    return Selection(articles=frozenset(articles), **more)


def verbs(plan: Plan) -> dict[str, str]:
    """channel → what would be done, for a plan of one article."""
    return {action.channel: action.action.value for action in plan.actions}


def of(plan: Plan, channel: str, article: str = "aaaaaaa1") -> Action:
    return next(one for one in plan.actions if (one.article, one.channel) == (article, channel))
