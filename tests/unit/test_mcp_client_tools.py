"""What of a foreign server's tools reaches a model, and what of a model's arguments reaches a server."""

import logging
from typing import Any

import pytest
from mcp import types

from agents.mcp_errors import BadArguments
from agents.mcp_tools import check_arguments, is_identity_name, offered_tools


def tool(name: str = "tool", **properties: Any) -> types.Tool:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return types.Tool(name=name, inputSchema=schema)


@pytest.mark.parametrize(
    "name",
    ["customer_id", "customerId", "CUSTOMER-ID", "customer", "account_id", "accountNumber", "tenant", "tenant_id",
     "sub", "user_id", "userId", "principal", "subscriber_id", "msisdn"],
)  # fmt: skip
def test_names_that_choose_whose_data_is_read(name: str) -> None:
    assert is_identity_name(name)


@pytest.mark.parametrize("name", ["month", "country", "a", "b", "subject", "accounting_period", "subtotal", "question"])
def test_names_that_do_not(name: str) -> None:
    assert not is_identity_name(name)


def test_identity_is_stripped_at_every_depth() -> None:
    filters = {
        "type": "object",
        "properties": {"account_id": {"type": "string"}, "month": {"type": "integer"}},
        "required": ["account_id", "month"],
    }
    (offered,) = offered_tools("Billing", [tool(customer_id={"type": "string"}, filters={"anyOf": [filters]})])

    assert offered.input_schema == {
        "type": "object",
        "properties": {
            "filters": {
                "anyOf": [{"type": "object", "properties": {"month": {"type": "integer"}}, "required": ["month"]}]
            }
        },
        "required": ["filters"],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        {"customer_id": "c-2"},
        {"month": 1, "extra": 1},
        {"filters": {"customerId": "c-2"}},
        {"filters": [{"deep": {"ACCOUNT_ID": 1}}]},
        {"month": "\ud800"},
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any]) -> None:
    (offered,) = offered_tools("Billing", [tool(customer_id={}, month={}, filters={})])
    with pytest.raises(BadArguments):
        check_arguments(offered, arguments)


def test_arguments_that_pass() -> None:
    (offered,) = offered_tools("Billing", [tool(month={}, filters={})])
    check_arguments(offered, {"month": 1, "filters": {"country": "ES"}})
    check_arguments(offered, {})


def test_tools_without_declared_properties_take_no_arguments() -> None:
    (offered,) = offered_tools("Billing", [types.Tool(name="free", inputSchema={"type": "object"})])
    with pytest.raises(BadArguments):
        check_arguments(offered, {"anything": 1})


def test_names_that_no_model_accepts_are_dropped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    fits = "x" * (64 - len("Billing-"))
    with caplog.at_level(logging.WARNING):
        listed = [
            tool("a.b"),
            tool("é"),
            tool("t", **{"a b": {}}),
            tool(""),
            tool(fits + "x"),
            tool(fits),
            tool("ok"),
            tool("ok"),
        ]
        names = [offered.name for offered in offered_tools("Billing", listed)]

    assert names == [fits, "ok"]
    assert len(caplog.records) == 6


def test_descriptions_and_the_number_of_tools_are_bounded() -> None:
    listed = [tool(f"t{number}").model_copy(update={"description": "x" * 9000}) for number in range(300)]
    offered = offered_tools("Billing", listed)
    assert (len(offered), len(offered[0].description)) == (128, 1024)
