#!/usr/bin/env bash
# Sends a message and follows it until its answer: examples/follow.sh "What is my current bill?" [http://localhost:8000]
set -euo pipefail
text=${1:?the text of the message}
url=${2:-http://localhost:8000}

body=${text//\\/\\\\}
id=$(curl -sSf "$url/messages" -H "Content-Type: application/json" -H "x-ms-conversation-id: example-$RANDOM" \
    -d "{\"message\": \"${body//\"/\\\"}\"}" | sed -E 's/.*"message_id": ?"([^"]+)".*/\1/')

last=0
while true; do
    # -N: print at once. The stream may end before the message does (event: bye, a lost connection): go on after the last id.
    while IFS= read -r line; do
        case $line in
            "data: "*) data=${line#data: } ;;
            "event: "*) event=${line#event: } ;;
            "id: "*) last=${line#id: } ;;
            "") if [ "${event:-}" = update ]; then echo "$data"; fi
                if [ "${event:-}" = done ]; then exit 0; fi
                event="" ;;
        esac
    done < <(curl -sSfN "$url/messages/$id/events" -H "Last-Event-ID: $last" || sleep 1.5)
done
