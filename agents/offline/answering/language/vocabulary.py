"""Words that mean the same to a customer, words that mean nothing alone, and how a word loses its ending."""

from functools import lru_cache

from agents.offline.answering.language.tables import slot_tables
from agents.offline.text import by_initial, nearest

# A word with `!` means it in that form only: who was charged asks for a bill, a charge is something else.
_SAME = """
bill: bil bll bills bill invoice statement billing factura facture rechnung fattura rekening fatura
bill: faktura rachunek billed charged! bolletta factuur boleta recibo conta nota fatture facturen rachunku
bill: rechnungen facturas factures
payment: late overpaid underpaid receive received arrive arrived cleared bounced payment pay paid paying debit
payment: dd settle settled settlement zahlung pago paiement refund collected taken took money deposit bank
payment: unpaid bezahlt pagado paye overdue outstanding arrears
due: balance late due overdue outstanding arrears owe owed owing debt owes
charge: charge fee item vat
line: line breakdown itemised itemized detail details
price: price cost rate pricing prix precio preis coste prezzo tarifs koszt kostet kosten kosztuje expensive
price: tariff costi cuesta cout coute prijs kost precos preise prezzi cena ceny costes custa custo
rate: rate rates price prices pricing cost costs charge charges fee fees tariff tarifs preise prezzi precios
cheap: cheap cheaper cheapest affordable budget cheaply
plan: plan tarrif tarrifs tariff package deal contract subscription bundle tarif tarifa tariffa abonnement
plan: allowance
addon: addon addons bolton boltons topup topups booster boosters boost boosts extra extras
usage: usage used consume consumption consumed spent verbrauch left remaining
left: left remaining spent
use: use using uses used
offer: offer sale switch change upgrade downgrade move swap different alternative option options available other
compare: compare comparison difference differ versus vs v against better comparing
abroad: abroad roaming roam travel travelling traveling trip holiday overseas foreign visit visiting flying
abroad: vacation
destination: destination country countries where place zone region
data: data internet gb mb gigs gigabytes megabytes datos daten
broadband: broadband internet wifi fibre router connection
call: call calls calling phone phoning ring ringing
text: text texts sms message messages
minute: minute minutes mins
current: current latest newest aktuelle actual actuelle
explain: increase increased increases rise cause caused explain why explanation reason
find: find search lookup browse
article: article guide help page
fault: fault dropping drops cutting outage broken down dead status offline
speed: speed fast slow quick mbps download upload speedtest test
restart: restart reboot reset rebooting
book: book booking schedule arrange reserve appointment
cancel: cancel cancelled cancellation
renew: renew extend renewal
appointment: appointment engineer technician visit book
order: order delivery parcel package
weather: weather forecast rain rainy snow temperature sunny
warning: warning storm flood alert
device: phone phones handset mobile device
stock: stock available availability
return: return refund back
reading: reading meter says
network: network coverage signal reception mast 3g 4g 5g lte
store: store shop branch shops stores outlet
contact: contact reach hotline helpline team
hours: hours opening open close closes closing closed opens opened
end: end ends finish finishes expire expires expiry until runs renewal
failed: failed fail bounced declined returned rejected unsuccessful
pending: pending processing processed waiting
topic: topic topics subject subjects theme themes area areas section sections
history: history log past earlier
pass: pass passes
insurance: insurance insure insured insuring
way: way ways method methods
allowance: allowance allowances included includes inclusive comes
speed: speed speeds
"""
_NOTHING = """
a an the this that these those and or but so if of to in on at for from by with about as into me my mine i i'm i'd
i've i'll im ive id we our us you your yours u ur it its it's is are was were be been being am do does did doing done
have has had having can could will would should shall may might must please pls plz thanks thank ta cheers hi hello
hey dear ok okay well just also too very really quite then than there here what what's whats which who whose how how's
show give tell get got let let's lets know see want wanted need like say said check up out off over again still yet
only even one ones some any all every each other another more most not no nope yes yeah yep dont don't didn't isn't
sorry actually mean meant hmm um uh er oh right mate love sir madam kindly wondering wonder question quick quickly
when look looking hold bit thing things stuff something anything someone come coming going go goes per same next last
previous past
before after ago earlier later month months year years week weeks day days first second third que qual quel quelle el
la los las le les un une una der die das ein eine mein meine ist mi mon ma il lo mijn de het en et y und por favor
bitte quiero ver zeig mir vom je ile w na za pokaz moj moje quanto quanta combien cuanto cuanta era war etait da os
van della del dello nel nella dans chez much many long big high higher low lower new old whole copy
"""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


EMPTY = word_set(_NOTHING)
_ENDINGS = ("'s", "ies", "ing", "es", "ed", "s")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Enough to bring `charges`, `charged` and `charging` together."""
    if word == "called":
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _groups() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _SAME.strip().splitlines():
        meaning, _, words = line.partition(":")
        for word in words.split():
            exact = word.endswith("!") or len(stem(word)) < 3
            for form in {word.rstrip("!")} if exact else {word, stem(word)}:
                found[form] = tuple(dict.fromkeys((*found.get(form, ()), meaning)))
    return found


_MEANINGS = _groups()
_SPELLINGS = by_initial(word for word in _MEANINGS if len(word) > 4)
_EXACT = frozenset(word.rstrip("!") for word in _SAME.split() if word.endswith("!"))


@lru_cache(maxsize=8192)
def meanings(word: str) -> tuple[str, ...]:
    """The shared names of a word's meanings, or its stem when it shares none."""
    if word in _EXACT:
        return _MEANINGS[word]
    root = stem(word)
    if word not in _MEANINGS and root not in _MEANINGS and (meant := slot_tables().meant.get(word)):
        found = [meaning for part in meant.split() if part not in EMPTY and part != word for meaning in meanings(part)]
        return tuple(dict.fromkeys(found)) or (root,)
    known = (*_MEANINGS.get(word, ()), *_MEANINGS.get(root, ()))
    if not known and len(word) > 4 and word not in slot_tables().safe and (meant := nearest(word, _SPELLINGS)):
        known = _MEANINGS[meant]
    return tuple(dict.fromkeys(known)) or (root,)


def is_known(word: str) -> bool:
    return word in EMPTY or word in _MEANINGS or stem(word) in _MEANINGS
