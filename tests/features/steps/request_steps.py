"""Requests of any kind, and what every response is asked about."""

from datetime import datetime, timedelta
from http import HTTPStatus

from tests.api_client import HEADER
from tests.features.world import unescaped
from tests.gherkin import Context, then, when

JSON = {"Content-Type": "application/json"}


@when('I GET "{path}"')
def get(context: Context, path: str) -> None:
    request(context, "GET", path)


@when('I HEAD "{path}"')
def head(context: Context, path: str) -> None:
    request(context, "HEAD", path)


@when('I DELETE "{path}"')
def delete(context: Context, path: str) -> None:
    request(context, "DELETE", path)


@when('I PUT "{path}"')
def put(context: Context, path: str) -> None:
    request(context, "PUT", path)


@when('I post the body {body} as "{content_type}"')
def post_as(context: Context, body: str, content_type: str) -> None:
    post_body(context, body, content_type)


@when("I post the body {body}")
def post(context: Context, body: str) -> None:
    post_body(context, body)


@when("I post an empty body")
def post_nothing(context: Context) -> None:
    post_body(context, "")


@when('a browser at "{origin}" asks whether it may {method} "{path}" with "{headers}"')
def preflight(context: Context, origin: str, method: str, path: str, headers: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    request(context, "OPTIONS", path, asked)


@when('a browser at "{origin}" gets "{path}"')
def get_from(context: Context, origin: str, path: str) -> None:
    request(context, "GET", path, {"Origin": origin})


@then("the response status should be {status:d}")
def status_is(context: Context, status: int) -> None:
    response = context.world.response
    assert response.status_code == status, f"{response.status_code}: {response.text[:500]}"


@then("the response should have no body")
def has_no_body(context: Context) -> None:
    assert context.world.response.content == b""


@then("I should receive a {status:d} {reason} error")
def is_problem(context: Context, status: int, reason: str) -> None:
    status_is(context, status)
    response = context.world.response
    assert response.headers["content-type"] == "application/problem+json", response.headers
    problem = response.json()
    assert (problem["status"], problem["title"]) == (status, reason), problem
    assert problem["title"] == HTTPStatus(status).phrase
    assert problem["detail"], problem


@then('the error message should be "{text}"')
def detail_is(context: Context, text: str) -> None:
    assert context.world.response.json()["detail"] == text, context.world.response.text


@then('the error message should mention "{text}"')
def detail_mentions(context: Context, text: str) -> None:
    assert text in context.world.response.json()["detail"], context.world.response.text


@then("nothing should be stored")
def nothing_stored(context: Context) -> None:
    world = context.world
    assert world.api.total() == world.stored_before + len(world.message_ids)


@then('the response should have exactly the fields "{names}"')
def fields_are(context: Context, names: str) -> None:
    assert list(context.world.response.json()) == names.split(", "), context.world.response.text


@then('the response should begin with the fields "{names}"')
def fields_begin(context: Context, names: str) -> None:
    wanted = names.split(", ")
    assert list(context.world.response.json())[: len(wanted)] == wanted, context.world.response.text


@then('the response should hold the fields "{names}"')
def fields_held(context: Context, names: str) -> None:
    assert set(names.split(", ")) <= set(context.world.response.json()), context.world.response.text


@then('the field "{name}" should be "{value}"')
def field_is(context: Context, name: str, value: str) -> None:
    assert context.world.response.json()[name] == unescaped(value), context.world.response.text


@then('the field "{name}" should be a time in UTC')
def field_is_time(context: Context, name: str) -> None:
    assert_utc(context.world.response.json()[name])


@then('the "{name}" header should be "{value}"')
def header_is(context: Context, name: str, value: str) -> None:
    assert context.world.response.headers[name] == value


@then('the "{name}" header should mention "{value}"')
def header_mentions(context: Context, name: str, value: str) -> None:
    assert value.lower() in context.world.response.headers[name].lower(), context.world.response.headers


@then('the "{name}" header should be a number of seconds')
def header_is_seconds(context: Context, name: str) -> None:
    assert int(context.world.response.headers[name]) > 0


@then('there should be no "{name}" header')
def header_is_missing(context: Context, name: str) -> None:
    assert name not in context.world.response.headers


@then('I should be sent to "{path}"')
def is_redirected(context: Context, path: str) -> None:
    response = context.world.response
    assert response.is_redirect, response.status_code
    assert response.headers["location"] == path
    get(context, path)
    status_is(context, HTTPStatus.OK)


def request(context: Context, method: str, path: str, headers: dict[str, str] | None = None) -> None:
    context.world.responses.append(context.world.api.request(method, path, headers=headers))


def post_body(context: Context, body: str, content_type: str = "application/json") -> None:
    headers = {HEADER: context.world.conversation_id, "Content-Type": content_type}
    response = context.world.api.request("POST", "/messages", content=body.encode(), headers=headers)
    context.world.responses.append(response)


def assert_utc(value: str) -> None:
    time = datetime.fromisoformat(value)
    assert time.utcoffset() == timedelta(0), value
