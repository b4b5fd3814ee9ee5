from tests.hostile.addresses import addresses, methods, queries
from tests.hostile.bodies import broken_json, large_bodies, wrong_bodies
from tests.hostile.headers import content_types, conversation_headers, keys, preferences
from tests.hostile.protocol import broken_http
from tests.hostile.requests import Hostile
from tests.hostile.texts import odd_but_right


def every_hostile_request() -> list[Hostile]:
    return [
        *conversation_headers(),
        *broken_json(),
        *wrong_bodies(),
        *large_bodies(),
        *content_types(),
        *keys(),
        *preferences(),
        *odd_but_right(),
        *addresses(),
        *queries(),
        *methods(),
        *broken_http(),
    ]
