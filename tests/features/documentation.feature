Feature: Documentation

  @smoke
  Scenario: The OpenAPI document is valid
    Given the API is running
    When I GET "/openapi.json"
    Then the response status should be 200
    And it should be a valid OpenAPI document

  Scenario: Every operation is documented
    Given the API is running
    When I GET "/openapi.json"
    Then every operation should have an operationId of its own, a summary and a tag
    And every error of an operation should be documented as "application/problem+json"
    And "MessageRequest, MessageResponse, UpdateResponse, StatusResponse, HealthResponse, Problem" should have examples

  Scenario Outline: Every route can be discovered with its errors
    Given the API is running
    When I GET "/openapi.json"
    Then "<method>" of "<path>" should declare <statuses>

    Examples:
      | method | path                           | statuses                          |
      | post   | /messages                      | 201, 400, 409, 413, 415, 422, 503 |
      | get    | /messages                      | 200, 422                     |
      | get    | /messages/{message_id}/updates | 200, 304, 404, 422, 429, 503 |
      | get    | /messages/{message_id}/status  | 200, 404, 422                |
      | post   | /messages/{message_id}/cancel  | 200, 404, 409, 413, 422      |
      | get    | /conversations/{conversation_id} | 200, 404, 422              |
      | get    | /health                        | 200                          |
      | get    | /health/live                   | 200                          |
      | get    | /health/ready                  | 200, 503                     |

  Scenario: The conversation header is documented
    Given the API is running
    When I GET "/openapi.json"
    Then "post" of "/messages" should require the header "x-ms-conversation-id"

  @smoke
  Scenario Outline: Interactive documentation without any file from elsewhere
    Given the API is running
    When I GET "<path>"
    Then the response status should be 200
    And the page should be HTML
    And every script, style sheet and image of the page should be ours and load
    And the page should forbid content from other hosts

    Examples:
      | path   |
      | /docs  |
      | /redoc |

  Scenario Outline: Ways to the documentation
    Given the API is running
    When I GET "<path>"
    Then I should be sent to "/docs"

    Examples:
      | path     |
      | /        |
      | /swagger |
