"""The YAML language server, spoken to as an editor does: JSON-RPC over its standard input and output."""

import json
import os
import queue
import subprocess
import threading
from pathlib import Path

# No list of schemas is fetched from anywhere: what the server knows, it has from the file itself.
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
    }
}
PATIENCE = 60


class Server:
    """A server that runs, with the documents that are open in it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.process = subprocess.Popen(
            ["node", os.environ["YAML_LANGUAGE_SERVER"], "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.last = 0
        self.answers = {}
        self.published = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {
            "textDocument": {
                "completion": {
                    "completionItem": {"documentationFormat": ["plaintext"]}
                },
                "hover": {"contentFormat": ["plaintext"]},
            }
        }
        root = self.folder.as_uri()
        self.ask(
            "initialize",
            processId=os.getpid(),
            rootUri=root,
            capabilities=capabilities,
        )
        self.tell("initialized")
        self.tell("workspace/didChangeConfiguration", settings=SETTINGS)

    def close(self):
        """Ends the server as an editor does."""
        self.ask("shutdown")
        self.tell("exit")
        self.process.wait(PATIENCE)
        self.process.stdin.close()
        self.process.stdout.close()

    def open(self, name, text):
        """Opens a document, and says what is wrong with it: (line, message) from 1."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)
        uri = self._uri(name)
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        while True:
            told = self.published.get(timeout=PATIENCE)
            if told["uri"] == uri:
                return [
                    (one["range"]["start"]["line"] + 1, one["message"])
                    for one in told["diagnostics"]
                ]

    def completion(self, name, line, column):
        """What can stand at a place (from 1), by its label."""
        answer = self.ask("textDocument/completion", **self._place(name, line, column))
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: item for item in items}

    def hover(self, name, line, column):
        """What is told of a place (from 1)."""
        answer = self.ask("textDocument/hover", **self._place(name, line, column))
        contents = answer["contents"]
        return contents["value"] if isinstance(contents, dict) else contents

    def ask(self, method, **params):
        """Asks, and waits for the answer."""
        self.last += 1
        box = self.answers[self.last] = queue.Queue()
        self._send({"id": self.last, "method": method, "params": params or None})
        answer = box.get(timeout=PATIENCE)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def tell(self, method, **params):
        """Tells without an answer."""
        self._send({"method": method, "params": params})

    def _uri(self, name):
        return (self.folder / name).as_uri()

    def _place(self, name, line, column):
        position = {"line": line - 1, "character": column - 1}
        return {"textDocument": {"uri": self._uri(name)}, "position": position}

    def _send(self, message):
        message = {"jsonrpc": "2.0", **message}
        if message.get("params", 0) is None:
            del message["params"]
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _listen(self):
        stream = self.process.stdout
        while True:
            length = None
            while line := stream.readline().strip():
                name, value = line.split(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                return
            self._hear(json.loads(stream.read(length)))

    def _hear(self, message):
        if "method" not in message:
            self.answers[message["id"]].put(message)
        elif message["method"] == "textDocument/publishDiagnostics":
            self.published.put(message["params"])
        elif "id" in message:
            # The server asks its editor for capabilities and contents; this one has none.
            self._send({"id": message["id"], "result": None})
