"""The OpenAPI document: every route's problem responses with one schema for all."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from config.constants import PROBLEM_JSON
from models.schemas import Problem

_REFERENCE = "#/components/schemas/{model}"


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route."""
    schema = {"$ref": _REFERENCE.format(model=Problem.__name__)}
    return {status: {"content": {PROBLEM_JSON: {"schema": schema}}} for status in statuses}


def complete_openapi(app: FastAPI) -> None:
    """Adds what FastAPI does not know."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            # FastAPI collects only the schemas of application/json
            schemas = models_json_schema([(Problem, "serialization")], ref_template=_REFERENCE)[1]["$defs"]
            document["components"]["schemas"].update(schemas)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]
