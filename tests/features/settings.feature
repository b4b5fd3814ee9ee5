Feature: Settings
  What an installation decides by its environment.

  Background:
    Given the API is running with
      | setting                | value                                                |
      | API_VERSION            | 9.8.7                                                |
      | API_TITLE              | Ask Anna                                             |
      | CORS_ORIGINS           | https://semker.example, https://admin.semker.example |
      | CORS_ALLOW_CREDENTIALS | false                                                |
      | CORS_ALLOW_METHODS     | GET                                                  |
      | DEMO_CUSTOMER_ID       | C-1002                                               |
      | MAX_MESSAGE_LENGTH     | 30                                                   |
      | MAX_BODY_BYTES         | 1024                                                 |

  Scenario: Name and version
    When I GET "/health"
    Then the field "version" should be "9.8.7"
    When I GET "/openapi.json"
    Then the title of the documentation should be "Ask Anna"

  Scenario: Origins
    When a browser at "https://admin.semker.example" gets "/health"
    Then the "Access-Control-Allow-Origin" header should be "https://admin.semker.example"
    And there should be no "Access-Control-Allow-Credentials" header
    When a browser at "https://semker.example" asks whether it may POST "/messages" with "x-ms-conversation-id"
    Then the response status should be 400
    When a browser at "http://localhost:3000" gets "/health"
    Then there should be no "Access-Control-Allow-Origin" header

  Scenario: Whose data is read is decided by the service alone
    When I ask "What is my current bill?"
    Then the answer should begin with "Your current bill is £"
    And the answer should not mention "£45.50"

  Scenario: The length of a message
    When I submit a message of 30 characters
    Then the response status should be 201
    When I submit a message of 31 characters
    Then I should receive a 422 Unprocessable Entity error
    When I submit a message of 1100 characters
    Then I should receive a 413 Request Entity Too Large error
