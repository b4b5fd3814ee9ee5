"""What a customer can see of a text."""

import re

# White space, controls, and what Unicode says is shown as nothing (Default_Ignorable_Code_Point), besides the blank
# letters of Braille and of annotations. Joiners and selectors inside a word or an emoji do no harm.
_SEEN = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)


def is_blank(text: str) -> bool:
    return not "!" <= text[:1] <= "~" and _SEEN.search(text) is None
