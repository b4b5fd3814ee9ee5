from agents.base import AgentSpec

FAQ = AgentSpec(
    name="FAQ",
    description=(
        "General help and how-to: SIM and eSIM, PUK, network settings, coverage, voicemail, keeping a number, lost "
        "phone, ways to pay, cancelling, complaints, opening hours."
    ),
    instructions=(
        "You answer general questions from the help articles. "
        "Give the steps of the article that fits best, shortly, and name other articles that may help."
    ),
    server="faq",
    examples=(
        "How do I set up voicemail?",
        "What are the APN settings?",
        "I lost my phone, what should I do?",
        "How do I activate my eSIM?",
        "My SIM is locked and asks for a PUK",
        "How can I keep my number when I switch to you?",
        "How do I cancel my contract?",
        "What are your opening hours?",
        "Is there 5G in my area?",
        "How do I turn on wifi calling?",
        "How do I change my direct debit details?",
        "How can I pay my bill?",
        "I have no signal",
        "How do I make a complaint?",
        "How do I block a number?",
        "How do I get a PAC code?",
        "My mobile data is not working",
        "How do I replace a damaged SIM card?",
    ),
)
