"""
What each server software makes of the Mastodon interface, as data; and what is learnt from what a server says of itself.

Sources: Mastodon's `app/services/post_status_service.rb` (keys, edits since 3.5), Pleroma's `IdempotencyPlug`,
snac's release notes and what it did when it was asked (2.75 and 2.96).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kawaraban.address import readable
from kawaraban.channels.mastodon.entities import Instance, NodeInfoLinks

Version = tuple[int, ...]
Learnt = str | int | bool

_NUMBERS = re.compile(r"\d{1,9}", re.ASCII)
_COMPATIBLE = re.compile(r"(?:compatible;|really)\s*(?P<name>[A-Za-z]+)[ /](?P<version>[\d.]+)")


@dataclass(frozen=True, slots=True)
class Software:
    """
    What a software does.

    `remembers`: it honours `Idempotency-Key`; `counts_links`: a link counts as `characters_reserved_per_url`; `graphemes`:
    it counts them (else code points are counted, which are never fewer); `edits_since`: the first version that edits;
    `deletes_after`: the last version known not to delete.
    """

    remembers: bool = False
    counts_links: bool = False
    graphemes: bool = False
    edits_since: Version = ()
    deletes_after: Version = ()


_MASTODON = Software(remembers=True, counts_links=True, graphemes=True, edits_since=(3, 5))
_PLEROMA = Software(remembers=True, graphemes=True)
_KNOWN: Mapping[str, Software] = {
    "mastodon": _MASTODON,
    "hometown": _MASTODON,
    "fedibird": _MASTODON,
    "kmyblue": _MASTODON,
    "pleroma": _PLEROMA,
    "akkoma": _PLEROMA,
    "gotosocial": Software(edits_since=(0, 18)),
    "snac": Software(deletes_after=(2, 75)),
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server's software (in lower case) and version, as it says."""

    name: str
    version: str

    def __str__(self) -> str:
        """Return both as people read them."""
        return " ".join(one for one in (self.name, self.version) if one)


def server_of(instance: Instance) -> Server:
    """Return the software where no NodeInfo says it: others name themselves in the version of Mastodon they imitate."""
    other = _COMPATIBLE.search(instance.version)
    return Server(other["name"].lower(), other["version"]) if other else Server("mastodon", instance.version)


def node_info_address(links: NodeInfoLinks, base: str) -> str | None:
    """Return the newest NodeInfo's address on the very same server, or None: nobody sends us elsewhere."""
    here = urlsplit(base).netloc.lower()
    own = [link for link in links.links if urlsplit(readable(link.href) or "").netloc.lower() == here]
    return max(own, key=lambda link: _version(link.rel.rpartition("/")[2])).href if own else None


def learnt(server: Server, instance: Instance) -> dict[str, Learnt]:
    """Return the settings that follow: what the server says, and what its software is known for."""
    software = _KNOWN.get(server.name, Software())
    return {**dict(_known(software, _version(server.version))), **dict(_said(software, instance))}


def _known(software: Software, version: Version) -> Iterator[tuple[str, Learnt]]:
    yield "idempotency_key", software.remembers
    yield "unit", "graphemes" if software.graphemes else "code points"
    yield "edits", not version or version >= software.edits_since
    yield "deletes", not software.deletes_after or version > software.deletes_after


def _said(software: Software, instance: Instance) -> Iterator[tuple[str, Learnt]]:
    statuses, media = instance.configuration.statuses, instance.configuration.media_attachments
    said = {
        "limit": instance.limit,
        "picture_bytes": media.image_size_limit,
        "picture_pixels": media.image_matrix_limit,
        "alt_limit": media.description_limit,
    }
    yield from ((key, value) for key, value in said.items() if value)
    if statuses.max_media_attachments is not None:
        yield "picture_count", statuses.max_media_attachments
    if not software.counts_links:
        yield "link", 0
    elif statuses.characters_reserved_per_url:
        yield "link", statuses.characters_reserved_per_url


def _version(written: str) -> Version:
    return tuple(int(number) for number in _NUMBERS.findall(written.partition("+")[0])[:3])
