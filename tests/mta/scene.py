"""A whole scene: sink, inlayd and Postfix in one laboratory, with a catalog
and people; what the demo, the tests and the benches play in."""

import re
import unittest

import postfix
from dkim_check import Opendkim, dkimpy
from inlay import Inlay
from lab import BUILD, TOP, Lab, free_ports
from mailing import message, write_catalog
from postfix import Postfix
from sink import Sink

DEMO = TOP / "conf" / "demo"


class Scene:
    """lab.owns() everything; scene.sink, scene.inlay, scene.postfix."""

    def __init__(self, lab, conf="", keys=("rsa", "ed25519"), store=None,
                 milters=None, main="", build=BUILD):
        self.lab = lab
        ports = free_ports(5)
        self.sink = lab.owns(Sink(ports[4]))
        self.inlay = lab.owns(Inlay(lab.dir / "inlay", store=store,
                                    keys=keys, conf=conf, build=build,
                                    start=False))
        self.postfix = lab.owns(Postfix(
            lab.dir / "postfix", ports[:4], ports[4],
            milters or [self.inlay.milter], main))
        self.judge = None

    def load(self, folder=DEMO):
        """schema, blocks, campaign and people of a folder."""
        self.inlay.command("schema", "load", folder / "schema.yaml")
        self.inlay.command("block", "load", folder / "blocks")
        self.inlay.command("campaign", "load", folder / "campaign.yaml")
        self.inlay.command("profile", "load", folder / "people.csv")

    def verify(self, data):
        """(signatures, good by dkimpy, good by libopendkim)."""
        if self.judge is None:
            self.judge = self.lab.owns(Opendkim(self.inlay.records,
                                                self.lab.dir))
        count, good = dkimpy(data, self.inlay.records)
        return count, good, self.judge.verify(data)[1]


def untraced(data):
    """A message without the lines that mail servers add on the way."""
    head, _, body = data.partition(b"\r\n\r\n")
    fields = re.findall(rb"(?:.+\r\n)(?:[ \t].*\r\n)*", head + b"\r\n")
    return b"".join(field for field in fields if not field.lower().startswith(
        (b"received:", b"return-path:"))) + b"\r\n" + body


def undated(data):
    """The same without what of a signature depends on the second it was
    made in."""
    def strip(match):
        return re.sub(rb"\b(t|x|b)=[^;]*", rb"\1=", match[0])

    return re.sub(rb"(?im)^dkim-signature:(?:.*\r\n)(?:[ \t].*\r\n)*", strip,
                  data)


class OnPostfix(unittest.TestCase):
    """One scene for all tests of a class; each test starts with an empty
    sink and mails under its own name."""

    conf = ""               # more lines of inlay.conf, of main.cf
    main = ""

    @classmethod
    def setUpClass(cls):
        if postfix.missing():
            raise unittest.SkipTest(postfix.missing())
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.scene = Scene(cls.lab, conf=cls.conf, main=cls.main)
        cls.scene.load(write_catalog(cls.lab.dir / "catalog"))
        cls.scene.inlay.start()
        cls.sink = cls.scene.sink
        cls.inlay = cls.scene.inlay
        cls.postfix = cls.scene.postfix

    def setUp(self):
        self.sink.take(0)
        if not self.inlay.process.running():
            self.inlay.start()

    def send(self, ident, recipients, port=None, **how):
        return self.postfix.send(message(ident, **how), recipients,
                                 port=port)[0]
