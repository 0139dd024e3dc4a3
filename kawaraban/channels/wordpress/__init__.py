"""
The wordpress channel: whole articles as blocks on a site that runs WordPress (5.6 and newer), by its REST API.

    settings    the keys in config/channels.yaml, and what can be done with them
    channel     the protocol
    publishing  look, draft, look again, publish: the steps that end in one post whatever breaks in between
    content     from a variant to a post's fields. Pure
    comparing   what stands there against what was sent, and to what it leads. Pure
    api         the requests
    entities    what WordPress tells, as values
    refusals    what it answers instead of a success, in the house's words
"""

from kawaraban.channels.wordpress.channel import WordPress
from kawaraban.channels.wordpress.settings import WordPressSettings

__all__ = ["WordPress", "WordPressSettings"]
