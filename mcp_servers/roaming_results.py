from typing import Literal

from pydantic import BaseModel

from mcp_servers.billing_results import Currency
from mcp_servers.toolkit import Amount, Result

Zone = Literal["home_islands", "europe", "europe_plus", "americas", "asia_pacific", "rest_of_world"]


class Rate(BaseModel):
    service: str
    price: Amount
    unit: str


class RoamingRates(Result):
    country: str
    zone: str
    currency: Currency = "GBP"
    your_plan: str | None = None
    included_in_your_plan: bool | None = None
    included_data_gb: int | None = None
    rates: list[Rate]


class ZoneRow(BaseModel):
    zone: str
    day_pass: Amount | None = None
    destinations: str


class DestinationList(Result):
    currency: Currency = "GBP"
    zones: list[ZoneRow]


class RoamingRow(BaseModel):
    country: str
    days: int
    minutes_made: int
    minutes_received: int
    texts: int
    data_gb: float
    charge: Amount
    charged_as: str


class RoamingUsage(Result):
    month: str
    total_charge: Amount
    currency: Currency = "GBP"
    trips: list[RoamingRow]
