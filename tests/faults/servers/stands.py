"""Each real server as a campaign sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.faults.servers.paper import LIMIT, ORDINALS, SECRET
from tests.faults.servers.steps import Step, asked
from tests.servers import ghost, mastodon, pds, snac, wordpress
from tests.servers.mastodon_account import Account as FediverseAccount
from tests.servers.stored import Stored

_SECOND = re.compile(r"-[0-9a-f]{12}-\d+$")
"""How WordPress calls a picture that it has already."""


@dataclass(frozen=True)
class Stand:
    """
    A server with a fresh account, or an empty site.

    `settings` are the channel's, as YAML with `{server}` in them; `stored` what stands there, drafts included; `pictured` whether
    a post has its pictures; `uploads` knows an upload, of which each article needs so many as `pictures`. `hint` (at an
    instant) and `refusal` are a 429 in the server's own form; `lag` how many looks at a list pass before it shows what was just made; `within` the
    seconds in which a request is answered; `twice` how many pictures stand there twice although it can be asked for them.
    """

    name: str
    port: int
    settings: str
    secret: str
    stored: Callable[[], Sequence[Stored]]
    steps: tuple[Step, ...]
    pictured: Callable[[Stored], bool]
    uploads: str
    hint: Callable[[datetime], Mapping[str, str]]
    refusal: str
    pictures: int = 1
    lag: int = 2
    timeout: float = 2
    within: float = 0.1
    threads: bool = False
    edits: bool = True
    twice: Callable[[], int] = lambda: 0
    shown: frozenset[str] = field(default=frozenset({"published", "publish", "public"}))

    def of(self, deed: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.deed == deed)


@dataclass(frozen=True)
class Kind:
    """How a server is started, and made a stand; whose tests it shares a worker with (`group`), and the name of its fixture."""

    start: Callable[[Path], AbstractContextManager[Any]]
    stand: Callable[[Any], Stand]  # Any: the server that `start` gives
    group: str
    fixture: str


def bluesky(server: pds.Pds) -> Stand:
    account, put = server.account(), "com.atproto.repo.putRecord"
    return Stand(
        name="bluesky",
        port=server.port,
        settings=f"kind: bluesky, server: '{{server}}', handle: '{account.handle}', password: {{file: {SECRET}}}, timeout: 2s",
        secret=account.password,
        stored=account.stored,
        steps=(
            Step("login", "create", asked("POST", "server.createSession"), before=_logged_out),
            Step("refresh", "create", asked("POST", "server.refreshSession"), before=_used_up),
            Step("upload", "create", asked("POST", "repo.uploadBlob")),
            Step("post", "create", asked("POST", put, said=ORDINALS[0]), decides=True),
            Step("second post", "create", asked("POST", put, said=ORDINALS[1]), decides=True),
            Step("third post", "create", asked("POST", put, said=ORDINALS[2])),
            Step("delete", "withdraw", asked("POST", "repo.deleteRecord"), decides=True),
        ),
        pictured=lambda post: "thumb" in post.raw["value"].get("embed", {}).get("external", {}),
        uploads="repo.uploadBlob",
        hint=lambda now: {
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": f"{now.timestamp() + 30:.0f}",
            "Retry-After": "30",
        },
        refusal='{"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}',
        threads=True,
        edits=False,
    )


def fediverse(name: str, server: snac.Snac | mastodon.Mastodon) -> Stand:
    account: FediverseAccount = server.account()
    return Stand(
        name=name,
        port=server.port,
        settings=f"kind: mastodon, server: '{{server}}', token: {{file: {SECRET}}}, limit: {LIMIT}, timeout: 2s",
        secret=account.token,
        stored=account.stored,
        steps=(
            Step("upload", "create", asked("POST", "/media")),
            Step("post", "create", asked("POST", "/statuses", said=ORDINALS[0]), decides=True),
            Step("second post", "create", asked("POST", "/statuses", said=ORDINALS[1]), decides=True),
            Step("third post", "create", asked("POST", "/statuses", said=ORDINALS[2])),
            Step("change", "edit", asked("PUT", "/statuses/"), decides=True),
            Step("delete", "withdraw", asked("DELETE", "/statuses/"), decides=True),
        ),
        pictured=lambda post: bool(post.alts) and all(post.alts),
        uploads="/media",
        hint=lambda now: {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": (now + timedelta(seconds=30)).isoformat()},
        refusal='{"error": "Too many requests"}',
        lag=1,  # it is asked twice: by then a list shows everything
        threads=True,
    )


def wordpress_site(server: wordpress.WordPress) -> Stand:
    server.clear()
    public = '"status":"publish"'
    return Stand(
        name="wordpress",
        port=server.port,
        settings=f"kind: wordpress, server: '{{server}}', user: {server.user}, password: {{file: {SECRET}}}, timeout: 3s",
        secret=server.password,
        stored=server.stored,
        steps=(
            Step("upload", "create", asked("POST", "/wp/v2/media")),
            Step("tag", "create", asked("POST", "/wp/v2/tags")),
            Step("draft", "create", asked("POST", "/wp/v2/posts", said='"status":"draft"'), decides=True),
            Step("publish", "create", asked("POST", "/wp/v2/posts/", said=public), decides=True),
            Step("change", "edit", asked("POST", "/wp/v2/posts/", unsaid=public), decides=True),
            Step("trash", "withdraw", asked("DELETE", "/wp/v2/posts/"), decides=True),
        ),
        pictured=lambda post: bool(post.raw["featured_media"]) and len(post.alts) == 1,
        uploads="/wp/v2/media",
        hint=lambda _now: {"Retry-After": "30", "Content-Type": "text/html"},
        refusal="<h1>Too Many Requests</h1>",  # WordPress itself has no such answer: its host gives it
        pictures=2,
        twice=lambda: sum(bool(_SECOND.search(one.raw["slug"])) for one in server.media()),
        timeout=3,
        within=0.5,
    )


def ghost_site(server: ghost.Ghost) -> Stand:
    server.clear()
    public = '"status":"published"'
    return Stand(
        name="ghost",
        port=server.port,
        settings=f"kind: ghost, server: '{{server}}', key: {{file: {SECRET}}}, timeout: 3s",
        secret=server.key,
        stored=server.stored,
        steps=(
            Step("upload", "create", asked("POST", "/images/upload/")),
            Step("draft", "create", asked("POST", "/admin/posts/"), decides=True),
            Step("publish", "create", asked("PUT", "/admin/posts/", said=public), decides=True),
            Step("change", "edit", asked("PUT", "/admin/posts/", unsaid=public), decides=True),
            Step("delete", "withdraw", asked("DELETE", "/admin/posts/"), decides=True),
        ),
        pictured=lambda post: len(post.alts) == 2,
        uploads="/images/upload/",
        hint=lambda _now: {"Retry-After": "30"},
        refusal='{"errors": [{"message": "Too many requests", "type": "TooManyRequestsError"}]}',
        pictures=2,
        timeout=3,
        within=0.3,
    )


KINDS: Mapping[str, Kind] = {
    "bluesky": Kind(pds.pds, bluesky, "pds", "pds"),
    "snac": Kind(snac.snac, lambda server: fediverse("snac", server), "fediverse", "snac"),
    "mastodon": Kind(mastodon.mastodon, lambda server: fediverse("mastodon", server), "fediverse", "mastodon"),
    "wordpress": Kind(wordpress.wordpress, wordpress_site, "wordpress", "wordpress"),
    "ghost": Kind(ghost.ghost, ghost_site, "ghost", "ghost"),
}


def _session(root: Path) -> Path:
    return root / ".kawaraban" / "sessions" / "stage.json"


def _logged_out(root: Path) -> None:
    _session(root).unlink(missing_ok=True)


def _used_up(root: Path) -> None:
    """Leave a token that the server does not take any more."""
    if not _session(root).exists():
        return
    kept = json.loads(_session(root).read_text(encoding="utf-8"))
    if kept["signed"]:
        kept["signed"]["access"] += "x"
        _session(root).write_text(json.dumps(kept), encoding="utf-8")
