from agents.base import AgentSpec

BILLING = AgentSpec(
    name="Billing",
    description=(
        "The customer's own bills, charges, payments and balance: what is owed, when it is due, what is on a bill, "
        "why it went up, whether a payment arrived."
    ),
    instructions=(
        "You answer questions about the customer's own mobile bills and payments. "
        "Give the amount, the month and the due date first, then the lines of the bill as a table when there are any."
    ),
    server="billing",
    examples=(
        "What is my current bill?",
        "How much do I owe you this month?",
        "Show me my bill for June",
        "Why is my bill higher than last month?",
        "What is this £4.20 charge on my bill?",
        "When is my payment due?",
        "Has my last payment gone through?",
        "List my bills of the last six months",
        "Did my direct debit fail?",
        "What was my invoice in March 2026?",
        "Break down my latest bill",
        "Is there anything outstanding on my account?",
        "I was charged twice this month",
        "How much VAT did I pay on my last invoice?",
        "When will you take the next payment?",
        "Explain the roaming charge on my bill",
        "How much was my bill two months ago?",
        "Am I overdue?",
    ),
)
