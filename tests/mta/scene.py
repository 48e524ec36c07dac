"""A whole scene: sink, inlayd and Postfix in one laboratory, with a catalog
and people; what the demo, the tests and the benches play in."""

from dkim_check import Opendkim, dkimpy
from inlay import Inlay
from lab import BUILD, TOP, free_ports
from postfix import Postfix
from sink import Sink

DEMO = TOP / "conf" / "demo"


class Scene:
    """lab.owns() everything; scene.sink, scene.inlay, scene.postfix."""

    def __init__(self, lab, conf="", keys=("rsa", "ed25519"), store=None,
                 milters=None, main="", build=BUILD):
        self.lab = lab
        ports = free_ports(4)
        self.sink = lab.owns(Sink(ports[3]))
        self.inlay = lab.owns(Inlay(lab.dir / "inlay", store=store,
                                    keys=keys, conf=conf, build=build,
                                    start=False))
        self.postfix = lab.owns(Postfix(
            lab.dir / "postfix", ports[:3], ports[3],
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
