Feature: Safe retries
  A client that does not know whether its message arrived sends it again with the same Idempotency-Key.

  @smoke
  Scenario Outline: The same request with the same key is the same message
    Given the API is running
    When under the idempotency key <first> I submit a message "Hello"
    And under the idempotency key <second> I submit a message "Hello"
    Then the response should be the same as the first one, and replayed
    And there should be 1 message

    Examples:
      | first            | second           |
      | k-1              | k-1              |
      | k-2              | "k-2"            |
      | "say-\"hi\"-\\3" | "say-\"hi\"-\\3" |
      | k,4;x=(5)        | k,4;x=(5)        |

  Scenario: The answer is told again after the message ended
    Given the API is running
    When under the idempotency key ended-1 I submit a message "Hello"
    And I wait for the final update
    And under the idempotency key ended-1 I submit a message "Hello"
    Then the response should be the same as the first one, and replayed
    And the field "status" should be "received"
    And there should be 1 message

  Scenario: A key stands for one request only
    Given the API is running
    When under the idempotency key once-1 I submit a message "Hello"
    And under the idempotency key once-1 I submit a message "Hello again"
    Then I should receive a 422 Unprocessable Entity error
    And the error message should mention "Idempotency-Key"
    And nothing should be stored
    When I start another conversation
    And under the idempotency key once-1 I submit a message "Hello"
    Then I should receive a 422 Unprocessable Entity error
    And nothing should be stored

  Scenario Outline: A malformed key is refused
    Given the API is running
    When under the idempotency key <key> I submit a message "Hello"
    Then I should receive a 400 Bad Request error
    And the error message should mention "Idempotency-Key"
    And nothing should be stored

    Examples:
      | key        |
      | (empty)    |
      | ""         |
      | two words  |
      | "open      |
      | "a"b"      |
      | "a\b"      |
      | "k";p=1    |

  Scenario: A key has at most 255 characters
    Given the API is running
    When I submit a message with an idempotency key of 255 characters
    Then the response status should be 201
    When I submit a message with an idempotency key of 256 characters
    Then I should receive a 400 Bad Request error

  Scenario: A hundred at once are one message
    Given the API is running
    When I submit the same message 100 times at once with one idempotency key
    Then 99 responses should be replayed
    And there should be 1 message
    And the final status should be "completed"

  Scenario: A retry is answered while the queue is full
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
      | MAX_CONCURRENT_MESSAGES  | 1     |
      | MAX_QUEUED_MESSAGES      | 1     |
    When under the idempotency key full-1 I submit a message "Hello"
    And 1 message is at work and 0 are waiting
    And I submit a message "What is my current bill?"
    And I submit a message "One too many"
    Then I should receive a 503 Service Unavailable error
    When under the idempotency key full-1 I submit a message "Hello"
    Then the response should be the same as the first one, and replayed
    When under the idempotency key full-2 I submit a message "One too many"
    Then I should receive a 503 Service Unavailable error
    And there should be 2 messages

  Scenario: A key is free again after its time
    Given the API is running with
      | setting         | value |
      | IDEMPOTENCY_TTL | 1     |
    When under the idempotency key timed-1 I submit a message "Hello"
    Then the idempotency key timed-1 should make another message "Hello" within 10 seconds

  Scenario: Erasing a conversation erases its keys
    Given the API is running
    When under the idempotency key erased-1 I submit a message "Hello"
    And I wait for the final update
    And I erase the conversation
    And under the idempotency key erased-1 I submit a message "Hello"
    Then the response status should be 201
    And there should be no "Idempotent-Replayed" header
