"""Finds the charge a customer asks about, and the differences between two bills."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mcp_servers.stories import Line
from mcp_servers.wording import amount


@lru_cache(maxsize=1024)
def words(text: str) -> frozenset[str]:
    """Words without their plural, so that "texts" finds "Premium text"."""
    found = re.findall(r"[a-z0-9][a-z0-9-]*", text.lower().replace("'s", ""))
    return frozenset(word.removesuffix("s") for word in found)


# Words that say something about any bill; what is left of a question names a charge.
GENERAL = words(
    """
    a about again all am an and any are as at be been bill billed bills but by can change changed charge charged
    charges cheaper compare compared cost costs could did difference different do does expensive explain extra
    for from go gone got had has have high higher how i if in increase increased increases is it item items jump
    jumped last less line low lower me money month months more most much my new no not of off on one or our out
    over paid pay payment please previous price reason rise risen say see should show so some than that the
    their them then there these they thing this those to total understand up usual usually was we went were what
    when where which why will with would x you your cheap explained expecting suddenly dear big bigger breakdown
    correct current detail details doubled latest main normal overcharged right spike time unexpected wrong
    january february march april may june july august september october november december
    """
)
KIND_WORDS = {
    "plan": "plan tariff monthly contract rental subscription basic",
    "add-on": "add-on add-ons addon addons add bolt-on bolt-ons extras option subscription service",
    "roaming": "roaming roam abroad holiday travel travelling trip overseas foreign country day pass passes",
    "calls": "call calls minute minutes phoning number numbers premium",
    "data": "data internet gb",
    "texts": "text texts sms message messages picture mms",
    "discount": "discount offer saving reduction credit refund",
    "fee": "fee fees penalty late admin",
    "VAT": "vat tax",
}


AMOUNT = re.compile(r"\d+\.\d{2}")

type Fit = tuple[bool, int, int]
NO_FIT: Fit = (False, 0, 0)


@dataclass(frozen=True)
class Match:
    """The lines that fit a question best, and how well: greater is better."""

    fit: Fit
    lines: Sequence[Line]


@dataclass(frozen=True)
class Change:
    description: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def names_a_charge(question: str) -> bool:
    return bool(amounts(question) or said(question))


def amounts(question: str) -> set[str]:
    return set(AMOUNT.findall(question))


def said(question: str) -> set[str]:
    return {word for word in words(AMOUNT.sub("", question)) - GENERAL if not re.fullmatch(r"20\d\d", word)}


def matching(lines: Iterable[Line], question: str) -> Match:
    """The lines that fit best: by their amount, else by words of their description, else by their kind."""
    asked, wanted = said(question), amounts(question)

    def fit(line: Line) -> Fit:
        described = len(asked & words(line.description))
        return (
            amount(abs(line.pence)) in wanted,
            described,
            0 if described else len(asked & words(KIND_WORDS[line.kind])),
        )

    fits = [(fit(line), line) for line in lines]
    best = max((found for found, _ in fits), default=NO_FIT)
    return Match(best, [line for found, line in fits if found == best] if best > NO_FIT else [])


def changes(before: Sequence[Line], after: Sequence[Line]) -> list[Change]:
    """Lines whose amount is not the same, the biggest difference first."""
    names = dict.fromkeys(line.description for line in (*after, *before))

    def total(lines: Sequence[Line], name: str) -> int:
        return sum(line.pence for line in lines if line.description == name)

    found = [Change(name, total(before, name), total(after, name)) for name in names]
    return sorted((c for c in found if c.difference), key=lambda c: -abs(c.difference))
