Feature: Limits
  Overload is refused early and clearly, nothing lasts for ever, and memory is bounded.

  Scenario: A full queue refuses a message and stores nothing of it
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
      | MAX_CONCURRENT_MESSAGES  | 1     |
      | MAX_QUEUED_MESSAGES      | 2     |
    When I submit one message to each of 3 conversations
    And 1 message is at work and 2 are waiting
    And I submit a message "One too many"
    Then I should receive a 503 Service Unavailable error
    And the "Retry-After" header should be a number of seconds
    And nothing should be stored
    When I GET "/health/live"
    Then the response status should be 200

  Scenario: A message that takes too long fails
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 30    |
      | MESSAGE_TIMEOUT          | 0.3   |
    When I ask "What is my current bill?"
    Then the message should have failed with "deadline_exceeded"
    And exactly one update should be final
    When I request the status of the message
    Then the field "status" should be "failed"
    And the field "error_code" should be "deadline_exceeded"

  Scenario: A failed message leaves nothing in the conversation
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 30    |
      | MESSAGE_TIMEOUT          | 0.3   |
    When I ask "What is my current bill?"
    And I request the conversation
    Then there should be 0 turns
    And the conversation should list 1 message

  Scenario: A message behind one that took too long is answered
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 30    |
      | MESSAGE_TIMEOUT          | 0.3   |
    When I submit 3 messages to the conversation at once
    Then all messages should have failed with "deadline_exceeded"

  Scenario: The oldest finished messages make room
    Given the API is running with
      | setting             | value |
      | MAX_STORED_MESSAGES | 3     |
      | MESSAGE_TTL         | 4     |
    When I ask "Hello" 5 times
    And I GET "/messages"
    Then the total should be 3
    And the list should hold the last 3 messages, newest first
    And the first 2 messages should be forgotten

  Scenario: Finished messages are forgotten after their time
    Given the API is running with
      | setting             | value |
      | MAX_STORED_MESSAGES | 3     |
      | MESSAGE_TTL         | 4     |
    When I ask "Hello"
    Then the message should be forgotten within 20 seconds
    And the conversation should be forgotten too
