Feature: Health

  @smoke
  Scenario: Health check
    Given the API is running
    When I GET "/health"
    Then the response status should be 200
    And the response should hold the fields "status, timestamp, version, uptime_seconds"
    And the field "status" should be "healthy"
    And the field "version" should be "1.0.0"
    And the field "timestamp" should be a time in UTC
    And the uptime should be positive and grow

  Scenario: Health tells about the system
    Given the API is running
    When I GET "/health"
    Then the system information should hold
      | field             | value   |
      | environment       | test    |
      | model_provider    | offline |
      | store             | memory  |
      | messages_waiting  | 0       |
      | messages_at_work  | 0       |
    And the system information should tell a positive "memory_mb"
    And the system information should tell a positive "cpu_count"

  @smoke
  Scenario Outline: Probes
    Given the API is running
    When I GET "<path>"
    Then the response status should be 200
    And the field "status" should be "<status>"

    Examples:
      | path          | status |
      | /health/live  | live   |
      | /health/ready | ready  |

  Scenario Outline: Probes that send HEAD
    Given the API is running
    When I HEAD "<path>"
    Then the response status should be 200
    And the response should have no body
    When I PUT "<path>"
    Then I should receive a 405 Method Not Allowed error
    And the "Allow" header should be "GET, HEAD"

    Examples:
      | path          |
      | /health       |
      | /health/live  |
      | /health/ready |

  Scenario: A message that comes before the agents are loaded is accepted and answered
    Given the API has just been started
    When I submit a message "What is my current bill?"
    Then the response status should be 201
    And the final status should be "completed"
    And the answer should begin with "Your current bill is £45.50"
