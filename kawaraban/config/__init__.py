"""
Settings as typed values (DESIGN section 8): the publication with its series and people, and its channels.

`models` has the values, `written` how they are written, `load` reads the files with file, line, key and remedy in every error. Everything in the house
may import this room; it imports only `kawaraban.errors`.
"""

from kawaraban.config.models import (
    AlertKind,
    AlertSettings,
    Announcing,
    ChannelSettings,
    Effective,
    FeedSettings,
    NetworkSettings,
    Person,
    Publication,
    ReleaseSettings,
    Secret,
    Series,
    Settings,
    UpdatePolicy,
    resolve,
)
from kawaraban.config.written import Instant, Window

__all__ = [
    "AlertKind",
    "AlertSettings",
    "Announcing",
    "ChannelSettings",
    "Effective",
    "FeedSettings",
    "Instant",
    "NetworkSettings",
    "Person",
    "Publication",
    "ReleaseSettings",
    "Secret",
    "Series",
    "Settings",
    "UpdatePolicy",
    "Window",
    "resolve",
]
