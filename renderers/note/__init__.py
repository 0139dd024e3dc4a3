"""
The note renderer: one dialect of HTML that note's editor takes in whole, with everything else degraded by rule.

    rendering   render: the article becomes a Variant in three flavours (clipboard HTML, Markdown, stored HTML)
    degrading   blocks → the blocks note has; `lists` and `inline` are its two larger rules
    figures     pictures: which file, in which order, under which name
    losses      what note can't show, counted and said once per kind
    tags        note's rules for hashtags
    walker      the blocks as HTML (templates/blocks.html), with and without note's ids
    markdown    the blocks as the Markdown that note's plain paste understands

What note's editor holds was measured by others; docs/channels/note.md says what this renderer makes of it.
"""

from renderers.note.rendering import render

__all__ = ["render"]
