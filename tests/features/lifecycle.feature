Feature: Start and end of the process

  Scenario Outline: At a signal, accepted work is finished while new work is refused
    Given a process of the API of its own with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 1.5   |
      | SHUTDOWN_GRACE           | 25    |
    When I submit 2 messages to the conversation at once
    And 1 message is at work and 1 is waiting
    And the process receives <signal>
    Then it should report "draining" as not ready
    When I submit a message "Too late"
    Then I should receive a 503 Service Unavailable error
    And the "Retry-After" header should be a number of seconds
    And all messages should be completed
    And the process should end with exit code 0 within 10 seconds

    Examples:
      | signal  |
      | SIGTERM |
      | SIGINT  |

  Scenario: What cannot be finished within the grace ends failed
    Given a process of the API of its own with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 60    |
      | SHUTDOWN_GRACE           | 0.2   |
      | MAX_CONCURRENT_MESSAGES  | 1     |
    When I submit one message to each of 3 conversations
    And 1 message is at work and 2 are waiting
    And the process receives SIGTERM
    Then all messages should have failed with "worker_lost"
    And the process should end with exit code 0 within 10 seconds

  Scenario: An idle process ends at once
    Given a process of the API of its own with
      | setting        | value |
      | SHUTDOWN_GRACE | 25    |
    When the process receives SIGTERM
    Then the process should end with exit code 0 within 5 seconds
    And it should have said nothing of an error

  Scenario: A second worker process is refused
    When I run "-m uvicorn api:app --workers 2 --port {port}"
    Then it should end within 30 seconds
    And it should have said "refuses to start a second worker process" in one line
    And it should not have shown a traceback

  Scenario Outline: A wrong setting stops the start with one line that names it
    When I run "<command>" with <variable> set to "<value>"
    Then it should end with an exit code other than 0 within 30 seconds
    And it should have said "<variable>" in one line and nothing else
    And it should not have repeated "<value>"

    Examples:
      | command                         | variable                | value         |
      | start_server.py                 | SERVER_PORT             | eight thousand |
      | main.py serve                   | MESSAGE_TIMEOUT         | -17           |
      | -m uvicorn api:app --port {port} | MAX_CONCURRENT_MESSAGES | none-at-all   |
      | start_server.py                 | MODEL_PROVIDER          | crystal-ball  |
      | start_server.py                 | CONTACT_URL             | support-page  |
      | start_server.py                 | SERVER_HOST             | host.invalid  |
      | main.py worker                  | MCP_MAX_CALLS           | 9999          |
      | -m uvicorn api:app --port {port} | MAX_BODY_BYTES          | 99999         |

  Scenario: A port that is taken stops the start
    Given the API is running
    When I run "start_server.py" with SERVER_PORT set to the port of the API
    Then it should end with an exit code other than 0 within 30 seconds
    And it should not have shown a traceback

  Scenario Outline: Ways to start
    Given the API is started by "<command>"
    When I ask "What is my current bill?"
    Then the answer should begin with "Your current bill is £45.50"

    Examples:
      | command                          |
      | main.py                          |
      | -m uvicorn api:app --port {port} |
