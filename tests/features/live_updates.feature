Feature: Live updates
  The same list of updates serves those who poll, those who wait and those who listen to a stream.

  @smoke
  Scenario: A stream tells every update and ends with the message
    Given the API is running
    When I submit a message "What is my current bill?"
    And I follow the message as a stream
    Then the stream should have told the updates of the message, each once and in order
    And the stream should have ended with "done" and the status "completed"

  Scenario: A stream of an answered message begins where it is told to
    Given the API is running
    When I ask "What is my current bill?"
    And I follow the message as a stream after 2
    Then the stream should have told the updates of the message without the first 2
    And the stream should have ended with "done" and the status "completed"

  Scenario: A stream that is cut goes on where it was
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 1     |
      | STREAM_MAX_SECONDS       | 0.4   |
    When I submit a message "What is my current bill?"
    And I follow the message as a stream, coming back after each bye
    Then I should have come back at least 2 times
    And the stream should have told the updates of the message, each once and in order

  Scenario: One stream follows all messages of a conversation
    Given the API is running
    When I submit 3 messages to the conversation at once
    And I follow the conversation until 3 messages are done
    Then the stream should have told the updates of all messages, each once and in order
    And the stream should have told "done" once for each message

  Scenario: A conversation is followed from where it stood
    Given the API is running
    When I ask "Hello"
    And I request the conversation
    And I submit a message "What is my current bill?"
    And I follow the conversation from its position until 1 message is done
    Then the stream should have told the updates of the last message only

  Scenario: Streams of unknown messages and conversations are refused
    Given the API is running
    When I GET "/messages/7b0fa3c4-2a5e-4c38-9a53-2b0a3b6b3a55/events"
    Then I should receive a 404 Not Found error
    When I GET "/conversations/unknown/events"
    Then I should receive a 404 Not Found error

  Scenario: More streams than allowed are refused
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
      | MAX_STREAMS              | 1     |
    When I submit a message "What is my current bill?"
    And I keep a stream of the message open
    And I GET the events of the message
    Then I should receive a 503 Service Unavailable error
    And the "Retry-After" header should be a number of seconds

  @smoke
  Scenario: A client waits for the next update
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 0.5   |
    When I submit a message "What is my current bill?"
    And I wait up to 10 seconds for updates after 1
    Then the response status should be 200
    And the "Preference-Applied" header should be "wait=10"
    And the answer should have come within 5 seconds
    And I should receive updates from 2 on

  Scenario: A wait ends when its time is over
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
    When I submit a message "What is my current bill?"
    And I wait up to 1 seconds for updates after 1
    Then I should receive an empty list
    And the answer should have taken at least 1 seconds

  Scenario: Nobody waits for a message that is final
    Given the API is running
    When I ask "What is my current bill?"
    And I wait up to 30 seconds for updates after 100
    Then I should receive an empty list
    And the answer should have come within 1 seconds

  Scenario: The longest wait is 30 seconds
    Given the API is running
    When I ask "Hello"
    And I wait up to 3600 seconds for updates after 0
    Then the "Preference-Applied" header should be "wait=30"

  Scenario: What a client already has is not sent again
    Given the API is running
    When I ask "What is my current bill?"
    And I request updates for the message
    And I request the updates again with their ETag
    Then the response status should be 304
    And the response should be empty
    When I request the updates with the ETag of an older answer
    Then the response status should be 200
    And I should receive a list of updates
