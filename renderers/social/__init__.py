"""
The social renderer: a short text with the article's link, for channels that announce (webhook, networks).

    render    article + facts → Variant: the title or the article's own `text`, the link, the hashtags

It never carries the article itself; that is said as a loss. Whoever wants the whole text follows the link.
"""

from renderers.social.rendering import render

__all__ = ["render"]
