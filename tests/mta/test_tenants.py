"""Two tenants on one inlayd, one of them hostile: what an allow rule lets
through, and whose name it may use."""

import fcntl
import html
import re
import struct
import subprocess
import termios

from lab import BUILD, wait_for
from mailing import message
from milter_client import ACCEPT
from test_milter import ANNA, OnMilter, base64_free

INN = "<guest@customer.example>"

SENT = "2026-03-20T09:00:01Z mx postfix/qmgr[9]: 4ZxYq01: %s\n"
CLICKED = ('192.0.2.1 - - [20/Mar/2026:09:00:00 +0000] "GET %s HTTP/1.1" 200 '
           '5 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 '
           'Firefox/140.0"\n')


class Tenants(OnMilter):
    conf = ("allow = daemon=INN tenant=inn campaign=inn-* from=inn.example\n"
            "allow = daemon=OPEN tenant=inn tenant=default\n")
    keys = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.lab.dir / "inn"
        folder.mkdir()
        for name in ("inn-1", "other"):
            (folder / "c.yaml").write_text(
                "id: %s\ntenant: inn\nmissing: blank\n" % name)
            cls.inlay.command("campaign", "load", folder / "c.yaml")
        (folder / "p.csv").write_text(
            "address,first_name,source\nguest@customer.example,Gus,shop\n")
        cls.inlay.command("profile", "load", folder / "p.csv",
                          "--tenant", "inn")

    def inn(self, ident, campaign="inn-1", domain="inn.example"):
        return message(ident, campaign=campaign).replace(
            b"news@shop.example", b"news@" + domain.encode())

    def test_a_tenant_sends_its_campaigns_to_its_people(self):
        mail = self.accepted(self.inn("own"), INN, daemon="INN")
        self.assertIn(b"News for Gus", mail.bytes())
        mail = self.accepted(self.inn("own"), ANNA, daemon="INN")
        self.assertNotIn(b"Anna", mail.bytes())

    def test_a_rule_reaches_no_other_tenant_and_no_other_campaign(self):
        for daemon, campaign, domain in (
                ("INN", "spring", "inn.example"),
                ("INN", "other", "inn.example"),
                ("CAMPAIGN", "inn-1", "shop.example")):
            with self.subTest(daemon, campaign=campaign):
                self.assertRefused(550, "No such campaign",
                                   self.inn("far", campaign, domain),
                                   daemon=daemon)
        self.assertIn("is beyond the allow rule", self.inlay.text())

    def test_n_names_the_campaigns_that_no_rule_reaches(self):
        words = [str(BUILD / "inlayd"), "-n", "-x"]
        good = subprocess.run(words + [self.inlay.conf], capture_output=True,
                              text=True)
        self.assertEqual(good.returncode, 0, good.stderr)
        self.assertNotIn("no allow rule reaches", good.stdout)
        typo = self.lab.dir / "typo.conf"
        typo.write_text("".join(
            line for line in self.inlay.conf.open() if "OPEN" not in line)
            .replace("campaign=inn-*", "campaign=imn-*"))
        got = subprocess.run(words + [typo], capture_output=True, text=True)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        said = [line for line in got.stdout.splitlines() if "reaches" in line]
        self.assertEqual(said, [
            "no allow rule reaches the campaign %s of tenant inn: its mail is "
            "refused" % name for name in ("inn-1", "other")])

    def test_a_rule_speaks_in_no_other_name(self):
        for daemon, campaign, domain in (
                ("INN", "inn-1", "shop.example"),
                ("CAMPAIGN", "spring", "inn.example"),
                ("OPEN", "inn-1", "inn.example"),
                ("INN", "inn-1", "inn.example>, <boss@shop.example")):
            with self.subTest(daemon, domain=domain):
                before = self.inlay.statistics()["refused"]
                self.assertRefused(550, "The From domain is not allowed here",
                                   self.inn("name", campaign, domain),
                                   to=INN, daemon=daemon)
                self.assertEqual(self.inlay.statistics()["refused"],
                                 before + 1)

    def test_a_domain_of_a_profile_is_not_logged(self):
        self.assertRefused(550, "From domain", self.inn("leak").replace(
            b"news@inn.example", b"news@{{ profile.first_name }}.example"),
            daemon="INN", to=INN)
        self.assertNotIn("gus", self.inlay.text().lower())

    def test_what_is_refused_is_not_recorded(self):
        reply, _ = self.send(message("unseen").replace(
            b"news@shop.example", b"news@inn.example"),
            "<bob@customer.example>")
        self.assertEqual(reply.code, 550)
        self.assertEqual(self.inlay.exposures("bob@customer.example"), [])
        reply, _ = self.send(message("seen"), "<bob@customer.example>")
        self.assertEqual(reply.letter, ACCEPT)
        self.assertEqual(len(self.inlay.exposures("bob@customer.example")), 1)


class Later(OnMilter):
    """A tenant of whom nobody had heard when the reading of a log began."""

    keys = ()

    @classmethod
    def prepare(cls):
        key = cls.lab.dir / "token.key"
        key.write_text("0123456789abcdef" * 2)
        key.chmod(0o600)
        cls.conf = ("allow = daemon=LATE tenant=sent tenant=clicked\n"
                    "token-key = k %s\n" % key)

    def reading(self, *words):
        """What reads a log on its standard input, and is in the middle."""
        process = subprocess.Popen(
            [BUILD / "inlay", "-c", self.inlay.conf, *words, "--log", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        process.stdin.write("a line that says nothing\n")
        process.stdin.flush()
        wait_for("the first line to be read", lambda: struct.unpack(
            "i", fcntl.ioctl(process.stdin, termios.FIONREAD, b"...."))[0]
            == 0)
        return process

    def mail(self, tenant):
        """The copy of a campaign that was loaded just now."""
        files = {
            "campaign.yaml": "id: %s\ntenant: %s\nmissing: blank\n"
                             "links: {domains: [shop.example], mark: %s}\n"
                             % (tenant, tenant, "m_" + tenant),
            "profile.csv": "address,consent.measurement\n%s,granted\n"
                           % INN.strip("<>")}
        for name, text in files.items():
            file = self.lab.dir / name
            file.write_text(text)
            self.inlay.command(file.stem, "load", file, *(
                ["--tenant", tenant] if file.stem == "profile" else []))
        return self.accepted(message(tenant, campaign=tenant), INN,
                             daemon="LATE")

    def test_what_became_of_its_mail_is_learned(self):
        process = self.reading("delivery", "sync")
        self.mail("sent")
        process.communicate("".join(SENT % text for text in (
            "message-id=<sent@shop.example>",
            "to=<guest@customer.example>, relay=x, dsn=2.0.0, status=sent "
            "(250 OK)")))
        self.assertIn("delivered", self.inlay.command(
            "exposure", "list", "--tenant", "sent", "--to",
            INN.strip("<>")).decode())

    def test_its_clicks_are_learned(self):
        process = self.reading("event", "sync")
        mail = base64_free(self.mail("clicked").bytes()).decode("latin-1")
        link = re.search(r'/\?[^"]*m_clicked=[^"]*', mail)
        said, _ = process.communicate(CLICKED % html.unescape(link[0]))
        self.assertIn("1 clicks added", said)
