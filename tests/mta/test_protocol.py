"""inlayd against peers that do not keep to the milter protocol. Malformed
macro packets are left out: libmilter itself does not survive them."""

import os
import random
import socket
import struct
import unittest

from lab import wait_for
from mailing import message
from milter_client import ACCEPT, split, words
from test_milter import ANNA, OnMilter

SEEDS = int(os.environ.get("SEEDS", "400"))

TEXTS = [words(), words(""), words("<anna@customer.example>"),
         words("<a@shop.example>", "SIZE=12"), b"no end", b"\0" * 9,
         words("X-Inlay-Campaign", " spring"), words("Subject", ""),
         words("", ""), words("X" * 300, " y\n z"), words("\xff", "\xfe\n"),
         b"4\0\x19" + words("127.0.0.1"), b"body\r\n.\r\n" * 50,
         words("client.test") + b"4\0\x19" + words("127.0.0.1"),
         words("client.test") + b"L\0\0" + words("/x"),
         words("client.test") + b"U", b"x" * 65534]

GREETING = struct.pack(">III", 6, 0x1ff, 0x1fffff)

EVENTS = "OCHMRTLNBEAUKQ"


def packet(letter, data, length=None):
    return struct.pack(">I", len(data) + 1 if length is None else length) + (
        letter.encode() + data)


def transaction():
    """The packets of a message as they should be."""
    fields, body = split(message("fuzzed"))
    yield packet("O", GREETING)
    yield packet("D", b"C" + words("{daemon_name}", "CAMPAIGN"))
    yield packet("C", words("client.test") + b"4\0\x19" + words("127.0.0.1"))
    yield packet("M", words("<news@shop.example>"))
    yield packet("R", words(ANNA))
    for name, value in fields:
        yield packet("L", words(name, value))
    yield packet("B", body)
    yield packet("E", b"")


def disordered(dice):
    """Any events with anything in them, most of them after a greeting."""
    stream = [packet("O", GREETING)] if dice.random() < 0.7 else []
    for _ in range(dice.randrange(1, 12)):
        letter = dice.choice(EVENTS)
        data = GREETING if letter == "O" else dice.choice(TEXTS)
        stream.append(packet(letter, data))
    return b"".join(stream)


def shuffled(dice):
    """A message some of whose packets are lost, said twice or swapped."""
    stream = list(transaction())
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(stream))
        move = dice.randrange(3)
        if move == 0 and len(stream) > 1:
            del stream[at]
        elif move == 1:
            stream.insert(at, stream[at])
        else:
            other = dice.randrange(len(stream))
            stream[at], stream[other] = stream[other], stream[at]
    return b"".join(stream)


def cut(dice):
    stream = b"".join(transaction())
    return stream[:dice.randrange(len(stream))]


def lying(dice):
    """One packet's length is not what it says."""
    stream = list(transaction())
    at = dice.randrange(len(stream))
    while stream[at][4:5] == b"D":
        at = dice.randrange(len(stream))
    length = dice.choice([0, 1, 2, len(stream[at]) + 1, 65535, 65536,
                          2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])
    stream[at] = packet(chr(stream[at][4]), stream[at][5:], length)
    return b"".join(stream)


class OddPeers(OnMilter):
    keys = ()

    def throw(self, stream):
        """Sends it, reads what comes and hangs up."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(60)
            peer.connect(str(self.inlay.socket))
            try:
                peer.sendall(stream)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(65536):
                    pass
            except ConnectionError:
                pass

    def assertServes(self):
        self.assertTrue(self.inlay.process.running(),
                        self.inlay.text()[-4000:])
        milter = self.milter()
        reply, mail = milter.send(message("after"), ANNA)
        milter.drop()
        self.assertEqual(reply.letter, ACCEPT)
        self.assertGreater(mail.changes, 0)

    def test_an_event_before_the_greeting_does_no_harm(self):
        for letter in EVENTS:
            for data in TEXTS:
                with self.subTest(letter + " " + repr(data[:40])):
                    self.throw(packet(letter, data))
            self.assertServes()

    def test_whatever_a_peer_sends_others_are_served(self):
        for seed in range(SEEDS):
            dice = random.Random(seed)
            for peer in disordered, shuffled, cut, lying:
                self.throw(peer(dice))
            if seed % 20 == 0:
                with self.subTest(seed):
                    self.assertServes()
        self.assertServes()
        wait_for("nothing left of them", self.is_idle)

    def is_idle(self):
        now = self.inlay.statistics()
        return now["under_way"] == now["memory"] == 0


if __name__ == "__main__":
    unittest.main()
