Feature: Order of work
  One message at a time in a conversation, in order; conversations never wait for each other.

  Scenario: A burst in one conversation is answered in order
    Given the API is running
    When I submit 50 messages to the conversation at once
    Then all messages should be completed
    And the messages should have been answered one after the other, in the order in which they were accepted
    And the conversation should hold 50 questions, each followed by its answer

  Scenario: Conversations are worked on at the same time
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 1     |
    When I submit one message to each of 50 conversations
    Then all messages should be completed within 15 seconds

  Scenario: A slow conversation does not delay another
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 1     |
    When I submit 20 messages to the conversation at once
    And I start another conversation
    And I ask "What is my current bill?"
    Then the final status should be "completed"
    And at least 15 messages of the first conversation should still be open

  Scenario: Even a single worker takes turns between conversations
    Given the API is running with
      | setting                  | value |
      | MESSAGE_PROCESSING_DELAY | 0.2   |
      | MAX_CONCURRENT_MESSAGES  | 1     |
    When I submit 20 messages to the conversation at once
    And I start another conversation
    And I ask "What is my current bill?"
    Then the final status should be "completed"
    And at least 15 messages of the first conversation should still be open
