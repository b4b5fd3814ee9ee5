"""Which values of an enumeration customers name, whatever a server calls them."""

import pytest
from pydantic import JsonValue

from agents.offline.answering.enumerations.choices import find_choices
from agents.offline.answering.language.words import read_line
from agents.offline.answering.tools.parameters import Parameter, read_parameter


def enumeration(name: str, values: str, description: str = "") -> Parameter:
    schema: dict[str, JsonValue] = {"type": "string", "enum": [*values.split()], "description": description}
    return read_parameter(name, schema, required=False, root=schema)


REGION = enumeration("region", "europe north_america south_america africa_middle_east asia_pacific all_regions")
KIND = enumeration("kind", "sim_only contract prepaid families business")
EXTRA = enumeration(
    "category",
    "boost_data calls overseas device_insurance music_and_tv",
    "calls (extra UK minutes), overseas (calling abroad from the UK); music_and_tv: Netflix, concerts",
)
OFFER = enumeration("offer", "small_5 plus_25 max_100 unlimited family_share")
STATUS = enumeration("status", "any completed pending failed")
INVOICES = enumeration("state", "settled unpaid overdue")
METHOD = enumeration("method", "direct_debit debit_card bank_transfer cash")
SYSTEM = enumeration("system", "Android iOS")
TOPIC = enumeration(
    "topic", "apn wifi_calling voicemail mms call_forwarding", "What to set up; mms is picture messaging."
)
CONTACT = enumeration("channel", "phone live_chat store")
NETWORK = enumeration("technology", "4G 5G")
LENGTH = enumeration("length", "rolling 12_months 24_months")
MONTHS = enumeration("contract_months", "12 24")
USAGE = enumeration("usage", "voice sms both")
SORT = enumeration("sort", "price date")
REASON = enumeration("reason", "cancellation replacement lost_or_stolen")
COUNTRY = enumeration("country", "FR DE ES")
ZONE = enumeration("zone", "zone_1 zone_2", "zone_1 = EU and EEA, zone_2 = USA, Canada")
LANGUAGE = enumeration("language", "en cy it")


@pytest.mark.parametrize(
    ("parameter", "text", "values"),
    [
        (REGION, "which countries in Africa", "africa_middle_east"),
        (REGION, "the Asian ones and Europe", "asia_pacific europe"),
        (REGION, "North and South America", "north_america south_america"),
        (KIND, "anything for my family?", "families"),
        (KIND, "family and businesses", "families business"),
        (KIND, "one that comes with a new phone", "contract"),
        (KIND, "payg", "prepaid"),
        (EXTRA, "can I get my handset insured", "device_insurance"),
        (EXTRA, "Netflix", "music_and_tv"),
        (EXTRA, "data boosters", "boost_data"),
        (EXTRA, "extra minutes", "calls"),
        (EXTRA, "for calling abroad from home", "overseas"),
        (STATUS, "has one of them bounced", "failed"),
        (STATUS, "are any still being processed", "pending"),
        (INVOICES, "which ones haven't been paid", "unpaid"),
        (INVOICES, "the late ones", "overdue"),
        (METHOD, "what I paid by Visa", "debit_card"),
        (METHOD, "by DD", "direct_debit"),
        (SYSTEM, "on my iPhone 15", "iOS"),
        (SYSTEM, "a Samsung Galaxy", "Android"),
        (TOPIC, "picture messages", "mms"),
        (TOPIC, "I want my calls to be forwarded", "call_forwarding"),
        (TOPIC, "calls over wi-fi", "wifi_calling"),
        (CONTACT, "phone, please", "phone"),
        (CONTACT, "by phone or chat", "phone live_chat"),
        (CONTACT, "can I ring you or go to a shop", "phone store"),
        (NETWORK, "is there 5G", "5G"),
        (LENGTH, "thirty day, or two years", "rolling 24_months"),
        (LENGTH, "no contract", "rolling"),
        (MONTHS, "a 24 month one with 12 GB", "24"),
        (USAGE, "calls and texts", "both"),
        (SORT, "cheapest first", "price"),
        (REASON, "I want to cancel", "cancellation"),
        (REASON, "mine was stolen", "lost_or_stolen"),
        (COUNTRY, "the German one", "DE"),
        (LANGUAGE, "in Welsh", "cy"),
        (ZONE, "other European countries", "zone_1"),
        (ZONE, "Zone2", "zone_2"),
        (ZONE, "zone one", "zone_1"),
        (ZONE, "the second zone", "zone_2"),
    ],
)
def test_values_are_called_by_their_words_their_aliases_and_what_is_said_of_them(
    parameter: Parameter, text: str, values: str
) -> None:
    assert find_choices(read_line(text), parameter) == tuple(values.split())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("lite or Plus25", "plus_25"),
        ("the 25 one", "plus_25"),
        ("Max 100 against Family Share", "max_100 family_share"),
        ("the unlimited one", "unlimited"),
        ("compare the 25 and the 100", "plus_25 max_100"),
        ("small 5 or the 100", "small_5 max_100"),
        ("plus 25 and max 100", "plus_25 max_100"),
        ("25 or 30 of them", ""),
        ("one with unlimited data, max £25, plus texts", ""),
    ],
)
def test_values_with_numbers_and_everyday_words_are_named_as_names(text: str, values: str) -> None:
    assert find_choices(read_line(text), OFFER) == tuple(values.split())


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        (EXTRA, "call me back"),
        (USAGE, "text me when it is done"),
        (CONTACT, "my phone is broken"),
        (enumeration("type", "extra_data international_calls"), "where can I use my phone abroad"),
        (METHOD, "my bank says so, and my sim card too"),
        (STATUS, "any payments of mine"),
        (REGION, "all my trips to South Africa"),
        (USAGE, "both my sons"),
        (SORT, "what price is it"),
        (LANGUAGE, "is it there"),
        (NETWORK, "5gb"),
        (ZONE, "what is 1 GB there"),
        (ZONE, "the one plan for 2 people"),
    ],
)
def test_words_in_passing_name_no_value(parameter: Parameter, text: str) -> None:
    assert find_choices(read_line(text), parameter) == ()


@pytest.mark.parametrize(
    ("parameter", "text", "values"),
    [
        (STATUS, "payments of any status", "any"),
        (REGION, "all regions please", "all_regions"),
        (USAGE, "both kinds", "both"),
    ],
)
def test_no_filter_is_named_by_a_clear_phrase(parameter: Parameter, text: str, values: str) -> None:
    assert find_choices(read_line(text), parameter) == (values,)


@pytest.mark.parametrize(
    ("parameter", "text", "values"),
    [
        (KIND, "not prepaid, sim only", "sim_only"),
        (KIND, "anything but business", ""),
        (KIND, "not family or business", ""),
        (USAGE, "the texts, not the calls", "sms"),
        (REGION, "outside Europe", ""),
    ],
)
def test_what_is_denied_is_not_meant(parameter: Parameter, text: str, values: str) -> None:
    assert find_choices(read_line(text), parameter) == tuple(values.split())


@pytest.mark.parametrize(
    ("parameter", "text", "values"),
    [
        (KIND, "famlies", "families"),
        (SYSTEM, "andriod", "Android"),
        (EXTRA, "insurence", "device_insurance"),
        (enumeration("zone", "americas europe"), "africa", ""),
        (enumeration("zone", "world europe"), "in other words", ""),
    ],
)
def test_one_slip_is_forgiven_where_the_word_means_nothing_else(parameter: Parameter, text: str, values: str) -> None:
    assert find_choices(read_line(text), parameter) == tuple(values.split())
