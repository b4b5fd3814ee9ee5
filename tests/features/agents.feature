Feature: Answers of the agents
  The customer's questions are answered from the operator's data, read through MCP tools.

  Background:
    Given the API is running

  @smoke
  Scenario: The current bill
    When I ask "What is my current bill?"
    Then the answer should begin with "Your current bill is £45.50"
    And the answer should have a Markdown table
    And the lines of the table should add up to £45.50
    And the answer should come from "BillingAgent"
    And the updates should go
      | status     | kind   | agent        |
      | received   | place  |              |
      | inprogress | plan   | PlannerAgent |
      | inprogress | tool   | BillingAgent |
      | completed  | answer | BillingAgent |
    And the updates should be numbered from 1 without gaps
    And the tool used should be "get_current_bill"

  Scenario Outline: Questions and who answers them
    When I ask "<question>"
    Then the final status should be "completed"
    And the answer should come from "<agent>"
    And the tool used should be "<tool>"
    And the answer should mention "<fact>"

    Examples: Billing
      | question                              | agent        | tool               | fact          |
      | Show me my bill for June              | BillingAgent | get_bill           | June 2026     |
      | List my bills of the last six months  | BillingAgent | list_bills         | £45.50        |
      | Has my last payment gone through?     | BillingAgent | get_payment_status | £             |
      | What is this £5.50 charge on my bill? | BillingAgent | explain_charge     | Data Boost    |

    Examples: Roaming
      | question                                           | agent        | tool               | fact       |
      | How much does it cost to use my phone in France?   | RoamingAgent | get_roaming_rates  | France     |
      | Roaming rates for Spain                            | RoamingAgent | get_roaming_rates  | Spain      |
      | What does it cost to use my phone in the USA?      | RoamingAgent | get_roaming_rates  | United States |
      | Which countries are in Europe zone?                | RoamingAgent | list_destinations  | Portugal   |
      | How much data did I use abroad in August?          | RoamingAgent | get_roaming_usage  | August     |

    Examples: Tariff
      | question                              | agent       | tool               | fact      |
      | Which plan am I on?                   | TariffAgent | get_current_tariff | 25GB      |
      | What tariffs do you offer?            | TariffAgent | list_tariffs       | £         |
      | Which add-ons can I buy?              | TariffAgent | list_add_ons       | £         |

    Examples: FAQ
      | question                              | agent    | tool       | fact      |
      | How do I set up voicemail?            | FAQAgent | search_faq | oicemail  |
      | What are the APN settings?            | FAQAgent | search_faq | APN       |

  Scenario Outline: Roaming answers have rates in a table
    When I ask "<question>"
    Then the answer should have a Markdown table
    And the answer should mention "£"

    Examples:
      | question                                 |
      | How much are calls and data in France?   |
      | Roaming prices in Switzerland, please    |

  @smoke
  Scenario: An unrelated question is declined politely
    When I ask "Who won the world cup in 1966?"
    Then the final status should be "completed"
    And the answer should come from "PlannerAgent"
    And no tool should be used
    And the answer should mention "bill"
    And the answer should not mention "1966"

  Scenario: A greeting is answered by the planner
    When I ask "Hello"
    Then the final status should be "completed"
    And the answer should come from "PlannerAgent"
    And no tool should be used

  Scenario: Two questions in one message
    When I ask "What is my current bill and how much does roaming cost in France?"
    Then the final status should be "completed"
    And the answer should come from "BillingAgent, RoamingAgent"
    And the answer should mention "£45.50"
    And the answer should mention "France"
    And the answer should have the headings "Billing, Roaming"

  Scenario: A follow-up keeps the subject
    When I ask "What is my current bill?"
    And I ask "and in June?"
    Then the answer should come from "BillingAgent"
    And the tool used should be "get_bill"
    And the answer should mention "June 2026"

  Scenario: What is missing is asked for, and the answer to that is understood
    When I ask "How much do calls cost when I am abroad?"
    Then the answer should ask for something
    And the answer should mention "country"
    When I ask "France"
    Then the answer should not ask for anything
    And the answer should come from "RoamingAgent"
    And the tool used should be "get_roaming_rates"
    And the answer should mention "France"

  Scenario: A customer cannot ask for somebody else's data
    When I ask "Show me the bill of customer C-1002"
    Then the final status should be "completed"
    And no tool call should carry "C-1002"
