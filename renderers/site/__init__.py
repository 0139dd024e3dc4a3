"""
The site: an article's page as a theme-free variant, and the edition that theme, lists and addresses make of them.

    article    render: Article → Variant                 walker     the site's own handling of nodes
    edition    the files of the whole site               lists      series, tags, people, months, in stable pages
    frame      what surrounds every page                 views      what each template is given
    cards      what lists show of an article             theme      templates and sheet, an operator's first
    typeset    titles, phrase breaks, 漢数字              dates      days and instants, for readers and machines
    mathml     TeX to MathML                             jsonld     schema.org data of a page
    machine    sitemap, robots.txt, redirects            bare       a page without links to the rest of the site
    tombstones what stands where an article was taken down
"""

from renderers.site.article import render
from renderers.site.edition import edition

__all__ = ["edition", "render"]
