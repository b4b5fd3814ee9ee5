"""`If-None-Match` on the list of updates, as RFC 9110 (13.1.2) has it."""

import asyncio

import httpx
import pytest

from tests.doubles.planners import Echo, Held, opened
from tests.unit.test_application import application, final_updates, send

NOT_MODIFIED = httpx.codes.NOT_MODIFIED


async def ask(client: httpx.AsyncClient, message_id: str, tags: str, query: str = "", **headers: str) -> httpx.Response:
    path = f"/messages/{message_id}/updates{query}"
    return await client.get(path, headers={"If-None-Match": tags, **headers})


@pytest.mark.parametrize("tags", ["*", " * ", '"3"', 'W/"3"', '"1", "3"', '"other", W/"3"'])
async def test_list_that_the_client_has_is_not_sent_again(tags: str) -> None:
    async with application(opened(Echo())) as client:
        message_id = await send(client, "Hello")
        assert len(await final_updates(client, message_id)) == 3
        answer = await ask(client, message_id, tags)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (NOT_MODIFIED, b"", '"3"')


@pytest.mark.parametrize("tags", ['"1"', '"*"', '"2", *', '""', "", "3"])
async def test_list_that_the_client_does_not_have_is_sent(tags: str) -> None:
    async with application(opened(Echo())) as client:
        message_id = await send(client, "Hello")
        await final_updates(client, message_id)
        answer = await ask(client, message_id, tags)
        assert (answer.status_code, len(answer.json()), answer.headers["etag"]) == (httpx.codes.OK, 3, '"3"')


async def test_any_list_will_do_also_an_empty_one_and_nobody_waits_for_another() -> None:
    planner = Held()
    async with application(opened(planner)) as client:
        message_id = await send(client, "Hello")
        async with asyncio.timeout(5):
            assert (await ask(client, message_id, "*", "?after=99")).status_code == NOT_MODIFIED
            waited = await ask(client, message_id, "*", Prefer="wait=30")
        assert waited.status_code == NOT_MODIFIED
        planner.release("Hello")


async def test_message_that_is_not_there_has_no_list() -> None:
    async with application(opened(Echo())) as client:
        answer = await ask(client, "7b0fa3c4-2a5e-4c38-9a53-2b0a3b6b3a55", "*")
        assert answer.status_code == httpx.codes.NOT_FOUND
