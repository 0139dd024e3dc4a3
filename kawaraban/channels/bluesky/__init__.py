"""
The bluesky channel: posts on the AT Protocol, each at a record key of our own choice, so that a repeat is no second post.

    settings    the keys in config/channels.yaml
    channel     the protocol
    record      a post as a record (app.bsky.feed.post): facets, card, pictures, the post it answers. Pure
    tid         the record key, made of the delivery's key and the instant of its intent
    blob        a picture on the server, named by its bytes
    comparing   a record compared with what should stand there, and the addresses it leads to. Pure
    repository  our own records on our own server: put, get, delete, list, upload
    account     who we are there: logs in, renews, keeps the session
    session     the session's file under `.kawaraban/sessions/`, and how often one may log in
    xrpc        one call, and its errors in the house's words
"""

from kawaraban.channels.bluesky.channel import Bluesky
from kawaraban.channels.bluesky.settings import BlueskySettings

__all__ = ["Bluesky", "BlueskySettings"]
