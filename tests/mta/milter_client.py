"""The mail server's half of the milter protocol: speaks to a milter over its
Unix socket, gathers what it wants changed and makes the resulting message."""

import socket
import struct

ACTIONS = 0x1ff
STEPS = 0x1fffff                # all that Postfix 3.7 offers
NO_REPLY = {"C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000,
            "T": 0x10000, "U": 0x20000, "N": 0x40000, "B": 0x80000,
            "L": 0x80}
NOT_SENT = {"C": 0x1, "H": 0x2, "M": 0x4, "R": 0x8, "B": 0x10, "L": 0x20,
            "N": 0x40, "U": 0x100, "T": 0x200}
LEADING_BLANK = 0x100000
CHUNK = 65535

CONTINUE, ACCEPT, REJECT, DISCARD, TEMPFAIL = "c", "a", "r", "d", "t"


def words(*texts):
    """NUL-terminated strings."""
    return b"".join(text if isinstance(text, bytes) else text.encode()
                    for text in sum(([text, b"\0"] for text in texts), []))


class Reply:
    """What the milter said: a letter of the protocol and, when it gave one,
    the SMTP reply."""

    def __init__(self, letter, text=""):
        self.letter = letter
        self.text = text
        if letter == "y":
            self.letter = TEMPFAIL if text.startswith("4") else REJECT

    @property
    def code(self):
        """The SMTP code a client would see, 250 for yes."""
        if self.text:
            return int(self.text[:3])
        return {REJECT: 550, TEMPFAIL: 451}.get(self.letter, 250)

    def __repr__(self):
        return "Reply(%r, %r)" % (self.letter, self.text)


def split(data):
    """Header fields [(name, value)] and body of a message as a mail server
    reads it. Values keep their blanks and have LF for folds, as in the
    protocol; a line that is no header ends the header."""
    fields, rest = [], data
    while rest:
        end = rest.find(b"\n") + 1 or len(rest)
        line = rest[:end]
        if line in (b"\r\n", b"\n"):
            return fields, rest[end:]
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b"\n" + line.rstrip(b"\r\n")
        else:
            name, colon, value = line.rstrip(b"\r\n").partition(b":")
            if not colon or not name.rstrip() or not all(
                    32 < byte < 127 for byte in name.rstrip()):
                return fields, rest
            fields.append([name, value])
        rest = rest[end:]
    return fields, b""


def join(fields, body):
    return b"".join(name + b":" + value.replace(b"\n", b"\r\n") + b"\r\n"
                    for name, value in fields) + b"\r\n" + body


def pieces(body, chunk):
    """The body in chunks of a size, or cut at the offsets of a list."""
    cuts = (list(range(chunk, len(body), chunk)) if isinstance(chunk, int)
            else list(chunk))
    for start, end in zip([0] + cuts, cuts + [len(body)]):
        if end > start:
            yield body[start:end]


class Message:
    """A message that modifications are done to, in their order."""

    def __init__(self, fields, body, blank=b""):
        self.fields = [list(field) for field in fields]
        self.blank = blank      # what the mail server puts after a colon
        self.body = body
        self.replaced = None
        self.changes = 0

    def change(self, letter, data):
        self.changes += 1
        if letter == "b":
            self.replaced = (self.replaced or b"") + data
        elif letter == "h":
            name, value = data.split(b"\0")[:2]
            self.fields.append([name, self.blank + value])
        elif letter == "i":
            index, = struct.unpack(">I", data[:4])
            name, value = data[4:].split(b"\0")[:2]
            self.fields.insert(index, [name, self.blank + value])
        elif letter == "m":
            index, = struct.unpack(">I", data[:4])
            name, value = data[4:].split(b"\0")[:2]
            self.change_header(index, name, value)
        else:
            raise AssertionError("modification %r" % letter)

    def change_header(self, nth, name, value):
        for index, field in enumerate(self.fields):
            if field[0].rstrip().lower() == name.lower():
                nth -= 1
                if nth == 0:
                    if value:
                        field[1] = self.blank + value
                    else:
                        del self.fields[index]
                    return
        if value:
            self.fields.append([name, self.blank + value])

    def bytes(self):
        return join(self.fields, self.body if self.replaced is None
                    else self.replaced)


class Milter:
    """One connection. with Milter(path) as milter: milter.send(…)."""

    def __init__(self, path, steps=STEPS, actions=ACTIONS,
                 daemon="CAMPAIGN", address="127.0.0.1", macros=(),
                 timeout=60):
        self.round_trips = 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.stream = self.socket.makefile("rb")
        self.packet("O", struct.pack(">III", 6, actions, steps))
        letter, data = self.read()
        if letter != "O":
            raise ConnectionError("negotiation: %r" % letter)
        self.version, self.actions, self.steps = struct.unpack(
            ">III", data[:12])
        self.wanted_macros = data[12:]
        self.macros = dict(macros)
        self.macro("C", "j", "mail.test", "{daemon_name}", daemon)
        family = b"6" if ":" in address else b"4"
        self.reply = self.ask("C", words("client.test") + family
                              + struct.pack(">H", 25) + words(address))
        self.ask("H", words("client.test"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.packet("Q", b"")
        except OSError:
            pass
        self.drop()

    def drop(self):
        """Hangs up without a word."""
        self.stream.close()
        self.socket.close()

    def packet(self, letter, data):
        self.socket.sendall(struct.pack(">I", len(data) + 1)
                            + letter.encode() + data)

    def read(self):
        head = self.stream.read(4)
        if len(head) != 4:
            raise ConnectionError("the milter hung up")
        length, = struct.unpack(">I", head)
        data = self.stream.read(length)
        return chr(data[0]), data[1:]

    def macro(self, letter, *pairs):
        if self.sends(letter):
            self.packet("D", letter.encode() + words(*pairs))

    def sends(self, letter):
        return not self.steps & NOT_SENT.get(letter, 0)

    def answer(self, message=None):
        """The reply; modifications before it are done to the message."""
        self.round_trips += 1
        while True:
            letter, data = self.read()
            if letter in "bhim":
                message.change(letter, data)
            elif letter != "p":
                return Reply(letter, data.rstrip(b"\0").decode())

    def ask(self, letter, data, message=None):
        """Sends an event unless it was declined, and waits for the reply
        unless none was agreed to."""
        if not self.sends(letter):
            return Reply(CONTINUE)
        self.packet(letter, data)
        if self.steps & NO_REPLY.get(letter, 0):
            return Reply(CONTINUE)
        return self.answer(message)

    def mail(self, sender="<news@shop.example>"):
        pairs = [text for pair in self.macros.items() for text in pair]
        self.macro("M", "i", "early", *pairs)
        return self.ask("M", words(sender))

    def rcpt(self, recipient):
        return self.ask("R", words(recipient))

    def content(self, data, queue_id="4Q", chunk=CHUNK):
        """Header, body and end of message; (reply, Message)."""
        fields, body = split(data)
        message = Message(fields, body, b"" if self.steps & LEADING_BLANK
                          else b" ")
        self.ask("T", b"")
        for name, value in fields:
            # The protocol has C strings: mail servers lose a NUL here.
            value = value.replace(b"\0", b"")
            if not self.steps & LEADING_BLANK:
                value = value[1:] if value[:1] == b" " else value
            reply = self.ask("L", words(name, value))
            if reply.letter != CONTINUE:
                return reply, message
        self.ask("N", b"")
        for piece in pieces(body, chunk):
            reply = self.ask("B", piece)
            if reply.letter != CONTINUE:
                return reply, message
        self.macro("E", "i", queue_id)
        return self.ask("E", b"", message), message

    def abort(self):
        self.packet("A", b"")

    def send(self, data, recipient="<anna@customer.example>",
             sender="<news@shop.example>", queue_id="4Q", chunk=CHUNK):
        """One transaction, as a mail server does it: (reply, message as it
        would be delivered)."""
        message = Message(*split(data))
        reply = self.mail(sender)
        if reply.letter == CONTINUE:
            reply = self.rcpt(recipient)
        if reply.letter == CONTINUE:
            reply, message = self.content(data, queue_id, chunk)
        elif reply.letter != ACCEPT:
            self.abort()
        return reply, message


def as_sent(data):
    """A file as a mail client sends it: every line ended by CRLF."""
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
