"""
Refuses to connect to private networks: before connecting (every address of the name) and after (the address reached).

The second look is at the socket itself, before a byte is sent, so that a name whose address changes in between gains
nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from kawaraban.errors import Refused, Sentence

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Return whether an IP address (a zone index is ignored) belongs to the public internet, also inside a tunnel's."""
    return all(
        inner.is_global and not inner.is_multicast and not inner.is_reserved
        for inner in _meant(ipaddress.ip_address(address.partition("%")[0]))
    )


def _meant(address: IPAddress) -> Iterator[IPAddress]:
    """Yield the address, or the IPv4 address it stands for (mapped, 6to4, NAT64)."""
    if isinstance(address, ipaddress.IPv6Address):
        if (inner := address.ipv4_mapped or address.sixtofour) is not None:
            yield inner
            return
        if address in _NAT64:
            yield ipaddress.IPv4Address(address.packed[-4:])
            return
    yield address


def refuse_private(host: str, address: str) -> None:
    """Raise Refused when `address`, which is what `host` means, is not public."""
    if not is_public(address):
        raise Refused(
            Sentence(
                ja=f"{host} は内部の網のアドレス（{address}）です。",
                en=f"{host} is an address of a private network ({address})",
            ),
            remedy=Sentence(
                ja="意図したものなら config/publication.yaml に network: {private: true} と書いてください",
                en="if that is meant, write network: {private: true} into config/publication.yaml",
            ),
        )


class _GuardedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        for address in _resolved(self.host, self.port):
            refuse_private(self.host, address)
        connected = super()._new_conn()
        try:
            refuse_private(self.host, str(connected.getpeername()[0]))
        except Refused:
            connected.close()
            raise
        return connected


class _GuardedTLSConnection(_GuardedConnection, HTTPSConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTLSConnection


class PublicOnlyAdapter(HTTPAdapter):
    """An adapter of requests whose connections reach public addresses only."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - requests' own signature
        """Make the pool with guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTLSPool}


def _resolved(host: str, port: int | None) -> list[str]:
    """Return every address of a name; none where it can't be resolved (connecting says so, in its own words)."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]
