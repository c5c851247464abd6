"""What comes over a connection and is no request, or too much of one. Bytes, not a client's.

Each is a `Talk`: what is sent, piece by piece.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from tests.hostile.genuine import Genuine

VERIFY, DECODE, NUMBER = "/api/verify", "/api/decode", "/api/verify-number"
JSON, FORM, PDF, BINARY = (
    "application/json",
    "multipart/form-data; boundary=a",
    "application/pdf",
    "application/octet-stream",
)
_MEGABYTE = b"x" * (1 << 20)
_GIGABYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Talk:
    """`parts` are sent with `pause` seconds after each."""

    parts: Iterable[bytes]
    pause: float = 0.0


Named = Iterator[tuple[str, Talk]]


def head(path: str = VERIFY, *lines: str, method: str = "POST", close: bool = True) -> bytes:
    """A request's head with these header lines."""
    more = ["Connection: close"] if close else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *lines, *more, "", ""]).encode()


def post(body: bytes, kind: str = JSON, path: str = VERIFY, *lines: str) -> Talk:
    found = head(path, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *lines)
    return Talk([found + body])


def huge(_: Genuine) -> Named:
    """A gigabyte, wherever a body can go."""

    def sized(path: str, kind: str, *, method: str = "POST", start: bytes = b"") -> Talk:
        length = f"Content-Length: {_GIGABYTE}"
        found = head(path, f"Content-Type: {kind}", length, method=method, close=False)
        return Talk(chain([found + start], repeat(_MEGABYTE, 1024)))

    def chunked(path: str, kind: str) -> Talk:
        found = head(path, f"Content-Type: {kind}", "Transfer-Encoding: chunked", close=False)
        return Talk(chain([found], repeat(b"100000\r\n" + _MEGABYTE + b"\r\n", 1024)))

    part = b'--a\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    yield "1 GB as PDF", sized(VERIFY, PDF)
    yield "1 GB as JSON", sized(VERIFY, JSON, start=b'{"text": "')
    yield "1 GB as a form's file", sized(VERIFY, FORM, start=part)
    yield "1 GB as a form's preamble", sized(VERIFY, FORM)
    yield "1 GB of a kind that is not taken", sized(VERIFY, "video/mp4")
    yield "1 GB as a frame", sized(DECODE, "image/jpeg", start=b"\xff\xd8\xff")
    yield "1 GB for a number", sized(NUMBER, JSON)
    yield "1 GB to nowhere", sized("/nowhere", BINARY)
    yield "1 GB with a GET", sized("/healthz", BINARY, method="GET")
    yield "1 GB in chunks as PDF", chunked(VERIFY, PDF)
    yield "1 GB in chunks as JSON", chunked(VERIFY, JSON)
    yield "1 GB in chunks to nowhere", chunked("/nowhere", PDF)
    yield "1 GB of header", Talk(chain([b"GET / HTTP/1.1\r\nA: "], repeat(_MEGABYTE, 1024)))
    yield "1 GB of address", Talk(chain([b"GET /"], repeat(_MEGABYTE, 1024)))
    yield (
        "1 GB of headers",
        Talk(chain([b"GET / HTTP/1.1\r\n"], repeat(b"A: b\r\n" * 170_000, 1024))),
    )
    yield (
        "1 GB of trailers",
        Talk(
            chain(
                [head(VERIFY, f"Content-Type: {JSON}", "Transfer-Encoding: chunked"), b"0\r\n"],
                repeat(b"A: b\r\n" * 170_000, 1024),
            )
        ),
    )
    yield "1 GB of line ends", Talk(repeat(b"\r\n" * (1 << 19), 1024))
    yield (
        "100 MB of zeros squeezed",
        post(gzip.compress(bytes(100 << 20)), PDF, VERIFY, "Content-Encoding: gzip"),
    )


def slow(_: Genuine) -> Named:
    """A byte now and then: none may hold its place."""
    drip = chain.from_iterable(repeat([b"x"]))
    found = head(VERIFY, f"Content-Type: {PDF}", "Content-Length: 5000000")
    yield "nothing at all", Talk(repeat(b""), pause=1.0)
    yield "a head a byte a second", Talk(chain([b"POST /api/verify HTTP/1.1\r\nA: "], drip), 1.0)
    yield "a head that stops", Talk([b"POST /api/ver", *[b""] * 90], 1.0)
    yield "a body a byte a second", Talk(chain([found], drip), 1.0)
    yield "a body that stops", Talk(chain([found + b"%PDF-1.7"], repeat(b"", 90)), 1.0)
    yield (
        "a text a byte a second",
        Talk(
            chain(
                [head(VERIFY, f"Content-Type: {JSON}", "Content-Length: 9999"), b'{"text": "'], drip
            ),
            1.0,
        ),
    )
    yield (
        "chunks of a byte a second",
        Talk(
            chain(
                [head(VERIFY, f"Content-Type: {PDF}", "Transfer-Encoding: chunked")],
                repeat(b"1\r\nx\r\n"),
            ),
            1.0,
        ),
    )
    yield (
        "a refused body a byte a second",
        Talk(chain([head("/nowhere", "Content-Length: 5000000", close=False)], drip), 1.0),
    )
    yield (
        "a length of 2^63",
        Talk(
            chain([head(VERIFY, f"Content-Type: {PDF}", f"Content-Length: {2**63}")], repeat(b"")),
            1.0,
        ),
    )
    yield (
        "a chunk of 2^63",
        Talk(
            chain(
                [
                    head(VERIFY, f"Content-Type: {PDF}", "Transfer-Encoding: chunked"),
                    b"7fffffffffffffff\r\nabc",
                ],
                repeat(b""),
            ),
            1.0,
        ),
    )
    yield (
        "1 GB at 2 kB a second",
        Talk(
            chain(
                [head(VERIFY, f"Content-Type: {PDF}", f"Content-Length: {_GIGABYTE}")],
                repeat(b"x" * 200),
            ),
            0.1,
        ),
    )


def lengths(genuine: Genuine) -> Named:
    """Lengths that are none, or two."""
    body = json.dumps({"text": genuine.first.code[:15]}).encode()
    kind = f"Content-Type: {JSON}"
    for name, length in {
        "negative": "-1",
        "text": "many",
        "hexadecimal": "0x20",
        "signed": "+31",
        "2^64": str(2**64),
        "a list": "31, 31",
        "a list of two": "31, 32",
        "a fraction": "31.0",
        "nothing": "",
        "digits of 40 places": "9" * 40,
        "Arabic": "٣١",
    }.items():
        yield f"length {name}", Talk([head(VERIFY, kind, f"Content-Length: {length}") + body])
    yield (
        "two lengths",
        Talk([head(VERIFY, kind, "Content-Length: 5", "Content-Length: 31") + body]),
    )
    yield (
        "length and chunks",
        Talk(
            [
                head(VERIFY, kind, "Content-Length: 5", "Transfer-Encoding: chunked")
                + b"0\r\n\r\n"
                + body
            ]
        ),
    )
    yield (
        "chunks and length",
        Talk(
            [
                head(VERIFY, kind, "Transfer-Encoding: chunked", "Content-Length: 5")
                + b"0\r\n\r\n"
                + body
            ]
        ),
    )
    yield "no length", Talk([head(VERIFY, kind) + body])
    yield "a length too short", Talk([head(VERIFY, kind, "Content-Length: 5") + body])
    for name, coding in {
        "gzip": "gzip, chunked",
        "twice": "chunked, chunked",
        "last is gzip": "chunked, gzip",
        "unknown": "rot13",
        "identity": "identity",
        "upper case": "CHUNKED",
        "spaced": "chunked ;a",
        "vertical": "\x0bchunked",
    }.items():
        yield f"coding {name}", Talk([head(VERIFY, kind, f"Transfer-Encoding: {coding}") + body])
    for name, chunks in {
        "negative size": b"-5\r\nabcde\r\n",
        "size of text": b"zz\r\n",
        "size of 2^64": b"10000000000000000\r\n",
        "no size": b"\r\n\r\n",
        "size with a sign": b"+5\r\nabcde\r\n0\r\n\r\n",
        "extension of 100 kB": b"5;" + b"a" * 100_000 + b"\r\nabcde\r\n0\r\n\r\n",
        "line feeds alone": b"5\nabcde\n0\n\n",
        "longer than its size": b"2\r\nabcde\r\n0\r\n\r\n",
        "100,000 of a byte": b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n",
        "10,000 trailers": b"0\r\n" + b"A: b\r\n" * 10_000 + b"\r\n",
    }.items():
        found = head(VERIFY, kind, "Transfer-Encoding: chunked")
        yield f"chunks: {name}", Talk([found + chunks])


def forms(genuine: Genuine) -> Named:
    """Multipart bodies that are none."""

    def form(body: bytes, kind: str = FORM) -> Talk:
        return post(body, kind)

    part = b'--a\r\nContent-Disposition: form-data; name="file"; filename="a"%s\r\n\r\n%s\r\n'
    end = b"--a--\r\n"
    yield "no boundary", form(part % (b"", b"x") + end, "multipart/form-data")
    yield "empty boundary", form(part % (b"", b"x") + end, "multipart/form-data; boundary=")
    yield "boundary of 10 kB", form(end, f"multipart/form-data; boundary={'a' * 10_000}")
    yield "boundary of line ends", form(end, 'multipart/form-data; boundary="\\r\\n"')
    yield "another boundary", form(part % (b"", b"x") + end, "multipart/form-data; boundary=b")
    yield "no end", form(part % (b"", b"x"))
    yield "nothing", form(b"")
    yield "end alone", form(end)
    yield "two files", form(part % (b"", b"x") * 2 + end)
    yield "a thousand files", form(part % (b"", b"x") * 1_000 + end)
    yield (
        "100,000 fields",
        form(b'--a\r\nContent-Disposition: form-data; name="b"\r\n\r\n\r\n' * 100_000 + end),
    )
    yield "no disposition", form(b"--a\r\nA: b\r\n\r\nx\r\n" + end)
    yield "no name", form(b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + end)
    yield (
        "a field for the file",
        form(b'--a\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n' + end),
    )
    yield (
        "a file name that climbs",
        form(part.replace(b'"a"', b'"../../../etc/passwd"') % (b"", b"x") + end),
    )
    yield "a file name of NUL", form(part.replace(b'"a"', b'"a\0.pdf"') % (b"", b"x") + end)
    yield (
        "a file name of 100 kB",
        form(part.replace(b'"a"', b'"' + b"a" * 100_000 + b'"') % (b"", b"x") + end),
    )
    yield "headers of a part, 10,000", form(part % (b"\r\nA: b" * 10_000, b"x") + end)
    yield "a header of a part, 1 MB", form(part % (b"\r\nA: " + b"b" * 10**6, b"x") + end)
    yield (
        "base64 inside",
        form(part % (b"\r\nContent-Transfer-Encoding: base64", b"JVBERi0=") + end),
    )
    yield (
        "a form inside",
        form(part % (b"\r\nContent-Type: multipart/mixed; boundary=c", b"--c") + end),
    )
    yield (
        "a charset inside",
        form(part % (b"\r\nContent-Type: text/plain; charset=utf-7", b"+AG") + end),
    )
    yield "line feeds alone", form((part % (b"", b"x") + end).replace(b"\r\n", b"\n"))
    yield "noise", form(bytes(range(256)) * 100)
    yield "only dashes", form(b"-" * 1_000_000)


def bodies(genuine: Genuine) -> Named:
    """Bodies that are not what their type says."""
    code = genuine.first.code[:15] + "?"
    text = json.dumps({"text": code}).encode()
    for name, body in {
        "nothing": b"",
        "half": b'{"text"',
        "a list": b"[]",
        "a number": b"1",
        "null": b"null",
        "a text": b'"a"',
        "60,000 deep": b"[" * 60_000,
        "60,000 objects deep": b'{"a":' * 10_000,
        "no member": b"{}",
        "another member": b'{"tex": "1"}',
        "a member more": b'{"text": "1", "admin": true}',
        "a member twice": b'{"text": "1", "text": "2"}',
        "a number for text": b'{"text": 1}',
        "a list for text": b'{"text": ["1"]}',
        "not a number": b'{"text": NaN}',
        "1e999": b'{"text": 1e999}',
        "a lone surrogate": b'{"text": "\\ud800"}',
        "no UTF-8": b'{"text": "\xff"}',
        "overlong UTF-8": b'{"text": "\xc0\xaf"}',
        "a byte order mark": b"\xef\xbb\xbf" + text,
        "a comment": b"/**/" + text,
        "a comma too many": b'{"text": "1",}',
        "single quotes": b"{'text': '1'}",
        "something behind": text + b"x",
        "two": text + text,
        "prototype": b'{"__proto__": {"text": "1"}}',
        "10,000 members": json.dumps({str(n): n for n in range(10_000)}).encode()[:60_000],
        "UTF-16": text.decode().encode("utf-16"),
        "UTF-32": text.decode().encode("utf-32"),
    }.items():
        yield f"JSON: {name}", post(body)
    for kind in (
        "",
        "text/html",
        "application/xml",
        "application/json/x",
        "*/*",
        "application/pdf, text/html",
        "application/x-www-form-urlencoded",
        "application/cbor",
        "multipart/mixed; boundary=a",
        "message/http",
        "a" * 5_000,
    ):
        yield f"type {kind[:40] or 'empty'}", post(text, kind)
    yield "charset utf-16", post(text.decode().encode("utf-16"), f"{JSON}; charset=utf-16")
    for coding in ("gzip", "deflate", "br", "zstd", "gzip, gzip"):
        yield (
            f"squeezed with {coding}",
            post(gzip.compress(text), JSON, VERIFY, f"Content-Encoding: {coding}"),
        )
    for name, members in {
        "no birth date": {"number": "T01000001"},
        "an empty number": {"number": "", "born": "2008"},
        "a number of SQL": {"number": "' OR 1=1 --", "born": "2008"},
        "a number of wild cards": {"number": "%", "born": "2008"},
        "a number of NUL": {"number": "\0", "born": "2008"},
        "a number of 60,000 letters": {"number": "T" * 900, "born": "2008"},
        "a list of numbers": {"number": ["T01000001"], "born": "2008"},
        "a birth date that never was": {"number": "T01000001", "born": "31/02/2008"},
        "Arabic digits": {"number": "T01000001", "born": "٠٧/٠٢/٢٠٠٨"},
        "a birth date of letters": {"number": "T01000001", "born": "abcd"},
        "the year zero": {"number": "T01000001", "born": "0000"},
        "a member more": {"number": "T01000001", "born": "2008", "admin": True},
    }.items():
        yield f"number: {name}", post(json.dumps(members).encode(), JSON, NUMBER)


def lines(_: Genuine) -> Named:
    """Request lines and headers that no browser sends."""

    def get(target: str, *more: str, method: str = "GET") -> Talk:
        return Talk([head(target, *more, method=method)])

    for name, start in {
        "HTTP 0.9": b"GET /\r\n\r\n",
        "HTTP 1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
        "HTTP 1.0 kept": b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "HTTP 2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP 9.9": b"GET / HTTP/9.9\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        "SSH": b"SSH-2.0-a\r\n",
        "SMTP": b"EHLO a\r\n",
        "noise": bytes(range(256)),
        "no version": b"GET / \r\n\r\n",
        "three spaces": b"GET   /   HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "a tab": b"GET\t/ HTTP/1.1\r\n\r\n",
        "line feeds alone": b"GET /healthz HTTP/1.1\nHost: a\nConnection: close\n\n",
        "lower case": b"get / HTTP/1.1\r\nHost: a\r\n\r\n",
        "a method unknown": b"HACK / HTTP/1.1\r\nHost: a\r\n\r\n",
        "a method of 100 kB": b"A" * 100_000 + b" / HTTP/1.1\r\n\r\n",
        "NUL in the address": b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        "letters in the address": "GET /ộ HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    }.items():
        yield name, Talk([start])
    for target in (
        "http://evil.example/api/verify",
        "https://evil.example/",
        "evil.example:443",
        "*",
        "//evil.example/",
        "/../../etc/passwd",
        "/static/../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%252e%252e/x",
        "/static//etc/passwd",
        "/static/check.js%00.html",
        "/static/",
        "/static",
        "/%00",
        "/%ff%fe",
        "/%",
        "/%zz",
        "/;a=b",
        "/a b",
        "/#a",
        "?a",
        "/" + "a" * 20_000,
        "/?" + "a=b&" * 10_000,
        "/api/verify/",
        "/API/VERIFY",
        "/api//verify",
        "/openapi.json/",
        "/docs",
        "/api/evidence/" + "0" * 64,
        "/api/evidence/" + "0" * 63,
        "/api/evidence/%00",
        "/api/evidence/..%2f..",
        "/api/leaves/1001/99",
        "/api/leaves/-1/0",
        "/api/leaves/1e3/0",
        "/api/leaves/99999999999999999999/0",
        "/api/leaves/1001/٣",
        "/api/leaves/1001/0/../..",
    ):
        yield f"address {target[:60]}", get(target)
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "HEAD"):
        for path in (VERIFY, "/", "/static/check.js"):
            yield f"{method} {path}", get(path, method=method)
    yield "OPTIONS *", get("*", method="OPTIONS")
    for name, more in {
        "no host": [],
        "two hosts": ["Host: b"],
        "a host of script": ["X: <script>"],
        "WebSocket": ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: YQ=="],
        "HTTP 2": ["Upgrade: h2c", "HTTP2-Settings: AA"],
        "expects the unknown": ["Expect: 200-maybe"],
        "a header without colon": ["abc"],
        "a folded header": ["A: b", " c"],
        "a space before colon": ["A : b"],
        "NUL in a header": ["A: \0"],
        "a return in a header": ["A: b\rc"],
        "UTF-8": ["A: ộ"],
        "10,000 headers": ["A: b"] * 10_000,
        "a header of 60 kB": [f"A: {'b' * 60_000}"],
        "a header of 5 MB": [f"A: {'b' * 5_000_000}"],
        "a cookie of 30 kB": [f"Cookie: {'a' * 30_000}"],
        "who forwarded": ["X-Forwarded-For: 127.0.0.1, " + "1.1.1.1, " * 500],
        "a million ranges": ["Range: bytes=" + "0-1," * 20_000 + "2-3"],
        "another host's name": ["X-Forwarded-Host: evil.example"],
        "another method": ["X-HTTP-Method-Override: DELETE"],
        "a date that is none": ["If-Modified-Since: never"],
        "tags": ["If-None-Match: " + '"a",' * 9_000],
        "languages": ["Accept-Language: " + "vi;q=0.1," * 5_000],
        "codings": ["Accept-Encoding: " + "gzip;q=2," * 5_000],
    }.items():
        yield f"header: {name}", get("/static/check.js", *more)
    yield (
        "expects to go on",
        Talk(
            [
                head(VERIFY, f"Content-Type: {JSON}", "Content-Length: 2", "Expect: 100-continue"),
                b"{}",
            ]
        ),
    )
    many = head("/healthz", method="GET", close=False)
    yield "1,000 requests at once", Talk([many * 999 + head("/healthz", method="GET")])
    yield "requests of which the tenth is none", Talk([many * 9 + b"\0\0\0\r\n\r\n"])
    yield (
        "a request in a request's body",
        Talk(
            [
                head(VERIFY, f"Content-Type: {JSON}", "Content-Length: 0", close=False)
                + head("/nowhere", method="GET")
            ]
        ),
    )


FAMILIES = {
    "1 GB": huge,
    "slow": slow,
    "length": lengths,
    "form": forms,
    "body": bodies,
    "line": lines,
}
