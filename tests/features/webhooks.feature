Feature: Callbacks
  A client that does not want to follow a message is told at its own address when it is final.

  @smoke
  Scenario: A final message is told to its callback address
    Given the API is running with
      | setting        | value                                       |
      | DEBUG          | true                                        |
      | WEBHOOK_SECRET | whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ |
    And a receiver of callbacks
    When with the callback address of the receiver I submit a message "What is my current bill?"
    Then the response status should be 201
    And the receiver should be told within 10 seconds that the message is "completed"
    And the deliveries should be "delivered" with the results "204"
    When I ask for another delivery
    Then the response status should be 202
    And the receiver should have been told twice under one id

  Scenario: A cancelled message is told too
    Given the API is running with
      | setting                  | value                                       |
      | DEBUG                    | true                                        |
      | WEBHOOK_SECRET           | whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ |
      | MESSAGE_PROCESSING_DELAY | 60                                          |
    And a receiver of callbacks
    When with the callback address of the receiver I submit a message "Hello"
    And I ask for another delivery
    Then I should receive a 409 Conflict error
    When I cancel the message
    Then the receiver should be told within 10 seconds that the message is "cancelled"

  Scenario: A message without a callback has no deliveries
    Given the API is running
    When I ask "Hello"
    And I ask for another delivery
    Then I should receive a 409 Conflict error
    When I GET "/messages/7b0fa3c4-2a5e-4c38-9a53-2b0a3b6b3a55/deliveries"
    Then I should receive a 404 Not Found error

  Scenario: Callbacks are refused while they are not enabled
    Given the API is running
    When with the callback address "https://example.com/hook" I submit a message "Hello"
    Then I should receive a 422 Unprocessable Entity error
    And the error message should mention "not enabled"
    And nothing should be stored

  Scenario: With a database callbacks are kept and delivered as well
    Given the API is running with
      | setting        | value                                       |
      | DEBUG          | true                                        |
      | DATABASE_URL   | sqlite:///callbacks.db                      |
      | WEBHOOK_SECRET | whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ |
    And a receiver of callbacks
    When with the callback address of the receiver I submit a message "What is my current bill?"
    Then the response status should be 201
    And the receiver should be told within 10 seconds that the message is "completed"
    And the deliveries should be "delivered" with the results "204"
    When I ask for another delivery
    Then the response status should be 202
    And the receiver should have been told twice under one id

  Scenario Outline: An address that may not be called is refused
    Given the API is running with
      | setting        | value                                       |
      | WEBHOOK_SECRET | whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ |
    When with the callback address "<address>" I submit a message "Hello"
    Then I should receive a 422 Unprocessable Entity error
    And the error message should mention "callback_url"
    And nothing should be stored

    Examples:
      | address                       |
      | http://example.com/hook       |
      | https://me:secret@example.com |
      | file:///etc/passwd            |
