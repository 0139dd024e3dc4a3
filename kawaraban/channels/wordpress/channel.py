"""The WordPress channel: the protocol, over the REST API."""

from __future__ import annotations

import base64
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel

from kawaraban.address import readable
from kawaraban.capabilities import Capabilities
from kawaraban.channels.listed import comparable, recalled
from kawaraban.channels.protocol import LiveCopy, Payload, Post, Probe, Save, Surroundings
from kawaraban.channels.wordpress import comparing
from kawaraban.channels.wordpress.entities import STATUSES, Member, StoredPost
from kawaraban.channels.wordpress.settings import ABLE, REQUESTS, WordPressSettings, able
from kawaraban.config.load import own_settings
from kawaraban.config.secret import revealed
from kawaraban.delivery import Receipt
from kawaraban.errors import NotAuthorised, Refused, Sentence
from kawaraban.variant import Variant

if TYPE_CHECKING:
    from kawaraban.channels.wordpress.api import Api
    from kawaraban.channels.wordpress.publishing import Publishing


_NUMBER = re.compile(r"[?&](?:p|post)=([0-9]+)")  # the short address, and the editor's page


@dataclass(frozen=True, slots=True)
class WordPress:
    """
    Whole articles on a site that runs WordPress, found again by their slug.

    It announces: its feed, its pings and its plugins' mail leave with the first publish. A post is made as a draft and
    published by id, so that what breaks in between is seen by nobody and doubled by nothing.
    """

    kind: ClassVar[str] = "wordpress"
    renderer: ClassVar[str] = "fulltext"
    capabilities: ClassVar[Capabilities] = ABLE
    Settings: ClassVar[type[BaseModel]] = WordPressSettings

    surroundings: Surroundings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do with these settings."""
        return able(WordPressSettings.model_validate(own.model_dump()))

    # --- the protocol ---------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return the article; the numbers of its pictures and terms are the site's, known when it is sent."""
        return Payload(variant, variant.body.encode(), "text/html; charset=utf-8")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Make a draft and publish it, or go on from where an earlier try stopped; Refused where the slug is another's."""
        del key  # WordPress knows none: the slug is what a post is found by
        with self._api() as api:
            post = self._publishing(api, payload, save).created()
            return self._receipt(api, post, payload.variant)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Change the post; Refused where it is gone or in the trash. Its address, date and status stay."""
        del key
        with self._api() as api:
            post = _standing(api, receipt)
            if post is None or post.status == "trash":
                raise Refused(_GONE, remedy=_BRING_BACK)
            changed = self._publishing(api, payload, save).changed(post)
            return self._receipt(api, changed, payload.variant)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """
        Return the article's post, by slug in every status.

        A draft where readers were to see it is none yet: `create` finds it again and goes on from there.
        """
        del key
        from kawaraban.channels.wordpress.publishing import found_of

        with self._api() as api:
            post = found_of(api, payload.variant)
            finished = post is not None and (post.public or self._settings.status == "draft")
            return self._receipt(api, post, payload.variant) if post is not None and finished else None

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Read the post as an editor sees it; what only the theme or a plugin makes of it is not compared."""
        with self._api() as api:
            post = _standing(api, receipt)
            if post is None or post.status == "trash":
                return LiveCopy(present=False, url=None)
            return LiveCopy(present=True, url=readable(post.link), differences=self._differences(api, post, against))

    def withdraw(self, receipt: Receipt) -> None:
        """Put the post into the trash, from which a person can bring it back; its pictures stay in the library."""
        with self._api() as api:
            post = _standing(api, receipt)
            if post is not None and post.status != "trash":
                api.trash(str(post.id))

    def discard(self, variant: Variant) -> None:
        """Put the drafts of our own hand that a stopped `create` left into the trash."""
        with self._api() as api:
            drafts = [post for post in api.at(variant.head.slug) if post.status == "draft"]
            for post in drafts:
                if post.author == api.me().id and comparing.titled(post, variant):
                    api.trash(str(post.id))

    # --- what it has beside ---------------------------------------------------------------------------------------

    def posts(self) -> Iterator[Post]:
        """Yield the site's posts that readers see (drafts, too, where we leave drafts)."""
        with self._api(patience=math.inf) as api:
            for post in api.posts(self._statuses):
                yield _listed(post, self._plain_receipt(post))

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """Return what stands there of these articles: by a link to the page, else by slug and title."""
        with self._api(patience=math.inf) as api:
            there = list(api.posts(self._statuses))
        found = recalled([_listed(post, self._plain_receipt(post)) for post in there], variants)
        taken = {receipt.remote_id for receipt in found.values()}
        for variant in variants:
            for post in there:
                if variant.article in found or post.slug != variant.head.slug or not comparing.titled(post, variant):
                    continue
                if str(post.id) not in taken:
                    found[variant.article] = self._plain_receipt(post)
        return found

    def account(self) -> str:
        """Return the user's number on this site."""
        with self._api() as api:
            return self._name_of(api.me())

    def probe(self) -> Probe:
        """Ask who we are, and whether that user may do what this channel is for."""
        with self._api() as api:
            member = api.me()
            self._must_be_able(member)
            shown = f"{member.username or member.name} ({', '.join(member.roles)})"
            return Probe(self._name_of(member), shown, api.version())

    # --- pieces ---------------------------------------------------------------------------------------------------

    @property
    def _settings(self) -> WordPressSettings:
        return own_settings(self.surroundings.settings, WordPressSettings)

    @property
    def _statuses(self) -> str:
        return STATUSES if self._settings.status == "draft" else "publish"

    @contextmanager
    def _api(self, patience: float = REQUESTS - 1) -> Iterator[Api]:
        """Open the site for one piece of work, which begins no request after so many time-outs (an archive takes its time)."""
        from kawaraban.channels.http import Limits, Session
        from kawaraban.channels.wordpress.api import Api

        settings, paper = self._settings, self.surroundings.publication
        if settings.base.startswith("http://") and not paper.network.private:
            raise Refused(_IN_CLEAR, remedy=_SAFELY)
        password = revealed(settings.password, self.surroundings.root).get_secret_value()
        basic = base64.b64encode(f"{settings.user}:{password}".encode()).decode()
        seconds = settings.timeout.total_seconds()
        limits = Limits(connect=min(10.0, seconds), read=seconds, whole=seconds)
        hidden = (password, password.replace(" ", ""), basic)  # WordPress itself takes the spaces out
        with Session(private=paper.network.private, limits=limits, secrets=hidden) as session:
            ends = time.monotonic() + patience * seconds
            yield Api(session, settings.base, f"Basic {basic}", self.surroundings.clock, ends)

    def _publishing(self, api: Api, payload: Payload, save: Save) -> Publishing:
        from kawaraban.channels.wordpress.publishing import Publishing

        return Publishing(
            api=api,
            settings=self._settings,
            variant=payload.variant,
            bytes_of=self.surroundings.bytes_of,
            begun=payload.since or self.surroundings.clock(),
            saved=payload.saved,
            save=save,
        )

    def _differences(self, api: Api, post: StoredPost, variant: Variant) -> tuple[Sentence, ...]:
        from kawaraban.channels.wordpress.publishing import library

        public = self._settings.status == "publish"
        return comparing.differences(post, variant, library(api, variant), public=public)

    def _receipt(self, api: Api, post: StoredPost, variant: Variant) -> Receipt:
        """What was made, compared at once: a user without the right to unfiltered HTML has it changed on the way in."""
        differences = self._differences(api, post, variant)
        return replace(self._plain_receipt(post), differences=differences)

    def _plain_receipt(self, post: StoredPost) -> Receipt:
        return Receipt(str(post.id), readable(post.link), self.surroundings.clock(), post.modified_gmt)

    def _name_of(self, member: Member) -> str:
        return f"{member.id}@{urlsplit(self._settings.base).netloc}"

    def _must_be_able(self, member: Member) -> None:
        needed = {"edit_posts": "投稿の編集", "publish_posts": "公開", "upload_files": "画像のアップロード"}
        if self._settings.status == "draft":
            del needed["publish_posts"]
        if not self._settings.pictures:
            del needed["upload_files"]
        missing = [name for name in needed if not member.may(name)]
        if missing:
            raise NotAuthorised(_may_not(member, missing, [needed[name] for name in missing]), remedy=_ROLE)


def _standing(api: Api, receipt: Receipt) -> StoredPost | None:
    """Return the post of a receipt; a person who settled it gave its address, or that of the editor's page."""
    name = receipt.remote_id
    if name.isdecimal():
        return api.post(name)
    number = _NUMBER.search(name)
    if number is not None:
        return api.post(number[1])
    slug = unquote(name.rstrip("/").rpartition("/")[2])
    return next((post for post in api.at(slug) if comparable(post.link) == comparable(name)), None) if slug else None


def _listed(post: StoredPost, receipt: Receipt) -> Post:
    return Post(receipt, post.title.plain, comparing.text(post), comparing.links(post))


def _may_not(member: Member, missing: Sequence[str], missing_ja: Sequence[str]) -> Sentence:
    from kawaraban.channels.http.secrecy import quoted

    roles, who = quoted(", ".join(member.roles)) or "-", quoted(member.username or member.name)
    return Sentence(
        ja=f"ユーザー {who}（権限グループ {roles}）には、{'、'.join(missing_ja)}の権限がありません",
        en=f"the user {who} (role {roles}) may not: {', '.join(missing)}",
    )


_ROLE = Sentence(
    ja="WordPressの「ユーザー」で、そのユーザーの権限グループを「編集者」にしてください",
    en="give that user the role Editor in WordPress (Users)",
)
_GONE = Sentence(
    ja="WordPressに、その投稿がもうありません（ゴミ箱にあるか、消されました）",
    en="that post is no longer on WordPress (it is in the trash, or was deleted)",
)
_BRING_BACK = Sentence(
    ja="ゴミ箱から戻すか、publish --again で新しく出してください",
    en="bring it back from the trash, or publish it anew with `publish --again`",
)
_IN_CLEAR = Sentence(
    ja="server が http:// です。パスワードがそのまま網を流れるので送りません",
    en="`server` begins with http://: the password would cross the network in clear, so nothing is sent",
)
_SAFELY = Sentence(ja="https:// で始まるアドレスを書いてください", en="write an address that begins with https://")
