"""Words that mean the same to a customer, words that mean nothing alone, and how a word loses its ending."""

from functools import lru_cache

_SAME = """
bill: bill invoice statement billing factura facture rechnung fattura rekening fatura faktura rachunek
payment: payment pay paid paying dd direct debit settle settled settlement overdue outstanding arrears owe owed owing due zahlung pago paiement refund collected
receive: receive arrive arrived gone through went cleared bounced successful failed fail status processed
charge: charge charged fee item extra vat line
price: price cost rate pricing expensive cheap cheapest pricey much prix precio preis coste prezzo tarifs koszt
plan: plan tariff package deal contract subscription bundle tarif tarifa tariffa abonnement
addon: addon add-on addons add-ons booster boosters bolt-on bolton bolt top-up topup
usage: usage use used using consume consumption consumed spend spent verbrauch
compare: compare comparison difference differ versus vs v against better comparing
abroad: abroad roaming roam travel travelling traveling trip holiday overseas foreign visit visiting flying vacation
destination: destination country countries place zone region
data: data internet gb mb gigs gigabytes megabytes datos daten
call: call calls calling phone phoning ring ringing
text: text texts sms message messages
minute: minute minutes mins
current: current now latest present today aktuelle actual actuelle
explain: explain why explanation reason breakdown break broken details detail
find: find search look lookup
article: article guide help page
device: device handset
speed: speed slow fast test
fault: fault outage broken line status
appointment: appointment engineer technician visit book
start: start activate set setup enable turn
date: date when
order: order delivery parcel
weather: weather forecast rain temperature
"""
EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "and",
        "or",
        "but",
        "so",
        "if",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "from",
        "by",
        "with",
        "about",
        "as",
        "into",
        "me",
        "my",
        "mine",
        "i",
        "i'm",
        "i'd",
        "i've",
        "i'll",
        "im",
        "ive",
        "id",
        "we",
        "our",
        "us",
        "you",
        "your",
        "yours",
        "u",
        "ur",
        "it",
        "its",
        "it's",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "doing",
        "done",
        "have",
        "has",
        "had",
        "having",
        "can",
        "could",
        "will",
        "would",
        "should",
        "shall",
        "may",
        "might",
        "must",
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "ta",
        "cheers",
        "hi",
        "hello",
        "hey",
        "dear",
        "ok",
        "okay",
        "well",
        "just",
        "also",
        "too",
        "very",
        "really",
        "quite",
        "then",
        "than",
        "there",
        "here",
        "what",
        "what's",
        "whats",
        "which",
        "who",
        "whose",
        "how",
        "how's",
        "where",
        "show",
        "give",
        "tell",
        "get",
        "got",
        "let",
        "let's",
        "lets",
        "know",
        "see",
        "want",
        "wanted",
        "need",
        "like",
        "say",
        "said",
        "check",
        "look",
        "up",
        "out",
        "off",
        "over",
        "again",
        "still",
        "yet",
        "only",
        "even",
        "one",
        "ones",
        "some",
        "any",
        "all",
        "every",
        "each",
        "other",
        "another",
        "more",
        "most",
        "not",
        "no",
        "nope",
        "yes",
        "yeah",
        "yep",
        "dont",
        "don't",
        "didn't",
        "isn't",
        "sorry",
        "actually",
        "mean",
        "meant",
        "hmm",
        "um",
        "uh",
        "er",
        "oh",
        "right",
        "now",
        "mate",
        "love",
        "help",
        "could",
        "you",
        "sir",
        "madam",
        "kindly",
        "wondering",
        "wonder",
        "question",
        "quick",
        "quickly",
        "when",
        "hold",
        "bit",
        "thing",
        "things",
        "stuff",
        "something",
        "anything",
        "someone",
        "back",
        "come",
        "coming",
        "going",
        "go",
        "goes",
        "im'",
        "per",
        "each",
        "same",
        "again",
        "last",
        "next",
        "previous",
        "past",
        "before",
        "after",
        "ago",
        "earlier",
        "later",
        "month",
        "months",
        "year",
        "years",
        "week",
        "weeks",
        "day",
        "days",
        "first",
        "second",
        "third",
        "mine",
        "que",
        "qual",
        "quel",
        "quelle",
        "el",
        "la",
        "los",
        "las",
        "le",
        "les",
        "un",
        "une",
        "una",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "mein",
        "meine",
        "ist",
        "mi",
        "mon",
        "ma",
        "il",
        "lo",
        "mijn",
        "de",
        "het",
        "en",
        "et",
        "y",
        "und",
        "por",
        "favor",
        "bitte",
    ]
)
_ENDINGS = ("'s", "ies", "ing", "es", "ed", "s")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Enough to bring `charges`, `charged` and `charging` together."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _groups() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _SAME.strip().splitlines():
        concept, _, words = line.partition(":")
        for word in words.split():
            found.setdefault(word, concept)
            found.setdefault(stem(word), concept)
    return found


_CONCEPTS = _groups()


@lru_cache(maxsize=8192)
def concept(word: str) -> str:
    """The shared name of a word's meaning, or its stem."""
    return _CONCEPTS.get(word) or _CONCEPTS.get(stem(word)) or stem(word)
