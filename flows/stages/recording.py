"""What people tell the ledger: a person posted it here, a person ends what the machine can't."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.compose import House
from flows.stages.births import Births
from flows.stages.edition import groups
from flows.stages.planning import Planned, Question, plan
from flows.stages.publishing import publish
from flows.stages.values import Progress, Published, PublishRequest
from kawaraban.article.model import Article
from kawaraban.channels.protocol import Channel, RecordedByHand
from kawaraban.delivery import ActionKind, Delivery, Receipt
from kawaraban.errors import Conflict, Refused, Sentence, WrongInput
from kawaraban.ledger import Ending, Posted, Seen, Settlement
from kawaraban.plan import expectations, reasons
from kawaraban.thread import out, posts
from kawaraban.variant import Variant


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, and the publish that followed: the site's notice turns into the link at once."""

    article: Article
    channel: str
    receipt: Receipt
    followed: Published | None


def record(
    house: House, name: str, channel: str, address: str | None, progress: Progress, *, now: datetime
) -> Recorded:
    """
    Record that a person posted the article at `address` (None: posted, with no address), read back where it can be.

    Raises Refused where the address is another's page, a draft, or deleted, where another article has it, or where this
    one is still out under another; WrongInput for a channel nobody posts to by hand. Afterwards the site and its feeds are published for this article, so that a notice turns by itself.
    """
    settings = house.channel_settings(channel)
    article = house.library.find(name)
    made = house.channel(channel)
    if not isinstance(made, RecordedByHand):
        raise WrongInput(
            Sentence(ja=f"{channel} は人が投稿するチャンネルではありません", en=f"{channel} is not posted to by hand"),
            remedy=Sentence(ja="kawaraban publish で公開してください", en="publish it with `kawaraban publish`"),
        )
    planned = plan(house, Question((article.id,)), now=now)
    _expected(house, planned, now)
    variant = _posted_text(house, article, channel, settings_name=settings.name)
    receipt = made.recognise(address, variant) if address else Receipt(article.id, None, now, verified=False)
    _refuse_second(house, article, channel, receipt, variant)
    house.ledger.keep(variant)
    wanted = {action.channel: action.digest for action in planned.plan.actions}
    # a package older than the file: nobody knows which state of the file it was made from, so the edits count as such
    made_from = article.digest if wanted.get(channel) == variant.digest else None
    house.ledger.record(Posted(article.id, channel, receipt, variant.digest, made_from), now=now, who=house.who)
    return Recorded(article, channel, receipt, _follow(house, article, progress, now))


def _refuse_second(house: House, article: Article, channel: str, receipt: Receipt, variant: Variant) -> None:
    """Raise Refused where one post would stand for two articles, or two posts for one."""
    shown = [row for row in house.ledger.deliveries() if row.channel == channel and row.public and row.url]
    for row in shown:
        if row.remote_id == receipt.remote_id and row.article != article.id:
            raise Refused(
                Sentence(
                    ja=f"{receipt.url} は別の記事（{row.article}）として記録されています",
                    en=f"{receipt.url} is recorded as another article ({row.article})",
                ),
                remedy=Sentence(
                    ja=f"URLを確かめてください。kawaraban status {row.article} で見られます",
                    en=f"check the address; `kawaraban status {row.article}` shows the other",
                ),
            )
        if row.article == article.id and row.remote_id != receipt.remote_id and _still_there(house, row, variant):
            raise Refused(
                Sentence(
                    ja=f"この記事はもう {row.url} に出ています。二つ目は記録できません",
                    en=f"this article is out already at {row.url}; a second one can't be recorded",
                ),
                remedy=Sentence(
                    ja="残すほうを直し、もう一つを消してください。記録したほうを消したのなら、消してからもう一度記録してください",
                    en="keep one and remove the other; to keep this one, remove the recorded one first, then record again",
                ),
            )


def _still_there(house: House, row: Delivery, variant: Variant) -> bool:
    """Return whether a post stands for all we know: only one that is read back as gone does not."""
    made = house.channel(row.channel)
    return not isinstance(made, Channel) or row.receipt is None or made.read(row.receipt, variant).present


def _follow(house: House, article: Article, progress: Progress, now: datetime) -> Published | None:
    """Let the editions that show the article say what has just become true; an edition that hasn't it yet is left alone."""
    shown = {row.channel for row in house.ledger.deliveries([article.id]) if row.public}
    names = tuple(name for group in groups(house) if group.site.name in shown for name in group.names)
    return publish(house, PublishRequest((article.id,), names), progress, now=now) if names else None


def _expected(house: House, planned: Planned, now: datetime) -> None:
    house.ledger.saw(
        Seen(one.id, one.matter.title, str(one.path), one.slug, one.digest) for one in planned.survey.articles
    )
    variants = [
        planned.variant(action.article, action.channel, action.digest)
        for action in planned.plan.actions
        if action.digest is not None
    ]
    house.ledger.keep(*variants)
    Births(house, now).connect(who=house.who)
    house.ledger.expect(expectations(planned.plan), now=now, who=house.who)


def _posted_text(house: House, article: Article, channel: str, *, settings_name: str) -> Variant:
    """The package a person was given, if there is one; else the text as it is now."""
    delivery = house.ledger.delivery(article.id, channel)
    handed = house.ledger.variant(delivery.handed_over, channel) if delivery and delivery.handed_over else None
    if handed is not None:
        return handed
    return house.render(article, house.channel_settings(settings_name), house.ledger.facts(article.id))


def settle(  # noqa: PLR0913 - what `kawaraban settle` says, one to one
    house: House, name: str, channel: str, settlement: Settlement, address: str | None, *, now: datetime, why: str = ""
) -> Article:
    """
    End what the machine can't: unsure, drifted, or a change that can't be made.

    Raises Conflict where a thread is said to be there of which a post was never sent.
    """
    house.channel_settings(channel)
    article = house.library.find(name)
    receipt = None
    if settlement is Settlement.ARRIVED and address:
        made = house.channel(channel)
        variant = _posted_text(house, article, channel, settings_name=channel)
        receipt = (
            made.recognise(address, variant)
            if isinstance(made, RecordedByHand)
            else Receipt(address, address, now, verified=False)
        )
    if settlement is Settlement.ARRIVED:
        receipt = _whole(house, article, channel) or receipt
    house.ledger.settle(
        Ending(article.id, channel, settlement, receipt, against=article.digest, why=why), now=now, who=house.who
    )
    return article


def _whole(house: House, article: Article, channel: str) -> Receipt | None:
    """Return the receipt of a thread's first post, where every post of it was sent; Conflict where one never was."""
    parts = house.ledger.parts.of(article.id, channel)
    if not parts or any(part.intent is ActionKind.WITHDRAW for part in parts):
        return None
    text = house.ledger.variant(max(parts, key=lambda part: part.since).digest, channel)
    if text is not None and len(parts) < posts(text):
        raise _half_out(article, channel, out(parts), posts(text))
    return parts[0].receipt


def _half_out(article: Article, channel: str, there: int, wanted: int) -> Conflict:
    goes_on, down = reasons.publish(article.id, channel), reasons.withdraw(article.id, channel)
    return Conflict(
        Sentence(
            ja=f"連投{wanted}つのうち{there}つしか送っていません",
            en=f"only {there} of {wanted} posts of the thread {'was' if there == 1 else 'were'} sent",
        ),
        remedy=Sentence(
            ja=f"続きを出すなら {goes_on.ja}、やめるなら {down.ja}",
            en=f"to go on: {goes_on.en}; to give it up: {down.en}",
        ),
    )
