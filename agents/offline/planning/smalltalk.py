"""Messages that are manners, not questions."""

import re
from enum import StrEnum


class Manner(StrEnum):
    GREETING = "greeting"
    CLOSING = "closing"
    IDENTITY = "identity"


_GREETING = re.compile(
    r"(?:hi+|hello+|hey+|hiya|heya|yo|howdy|greetings|good (?:morning|evening|afternoon|day)|morning|evening|afternoon|hola|bonjour|hallo|ciao|"
    r"dear (?:sir|madam)|sir|madam|there|all|everyone|team|bot|mate|is (?:anyone|anybody|someone) there|anyone there|how are you|and|or|"
    r"how is it going|are you there|you there)"
)
_CLOSING = re.compile(
    r"(?:thanks?(?: you)?(?: (?:very|so) much| a (?:lot|million|bunch)| again)?|many thanks|cheers|ta|thx|bye(?: bye)?|goodbye|good ?night|"
    r"see (?:you|ya)(?: later)?|take care|ok(?:ay)?|kk?|cool|great|perfect|brilliant|lovely|fine|nice|awesome|excellent|super|amazing|wonderful|"
    r"good|got it|i see|understood|alright|all right|right|sorted|noted|no|nope|nah|that is (?:it|all|everything|great|fine|perfect|good)"
    r"(?: i need(?:ed)?)?(?: to know)?(?: for (?:now|today))?|that will be (?:it|all)|that was (?:it|all)|that helps|all done|all good|nothing else|"
    r"(?:you have|you) been (?:a star|a great help|very helpful|great|so helpful|brilliant|a legend)|you are (?:a star|the best|great|"
    r"brilliant|awesome|a legend|very helpful|so helpful|amazing)|have a (?:nice|good|great|lovely) (?:day|one|weekend|evening)|"
    r"for (?:your|the|all your) help|for now|for today|no more questions|i am (?:done|good|fine|all set|happy)|never ?mind|forget it|mate|pal|"
    r"love|then|and|so|very|much|all|for (?:that|everything|nothing)|lol|haha+|buddy|bot|everything|cya|later|cheerio|gracias|danke|merci)"
)
_IDENTITY = re.compile(
    r"^(?:(?:hi|hello|hey|so|and|ok) )*(?:who (?:are|r|am i (?:talking|speaking|chatting)) ?(?:you|to|with)?|what (?:are you|can you do|do you do|can you help"
    r"(?: me)?(?: with)?|can i ask(?: you)?(?: about)?|is your name|do you know)|are you (?:a |an |really |some kind of )*(?:real|bot|robot|human|person|ai|machine|computer|chatgpt)"
    r"(?: person| human)?(?: or .{0,20})?|am i (?:talking|speaking|chatting) (?:to|with) .{0,30}|how can you help(?: me)?|what (?:services|topics|things) .{0,25}(?:help|do|offer))$"
)


def manner(words: list[str]) -> Manner | None:
    text = " ".join(words)
    if not text or len(words) > 14:
        return None
    if _IDENTITY.match(text):
        return Manner.IDENTITY
    if _only(_GREETING, text):
        return Manner.GREETING
    return Manner.CLOSING if _only(_CLOSING, text, _GREETING) else None


def _only(*patterns_and_text: re.Pattern[str] | str) -> bool:
    """True when nothing but these phrases stands in the text."""
    patterns = [each for each in patterns_and_text if isinstance(each, re.Pattern)]
    rest = next(each for each in patterns_and_text if isinstance(each, str))
    while rest:
        match = next((found for pattern in patterns if (found := _whole(pattern, rest))), None)
        if match is None:
            return False
        rest = rest[match:].lstrip()
    return True


def _whole(pattern: re.Pattern[str], text: str) -> int | None:
    match = re.match(rf"(?:{pattern.pattern})(?=\s|$)", text)
    return match.end() if match else None
