"""What holds in every layout of every mail server: everything is tried that
ever let a raw template out, a stranger in, or a report get lost."""

import smtplib

from dkim_check import Opendkim, dkimpy
from lab import Lab
from mailing import crlf, message, write_catalog

ANNA, BOB = "anna@customer.example", "bob@customer.example"
STRANGER = "stranger@elsewhere.example"
NEWS = "news@shop.example"


def log_in(client, password):
    """The reply to a login, to mail where nobody logs in."""
    client.ehlo()
    if password is None:
        return client.mail(NEWS)[0]
    assert not client.has_extn("auth")
    client.starttls()
    try:
        return client.login("marketing", password)[0]
    except smtplib.SMTPAuthenticationError as error:
        return error.smtp_code


class Layout:
    """A layout names its box, the commands that make it, and one that takes
    it away."""

    machine = commands = remove = None

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab().__enter__()
        cls.addClassCleanup(cls.lab.__exit__)
        cls.box = cls.machine(cls.lab, cls.commands)
        cls.sink, cls.inlay = cls.box.sink, cls.box.inlay
        catalog = write_catalog(cls.lab.dir / "catalog")
        for noun, name in (("schema", "schema.yaml"), ("block", "blocks"),
                           ("campaign", "campaign.yaml"),
                           ("profile", "people.csv")):
            cls.inlay.command(noun, "load", catalog / name)
        cls.judge = Opendkim(cls.inlay.records, cls.lab.dir)

    def setUp(self):
        self.sink.take(0)
        if not (self.inlay.process and self.inlay.process.running()):
            self.inlay.start()

    def delivered(self, recipients):
        """One good copy to each of them and nothing else."""
        self.sink.wait(len(recipients), 240)
        self.box.empty()
        mail = self.sink.take(0)
        self.assertEqual(sorted(copy.to for copy in mail),
                         sorted(recipients))
        for copy in mail:
            self.assertEqual(copy.recipients, [copy.to])
            self.good(copy)
        return mail

    def good(self, copy):
        """Nothing raw, and what two verifiers find right."""
        self.assertNotIn(b"X-Inlay-", copy.data)
        self.assertNotIn(b"{{", copy.data)
        self.assertEqual(dkimpy(copy.data, self.inlay.records), (2, 2))
        self.assertEqual(self.judge.verify(copy.data), (2, 2))

    def returned(self, count=1):
        """Marketing got reports, and nobody got anything else."""
        self.sink.wait(count)
        self.box.empty()
        mail = self.sink.take(0)
        self.assertEqual([(copy.sender, copy.to) for copy in mail],
                         [("", NEWS)] * count)
        return mail

    def nothing(self):
        self.box.empty()
        self.assertEqual(self.sink.take(0), [])

    def outage(self, people):
        """Mail that waits in the front while inlayd is away, and was
        requeued."""
        self.inlay.kill()
        self.assertEqual(self.box.send(message("outage"), people)[0], 250)
        self.box.deferred(len(people))

    def requeued_in_an_outage(self):
        """What waits stays whole and in the queue, however often it is tried;
        the end of the outage sends it."""
        people = [ANNA, BOB, STRANGER]
        self.outage(people)
        for _ in range(2):
            self.box.requeue()
            self.box.deferred(len(people))
        self.assertEqual(self.sink.take(0), [])
        self.inlay.start()
        self.box.requeue()
        self.delivered(people)

    def logs_in(self, port):
        """Who has a password, and says it over TLS, is where the front is."""
        for password, code in ((None, 530), ("wrong", 535), ("secret", 235)):
            with self.subTest(password), smtplib.SMTP(
                    "127.0.0.1", port) as client:
                self.assertEqual(log_in(client, password), code)
                client.mail(NEWS)
                if code == 235:
                    self.assertEqual(client.rcpt(ANNA)[0], 250)
                    client.data(message("login"))
                    self.delivered([ANNA])
                    client.mail("")
                self.assertGreaterEqual(client.rcpt(ANNA)[0], 500)

    def test_everybody_gets_one_signed_copy(self):
        people = [ANNA, BOB, STRANGER]
        self.assertEqual(self.box.send(message("own"), people)[0], 250)
        self.delivered(people)

    def test_signatures_survive_a_hop_without_8bitmime(self):
        text = crlf("From: The Shop <%s>\nTo: <{{ recipient.address }}>\n"
                    "Message-ID: <eight@shop.example>\n"
                    "X-Inlay-Campaign: spring\nMIME-Version: 1.0\n"
                    "Subject: Hi {{ profile.first_name }}\n"
                    "Content-Type: text/plain; charset=utf-8\n"
                    "Content-Transfer-Encoding: 8bit\n\nGrüße\n%s\n"
                    % (NEWS, "x" * 2000))
        self.assertEqual(self.box.send(text, [ANNA])[0], 250)
        copy, = self.delivered([ANNA])
        self.assertEqual(len(copy.header("Date")), 1)
        self.assertEqual(copy.message["To"], ANNA)

    def test_other_ports_refuse_campaign_mail(self):
        for port in (25, 587):
            code, text = self.box.send(message("port"), [ANNA, BOB], port)
            self.assertEqual((code, text[:5]), (550, b"5.7.1"))
        self.nothing()

    def test_a_stranger_gets_nothing_in(self):
        code, _ = self.box.send(message("in"), ["root@localhost"], 25,
                                sender="evil@elsewhere.example")
        self.assertEqual(code, 550)
        self.nothing()

    def test_mail_without_the_header_comes_back(self):
        self.assertEqual(self.box.send(message("bare", campaign=""),
                                       [ANNA])[0], 250)
        self.returned()
        self.assertIn("add the header X-Inlay-Campaign", self.box.log())

    def test_a_wrong_rule_lets_nothing_out(self):
        right = self.inlay.conf.read_text()
        self.inlay.close()
        self.inlay.conf.write_text(right.replace("=CAMPAIGN", "=CAMPAIN"))
        self.inlay.start()
        try:
            self.assertEqual(self.box.send(message("rule"), [ANNA])[0], 250)
            self.returned()
        finally:
            self.inlay.close()
            self.inlay.conf.write_text(right)
        self.assertIn("no allow rule holds for daemon=CAMPAIGN",
                      self.inlay.text())

    def test_a_report_about_a_bad_recipient_reaches_marketing(self):
        gone = "gone@customer.example"
        self.inlay.command("profile", "set", gone, "suppressed=yes")
        self.assertEqual(self.box.send(message("bad"), [gone])[0], 250)
        self.returned()
        self.assertEqual(self.inlay.exposures(gone), [])

    def test_nobody_sends_campaigns_without_a_sender(self):
        code, text = self.box.send(message("null"), [ANNA], sender="")
        self.assertEqual(code, 554)
        self.assertIn(b"needs a sender", text)
        self.nothing()

    def test_an_alias_is_one_person(self):
        couple = self.box.couple
        self.assertEqual(self.box.send(message("alias"), [couple])[0], 250)
        self.sink.wait(1)
        self.box.empty()
        copies = self.sink.take(0)
        self.assertEqual(sorted(to for copy in copies
                                for to in copy.recipients),
                         ["one@customer.example", "two@customer.example"])
        for copy in copies:
            self.good(copy)
            self.assertIn(couple, copy.message.get_body(
                ("plain",)).get_content())
        self.assertEqual(len(self.inlay.exposures(couple)), 1)

    def test_again_changes_nothing(self):
        before = self.box.settings()
        said = self.box.commands(self.commands.strip() + " --dry-run")
        self.box.commands(self.commands)
        self.assertEqual(before, self.box.settings())
        return said
