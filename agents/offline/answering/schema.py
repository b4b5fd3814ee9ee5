"""Tools as the agent pass sees them: what each parameter is, from its name, description and JSON schema."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from agents.offline.answering.values import Tool
from agents.offline.answering.vocabulary import EMPTY, meanings
from agents.offline.answering.words import label, read_line

type Schema = Mapping[str, JsonValue]


class Kind(StrEnum):
    MONTH = "month"
    YEAR = "year"
    YEAR_MONTH = "year_month"
    DATE = "date"
    COUNTRY = "country"
    COUNTRY_CODE = "country_code"
    PLACE = "place"
    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    IDENTIFIER = "identifier"
    QUERY = "query"
    TEXT = "text"


_VERBATIM = re.compile(r"\b(?:words|question|describ\w+|free text|sentence)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: Kind
    required: bool
    many: bool
    label: str
    description: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None

    @property
    def verbatim(self) -> bool:
        """Whether it takes what the customer says as it is."""
        return self.kind is Kind.QUERY or (self.kind is Kind.TEXT and bool(_VERBATIM.search(self.description)))

    def allows(self, value: JsonValue) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)
        return not (self.pattern and isinstance(value, str)) or re.search(self.pattern, value) is not None


@dataclass(frozen=True, slots=True)
class ToolCard:
    """`weights` says how much each concept speaks for the tool."""

    name: str
    label: str
    description: str
    parameters: tuple[Parameter, ...]
    weights: Mapping[str, float]
    lists: bool
    current: bool
    past: bool

    def of(self, *kinds: Kind) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.kind in kinds)

    @property
    def required(self) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.required)


_PAST = re.compile(r"\b(?:used|spent|paid|history|past|recent)\b", re.IGNORECASE)


def tool_card(tool: Tool) -> ToolCard:
    short = tool.name.split("-", 1)[-1]
    properties = _mapping(tool.parameters.get("properties"))
    required = tool.parameters.get("required")
    names = {str(name) for name in required} if isinstance(required, list) else set()
    parameters = tuple(
        _parameter(name, _mapping(schema), name in names, tool.parameters) for name, schema in properties.items()
    )
    words = label(short).split()
    return ToolCard(
        name=tool.name,
        label=label(short),
        description=tool.description,
        parameters=parameters,
        weights=_weights(words, tool.description, parameters),
        lists=words[0] in ("list", "all", "browse")
        or bool(re.match(r"(?:lists?|all|every)\b", tool.description.lower())),
        past=bool(_PAST.search(tool.description)),
        current="current" in words
        or "latest" in words
        or bool(re.search(r"\b(?:current|latest)\b", tool.description.lower())),
    )


def _weights(words: Sequence[str], description: str, parameters: Sequence[Parameter]) -> dict[str, float]:
    weights: dict[str, float] = {}

    def add(text: str, weight: float) -> None:
        for word in read_line(text).words:
            for meaning in meanings(word.text) if word.text not in EMPTY else ():
                weights[meaning] = max(weights.get(meaning, 0.0), weight)

    first, _, rest = description.partition(". ")
    add(rest, 0.6)
    for parameter in parameters:
        add(parameter.description, 0.4)
        add(parameter.label, 1.0)
        add(" ".join(map(label, parameter.choices)), 0.5)
    add(first, 1.0)
    add(" ".join(words), 2.5)
    return weights


def _mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _parameter(name: str, schema: Schema, required: bool, root: Schema) -> Parameter:
    plain = _plain(schema, root)
    items = _plain(_mapping(plain.get("items")), root) if plain.get("type") == "array" else None
    core = items if items is not None else plain
    title = str(schema.get("title") or label(name))
    description = str(schema.get("description") or plain.get("description") or "")
    choices = tuple(str(value) for value in _sequence(core.get("enum")) if value is not None)
    return Parameter(
        name=name,
        kind=Kind.CHOICE if choices else _kind(label(name).split(), title.lower().split(), description.lower(), core),
        required=required,
        many=items is not None,
        label=label(name),
        description=description,
        choices=choices,
        minimum=_number(core.get("minimum")),
        maximum=_number(core.get("maximum")),
        pattern=pattern if isinstance(pattern := core.get("pattern"), str) else None,
    )


def _plain(schema: Schema, root: Schema) -> Schema:
    """Without `$ref`, and without the `or null` around an optional type."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target: object = root
        for part in reference[2:].split("/"):
            target = _mapping(target).get(part)
        return _plain(_mapping(target), root)
    for keyword in ("anyOf", "oneOf", "allOf"):
        variants = [_plain(_mapping(variant), root) for variant in _sequence(schema.get(keyword))]
        constants = [variant["const"] for variant in variants if "const" in variant]
        if constants:
            return {**schema, "enum": constants}
        variants = [variant for variant in variants if variant.get("type") != "null"]
        if variants:
            return {**schema, **variants[0]}
    if isinstance(schema.get("type"), list):
        return {**schema, "type": next((kind for kind in _sequence(schema["type"]) if kind != "null"), "string")}
    return {**schema, "enum": [schema["const"]]} if "const" in schema else schema


def _kind(name: Sequence[str], title: Sequence[str], description: str, schema: Schema) -> Kind:
    kind = schema.get("type", "string")
    words = {*name, *title}
    if kind == "boolean":
        return Kind.BOOLEAN
    if kind in ("integer", "number"):
        if "month" in words and schema.get("maximum") in (12, None):
            return Kind.MONTH
        return Kind.YEAR if "year" in words else Kind.INTEGER if kind == "integer" else Kind.NUMBER
    return _text_kind(set(name), description, schema)


_QUERIES = frozenset(
    [
        "question",
        "query",
        "text",
        "search",
        "message",
        "prompt",
        "q",
        "keywords",
        "keyword",
        "topic",
        "problem",
        "issue",
        "request",
        "term",
        "terms",
    ]
)
_PLACES = frozenset(["city", "town", "place", "location", "region", "area", "where"])


def _text_kind(name: set[str], description: str, schema: Schema) -> Kind:
    pattern = str(schema.get("pattern", ""))
    if name & {"country", "countries", "nation", "territory"} or (
        name & {"destination", "place", "location", "where", "code", "iso"} and "country" in description
    ):
        coded = (
            "[A-Z]{2}" in pattern
            or schema.get("maxLength") == 2
            or "iso 3166" in description
            or "two-letter" in description
        )
        return Kind.COUNTRY_CODE if coded else Kind.COUNTRY
    if schema.get("format") in ("date", "date-time") or name & {"date", "day", "when"}:
        return Kind.DATE
    if name & {"month", "period"}:
        return Kind.YEAR_MONTH if re.search(r"yyyy-mm|\\d\{4\}-", description + pattern) else Kind.MONTH
    for kind, markers in _MARKED:
        if name & markers:
            return kind
    return Kind.TEXT


_MARKED: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.QUERY, _QUERIES),
    (Kind.POSTCODE, frozenset({"postcode", "postal", "zip", "zipcode"})),
    (Kind.PHONE, frozenset({"phone", "msisdn", "mobile", "telephone"})),
    (Kind.EMAIL, frozenset({"email"})),
    (Kind.IDENTIFIER, frozenset({"id", "reference", "ref", "code", "number", "identifier", "imei", "iccid"})),
    (Kind.PLACE, _PLACES),
)


def _sequence(value: object) -> Sequence[JsonValue]:
    return value if isinstance(value, list | tuple) else ()


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
