"""
The Ghost channel: the whole article on a site that runs Ghost, by its Admin API.

    settings    the keys in config/channels.yaml
    token       from the Admin API key to the short-lived token of one request
    api         the requests
    entities    what Ghost tells, as values, and the mark by which a post is known as ours
    refusals    what Ghost answers instead of a success, in the house's words
    content     from a variant to the fields of a post
    pictures    uploads, each once a delivery
    naming      what an uploaded picture is called, and by that which of ours a post shows. Pure
    publishing  find, draft, publish: the steps that end in one post whatever breaks in between
    comparing   what stands there against what was sent
    channel     the protocol
"""

from kawaraban.channels.ghost.channel import Ghost
from kawaraban.channels.ghost.settings import GhostSettings

__all__ = ["Ghost", "GhostSettings"]
