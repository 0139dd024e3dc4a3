"""A crawler over a public folder: every link of every file of ours, and those that lead to nothing."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_RELATIVE = re.compile(r'(?:href|src)="([^"]+)"')
_SET = re.compile(r'srcset="([^"]+)"')


class Crawler:
    """Remembers what each state of a file links to, so that a folder can be crawled at every step of a write."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self.base = folder, base
        self._absolute = re.compile(re.escape(base) + r"[^\"'<>&\s\\)]*")
        self._seen: dict[tuple[str, int, int], frozenset[str]] = {}

    def dead(self) -> list[str]:
        """Return `file → path` for every link within the site to something that is not there."""
        found = []
        for path in sorted(self.folder.rglob("*")):
            if path.suffix in {".html", ".xml", ".json", ".txt"} and path.is_file():
                name = path.relative_to(self.folder).as_posix()
                found += [f"{name} → {link}" for link in sorted(self._links(path, name)) if not self._is_there(link)]
        return found

    def _links(self, path: Path, name: str) -> frozenset[str]:
        status = path.stat()
        key = (name, status.st_size, status.st_mtime_ns)
        if key not in self._seen:
            self._seen[key] = frozenset(self._read(path.read_text(encoding="utf-8"), name))
        return self._seen[key]

    def _read(self, text: str, name: str) -> set[str]:
        own = f"{self.base}/{name.removesuffix('index.html')}"
        links = set(self._absolute.findall(text))
        if name.endswith(".html"):
            links |= {urljoin(own, link) for link in _RELATIVE.findall(text)}
            links |= {urljoin(own, part.split()[0]) for found in _SET.findall(text) for part in found.split(",")}
        return {unquote(urlsplit(link).path) for link in links if link.startswith(self.base)}

    def _is_there(self, path: str) -> bool:
        target = self.folder / path.lstrip("/")
        return (target / "index.html" if path.endswith("/") or not path else target).is_file()
