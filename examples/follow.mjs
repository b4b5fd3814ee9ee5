// Sends a message and follows it until its answer: node examples/follow.mjs "What is my current bill?" [url]
// In a browser EventSource does the same with less code; fetch can also send headers, such as Authorization.
const [text, url = "http://localhost:8000"] = process.argv.slice(2);
const RECONNECT_MILLISECONDS = 1500;

async function send(message) {
  const response = await fetch(`${url}/messages`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "x-ms-conversation-id": `example-${crypto.randomUUID()}` },
    body: JSON.stringify({ message }),
  });
  if (!response.ok) throw new Error((await response.json()).detail);
  return (await response.json()).message_id;
}

async function* blocks(response) {
  let rest = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const complete = (rest + piece).split("\n\n");
    rest = complete.pop();
    yield* complete;
  }
}

// A stream that ends early is taken up after the last id that came.
async function* events(path) {
  let lastId = "0";
  while (true) {
    try {
      const response = await fetch(url + path, { headers: { "Last-Event-ID": lastId } });
      // too many streams, or a server that is ending
      if (response.status === 429 || response.status === 503) throw new Error((await response.json()).detail);
      if (!response.ok) {
        console.error((await response.json()).detail);
        process.exit(1);
      }
      for await (const block of blocks(response)) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
        lastId = fields.id ?? lastId;
        if (fields.event) yield { name: fields.event, data: JSON.parse(fields.data) };
      }
    } catch (error) {
      console.error(`${error.message}; trying again`);
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MILLISECONDS));
    }
  }
}

for await (const { name, data } of events(`/messages/${await send(text)}/events`)) {
  if (name === "update") console.log(`${data.sequence}. ${data.result}`);
  if (name === "done") break;
}
