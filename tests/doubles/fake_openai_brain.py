"""The fake model's wits: keywords choose agents, rules choose tools, and a tool's `summary` is the answer."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from tests.doubles.fake_openai_wire import Answer, ToolCall

type Body = Mapping[str, JsonValue]
type Brain = Callable[[Body], Answer]
type Arguments = dict[str, JsonValue]

_AGENTS = re.compile(r"<agents>(.*?)</agents>", re.DOTALL)
_UNABLE = re.compile(r"Not able to serve this message: ([^\n]+)")
_PARTS = re.compile(r"(?<=[.?!])\s+|,?\s+\b(?:and|also)\b\s+")
_COUNTRY = re.compile(r"\b(?:in|to|from|for|at|of)\s+(?:the\s+)?([A-Z][\w-]+(?:\s[A-Z][\w-]+)*)")
_MONTHS = re.findall(r"\w+", "january february march april may june july august september october november december")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b(?:\s+(\d{{4}}))?", re.IGNORECASE)
_STOP = frozenset(
    re.findall(
        r"\S+",
        "the about and are can could did does for from get give has have how into just like may more much must not now "
        "our out please show tell than that them then there this was what when where which who why "
        "will with would you your",
    )
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`tool` is asked when `pattern` is found in the request and `arguments` can be read from it."""

    tool: str
    pattern: str
    arguments: Callable[[str], Arguments | None] = lambda request: {}


def _month(request: str) -> Arguments | None:
    found = _MONTH.search(request)
    if found is None:
        return None
    month: Arguments = {"month": _MONTHS.index(found[1].lower()) + 1}
    return month | ({"year": int(found[2])} if found[2] else {})


def _country(request: str) -> Arguments | None:
    found = _COUNTRY.search(request)
    return {"country": found[1]} if found else None


RULES: tuple[Rule, ...] = (
    Rule("get_roaming_rates", r"", _country),
    Rule("get_roaming_usage", r"(?i)\buse[ds]?\b|\busage\b"),
    Rule("list_destinations", r"(?i)destination|countries|zone"),
    Rule("get_bill", r"(?i)\b(bill|invoice|charge)", _month),
    Rule("get_payment_status", r"(?i)payment|paid|debit"),
    Rule("list_bills", r"(?i)\b(bills|invoices)\b"),
    Rule("get_current_bill", r"(?i)bill|owe|charge|due|invoice|balance|outstanding"),
    Rule("list_add_ons", r"(?i)add-?on|extra"),
    Rule("list_tariffs", r"(?i)\b(plans|tariffs)\b"),
    Rule("get_current_tariff", r"(?i)plan|tariff|contract|allowance|minutes|data"),
    Rule("search_faq", r"", lambda request: {"question": request}),
)


def keyword_brain(rules: Sequence[Rule] = RULES) -> Brain:
    def think(body: Body) -> Answer:
        match _schema_name(body):
            case "Plan":
                return Answer(text=json.dumps(_plan(body)))
            case "AgentReply":
                return _act(body, rules)
            case _:
                return Answer(text="Hello! How can I help?")

    return think


def reply(text: str, *, able: bool = True, ask: bool = False) -> Answer:
    content = {"able_to_serve": able, "human_input_required": ask, "text": text}
    return Answer(text=json.dumps(content, ensure_ascii=False))


def tool_names(body: Body) -> list[str]:
    return [str(_dict(tool.get("function")).get("name")) for tool in dicts(body.get("tools"))]


def _plan(body: Body) -> dict[str, JsonValue]:
    system = "\n".join(_texts(body, "system", "developer"))
    catalogue = _AGENTS.search(system)
    unable = _UNABLE.search(system)
    excluded = set(re.findall(r"\w+", unable[1])) if unable else set()
    cards = [card for card in json.loads(catalogue[1] if catalogue else "[]") if card["name"] not in excluded]
    routes = list(_routes(_texts(body, "user")[-1], cards))
    names = ", ".join(card["name"] for card in cards)
    return {
        "steps": [f"Ask the {route['agent']} agent." for route in routes] or ["Answer directly."],
        "routes": [dict(route) for route in routes],
        "reply": None if routes else f"I can help with {names}.",
        "input_required": False,
        "confidence": 0.9 if routes else None,
        "reasons": ["keyword"] if routes else ["no_match"],
    }


def _routes(message: str, cards: Sequence[Mapping[str, JsonValue]]) -> Iterator[dict[str, str]]:
    words = {str(card["name"]): _words(json.dumps(card)) for card in cards}
    known = [str(card["name"]) for card in cards if message in _list(card.get("examples"))]
    requests: dict[str, list[str]] = {name: [message] for name in known}
    for part in () if known else filter(None, _PARTS.split(message)):
        if agent := _best(_words(part), words):
            requests.setdefault(agent, []).append(part)
    for agent, parts in requests.items():
        yield {"agent": agent, "request": message if len(requests) == 1 else " ".join(parts)}


def _best(asked: set[str], words: Mapping[str, set[str]]) -> str | None:
    """A word counts for an agent the more, the fewer agents know it."""
    known = {word: sum(word in other for other in words.values()) for word in asked}
    scores = {name: sum(1 / known[word] for word in asked & own) for name, own in words.items()}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] >= 0.5 else None


def _words(text: str) -> set[str]:
    words = re.findall(r"[a-z]{3,}", text.lower())
    return {word.removesuffix("s") for word in words if word not in _STOP}


def _act(body: Body, rules: Sequence[Rule]) -> Answer:
    messages = dicts(body.get("messages"))
    if messages[-1].get("role") == "tool":
        return reply("\n\n".join(_said(message) for message in _trailing_results(messages)))
    request = _texts(body, "user")[-1]
    offered = {name.partition("-")[2] or name: name for name in tool_names(body)}
    for rule in rules:
        if rule.tool in offered and re.search(rule.pattern, request):
            arguments = rule.arguments(request)
            if arguments is not None:
                return Answer(calls=(ToolCall(offered[rule.tool], json.dumps(arguments)),))
    return reply("This is not something I can look up.", able=False)


def _trailing_results(messages: Sequence[dict[str, JsonValue]]) -> list[dict[str, JsonValue]]:
    last = max(index for index, message in enumerate(messages) if message.get("role") != "tool")
    return list(messages[last + 1 :])


def _said(message: Mapping[str, JsonValue]) -> str:
    content = str(message.get("content"))
    try:
        result = json.loads(content)
    except ValueError:
        return content
    if not isinstance(result, dict):
        return content
    return str(result.get("summary") or result.get("error") or content)


def _texts(body: Body, *roles: str) -> list[str]:
    return [str(m.get("content")) for m in dicts(body.get("messages")) if m.get("role") in roles] or [""]


def _schema_name(body: Body) -> str | None:
    """Of the schema that is asked for, by name or in the words of the instructions."""
    name = _dict(_dict(body.get("response_format")).get("json_schema")).get("name")
    if isinstance(name, str):
        return name
    words = _texts(body, "system", "developer")[0]
    return "AgentReply" if '"able_to_serve"' in words else "Plan" if '"routes"' in words else None


def _dict(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def dicts(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
