"""Sends a message and follows it until its answer: `python examples/follow.py "What is my current bill?" [url]`."""

import json
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import httpx

RECONNECT_SECONDS = 1.5


def events(client: httpx.Client, path: str) -> Iterator[tuple[str, str]]:
    """Name and data of each event; a stream that ends early is taken up after the last id that came."""
    last_id = "0"
    while True:
        try:
            with client.stream("GET", path, headers={"Last-Event-ID": last_id}) as response:
                if response.status_code in {429, 503}:  # too many streams, or a server that is ending
                    time.sleep(RECONNECT_SECONDS)
                    continue
                response.raise_for_status()
                fields: dict[str, str] = {}
                for line in response.iter_lines():
                    if line:
                        name, _, value = line.partition(": ")
                        fields[name] = value
                        continue
                    last_id = fields.get("id", last_id)
                    if "event" in fields:
                        yield fields["event"], fields["data"]
                    fields = {}
        except httpx.TransportError:
            time.sleep(RECONNECT_SECONDS)


def main(text: str, url: str = "http://localhost:8000") -> None:
    # the server sends a ping every 15 seconds, so longer silence is a lost connection
    with httpx.Client(base_url=url, timeout=20) as client:
        headers = {"x-ms-conversation-id": f"example-{uuid4()}"}
        accepted = client.post("/messages", json={"message": text}, headers=headers).raise_for_status().json()
        for name, data in events(client, f"/messages/{accepted['message_id']}/events"):
            if name == "update":
                update = json.loads(data)
                sys.stdout.write(f"{update['sequence']}. {update['result']}\n")
            elif name == "done":
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
