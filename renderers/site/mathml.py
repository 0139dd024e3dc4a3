"""TeX to MathML by latex2mathml, with the TeX as alternative text. Only presentation elements come through."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ELEMENTS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "ms",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "merror",
        "mpadded",
        "mphantom",
        "menclose",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
        "mlabeledtr",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "display",
        "accent",
        "accentunder",
        "align",
        "columnalign",
        "columnlines",
        "columnspacing",
        "depth",
        "displaystyle",
        "fence",
        "form",
        "height",
        "largeop",
        "linethickness",
        "lspace",
        "mathsize",
        "mathvariant",
        "maxsize",
        "minsize",
        "movablelimits",
        "notation",
        "rowalign",
        "rowlines",
        "rowspacing",
        "rspace",
        "scriptlevel",
        "separator",
        "stretchy",
        "symmetric",
        "voffset",
        "width",
        "side",
    ]
)
_SPACE = "http://www.w3.org/1998/Math/MathML"


class NoMath(Exception):
    """The library can't read this TeX."""


@lru_cache(maxsize=512)
def convert(tex: str, *, block: bool) -> Markup:
    """
    Return a formula as MathML; raise NoMath where it can't be made.

    The library writes its texts without escaping them and takes links from `\\href`: the tree is copied element by
    element, with an allow-list, and serialised here.
    """
    from xml.etree.ElementTree import tostring  # only writes: nothing foreign is parsed

    from latex2mathml.converter import convert_to_element

    try:
        made = convert_to_element(tex, display="block" if block else "inline")
        clean = _copied(made)
    except NoMath:
        raise
    except Exception as error:  # the library fails in many ways on TeX it does not know
        raise NoMath(tex) from error
    clean.attrib = {"xmlns": _SPACE, **clean.attrib, "alttext": tex}
    return Markup(tostring(clean, encoding="unicode"))  # noqa: S704 - serialised from a tree of allowed elements


def _copied(element: Element) -> Element:
    from xml.etree.ElementTree import Element as New

    if element.tag not in _ELEMENTS:
        raise NoMath(element.tag)
    made = New(element.tag, {key: value for key, value in element.attrib.items() if key in _ATTRIBUTES})
    made.text = html.unescape(element.text) if element.text else None
    made.tail = html.unescape(element.tail) if element.tail else None
    made.extend(_copied(child) for child in element)
    return made
