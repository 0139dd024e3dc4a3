"""
What the library remembers between runs: the heads of all articles, with the states of the files they came from.

A file under `.kawaraban/cache/`, which may be deleted at any time; a broken or foreign one is ignored and made anew.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Mapping
from pathlib import Path

from kawaraban.article.markdown import PARSER_VERSION
from kawaraban.article.model import Cover, FrontMatter, Review, Source
from kawaraban.config import ReleaseSettings
from kawaraban.errors import KawarabanError
from kawaraban.library.files import write_atomically
from kawaraban.library.reading import Kept

FILE = "library.pickle"
# what an entry is made of: a program that reads other fields, or reads them otherwise, makes its own entries
VERSION = "/".join(
    [
        "3",
        PARSER_VERSION,
        *(",".join(model.model_fields) for model in (FrontMatter, Source, Cover, Review, ReleaseSettings)),
    ]
)


def load(folder: Path | None, content: Path) -> Mapping[str, Kept]:
    """Return file → entry; empty where there is nothing usable."""
    if folder is None:
        return {}
    collecting = gc.isenabled()
    gc.disable()  # many young objects that all live on: collecting among them doubles the time
    try:
        version, root, entries = pickle.loads((folder / FILE).read_bytes())  # noqa: S301 - our own file
    except Exception:  # noqa: BLE001 - whatever is wrong with a cache, it is made anew
        return {}
    finally:
        if collecting:
            gc.enable()
    current = version == VERSION and root == str(content)
    return entries if current and isinstance(entries, dict) else {}


def save(folder: Path | None, content: Path, entries: Mapping[str, Kept]) -> None:
    """Keep the entries; a cache that can't be written only costs time."""
    if folder is None:
        return
    data = pickle.dumps((VERSION, str(content), dict(entries)), protocol=pickle.HIGHEST_PROTOCOL)
    try:
        write_atomically(folder / FILE, data, durable=False)
    except (OSError, KawarabanError):
        return
