"""
What WordPress answers instead of a success, as Refused, NotAuthorised, Unavailable or Unsure.

An answer that is not WordPress's JSON was said by somebody before it: a security plugin, a cache, the host.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from pydantic import ValidationError

from kawaraban.channels.http import Answer, failure_by_status
from kawaraban.channels.http.secrecy import quoted
from kawaraban.channels.wordpress.entities import Trouble
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Sentence, Unavailable, Unsure

_SAID = 200  # letters of WordPress's own words that are passed on
NOT_THERE = frozenset({"rest_post_invalid_id"})
ALREADY_TRASHED = frozenset({"rest_already_trashed"})
NO_TRASH = frozenset({"rest_trash_not_supported"})
_NO_ROUTE = "rest_no_route"
_ONE_POST = frozenset(
    {"rest_forbidden_context", "rest_cannot_edit", "rest_cannot_edit_others", "rest_cannot_delete", "rest_cannot_read"}
)
_CANT_USE = frozenset({"rest_upload_unknown_error", "rest_upload_sideload_error", "rest_upload_hash_mismatch"})


def trouble(answer: Answer) -> Trouble | None:
    """Return WordPress's own error, or None where somebody else answered."""
    try:
        found = Trouble.model_validate_json(answer.body)
    except ValidationError:
        return None
    return found if found.code else None


def succeeded(answer: Answer) -> bool:
    """Return whether it is a 2xx."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def failure(answer: Answer, now: datetime, *, sent: bool = True) -> ChannelFailure:
    """Return what the answer to something sent means; `sent` False: to a question, which is never Unsure."""
    error = trouble(answer)
    if error is None:
        return _foreign(answer, _by_status(answer, now, sent=sent))
    what = _with_words(answer, error)
    if (known := _known(answer, error, what)) is not None:
        return known
    general = _by_status(answer, now, sent=sent)
    if isinstance(general, Unavailable):
        return Unavailable(what, after=general.after)
    return type(general)(what)


def unread(answer: Answer, now: datetime) -> ChannelFailure:
    """Return what the answer to a question means: nothing was sent by asking, so it is never Unsure."""
    return failure(answer, now, sent=False)


def not_understood(answer: Answer) -> Sentence:
    """Say that a success is no answer of WordPress's."""
    return Sentence(
        ja=f"{answer.shown_url} の答え {answer.status} がWordPressのものではありません（{answer.media_type or '形の知れない答え'}）",
        en=f"{answer.shown_url} said {answer.status}, and not in WordPress's form ({answer.media_type or 'no type'})",
    )


def _known(answer: Answer, error: Trouble, what: Sentence) -> ChannelFailure | None:
    if answer.status == HTTPStatus.UNAUTHORIZED or error.about_status:
        return NotAuthorised(_NOT_KNOWN, remedy=NEW_PASSWORD)
    if error.code in _ONE_POST:
        return Refused(what, remedy=_EDITOR)
    if answer.status == HTTPStatus.FORBIDDEN:
        return NotAuthorised(what, remedy=_EDITOR)
    if error.code == _NO_ROUTE:
        return NotAuthorised(_CLOSED, remedy=_OPEN)
    if error.code in _CANT_USE:
        return Refused(what)
    return None


def _foreign(answer: Answer, general: ChannelFailure) -> ChannelFailure:
    """Somebody before WordPress answered: say so, and what a person can do."""
    what = Sentence(
        ja=f"{general.what.ja}（WordPressの手前からの答え）", en=f"{general.what.en} (not by WordPress itself)"
    )
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return Refused(_moved(answer), remedy=ADDRESS)
    if isinstance(general, NotAuthorised):
        return NotAuthorised(what, remedy=_LET_IN)
    if isinstance(general, Refused):
        return Refused(what, remedy=ADDRESS)
    if isinstance(general, Unavailable):
        return Unavailable(what, after=general.after, remedy=general.remedy)
    return Unsure(what, remedy=general.remedy)


def _by_status(answer: Answer, now: datetime, *, sent: bool) -> ChannelFailure:
    found = failure_by_status(answer, now=now, honest_503=False, sent=sent)
    return found or (Unsure if sent else Unavailable)(not_understood(answer), remedy=ADDRESS)


def _with_words(answer: Answer, error: Trouble) -> Sentence:
    said = quoted(f"{error.code}: {error.message}", longest=_SAID)
    return Sentence(ja=f"WordPressの答え {answer.status}（{said}）", en=f"WordPress answered {answer.status} ({said})")


def _moved(answer: Answer) -> Sentence:
    target = quoted(answer.headers.get("location", "?"), longest=_SAID)
    return Sentence(
        ja=f"{answer.shown_url} は {target} へ移されています",
        en=f"{answer.shown_url} redirects to {target}",
    )


_NOT_KNOWN = Sentence(
    ja="WordPressに認証が通りません（ユーザー名かアプリケーションパスワードが違うか、Authorization が途中で消えています）",
    en="WordPress does not know us (the user or the application password is wrong, or the Authorization header is lost on the way)",
)
NEW_PASSWORD = Sentence(
    ja="ユーザーのプロフィールで作ったアプリケーションパスワード（ログイン用のではなく）を password の先に置いてください。それでも通らなければ、"
    'ウェブサーバーが Authorization をPHPに渡すように設定してください（Apache: SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1）',
    en="put an application password from the user's profile (not the one for logging in) behind `password`; if it is right, let the "
    'web server hand the Authorization header to PHP (Apache: SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1)',
)
_EDITOR = Sentence(
    ja="そのユーザーの権限を「編集者」にしてください（投稿者では、ほかの人の投稿とカテゴリーを扱えません）",
    en="give that user the role Editor (an Author can't handle others' posts, nor make categories)",
)
_CLOSED = Sentence(
    ja="このWordPressはREST APIを閉じています（rest_no_route）",
    en="this WordPress has its REST API closed (rest_no_route)",
)
_OPEN = Sentence(
    ja="REST APIを止めているプラグインで、ログイン中の利用者の wp/v2 を許してください",
    en="allow wp/v2 to users who are logged in, in the plugin that closes the REST API",
)
_LET_IN = Sentence(
    ja="セキュリティのプラグインかサーバーの設定で、この機械から /wp-json/ への接続を許してください",
    en="allow this machine to reach /wp-json/ in the security plugin or at the host",
)
ADDRESS = Sentence(
    ja="server に、WordPressのサイトアドレス（設定 → 一般）を書いてください",
    en="write the site's address (Settings → General) as `server`",
)
