Feature: Error handling
  Errors are application/problem+json with a sentence in `detail`; nothing of a refused message is stored.

  @smoke
  Scenario: Handle missing conversation ID
    Given the API is running
    When I submit a message without a conversation ID header
    Then I should receive a 400 Bad Request error
    And the error message should mention "x-ms-conversation-id"
    And the error message should be "Missing required header: x-ms-conversation-id"
    And nothing should be stored

  Scenario Outline: Handle a malformed conversation ID
    Given the API is running
    When I submit a message with the conversation ID header "<value>"
    Then I should receive a 400 Bad Request error
    And the error message should mention "x-ms-conversation-id"
    And nothing should be stored

    Examples:
      | value       |
      | {empty}     |
      | two words   |
      | a/b         |
      | thread;drop |
      | a,b         |

  Scenario: Handle a conversation ID that is too long
    Given the API is running
    When I submit a message with a conversation ID of 129 characters
    Then I should receive a 400 Bad Request error
    And nothing should be stored

  @smoke
  Scenario Outline: Handle an invalid message
    Given the API is running
    When I post the body <body>
    Then I should receive a <error> error
    And the error message should mention "<mention>"
    And nothing should be stored

    Examples:
      | body                              | error                    | mention        |
      | {"message": ""}                   | 422 Unprocessable Entity | message       |
      | {"message": "   "}                | 422 Unprocessable Entity | blank         |
      | {"message": "\u200b\u2060\ufeff\u00ad\ufe0f"} | 422 Unprocessable Entity | blank         |
      | {}                                | 422 Unprocessable Entity | message       |
      | {"message": 42}                   | 422 Unprocessable Entity | string        |
      | {"message": null}                 | 422 Unprocessable Entity | string        |
      | {"message": ["a"]}                | 422 Unprocessable Entity | string        |
      | {"message": "a", "customer": "b"} | 422 Unprocessable Entity | Unknown fields |
      | ["message"]                       | 422 Unprocessable Entity | body          |
      | {"message":                       | 400 Bad Request           | not valid JSON |
      | message=hello                     | 400 Bad Request           | not valid JSON |

  Scenario: Handle an empty body
    Given the API is running
    When I post an empty body
    Then I should receive a 422 Unprocessable Entity error
    And nothing should be stored

  Scenario: Handle a message that is too long
    Given the API is running
    When I submit a message of 10001 characters
    Then I should receive a 422 Unprocessable Entity error
    And the error message should mention "10000"
    And nothing should be stored

  Scenario: The longest message is accepted however JSON writes it
    Given the API is running
    When I submit a message of 10000 emoji written as JSON escapes
    Then the response status should be 201

  Scenario: Handle a body that is too large
    Given the API is running
    When I submit a message of 140000 characters
    Then I should receive a 413 Request Entity Too Large error
    And nothing should be stored

  Scenario: Handle a body that is not JSON
    Given the API is running
    When I post the body {"message": "Hello"} as "text/plain"
    Then I should receive a 415 Unsupported Media Type error
    And nothing should be stored

  @smoke
  Scenario: Handle an unknown message
    Given the API is running
    When I GET "/messages/550e8400-e29b-41d4-a716-446655440000/status"
    Then I should receive a 404 Not Found error
    And the error message should be "Message with ID 550e8400-e29b-41d4-a716-446655440000 not found"
    When I GET "/messages/550e8400-e29b-41d4-a716-446655440000/updates"
    Then I should receive a 404 Not Found error
    And the error message should be "Message with ID 550e8400-e29b-41d4-a716-446655440000 not found"

  Scenario Outline: Handle requests that cannot be answered
    Given the API is running
    When I <method> "<path>"
    Then I should receive a <error> error

    Examples:
      | method | path                                                           | error                     |
      | GET    | /nowhere                                                       | 404 Not Found             |
      | GET    | /messages/..%2Fhealth/status                                   | 404 Not Found             |
      | DELETE | /messages                                                      | 405 Method Not Allowed    |
      | PUT    | /health                                                        | 405 Method Not Allowed    |
      | GET    | /messages?limit=0                                              | 422 Unprocessable Entity |
      | GET    | /messages?limit=101                                            | 422 Unprocessable Entity |
      | GET    | /messages?limit=ten                                            | 422 Unprocessable Entity |
      | GET    | /messages?cursor=somewhere                                     | 422 Unprocessable Entity |
      | GET    | /messages?status=lost                                          | 422 Unprocessable Entity |
      | GET    | /messages?conversation_id=a%20b                                | 422 Unprocessable Entity |
      | GET    | /messages/550e8400-e29b-41d4-a716-446655440000/updates?after=x | 422 Unprocessable Entity |

  Scenario Outline: A slash too many at the end of an address leads to the address
    Given the API is running
    When I GET "<path>/<query>"
    Then I should be sent to "<path><query>"

    Examples:
      | path                | query             |
      | /messages           | ?limit=1&status=completed |
      | /health/live        |                   |
      | /docs               |                   |

  Scenario: A method that is not allowed names those that are
    Given the API is running
    When I DELETE "/messages"
    Then the "Allow" header should mention "GET"
