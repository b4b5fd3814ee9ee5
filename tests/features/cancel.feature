Feature: Cancel
  Cancel is final: the work stops, the next message begins, and nothing of the message is left in the history.

  @smoke
  Scenario: A message at work is cancelled
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
    When I submit a message "What is my current bill?"
    And 1 message is at work and 0 are waiting
    And I cancel the message
    Then the response status should be 200
    And the field "status" should be "cancelled"
    And no message should be at work or waiting within 1 seconds
    And the message should have ended "cancelled" with exactly one final update

  Scenario: A waiting message is cancelled and leaves its place
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
    When I submit 2 messages to the conversation at once
    And 1 message is at work and 1 is waiting
    And I cancel the message
    And 1 message is at work and 0 are waiting
    Then the field "status" should be "cancelled"
    And the message should have ended "cancelled" with exactly one final update

  Scenario: The next message begins at once and knows nothing of the cancelled one
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 1.5   |
    When I submit a message "What is my current bill?"
    And 1 message is at work and 0 are waiting
    And I cancel the message
    And I ask "Hello"
    Then the final status should be "completed"
    When I request the conversation
    Then there should be 2 turns
    And the turns should not mention "bill?"

  Scenario: Cancelling twice is the same as once
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
    When I submit a message "What is my current bill?"
    And I cancel the message
    And I cancel the message
    Then the response status should be 200
    And the message should have ended "cancelled" with exactly one final update

  Scenario: A message that was answered cannot be cancelled
    Given the API is running
    When I ask "What is my current bill?"
    And I cancel the message
    Then I should receive a 409 Conflict error
    And the final status should be "completed"

  Scenario: An unknown message cannot be cancelled
    Given the API is running
    When I cancel the message "7b0fa3c4-2a5e-4c38-9a53-2b0a3b6b3a55"
    Then I should receive a 404 Not Found error

  Scenario: Messages are cancelled at any moment
    Given the API is running
    When I submit one message to each of 30 conversations
    And I cancel all messages in any order
    Then each message should have ended once, "cancelled" when the cancel said so
