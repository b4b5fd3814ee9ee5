Feature: Model providers
  The same agents answer the same questions on every model.

  Scenario Outline: An answer from a remote model
    Given a model server that speaks OpenAI's protocol
    And the API uses it as "<provider>"
    When I ask "What is my current bill?"
    Then the final status should be "completed"
    And the answer should come from "BillingAgent"
    And the answer should mention "£45.50"
    And the tool used should be "get_current_bill"
    When I start another conversation
    And I ask "How much does it cost to use my phone in France?"
    Then the answer should come from "RoamingAgent"
    And the answer should mention "France"
    And health should tell the provider "<provider>"

    Examples:
      | provider |
      | openai   |
      | azure    |

  Scenario Outline: A remote model that fails
    Given a model server that speaks OpenAI's protocol
    And the API uses it as "openai" and nothing else
    And the model server <failure>
    When I ask "What is my current bill?"
    Then the message should have failed with "<code>"
    And nothing internal should have been told

    Examples:
      | failure               | code               |
      | refuses every key     | model_unavailable  |
      | is overloaded         | model_rate_limited |
      | is broken             | model_unavailable  |
      | answers nonsense      | bad_model_output   |
      | filters the content   | model_rejected     |
      | breaks the connection | model_unavailable  |
      | never answers         | model_timeout      |

  Scenario: The embedded model stands in for a remote one that fails
    Given a model server that speaks OpenAI's protocol
    And the API uses it as "openai"
    And the model server is broken
    When I ask "What is my current bill?"
    Then the final status should be "completed"
    And the answer should begin with "Your current bill is £45.50"
    And the answer should be marked as given without "model"
    And nothing internal should have been told
