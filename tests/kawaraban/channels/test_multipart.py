"""A form with a file: what a server reads out of it is what was put in, and a retry is the same request."""

from __future__ import annotations

from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import HTTP

from kawaraban.channels.http import Upload, multipart

_PICTURE = Upload("file", "かわ.png", b"\x89PNG\r\n--kawaraban\r\n\x00", "image/png")


def read(content_type: str, body: bytes) -> dict[str, MIMEPart]:
    message = BytesParser(EmailMessage, policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    return {str(part.get_param("name", header="content-disposition")): part for part in message.iter_parts()}


def test_fields_and_file_arrive_as_they_are() -> None:
    parts = read(*multipart(_PICTURE, {"description": "橋の下の舟、\n朝"}))
    assert parts["description"].get_payload(decode=True) == "橋の下の舟、\n朝".encode()
    assert parts["file"].get_payload(decode=True) == _PICTURE.data
    assert parts["file"].get_content_type() == "image/png"


def test_the_same_content_is_the_same_request() -> None:
    assert multipart(_PICTURE, {"a": "b"}) == multipart(_PICTURE, {"a": "b"})
