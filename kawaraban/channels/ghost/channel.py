"""The Ghost channel: the protocol, over the Admin API."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from kawaraban.address import readable
from kawaraban.capabilities import Capabilities, Pictures
from kawaraban.channels.ghost.comparing import differences
from kawaraban.channels.ghost.content import Content, canonical_of, content_of
from kawaraban.channels.ghost.entities import Mark, StoredPost
from kawaraban.channels.ghost.settings import GhostSettings
from kawaraban.channels.ghost.token import Key
from kawaraban.channels.listed import recalled
from kawaraban.channels.protocol import LiveCopy, Payload, Post, Probe, Save, Surroundings
from kawaraban.config.load import own_settings
from kawaraban.config.secret import revealed
from kawaraban.delivery import Receipt
from kawaraban.errors import NotAuthorised, Refused, Sentence
from kawaraban.variant import Variant

if TYPE_CHECKING:
    from kawaraban.channels.ghost.api import Api
    from kawaraban.channels.ghost.publishing import Publishing

_REQUESTS = 5  # requests that one piece of work may take at most, each of two time-outs
_MAY_PUBLISH = frozenset({"Owner", "Administrator", "Editor", "Super Editor", "Author"})
_ID = re.compile(r"[0-9a-f]{24}")
_LATE = timedelta(hours=1)  # what mail has


class Ghost:
    """
    Whole articles on a site that runs Ghost. A post is found again by its canonical URL and a mark in its HTML.

    It announces: its feed, its followers in the Fediverse (Ghost 6), its webhooks and, where a newsletter is set, its mail leave
    with the first publish, and nothing calls them back. Only a draft announces nothing.
    """

    kind: ClassVar[str] = "ghost"
    renderer: ClassVar[str] = "fulltext"
    capabilities: ClassVar[Capabilities] = Capabilities(
        announces=True,
        finds="key",
        idempotency="none",
        longest=timedelta(minutes=5),
        pictures=Pictures(
            count=1000,
            media_types=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml"}),
        ),
        markup="html",
    )
    Settings: ClassVar[type[BaseModel]] = GhostSettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do: whom a publish reaches, and how long a piece of work takes, are settings."""
        settings = GhostSettings.model_validate(own.model_dump())
        return replace(
            cls.capabilities,
            announces=settings.status == "publish",
            drafts=settings.status == "publish",
            late=_LATE if settings.mails else None,  # the article itself is not the worse for coming later; mail is
            longest=2 * _REQUESTS * settings.timeout,
            sets_off=_mails(settings.newsletter) if settings.newsletter and settings.mails else None,
        )

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, GhostSettings)

    # --- the protocol ---------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return the post as it is sent, but for what only the sending knows: key, date, the pictures' addresses."""
        content = content_of(variant, self._settings)
        fields = {**content.fields({}), "slug": content.slug, "tags": list(content.tags)}
        body = json.dumps({"posts": [fields]}, ensure_ascii=False, separators=(",", ":")).encode()
        return Payload(variant, body, "application/json")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Make a draft and publish it; go on where an earlier try stopped. Refused where Ghost has the article already."""
        content = content_of(payload.variant, self._settings)
        date = content.published_at(payload.since or self._surroundings.clock())
        settings = self._settings
        with self._api() as api:
            self._must_have_newsletter(api)
            post = self._publishing(api, payload, content, key, save).created(
                published_at=date if settings.status == "publish" else None, newsletter=settings.newsletter
            )
        return self._receipt(post, payload.variant)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Change what the post says; Refused where it is gone. Address, date, status and authors stay as they are."""
        content = content_of(payload.variant, self._settings)
        with self._api() as api:
            post = _standing(api, receipt)
            if post is None:
                raise _gone()
            post = self._publishing(api, payload, content, key, save).changed(post)
        return self._receipt(post, payload.variant)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return what a try with this key published; a draft it left is no post, and `create` goes on with it."""
        variant = payload.variant
        with self._api() as api:
            there = [post for post in api.about(canonical_of(variant)) if self._is_whole(post)]
        ours = [post for post in there if post.mark == Mark(variant.article, key)]
        if not ours:
            return None
        receipt = self._receipt(ours[0], variant)
        more = tuple(_another(post) for post in there if post.id != ours[0].id)
        return replace(receipt, differences=(*receipt.differences, *more))

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what stands there, compared with `against`; a post that was taken back to draft differs."""
        with self._api() as api:
            post = _standing(api, receipt)
        if post is None:
            return LiveCopy(present=False, url=receipt.url)
        return LiveCopy(present=True, url=self._address(post), differences=self._differences(post, against))

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post; one that is gone is as good. Its pictures stay: Ghost deletes none."""
        with self._api() as api:
            name = receipt.remote_id
            if not _ID.fullmatch(name):
                post = _standing(api, receipt)
                name = post.id if post else ""
            if name:
                api.delete(name)

    def discard(self, variant: Variant) -> None:
        """Delete the drafts of our own hand that a stopped `create` left."""
        with self._api() as api:
            for post in api.about(canonical_of(variant)):
                if post.status == "draft" and post.is_of(variant):
                    api.delete(post.id)

    # --- what it has beside ---------------------------------------------------------------------------------------

    def posts(self) -> Iterator[Post]:
        """Yield the posts there, whoever made them, the newest first; drafts only where drafts are what we make."""
        drafts = ("draft",) if self._settings.status == "draft" else ()
        with self._api() as api:
            for post in api.all(("published", *drafts)):
                links = (post.canonical_url,) if post.canonical_url else ()
                yield Post(self._bare_receipt(post), post.title, post.plaintext or "", links)

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """Return these articles' posts, found by canonical URL."""
        return recalled(self.posts(), variants)

    def account(self) -> str:
        """Return the site's own id (its address where Ghost is too old to have one): posts belong to the site, not to a key."""
        with self._api() as api:
            site = api.site()
        return site.site_uuid or site.url

    def probe(self) -> Probe:
        """Ask who we are; NotAuthorised where the key may not publish, Refused where the newsletter is not there."""
        with self._api() as api:
            site, version = api.site(), api.version()
            roles = api.roles()
            if roles is not None and not _MAY_PUBLISH & set(roles):
                raise _may_not_publish(roles)
            self._must_have_newsletter(api)
        return Probe(site.site_uuid or site.url, shown=f"{site.title} ({site.url})", server=f"Ghost {version}")

    # --- pieces ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _api(self) -> Iterator[Api]:
        from kawaraban.channels.ghost.api import Api
        from kawaraban.channels.http import Limits, Session

        settings = self._settings
        written = revealed(settings.key, self._surroundings.root).get_secret_value()
        key, seconds = Key.parse(written), settings.timeout.total_seconds()
        limits = Limits(connect=min(10.0, seconds), read=seconds, whole=2 * seconds)
        private = self._surroundings.publication.network.private
        hidden = (written, written.partition(":")[2])
        server = settings.server.removesuffix("/ghost")
        ends = time.monotonic() + (2 * _REQUESTS - 2) * seconds
        with Session(private=private, limits=limits, secrets=hidden) as session:
            yield Api(session, server, key, self._surroundings.clock, ends)

    def _publishing(self, api: Api, payload: Payload, content: Content, key: str, save: Save) -> Publishing:
        from kawaraban.channels.ghost.publishing import Note, Publishing

        variant = payload.variant
        series = self._surroundings.publication.series_named(variant.head.series)
        return Publishing(
            api=api,
            variant=variant,
            content=content,
            mark=Mark(variant.article, key),
            bytes_of=self._surroundings.bytes_of,
            note=Note.parse(payload.saved),
            save=save,
            series_slug=series.slug if series and series.slug.isascii() else "",
        )

    def _must_have_newsletter(self, api: Api) -> None:
        """Ghost answers 500 to a newsletter it does not know."""
        wanted = self._settings.newsletter
        if wanted is not None and wanted not in (there := api.newsletters()):
            raise _no_newsletter(wanted, there)

    def _is_whole(self, post: StoredPost) -> bool:
        """Whether nothing more is to be done for it."""
        return post.public or (post.status == "draft" and self._settings.status == "draft")

    def _differences(self, post: StoredPost, variant: Variant) -> tuple[Sentence, ...]:
        content = content_of(variant, self._settings)
        return differences(post, content, variant.assets, published=self._settings.status == "publish")

    def _receipt(self, post: StoredPost, variant: Variant) -> Receipt:
        return replace(self._bare_receipt(post), differences=self._differences(post, variant))

    def _bare_receipt(self, post: StoredPost) -> Receipt:
        return Receipt(post.id, self._address(post), self._surroundings.clock(), version=post.updated_at)

    def _address(self, post: StoredPost) -> str:
        """Return where readers find it; a draft is found by who edits it."""
        if post.public and (page := readable(post.url)) is not None:
            return page
        return f"{self._settings.server.removesuffix('/ghost')}/ghost/#/editor/post/{post.id}"


def _standing(api: Api, receipt: Receipt) -> StoredPost | None:
    """Return the post of a receipt; a person who settled it may have given its address, or that of the editor's page."""
    last = receipt.remote_id.rstrip("/").rpartition("/")[2]
    if not last:
        return None
    return api.post(last) if _ID.fullmatch(last) else api.at_slug(last)


def _another(post: StoredPost) -> Sentence:
    return Sentence(
        ja=f"同じ記事の投稿がほかにもある（{post.url}）", en=f"there is another post of the same article ({post.url})"
    )


def _mails(newsletter: str) -> Sentence:
    return Sentence(
        ja=f"公開と同時に、ニュースレター「{newsletter}」の読者すべてにメールで送ります。取り消せません",
        en=f"publishing mails it to everybody who has the newsletter `{newsletter}`; that can't be called back",
    )


def _gone() -> Refused:
    return Refused(
        Sentence(ja="Ghostに、書き換える投稿がありません", en="Ghost has no such post to change"),
        remedy=Sentence(ja="kawaraban settle で決着させてください", en="end it with `kawaraban settle`"),
    )


def _may_not_publish(roles: Iterable[str]) -> NotAuthorised:
    from kawaraban.channels.http.secrecy import quoted

    named = quoted(", ".join(roles))
    return NotAuthorised(
        Sentence(
            ja=f"このキーの持ち主（{named}）は公開できません", en=f"whom this key belongs to ({named}) can't publish"
        ),
        remedy=Sentence(
            ja="カスタム統合の Admin API key を使ってください", en="use the Admin API key of a custom integration"
        ),
    )


def _no_newsletter(wanted: str, there: Sequence[str]) -> Refused:
    from kawaraban.channels.http.secrecy import quoted

    named = quoted(", ".join(there))
    return Refused(
        Sentence(ja=f"Ghostに「{wanted}」というニュースレターがありません", en=f"Ghost has no newsletter `{wanted}`"),
        remedy=Sentence(ja=f"newsletter に書けるのは: {named}", en=f"`newsletter` can be: {named}"),
    )
