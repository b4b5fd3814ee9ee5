import pytest

from mcp_servers.articles import Articles, words
from tests.unit.test_mcp_servers_support import ask, call, refused, session

QUESTIONS = [
    ("What are the APN settings?", "apn-settings"),
    ("my internet isn't working on my phone", "mobile-data-not-working"),
    ("Why is my mobile data so slow today", "mobile-data-not-working"),
    ("How do I set up an eSIM?", "set-up-esim"),
    ("Can I switch my physical SIM to an e-SIM", "set-up-esim"),
    ("I just got a new SIM, how do I activate it?", "activate-sim"),
    ("My SIM is locked and it asks for a PUK", "puk-code"),
    ("I entered the wrong PIN three times", "puk-code"),
    ("How do I get my PAC code?", "keep-number-pac"),
    ("I want to keep my number when I move to another network", "keep-number-pac"),
    ("I lost my phone, what should I do?", "lost-or-stolen"),
    ("My phone was stolen", "lost-or-stolen"),
    ("Is my handset locked to your network?", "phone-unlocking"),
    ("How do I set up voicemail?", "voicemail"),
    ("turn off my voice mail", "voicemail"),
    ("Do you support WiFi calling?", "wifi-calling"),
    ("Do you have 5G in my area?", "coverage-5g"),
    ("I have no signal at home", "poor-signal"),
    ("Is there a network outage?", "network-outage"),
    ("How can I pay my bill?", "pay-bill"),
    ("How do I change my direct debit?", "direct-debit"),
    ("I want to change the bank account for my direct debit", "direct-debit"),
    ("My direct debit bounced, what happens now?", "failed-direct-debit"),
    ("I can't afford to pay my bill this month", "payment-difficulty"),
    ("Can I get a paper copy of my invoice?", "download-bill"),
    ("When is my bill due?", "bill-date"),
    ("How do I set a spending cap?", "spend-cap"),
    ("How do I cancel my contract?", "cancel-contract"),
    ("I want to leave, is there an early termination fee?", "cancel-contract"),
    ("Can I return my phone and get a refund?", "cooling-off"),
    ("When can I upgrade?", "upgrade-phone"),
    ("How do I change to a cheaper plan?", "change-plan"),
    ("Will my price rise in April?", "price-rise"),
    ("I ran out of data, how can I buy more?", "add-data"),
    ("How much data have I left?", "check-usage"),
    ("Does unused data roll over?", "data-rollover"),
    ("Do you have data rollover", "data-rollover"),
    ("Can I use my phone as a hotspot for my laptop?", "tethering"),
    ("How do I turn on roaming?", "roaming-turn-on"),
    ("Will my phone work on a cruise ship?", "cruise-and-flights"),
    ("How much does it cost to call 0845 numbers?", "premium-numbers"),
    ("How can I report a spam text?", "spam-texts"),
    ("How do I block a nuisance caller?", "block-number"),
    ("How do I set up parental controls for my child?", "parental-control"),
    ("How do I add another line to my family plan?", "family-lines"),
    ("Can I get a new phone number?", "change-number"),
    ("I am moving house, how do I update my address?", "change-address"),
    ("I forgot my password", "password-login"),
    ("What are your opening hours?", "opening-hours"),
    ("Can I speak to a human?", "opening-hours"),
    ("What is your customer service phone number?", "opening-hours"),
    ("How do I complain?", "complaints"),
    ("I want to make a complaint", "complaints"),
    ("How do I top up?", "prepaid-top-up"),
    ("I dropped my phone and the screen is cracked", "insurance-claim"),
    ("Where is my order?", "order-delivery"),
    ("my texts won't send", "text-not-sending"),
    ("Can I divert my calls to another phone?", "call-features"),
    ("Do you have a student discount?", "student-discount"),
    ("Where is the nearest shop?", "find-store"),
    ("How do I connect my Apple Watch?", "smartwatch"),
    ("How do I download the app?", "semker-app"),
    ("voicmail greeting", "voicemail"),
    ("how do i recieve a refund for a returned phone", "cooling-off"),
    ("I want a copy of the personal data you hold about me", "data-privacy"),
    ("my father died, how do I close his account", "bereavement"),
    ("set up roming", "roaming-turn-on"),
    ("How do I unlock my phone?", "phone-unlocking"),
    ("what is an access point name", "apn-settings"),
    ("I was refused a contract because of my credit score", "credit-check"),
    ("How do I stop premium texts?", "bar-premium"),
    ("How do I call Germany from the UK?", "call-abroad-from-uk"),
    ("what's the access point for 4G internet", "apn-settings"),
    ("I bought a new iPhone, how do I move my esim over", "set-up-esim"),
    ("someone nicked my phone", "lost-or-stolen"),
    ("phone keeps dropping calls", "poor-signal"),
    ("are there any problems with the network right now", "network-outage"),
    ("is the mast near me down", "network-outage"),
    ("can you move my payment date to the 20th", "direct-debit"),
    ("I missed a payment", "failed-direct-debit"),
    ("I'm struggling with money, can I pay in instalments", "payment-difficulty"),
    ("what does my first bill include", "understand-bill"),
    ("how do I download an old bill as PDF", "download-bill"),
    ("stop me spending too much outside my allowance", "spend-cap"),
    ("how much would it cost to end my contract early", "cancel-contract"),
    ("I changed my mind about the phone I ordered", "cooling-off"),
    ("am I eligible for an early upgrade", "upgrade-phone"),
    ("can I downgrade to a smaller plan", "change-plan"),
    ("why do prices go up every year", "price-rise"),
    ("check my remaining minutes", "check-usage"),
    ("what happens to leftover data at the end of the month", "data-rollover"),
    ("share my internet with my tablet", "tethering"),
    ("my phone doesn't work abroad", "roaming-turn-on"),
    ("how can I avoid big roaming charges", "roaming-spend-limit"),
    ("do I get free roaming in the EU", "roaming-europe"),
    ("can I use my phone on a plane", "cruise-and-flights"),
    ("how much is an international call to Canada", "call-abroad-from-uk"),
    ("are 0800 numbers free", "premium-numbers"),
    ("I got a suspicious message pretending to be the bank", "spam-texts"),
    ("hide my caller ID", "block-number"),
    ("remove the adult content lock", "parental-control"),
    ("give my number to my wife's account", "transfer-ownership"),
    ("I'm locked out of my account", "password-login"),
    ("telephone number for support", "opening-hours"),
    ("are you open on Sunday", "opening-hours"),
    ("I'm not happy with your service and want to escalate", "complaints"),
    ("do I need a credit check", "credit-check"),
    ("my screen is broken", "insurance-claim"),
    ("my battery won't charge, is it under warranty", "phone-repair"),
    ("has my parcel been dispatched", "order-delivery"),
    ("picture messages aren't sending", "text-not-sending"),
    ("set up call forwarding", "call-features"),
    ("do NHS staff get a discount", "student-discount"),
    ("delete my personal data", "data-privacy"),
    ("how do I recycle my old mobile", "sustainability"),
    ("call 999 if I am deaf", "emergency-calls"),
]
OFF_TOPIC = [
    "tell me a joke",
    "What is the capital of France?",
    "who won the football yesterday",
    "write a poem about cats",
    "How do I bake bread?",
    "what is the weather tomorrow",
    "the of and",
    "???",
    "\u4f60\u597d",
]
HOSTILE = [
    "'",
    "-",
    "(",
    "+",
    '"',
    "NEAR",
    "*",
    ":",
    "' - ( + \" NEAR * :",
    'esim" OR "',
    "title:esim",
    "esim*",
    "{title}: x",
    "NOT esim",
]


@pytest.fixture(scope="module")
def articles() -> Articles:
    return Articles()


@pytest.mark.parametrize(("question", "article"), QUESTIONS)
def test_a_natural_question_finds_its_article(articles: Articles, question: str, article: str) -> None:
    assert articles.search(question)[0].id == article


@pytest.mark.parametrize("question", OFF_TOPIC)
@pytest.mark.asyncio
async def test_a_question_about_something_else_finds_nothing(question: str) -> None:
    found = await ask("faq", "search_faq", None, question=question)
    assert found == {"summary": "There is no help article about that.", "found": False, "other_articles": []}


@pytest.mark.asyncio
async def test_hostile_input_is_only_words() -> None:
    async with session("faq") as opened:
        for question in (*HOSTILE, *(f"{sign} esim {sign}" for sign in HOSTILE), "esim " * 100):
            result = await call(opened, "search_faq", {"question": question})
            assert not result.isError, question
            assert result.structuredContent is not None
            if words(question).count("esim") and "near" not in words(question):
                assert result.structuredContent["id"] == "set-up-esim", question


@pytest.mark.asyncio
async def test_the_best_article_comes_with_its_text_and_other_titles() -> None:
    found = await ask("faq", "search_faq", None, question="How do I set up an eSIM?")
    assert found["title"] == "Set up an eSIM"
    assert found["text"].startswith(found["summary"])
    assert len(found["text"]) > len(found["summary"])
    assert {"id", "title"} == set(found["other_articles"][0])


@pytest.mark.asyncio
async def test_an_article_by_its_id() -> None:
    found = await ask("faq", "get_article", None, id=" PUK-code ")
    assert found["title"] == "PUK code and SIM PIN"
    assert "three wrong PINs" in found["text"]
    assert (await refused("faq", "get_article", None, id="puk")).endswith("Did you mean puk-code?")
    assert await refused("faq", "get_article", None, id="%") == "There is no help article about that."


def test_every_article_is_complete_and_found_by_its_own_title(articles: Articles) -> None:
    assert len(articles.ids) >= 40
    for article in map(articles.get, articles.ids):
        assert article is not None
        assert article.answer.endswith("."), article.id
        assert len(article.text) > 100, article.id
        assert article.id in [found.id for found in articles.search(article.title)[:2]]
