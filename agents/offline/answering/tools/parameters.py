"""What each parameter of a tool is, from its name, description and JSON schema."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.language.words import label
from agents.offline.answering.reading.date_forms import day_form, month_form, months_of, year_month_form

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
    TIMEZONE = "timezone"
    TIME = "time"
    IDENTIFIER = "identifier"
    QUERY = "query"
    TEXT = "text"


_OWN = re.compile(r"['\"`]((?:my|current|mine|own)[\w ]*)['\"`]")
_FALLBACK = re.compile(
    r"\b(?:use|default(?:s|ing)?(?: to| is)?|assume[sd]?):? ['\"`]([^'\"`]{1,60})['\"`]", re.IGNORECASE
)
_QUOTED = re.compile(r"(?<!\w)['\"`]([^'\"`]{2,40})['\"`]")
# "Plan name: Lite, Plus or Max".
_LISTED = re.compile(
    r"(?::|\be\.g\.|\bsuch as|\blike|\bone of)\s+((?:[A-Z][\w ]*?(?:, | or | and )){1,9}[A-Z]\w*(?: [A-Z\d]\w*)*)"
)
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
    longest: int = 500
    textual: bool = False
    form: str = ""
    months: tuple[str, ...] = ()

    @property
    def verbatim(self) -> bool:
        """Whether it takes what the customer says as it is."""
        return self.kind is Kind.QUERY or (self.kind is Kind.TEXT and bool(_VERBATIM.search(self.description)))

    @property
    def own(self) -> str:
        """How the tool wants the customer's own thing called, if its description says so."""
        said = _OWN.search(self.description)
        return said[1] if said else "my plan"

    @property
    def fallback(self) -> str | None:
        """What its description says to use when nothing is named."""
        said = _FALLBACK.search(self.description)
        return said[1] if said else None

    @property
    def examples(self) -> tuple[str, ...]:
        """Values that its description quotes or lists."""
        listed = _LISTED.search(self.description)
        names = re.split(r",\s*|\s+(?:or|and)\s+", listed[1]) if listed else ()
        return (*_QUOTED.findall(self.description), *(name for name in names if name[:1].isupper()))

    def cut(self, text: str) -> str:
        """Text as long as the schema allows: of a long story its last question, else its beginning."""
        text = text.strip()
        if len(text) <= self.longest:
            return text
        sentences = [part.strip() for part in re.split(r"(?<=[.!?\n])", text)]
        questions = [part for part in sentences if part.endswith("?") and len(part) <= self.longest]
        return questions[-1] if questions else text[: self.longest].rsplit(" ", 1)[0]

    def allows(self, value: JsonValue) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool):
            listed = not self.choices or str(value) in self.choices
            above = self.minimum is None or value >= self.minimum
            return listed and above and (self.maximum is None or value <= self.maximum)
        return not (self.pattern and isinstance(value, str)) or _matches(self.pattern, value)


def _matches(pattern: str, value: str) -> bool:
    """A pattern that is none of Python's decides nothing."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True


def mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def read_parameter(name: str, schema: Schema, required: bool, root: Schema, *, about: str = "") -> Parameter:
    plain = _plain(schema, root)
    items = _plain(mapping(plain.get("items")), root) if plain.get("type") == "array" else None
    core = items if items is not None else plain
    title = str(schema.get("title") or label(name))
    description = str(schema.get("description") or plain.get("description") or "")
    choices = tuple(str(value) for value in _sequence(core.get("enum")) if value is not None)
    kind, form = _kind(label(name).split(), title.lower().split(), (description or about).lower(), core)
    numeric = core.get("type") in ("integer", "number")
    monthly = not numeric or {"month", "period"} & {*label(name).split()}
    months = months_of(choices) if monthly else ()
    if choices and (months or not numeric):
        kind = Kind.MONTH if months else Kind.CHOICE
    return Parameter(
        name=name,
        kind=kind,
        form=form,
        months=months,
        required=required,
        many=items is not None,
        label=label(name),
        description=description,
        choices=() if months else choices,
        minimum=_number(core.get("minimum")),
        maximum=_number(core.get("maximum")),
        textual=core.get("type", "string") == "string",
        longest=int(_number(core.get("maxLength")) or 500),
        pattern=pattern if isinstance(pattern := core.get("pattern"), str) else None,
    )


def _plain(schema: Schema, root: Schema) -> Schema:
    """Without `$ref`, and without the `or null` around an optional type."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target: object = root
        for part in reference[2:].split("/"):
            target = mapping(target).get(part)
        return _plain(mapping(target), root)
    for keyword in ("anyOf", "oneOf", "allOf"):
        variants = [_plain(mapping(variant), root) for variant in _sequence(schema.get(keyword))]
        constants = [variant["const"] for variant in variants if "const" in variant]
        if constants:
            return {**schema, "enum": constants}
        variants = [variant for variant in variants if variant.get("type") != "null"]
        if variants:
            return {**schema, **variants[0]}
    if isinstance(schema.get("type"), list):
        return {**schema, "type": next((kind for kind in _sequence(schema["type"]) if kind != "null"), "string")}
    return {**schema, "enum": [schema["const"]]} if "const" in schema else schema


def _kind(name: Sequence[str], title: Sequence[str], description: str, schema: Schema) -> tuple[Kind, str]:
    """What it is and, of days and months, how it is written."""
    kind = schema.get("type", "string")
    words = {*name, *title}
    if kind == "boolean":
        return Kind.BOOLEAN, ""
    if kind in ("integer", "number"):
        if (form := year_month_form(words, description, schema)) == "%Y%m":
            return Kind.YEAR_MONTH, form
        if "month" in words and schema.get("maximum") in (12, None) and not words & _MEASURES:
            return Kind.MONTH, ""
        return (Kind.YEAR if "year" in words else Kind.INTEGER if kind == "integer" else Kind.NUMBER), ""
    return _text_kind({*name}, description, schema)


_QUERIES = word_set(
    "question query text search message prompt q keywords keyword topic problem issue request term terms"
)
_IDENTIFIERS = frozenset(["id", "reference", "ref", "code", "number", "identifier", "imei", "iccid"])
_NEVER_DATES = _QUERIES | _IDENTIFIERS
# A price per month is no month.
_MEASURES = word_set("per price cost fee budget amount spend min max minimum maximum gb mb data limit count")
_ASKERS = frozenset(["customer", "user", "free", "full", "help", "faq", "guide", "article", "of", "the", "or", "s"])
_PLACES = frozenset(["city", "town", "place", "location", "region", "area", "where"])


def _time_kind(name: set[str], description: str, schema: Schema) -> Kind | None:
    if name & {"timezone", "tz"} or {"time", "zone"} <= name or "iana" in description:
        return Kind.TIMEZONE
    return Kind.TIME if name & {"time", "hour"} and schema.get("format") in (None, "time") else None


def _text_kind(name: set[str], description: str, schema: Schema) -> tuple[Kind, str]:
    if found := _time_kind(name, description, schema) or _country_kind(name, description, schema):
        return found, ""
    if not name & _NEVER_DATES:
        if form := day_form(name, description, schema):
            return Kind.DATE, form
        if form := year_month_form(name, description, schema):
            return Kind.YEAR_MONTH, form
    if name & {"month", "period"}:
        return Kind.MONTH, month_form(description)
    if "year" in name:
        return Kind.YEAR, ""
    asks = name <= _QUERIES | _ASKERS  # A question; the text of a bill's line is none.
    kinds = (kind for kind, markers in _MARKED if name & markers and (asks or kind is not Kind.QUERY))
    return next(kinds, Kind.TEXT), ""


def _country_kind(name: set[str], description: str, schema: Schema) -> Kind | None:
    asked = name & {"destination", "place", "location", "where", "code", "iso"} and "country" in description
    if not asked and not name & {"country", "countries", "nation", "territory"}:
        return None
    coded = "[A-Z]{2}" in str(schema.get("pattern", "")) or schema.get("maxLength") == 2
    return Kind.COUNTRY_CODE if coded or re.search("iso 3166|two-letter", description) else Kind.COUNTRY


_MARKED: tuple[tuple[Kind, frozenset[str]], ...] = (
    (Kind.QUERY, _QUERIES),
    (Kind.POSTCODE, frozenset({"postcode", "postal", "zip", "zipcode"})),
    (Kind.PHONE, frozenset({"phone", "msisdn", "mobile", "telephone"})),
    (Kind.EMAIL, frozenset({"email"})),
    (Kind.IDENTIFIER, _IDENTIFIERS),
    (Kind.PLACE, _PLACES),
)


def _sequence(value: object) -> Sequence[JsonValue]:
    return value if isinstance(value, list | tuple) else ()


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
