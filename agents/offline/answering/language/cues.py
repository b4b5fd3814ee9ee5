"""What gives away what a text is after, as patterns over its plain words."""

import re

from agents.offline.answering.language.vocabulary import word_set
from agents.offline.answering.language.words import NUMBERS

SOFTENERS = (
    r"(?:ok|okay|so|right|great|thanks|thank you|cool|hmm|um|no|nope|sorry|yes|and|but|oh|ah|please|actually|well"
    r"|then|alright|good|nice|lovely|perfect|fine|cheers|ta|hi|hey|yeah|yep|brilliant)"
)
OPENING = re.compile(
    rf"^(?:{SOFTENERS} )*(?:and|an(?= [^aeiou])|what about|how about|what of|or|but|also|same for|plus|y|et|und|not"
    r"|no|sorry|i meant|i mean|instead|make that|make it|try|for|only|just|in|from|with|wat|what abt|how abt)\b"
)
POINTING = re.compile(
    r"^(?:is|was|are|were) \w+$|\b(?:it|that|this|there|them|those|these|one|ones|same|its|it's|that's|thats|both)\b"
)
DEFINITE = re.compile(
    r"\bthe (?:whole |full |entire |same )?(?:bill|invoice|statement|payment|charge|booking|order|country"
    r"|amount|total|date|price|cost|lines?"
    r"|details?)\b"
)
WHY = re.compile(
    rf"^(?:{SOFTENERS} )*(?:why|how come|what happened|warum|pourquoi|por que|perche|y)\b|\bwhy\b|\bhow come\b"
)
LISTING = re.compile(
    r"\b(?:list|all|every|everything|each|history|which|what (?!is|was|'s|does|has)\w+s|past|previous|available"
    r"|options|choose|offers?|an? (?:old|older|earlier) \w+"
    r"|range|different|any|got|have you|(?<!most )recent|past year|overview|where can"
    r"|where are|where do|is there|are there|do you (?:have|do|offer|sell)|looking for)\b"
)
OWN = re.compile(r"\b(?:my|mine|our|i'm on|im on|am i|do i have|i have|i've got|i am on|have i|did i|do i)\b")
HAS = re.compile(
    r"\b(?:what(?:'s|s| is) mine$|which (?:one )?is mine|what(?:'ve|ve| have) i (?:already |now )?got"
    r"|am i (?:currently |even |now |already )?on|i'?m on|i am on"
    r"|do i (?:already |still )?have(?! to)|(?:is (?:it|my phone|this)|am i|are we) (?:insured|covered)"
    r"|which \S+ am i paying for"
    r"|have i (?:already |still |just )?got|i've got|do i get|(?<!could )(?<!can )(?<!may )i have)\b"
)
# What is left of an allowance is no thing that one has.
REMAINING = re.compile(r"\b(?:have|got|get)\b.* (?:left|remaining)\b(?! (?:on|in|of) (?:my|the) (?:contract|plan))")
THAN = re.compile(r"\bthan .*")
# What one has is but the other side of a comparison.
HELD_AGAINST = re.compile(r"\b(?:than|compare[sd]?|versus|vs|against|stack up) .*")
SUPERLATIVE = re.compile(
    r"\b(?:cheapest|dearest|highest|lowest|biggest|largest|smallest|most|least|best|in total)\b(?! recent)"
)
COUNTS = r"(\d{1,3}|half (?:a )?dozen|couple of|couple|few|dozen|" + "|".join(NUMBERS) + ")"
COUNT = re.compile(
    rf"\b(?:last|past|previous|recent|latest|first|top|next)(?: my)? (?!one\b){COUNTS}\b(?: (\w+))?"
    rf"|\b{COUNTS} (?:most recent|latest|recent|last|past|previous)(?: (\w+))?"
)
ASKING = word_set(
    """
    how when what why is was were are did do does can could show list tell give explain compare who where which will
    would get see book run check
    """
)
PAST = re.compile(r"\b(?:did|cost me|charged me|used|spent|have i)\b")
HAPPENED = re.compile(
    r"\b(?:did (?:it|that|this|they|i|we|my|our)|was i charged|have i (?:used|spent)|i (?:used|spent))\b"
)
STORY = re.compile(
    r"(?:hi |hello |so |well )?(?:i|i'm|im|i am|i've|we|we're)\b[^?]*?(?:[.;!] | so |, so | but |, but )"
    r"(?=(?:can|could|what|whats|what's|how|when|did|do|does|is|was|which|show|check|please)\b)"
)
# What stands before the month of a journey to come, which no bill is of yet: "I'm going abroad next month".
LEAVING = re.compile(
    r"\b(?:(?:i|we) am|(?:i|we) are|i'm|im|we're|(?:i|we) will be) "
    r"(?:going|goin|flying|travell?ing|heading|headed|off|moving|jetting|visiting|away|abroad)\b"
    r"(?! (?:to (?:be|have|get|need|pay|ask|want|look|check|see|go|call|complain)|through|over)\b)(?: [^ ]+){0,5}$"
)
FUTURE = re.compile(
    r"\bwhen (?:are|will|do|would) (?:you|u|they) (?:\w+ )?(?:tak|collect|charg|bill|debit|want)"
    r"|\b(?:will|would|going to|gonna|if i|can (?:i|we) use|what (?:it|they|that) costs?|(?<!did )(?:it )?costs? to)\b"
    r"(?! (?:you|u)\b)"
)
MATTER = re.compile(
    r"^was is\b|\b(?:what(?:'s|s| is| was| are| were)\b"
    r"(?! (?:my|the|our) (?:\w+ ){0,2}(?:bill|invoice|statement|total|balance)s?\b(?! (?:fee|charge)))"
    r"|what (?:this|that|the|these|those|does)\b"
    r"|saying|called|labelled|named|recogni[sz]e|what (?:on earth|the hell) is|(?:never|not) (?:seen|ordered|heard of)"
    r"|why am i paying|paying for|charged? (?:me )?for|what about|how about|explain)"
    r"|\bon (?:my|the|there|it(?! is own)|that)\b"
)
BOTH = re.compile(
    r"\b(?:both|them|the two|these two|those two)\b|^which (?:one )?(?:is|was|has|are|costs?)\b|^compare$"
)
NOW = re.compile(
    r"\b(?:next|upcoming|coming) (?:\w+ )?(?:bill|payment|invoice|one|debit)\b|\b(?:right now|at the moment|at present"
    r"|\bthe (?:current|latest|newest) (?:one|bill|invoice|statement)\b"
    r"|\b(?:is|are) (?:it|that|they) now|currently|so far|today|as of now|this time)\b|(?<!^)\bnow$"
)
# The last word is what one does without, or what is another company's.
REFUSED = re.compile(
    r"\b(?:without|(?:do not|don't|did not|didn't) (?:take|buy|get|use|want)) (?:a|an|any|the) [^ ]+"
    r"|\b(?:another|other|different|old|previous) (?:network|provider|operator|company)"
)
ADDS = re.compile(r"\b(?:too|as well)(?: (?:please|pls|then))?$")
RECALLS = re.compile(
    r"\b(?:that|the same|same|this same) (?:month|period|time)\b|\bthat (?:bill|invoice|statement)\b|\bback then\b"
    r"|\b(?:was|were|did|have|had)\b.* then$"
    r"|\b(?:use|used|pay|paid|cost|charged|spend|spent|owe|billed|was it) then\b"
)
EVERYTHING = re.compile(
    r"^(?:and |ok |okay |so |now |then |just |no |actually |show me |list |give me |see |what about )*"
    r"(?:all|everything|any|the (?:lot|whole list))"
    r"(?: of (?:them|those)| types?| kinds?| plans| ones| categories)?(?: please)?$"
)
# Somewhere that was named before; "is there" and "there is" name no place.
THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )\b(?:over |out )?there\b(?! (?:is|are|was|were|a|any|an|been)\b)|\bthat country\b"
    r"|\b(?:i|we|he|she|they) (?:am|are|is|was|were) there\b"
)
THERE_AND = re.compile(r"\bthere and (?:in |for )?(?!back\b)|\band there\b")
AMOUNT = re.compile(
    r"^(?:and |so |ok |but |right |then |now |no |well |please |can you |can i |could i |let me |i want to "
    r"|i need to )*"
    r"(?:(?:what|how much) (?:was|is|were)|show|see|give|get|pull up|list|look at|send)\b"
)
MONTH_OPEN = re.compile(
    r"\b(?:that|the same) month\b|\bone of (?:my|the|our) (?:\w+ )?(?:bills|invoices|statements)\b"
    r"|\b(?:an?|one) (?:certain|particular|specific|given|single|different) (?:month|bill|invoice|statement)\b"
    r"|\b(?:1[3-9]|[2-9]\d)/20\d\d\b|\bmonth (?:1[3-9]|[2-9]\d)\b"
    r"|\banother month\b|\ban? (?:earlier|older|old|previous|past) (?:bill|invoice|statement)\b"
)
EARLIER = re.compile(
    r"\bthe (first|second|1st|2nd|former|latter) (one|month|bill|country|of (?:them|those|these|the two))\b"
)
YEAR = re.compile(r"20\d\d")
MOST_LEANING = 3
PHRASES = tuple(
    (re.compile(rf"\b(?:{phrase})\b"), meaning)
    for phrase, meaning in (
        ("how much", "price"),
        ("(?:did|(?<!how )do|have|i've|had) i? ?use", "usage"),
        ("(?:most recent|newest|latest) (?:bill|invoice|statement|one)", "current"),
        (
            "where can|where do|where are|everything(?! (?:paid|settled|ok|okay|fine|up to date))|all of (?:them|it)",
            "list",
        ),
        ("(?:go|gone|went|going) through(?! in| this| last)", "payment"),
        ("(?:get|got|getting|burn(?:ed|t|ing)) through|(?:running|nearly|almost) out|close to", "usage"),
        (r"(?:texts?|messages?|sms) (?:\w+ )?(?:\w+ )?i sen[dt]", "usage"),
        (
            "how long left|left on (?:my|the|this) contract|when (?:can|could) i (?:leave|upgrade)"
            "|how long (?:does|is|has|will) (?:\\w+ )+?contract|(?:how long|till when) am i tied",
            "end",
        ),
        ("(?:data|minutes|usage|allowance) (?:at|looking)$", "usage"),
        ("altogether|in total|in all|the total", "bill"),
        (r"what (?:am i|i am|im|i'm) (?:\w+ )?paying(?: (?:for|this|now)\b|$)", "bill"),
        (r"what am i (?:\w+ )?paying for", "line"),
        ("over my (?:data|allowance|limit|minutes)", "usage"),
        ("(?:can i|i can|could i) add", "addon"),
        ("(?:buy|get|add|need|have) (?:some |any )?(?:more|extra)(?! (?:info|detail|help|time))", "addon"),
        ("(?:am i|do i|i am|i'm) (?:\\w+ )?(?:pay|paying)\\b.* month(?:ly)?", "price"),
        ("(?:is|are|has|have) (?:already )?gone$", "usage"),
        ("break (?:it|that|this)? ?down|break down", "line"),
        ("break (?:it|that|this)? ?down|break down", "bill"),
        ("paid up|up to date|settled up|owe (?:you )?(?:any|some|nothing|a thing)\\w*", "payment"),
        (
            "(?:gone|went|go|going|shot) up|how come|(?:has|have|it) (?:jumped|increased|risen|doubled|rocketed)",
            "explain",
        ),
        (
            "(?:higher|more|lower|less) than (?:usual|normal|last|before|it was)|so (?:high|expensive)|too high",
            "explain",
        ),
        ("than|different (?:from|to)", "compare"),
        ("(?:you|u) (?:want|need|expect|are after) from me|(?:i|to) pay (?:you|u)$", "due"),
        (
            "when (?:do|must|should) (?:i|we) (?:have to |need to |got to )?pay|by when"
            "|pay (?:(?:it|this|(?:my|the) bill) )?by",
            "due",
        ),
    )
)
OTHERS = {"half a dozen": 6, "half dozen": 6, "couple of": 2, "couple": 2, "few": 3, "dozen": 12}
# Where no country is: at sea and in the air.
AT_SEA = re.compile(
    r"\b(?:cruise|cruises|ship|ships|ferry|ferries|boat|yacht|at sea|plane|aeroplane|airplane|in the air|flight)\b"
)
# "What about Atlantis?" names a place, whether we know it or not; it has to look like a name.
PLACE = re.compile(
    r"(?:(?:and|or|so|ok|okay|but|then|also|what about|how about|same for|in|to|for|if (?:i'm|i am|we're) in) )+"
    r"(?:the )?([^\W\d_]{4,}(?: [^\W\d_]{4,})?)[ ?!.]*",
    re.IGNORECASE,
)
OF_THOSE = re.compile(
    rf"^(?:{SOFTENERS} )*(?:and )?(?:do|does|are|is|have|has)"
    r" (?:they|those|these|(?:any|one|some) of (?:them|those|these))\b"
)
# About what we have just answered.
OF_THAT = re.compile(
    rf"^(?:{SOFTENERS} )*how (?:many|much|long)\b.* (?:was|is|were|are) (?:that|it|those|they|this)$"
    rf"|^(?:{SOFTENERS} )*(?:does|will|would|do|can|is|was|has|did) (?:it|they|this)\b"
)
# "Add-ons too": one thing more for what was asked before.
MORE = re.compile(r"^(?:[^ ]+ ){1,4}(?:too|as well|also|instead)(?: please)?$")
# A word that stands for what was spoken of, where a noun would stand.
STAND_IN = re.compile(
    r"\b(?:it|that|this|them|those|these|one)(?=$"
    r"| (?:on|off|up|out|in|from|for|again|works?|takes?|costs?|wrong|too|back"
    r"|then|now|with|to|abroad|and|or|if|when|happens?|means?|lasts?|still|myself|online|here|there|apply|include|before"
    r"|after|over|by|at)\b)"
)
WAY = re.compile(
    r"\bhow (?:do|can|could|would|should|to|does|did) (?:i|we|you|one|my|he|she|they)?\b(?! (?:much|many|owe|pay for))"
    r"|\bwhere (?:do|can|should) (?:i|we)\b|\bis it possible to\b|\bam i (?:allowed|able)\b|\bwhat (?:do|should) i do\b"
)
FLAGS = {
    "amount": AMOUNT,
    "way": WAY,
    "of_that": OF_THAT,
    "pointing": POINTING,
    "definite": DEFINITE,
    "why": WHY,
    "listing": LISTING,
    "own": OWN,
    "past": PAST,
    "happened": HAPPENED,
    "future": FUTURE,
    "matter": MATTER,
    "superlative": SUPERLATIVE,
    "both": BOTH,
    "now": NOW,
    "everything": EVERYTHING,
    "there": THERE,
    "at_sea": AT_SEA,
    "of_those": OF_THOSE,
    "recalls": RECALLS,
    "adds": ADDS,
}
