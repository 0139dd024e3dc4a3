"""
Whole articles for places that are not ours: another CMS, a newsletter.

    rendering   render: Article → Variant, in the markup the channel takes
    walker      clean HTML (`html`)          gutenberg   WordPress's blocks (`blocks`)
    mail        HTML for mail (`mail`)       plain       the plain body beside it
    additions   sources, corrections, the cover's words and the line that leads to the original
    figures     which pictures go along, and what stands in their `src`
    wording     the few words all this needs, by the article's language

Every block has its form in each; what a place can't show is a Loss (docs/channels/fulltext.md).
"""

from renderers.fulltext.rendering import render

__all__ = ["render"]
