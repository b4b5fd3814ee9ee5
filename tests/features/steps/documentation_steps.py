"""The OpenAPI document and the pages that show it."""

import re
from collections.abc import Iterator

from openapi_spec_validator import validate

from tests.api_client import Json
from tests.gherkin import Context, then

METHODS = ("get", "put", "post", "delete", "patch")
REFERENCE = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=["']([^"']+)["']""")
QUOTED_FILE = re.compile(r"""["'](/static/[^"']+|/openapi\.json)["']""")


@then("it should be a valid OpenAPI document")
def is_valid(context: Context) -> None:
    validate(context.world.response.json())


@then('the title of the documentation should be "{title}"')
def title_is(context: Context, title: str) -> None:
    assert context.world.response.json()["info"]["title"] == title


@then("every operation should have an operationId of its own, a summary and a tag")
def operations_are_described(context: Context) -> None:
    found = list(operations(context))
    names = [operation["operationId"] for _, operation in found]
    assert len(set(names)) == len(names), names
    for name, operation in found:
        assert operation.get("summary"), name
        assert operation.get("tags"), name


@then('every error of an operation should be documented as "{media_type}"')
def errors_are_problems(context: Context, media_type: str) -> None:
    """A readiness probe's 503 is no error: it tells the state."""
    wrong = [
        f"{name} {status}: {list(response.get('content', {}))}"
        for name, operation in operations(context)
        for status, response in operation["responses"].items()
        if int(status) >= 400 and name != "get /health/ready" and list(response.get("content", {})) != [media_type]
    ]
    assert wrong == [], wrong


@then('"{names}" should have examples')
def has_examples(context: Context, names: str) -> None:
    schemas = context.world.response.json()["components"]["schemas"]
    assert [name for name in names.split(", ") if not {"example", "examples"} & set(schemas[name])] == []


@then('"{method}" of "{path}" should declare {statuses}')
def declares(context: Context, method: str, path: str, statuses: str) -> None:
    operation = context.world.response.json()["paths"][path][method]
    assert sorted(operation["responses"]) == statuses.split(", "), sorted(operation["responses"])


@then('"{method}" of "{path}" should require the header "{name}"')
def requires_header(context: Context, method: str, path: str, name: str) -> None:
    parameters = context.world.response.json()["paths"][path][method]["parameters"]
    assert [item["name"] for item in parameters if item["in"] == "header" and item["required"]] == [name], parameters


@then("the page should be HTML")
def is_html(context: Context) -> None:
    assert context.world.response.headers["content-type"].startswith("text/html")


@then("every script, style sheet and image of the page should be ours and load")
def assets_are_ours(context: Context) -> None:
    page = context.world.response.text
    assets = {*REFERENCE.findall(page), *QUOTED_FILE.findall(page)}
    assert len(assets) >= 3, assets
    for asset in assets:
        assert re.match(r"/(?!/)", asset), f"{asset} is on another host"
        assert context.world.api.get(asset).is_success, asset


@then("the page should forbid content from other hosts")
def policy_forbids(context: Context) -> None:
    policy = context.world.response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy


def operations(context: Context) -> Iterator[tuple[str, Json]]:
    for path, item in context.world.response.json()["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", item[method]
