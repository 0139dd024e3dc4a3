"""Every trouble of the network, as each kind of idempotency: what is stored is counted, nothing is posted twice or lost."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tests.faults import paper
from tests.faults.campaign import POSTS, Count
from tests.faults.senders import (
    ROUND,
    a_person_settles,
    a_person_tries_again,
    counting_server,
    ended,
    in_a_child,
    not_live,
    publishing,
)
from tests.faults.stored import count_posts
from tests.servers.proxy import TROUBLES, hostile_proxy


def networks(root: Path, kind: str, *, threads: bool = False) -> Count:
    """Send one article into each trouble, then let all go out; the trouble comes again at the second try of some."""
    count = Count(kind, len(TROUBLES), posts=POSTS if threads else 0)
    with counting_server(kind) as server, hostile_proxy(int(urlsplit(server.url).port or 0)) as proxy:
        identities = paper.set_up(
            root, articles=len(TROUBLES), kind=kind, server=proxy.url, timeout="1s", posts=count.posts
        )
        proxy.troubles.extend(TROUBLES * max(count.posts, 1))
        for _ in range(6 * max(count.posts, 1)):
            now = paper.NOW + ROUND * count.rounds
            count.rounds += 1
            if ended(in_a_child(publishing(root, now))):
                count.left = len(identities)
                return count
            if kind == "none":
                count.unsure += a_person_settles(root, server, now)
            ended(in_a_child(partial(a_person_tries_again, root, now)))
            if not_live(root) == 0:
                break
        count_posts(root, server.posts(), count)
    count.left = not_live(root)
    return count
