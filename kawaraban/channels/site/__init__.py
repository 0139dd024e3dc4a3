"""
The site: a folder that a web server serves, made equal to an edition, file by file and stage by stage.

    channel     Site: the channel's verbs and its keys in `config/channels.yaml`
    writing     in which order files come and go, so that nothing public ever links to what is not there
    folder      one file at a time: staged, renamed into place, never outside, never somebody else's
    turn        one writer at a time
    manifest    which files are ours, and what each was made from
"""

from kawaraban.channels.site.channel import Site, SiteSettings

__all__ = ["Site", "SiteSettings"]
