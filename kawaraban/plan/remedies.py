"""The ways out where there are two of them: what is not there any more, what differs there, what can't be changed there."""

from __future__ import annotations

from kawaraban.capabilities import Capabilities
from kawaraban.errors import Sentence
from kawaraban.plan import reasons


def for_gone(article: str, channel: str) -> Sentence:
    """Remedy for a post that somebody removed: it may stay away, or is posted again."""
    down, again = reasons.withdraw(article, channel), reasons.publish(article, channel, "--again")
    return Sentence(
        ja=f"なくなったままでよければ {down.ja}、もう一度出すならそのあとで {again.ja}",
        en=f"if it may stay away: {down.en}; to post it again, after that: {again.en}",
    )


def for_fixed(article: str, channel: str, able: Capabilities) -> Sentence:
    """Remedy where nothing can be changed: it stays, or (where it can be taken down) is posted anew."""
    stays = reasons.settle_as_it_is(article, channel)
    if not able.withdraws:
        return stays
    down, again = reasons.withdraw(article, channel), reasons.publish(article, channel, "--again")
    return Sentence(
        ja=f"そのままでよければ {stays.ja}、出し直すなら {down.ja} のあとで {again.ja}",
        en=f"to let it stay: {stays.en}; to post it anew: {down.en}, then {again.en}",
    )


def for_drifted(article: str, channel: str, able: Capabilities) -> Sentence:
    """Remedy for what somebody changed there: it stays, or is put right as the channel allows."""
    stays = reasons.settle_as_it_is(article, channel)
    if not (able.by_hand or able.edits) and able.withdraws:
        return for_fixed(article, channel, able)
    if able.by_hand or not able.edits:
        return Sentence(
            ja=f"そこで直すか、そのままでよければ {stays.ja}",
            en=f"put it right there, or to let it stay: {stays.en}",
        )
    again = reasons.publish(article, channel, "--refresh")
    return Sentence(
        ja=f"出したとおりに戻すなら {again.ja}、そのままでよければ {stays.ja}",
        en=f"to put it back: {again.en}; to let it stay: {stays.en}",
    )
