"""What we say instead of a call: a question for what is missing, or that we cannot help."""

import re
from collections.abc import Sequence

from agents.offline.answering.parameters import Kind, Parameter
from agents.offline.answering.schema import ToolCard
from agents.offline.answering.tables import slot_tables
from agents.offline.answering.words import label
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
}


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
        return f"Which {parameter.label} do you mean: {_either([label(choice) for choice in parameter.choices])}?"
    about = re.split(r"[.;(]|, for example|, e\.g\.", parameter.description)[0].strip()
    if len(parameter.label) > 1:
        return f"Could you tell me the {parameter.label}, please?"
    return (
        f"Could you tell me which one, please ({about[:1].lower()}{about[1:]})?"
        if about
        else "Could you tell me more, please?"
    )


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
