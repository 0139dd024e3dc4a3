"""The bluesky channel: a post at a key of our own choice, put once, asked for on any doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.channels.bluesky import record
from kawaraban.channels.bluesky.comparing import below, links, seen, title
from kawaraban.channels.bluesky.settings import BlueskySettings
from kawaraban.channels.listed import recalled
from kawaraban.channels.protocol import LiveCopy, Payload, Post, Probe, Save, Surroundings
from kawaraban.config.load import own_settings
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, KawarabanError, Refused, Sentence, Unavailable, Unsure
from kawaraban.variant import Asset, Variant

if TYPE_CHECKING:
    from kawaraban.channels.bluesky.repository import Repository, Stored

_PAGE = "https://bsky.app/profile/{who}/post/{rkey}"
_REQUESTS = 10
"""How many requests one post takes at most: four pictures, the post, looking for it, and coming in again."""


class Bluesky:
    """
    Posts on the AT Protocol.

    The record's key is made of the delivery's key and the instant of its intent, and it is put only where nothing stands,
    so that the same post again is the same post. The network shows no edits, so none are made.
    """

    kind: ClassVar[str] = "bluesky"
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = Capabilities(
        announces=True,
        edits=False,
        finds="key",
        idempotency="natural",
        late=timedelta(hours=3),
        text=record.MEASURE,
        threads=True,
        pictures=Pictures(1, frozenset({"image/jpeg", "image/png", "image/webp"}), record.THUMB_BYTES),
        attaches="card",
    )
    Settings: ClassVar[type[BaseModel]] = BlueskySettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do: which pictures it carries, and how long it waits, are settings."""
        settings = BlueskySettings.model_validate(own.model_dump())
        able = replace(cls.capabilities, longest=_REQUESTS * 2 * settings.timeout, attaches=settings.pictures)
        if settings.pictures == "card" or able.pictures is None:
            return able
        return replace(able, pictures=replace(able.pictures, count=record.IMAGES, max_bytes=record.IMAGE_BYTES))

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, BlueskySettings)

    # --- the protocol ---------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return the words that would go out."""
        return Payload(variant, variant.text.encode(), "text/plain; charset=utf-8")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Upload the pictures and put the post."""
        del save
        record.must_fit(payload.part)
        pictures = [(asset, self._bytes(asset)) for asset in record.pictures_of(payload)]
        with self._repository() as mine:
            blobs = {asset.name: mine.upload(data, asset.media_type) for asset, data in pictures}
            answering = _answering(mine, payload.above)
            value = record.post(payload, self._langs(payload), blobs, answering)
            rkey = record.rkey(payload, key)
            try:
                cid = mine.put(rkey, value)
            except (Refused, Unsure) as failure:
                return self._decided(mine, payload, rkey, failure)
            return self._receipt(mine, rkey, cid)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Refuse: who liked, answered or quoted a post holds on to its first words, and no reader is told of others."""
        del payload, receipt, key, save
        raise Refused(_NO_EDITS, remedy=_POST_ANEW)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return the post that stands at this key, with what differs; None where there is none of ours."""
        with self._repository() as mine:
            return self._ours(mine, payload, mine.get(record.rkey(payload, key)))

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what stands there, compared as readers see it."""
        with self._repository() as mine:
            there = mine.get(mine.key_of(receipt))
        if there is None:
            return LiveCopy(present=False, url=receipt.url)
        differences = seen(there.value).differences(seen(record.shown(Payload(against))))
        return LiveCopy(present=True, url=receipt.url, differences=differences)

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post; gone already is as good."""
        with self._repository() as mine:
            rkey = mine.key_of(receipt)
            lost: Unsure | None = None
            try:
                mine.delete(rkey)
            except Unsure as failure:
                lost = failure
            if _stands(mine, rkey, unknown=lost is not None):
                raise lost or Unsure(_STILL_THERE)

    # --- beside it ------------------------------------------------------------------------------------------------

    def account(self) -> str:
        """Return the account's DID, as the server says it."""
        with self._repository() as mine:
            return _did(mine)

    def probe(self) -> Probe:
        """Ask the server who we are; an app password has no end that it would tell."""
        with self._repository() as mine:
            did, version = _did(mine), mine.version()
            return Probe(did, f"@{mine.handle}", f"PDS {version}".strip())

    def posts(self) -> Iterable[Post]:
        """Return our posts, newest first, without the answers."""
        with self._repository() as mine:
            return [self._listed(mine, one) for one in mine.all() if "reply" not in one.value]

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """Return the posts that lead to these articles."""
        return recalled(self.posts(), variants)

    def answers(self, receipt: Receipt) -> Sequence[Receipt]:
        """Return the posts below that one, as far as each of ours answers to the one before."""
        with self._repository() as mine:
            there = {one.uri: one for one in mine.all()}
            chain = below(mine.uri(mine.key_of(receipt)), {uri: one.value for uri, one in there.items()})
            return [self._receipt(mine, there[uri].rkey, there[uri].cid) for uri in chain]

    # --- pieces ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _repository(self) -> Iterator[Repository]:
        from kawaraban.channels.bluesky.repository import opened

        with opened(self._surroundings, self._settings) as mine:
            yield mine

    def _decided(self, mine: Repository, payload: Payload, rkey: str, failure: Refused | Unsure) -> Receipt:
        """Ask the server what stands there before it is called refused or unsure."""
        from kawaraban.channels.bluesky.xrpc import Occupied

        taken = isinstance(failure, Occupied)
        if isinstance(failure, Refused) and not taken:
            raise failure
        try:
            found = self._ours(mine, payload, mine.get(rkey))
        except ChannelFailure as unknown:
            raise unknown if taken else failure from None  # an occupied place took nothing from us
        if found is None:
            raise Refused(_TAKEN) if taken else failure
        return found

    def _ours(self, mine: Repository, payload: Payload, there: Stored | None) -> Receipt | None:
        """Return the receipt of what stands at our key if it is of our instant; another's is none of ours."""
        if there is None or there.value.get("createdAt") != record.stamp(payload):
            return None
        differences = seen(there.value).differences(seen(record.shown(payload)))
        return replace(self._receipt(mine, there.rkey, there.cid), differences=differences)

    def _receipt(self, mine: Repository, rkey: str, cid: str) -> Receipt:
        page = _PAGE.format(who=mine.handle, rkey=rkey)
        return Receipt(mine.uri(rkey), page, self._surroundings.clock(), cid)

    def _listed(self, mine: Repository, there: Stored) -> Post:
        receipt = self._receipt(mine, there.rkey, there.cid)
        return Post(receipt, title(there.value), str(there.value.get("text", "")), links(there.value))

    def _langs(self, payload: Payload) -> tuple[str, ...]:
        return self._settings.langs or (payload.variant.head.lang,)

    def _bytes(self, asset: Asset) -> bytes:
        """Return a picture's bytes; Refused where it can't be had, or is larger than the network takes."""
        try:
            data = self._surroundings.bytes_of(asset)
        except KawarabanError as error:  # nothing has left the house: no doubt about that
            raise Refused(error.what, place=error.place, remedy=error.remedy) from error
        able = self.able(self._settings).pictures
        if able is not None and able.max_bytes is not None and len(data) > able.max_bytes:
            raise Refused(_too_large(asset, len(data), able.max_bytes))
        return data


def _did(mine: Repository) -> str:
    did = mine.session().get("did")
    if did != mine.did:
        raise Unavailable(_WHO)
    return mine.did


def _answering(mine: Repository, above: Sequence[Receipt]) -> record.Answering | None:
    """Return what a post answers to; a receipt that a person gave has no version, so the server is asked for it."""
    if not above:
        return None
    return record.Answering(_reference(mine, above[0]), _reference(mine, above[-1]))


def _reference(mine: Repository, receipt: Receipt) -> record.Reference:
    if receipt.version and receipt.remote_id.startswith("at://"):
        return record.Reference(receipt.remote_id, receipt.version)
    there = mine.get(mine.key_of(receipt))
    if there is None:
        raise Refused(_NOTHING_TO_ANSWER)
    return record.Reference(there.uri, there.cid)


def _stands(mine: Repository, rkey: str, *, unknown: bool) -> bool:
    """Return whether the post is there; `unknown` is the answer where nobody can say."""
    try:
        return mine.get(rkey) is not None
    except Unavailable:
        return unknown


def _too_large(asset: Asset, size: int, limit: int) -> Sentence:
    return Sentence(
        ja=f"画像 {asset.name} が大きすぎます（{size:,}／{limit:,}バイト）。何も送っていません",
        en=f"the picture {asset.name} is too large ({size:,} of {limit:,} bytes): nothing was sent",
    )


_NO_EDITS = Sentence(
    ja="Blueskyの投稿は書き換えられません（読者に見える直し方がありません）",
    en="a post on Bluesky can't be edited (readers would not be told)",
)
_POST_ANEW = Sentence(
    ja="取り下げて（kawaraban withdraw 記事 --channel 名前）、もう一度出してください（publish --again）",
    en="take it down (`kawaraban withdraw ARTICLE --channel C`) and post it anew (`publish --again`)",
)
_TAKEN = Sentence(
    ja="この投稿のための場所に、別の投稿があります。何も送っていません",
    en="another post stands at the place of this one: nothing was sent",
)
_STILL_THERE = Sentence(ja="消したはずの投稿がまだあります", en="the post is still there after it was deleted")
_NOTHING_TO_ANSWER = Sentence(ja="つづきをつなぐ投稿がありません", en="the post that this one answers to is not there")
_WHO = Sentence(ja="サーバーが別のアカウントだと言っています", en="the server says that we are somebody else")
