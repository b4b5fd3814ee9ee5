"""What must not be routed at all: attempts to steer the model, other people's data, and harm."""

import re
from collections.abc import Mapping
from enum import StrEnum

_SURE, _MARGIN = 0.5, 0.1
_PERSON = (
    r"(?:neighbou?r|boss|ex(?:[- ](?:wife|husband|girlfriend|boyfriend|partner))?|friend|colleague|co-?worker|girlfriend|boyfriend|"
    r"flatmate|room-?mate|mate|landlord|cousin|tenant|employee|brother|sister|wife|husband|mum|mother|dad|father|partner|uncle|aunt)"
)
_PRIVATE = (
    r"(?:bills?|invoices?|balance|calls?|call (?:history|records|logs?)|usage|data|texts|messages|account|payments?|address|location|plan|"
    r"tariff|contract|voicemails?|phone bill|records|number|roaming)"
)


class Guard(StrEnum):
    INJECTION = "injection"
    OTHER_PERSON = "other_person"
    HARMFUL = "harmful"


_PATTERNS: Mapping[Guard, tuple[re.Pattern[str], ...]] = {
    Guard.INJECTION: tuple(
        re.compile(pattern)
        for pattern in (
            r"\b(?:ignore|disregard|forget|override|bypass|overrule|neglect)\b.{0,30}\b(?:instructions?|prompts?|rules|guidelines|"
            r"programming|directives|polic(?:y|ies)|restrictions|everything (?:above|before)|what you were told)\b",
            r"\b(?:system|hidden|initial|original|secret|developer) (?:prompt|message|instructions?|configuration|rules)\b",
            r"\b(?:developer|debug|god|admin|root|sudo|jailbreak|dan|maintenance|unrestricted|test) mode\b",
            r"\byou are now (?!in \w+ zone|open|closed)\w+.{0,40}\b(?:dan|unrestricted|no restrictions|free|jailbroken|pirate|admin|root|without|terminal)\b",
            r"\b(?:act|behave|pretend|roleplay|imagine)\b.{0,25}\b(?:admin\w*|developer|hacker|terminal|unrestricted|no rules|root|database|dan|unfiltered)\b",
            r"</?\s*(?:agents?|system|instructions?|prompt|script)\b|\bdrop table\b|\bunion select\b|\bselect \*|;\s*--|/etc/passwd|\$\{jndi|\{\{.*\}\}",
            r"\b(?:api|access|secret) (?:keys?|tokens?)\b|\b(?:admin|database|root) password\b|\benvironment variables\b|\bconnection string\b",
            r"\b(?:jailbreak|do anything now|system override|sudo)\b(?! my (?:phone|iphone))",
            r"\byour (?:exact |own |internal |confidential )?(?:instructions|prompt|guidelines|source code|programming)\b",
            r"\b(?:instrucciones|anweisungen|instructions|istruzioni)\b.{0,20}\b(?:anteriores|vorherigen|precedentes|precedenti)\b"
            r"|\b(?:vorherigen|anteriores|bisherigen) (?:anweisungen|instrucciones|regeln)\b",
            r"^\s*(?:system|assistant|developer|admin)\s*:",
            r"\b(?:repeat|print|output|reveal|show|leak)\b.{0,20}\b(?:text|words|everything|message|lines?) (?:above|before)\b",
            r"\b(?:dump|export|exfiltrate)\b.{0,25}\b(?:database|tables?|customers?|records|data|accounts|invoices|bills)\b",
            r"\b(?:switch|turn) off (?:the |your |all )?(?:filters?|safety|restrictions|security|guardrails)\b",
            r"\b(?:tools?|functions?)\b.{0,40}\b(?:json schema|schemas?|parameters|internally)\b",
        )
    ),
    Guard.OTHER_PERSON: tuple(
        re.compile(pattern)
        for pattern in (
            rf"\b(?:my|the|our|your|his|her) (?:\w+ )?{_PERSON}'?s'? (?:\w+ )?{_PRIVATE}\b",
            rf"\b{_PRIVATE} (?:of|for|from|belonging to) (?:my|our|the) (?:\w+ )?{_PERSON}\b",
            rf"\b(?:somebody|someone|another|anyone|somebody|other)(?: else| person| people| customer| customers| user| users)?'?s'? {_PRIVATE}\b",
            rf"\b{_PRIVATE} (?:of|for|from|belonging to) (?:another|other|a different|somebody|someone|all|every|the other|any)\b(?: \w+)?",
            r"\b(?:all|every|other|another|different|each) (?:the |other )?(?:customers?|users?|clients?|subscribers?|accounts?)'?\b",
            r"\b(?:customer|account|user|client|subscriber)(?: number| no\.?| id)? ?#?\d{1,}\b",
            r"\b(?:who|whose|what address)\b.{0,25}\b(?:number|phone)?\b.{0,10}(?:\+?44|0)7\d[\d ]{6,}",
            rf"\bwho (?:has|did|does|is|was) (?:my )?(?:\w+ )?{_PERSON} (?:been )?(?:call|text|phon|ring|messag|talk)",
            rf"\bwhere is my {_PERSON}(?:'s phone)?\b",
            rf"\b(?:read|listen to|see) (?:my )?{_PERSON}'?s? (?:texts?|messages?|voicemails?|calls)\b",
            rf"\b(?:what|how much|which|when|did|does|has|is)\b.{{0,25}}\b(?:plan|tariff|data|minutes|pay|paid|owe|owes|spend|use|used)\b"
            rf".{{0,15}}\b(?:is|did|does|has) (?:my )?{_PERSON}\b(?! (?:and|or) i\b)",
            rf"\b(?:does|did|has|is) my {_PERSON} (?:owe|pay|paid|spend|use|on)\b",
            rf"\bthe (?:previous|last|other) (?:caller|customer|user)(?:'s)?\b|\b(?:last|previous) (?:caller|customer) \w+",
        )
    ),
    Guard.HARMFUL: tuple(
        re.compile(pattern)
        for pattern in (
            r"\b(?:hack|hacking|wiretap|eavesdrop|spy on|listen in on|intercept|clone)\b(?!.{0,15}\b(?:my (?:account|number|phone) (?:was|has|got)))"
            r".{0,40}\b(?:phones?|calls?|sim|messages|texts|account|somebody|someone|network|her|his|their)\b",
            r"\b(?:kill|murder|hurt|shoot|stab|poison|kidnap|blackmail|bomb|burn down|blow up)\b.{0,20}"
            r"\b(?:you|him|her|them|someone|somebody|people|my \w+|your \w+|myself|everyone|a person)\b",
            r"\bburn (?:your|the) \w+ down\b|\bend my life\b|\bwant to die\b|\bsuicide\b",
            r"\b(?:build|make|buy|create|get)\b.{0,15}\b(?:bombs?|explosives?|weapons?|cocaine|meth|drugs|malware|virus|ransomware|fake id|jammer)\b",
            r"\b(?:track|trace|follow|locate|monitor|stalk)\b.{0,40}\b(?:without (?:her|him|them|his|their)|secretly)\b",
            rf"\b(?:track|stalk|spy on|monitor) (?:my )?{_PERSON}\b",
            r"\b(?:stolen|fake|someone else's|somebody else's) (?:cards?|credit cards?|debit cards?|name|identity|documents?|papers|id)\b",
            r"\b(?:sim swap|sim swapping|phishing|ddos)\b.{0,25}\b(?:on|against|attack|someone|into)\b(?! my account| me)",
            r"\b(?:spoof|forge|fake)\b.{0,30}\b(?:number|caller id|someone|scam|signature)\b.{0,25}(?:\bto\b|\banother\b|\bsomeone)",
            r"\bjam\b.{0,20}\b(?:signal|network|phones?)\b|\bsignal jammer\b",
            r"\b(?:threatening|abusive|anonymous|racist|scam|phishing) (?:texts?|messages?|sms|emails?|calls?)\b.{0,20}\b(?:to|anonymously)\b(?! me\b)",
            r"\b(?:send|write)\b.{0,15}\b(?:threatening|abusive|racist|phishing|scam)\b",
            r"\bbypass\b.{0,20}\b(?:imei|block|lock|blacklist)\b|\b(?:imei|blacklist)\b.{0,30}\bstolen phone\b",
            r"\b(?:buy|sell|get|find) (?:some |me )?(?:drugs|weed|cocaine|heroin|guns?|stolen phones?)\b",
            r"\b(?:launder|evade tax|racist joke|porn|nudes?|hate speech)\b",
            r"\b(?:read|see|get) (?:my )?\w+'?s? (?:messages|texts) without\b|\binstall spyware\b|\bnever pay\b",
        )
    ),
}


def refusal(folded: str, chances: Mapping[str, float], inside: float) -> Guard | None:
    """The first guard that a folded text meets, by its words or by what the trained heads say."""
    for guard, patterns in _PATTERNS.items():
        if any(pattern.search(folded) for pattern in patterns):
            return guard
    likely = max(chances, key=lambda name: chances[name], default=None)
    return Guard(likely) if likely and chances[likely] >= max(_SURE, inside + _MARGIN) else None
