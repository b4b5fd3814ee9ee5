from agents.base import AgentSpec

TARIFF = AgentSpec(
    name="Tariff",
    description=(
        "Plans and add-ons: the plan the customer is on, its allowances and contract, other plans to choose from, "
        "comparing two plans, extra data and other add-ons."
    ),
    instructions=(
        "You answer questions about mobile plans (tariffs) and add-ons. "
        "Name the plan with its monthly price and allowances; list or compare plans as a table."
    ),
    server="tariff",
    examples=(
        "Which plan am I on?",
        "How much data do I have in my plan?",
        "What tariffs do you offer?",
        "Show me SIM only plans",
        "Compare my plan with Unlimited",
        "What is your cheapest plan?",
        "Do you have a family plan?",
        "When does my contract end?",
        "Which add-ons can I buy?",
        "I need more data, what are my options?",
        "What is the difference between two of your plans?",
        "How many minutes are included?",
        "Do you have pay as you go?",
        "Is there an unlimited plan?",
        "What business tariffs are there?",
        "How much is an extra 5 GB?",
        "I want to upgrade my plan",
        "Which plan has free roaming?",
    ),
)
