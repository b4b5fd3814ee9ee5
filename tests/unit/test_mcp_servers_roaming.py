from decimal import Decimal

import pytest

from tests.unit.test_mcp_servers_support import CUSTOMERS, TODAY, ask, call, refused, session

pytestmark = pytest.mark.asyncio

COUNTRIES = [
    ("Spain", "Spain"),
    ("SPAIN", "Spain"),
    (" es ", "Spain"),
    ("ESP", "Spain"),
    ("España", "Spain"),
    ("Tenerife", "Spain"),
    ("my holiday in South Africa", "South Africa"),
    ("USA", "United States"),
    ("the U.S.A.", "United States"),
    ("America", "United States"),
    ("UAE", "United Arab Emirates"),
    ("dubai", "United Arab Emirates"),
    ("Holland", "Netherlands"),
    ("Türkiye", "Turkey"),
    ("northern cyprus", "Turkey"),
    ("czechia", "Czech Republic"),
    ("from the UK to Greece", "Greece"),
    ("Republic of Ireland", "Ireland"),
]


@pytest.mark.parametrize(("asked", "country"), COUNTRIES)
async def test_a_country_is_known_by_many_names(asked: str, country: str) -> None:
    assert (await ask("roaming", "get_roaming_rates", country=asked))["country"] == country


async def test_rates_name_every_price() -> None:
    found = await ask("roaming", "get_roaming_rates", country="Spain")
    assert found["summary"] == (
        "In Spain calls cost 24p a minute, texts 9p and data 12p per MB, or £2.49 a day with a day pass."
    )
    assert {"service": "Calls made", "price": "0.24", "unit": "per minute"} in found["rates"]
    assert found["rates"][-1] == {"service": "Day pass", "price": "2.49", "unit": "per day, with up to 12 GB of data"}
    assert found["included_in_your_plan"] is False


async def test_rates_say_what_the_customers_plan_includes() -> None:
    found = await ask("roaming", "get_roaming_rates", "C-1002", country="Spain")
    assert found["summary"].startswith("Your plan Phone Plan 100GB includes roaming in Spain with up to 25 GB of data")
    assert (found["included_in_your_plan"], found["included_data_gb"]) == (True, 25)


@pytest.mark.parametrize("customer", [None, "C-9999"])
async def test_rates_need_no_customer(customer: str | None) -> None:
    found = await ask("roaming", "get_roaming_rates", customer, country="Japan")
    assert "your_plan" not in found
    assert found["zone"] == "Asia Pacific"


async def test_ireland_costs_the_same_as_home() -> None:
    found = await ask("roaming", "get_roaming_rates", country="Ireland")
    assert found["summary"].startswith("Roaming in Ireland is included in every plan")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("Spian", "Did you mean Spain?"),
        ("Mordor", "Please give the name of one country."),
        ("north korea", "Did you mean South Korea?"),
        ("Spain or Portugal", "Did you mean Portugal or Spain?"),
        ("123", "Please give the name of one country."),
        ("'; DROP TABLE destination; --", "Please give the name of one country."),
    ],
)
async def test_an_unknown_destination_is_refused_with_close_names(asked: str, hint: str) -> None:
    assert await refused("roaming", "get_roaming_rates", country=asked) == f"That is not a destination we know. {hint}"


@pytest.mark.parametrize("asked", ["UK", "Scotland", "Northern Ireland", "the United Kingdom"])
async def test_there_is_no_roaming_at_home(asked: str) -> None:
    assert "at home in the United Kingdom" in await refused("roaming", "get_roaming_rates", country=asked)


async def test_all_destinations_by_zone() -> None:
    found = await ask("roaming", "list_destinations")
    names = [name for zone in found["zones"] for name in zone["destinations"].split(", ")]
    assert found["summary"] == f"You can use your phone in {len(names)} destinations in 6 zones."
    assert len(set(names)) == len(names) >= 60


async def test_every_destination_has_rates() -> None:
    async with session("roaming") as opened:
        listed = await call(opened, "list_destinations")
        assert listed.structuredContent is not None
        for zone in listed.structuredContent["zones"]:
            for name in zone["destinations"].split(", "):
                rates = await call(opened, "get_roaming_rates", {"country": name})
                assert rates.structuredContent is not None, name
                assert rates.structuredContent["zone"] == zone["zone"]


async def test_destinations_of_one_zone() -> None:
    found = await ask("roaming", "list_destinations", zone="europe_plus")
    assert [zone["zone"] for zone in found["zones"]] == ["Europe Plus"]
    assert found["summary"] == "The zone Europe Plus has 14 destinations; a day pass costs £4.50."


async def test_usage_of_a_month_with_a_trip() -> None:
    found = await ask("roaming", "get_roaming_usage", month=8)
    assert found["total_charge"] == "17.43"
    assert found["summary"] == (
        "In August 2026 you used your phone in Spain for 7 days with 4.3 GB of data,"
        " and it cost £17.43 (7 day passes at £2.49 each)."
    )
    assert found["trips"][0]["country"] == "Spain"


async def test_usage_without_a_month_is_the_last_time() -> None:
    found = await ask("roaming", "get_roaming_usage", "C-1005")
    assert found["month"] == "May 2026"
    assert found["summary"].startswith(
        "You have not used your phone abroad in November 2026; the last time was May 2026"
    )
    assert found["trips"][0]["charged_as"] == "included in your plan"


async def test_usage_of_a_month_at_home_and_of_one_out_of_reach() -> None:
    found = await ask("roaming", "get_roaming_usage", month=9)
    assert (found["summary"], found["trips"]) == ("In September 2026 you did not use your phone abroad.", [])
    text = await refused("roaming", "get_roaming_usage", "C-1001", TODAY, month=1, year=2020)
    assert text == "There is no roaming usage for January 2020. It is available from August 2025 to November 2026."


@pytest.mark.parametrize("customer", CUSTOMERS)
async def test_roaming_costs_what_the_bill_of_that_month_says(customer: str) -> None:
    async with session("roaming") as roaming, session("billing") as billing:
        for months_ago in range(16):
            year, index = divmod(2026 * 12 + 10 - months_ago, 12)
            month = {"month": index + 1, "year": year}
            used = (await call(roaming, "get_roaming_usage", month, customer)).structuredContent
            bill = (await call(billing, "get_bill", month, customer)).structuredContent
            assert used is not None
            assert bill is not None
            billed = [Decimal(line["amount"]) for line in bill["lines"] if line["description"].startswith("Roaming in")]
            assert sum(billed) == Decimal(used["total_charge"])
