"""An amount of money in an answer is one that was told, however it is written; any other is found out."""

from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.guard import Facts

pennies = st.integers(min_value=0, max_value=99_999_999)


def pounds(amount: int) -> str:
    return f"{Decimal(amount) / 100:.2f}"


@pytest.mark.parametrize(
    "told",
    ["£45.50", '{"total":"45.50"}', '{"total":45.5}', '{"total_pence":4550}', "4550p", "[12,45.50,3]", "GBP 45.50"],
)
@pytest.mark.parametrize(
    "said",
    ["Your bill is £45.50.", "£45.5", "**£45.50**", "£ 45.50", "-£45.50", "£-45.50", "45.50 GBP", "45.50 pounds"],
)
def test_what_was_told_may_be_said_in_another_way(told: str, said: str) -> None:
    assert Facts(told).invented(said) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("£1,234.50", "That is £1234.5."),
        ('{"total":1234.5}', "That is £1,234.50."),
        ('{"rate":0.45}', "Calls cost 45p a minute."),
        ('{"rate_pence":45}', "Calls cost 45p a minute and £0.45 in a minute."),
        ("[1,234,56]", "£1, £234 and £56"),
        ("€45,50", "It is 45,50 € or €45.50."),
        ("Open until 17:00.", "We are open from 9 a.m. to 5 p.m. and stream in 1080p."),
        ("", "Your bill of June 2026 has 3 lines and 25GB."),
    ],
)
def test_other_spellings(told: str, said: str) -> None:
    assert Facts(told).invented(said) == []


@pytest.mark.parametrize(
    ("said", "invented"),
    [
        ("Your bill is £45.51.", ["£45.51"]),
        ("It was £45.50, so you pay £91.00 for both.", ["£91.00"]),
        ("About £45 and 45p.", ["£45", "45p"]),
        ("€12 or $13 or 14 pounds", ["€12", "$13", "14 pounds"]),
        ("£4,550.00", ["£4,550.00"]),
        ("£**99**", ["£**99"]),
        ("99.99£", ["99.99£"]),
    ],
)
def test_what_was_never_told_is_found(said: str, invented: list[str]) -> None:
    assert Facts('{"total":"45.50"}').invented(said) == invented


def test_facts_grow() -> None:
    facts = Facts("I paid £10")
    assert facts.invented("£10 and £20") == ["£20"]
    facts.add('{"total":20}')
    assert facts.invented("£10 and £20") == []


@given(pennies)
def test_every_amount_is_known_again(amount: int) -> None:
    said = f"It is £{pounds(amount)}, or £{amount // 100:,}.{amount % 100:02}."
    assert Facts(f'{{"total":"{pounds(amount)}"}}').invented(said) == []
    assert Facts(f'{{"pence":{amount}}}').invented(said) == []


@given(pennies, pennies)
def test_every_other_amount_is_found(told: int, said: int) -> None:
    """But for what could be pence: a told 4550 may be £45.50."""
    invented = Facts(f'{{"total":"{pounds(told)}"}}').invented(f"You owe £{pounds(said)}.")
    assert bool(invented) == (told not in {said, said * 100})


@given(st.text(), st.text())
def test_any_text_can_be_read(told: str, said: str) -> None:
    Facts(told).invented(said)


def test_it_is_cheap() -> None:
    told = '{"summary":"Your bill is £45.50.","items":[' + ",".join(
        f'{{"line":"x","amount":"{i}.50"}}' for i in range(40)
    )
    said = "Your bill is £45.50.\n" + "\n".join(f"| Line {i} | £{i}.50 |" for i in range(10)) + "£45.50"
    took = []
    for _ in range(50):
        started = perf_counter()
        Facts(told + ',{"total":45.50}]}').invented(said)
        took.append(perf_counter() - started)
    assert min(took) < 0.0005
