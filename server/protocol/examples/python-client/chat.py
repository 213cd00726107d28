#!/usr/bin/env python3
"""Chats with a clip over the VideoChat protocol. One file, Python 3.8 or later, nothing but its standard library.

    python3 server/protocol/examples/python-client/chat.py clip.mp4 "What happens?" "When?"
    python3 server/protocol/examples/python-client/chat.py clip.mp4                     # asks for questions until the end of input
    python3 server/protocol/examples/python-client/chat.py --server "npx videochat serve --stdio" clip.mp4 "What happens?"

Answers go to stdout, stages and errors to stderr. Ctrl-C stops an answer, a second one the program.
server/protocol/README.md is the specification.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import threading

PROTOCOL_VERSION = "1.0"
CANCELLED = -32800


class ServerError(Exception):
    """What the server answered instead of a result."""

    def __init__(self, error):
        hint = (error.get("data") or {}).get("hint")
        super().__init__(error["message"] + (" " + hint if hint else ""))
        self.code = error["code"]


class Connection:
    """A server in a process of its own; JSON-RPC with the framing of the Language Server Protocol on its stdin and stdout."""

    def __init__(self, command):
        # A group of its own: Ctrl-C is for this program, which asks the server to stop an answer.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=os.name != "nt")
        self.writing = threading.Lock()
        self.changed = threading.Condition()
        self.answers = {}
        self.progress = {}
        self.last_id = 0
        self.lost = None
        threading.Thread(target=self._read, daemon=True).start()

    def notify(self, method, params):
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method, params, on_progress=None):
        """Waits for the answer. Ctrl-C asks the server to stop, and waits on: every request is answered."""
        self.last_id += 1
        request_id = self.last_id
        if on_progress:
            token = "progress-%d" % request_id
            params = dict(params, progressToken=token)
            self.progress[token] = on_progress
        self._send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        cancelled = False
        while True:
            try:
                answer = self._wait(request_id)
                break
            except KeyboardInterrupt:
                if cancelled:
                    raise
                cancelled = True
                self.notify("$/cancelRequest", {"id": request_id})
        if "error" in answer:
            raise ServerError(answer["error"])
        return answer["result"]

    def close(self):
        """Ends the server as the specification says; one that hangs is killed."""
        try:
            self.request("shutdown", {})
            self.notify("exit", {})
            self.process.stdin.close()
            return self.process.wait(timeout=10)
        except (OSError, ServerError, subprocess.TimeoutExpired):
            self.process.kill()
            return self.process.wait()

    def _wait(self, request_id):
        with self.changed:
            while request_id not in self.answers:
                if self.lost:
                    raise ConnectionError(self.lost)
                # With a time limit, so that Ctrl-C is noticed on every system.
                self.changed.wait(0.5)
            return self.answers.pop(request_id)

    def _send(self, message):
        body = json.dumps(message).encode("utf-8")
        with self.writing:
            try:
                self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                self.process.stdin.flush()
            except OSError:
                raise ConnectionError("The server has ended.") from None

    def _read(self):
        """Runs on a thread of its own until the stream ends."""
        stream = self.process.stdout
        try:
            while True:
                length = None
                while True:
                    line = stream.readline()
                    if not line:
                        raise ConnectionError("The server has ended.")
                    if line == b"\r\n":
                        break
                    name, _, value = line.decode("ascii").partition(":")
                    if name.lower() == "content-length":
                        length = int(value)
                if length is None:
                    raise ConnectionError("The server sent a header without Content-Length.")
                body = stream.read(length)
                if len(body) < length:
                    raise ConnectionError("The server ended in the middle of a message.")
                self._receive(json.loads(body))
        except Exception as error:  # Whatever it is, nobody may wait for ever.
            with self.changed:
                self.lost = str(error)
                self.changed.notify_all()

    def _receive(self, message):
        if "method" not in message:
            with self.changed:
                self.answers[message["id"]] = message
                self.changed.notify_all()
        elif message["method"] == "$/progress":
            # The order is right: it comes before the answer, on the same stream.
            take = self.progress.get(message["params"]["token"])
            if take:
                take(message["params"]["value"])
        elif "id" in message:
            # The server asks for something that this client does not offer.
            self._send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "Unknown method."}})


def say(text):
    print(text, file=sys.stderr, flush=True)


def choose_model(models, wanted):
    """The one that is named; else the first usable one, real models before demonstrations."""
    if wanted:
        return next((model for model in models if model["id"] == wanted), None)
    usable = [model for model in models if "problem" not in model and set(model["abilities"]) != {"retrieval"}]
    return next((model for model in usable if not model["demonstration"]), usable[0] if usable else None)


def ask(connection, chat_id, question):
    stage = None

    def on_progress(value):
        nonlocal stage
        if value["kind"] == "delta":
            print(value["text"], end="", flush=True)
        elif value["kind"] == "stage" and value["stage"] != stage:
            stage = value["stage"]
            say("[%s]" % stage)

    answer = connection.request("chat/send", {"chatId": chat_id, "text": question}, on_progress)
    print(flush=True)
    for event in answer.get("evidence", []):
        say("[%s: %.1f to %.1f s]" % (event["label"], event["startSeconds"], event["endSeconds"]))


def chat(connection, arguments):
    opened = connection.request("initialize", {"protocolVersion": PROTOCOL_VERSION, "client": {"name": "python-example"}, "processId": os.getpid()})
    connection.notify("initialized", {})
    say("VideoChat %s" % opened["server"]["version"])
    model = choose_model(connection.request("model/list", {})["models"], arguments.model)
    if not model:
        raise SystemExit("There is no such model, or none that can be used.")
    if model["demonstration"]:
        say("%s is a demonstration model: of real clips it knows what perception models noticed, at most." % model["name"])
    video = connection.request("video/open", {"path": os.path.abspath(arguments.clip)})
    facts = video["facts"]
    say("%d × %d, %.1f s" % (facts["width"], facts["height"], facts["durationSeconds"]))
    chat_id = connection.request("chat/create", {"videoId": video["videoId"], "modelId": model["id"]})["chatId"]
    for question in arguments.question or typed_questions():
        try:
            ask(connection, chat_id, question)
        except ServerError as error:
            if error.code != CANCELLED:
                raise
            say("[stopped]")
    connection.request("chat/close", {"chatId": chat_id})
    connection.request("video/close", {"videoId": video["videoId"]})


def typed_questions():
    while True:
        try:
            question = input("> " if sys.stdin.isatty() else "")
        except (EOFError, KeyboardInterrupt):
            return
        if question.strip():
            yield question


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    built = os.path.join(here, "..", "..", "..", "..", "dist", "server.mjs")
    parser = argparse.ArgumentParser(description="Chats with a clip over the VideoChat protocol.")
    parser.add_argument("clip")
    parser.add_argument("question", nargs="*", help="asked one after the other; left out: typed in")
    parser.add_argument("--model", help="id of the model to ask")
    parser.add_argument("--server", help="command that starts the server; left out: that of this checkout")
    arguments = parser.parse_args()
    command = shlex.split(arguments.server) if arguments.server else ["node", os.path.normpath(built), "--stdio"]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        connection = Connection(command)
    except OSError as error:
        raise SystemExit("The server could not be started: %s" % error)
    try:
        chat(connection, arguments)
    except (ServerError, ConnectionError) as error:
        raise SystemExit(str(error))
    except KeyboardInterrupt:
        raise SystemExit(130)
    finally:
        connection.close()


if __name__ == "__main__":
    main()
