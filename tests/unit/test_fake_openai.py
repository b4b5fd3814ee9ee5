"""The double behaves as the real API does: what passes here passes there."""

import json
from collections.abc import Iterator, Mapping

import httpx
import pytest
from pydantic import JsonValue

from agents.base import AgentSpec
from agents.config import AGENTS
from agents.structured_output import response_format
from models.plan import AgentReply, Plan
from tests.doubles.fake_openai import API_KEY, MODEL, FakeOpenAI
from tests.doubles.openai_agents import catalogue

CHAT = "/v1/chat/completions"
AZURE = f"/openai/deployments/{MODEL}/chat/completions"
USER: JsonValue = {"role": "user", "content": "Hello"}
CALL: JsonValue = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
ASKED: JsonValue = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOLD: JsonValue = {"role": "tool", "tool_call_id": "call_1", "content": "{}"}
TOLD_BILL = '{"summary": "Your bill is £45.50.", "total": "45.50"}'
EMPTY: dict[str, JsonValue] = {"type": "object", "properties": {}}
BUNDLED = {
    "Billing": ["get_current_bill", "get_bill", "list_bills", "get_payment_status", "explain_charge"],
    "Roaming": ["get_roaming_rates", "list_destinations", "get_roaming_usage"],
    "Tariff": ["get_current_tariff", "list_tariffs", "compare_tariffs", "list_add_ons"],
    "FAQ": ["search_faq", "get_article"],
}


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def client(model: FakeOpenAI) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {API_KEY}", "api-key": API_KEY}
    with httpx.Client(base_url=model.azure_endpoint, headers=headers) as client:
        yield client


def body(**changes: JsonValue) -> dict[str, JsonValue]:
    return {"model": MODEL, "messages": [USER], **changes}


def function(name: str, parameters: JsonValue = None) -> JsonValue:
    inner: JsonValue = {"name": name, "parameters": EMPTY if parameters is None else parameters}
    return {"type": "function", "function": inner}


def json_schema(schema: JsonValue, **changes: JsonValue) -> JsonValue:
    return {"type": "json_schema", "json_schema": {"name": "Output", "strict": True, "schema": schema, **changes}}


def said(response: httpx.Response) -> dict[str, JsonValue]:
    content: dict[str, JsonValue] = json.loads(response.json()["choices"][0]["message"]["content"])
    return content


def asked(response: httpx.Response) -> tuple[str, JsonValue] | None:
    calls = response.json()["choices"][0]["message"].get("tool_calls")
    return (calls[0]["function"]["name"], json.loads(calls[0]["function"]["arguments"])) if calls else None


def test_it_answers_with_usage(client: httpx.Client) -> None:
    content = client.post(CHAT, json=body()).json()
    assert content["choices"][0]["finish_reason"] == "stop"
    assert content["usage"]["total_tokens"] > 0


def test_a_stream_ends_with_its_reason_its_usage_and_done(client: httpx.Client) -> None:
    request = body(stream=True, stream_options={"include_usage": True})
    lines = client.post(CHAT, json=request).text.split("\n\n")
    *chunks, usage = (json.loads(line.removeprefix("data: ")) for line in lines if "{" in line)
    assert lines[-2] == "data: [DONE]"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks) == "Hello! How can I help?"
    assert (usage["choices"], usage["usage"]["completion_tokens"] > 0) == ([], True)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (CHAT, {"authorization": "Bearer wrong"}, 401),
        (f"{AZURE}?api-version=2024-10-21", {"api-key": "wrong"}, 401),
        (f"{AZURE}?api-version=2024-10-21", {}, 200),
        (AZURE, {}, 404),
        (f"{AZURE}?api-version=2023-05-15", {}, 404),
        ("/openai/deployments/other/chat/completions?api-version=2024-10-21", {}, 404),
        ("/v1/chat", {}, 404),
    ],
)
def test_address_and_key_must_be_right(client: httpx.Client, path: str, headers: dict[str, str], status: int) -> None:
    assert client.post(path, json=body(), headers=headers).status_code == status


@pytest.mark.parametrize(
    "request_body",
    [
        body(messages=[]),
        body(messages=[{"role": "customer", "content": "Hello"}]),
        body(messages=[{"role": "user", "content": None}]),
        body(messages=[{"role": "user", "content": "Hello", "name": "two words"}]),
        body(messages=[USER, ASKED]),
        body(messages=[USER, ASKED, USER]),
        body(messages=[USER, TOLD]),
        body(messages=[USER, ASKED, TOLD, TOLD]),
        body(tool_choice="auto"),
        body(tools=[]),
        body(tools=[function("no spaces, please")]),
        body(tools=[function("n" * 65)]),
        body(tools=[function("look", {})]),
        body(tools=[function("look", {"type": "object"})]),
        body(tools=[function("look", {"type": "object", "properties": {"a": {"type": "whole"}}})]),
        body(temperature=3),
        body(stream_options={"include_usage": True}),
        body(customer="C-1001"),
        body(response_format=json_schema(EMPTY)),
        body(response_format=json_schema({"type": "array", "items": {"type": "string"}})),
        body(response_format=json_schema({**EMPTY, "required": [], "additionalProperties": False, "default": {}})),
        body(response_format=json_schema({**EMPTY, "required": []}, strict=False)),
    ],
)
def test_what_the_real_api_refuses_is_refused(client: httpx.Client, request_body: dict[str, JsonValue]) -> None:
    response = client.post(CHAT, json=request_body)
    assert response.status_code == 400
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("output", [Plan, AgentReply])
def test_our_structured_outputs_pass(client: httpx.Client, output: type[Plan | AgentReply]) -> None:
    messages: JsonValue = [{"role": "system", "content": catalogue()}, USER]
    response = client.post(CHAT, json=body(messages=messages, response_format=response_format(output)))
    assert output.model_validate(said(response))


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.name)
def test_examples_of_an_agent_are_routed_to_it(client: httpx.Client, spec: AgentSpec) -> None:
    for example in spec.examples:
        assert routes(client, example) == [spec.name], example


@pytest.mark.parametrize(
    ("message", "agents"),
    [
        ("What is my current bill?", ["Billing"]),
        ("What are the roaming charges in France?", ["Roaming"]),
        ("What is my bill, and how do I set up voicemail?", ["Billing", "FAQ"]),
        ("Tell me a joke about penguins", []),
    ],
)
def test_a_message_is_routed_by_its_words(client: httpx.Client, message: str, agents: list[str]) -> None:
    assert routes(client, message) == agents


def test_a_second_pass_leaves_out_who_was_unable(client: httpx.Client) -> None:
    note: JsonValue = {"role": "system", "content": "Not able to serve this message: Billing, Tariff."}
    assert not {"Billing", "Tariff"} & set(routes(client, "What is my current bill?", note))


@pytest.mark.parametrize(
    ("agent", "request_text", "call"),
    [
        ("Billing", "What is my current bill?", ("get_current_bill", {})),
        ("Billing", "Show me my bill for June 2026", ("get_bill", {"month": 6, "year": 2026})),
        ("Billing", "Has my last payment gone through?", ("get_payment_status", {})),
        ("Billing", "List my bills", ("list_bills", {})),
        ("Roaming", "What are the roaming rates in France?", ("get_roaming_rates", {"country": "France"})),
        ("Roaming", "Calls from New Zealand", ("get_roaming_rates", {"country": "New Zealand"})),
        ("Roaming", "List the roaming destinations", ("list_destinations", {})),
        ("Tariff", "Which plan am I on?", ("get_current_tariff", {})),
        ("Tariff", "What tariffs do you offer?", ("list_tariffs", {})),
        ("FAQ", "How do I set up voicemail?", ("search_faq", {"question": "How do I set up voicemail?"})),
    ],
)
def test_a_tool_is_chosen_by_rules(
    client: httpx.Client, agent: str, request_text: str, call: tuple[str, Mapping[str, JsonValue]]
) -> None:
    response = agent_pass(client, agent, {"role": "user", "content": request_text})
    assert asked(response) == (f"{agent}-{call[0]}", call[1])


def test_the_summary_of_a_result_becomes_the_answer(client: httpx.Client) -> None:
    result: JsonValue = {"role": "tool", "tool_call_id": "call_1", "content": TOLD_BILL}
    assert said(agent_pass(client, "Billing", USER, ASKED, result))["text"] == "Your bill is £45.50."


def test_a_request_out_of_reach_is_handed_back(client: httpx.Client) -> None:
    response = agent_pass(client, "Billing", {"role": "user", "content": "Tell me a joke"})
    assert said(response)["able_to_serve"] is False


def routes(client: httpx.Client, message: str, *notes: JsonValue) -> list[str]:
    messages: JsonValue = [{"role": "system", "content": catalogue()}, {"role": "user", "content": message}, *notes]
    plan = said(client.post(CHAT, json=body(messages=messages, response_format=response_format(Plan))))
    return [route.agent for route in Plan.model_validate(plan).routes]


def agent_pass(client: httpx.Client, agent: str, *messages: JsonValue) -> httpx.Response:
    tools: JsonValue = [function(f"{agent}-{name}") for name in BUNDLED[agent]]
    return client.post(
        CHAT, json=body(messages=list(messages), tools=tools, response_format=response_format(AgentReply))
    )
