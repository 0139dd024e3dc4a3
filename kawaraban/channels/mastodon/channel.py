"""The Mastodon channel: the protocol, over the calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities
from kawaraban.channels.listed import recalled
from kawaraban.channels.mastodon import words
from kawaraban.channels.mastodon.comparing import ANSWERS, TEXT, pictures_differ, pictures_of, words_differ
from kawaraban.channels.mastodon.entities import Status
from kawaraban.channels.mastodon.finding import Sought, below, leads_to, said
from kawaraban.channels.mastodon.note import Note
from kawaraban.channels.mastodon.servers import learnt
from kawaraban.channels.mastodon.settings import ABLE, MastodonSettings, able
from kawaraban.channels.protocol import LiveCopy, Payload, Post, Probe, Save, Surroundings
from kawaraban.config.load import own_settings
from kawaraban.config.secret import revealed
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Variant

if TYPE_CHECKING:
    from kawaraban.channels.mastodon.api import Api
    from kawaraban.channels.mastodon.pictures import Uploading

_FIND_PAGES = 25
_LIST_PAGES = 100
_PICTURE_TIMEOUTS = 4


class Mastodon:
    """
    Posts to a server with the Mastodon interface.

    A key protects a repeat for an hour where the server remembers keys, and nowhere longer: what decides is our own list.
    """

    kind: ClassVar[str] = "mastodon"
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = ABLE
    Settings: ClassVar[type[BaseModel]] = MastodonSettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do with these settings, learnt ones among them."""
        return able(MastodonSettings.model_validate(own.model_dump()))

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        pause: Callable[[float], None] = time.sleep,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, MastodonSettings)
        self._pause, self._ticks = pause, ticks

    # --- sending --------------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return what would be posted: the words are the variant's own."""
        return Payload(variant, variant.text.encode(), "text/plain; charset=utf-8")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Upload the pictures, then post."""
        with self._api() as api:
            answers = self._above(api, payload)
            uploading = self._uploading(api, save)
            note = uploading.bring(pictures_of(payload.variant, payload.part), Note.read(payload.saved))
            try:
                post = api.post(words.posted(payload, note, visibility=self._settings.visibility, answers=answers), key)
            except Refused:
                uploading.must_be_ready(note)
                raise
        return self._receipt(post, payload, note, answers)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Change words and pictures; Refused where the post is gone or the server can't edit."""
        del key  # the same edit again is the same edit
        with self._api() as api:
            before = self._standing(api, receipt)
            if before is None:
                raise Refused(_GONE_THERE, remedy=_SETTLE)
            note = self._uploading(api, save).bring(
                pictures_of(payload.variant, payload.part),
                Note.read(payload.saved),
                attached=Note.read(receipt.version),
            )
            post = api.edit(before.id, words.edited(payload, note))
        if post is None:
            raise Refused(_CANT_EDIT, remedy=_BY_HAND_THERE)
        return self._receipt(post, payload, note, before.in_reply_to_id)

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post; gone already is as good."""
        with self._api() as api:
            name = self._name(api, receipt)
            if name is not None and not api.delete(name) and api.status(name) is not None:
                raise Refused(_CANT_DELETE, remedy=_BY_HAND_THERE)

    # --- asking ---------------------------------------------------------------------------------------------------

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Look through our own posts, back to a day before the intent, for one that says this and answers what it should."""
        del key  # no server says which key a post was sent under
        with self._api() as api:
            answers = self._now_called(api, payload.above[-1]) if payload.above else None
            sought = Sought(payload.part, answers, payload.since)
            whole = payload.since is not None  # else there is no instant before which looking ends
            post = sought.among(api.statuses(api.me(), pages=_FIND_PAGES, whole=whole))
        return self._receipt(post, payload, Note.read(payload.saved), answers) if post else None

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what stands there, compared by its words, its pictures and their alt texts."""
        with self._api() as api:
            post = self._standing(api, receipt)
            source = api.source(post.id) if post else None
        if post is None:
            return LiveCopy(present=False, url=receipt.url)
        part = against.part(1)
        differences = [TEXT] if words_differ(post, source, part.text) else []
        differences += pictures_differ(post, pictures_of(against, part))
        return LiveCopy(present=True, url=post.address, differences=tuple(differences))

    def posts(self) -> Iterable[Post]:
        """Return our posts, newest first, without answers and boosts."""
        with self._api() as api:
            return [self._listed(one) for one in api.statuses(api.me(), pages=_LIST_PAGES, replies=False)]

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """Return these articles' posts, by the addresses they lead to; looks back to a week before the first of them."""
        oldest = _oldest(variants)
        with self._api() as api:
            posts = api.statuses(api.me(), pages=_LIST_PAGES, replies=False, whole=True)
            young = takewhile(lambda post: oldest is None or post.created_at >= oldest, posts)
            return recalled([self._listed(one) for one in young], variants)

    def answers(self, receipt: Receipt) -> Sequence[Receipt]:
        """Return our own posts below that one, each answering to the one before."""
        with self._api() as api:
            name = self._now_called(api, receipt)
            posts = below(api.statuses(api.me(), pages=_LIST_PAGES), name)
        return [self._listed(one).receipt for one in posts]

    def account(self) -> str:
        """Return the account's id at the server's host: names can change, this can't."""
        with self._api() as api:
            return f"{api.me().id}@{self._host}"

    def probe(self) -> Probe:
        """Return as whom we post, what the server runs and what it takes."""
        with self._api() as api:
            me, instance = api.me(), api.instance()
            server = api.server(instance)
        shown = f"@{me.acct or me.username}"
        name = shown if "@" in shown[1:] else f"{shown}@{instance.host or self._host}"
        return Probe(f"{me.id}@{self._host}", name, str(server), learnt(server, instance))

    # --- what came of it ------------------------------------------------------------------------------------------

    def _receipt(self, post: Status, payload: Payload, note: Note, answers: str | None) -> Receipt:
        """What the server made; some servers drop a picture or what is answered without a word."""
        pictures = pictures_of(payload.variant, payload.part)
        differences = [*pictures_differ(post, pictures)]
        if answers is not None and post.in_reply_to_id != answers:
            differences.append(ANSWERS)
        kept = str(note.only(pictures))
        return Receipt(post.id, post.address, self._now(), kept, differences=tuple(differences))

    def _above(self, api: Api, payload: Payload) -> str | None:
        """Return the id of the post that this one answers; Refused where it is gone: some servers would post it alone."""
        if not payload.above:
            return None
        above = self._standing(api, payload.above[-1])
        if above is None:
            raise Refused(_NOTHING_ABOVE, remedy=_SETTLE)
        return above.id

    # --- which post -----------------------------------------------------------------------------------------------

    def _standing(self, api: Api, receipt: Receipt) -> Status | None:
        name = self._name(api, receipt)
        return api.status(name) if name is not None else None

    def _name(self, api: Api, receipt: Receipt) -> str | None:
        """Return the post's id; a person who settled it gave its address, which need not say it."""
        if "://" not in receipt.remote_id:
            return receipt.remote_id
        if (known := api.named(receipt.remote_id)) is not None:
            return known.id
        posts = api.statuses(api.me(), pages=_FIND_PAGES, whole=True)
        return next((one.id for one in posts if receipt.remote_id in (one.url, one.uri)), None)

    def _now_called(self, api: Api, receipt: Receipt) -> str:
        """Return the id that lists give the post: snac makes another at each edit, and knows the old one when it is asked for."""
        post = self._standing(api, receipt)
        return post.id if post is not None else receipt.remote_id

    def _listed(self, post: Status) -> Post:
        receipt = Receipt(post.id, post.address, post.created_at)
        return Post(receipt, "", said(post), leads_to(post))

    # --- the server -----------------------------------------------------------------------------------------------

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.server).netloc.lower()

    def _now(self) -> datetime:
        return self._surroundings.clock()

    @contextmanager
    def _api(self) -> Iterator[Api]:
        from kawaraban.channels.http import Limits, Session
        from kawaraban.channels.mastodon.api import Api

        token = revealed(self._settings.token, self._surroundings.root).get_secret_value()
        seconds = self._settings.timeout.total_seconds()
        limits = Limits(connect=min(10.0, seconds), read=seconds, whole=seconds)
        private = self._surroundings.publication.network.private
        with Session(private=private, limits=limits, secrets=(token,)) as session:
            yield Api(session, self._settings.server, token, self._surroundings.clock)

    def _uploading(self, api: Api, save: Save) -> Uploading:
        from kawaraban.channels.mastodon.pictures import Patience, Uploading

        until = self._ticks() + _PICTURE_TIMEOUTS * self._settings.timeout.total_seconds()
        return Uploading(api, self._surroundings.bytes_of, Patience(until, self._ticks, self._pause), save)


def _oldest(variants: Sequence[Variant]) -> datetime | None:
    """Return before when none of these articles can have been posted; None: nobody knows."""
    published = [variant.head.published for variant in variants]
    known = [one for one in published if one is not None]
    return min(known) - timedelta(days=7) if known and len(known) == len(published) else None


_SETTLE = Sentence(ja="kawaraban settle で決着させてください", en="end it with `kawaraban settle`")
_BY_HAND_THERE = Sentence(ja="サーバーの画面で行ってください", en="do it on the server's own pages")
_GONE_THERE = Sentence(ja="書き換える投稿がもうありません", en="the post to be changed is gone")
_NOTHING_ABOVE = Sentence(ja="続きの前の投稿がもうありません", en="the post that this one continues is gone")
_CANT_EDIT = Sentence(ja="このサーバーは投稿を書き換えられません", en="this server can't edit posts")
_CANT_DELETE = Sentence(
    ja="このサーバーは外から投稿を消せません", en="this server can't delete posts through its interface"
)
