"""Names and limits that the HTTP contract fixes."""

CONVERSATION_HEADER = "x-ms-conversation-id"
CONVERSATION_ID_PATTERN = r"^[A-Za-z0-9._~:-]{1,128}$"
IDEMPOTENCY_HEADER = "Idempotency-Key"
IF_BUSY_HEADER = "x-semker-if-busy"
REPLAYED_HEADER = "Idempotent-Replayed"
PROBLEM_JSON = "application/problem+json"
DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 100
MAX_WAIT_SECONDS = 30
RECONNECT_MILLISECONDS = 1500
MAX_POSITION = 2**53 - 1
