"""What we say instead of a call: a question for what is missing, or that we cannot help."""

import re
from collections.abc import Sequence

from agents.offline.answering.language.tables import slot_tables
from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.language.words import label
from agents.offline.answering.tools.parameters import Kind, Parameter
from agents.offline.answering.tools.schema import ToolCard
from models.plan import AgentReply

_QUESTIONS = {
    Kind.MONTH: "Which month do you mean?",
    Kind.YEAR_MONTH: "Which month do you mean?",
    Kind.YEAR: "Which year do you mean?",
    Kind.COUNTRY: "Which country do you mean?",
    Kind.COUNTRY_CODE: "Which country do you mean?",
    Kind.DATE: "Which date would you like?",
    Kind.POSTCODE: "What is the postcode, please?",
    Kind.PHONE: "What is the phone number, please?",
    Kind.EMAIL: "What is the email address, please?",
    Kind.TIMEZONE: "Which city or time zone do you mean?",
    Kind.TIME: "What time do you mean?",
}


_ARTICLES = word_set("a an the your what which who where when how")


def ask_for(parameter: Parameter) -> AgentReply:
    return _question(_QUESTIONS.get(parameter.kind) or _named_question(parameter))


def did_you_mean(codes: Sequence[str]) -> AgentReply:
    names = [slot_tables().names[code] for code in codes]
    return _question(f"Did you mean {_either(names)}?")


def not_able(tools: Sequence[ToolCard]) -> AgentReply:
    text = "Sorry, I cannot answer that with the information I have."
    return AgentReply(able_to_serve=False, human_input_required=False, text=text)


def _question(text: str) -> AgentReply:
    return AgentReply(able_to_serve=True, human_input_required=True, text=text)


def _named_question(parameter: Parameter) -> str:
    if parameter.choices:
        names = [label(choice) if "_" in choice else choice for choice in parameter.choices]
        return f"Which {parameter.label} do you mean: {_either(names)}?"
    about = re.split(r"[.;,(]|\b(?:for example|e\.g|that|which|or)\b", parameter.description)[0].strip()
    about = about.replace("the customer's", "your")
    if not 0 < about.count(" ") < 8:
        about = parameter.label if len(parameter.label) > 1 else "what you would like to look up"
    return f"Could you tell me {_with_article(about)}, please?"


def _with_article(about: str) -> str:
    first = about.split(maxsplit=1)[0]
    lowered = about if first.isupper() else about[:1].lower() + about[1:]
    return lowered if first.lower() in _ARTICLES else f"the {lowered}"


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
