"""
The steps to one post: look, draft, look again, publish. What breaks in between leaves a draft, which no reader sees.

WordPress protects nothing against a repeated request: a second POST makes a second post, whose slug ends in `-2`. So a post
is made as a draft, its id is saved, and only a POST to that id shows it to readers: repeating that one does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kawaraban.channels.http import Upload
from kawaraban.channels.wordpress.api import Api
from kawaraban.channels.wordpress.comparing import leads_to, taken, titled
from kawaraban.channels.wordpress.content import Uploaded, date_fields, fields, media_fields, media_slug
from kawaraban.channels.wordpress.entities import Kind, StoredPost
from kawaraban.channels.wordpress.settings import WordPressSettings
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Asset, Variant


def found_of(api: Api, variant: Variant) -> StoredPost | None:
    """
    Return the oldest post that is this article's: its slug, and a link to the page or, by our own hand, the title.

    A slug alone is no proof: somebody else's post may have had it first.
    """
    there = api.at(variant.head.slug)
    return next((post for post in there if is_of(api, post, variant)), None)


def is_of(api: Api, post: StoredPost, variant: Variant) -> bool:
    """Return whether a post with the article's slug is the article's."""
    return leads_to(post, variant) or (titled(post, variant) and post.author == api.me().id)


def library(api: Api, variant: Variant) -> Uploaded:
    """Return which of the article's pictures are in the library."""
    names = {media_slug(asset): asset.name for asset in variant.assets}
    there = api.media(names)
    return {names[medium.slug]: medium for medium in there if medium.slug in names}


@dataclass(frozen=True, slots=True)
class Publishing:
    """
    One create or update of `variant`, `begun` where its intent was first written.

    `saved` is the id of the draft that an earlier try left ("": none), `save` keeps it; `bytes_of` gives pictures' bytes.
    """

    api: Api
    settings: WordPressSettings
    variant: Variant
    bytes_of: Callable[[Asset], bytes]
    begun: datetime
    saved: str = ""
    save: Callable[[str], None] = lambda _note: None

    def created(self) -> StoredPost:
        """Return the one post of this article, made, or taken up where an earlier try stopped."""
        post = self._left()
        if post is not None:
            return self._shown(post.id, self._fields())
        there = self.api.at(self.variant.head.slug)
        if there:
            return self._shown(self._ours(there).id, self._fields())
        post = self._drafted(self._fields())
        return self._shown(post.id, {}) if post is not None else self._adopted()

    def changed(self, post: StoredPost) -> StoredPost:
        """Return a post after it says what it is to say; its address, its date and its status stay."""
        return self.api.change(post.id, self._fields())

    # --- the first time ---

    def _left(self) -> StoredPost | None:
        post = self.api.post(self.saved) if self.saved.isdecimal() else None
        return post if post is not None and post.status != "trash" else None

    def _ours(self, there: Iterable[StoredPost]) -> StoredPost:
        """Return the article's own post among those with its slug; Refused where there are others only."""
        posts = tuple(there)
        found = next((post for post in posts if is_of(self.api, post, self.variant)), None)
        if found is None:
            raise Refused(taken(posts[0] if posts else None, self.variant.head.slug), remedy=_ADOPT)
        self.save(str(found.id))
        return found

    def _drafted(self, said: Mapping[str, Any]) -> StoredPost | None:
        """Make the draft; None where another try, or somebody else, was quicker: then ours is gone again."""
        slug = self.variant.head.slug
        made = self.api.draft({**said, **date_fields(self.variant, self.begun), "slug": slug})
        first = next(iter(self.api.at(slug)), made)
        if made.slug != slug or first.id != made.id:
            self.api.erase(made.id)
            return None
        self.save(str(made.id))
        return made

    def _adopted(self) -> StoredPost:
        there = self.api.at(self.variant.head.slug)
        return self._shown(self._ours(there).id, self._fields())

    def _shown(self, post: int, said: Mapping[str, Any]) -> StoredPost:
        if self.settings.status == "publish":
            return self._public(post, {**said, **date_fields(self.variant, self.begun)})
        found = self.api.change(post, said) if said else self.api.post(str(post))
        if found is None:
            raise Refused(_VANISHED)
        return found

    def _public(self, post: int, said: Mapping[str, Any]) -> StoredPost:
        """Publish, and believe the answer only: WordPress decides by its own clock, and plugins may hold a post back."""
        answer = self.api.change(post, {**said, "status": "publish"})
        if answer.status == "future":  # its clock is behind ours: without a date of ours it takes its own now
            answer = self.api.change(post, {"status": "publish", "date_gmt": None})
        if not answer.public:
            raise Refused(_not_public(answer), remedy=_LET_OUT)
        return answer

    # --- what goes along ---

    def _fields(self) -> Mapping[str, Any]:
        pictures = self._pictures()
        cover = pictures.get(self.variant.head.cover)
        said = dict(fields(self.variant, pictures))
        if self.settings.pictures:
            said["featured_media"] = cover.id if cover else 0
        if category := self.settings.category or self.variant.head.series:
            said["categories"] = [self._term("categories", category)]
        if self.settings.tags:
            said["tags"] = list(dict.fromkeys(self._term("tags", tag) for tag in self.variant.head.tags))
        return said

    def _pictures(self) -> Uploaded:
        """Return where all pictures are; those that are not in the library yet are put there."""
        there = library(self.api, self.variant)
        return {**there, **dict(self._uploaded(asset for asset in self.variant.assets if asset.name not in there))}

    def _uploaded(self, assets: Iterable[Asset]) -> Iterator[tuple[str, Any]]:
        for asset in assets:
            upload = Upload("file", asset.name, self.bytes_of(asset), asset.media_type)
            yield asset.name, self.api.upload(upload, media_fields(asset))

    def _term(self, kind: Kind, name: str) -> int:
        """Return the id of a category or tag of that name; names differ by more than letter case to WordPress, too."""
        there = self.api.terms(kind, name)
        same = (term.id for term in there if term.plain.casefold() == name.casefold())
        return next(same, None) or self.api.make_term(kind, name)


def _not_public(post: StoredPost) -> Sentence:
    return Sentence(
        ja=f"WordPressが投稿を公開にしませんでした（状態は {post.status}）",
        en=f"WordPress did not publish the post (its status is {post.status})",
    )


_LET_OUT = Sentence(
    ja="承認のプラグインか権限を確かめるか、WordPressで公開してから、もう一度実行してください",
    en="see to the plugin that holds posts back, or to the user's role, or publish it in WordPress and run it again",
)
_ADOPT = Sentence(
    ja="それがこの記事なら kawaraban adopt で引き継ぎ、違うならWordPressの側か記事の slug を変えてください",
    en="if it is this article take it over with `kawaraban adopt`; else change its slug in WordPress, or the article's `slug`",
)
_VANISHED = Sentence(ja="下書きがWordPressで消されました", en="the draft was deleted in WordPress")
