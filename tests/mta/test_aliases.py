"""Aliases and mappings of addresses on a real Postfix: the recipient is the
address as the front was told it, and what Postfix makes of it happens once,
behind inlayd."""

import re
import unittest

from scene import OnPostfix

DOMAIN = "customer.example"


def table(**rows):
    """For main.cf; each name is somebody of the domain."""
    return "inline:{ %s }" % ", ".join(
        "{ %s@%s = %s }" % (name, DOMAIN, ", ".join(
            "%s@%s" % (to, DOMAIN) for to in people.split()))
        for name, people in rows.items())


def address(name):
    return "%s@%s" % (name, DOMAIN)


class Aliases(OnPostfix):
    # Applied twice, four would be six.
    main = "\n".join((
        "virtual_alias_maps = " + table(couple="him her"),
        "recipient_canonical_maps = " + table(one="two"),
        "smtp_generic_maps = " + table(four="five", five="six"))) + "\n"

    def arrived(self, name, ident, count):
        """Who gets what is sent to one name, and the copies."""
        self.send(ident, [address(name)])
        self.sink.wait(count)
        copies = self.sink.take(0)
        return sorted(to for copy in copies for to in copy.recipients), copies

    def assertRecorded(self, name, *others):
        self.assertEqual(len(self.inlay.exposures(address(name))), 1)
        for other in others:
            self.assertEqual(self.inlay.exposures(address(other)), [])

    def test_an_alias_is_one_copy_for_all_members(self):
        self.inlay.command("profile", "set", address("couple"), "--source",
                           "shop", "first_name=Both")
        self.inlay.command("profile", "set", address("him"), "--source",
                           "shop", "first_name=Him")
        to, copies = self.arrived("couple", "couple1", 1)
        self.assertEqual(to, [address("her"), address("him")])
        for copy in copies:
            self.assertIn(b"Both", copy.data)
            self.assertNotIn(b"Him", copy.data)
            self.assertEqual(self.scene.verify(copy.data), (2, 2, 2))
        self.assertRecorded("couple", "him", "her")

    def test_a_canonical_address_is_looked_up_behind_inlayd(self):
        """Postfix goes on until nothing changes, so once shows in the log:
        the front hands on what it was told."""
        to, _ = self.arrived("one", "canonical1", 1)
        self.assertEqual(to, [address("two")])
        self.assertRecorded("one", "two")
        self.assertTrue(self.postfix.lines(
            "onercpt/smtp.*: to=<%s>, relay=127" % address("one")))
        self.assertFalse(self.postfix.lines(
            "onercpt/smtp.*: to=<%s>" % address("two")))

    def test_a_generic_address_is_looked_up_once(self):
        to, _ = self.arrived("four", "generic1", 1)
        self.assertEqual(to, [address("five")])
        self.assertRecorded("four", "five", "six")

    def test_the_log_of_the_alias_leads_to_its_members(self):
        self.arrived("couple", "couple2", 1)
        said = self.inlay.command(
            "trace", "couple2@shop.example", address("couple"), "--log",
            self.postfix.log, "--log", self.inlay.log).decode()
        self.assertEqual(len(re.findall("inlayd +personalised", said)), 1,
                         said)


if __name__ == "__main__":
    unittest.main()
