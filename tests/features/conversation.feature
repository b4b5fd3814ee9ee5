Feature: Conversations
  Messages with the same x-ms-conversation-id belong together.

  @smoke
  Scenario: A conversation holds what was said
    Given the API is running
    When I ask "Hello"
    And I ask "What is my current bill?"
    And I request the conversation
    Then the response status should be 200
    And the turns should be my texts and the final answers, oldest first
    And the conversation should list both messages, newest first

  Scenario: Conversations do not mix
    Given the API is running
    When I ask "Hello"
    And I start another conversation
    And I ask "What is my current bill?"
    And I request the conversation
    Then there should be 2 turns
    And the turns should not mention "Hello"

  Scenario: What was said before is understood in the same conversation only
    Given the API is running
    When I ask "What is my current bill?"
    And I ask "And in June?"
    Then the answer should mention "June 2026"
    And the answer should come from "BillingAgent"

  Scenario: An unknown conversation is not found
    Given the API is running
    When I request the conversation
    Then I should receive a 404 Not Found error
