Feature: Busy conversations
  A client says what happens to its message while another one of the conversation waits or is worked on.

  Background:
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |

  Scenario: Without a word it stands in line
    When I submit a message "Hello"
    And if the conversation is busy, to "enqueue", I submit a message "What is my current bill?"
    Then the response status should be 201
    When 1 message is at work and 1 is waiting
    And I cancel all messages in any order

  @smoke
  Scenario: Reject
    When I submit a message "Hello"
    And if the conversation is busy, to "reject", I submit a message "What is my current bill?"
    Then I should receive a 409 Conflict error
    And the problem should name the first message
    And nothing should be stored
    When I cancel the message
    And if the conversation is busy, to "reject", I submit a message "What is my current bill?"
    Then the response status should be 201
    When I cancel all messages in any order

  Scenario: Replace
    When I submit a message "Hello"
    And 1 message is at work and 0 are waiting
    And I submit a message "And in June?"
    And if the conversation is busy, to "replace", I submit a message "What is my current bill?"
    Then the response status should be 201
    And all messages before the last should be cancelled
    When 1 message is at work and 0 are waiting
    And I cancel all messages in any order

  Scenario Outline: Another word is refused
    When if the conversation is busy, to "<word>", I submit a message "Hello"
    Then I should receive a 400 Bad Request error
    And the error message should mention "x-semker-if-busy"
    And nothing should be stored

    Examples:
      | word    |
      | REJECT  |
      | ignore  |
      |         |

  Scenario: A burst is answered as one turn
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 1     |
      | MERGE_WINDOW_MS          | 60000 |
    When I submit a message "What is my current bill?"
    And I submit a message "How much does roaming in France cost?"
    Then the second message should point at the first, which answers both
    And the conversation should hold 2 turns
