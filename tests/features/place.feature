Feature: Place in the queue
  Whoever waits is told how many are before them, and for how long about.

  Background:
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 0.6   |
      | MAX_CONCURRENT_MESSAGES  | 1     |

  Scenario: The first update tells the place
    When I submit a message "Hello"
    And 1 message is at work and 0 are waiting
    And I submit a message "What is my current bill?"
    And I request the status of the message
    Then the place should be 1 in the conversation and 0 in the queue
    When I submit a message "And in June?"
    And I request the status of the message
    Then the place should be 2 in the conversation and 1 in the queue
    And the first update should tell the same place
    And all messages should be completed

  Scenario: A place is of waiting messages only
    When I ask "Hello"
    And I request the status of the message
    Then there should be no place

  Scenario: The wait is estimated by what recent messages took
    When I ask "Hello"
    And I submit 3 messages to the conversation at once
    And I request the status of the message
    Then the estimated wait should be between 0.6 and 6 seconds
    And all messages should be completed
