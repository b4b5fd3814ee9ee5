Feature: Cross-origin requests

  Scenario: A browser of a known origin may send messages
    Given the API is running
    When a browser at "http://localhost:3000" asks whether it may POST "/messages" with "x-ms-conversation-id, content-type"
    Then the response status should be 200
    And the "Access-Control-Allow-Origin" header should be "http://localhost:3000"
    And the "Access-Control-Allow-Credentials" header should be "true"
    And the "Access-Control-Allow-Headers" header should mention "x-ms-conversation-id"

  Scenario: A browser of another origin may not
    Given the API is running
    When a browser at "https://elsewhere.example" asks whether it may POST "/messages" with "x-ms-conversation-id"
    Then the response status should be 400
    And there should be no "Access-Control-Allow-Origin" header

  Scenario Outline: A known origin can read answers, errors too
    Given the API is running
    When a browser at "http://localhost:3000" gets "<path>"
    Then the response status should be <status>
    And the "Access-Control-Allow-Origin" header should be "http://localhost:3000"
    And the "Access-Control-Expose-Headers" header should mention "Location"
    And the "Access-Control-Expose-Headers" header should mention "Retry-After"

    Examples:
      | path                  | status |
      | /health               | 200    |
      | /messages/none/status | 404    |

  Scenario: Another origin gets no permission to read
    Given the API is running
    When a browser at "https://elsewhere.example" gets "/health"
    Then there should be no "Access-Control-Allow-Origin" header
