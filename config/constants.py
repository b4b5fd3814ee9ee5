"""Names and limits that the HTTP contract fixes."""

CONVERSATION_HEADER = "x-ms-conversation-id"
CONVERSATION_ID_PATTERN = r"^[A-Za-z0-9._~:-]{1,128}$"
PROBLEM_JSON = "application/problem+json"
DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 100
