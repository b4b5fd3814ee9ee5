Feature: Message Processing API

  @smoke
  Scenario: Submit message for processing
    Given the API is running
    When I submit a message "What is my bill?" with thread ID "test-123"
    Then I should receive a message ID
    And the status should be "received"
    And the message should be processed asynchronously

  @smoke
  Scenario: Get processing updates
    Given I have submitted a message
    When I request updates for the message
    Then I should receive a list of updates
    And each update should have a timestamp
    And the final status should be "completed"

  Scenario: An accepted message says where it can be followed
    Given the API is running
    When I submit a message "What is my bill?"
    Then the response status should be 201
    And the "Location" header should lead to the status of the message

  Scenario: The answer to a message has the fields of the contract
    Given the API is running
    When I submit a message "What is my bill?"
    Then the response should have exactly the fields "message_id, status, received_at"
    And the field "received_at" should be a time in UTC

  Scenario: An update has the fields of the contract
    Given I have submitted a message
    When I wait for the final update
    Then every update should begin with the fields "message_id, status, processed_at, result, agent_name"
    And every update should belong to the message
    And the first update should be "received" with the result "Message received and sent to the agent."
    And the updates should be numbered from 1 without gaps
    And exactly one update should be final

  Scenario: Updates never change and later ones can be asked for alone
    Given I have submitted a message
    When I wait for the final update
    And I request the updates after 1
    Then I should receive the same updates as before without the first 1
    When I request the updates after 1000
    Then I should receive an empty list

  @smoke
  Scenario: Check message status
    Given the API is running
    When I ask "What is my current bill?"
    And I request the status of the message
    Then the response status should be 200
    And the response should begin with the fields "message_id, status, content, timestamp"
    And the field "status" should be "completed"
    And the field "content" should be "What is my current bill?"
    And the field "agent_name" should be "BillingAgent"
    And the field "timestamp" should be a time in UTC

  Scenario: A text comes back exactly as it was sent
    Given the API is running
    When I submit a message "  Ça coûte £45.50 – 请问？ 👩‍👩‍👧 e\u0301 "
    And I request the status of the message
    Then the field "content" should be "  Ça coûte £45.50 – 请问？ 👩‍👩‍👧 e\u0301 "

  Scenario: The longest message that is allowed is accepted
    Given the API is running
    When I submit a message of 10000 characters
    Then the response status should be 201

  Scenario Outline: A conversation id may hold letters, digits and . _ ~ : -
    Given the API is running
    When I submit a message "Hello" with thread ID "<id>"
    Then the response status should be 201

    Examples:
      | id                                   |
      | a                                    |
      | 550e8400-e29b-41d4-a716-446655440000 |
      | 19:meeting_abc~1.2:thread-v2         |

  @smoke
  Scenario: List messages, newest first
    Given the API is running
    When I ask "Hello" 3 times
    And I list the messages of the conversation
    Then the response status should be 200
    And the list should hold the last 3 messages, newest first
    And the total should be 3
    And there should be no next page

  Scenario: List messages page by page
    Given the API is running
    When I ask "Hello" 7 times
    And I list the messages of the conversation 3 at a time, following the Link headers
    Then the pages should hold 3, 3, 1 messages
    And the pages together should hold the last 7 messages, newest first

  Scenario: A page stays where it is while new messages come
    Given the API is running
    When I ask "Hello" 4 times
    And I list the first 2 messages of the conversation
    And I ask "Hello again"
    And I follow the next page
    Then the list should hold the 2 oldest messages, newest first

  Scenario: List messages by status
    Given the API is running
    When I ask "Hello" 2 times
    And I list the messages of the conversation that are "completed"
    Then the total should be 2
    When I list the messages of the conversation that are "failed"
    Then the total should be 0
