"""
The Mastodon channel: posts, threads and pictures on any server with the Mastodon interface (Pleroma, GoToSocial, snac …).

    settings    the keys in config/channels.yaml, and what can be done with them
    servers     what each software does, and what is learnt from a server
    entities    what a server says, as far as we read it
    answers     from an answer to a value or a failure
    api         the calls
    words       the body of a new post and of an edit
    note        what is remembered of pictures
    pictures    uploaded once, waited for
    plain       from a post's HTML to its text
    finding     which of our posts is the one an earlier try made
    comparing   in what a post differs from what it should be
    channel     the protocol
"""

from kawaraban.channels.mastodon.channel import Mastodon
from kawaraban.channels.mastodon.settings import MastodonSettings

__all__ = ["Mastodon", "MastodonSettings"]
