"""Times and time zones of a foreign server, whose descriptions say what to use when nothing is named."""

from pydantic import JsonValue

from agents.offline.answering import AnsweringModel
from tests.unit.test_offline_answering import tool
from tests.unit.test_offline_answering_dialogue import talk


def zone(kind: str) -> JsonValue:
    use = f"Use 'Europe/London' as local timezone if no {kind}timezone is provided by the user."
    return {"type": "string", "description": f"IANA timezone name (e.g., 'America/New_York'). {use}"}


CLOCK = AnsweringModel(
    [
        tool("get_current_time", "Get current time in a specific timezone", {"timezone": zone("")}, "timezone"),
        tool(
            "convert_time",
            "Convert time between timezones",
            {
                "source_timezone": zone("source "),
                "time": {"type": "string", "description": "Time to convert in 24-hour format (HH:MM)"},
                "target_timezone": zone("target "),
            },
            "source_timezone",
            "time",
            "target_timezone",
        ),
    ]
)


def test_a_city_names_its_time_zone() -> None:
    assert talk(CLOCK, "what time is it in Tokyo?") == [("get_current_time", {"timezone": "Asia/Tokyo"})]
    again = talk(CLOCK, "what time is it in Tokyo?", "and in New York?")
    assert again == [("get_current_time", {"timezone": "America/New_York"})]


def test_what_the_description_says_to_use_is_used() -> None:
    assert talk(CLOCK, "what time is it?") == [("get_current_time", {"timezone": "Europe/London"})]


def test_one_zone_is_where_to_and_the_other_one_is_ours() -> None:
    wanted = {"source_timezone": "Europe/London", "time": "16:00", "target_timezone": "Asia/Tokyo"}
    assert talk(CLOCK, "convert 4pm to Tokyo time") == [("convert_time", wanted)]
