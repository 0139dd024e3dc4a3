"""
HTTP for channels: one session per channel, with its limits, and failures in the house's words.

    session     Session: `send` for what changes something (raises Refused, Unavailable, Unsure), `ask` for reading
                (an Answer, or CantTell: nobody knows, and nothing follows from it)
    failures    every exception of the HTTP library, and every status, as one of the three
    hints       when to try again, in the forms servers say it
    multipart   a form with a file
    addresses   no private network behind a channel's address
    secrecy     no secret in an error or a log line

The only room that imports requests and urllib3.
"""

from kawaraban.channels.http.failures import failure_by_status, judged
from kawaraban.channels.http.multipart import Upload, multipart
from kawaraban.channels.http.session import Answer, CantTell, Limits, Session

__all__ = ["Answer", "CantTell", "Limits", "Session", "Upload", "failure_by_status", "judged", "multipart"]
