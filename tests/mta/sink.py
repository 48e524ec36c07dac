"""Where the mail ends: an SMTP server that keeps every message exactly as it
came, with its envelope. It can be told to refuse, and to be slow."""

import asyncio
import dataclasses
import email
import email.policy
import re
import threading
import time


@dataclasses.dataclass
class Delivered:
    sender: str
    recipients: list
    data: bytes             # CRLF lines, dot-stuffing undone
    options: dict           # of MAIL and RCPT, as they came
    at: float

    @property
    def to(self):
        return self.recipients[0]

    @property
    def body(self):
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def message(self):
        return email.message_from_bytes(self.data,
                                        policy=email.policy.default)

    def header(self, name):
        """The raw values of a header, in order."""
        head = self.data.partition(b"\r\n\r\n")[0] + b"\r\n"
        found = re.findall(rb"(?im)^%s:((?:.*\r\n)(?:[ \t].*\r\n)*)"
                           % re.escape(name.encode()), head)
        return [value[:-2] for value in found]


class Sink:
    """Listens on a loopback port in a thread of its own."""

    def __init__(self, port):
        self.port = port
        self.mail = []
        self.reply = {}         # command word -> reply instead of 250
        self.refused = {}       # recipient -> reply instead of 250
        self.offers = ["PIPELINING", "8BITMIME", "SMTPUTF8", "DSN",
                       "SIZE 99999999"]
        self.pause = 0.0        # before the answer to the final dot
        self.lock = threading.Condition()
        self.loop = asyncio.new_event_loop()
        self.sessions = set()
        ready = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(ready,),
                                       daemon=True)
        self.thread.start()
        ready.wait()

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(
            self.session, "127.0.0.1", self.port, limit=1 << 20))
        ready.set()
        self.loop.run_forever()
        self.server.close()
        for session in self.sessions:
            session.cancel()
        self.loop.run_until_complete(
            asyncio.gather(*self.sessions, return_exceptions=True))
        self.loop.close()

    async def session(self, reader, writer):
        self.sessions.add(asyncio.current_task())
        try:
            await self.talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, EOFError):
            pass
        finally:
            self.sessions.discard(asyncio.current_task())
            writer.close()

    async def talk(self, reader, writer):
        async def say(text):
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        await say("220 sink.test ESMTP")
        sender, recipients, options = None, [], {}
        while True:
            line = await reader.readline()
            if not line:
                return
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            word = text.split(" ", 1)[0].upper()
            refusal = self.reply.get(word)
            path = re.search(r"<(.*?)>(.*)$", text)
            if word == "EHLO":
                await say("\r\n".join("250-" + offer for offer in [
                    "sink.test", *self.offers]) + "\r\n250 HELP")
            elif word == "QUIT":
                await say("221 2.0.0 Bye")
                return
            elif refusal:
                await say(refusal)
            elif word == "MAIL":
                sender, recipients, options = path[1], [], {}
                options["MAIL"] = path[2].strip()
                await say("250 2.1.0 Ok")
            elif word == "RCPT" and path[1] in self.refused:
                await say(self.refused[path[1]])
            elif word == "RCPT":
                recipients.append(path[1])
                options[path[1]] = path[2].strip()
                await say("250 2.1.5 Ok")
            elif word == "DATA" and not recipients:
                await say("554 5.5.1 No valid recipients")
            elif word == "DATA":
                await say("354 End data with a dot")
                data = await self.read_data(reader)
                if self.pause:
                    await asyncio.sleep(self.pause)
                self.keep(Delivered(sender, recipients, data, options,
                                    time.time()))
                await say("250 2.0.0 Ok")
            else:
                await say("250 2.0.0 Ok")

    @staticmethod
    async def read_data(reader):
        pieces = []
        while True:
            try:
                line = await reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as long:
                pieces.append(await reader.readexactly(long.consumed))
                continue
            if line == b".\r\n" and (not pieces
                                     or pieces[-1].endswith(b"\r\n")):
                return b"".join(pieces)
            starts = not pieces or pieces[-1].endswith(b"\r\n")
            pieces.append(line[1:] if starts and line[:1] == b"." else line)

    def keep(self, delivered):
        with self.lock:
            self.mail.append(delivered)
            self.lock.notify_all()

    def wait(self, count, seconds=60):
        """At least count messages, or what came in that time."""
        with self.lock:
            self.lock.wait_for(lambda: len(self.mail) >= count, seconds)
            return list(self.mail)

    def take(self, count, seconds=60):
        """The messages so far, and an empty sink for what follows."""
        self.wait(count, seconds)
        with self.lock:
            mail, self.mail = self.mail, []
            return mail

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
