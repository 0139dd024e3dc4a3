"""What is public at this moment: the first site's folder, served as a web server would."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from kawaraban import address
from kawaraban.config.load import load
from kawaraban.errors import KawarabanError

_PAGE = """<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>{title}</h1><p>{said}</p></body></html>
"""


class Preview:
    """An ASGI application. The folder is looked up anew each time: settings may change under a running server."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file of the public folder, or say why there is none."""
        try:
            folder = public_folder(self._root)
        except KawarabanError as error:
            await _said("設定が読めません", error.said("ja"), 503)(scope, receive, send)
            return
        if folder is None or not (folder / "index.html").is_file():
            words = "まだ何も公開していません。kawaraban publish で公開すると、ここに出ます。"
            await _said("公開前です", words, 404)(scope, receive, send)
            return
        await _Public(directory=folder, html=True)(scope, receive, send)


class _Public(StaticFiles):
    """As the web server does it (config/nginx.conf): where a page was taken down, its tombstone is answered with 410."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, a tombstone, or the paper's own 404 page."""
        if path.endswith(address.TOMBSTONE):  # it is no address of its own
            path = f"{path}/-"
        found = await super().get_response(path, scope)
        asked = scope["path"].lstrip("/")
        stone = await self._stone(asked) if found.status_code == HTTPStatus.NOT_FOUND else None
        if stone is None:
            return found
        return FileResponse(stone, HTTPStatus.GONE) if stone else RedirectResponse(f"{quote(scope['path'])}/")

    async def _stone(self, asked: str) -> str | None:
        """Return the tombstone's file; "" where it is found with a slash after the address; None where there is none."""
        for end, said in ((address.TOMBSTONE, True), (f"/{address.TOMBSTONE}", False)):
            file, there = await run_in_threadpool(self.lookup_path, f"{asked}{end}")
            if there is not None:
                return file if said else ""
        return None


def public_folder(root: Path) -> Path | None:
    """Return the folder of the first site there is; raise WrongInput for settings that can't be read."""
    from kawaraban import registry
    from kawaraban.config.load import own_settings

    for channel in load(root).channels:
        kind = registry.kind(channel)
        if kind.capabilities.edition and "path" in kind.Settings.model_fields:
            return root / str(getattr(own_settings(channel, kind.Settings), "path"))  # noqa: B009 - a kind's own key
    return None


def _said(title: str, words: str, status: int) -> HTMLResponse:
    from markupsafe import escape

    return HTMLResponse(_PAGE.format(title=escape(title), said=escape(words)), status_code=status)
