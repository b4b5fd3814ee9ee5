"""Conversation ids and content types."""

from collections.abc import Iterator

from tests.hostile.requests import CONVERSATION, JSON, MARK, Hostile, message, post, request


def conversation_headers() -> Iterator[Hostile]:
    values: dict[str, str | bytes] = {
        "empty": "",
        "spaces": "   ",
        "inner space": f"a {MARK}",
        "tab": f"a\t{MARK}",
        "comma": f"a,{MARK}",
        "129 characters": MARK + "a" * 125,
        "4000 characters": MARK + "a" * 4000,
        "10,000 characters": MARK + "a" * 10_000,
        "path": f"../../etc/{MARK}",
        "SQL": f"{MARK}'; DROP TABLE messages; --",
        "HTML": f"<script>{MARK}</script>",
        "template": f"{{{{{MARK}}}}}",
        "lookup": f"${{jndi:ldap://{MARK}}}",
        "percent": f"{MARK}%00",
        "encoded line break": f"{MARK}%0d%0aSet-Cookie: a=b",
        "quotes": f'"{MARK}"',
        "UTF-8": f"{MARK}é£请".encode(),
        "Latin-1": f"{MARK}é".encode("latin-1"),
        "full-width digits": f"{MARK}１２".encode(),
        "zero-width space": f"{MARK}\u200b".encode(),
        "bytes that are no text": MARK.encode() + b"\xff\xfe",
    }
    for name, value in values.items():
        yield Hostile(f"conversation id: {name}", post(message(), (CONVERSATION[0], value), JSON), (400,))
    yield Hostile("conversation id: missing", post(message(), JSON), (400,))
    yield Hostile("conversation id: twice", post(message(), CONVERSATION, CONVERSATION, JSON), (400,))
    other = (CONVERSATION[0], "another")
    yield Hostile("conversation id: twice, differently", post(message(), CONVERSATION, other, JSON), (400,))
    yield Hostile("conversation id: with underscores", post(message(), ("x_ms_conversation_id", "a"), JSON), (400,))
    yield Hostile("conversation id: 128 characters", post(message(), (CONVERSATION[0], "a" * 128), JSON), (201,))
    yield Hostile("conversation id: name in capitals", post(message(), (CONVERSATION[0].upper(), "a"), JSON), (201,))
    for name, character in {"NUL": b"\0", "U+0001": b"\1", "escape": b"\x1b", "delete": b"\x7f"}.items():
        hostile = post(message(), (CONVERSATION[0], b"a" + character + b"b"), JSON)
        yield Hostile(f"conversation id: {name}", hostile, (400,), from_server=True)
    folded = post(message(), (CONVERSATION[0], b"a\r\n b"), JSON)
    yield Hostile("conversation id: folded", folded, (400,), from_server=True)


def keys() -> Iterator[Hostile]:
    for name, values in {
        "twice": (f"{MARK}-1", f"{MARK}-1"),
        "twice, differently": (f"{MARK}-1", f"{MARK}-2"),
        "256 characters": (MARK + "k" * 252,),
        "empty": ("",),
        "spaces": (f"{MARK} 1",),
        "UTF-8": (f"{MARK}é",),
        "an open quote": (f'"{MARK}',),
    }.items():
        sent = [("Idempotency-Key", value) for value in values]
        yield Hostile(f"key: {name}", post(message(), CONVERSATION, JSON, *sent), (400,))


def preferences() -> Iterator[Hostile]:
    """We speak JSON whatever is asked for, and read what we were sent."""
    for value in ("text/html", "application/json;q=0", "*/*;q=0", "", MARK, ";;,,", "image/png, text/*"):
        yield Hostile(f"accept: {value!r}", post(message(), CONVERSATION, JSON, ("Accept", value)), (201,))
    for value in ("100-continue", f"200-{MARK}", ""):
        yield Hostile(f"expect: {value!r}", post(message(), CONVERSATION, JSON, ("Expect", value)), (201,))
    upgrade = (("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", MARK))
    yield Hostile("upgrade: h2c", request("GET", "/messages?limit=1", upgrade), (200,))
    yield Hostile("upgrade: h2c with a body", post(message(), CONVERSATION, JSON, *upgrade), (201,))
    socket = (("Connection", "upgrade"), ("UPGRADE", "websocket"), ("Sec-WebSocket-Version", "13"))
    yield Hostile("upgrade: websocket", request("GET", "/messages?limit=1", socket), (200,))


def content_types() -> Iterator[Hostile]:
    body = message(MARK)
    utf_16 = ("Content-Type", "application/json; charset=utf-16")
    yield Hostile("content type: UTF-16", post(message("é").encode("utf-16"), CONVERSATION, utf_16), (201, 400))
    yield Hostile("content type: UTF-16 that is UTF-8", post(message("é"), CONVERSATION, utf_16), (201, 400))
    latin = post(f'{{"message": "{MARK}é"}}'.encode("latin-1"), CONVERSATION, ("Content-Type", "application/json"))
    yield Hostile("content type: Latin-1", latin, (400,))
    text_first = post(body, CONVERSATION, ("Content-Type", "text/plain"), JSON)
    yield Hostile("content type: twice, differently", text_first, (415,))
    for value in (
        "text/plain",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/octet-stream",
        "application",
        "*/*",
        "",
        f"{MARK}; a=b",
        "application/json-seq",
        "text/json",
        "application/jsonp",
        "application/json, text/plain",
        "image/svg+json",
    ):
        yield Hostile(f"content type: {value!r}", post(body, CONVERSATION, ("Content-Type", value)), (415,))
    yield Hostile("content type: none", post(body, CONVERSATION), (415,))
    for value in (
        "application/json; charset=utf-8",
        'application/json ; charset="UTF-8"',
        "APPLICATION/JSON",
        "application/json;",
        "application/vnd.semker+json",
        "application/problem+json",
    ):
        yield Hostile(f"content type: {value!r}", post(body, CONVERSATION, ("Content-Type", value)), (201,))
