"""Headers of every answer: the content security policy, what may be kept, and compression."""

import gzip

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"content-security-policy", CSP.encode()),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
)
WORTH_COMPRESSING = 1_000
COMPRESSED = (b"text/html", b"application/json", b"application/problem+json")


def with_headers(app: ASGIApp) -> ASGIApp:
    """`app`, every answer of which carries the headers; pages and JSON are compressed."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        accepts = dict(scope["headers"]).get(b"accept-encoding", b"")
        bare = scope["method"] == "HEAD"
        if bare:
            scope = {**scope, "method": "GET"}
        await app(scope, receive, _Sender(send, compresses=b"gzip" in accepts, bare=bare))

    return answer


class _Sender:
    """Holds the start of an answer back until its body is there to be measured.

    Args:
        compresses: the client understands gzip.
        bare: the client asked with HEAD, so that the body is measured but not sent.
    """

    def __init__(self, send: Send, *, compresses: bool, bare: bool) -> None:
        self._send = send
        self._compresses = compresses
        self._bare = bare
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message["headers"])
            names = {name for name, _ in headers}
            headers.extend(pair for pair in ALWAYS if pair[0] not in names)
            if b"cache-control" not in names:
                headers.append((b"cache-control", b"no-store"))
            message["headers"] = headers
            self._start = message
            return
        if self._start is not None and message["type"] == "http.response.body":
            start, self._start = self._start, None
            if not message.get("more_body"):
                _compress(start, message, wanted=self._compresses)
            await self._send(start)
        if self._bare and message["type"] == "http.response.body":
            message["body"] = b""
        await self._send(message)


def _compress(start: Message, message: Message, *, wanted: bool) -> None:
    """The token in a page is masked anew each time, so that BREACH learns nothing."""
    assert start["type"] == "http.response.start"
    assert message["type"] == "http.response.body"
    headers = dict(start["headers"])
    kind = headers.get(b"content-type", b"").split(b";")[0]
    body = message["body"]
    if kind not in COMPRESSED or b"content-encoding" in headers:
        return
    start["headers"] = [*start["headers"], (b"vary", b"Accept-Encoding")]
    if not wanted or len(body) < WORTH_COMPRESSING:
        return
    message["body"] = gzip.compress(body, 5, mtime=0)
    start["headers"] = [
        *((name, value) for name, value in start["headers"] if name != b"content-length"),
        (b"content-encoding", b"gzip"),
        (b"content-length", str(len(message["body"])).encode()),
    ]
