"""Bodies that are no JSON, no message, or too large."""

import gzip
import json
from collections.abc import Iterator

from tests.hostile.requests import BODY_LIMIT, CONVERSATION, JSON, MARK, Hostile, chunks, message, post, request

# Python's parser reads some of what other parsers refuse, and refuses some of what they read.
NO_STRICT_JSON = {
    "NaN",
    "NaN as message",
    "Infinity as message",
    "minus Infinity as message",
    "NaN beside it",
    "a number of 60,000 digits",
    "nested 30,000 deep",
}


def broken_json() -> Iterator[Hostile]:
    bodies: dict[str, str | bytes] = {
        "words": f"Hello {MARK}",
        "cut": f'{{"message": "{MARK}',
        "single quotes": f"{{'message': '{MARK}'}}",
        "trailing comma": f'{{"message": "{MARK}",}}',
        "two documents": f"{message(MARK)} {message('b')}",
        "comment": f'{{"message": "{MARK}" /* a */}}',
        "line break in a string": f'{{"message": "{MARK}\n"}}',
        "bad escape": f'{{"message": "{MARK}\\x00"}}',
        "form": f"message={MARK}",
        "XML": f"<message>{MARK}</message>",
        "invalid UTF-8": b'{"message": "' + MARK.encode() + b'\xff\xfe"}',
        "overlong UTF-8": b'{"message": "' + MARK.encode() + b'\xc0\xaf"}',
        "encoded surrogate": b'{"message": "' + MARK.encode() + b'\xed\xa0\x80"}',
        "only NUL": b"\0" * 20,
        "gzip without a word": gzip.compress(message(MARK).encode()),
        "60,000 open brackets": "[" * 60_000,
        "30,000 open objects": '{"":' * 15_000,
    }
    for name, body in bodies.items():
        yield Hostile(f"JSON: {name}", post(body), (400, 422) if "surrogate" in name else (400,))


def wrong_bodies() -> Iterator[Hostile]:
    bodies: dict[str, str] = {
        "nothing": "",
        "null": "null",
        "true": "true",
        "number": "42",
        "text": f'"{MARK}"',
        "list": f'["{MARK}"]',
        "empty object": "{}",
        "NaN": "NaN",
        "NaN as message": '{"message": NaN}',
        "Infinity as message": '{"message": Infinity}',
        "minus Infinity as message": '{"message": -Infinity}',
        "NaN beside it": '{"message": "a", "b": NaN}',
        "1e400": '{"message": 1e400}',
        "a number of 60,000 digits": f'{{"message": {"9" * 60_000}}}',
        "a fraction of 60,000 digits": f'{{"message": 0.{"9" * 60_000}}}',
        "null as message": '{"message": null}',
        "number as message": '{"message": 42}',
        "true as message": '{"message": true}',
        "list as message": f'{{"message": ["{MARK}"]}}',
        "object as message": f'{{"message": {{"message": "{MARK}"}}}}',
        "nested 500 deep": f'{{"message": {"[" * 500}{"]" * 500}}}',
        "nested 30,000 deep": f'{{"message": {"[" * 30_000}{"]" * 30_000}}}',
        "empty text": message(""),
        "blank text": message(" \t\r\n\u00a0\u3000 "),
        "zero-width spaces": message("\u200b\u200c\u200d\u2060"),
        "byte order marks": message(" \ufeff\ufeff\n"),
        "soft hyphens": message("\u00ad" * 10_000),
        "variation selectors": message("\ufe0f\U000e0100\u034f"),
        "tags": message("\U000e0001\U000e0041\U000e007f"),
        "marks of direction": message("\u202e\u2066\u061c"),
        "fillers": message("\u3164\u115f\uffa0\u2800"),
        "control characters": message("\u0001\u001b\u007f\u009f"),
        "NUL in the text": message(f"{MARK}\0"),
        "half a surrogate pair": f'{{"message": "{MARK}\\ud83d"}}',
        "the other half": f'{{"message": "{MARK}\\ude00"}}',
        "a pair in the wrong order": f'{{"message": "{MARK}\\ude00\\ud83d"}}',
        "10,001 characters": message(MARK + "a" * 9_997),
        "10,001 emoji of four bytes": json.dumps({"message": MARK + "😀" * 9_997}, ensure_ascii=False),
        "10,001 emoji in escapes": message(MARK + "😀" * 9_997),
        "unknown field": f'{{"message": "a", "{MARK}": 1}}',
        "unknown field with a broken name": f'{{"message": "a", "{MARK}\\ud800\\u0000": 1}}',
        "prototype": '{"message": "a", "__proto__": {"admin": true}}',
        "3,000 unknown fields": json.dumps({"message": "a", **{f"{MARK}{number}": 1 for number in range(3_000)}}),
        "other letter case": f'{{"Message": "{MARK}"}}',
        "nested name": f'{{"body": {message(MARK)}}}',
    }
    for name, body in bodies.items():
        yield Hostile(f"body: {name}", post(body), (400, 422) if name in NO_STRICT_JSON else (422,))


def large_bodies() -> Iterator[Hostile]:
    large = message(MARK + "a" * BODY_LIMIT).encode()
    full = message("a").encode().ljust(BODY_LIMIT)
    yield Hostile("size: above the limit", post(large), (413,))
    yield Hostile("size: 5 MB", post(b"[" + b"[]," * 1_700_000 + b"[]]"), (413,))
    yield Hostile("size: above the limit, in chunks", chunks(large), (413,))
    yield Hostile("size: one byte above", post(full + b" "), (413,))
    yield Hostile("size: exactly the limit", post(full), (201,))
    yield Hostile("size: exactly the limit, in chunks", chunks(full), (201,))
    yield Hostile("size: one byte a chunk", chunks(message("Hello").encode(), size=1), (201,))
    head = (CONVERSATION, JSON, ("Content-Length", "99999999999999999999"))
    yield Hostile("size: declared beyond 64 bits", request("POST", "/messages", head), (400, 413), from_server=True)
    head = (CONVERSATION, JSON, ("Content-Length", "5000000000"))
    yield Hostile("size: 5 GB declared", request("POST", "/messages", head), (413,))
    bomb = gzip.compress(message("a" * 50_000_000).encode())
    yield Hostile("size: gzip bomb", post(bomb, CONVERSATION, JSON, ("Content-Encoding", "gzip")), (400, 415))
