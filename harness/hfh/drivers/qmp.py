# SPDX-License-Identifier: BSD-3-Clause
"""The QEMU Machine Protocol over one end of a socket pair.

Requests may be sent before QEMU runs and answers read after it has ended:
nothing here waits unless call() is told to.
"""

import json
import select
import socket
import time
from typing import Any


class Qmp:
    """The harness's end of the monitor of a QEMU that starts halted.

    The guest goes on only when the monitor is ready, so no event is missed.

    channel: becomes readable when something has arrived.
    events: those that have arrived, in order.
    """

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.channel.setblocking(False)
        self._rest = b""
        self._next = 0
        self._answers: dict[int, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.greeted = False
        self.post("qmp_capabilities")
        self.post("cont")

    def post(self, command: str, **arguments: object) -> int:
        """Send a command; returns the id that answer() wants, -1 if gone."""
        self._next += 1
        request: dict[str, object] = {"execute": command, "id": self._next}
        if arguments:
            request["arguments"] = arguments
        try:
            self.channel.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            return -1
        return self._next

    def pump(self) -> None:
        """Take in whatever has arrived."""
        while True:
            try:
                chunk = self.channel.recv(1 << 16)
            except (BlockingIOError, ConnectionError):
                return
            if not chunk:
                return
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        if "QMP" in message:
            self.greeted = True
        elif "event" in message:
            self.events.append(message)
        elif "id" in message:
            self._answers[message["id"]] = message.get("return")

    def answer(self, ticket: int) -> Any:
        """Return and forget the answer to post(), None while there is none."""
        return self._answers.pop(ticket, None)

    def call(self, command: str, wait_s: float, **arguments: object) -> Any:
        """Send a command and wait; None after wait_s or when QEMU is gone."""
        ticket = self.post(command, **arguments)
        end = time.monotonic() + wait_s
        while ticket > 0 and ticket not in self._answers:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.channel], [], [], left)[0]:
                return None
            if not self.channel.recv(1, socket.MSG_PEEK):
                return None
            self.pump()
        return self.answer(ticket)

    def shutdown_reason(self) -> str:
        """Return the reason of the SHUTDOWN event, "" when there was none."""
        self.pump()
        for event in self.events:
            if event["event"] == "SHUTDOWN":
                return str(event.get("data", {}).get("reason", "unknown"))
        return ""
