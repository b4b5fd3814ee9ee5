from agents.base import AgentSpec

ROAMING = AgentSpec(
    name="Roaming",
    description=(
        "Using the phone abroad: prices of calls, texts and data in a country, day passes, zones and destinations, "
        "and what the customer has used while roaming."
    ),
    instructions=(
        "You answer questions about using the phone outside the UK. "
        "Name the country and the rates for data, calls and texts, and a day pass when there is one."
    ),
    server="roaming",
    examples=(
        "How much does it cost to use my phone in France?",
        "Roaming rates for Spain",
        "Can I use my data in Turkey?",
        "I am flying to New York next week, what will calls cost?",
        "Which countries are in Europe zone?",
        "What does a text from Japan cost?",
        "How much data did I use abroad in August?",
        "Is roaming included in Germany?",
        "List the roaming destinations",
        "Will my phone work in Thailand?",
        "Price of data in Switzerland",
        "Do you have a day pass for the USA?",
        "Charges for receiving calls in Italy",
        "What did I use on my trip last month?",
        "Going to Greece on holiday, what about my mobile?",
        "Is Norway in the EU roaming zone?",
        "How much per MB in Morocco?",
        "What about using my phone on a cruise ship?",
    ),
)
