import sqlite3
from typing import Annotated

from pydantic import Field

from mcp_servers.destinations import Destinations
from mcp_servers.months import Clock, Month
from mcp_servers.records import RecordKeeper, Records
from mcp_servers.roaming_results import DestinationList, Rate, RoamingRates, RoamingRow, RoamingUsage, Zone, ZoneRow
from mcp_servers.toolkit import Caller, MonthNumber, Refusal, Year, tool
from mcp_servers.wording import amount, counted, country, gigabytes, joined, money, rate

COUNTRY = 'Country or ISO code, for example "Spain", "USA" or "AE"'
PLAN = """
SELECT tariff.name, roaming_gb, tariff_roaming.zone FROM subscription JOIN tariff ON subscription.tariff = tariff.name
LEFT JOIN tariff_roaming ON tariff_roaming.tariff = tariff.name AND tariff_roaming.zone = ? WHERE customer = ?"""


class Roaming:
    """Prices and use of calls, texts and data abroad."""

    def __init__(self, today: Clock) -> None:
        self._keeper = RecordKeeper(today)
        self._destinations: Destinations | None = None

    @tool("roaming rates")
    async def get_roaming_rates(
        self, caller: Caller, country: Annotated[str, Field(min_length=2, max_length=80, description=COUNTRY)]
    ) -> RoamingRates:
        """Prices of calls, texts, data and day passes in one country, and whether the customer's plan includes it."""
        records = self._keeper.current()
        if self._destinations is None:
            self._destinations = Destinations(records.all("SELECT * FROM destination"))
        name = self._destinations.find(country)
        zone = records.one("SELECT zone.* FROM destination JOIN zone USING (zone) WHERE destination.name = ?", name)
        plan = records.first(PLAN, zone["zone"], caller.known_id) if caller.known_id else None
        included = plan is not None and plan["zone"] is not None
        return RoamingRates(
            summary=rates_summary(name, zone, plan if included else None),
            country=name,
            zone=zone["name"],
            your_plan=plan["name"] if plan else None,
            included_in_your_plan=included if plan else None,
            included_data_gb=plan["roaming_gb"] if plan and included and plan["roaming_gb"] else None,
            rates=list(rates(zone)),
        )

    @tool("roaming destinations")
    async def list_destinations(
        self, zone: Annotated[Zone | None, Field(description="Only the destinations of this zone")] = None
    ) -> DestinationList:
        """All countries where customers can roam, by zone, with the price of a day pass."""
        rows = self._keeper.current().all(
            "SELECT zone.*, group_concat(country, ', ') AS names, count(*) AS number"
            " FROM zone JOIN (SELECT name AS country, zone FROM destination ORDER BY name) USING (zone)"
            " WHERE zone = coalesce(?, zone) GROUP BY zone ORDER BY position",
            zone,
        )
        number = counted(sum(row["number"] for row in rows), "destination")
        if zone is None:
            summary = f"You can use your phone in {number} in {len(rows)} zones."
        elif rows[0]["day_pass"]:
            summary = f"The zone {rows[0]['name']} has {number}; a day pass costs {money(rows[0]['day_pass'])}."
        else:
            summary = f"The zone {rows[0]['name']} has {number}; every plan includes them."
        return DestinationList(
            summary=summary,
            zones=[
                ZoneRow(
                    zone=row["name"],
                    day_pass=amount(row["day_pass"]) if row["day_pass"] else None,
                    destinations=row["names"],
                )
                for row in rows
            ],
        )

    @tool("your roaming usage")
    async def get_roaming_usage(
        self, caller: Caller, month: MonthNumber | None = None, year: Year | None = None
    ) -> RoamingUsage:
        """Where and how much the customer used the phone abroad, and what it cost, in a month or the last time."""
        records, customer = self._keeper.of_customer(caller)
        asked = asked_month(records, customer, month, year)
        trips = trips_of(records, customer, asked)
        if trips or month is not None:
            happened = f"{trips_summary(trips)}." if trips else "you did not use your phone abroad."
            return usage(asked, trips, f"In {asked} {happened}")
        last = records.first("SELECT max(month) AS month FROM roaming_usage WHERE customer = ?", customer)
        if last is None or last["month"] is None:
            return usage(asked, [], "You have not used your phone abroad in the months we can show.")
        latest = Month.parse(last["month"])
        trips = trips_of(records, customer, latest)
        summary = (
            f"You have not used your phone abroad in {asked}; the last time was {latest}, when {trips_summary(trips)}."
        )
        return usage(latest, trips, summary)


def rates(zone: sqlite3.Row) -> list[Rate]:
    prices = [
        ("Calls made", zone["call_made"], "per minute"),
        ("Calls received", zone["call_received"], "per minute"),
        ("Texts sent", zone["text_sent"], "per text"),
        ("Texts received", 0, "per text"),
        ("Data", zone["data_mb"], "per MB"),
    ]
    if zone["day_pass"]:
        prices.append(("Day pass", zone["day_pass"], f"per day, with up to {zone['day_pass_gb']} GB of data"))
    return [Rate(service=service, price=amount(price), unit=unit) for service, price, unit in prices]


def rates_summary(name: str, zone: sqlite3.Row, plan: sqlite3.Row | None) -> str:
    """`plan` is the customer's plan when it includes the country."""
    if not zone["day_pass"]:
        return f"Roaming in {country(name)} is included in every plan: calls, texts and data cost the same as at home."
    prices = (
        f"calls cost {rate(zone['call_made'])} a minute, texts {rate(zone['text_sent'])}"
        f" and data {rate(zone['data_mb'])} per MB, or {money(zone['day_pass'])} a day with a day pass"
    )
    if plan is None:
        return f"In {country(name)} {prices}."
    data = f"up to {plan['roaming_gb']} GB of data a month"
    return f"Your plan {plan['name']} includes roaming in {country(name)} with {data}; beyond that {prices}."


def asked_month(records: Records, customer: str, number: int | None, year: int | None) -> Month:
    """The current month when none is asked; raises `Refusal` outside the months we have."""
    if number is None:
        if year is not None:
            raise Refusal("Please give the month together with the year.")
        return Month.of(records.today)
    asked = Month.asked(records.today, number, year)
    known = records.one("SELECT min(month) AS first, max(month) AS last FROM usage WHERE customer = ?", customer)
    first, last = Month.parse(known["first"]), Month.parse(known["last"])
    if not first <= asked <= last:
        raise Refusal(f"There is no roaming usage for {asked}. It is available from {first} to {last}.")
    return asked


def trips_of(records: Records, customer: str, month: Month) -> list[sqlite3.Row]:
    return records.all("SELECT * FROM roaming_usage WHERE customer = ? AND month = ?", customer, month.key)


def trips_summary(trips: list[sqlite3.Row]) -> str:
    places = joined([f"{country(trip['country'])} for {counted(trip['days'], 'day')}" for trip in trips])
    data, cost = sum(trip["data_mb"] for trip in trips), sum(trip["pence"] for trip in trips)
    how = f" ({trips[0]['charged']})" if len(trips) == 1 else ""
    price = f"it cost {money(cost)}{how}" if cost else "it was included in your plan"
    return f"you used your phone in {places} with {gigabytes(data)} of data, and {price}"


def usage(month: Month, trips: list[sqlite3.Row], summary: str) -> RoamingUsage:
    return RoamingUsage(
        summary=summary,
        month=str(month),
        total_charge=amount(sum(trip["pence"] for trip in trips)),
        trips=[
            RoamingRow(
                country=trip["country"],
                days=trip["days"],
                minutes_made=trip["minutes_made"],
                minutes_received=trip["minutes_received"],
                texts=trip["texts"],
                data_gb=round(trip["data_mb"] / 1000, 2),
                charge=amount(trip["pence"]),
                charged_as=trip["charged"],
            )
            for trip in trips
        ],
    )
