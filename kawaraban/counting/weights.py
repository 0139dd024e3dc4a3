"""
How X weighs a post: the rules of twitter-text (config v3), as far as a text can be longer there than it looks.

A letter weighs 1 (U+0000–10FF, U+2000–200D, U+2010–201F, U+2032–2037) or 2; an emoji 2, however many code points it has;
an address as much as a short link. What X sees as an address is what twitter-text sees: it has a top-level domain that the
library knows, which is the list of 2021, and ends where a letter comes that it does not take (a kana, say). Where versions
may differ, in younger domains and younger emoji, more is counted here, never less: a post is refused for one weight too many.

Sources: twitter/twitter-text `config/v3.json`, `conformance/validate.yml`; docs.x.com "Counting characters".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import regex

_LIGHT = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_EMOJI = 2
_KNOWN_EMOJI = 11
"""The version of Unicode's emoji up to which the library takes a sequence as one."""
_QUALIFIED = (1, 2)  # emoji.STATUS: component, fully qualified
_TAKEN_APART = frozenset({"👁️\u200d🗨️", "♾️"})

# top-level domains that were delegated after the library's list was made: an address there is counted letter by letter
_YOUNGER = frozenset({"amazon", "hotel", "kids", "merck", "music", "spa", "web"})
# and those that are no more, which the library still knows
_GONE = frozenset(
    "abarth active adac afamilycompany aigo alfaromeo an avianca bananarepublic bentley bl blanco bnl boots bq budapest "  # noqa: SIM905 - so many words read better in lines
    "bugatti cancerresearch cartier caseih cbs ceb chloe chrysler cityeats comcast cookingchannel csc dabur dodge doha "
    "doosan duck dunlop duns eh epost esurance etisalat everbank fiat flsmidth foodnetwork frontdoor fujixerox glade goo "
    "goodhands guardian hgtv honeywell hoteles htc iinet intel iselect iveco iwc jcp jlc juniper kerrylogistics kinder "
    "ladbrokes lancaster lancia lancome liaison linde lipsy lixil loft lupin macys maserati mcd mcdonalds meo metlife mf "
    "mobily montblanc mopar movistar mtpc mutual mutuelle nadex nationwide natura newholland northwesternmutual off "
    "oldnavy onyourside orientexpress pamperedchef panerai passagens piaget pramerica qvc raid redstone rightathome rmit "
    "rocher sapo sca scjohnson scor ses shaw showtime shriram spiegel spreadbetting srt starhub statoil swiftcover "
    "symantec telecity telefonica tiffany tp travelchannel uconnect um vista vistaprint volkswagen vuelos warman "
    "wolterskluwer xfinity xperia zippo اتصالات موبايلي 大众汽车 工行 手表 珠宝 诺基亚".split()
)

_END = r"(?![0-9A-Za-z@+\-])"
_PUNYCODE = r"xn--[A-Za-z0-9\-]+"
_PATH = r"(?:/(?:[A-Za-z0-9!*';:=+,.$/%#\[\]\-_~|&]*[A-Za-z0-9+\-=_#/])?)?"
_QUERY = r"(?:\?[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[A-Za-z0-9\-_&=#/])?"
_HOST = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+(?:\L<known>{_END}|{_PUNYCODE})"
_ANY_HOST = rf"(?:[^\s!'#%&()*+,\\./:;<=>?@\[\]^{{|}}~$]+\.)+(?:\L<any>{_END}|{_PUNYCODE})"
_BARE_HOST = rf"(?:[\-A-Za-z0-9\u00c0-\u024f\u0253-\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff]+\.)+(?:\L<any>{_END}|{_PUNYCODE})"


def weight(text: str, link: int | None) -> int:
    """Return the weighted length of a text (NFC) where an address weighs `link` (None: as much as its letters)."""
    if link is None:
        return _letters(text)
    total = done = 0
    for found in _addresses().finditer(text):
        total += _letters(text[done : found.start()])
        total += link if found["sure"] else _perhaps(found[0], link)
        done = found.end()
    return total + _letters(text[done:])


def _perhaps(written: str, link: int) -> int:
    """Return the most that something may weigh which one version takes for an address, another for letters."""
    most = max(link, _letters(written)) + sum(
        not letter.isascii() for letter in written
    )  # é may end what stands before
    before, _, last = written.rpartition(".")
    if last.lower() in _YOUNGER:  # what stands before it may be an address as well: `a.jp.music`
        most = max(most, weight(before, link) + _letters(f".{last}"))
    return most


@cache
def is_address(written: str) -> bool:
    """Return whether twitter-text sees an address in what is one: whether it knows the top-level domain."""
    return _sure().match(written) is not None


def _letters(text: str) -> int:
    total = place = 0
    while place < len(text):
        step = _emoji_at(text, place)
        total += _EMOJI if step else _of_letter(text[place])
        place += step or 1
    return total


def _of_letter(letter: str) -> int:
    return 1 if any(first <= ord(letter) <= last for first, last in _LIGHT) else 2


def _emoji_at(text: str, place: int) -> int:
    """Return the length of the longest emoji that begins there, 0 where none does."""
    lengths = _emoji().get(text[place], ()) if not text[place].isalpha() else ()
    return next((len(one) for one in lengths if text.startswith(one, place)), 0)


@cache
def _emoji() -> Mapping[str, tuple[str, ...]]:
    """First code point → the emoji of several that begin with it, the longest first (a single one weighs what a letter does)."""
    from emoji import EMOJI_DATA

    found: dict[str, list[str]] = {}
    for one, about in EMOJI_DATA.items():
        known = about["E"] <= _KNOWN_EMOJI and about["status"] in _QUALIFIED and one not in _TAKEN_APART
        if known and len(one) > 1:
            found.setdefault(one[0], []).append(one)
    return {first: tuple(sorted(several, key=len, reverse=True)) for first, several in found.items()}


@cache
def _domains() -> tuple[frozenset[str], frozenset[str]]:
    """Return the top-level domains that the library surely knows, and all that it may know."""
    from publicsuffixlist import PSLFILE

    lines = Path(PSLFILE).read_text("utf-8").partition("===END ICANN DOMAINS===")[0].splitlines()
    suffixes = (line.split()[0] for line in lines if line and not line.startswith("//"))
    delegated = frozenset(suffix.rpartition(".")[2].lower() for suffix in suffixes)
    known = frozenset(name for name in delegated if name.isascii()) - _YOUNGER
    return known, delegated | _GONE


@cache
def _addresses() -> regex.Pattern[str]:
    known, every = _domains()
    return regex.compile(
        rf"(?P<sure>(?<![A-Za-z0-9@＠$#＃])https?://(?!t\.co/){_HOST}(?::\d+)?{_PATH}{_QUERY})|https?://{_ANY_HOST}|{_BARE_HOST}",
        regex.IGNORECASE,
        known=known,
        any=every,
    )


@cache
def _sure() -> regex.Pattern[str]:
    return regex.compile(rf"https?://{_HOST}", regex.IGNORECASE, known=_domains()[0])
