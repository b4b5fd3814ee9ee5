Feature: Erase a conversation
  Everything of a conversation can be forgotten, at any time.

  @smoke
  Scenario: Messages, updates and turns are forgotten
    Given the API is running
    When I ask "What is my current bill?"
    And I erase the conversation
    Then the response status should be 204
    And the response should be empty
    And nothing of the conversation should be left
    When I list the messages of the conversation
    Then the total should be 0

  Scenario: Running and waiting work is cancelled first
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
    When I submit 3 messages to the conversation at once
    And 1 message is at work and 2 are waiting
    And I erase the conversation
    Then no message should be at work or waiting within 1 seconds
    And nothing of the conversation should be left

  Scenario: Other conversations stay
    Given the API is running
    When I ask "Hello"
    And I start another conversation
    And I ask "What is my current bill?"
    And I erase the conversation
    Then the first conversation should still hold 2 turns

  Scenario: The id of an erased conversation begins a new one
    Given the API is running
    When I ask "What is my current bill?"
    And I erase the conversation
    And I ask "Hello"
    And I request the conversation
    Then there should be 2 turns

  Scenario: An unknown conversation cannot be erased
    Given the API is running
    When I erase the conversation
    Then I should receive a 404 Not Found error
    When I ask "Hello"
    And I erase the conversation
    And I erase the conversation
    Then I should receive a 404 Not Found error
