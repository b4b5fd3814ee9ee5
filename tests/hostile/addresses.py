"""Ids, queries and methods."""

from collections.abc import Iterator

from tests.hostile.requests import CONVERSATION, ID, JSON, MARK, Hostile, message, request, to_bytes


def addresses() -> Iterator[Hostile]:
    ids: dict[str, str | bytes] = {
        "encoded path": f"..%2f..%2f{MARK}%2f",
        "double encoding": f"%252e%252e%252f{MARK}",
        "backslashes": f"..%5c..%5c{MARK}",
        "NUL": f"{MARK}%00",
        "line break": f"{MARK}%0d%0aSet-Cookie:%20a=b",
        "SQL": f"{MARK}'%20OR%20'1'='1",
        "HTML": f"%3Cscript%3E{MARK}%3C/script%3E",
        "unicode": f"{MARK}%E8%AF%B7",
        "raw unicode": f"{MARK}请".encode(),
        "no UTF-8": f"{MARK}%ff%fe",
        "surrogate": f"{MARK}%ed%a0%80",
        "cut escape": f"{MARK}%",
        "bad escape": f"{MARK}%zz",
        "wildcard": f"{MARK}*",
        "braces": f"{{{MARK}}}",
        "8,000 characters": MARK + "a" * 8_000,
        "65 characters": MARK + "a" * 61,
        "matrix": f"{ID};{MARK}",
        "spaces": f"%20{ID}%20",
        "space inside": f"{MARK}%20a",
    }
    for name, value in ids.items():
        for before, after in (("/messages/", "/status"), ("/messages/", "/updates?after=0"), ("/conversations/", "")):
            hostile = request("GET", before.encode() + to_bytes(value) + after.encode())
            yield Hostile(f"address {before}...{after}: {name}", hostile, (400, 404, 422), from_server=True)
    for target in (f"/messages/{ID.upper()}/status", f"/messages/%35{ID[1:]}/status", f"/conversations/{MARK}"):
        yield Hostile(f"address: {target}", request("GET", target), (404,))
    for target in (
        "/MESSAGES",
        "/Health",
        "/messages/a/b/status",
        f"/messages/{ID}",
        "/conversations/a%2Fb",
        "/static",
    ):
        yield Hostile(f"address: {target}", request("GET", target), (404,))
    for target in ("/messages/", "/messages//?limit=1", "/health/live/", f"/messages/{MARK}/status/"):
        yield Hostile(f"address: {target}", request("GET", target), (307,))
    slash = request("POST", "/messages/", (CONVERSATION, JSON, ("Host", "evil.example")), message(MARK).encode())
    yield Hostile("address: a message with a slash too many", slash, (307,))
    for target in (
        "/messages%2f",
        "/messages/%2F",
        "/messages//status",
        "//messages",
        "/messages/../health",
        "/%2e%2e/health",
        "/static/../api.py",
    ):
        yield Hostile(f"address: {target}", request("GET", target), (404,))
    for target in ("/static/%2e%2e/%2e%2e/api.py", "/static/..%2f..%2fapi.py", "/static/%00", "/static/", "/.env"):
        yield Hostile(f"address: {target}", request("GET", target), (404,))


def queries() -> Iterator[Hostile]:
    for query in (
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=1e2",
        "limit=NaN",
        "limit=",
        f"limit={MARK}",
        "limit=99999999999999999999999999",
        f"limit={'9' * 5_000}",
        f"cursor={MARK}",
        "cursor=-1",
        "cursor=1.5",
        "cursor=%00",
        "cursor=%ED%A0%80",
        "cursor=%D9%A1%D9%A2",
        "cursor=99999999999999999999",
        f"cursor={'1' * 201}",
        "cursor=1%27%20OR%201=1",
        f"status={MARK}",
        "status=",
        "status=Completed",
        f"conversation_id={MARK}%20",
        "conversation_id=",
        "conversation_id=%00",
        "conversation_id=a%0A",
        f"conversation_id={'a' * 129}",
    ):
        yield Hostile(f"query: {query[:40]}", request("GET", f"/messages?{query}"), (422,))
    for query in (f"{MARK}=1", "limit=1&limit=2", "limit[]=1", "&&&=&", "%", "%zz=%ff", "a=" + "b" * 8_000):
        yield Hostile(f"query: {query[:40]}", request("GET", f"/messages?{query}"), (200, 422))
    for after in ("-1", "x", "1e1", "99999999999999999999", "", "%00"):
        target = f"/messages/{ID}/updates?after={after}"
        yield Hostile(f"query: after={after}", request("GET", target), (422,))


def methods() -> Iterator[Hostile]:
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        hostile = request(method, "/messages", (CONVERSATION, JSON), message(MARK).encode())
        yield Hostile(f"method: {method}", hostile, (405,))
    yield Hostile("method: POST to a page for GET", request("POST", "/health", (), b""), (405,))
    for method in ("FOO", "post", "GET\t", ""):
        yield Hostile(f"method: {method!r}", request(method, "/messages"), (400, 405), from_server=True)
    override = (CONVERSATION, JSON, ("X-HTTP-Method-Override", "POST"))
    yield Hostile("method: override", request("GET", "/messages", override), (200,))
