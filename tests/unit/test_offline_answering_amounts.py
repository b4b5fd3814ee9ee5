"""Numbers, lengths of time and flags for parameters of any schema."""

import pytest
from pydantic import JsonValue

from agents.offline.answering.arguments.flags import find_flag
from agents.offline.answering.arguments.numbers import find_numbers
from agents.offline.answering.reading.reading import Reading, read
from agents.offline.answering.tools.parameters import Parameter, read_parameter


def parameter(name: str, description: str = "", kind: str = "integer") -> Parameter:
    return read_parameter(name, {"type": kind, "description": description}, False, {})


def number(reading: Reading, asked: Parameter) -> float | None:
    found = find_numbers(reading, asked)
    assert len(found) <= 1
    return found[0] if found else None


HIGHEST_PRICE = parameter("max_price", "Highest price per month in GBP", "number")
LEAST_DATA = parameter("min_data_gb", "Least data in GB")
DAYS = parameter("days", "Length of the trip in days")
ARTICLES = parameter("max_results", "How many articles to return")


@pytest.mark.parametrize(
    ("text", "price", "gigabytes"),
    [
        ("SIM only, 20 gigs minimum, tenner max", 10, 20),
        ("nothing over 15 quid a month", 15, None),
        ("not more than 25", 25, None),
        ("a new phone for not more than 45 pounds", 45, None),
        ("under twenty five quid with 100GB or more", 25, 100),
        ("for £15 or less and 30GB+", 15, 30),
        ("less than 20 gigs", None, None),
        ("how does Max 100 compare with Plus 50?", None, None),
        ("a fiver tops", 5, None),
    ],
)
def test_a_limit_goes_by_its_unit_and_direction(text: str, price: float | None, gigabytes: int | None) -> None:
    reading = read(text)
    assert (number(reading, HIGHEST_PRICE), number(reading, LEAST_DATA)) == (price, gigabytes)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("two weeks in Spain", DAYS, 14),
        ("a fortnight in Greece", DAYS, 14),
        ("I'm there a week", DAYS, 7),
        ("for twenty-one days", DAYS, 21),
        ("a day pass for the USA", DAYS, None),
        ("a long weekend in Paris", DAYS, None),
        ("in two weeks I fly to Spain", DAYS, None),
        ("three weeks ago", DAYS, None),
        ("10 days", parameter("weeks"), 2),
        ("12 month contract", parameter("contract_months"), 12),
        ("a two year contract", parameter("contract_months"), 24),
        ("used in the last 10 days", parameter("days", "How many days back to look"), 10),
    ],
)
def test_a_length_of_time_is_told_in_the_unit_of_the_parameter(
    text: str, asked: Parameter, expected: int | None
) -> None:
    assert number(read(text), asked) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("give me five articles about blocking", 5),
        ("the top three articles", 3),
        ("half a dozen articles on sims", 6),
        ("just one article please", 1),
        ("show me the last article", 1),
        ("why is the last article longer than the others", None),
        ("Last one: how do I change my details?", None),
        ("what changed in the last 3 months", None),
    ],
)
def test_a_count_is_of_what_is_listed(text: str, expected: int | None) -> None:
    assert number(read(text), ARTICLES) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("only_unpaid", "which invoices haven't been paid yet", True),
        ("only_unpaid", "the outstanding ones", True),
        ("only_unpaid", "what have I paid", None),
        ("open_sundays", "one that opens on a Sunday", True),
        ("unlimited_data", "unlimited internet please", True),
        ("unlimited_data", "I don't need unlimited data", False),
        ("free_eu_roaming", "free roaming in the EU", True),
        ("includes_roaming", "without roaming", False),
        ("no_contract", "without a contract", True),
        ("no_contract", "when does my contract end", None),
        ("refurbished", "a phone", None),
    ],
)
def test_a_flag_is_set_when_it_is_said_and_unset_when_it_is_denied(name: str, text: str, expected: JsonValue) -> None:
    assert find_flag(parameter(name, kind="boolean"), read(text)) is expected
