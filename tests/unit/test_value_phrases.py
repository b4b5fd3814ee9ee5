"""What customers say for the values of enumerations of many operators: for each value a few of their phrases."""

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from agents.offline.answering.arguments.numbers import find_numbers
from agents.offline.answering.enumerations.choices import find_choices
from agents.offline.answering.language.words import read_line
from agents.offline.answering.reading.reading import read
from agents.offline.answering.tools.parameters import Parameter, read_parameter

# A parameter and its description, its values, and what names each; several values of one phrase stand apart by `+`.
_SAID: dict[tuple[str, str], dict[str, str]] = {
    ("offer", "Name of the plan"): {
        "Basic 5GB": "the 5 gig plan; basic 5; the five gig one; 5GB Basic; what's in the 5GB one; the Basic plan",
        "Smart 20GB": "smart 20; the 20 gig Smart; smart20; Smart with 20 gigs; the twenty gig plan; the smaller Smart",
        "Smart 100GB": "the 100 gig one; the hundred gig one; Smart 100; the 100 plan; the bigger smart; a 100GB deal",
        "Unlimited": "Unlimited; the unlimited one; your unlimited plan",
        "Smart 20GB + Smart 100GB": "both Smarts; both of the Smart plans; the 20 gig Smart or the hundred gig one",
        "": "the Smart plan; at least 20GB; another 5 gigs; I use about 20GB; 100 minutes; 20 or 30 of them",
    },
    ("package", "Plan to look at"): {
        "lite_5": "lite 5; the 5 gig lite; Lite with 5GB; the 5 gig one; lite5",
        "plus_25": "Plus 25; the 25 gig one; plus 25GB; the twenty five gig plan",
        "max_100": "max 100; Max100; the hundred gig Max; the 100 deal",
        "family_share": "family share; the family one; Family Share plan",
        "": "family plans; family or plus; business ones; which plans have 5G",
    },
    ("pass", "Travel pass"): {
        "day_pass": "a day pass; one day pass; day passes",
        "7_day_pass": "the 7 day one; the seven day pass; 7-day pass; 7 days",
        "30_day_pass": "the 30 day pass; thirty days; a 30-day one",
    },
    ("category", "Only offers of this category; add_on is extra data, minutes and other extras"): {
        "sim_only": "SIM only; just a SIM; a SIM deal; I'll keep my own phone",
        "with_phone": "with a new phone; phone contracts; handset deals; iPhone deals; with a new Galaxy",
        "family": "family plans; for my kids; for the whole family",
        "business": "business plans; something for my company; for our employees; my team at work",
        "add_on": (
            "any add-ons for five pounds or less?; add-ons; addons; extras; bolt-ons; an add on; extra data; "
            "what can I buy to top it up; get more minutes; another 5 gigs"
        ),
        "": "the 100 gig one; the 5 gig plan; one with more data; with lots of minutes; one with unlimited data",
    },
    ("zone", "Only this zone: 1 = EU and EEA, 2 = other European countries, USA and Canada, 3 = rest of the world"): {
        "1": "zone 1; the EU zone; zone one; the EEA; in the EU",
        "2": "zone 2; zone two; the second zone; USA and Canada; Canada; the USA",
        "3": "zone 3; rest of the world; zone three; everywhere else in the world",
        "": "2 days in Spain; 3 countries; one of my trips",
    },
    ("status", "Only payments with this status"): {
        "received": "ones you have received; received; that went through; that have been processed; successful ones",
        "pending": "still pending; not cleared yet; in progress; that haven't gone through",
        "failed": "did one bounce; failed ones; rejected; was any declined; that did not go through",
        "refunded": "refunds; money I got back; refunded; were any refunded",
    },
    ("bill_status", "Status of the bills"): {
        "paid": "paid bills; what I have paid already; the settled ones",
        "due": "still due; what is still to pay; unpaid ones; outstanding bills",
        "overdue": "overdue; late bills; anything in arrears; past due",
    },
    ("method", "Only payments made in this way"): {
        "direct_debit": "by direct debit; DD; direct debits; by DDs",
        "card": "by card; with my Visa; debit card; on my credit card",
        "bank_transfer": "bank transfer; transferred from my bank; by BACS",
        "paypal": "PayPal; with pay pal; by Paypal",
        "": "the SIM card; my bank",
    },
    ("service", "Only the price of this service"): {
        "calls": "calls; to phone home; ringing; per minute; making a call; to ring people",
        "texts": "texts; SMS; text messages; sending a message",
        "data": "data; internet; per gig; a gigabyte; going online; per MB",
    },
    ("kind", "Kind of add-on"): {
        "extra_data": "data boosters; more data; another 5 gigs; a data add-on; a data top-up",
        "international_calls": "phoning other countries; ring my mum in Poland; international minutes; calls to India",
        "device_insurance": "insure my phone; insurance; phone cover; if I drop my phone",
        "streaming": "Netflix; TV; Disney+; watch films",
    },
    ("region", "Part of the world"): {
        "europe": "European countries; in Europe; the EU",
        "north_america": "North America; North American countries; the USA and Canada",
        "latin_america": "South America; Latin America; Central America",
        "asia_pacific": "Asia; Asian ones; the Far East; Oceania",
        "middle_east_africa": "Africa; the Middle East; African countries; the Gulf states",
    },
    ("area", "Zone of roaming"): {
        "europe": "Europe; European ones; the EU",
        "americas": "America; South America; the Americas",
        "asia_pacific": "Asia; Australasia; Asia Pacific",
        "rest_of_world": "the rest of the world; worldwide; everywhere else",
        "": "where in the world can I use my phone",
    },
    ("feature", "Feature to set up; mobile_data means the APN / internet settings"): {
        "esim": "my eSIM; an e-sim; e sim",
        "voicemail": "voicemail; my voice mail; answerphone; voice messages",
        "wifi_calling": "wifi calling; calls over Wi-Fi; wi-fi calls; call on wifi",
        "mobile_data": "mobile data; the APN; internet settings; APN settings; data connection",
    },
    ("device", "Type of phone, for steps that fit it"): {
        "iphone": "an iPhone 14; Apple; my i phone; iOS; an iPad",
        "android": "Android; a Samsung; my Galaxy S23; a Pixel; Huawei phone",
    },
    ("brand", "Maker of the phone"): {
        "apple": "Apple; an iPhone; iphones",
        "samsung": "Samsung; a Galaxy; a samsung phone",
        "google": "Google; a Pixel; the Google one",
    },
    ("channel", "How to reach us"): {
        "phone": "by phone; ring you; call you; phone please; talk to a human",
        "live_chat": "chat; live chat; webchat; chat online",
        "shop": "in a shop; your stores; in person; a branch",
        "": "my phone is broken; which plan has a phone",
    },
    ("department", "The team to contact"): {
        "technical": "technical support; tech support; technical help; the technical team",
        "sales": "sales; the sales team; someone in sales",
        "lost_or_stolen": "I lost my phone; it was stolen; lost or stolen; my phone got nicked",
        "complaints": "complaints; I want to complain; make a complaint",
    },
    ("charge_type", "Which type of charge to itemise"): {
        "calls": "calls; phone calls; calling",
        "roaming": "roaming; abroad; while travelling",
        "subscriptions": "subscriptions; subscription charges; what I subscribe to",
        "addons": "add-ons; extras; bolt-ons; add ons",
    },
    ("network", "Only this network"): {
        "4G": "4G; 4g signal; LTE",
        "5G": "5G; 5g coverage; do they have 5G",
        "": "5 GB; a 4 gig one",
    },
    ("sort_by", "Order of the list"): {
        "price": "cheapest first; by price; lowest price first",
        "newest": "newest first; most recent ones first; latest first",
        "data": "most data first; by data; biggest allowance first",
    },
    ("order_status", "Only orders in this state"): {
        "processing": "still being processed; in progress; not yet processed",
        "shipped": "already shipped; has it been sent out; dispatched",
        "delivered": "delivered; the ones that have arrived; delivered orders",
        "cancelled": "cancelled; the canceled ones; orders I cancelled",
    },
    ("sim_type", "Type of the SIM"): {
        "physical": "a physical SIM; a normal sim; plastic SIM card; an actual sim",
        "esim": "eSIM; an e-sim; digital e sim",
    },
    ("direction", "Only calls of this direction"): {
        "incoming": "incoming calls; calls I received; inbound",
        "outgoing": "outgoing ones; calls I made; outbound calls",
    },
    ("place", "Where the usage was: domestic or roaming"): {
        "domestic": "at home; in the UK; domestic usage",
        "roaming": "abroad; roaming; while on holiday",
    },
    ("format", "Format of the file"): {"pdf": "a PDF; as pdf", "csv": "CSV; a spreadsheet; for Excel"},
    ("customer_type", "For whom"): {
        "consumer": "just me; a personal one; for myself",
        "business": "for my company; business; we are a small firm",
        "student": "students; I'm at uni; student deals",
        "senior": "over 60s; I'm retired; pensioner plans",
    },
    ("delivery", "How bills are sent"): {
        "email": "by email; e-mail; emailed to me",
        "post": "by post; a letter; in the post",
    },
    ("product", "Which product"): {
        "mobile": "mobile; my mobile plan; mobile plans",
        "broadband": "broadband; home broadband; the broadband bill",
        "tv": "TV; television; the TV package",
    },
    ("gadget", "Type of device"): {
        "phone": "a phone; phones; handset",
        "tablet": "a tablet; iPad; tablets",
        "smartwatch": "a smartwatch; smart watch; Apple Watch",
    },
    ("period", "Which bill"): {
        "current": "this month; my current bill; so far; the current one",
        "previous": "last month; the previous one; previous bill",
    },
    ("reason", "Why it is reported"): {
        "no_signal": "no signal; I have no signal; there's no signal here",
        "slow_data": "slow data; my data is slow; data is really slow",
        "dropped_calls": "dropped calls; my calls drop; calls keep dropping",
    },
    ("section", "Part of the help pages"): {
        "billing": "billing; bills; about my bill",
        "roaming": "roaming; going abroad; travel",
        "network": "network; coverage; signal",
        "account": "my account; account help; account settings",
    },
    ("tier", "Tier of the plan"): {
        "bronze": "bronze; the Bronze one; bronze tier",
        "silver": "silver; Silver plan; the silver",
        "gold": "gold; gold tier; Gold",
    },
    ("level", "Level of cover"): {
        "basic": "the basic one; Basic; basic plan",
        "full": "full; full cover; fully covered",
    },
    ("contract", "Length of the contract"): {
        "monthly": "monthly rolling; no contract; 30 days; month to month",
        "12_months": "12 months; twelve month; one year",
        "24_months": "two years; 24 month; twenty four months; 2 years",
    },
}


def _cases() -> Iterator[tuple[Parameter, str, tuple[str, ...]]]:
    for (name, description), said in _SAID.items():
        values: list[JsonValue] = [value for value in said if value and "+" not in value]
        schema: dict[str, JsonValue] = {"type": "string", "enum": values, "description": description}
        parameter = read_parameter(name, schema, required=False, root=schema)
        for wanted, texts in said.items():
            yield from (
                (parameter, text.strip(), tuple(filter(None, wanted.split(" + ")))) for text in texts.split(";")
            )


@pytest.mark.parametrize(
    ("parameter", "text", "values"), [pytest.param(*case, id=f"{case[0].name}: {case[1]}") for case in _cases()]
)
def test_values_are_named_by_what_customers_say(parameter: Parameter, text: str, values: tuple[str, ...]) -> None:
    assert find_choices(read_line(text), parameter) == values


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        (
            "zone",
            [1, 2, 3],
            {"zone 2": 2, "the EU zone": 1, "rest of the world": 3, "zone two": 2, "2 days in Spain": None},
        ),
        ("contract_months", [1, 12, 24], {"rolling": 1, "a year": 12, "24 months": 24, "12 GB": None}),
        ("data_gb", [5, 20, 100], {"20 gigs": 20, "the hundred gig one": 100}),
    ],
)
def test_numbers_are_named_by_what_they_stand_for(name: str, values: list[int], said: dict[str, int | None]) -> None:
    about = "1 = EU and EEA, 2 = USA, Canada, 3 = rest of the world" if name == "zone" else ""
    schema: dict[str, JsonValue] = {"type": "integer", "enum": [*values], "description": about}
    parameter = read_parameter(name, schema, required=False, root=schema)
    assert {text: next(iter(find_numbers(read(text), parameter)), None) for text in said} == said
