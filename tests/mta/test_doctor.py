"""inlay doctor on installations that are broken in one way each: it names
what is wrong, its own advice mends it, and then it is silent."""

import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import unittest

from inlay import Inlay
from lab import TOP, Lab
from mailing import message
from milter_client import ACCEPT, Milter
from nameserver import SERVFAIL, Nameserver

RECIPE = TOP / "conf/postfix"
INSTALL = "/usr/share/inlay/postfix/install"
LISTENER = "127.0.0.1:10027/inet"
FRONT = "front"
MAIN = "main"

# What it says of the machine, not of the installation.
OF_THE_MACHINE = {"clock", "space"}


def entries(*names):
    return "".join((RECIPE / name).read_text() for name in names)


class Doctor(unittest.TestCase):
    """The shipped recipe in a Postfix that is configured and not started."""

    def setUp(self):
        self.lab = Lab().__enter__()
        self.addCleanup(self.lab.__exit__, None, None, None)
        self.control = self.lab.dir / "inlay/control.sock"
        self.inlay = self.lab.owns(Inlay(
            self.lab.dir / "inlay",
            conf="control-socket = %s\n" % self.control))
        self.lab.dir.joinpath("inlay").chmod(0o755)
        self.postfix = self.lab.dir / "postfix"
        self.make_postfix()
        self.load()

    def make_postfix(self):
        for name in (MAIN, FRONT):
            folder = self.postfix / name
            (folder / "queue/pid").mkdir(parents=True)
            # It is not started: this program is in the place of master(8).
            (folder / "queue/pid/master.pid").write_text("%d\n" % os.getpid())
        socket_path = str(self.inlay.socket)
        basics = ("compatibility_level = 3.6\nmyhostname = mx.shop.example\n"
                  "queue_directory = %s/queue\n")
        main, front = self.postfix / MAIN, self.postfix / FRONT
        (main / "main.cf").write_text(
            basics % main + "multi_instance_directories = %s\n" % front)
        (main / "master.cf").write_text(entries(
            "filtered.master.cf", "reports.master.cf").replace(
                "/run/inlay/inlay.sock", socket_path))
        (front / "main.cf").write_text(
            basics % front + entries("front.main.cf"))
        (front / "master.cf").write_text(entries("front.master.cf"))

    def load(self):
        folder = self.lab.dir / "data"
        folder.mkdir()
        files = {
            "schema.yaml": "fields: {first_name: {class: contextual}}\n"
                           "sources: {shop: {weight: 90}}\n",
            "spring.yaml": "id: spring\npurpose: personalisation\n"
                           "window: {from: 2020-01-01, until: 2040-01-01}\n"
                           "signing: {domain: shop.example}\n"
                           "missing: blank\n",
            "hello.md": "---\npool: greetings\n---\n<p>Hello</p>\n",
            "people.csv": "address,first_name,source,"
                          "consent.personalisation\n"
                          "anna@customer.example,Anna,shop,granted\n"}
        for name, text in files.items():
            (folder / name).write_text(text)
        for noun, name in (("schema", "schema.yaml"), ("block", "hello.md"),
                           ("campaign", "spring.yaml"),
                           ("profile", "people.csv")):
            self.inlay.command(noun, "load", folder / name)
        self.data = folder

    # ---- asking ----

    def ask(self, *flags, wrapper=(), **env):
        """Exit status, and the findings by check."""
        done = subprocess.run(
            [*wrapper, str(self.inlay.build / "inlay"), "-c", str(self.inlay.conf),
             "doctor", "--json", *flags], capture_output=True, text=True,
            env={**os.environ, "MAIL_CONFIG": str(self.postfix / MAIN),
                 **env}, check=False)
        self.assertEqual(done.stderr, "")
        found = {}
        for finding in json.loads(done.stdout)["findings"]:
            if finding["check"] not in OF_THE_MACHINE or (
                    "disk" in finding["text"]):
                found.setdefault(finding["check"], []).append(finding)
        return done.returncode, found

    def assertWell(self):
        status, found = self.ask()
        self.assertEqual((status, found), (0, {}))

    def assertFinds(self, check, health, *words):
        """The one kind of finding there is; the findings."""
        status, found = self.ask()
        self.assertEqual(list(found), [check], found)
        for finding in found[check]:
            self.assertEqual(finding["health"], health, finding)
        text = " ".join(one["text"] for one in found[check])
        for word in words:
            self.assertIn(word, text)
        self.assertEqual(status != 0, health == "FAIL")
        return found[check]

    # ---- breaking and mending ----

    def postconf(self, where, *words):
        subprocess.run(["postconf", "-c", str(self.postfix / where), *words],
                       check=True)

    def obey(self, findings):
        """Does what the advice says; nothing runs that could be reloaded."""
        for finding in findings:
            command = finding["advice"].split(" && ")[0]
            subprocess.run(["sh", "-ec", command], check=True)


class Broken(Doctor):
    """One way each; the advice is a command that mends it."""

    POSTFIX = [
        # where, what is broken, check, health, words of the finding
        (MAIN, "-P", LISTENER + "/smtpd_milters=unix:SOCKET",
         "milter_default_action=accept", "default-action", "FAIL",
         "leaves unpersonalised"),
        (MAIN, "-P", LISTENER + "/milter_macro_daemon_name=CAMPAIN", None,
         "daemon-name", "FAIL", "CAMPAIN"),
        (MAIN, "-P", LISTENER + "/content_filter=scan:[127.0.0.1]:9999",
         None, "around", "FAIL", "content_filter"),
        (MAIN, "-P", LISTENER + "/receive_override_options=no_milters", None,
         "around", "FAIL", "never asked"),
        (MAIN, "-P", LISTENER + "/smtpd_milter_maps=static:DISABLE", None,
         "around", "FAIL", "smtpd_milter_maps"),
        (MAIN, "-P", LISTENER + "/local_header_rewrite_clients="
         "permit_mynetworks", None, "rewriting", "warn", "tags"),
        (MAIN, "-P", LISTENER + "/smtpd_recipient_limit=1000", None,
         "one-recipient", "warn", "452"),
        (MAIN, "-P", LISTENER + "/smtpd_tls_security_level=may", None,
         "tls", "warn", "half of the speed"),
        (MAIN, "-P", "inlay-cleanup/unix/always_bcc=boss@shop.example", None,
         "blind-copies", "FAIL", "always_bcc"),
        (MAIN, "-P", "inlay-cleanup/unix/sender_bcc_maps=static:boss", None,
         "blind-copies", "FAIL", "sender_bcc_maps"),
        (MAIN, "-P", "inlay-cleanup/unix/recipient_bcc_maps=static:boss",
         None, "blind-copies", "FAIL", "recipient_bcc_maps"),
        (MAIN, "-P", "inlay-cleanup/unix/header_checks=regexp:/x", None,
         "checks", "warn", "recorded already"),
        (MAIN, "-P", "inlay-cleanup/unix/body_checks=regexp:/x", None,
         "checks", "warn", "recorded already"),
        (FRONT, "-e", "onercpt_destination_recipient_limit=50", None,
         "one-recipient", "FAIL", "is not 1"),
        (FRONT, "-e", "enable_long_queue_ids=no", None, "queue-ids", "warn",
         "repeat"),
        (FRONT, "-e", "smtpd_recipient_limit=1000", None, "limits", "warn",
         "put off"),
        (FRONT, "-P", "onercpt/unix/smtp_tls_security_level=encrypt", None,
         "tls", "warn", "defers"),
        (FRONT, "-P", "onercpt/unix/disable_mime_output_conversion=no", None,
         "rewriting", "warn", "encoded anew"),
    ]

    def test_the_shipped_recipe_is_well(self):
        self.assertWell()
        done = subprocess.run(
            [str(self.inlay.build / "inlay"), "-c", str(self.inlay.conf),
             "doctor", "--all"], capture_output=True, text=True,
            env={**os.environ, "MAIL_CONFIG": str(self.postfix / MAIN)},
            check=False)
        self.assertIn("ok    socket: inlayd answers at", done.stdout)

    def test_what_postfix_has_wrong_is_named_and_mended_by_its_advice(self):
        for (where, flag, setting, more, check, health, *words) in (
                self.POSTFIX):
            kept = {path: path.read_text()
                    for path in self.postfix.glob("*/ma*.cf")}
            with self.subTest(setting):
                self.postconf(where, flag, setting.replace(
                    "SOCKET", str(self.inlay.socket)))
                if more:
                    self.postconf(where, "-e", more)
                self.obey(self.assertFinds(check, health, *words))
                self.assertWell()
            for path, text in kept.items():
                path.write_text(text)

    def test_a_front_without_a_way_for_its_reports(self):
        self.postconf(FRONT, "-X", "sender_dependent_default_transport_maps")
        found = self.assertFinds("reports", "FAIL", "lost")
        self.assertEqual(found[0]["advice"], INSTALL)

    def test_no_listener_leads_to_inlayd(self):
        self.postconf(MAIN, "-MX", LISTENER)
        found = self.assertFinds("postfix", "FAIL", "no listener")
        self.assertEqual(found[0]["advice"], INSTALL)

    def test_no_queue_splits(self):
        self.postconf(MAIN, "-e", "multi_instance_directories=")
        self.assertFinds("one-recipient", "warn", "no queue splits")

    def test_one_postfix_whose_requeue_goes_around(self):
        self.postconf(MAIN, "-e", "multi_instance_directories=")
        text = entries("single.master.cf")
        with open(self.postfix / MAIN / "master.cf", "a") as master:
            master.write(text)
        with open(self.postfix / MAIN / "main.cf", "a") as main:
            main.write(entries("single.main.cf")
                       + "enable_long_queue_ids = yes\n")
        self.assertFinds("around", "FAIL", "raw templates go around")
        checks = self.postfix / MAIN / "inlay_header_checks"
        shutil.copy(RECIPE / "inlay_header_checks", checks)
        self.postconf(MAIN, "-e", "header_checks=regexp:%s" % checks)
        self.assertWell()

    def test_postfix_does_not_tell(self):
        (self.postfix / FRONT / "main.cf").unlink()
        self.assertFinds("postfix", "FAIL", "does not tell")

    def test_a_postfix_that_does_not_run(self):
        for where in (MAIN, FRONT):
            with self.subTest(where):
                pid = self.postfix / where / "queue/pid/master.pid"
                for text in ("", "4194305\n"):
                    pid.write_text(text)
                    found = self.assertFinds("running", "FAIL", where)
                    self.assertIn(found[0]["advice"], (
                        "postfix -c %s start" % (self.postfix / where),
                        "systemctl restart postfix"))
                pid.write_text("%d\n" % os.getpid())

    # ---- inlayd ----

    def test_nobody_serves(self):
        self.inlay.close()
        found = self.assertFinds("socket", "FAIL", "nobody serves")
        self.assertEqual(self.ask()[0], 69)
        self.assertIn("systemctl start inlayd", found[0]["advice"])

    @unittest.skipIf(os.geteuid() != 0, "only root can become Postfix")
    def test_postfix_may_not_open_the_socket(self):
        self.inlay.socket.chmod(0o600)
        found = self.assertFinds("socket", "FAIL", "Postfix may not open")
        self.assertIn("socket-group = postfix", found[0]["advice"])

    def test_something_else_is_at_the_socket(self):
        self.inlay.close()
        self.inlay.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.inlay.socket))
            self.inlay.socket.chmod(0o666)
            other.listen(4)
            self.assertFinds("socket", "FAIL", "no answer to a handshake")

    def test_nobody_answers_at_the_control_socket(self):
        self.control.unlink()
        found = self.assertFinds("control", "warn", "No such file")
        self.assertEqual(found[0]["advice"], "systemctl reload inlayd")
        self.inlay.hand_over()      # which such a reload does
        self.assertWell()

    def test_what_inlayd_says_at_the_control_socket(self):
        self.control.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.control))
            other.listen(4)
            for text, health, word in (
                    (b"not serving: nothing was written for 300 s\n", "FAIL",
                     "nothing was written"),
                    (b"ok inlayd 0.0.9\n", "warn", "inlayd 0.0.9")):
                thread = threading.Thread(target=answer_once,
                                          args=(other, text))
                thread.start()
                self.assertFinds("control", health, word)
                thread.join()

    def test_a_listener_that_lets_other_mail_through(self):
        text = self.inlay.conf.read_text()
        self.inlay.conf.write_text(text.replace(" only=campaign", ""))
        found = self.assertFinds("only-campaign", "warn", "a raw template")
        self.assertIn("only=campaign", found[0]["advice"])

    def test_a_setting_that_is_none(self):
        with open(self.inlay.conf, "a") as conf:
            conf.write("pidfiel = /run/x\n")
        self.assertFinds("settings", "FAIL", "pidfiel", "pidfile")

    def test_a_key_that_is_gone(self):
        (self.inlay.dir / "rsa.pem").unlink()
        self.assertFinds("settings", "FAIL", "rsa.pem")

    # ---- the store and what is in it ----

    def test_a_store_that_everybody_can_read(self):
        self.inlay.store.chmod(0o755)
        self.obey(self.assertFinds("store", "FAIL", "everybody"))
        self.assertWell()

    def test_a_store_that_cannot_be_opened(self):
        self.inlay.close()
        text = self.inlay.conf.read_text()
        self.inlay.conf.write_text(text.replace(
            "store = %s" % self.inlay.store,
            "store = %s" % (self.lab.dir / "nowhere")))
        status, found = self.ask()
        self.assertEqual(status, 69)
        self.assertIn("store", found)

    def command(self, *words):
        self.inlay.command(*words)

    def test_a_consent_that_nobody_has(self):
        for key, loss in (("purpose", "all copies are neutral"),
                          ("permission", "nobody gets it")):
            with self.subTest(key):
                (self.data / "c.yaml").write_text(
                    "id: spring\n%s: newsleter\nmissing: blank\n" % key)
                self.command("campaign", "load", self.data / "c.yaml")
                self.assertFinds("consent", "FAIL", "newsleter", loss)
        self.command("campaign", "load", self.data / "spring.yaml")
        self.assertWell()

    def test_a_source_that_the_schema_lacks(self):
        self.command("profile", "load", self.data / "people.csv",
                     "--source", "caise")
        (self.data / "p.csv").write_text(
            "address,first_name\nbob@customer.example,Bob\n")
        self.command("profile", "load", self.data / "p.csv",
                     "--source", "caise")
        self.assertFinds("source", "warn", "1 people", "caise")

    def test_a_domain_without_a_key(self):
        text = (self.data / "spring.yaml").read_text()
        (self.data / "c.yaml").write_text(
            text.replace("shop.example", "shop.exmaple"))
        self.command("campaign", "load", self.data / "c.yaml")
        found = self.assertFinds("signing", "FAIL", "shop.exmaple")
        self.assertEqual(found[0]["advice"], "inlay key new shop.exmaple")

    def test_a_domain_of_a_rule_without_a_key(self):
        self.command("campaign", "load", self.campaign(signing=""))
        text = self.inlay.conf.read_text()
        self.inlay.conf.write_text(text.replace(
            "only=campaign", "only=campaign from=shop.example "
            "from=news.example from=*.shop.example"))
        found = self.assertFinds("signing", "FAIL", "news.example")
        self.assertEqual([one["advice"] for one in found],
                         ["inlay key new news.example"])

    def campaign(self, **changes):
        """The file of a campaign in which some lines are others."""
        lines = (self.data / "spring.yaml").read_text().splitlines()
        kept = [line for line in lines
                if line.partition(":")[0] not in changes]
        file = self.data / "c.yaml"
        file.write_text("\n".join(kept + [
            "%s: %s" % pair for pair in changes.items() if pair[1]]) + "\n")
        return file

    def test_a_pool_that_ends_before_its_campaign(self):
        (self.data / "b.md").write_text(
            "---\nid: hello\npool: greetings\nvalid_until: 2039-01-01\n"
            "---\n<p>Hello</p>\n")
        self.command("block", "load", self.data / "b.md")
        self.assertFinds("pools", "warn", "greetings", "spring")

    def test_a_log_that_nobody_reads(self):
        with Milter(self.inlay.socket) as milter:
            reply, _ = milter.send(message("unread"))
            self.assertEqual(reply.letter, ACCEPT, reply)
        self.assertFinds("sync", "warn", "nobody has ever read")

    def put(self, name, text):
        subprocess.run([str(self.inlay.build / "tests/put-entry"),
                        str(self.inlay.store), name, text], check=True)

    def test_a_log_that_nobody_reads_any_more(self):
        self.put("note/delivery/1", "1 2 1700000000")
        self.assertFinds("sync", "warn", "nobody reads")

    def test_a_log_of_a_box_that_is_gone(self):
        self.put("note/delivery/1", "1 2 %d 4\njournal mx1" % time.time())
        self.put("note/delivery/2", "1 2 1700000000 4\njournal mx2")
        found = self.assertFinds("sync", "warn", "journal mx2",
                                 "since 2023-11-14", "never expires")
        self.assertEqual([one["advice"] for one in found],
                         ["inlay delivery sync --forget 2"])
        self.command(*found[0]["advice"].split()[1:])
        self.assertWell()

    def test_marks_whose_clicks_nobody_reads(self):
        self.command("campaign", "load", self.campaign(
            links="{domains: [shop.example]}"))
        self.command("exposure", "record", "--to", "anna@customer.example",
                     "--channel", "email", "--block", "hello", "--campaign",
                     "spring", "--at", "2026-01-01T10:00:00Z")
        self.command("db", "tidy", "--expire", "7d")
        found = self.assertFinds("clicks", "warn", "nobody has ever read")
        self.assertIn("inlay event sync --log", found[0]["advice"])
        self.put("note/event/1", "1 2 1700000000 4\n/var/log/old.log")
        self.assertFinds("clicks", "warn", "nobody reads", "any more")
        self.put("note/event/2", "1 2 %d 4\nnew.log" % time.time())
        found = self.assertFinds("clicks", "warn", "/var/log/old.log")
        self.command(*found[0]["advice"].split()[1:])
        self.assertWell()

    def test_a_store_that_nobody_tidies_any_more(self):
        self.put("note/tidy", "1700000000 0")
        found = self.assertFinds("tidy", "warn", "nobody tidies")
        self.assertIn("inlay db tidy", found[0]["advice"])
        self.command("db", "tidy")
        self.assertWell()

    # ---- the DNS ----

    @unittest.skipIf(os.geteuid() != 0, "only root has a resolv.conf of its own")
    def test_what_the_dns_lacks(self):
        name = "ed25519._domainkey.shop.example"
        records = {**self.inlay.records, "shop.example": "v=spf1 mx -all",
                   "_dmarc.shop.example": "v=DMARC1; p=none"}
        dns = self.lab.owns(Nameserver(records))
        wrapper = dns.wrapper(self.lab.dir)
        self.assertEqual(self.ask("--net", wrapper=wrapper), (0, {}))
        for record, value, check, words in (
                (name, None, "dkim-record", "is not in the DNS"),
                (name, records["rsa._domainkey.shop.example"], "dkim-record",
                 "has another key"),
                (name, SERVFAIL, "dkim-record", "no name server answers"),
                ("shop.example", "hello", "spf", "v=spf1"),
                ("shop.example", "v=spf1 mx +all", "spf", "everybody"),
                ("shop.example", "v=spf1" + " include:x.example" * 11, "spf",
                 "more than 10 times"),
                ("_dmarc.shop.example", None, "dmarc", "v=DMARC1"),
                ("_dmarc.shop.example", "v=DMARC1; sp=none", "dmarc",
                 "no p=")):
            with self.subTest(record, words=words):
                dns.records = {**records, record: value}
                if value is None:
                    del dns.records[record]
                found = self.ask("--net", wrapper=wrapper)[1]
                self.assertEqual(list(found), [check], found)
                self.assertIn(words, found[check][0]["text"])

    @unittest.skipIf(os.geteuid() != 0, "only root has a resolv.conf of its own")
    def test_a_signature_that_does_not_speak_for_its_sender(self):
        names = "shop.example", "news.example", "mail.shop.example"
        records = {**self.inlay.records,
                   **{name: "v=spf1 mx -all" for name in names},
                   "_dmarc.news.example": "v=DMARC1; p=reject",
                   "_dmarc.shop.example": "v=DMARC1; p=none"}
        dns = self.lab.owns(Nameserver(records))
        wrapper = dns.wrapper(self.lab.dir)
        rules = self.inlay.conf.read_text()
        for sender, policy, health in (
                ("shop.example", "", None),
                ("mail.shop.example", "", None),
                ("mail.shop.example", "; adkim=s", "warn"),
                ("*.shop.example", "; adkim=s", None),
                ("news.example", "", None)):
            with self.subTest(sender, policy=policy):
                dns.records = {**records,
                               "_dmarc.shop.example": "v=DMARC1; p=none"
                               + policy}
                self.inlay.conf.write_text(rules.replace(
                    "only=campaign", "only=campaign from=shop.example "
                    "from=" + sender))
                self.assertSpeaks(wrapper, sender, health)
        for sender, health in (("News <a@news.example>", "FAIL"),
                               ("mail@mail.shop.example", None),
                               ("{{ campaign.id }}@shop.example", None)):
            with self.subTest(sender):
                dns.records = records
                self.inlay.conf.write_text(rules)
                self.command("campaign", "load", self.campaign(
                    headers='{From: "%s"}' % sender))
                self.assertSpeaks(wrapper, "news.example", health)

    def assertSpeaks(self, wrapper, sender, health):
        found = self.ask("--net", wrapper=wrapper)[1]
        if not health:
            self.assertEqual(found, {})
            return
        self.assertEqual(list(found), ["alignment"], found)
        self.assertEqual(found["alignment"][0]["health"], health)
        self.assertIn("From domain " + sender, found["alignment"][0]["text"])

    # ---- one click ----

    @unittest.skipIf(os.geteuid() != 0 or not shutil.which("curl"),
                     "asks by curl, and only root has a resolv.conf")
    def test_what_one_click_gets(self):
        shop = self.lab.owns(Shop(self.lab.dir))
        dns = self.lab.owns(Nameserver({
            **self.inlay.records, "shop.example": "v=spf1 mx -all",
            "_dmarc.shop.example": "v=DMARC1; p=none"}))
        self.command("campaign", "load", self.campaign(
            unsubscribe='{url: "%s/u/{{ recipient.token }}?c='
            '{{ campaign.id }}", post: true}' % shop.url))
        for code, health, words in (
                (200, None, ""), (202, None, ""), (403, None, ""),
                (301, "FAIL", "redirects"), (401, "FAIL", "login"),
                (404, "warn", "no such place"), (405, "FAIL", "no POST"),
                (501, "FAIL", "no POST"), (500, "FAIL", "fails")):
            with self.subTest(code):
                shop.code = code
                found = self.ask("--net", wrapper=dns.wrapper(self.lab.dir),
                                 CURL_CA_BUNDLE=str(shop.certificate))[1]
                self.assertEqual(list(found), ["one-click"] if health else [],
                                 found)
                self.assertEqual(shop.asked, ("/u/inlay-doctor?c=spring",
                                              "List-Unsubscribe=One-Click"))
                if health:
                    self.assertEqual(found["one-click"][0]["health"], health)
                    self.assertIn(words, found["one-click"][0]["text"])
        found = self.ask("--net", wrapper=dns.wrapper(self.lab.dir))[1]
        self.assertIn("certificate", found["one-click"][0]["text"])


def answer_once(listener, text):
    client, _ = listener.accept()
    with client:
        client.recv(64)
        client.sendall(text)


class Shop:
    """Where people unsubscribe, by TLS: answers a POST with shop.code."""

    def __init__(self, folder):
        key, self.certificate = folder / "shop.key", folder / "shop.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost", "-keyout", key, "-out",
             self.certificate], check=True, capture_output=True)
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers["Content-Length"])
                shop.asked = self.path, self.rfile.read(length).decode()
                self.send_response(shop.code)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.code, self.asked = 200, None
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.server.socket = tls.wrap_socket(self.server.socket,
                                             server_side=True)
        self.url = "https://localhost:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    unittest.main()
