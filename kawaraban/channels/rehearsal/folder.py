"""A board of files: one JSON file a post, readable by a person; posting and numbering are one step for all processes."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock

from kawaraban.channels.rehearsal.board import Post, post_of
from kawaraban.errors import Place, Sentence, Unavailable


@dataclass(frozen=True, slots=True)
class FolderBoard:
    """Posts below `folder`; `lock` lies elsewhere, so that nothing but posts is in it."""

    folder: Path
    lock: Path

    def put(self, name: str, post: Post) -> Post:
        """Keep it under its own name."""
        with self._alone():
            return self._write(name, post)

    def add(self, post: Post, *, once: bool) -> Post:
        """Keep it under the next number."""
        with self._alone():
            posts = self.all()
            same = next((one for one in posts if once and one.key == post.key), None)
            numbers = [int(one.id) for one in posts if one.id.isdecimal()]
            return same or self._write(f"{max(numbers, default=0) + 1:06d}", post)

    def all(self) -> list[Post]:
        """Return every post."""
        found = (self.get(path.stem) for path in sorted(self.folder.glob("*.json")))
        return [post for post in found if post is not None]

    def get(self, name: str) -> Post | None:
        """Return one post; a file that is none of ours is none."""
        with suppress(OSError, ValueError):
            return post_of(json.loads(self._path(name).read_text(encoding="utf-8")))
        return None

    def change(self, name: str, post: Post) -> Post | None:
        """Change one post."""
        with self._alone():
            before = self.get(name)
            return (
                None
                if before is None
                else self._write(name, replace(post, key=before.key, answers_to=before.answers_to))
            )

    def remove(self, name: str) -> None:
        """Take one down."""
        with self._alone():
            self._path(name).unlink(missing_ok=True)

    def identity(self) -> str:
        """Return the folder's own id, made when it is first asked for."""
        file = self.folder / ".board"
        try:
            with self._alone():
                self.folder.mkdir(parents=True, exist_ok=True)
                if not file.exists():
                    file.write_text(uuid.uuid4().hex, encoding="ascii")
                return file.read_text(encoding="ascii").strip()
        except OSError as error:
            raise _unwritable(file, error) from error

    def _alone(self) -> FileLock:
        self.lock.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.lock)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _write(self, name: str, post: Post) -> Post:
        path = self._path(name)
        kept = replace(post, id=name, url=path.as_uri())
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.lock.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(kept), file, ensure_ascii=False, indent=2)
            Path(aside).replace(path)
        except OSError as error:
            raise _unwritable(path, error) from error
        return kept


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        Sentence(
            ja=f"稽古のフォルダーに書けません: {error.strerror}",
            en=f"the rehearsal's folder can't be written: {error.strerror}",
        ),
        place=Place(path),
        remedy=Sentence(ja="空き容量と権限を確かめてください", en="look at free space and permissions"),
    )
