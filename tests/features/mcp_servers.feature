Feature: MCP servers of their own
  The tools may live in processes of their own; the answers are the same.

  Background:
    Given the bundled MCP servers run as processes of their own
    And the API uses these MCP servers

  Scenario Outline: The same answers over HTTP
    When I ask "<question>"
    Then the answer should come from "<agent>"
    And the answer should be the same as that of the API with its tools in process

    Examples:
      | question                                  | agent        |
      | What is my current bill?                  | BillingAgent |
      | Show me my bill for June                  | BillingAgent |
      | How much does it cost to use my phone in France? | RoamingAgent |
      | Which plan am I on?                       | TariffAgent  |
      | How do I set up voicemail?                | FAQAgent     |

  Scenario: A dead server fails its own questions only, and comes back
    When the "billing" MCP server is killed
    And I ask "What is my current bill?"
    Then the message should have failed with "tool_unavailable"
    And the failure should have come within 20 seconds
    When I start another conversation
    And I ask "How much does it cost to use my phone in France?"
    Then the final status should be "completed"
    And the answer should mention "France"
    When the "billing" MCP server is started again
    And I start another conversation
    And I ask "What is my current bill?"
    Then the answer should begin with "Your current bill is £45.50"
