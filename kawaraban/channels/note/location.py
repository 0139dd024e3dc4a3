"""
The addresses a person may give for a note, and the key in them.

    https://note.com/USER/n/KEY                        the public page
    https://editor.note.com/notes/KEY/edit/            the editor (also …/publish/)
    https://note.com/preview/KEY?prev_access_key=…     the preview
    https://note.com/notes/KEY                         without the user
    KEY                                                the key alone
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from kawaraban.errors import Refused, Sentence

PUBLIC = "https://note.com"
_HOSTS = frozenset({"note.com", "www.note.com", "editor.note.com", "note.mu"})
_KEY = re.compile(r"n[0-9a-z]{6,31}", re.IGNORECASE)
_PATHS = (
    re.compile(r"/(?P<user>[A-Za-z0-9_]+)/n/(?P<key>n[0-9a-z]{6,31})", re.IGNORECASE),
    re.compile(r"/(?:notes|preview)/(?P<key>n[0-9a-z]{6,31})(?:/(?:edit|publish))?", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Location:
    """A note's key, and the user where the address names one."""

    key: str
    user: str | None


def located(address: str) -> Location:
    """Return the key in an address; raise Refused where there is none."""
    written = address.strip()
    if _KEY.fullmatch(written):
        return Location(written.lower(), None)
    path = _path_on_note(written)
    for pattern in _PATHS if path is not None else ():
        if found := pattern.fullmatch(path or ""):
            return Location(found["key"].lower(), found.groupdict().get("user"))
    raise Refused(
        Sentence(ja=f"noteの記事のURLではありません：{written}", en=f"this is no address of a note: {written}"),
        remedy=Sentence(
            ja="公開した記事のURL（https://note.com/…/n/…）か、編集画面のURLを渡してください",
            en="give the address of the published note (https://note.com/…/n/…) or of its editor",
        ),
    )


def public_url(user: str, key: str) -> str:
    """Return the address of a published note."""
    return f"{PUBLIC}/{user}/n/{key}"


def _path_on_note(written: str) -> str | None:
    with_scheme = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(with_scheme)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.hostname not in _HOSTS:
        return None
    return parts.path.rstrip("/")
