"""What of an article a channel carries: channel-only blocks, and notices in the form that is true now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kawaraban.address import readable
from kawaraban.article.blocks import Block, Blocks, ChannelOnly, Inline, Link, Notice, Paragraph
from kawaraban.article.boxes import notice_subject
from kawaraban.config import ChannelSettings, Publication
from kawaraban.variant import PublicFacts

CHANNEL_NAMES = {"note": "note", "bluesky": "Bluesky", "mastodon": "Mastodon"}


def carried(blocks: Blocks, channel: ChannelSettings, publication: Publication, facts: PublicFacts) -> Blocks:
    """
    Return the blocks that `channel` carries, without ChannelOnly wrappers.

    A notice stands only in the channels it names (the site where it names none), and never in the channel it is about;
    once that channel is live it becomes the publication's `notice_live` sentence with the link, by itself.
    """
    return tuple(_carried(blocks, channel, publication, facts))


def _carried(blocks: Blocks, channel: ChannelSettings, publication: Publication, facts: PublicFacts) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, ChannelOnly):
            if (channel.name in block.channels) != block.excluded:
                yield from _carried(block.blocks, channel, publication, facts)
        elif isinstance(block, Notice):
            if _shows(block, channel):
                yield _true_now(block, publication, facts)
        else:
            yield block


def _shows(notice: Notice, channel: ChannelSettings) -> bool:
    named = channel.name in notice.channels if notice.channels else channel.kind == "site"
    return named and notice.about != channel.name


def _true_now(notice: Notice, publication: Publication, facts: PublicFacts) -> Notice:
    about = notice_subject(notice, {*CHANNEL_NAMES, *facts.live})
    live = facts.live.get(about) if about else None
    if live is None or about is None:
        return notice
    name = CHANNEL_NAMES.get(about, about)
    sentence = publication.notice_live.replace("{name}", name)
    page = readable(live.url)  # the server there said it: no reader is led to anything else
    content: Inline = (Link((sentence,), page),) if page else (sentence,)
    return replace(notice, blocks=(Paragraph(content, notice.line),))
