"""
The rehearsal channel: everything a real channel does, on a folder or a server of your own, with faults on request.

Editors use it for dry runs (what would have gone out lies in a folder); the tests use it as the fault injector. It can
behave like each kind of idempotency there is.

    settings    the keys in config/channels.yaml
    script      the faults, one a request, kept between processes
    board       where posts are kept: what both boards do
    folder      a board of files
    remote      a board behind HTTP
    channel     the protocol
"""

from kawaraban.channels.rehearsal.channel import Rehearsal
from kawaraban.channels.rehearsal.settings import RehearsalSettings

__all__ = ["Rehearsal", "RehearsalSettings"]
