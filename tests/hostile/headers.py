"""Conversation ids and content types."""

from collections.abc import Iterator

from tests.hostile.requests import CONVERSATION, JSON, MARK, Hostile, message, post


def conversation_headers() -> Iterator[Hostile]:
    values: dict[str, str | bytes] = {
        "empty": "",
        "spaces": "   ",
        "inner space": f"a {MARK}",
        "tab": f"a\t{MARK}",
        "comma": f"a,{MARK}",
        "129 characters": MARK + "a" * 125,
        "4000 characters": MARK + "a" * 4000,
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
    yield Hostile("conversation id: with underscores", post(message(), ("x_ms_conversation_id", "a"), JSON), (400,))
    yield Hostile("conversation id: 128 characters", post(message(), (CONVERSATION[0], "a" * 128), JSON), (201,))
    yield Hostile("conversation id: name in capitals", post(message(), (CONVERSATION[0].upper(), "a"), JSON), (201,))
    for name, character in {"NUL": b"\0", "U+0001": b"\1", "escape": b"\x1b", "delete": b"\x7f"}.items():
        hostile = post(message(), (CONVERSATION[0], b"a" + character + b"b"), JSON)
        yield Hostile(f"conversation id: {name}", hostile, (400,), from_server=True)
    folded = post(message(), (CONVERSATION[0], b"a\r\n b"), JSON)
    yield Hostile("conversation id: folded", folded, (400,), from_server=True)


def content_types() -> Iterator[Hostile]:
    body = message(MARK)
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
    ):
        yield Hostile(f"content type: {value!r}", post(body, CONVERSATION, ("Content-Type", value)), (415,))
    yield Hostile("content type: none", post(body, CONVERSATION), (415,))
    for value in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.semker+json"):
        yield Hostile(f"content type: {value!r}", post(body, CONVERSATION, ("Content-Type", value)), (201,))
