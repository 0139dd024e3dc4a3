"""A body of form fields and one file (RFC 7578), the same bytes for the same content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from urllib3.filepost import encode_multipart_formdata


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form: the field it stands in, its name as the server is told, its bytes and media type."""

    field: str
    name: str
    data: bytes
    media_type: str


def multipart(upload: Upload, fields: Mapping[str, str] | None = None) -> tuple[str, bytes]:
    """Return the content type and the body. The boundary is made of the file's digest, so that a retry is the same request."""
    boundary = f"kawaraban-{hashlib.sha256(upload.data).hexdigest()[:40]}"
    file = (upload.name, upload.data, upload.media_type)
    body, content_type = encode_multipart_formdata([*(fields or {}).items(), (upload.field, file)], boundary=boundary)
    return content_type, body
