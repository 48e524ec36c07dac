"""What a postmaster breaks on a machine that works, one thing at a time: doctor
names it, and is silent again when its advice was followed."""

import json

LISTENER = "127.0.0.1:10027/inet"
FRONT = "/etc/postfix-campaign"
CONF = "/etc/inlay/inlay.conf"
# Of the container, not of what is installed in it.
OF_THE_MACHINE = {"clock", "space"}
# Advice that is words and no command is followed by hand.
BREAKS = [
    # what breaks, the check, words of the finding, what mends by hand
    ("systemctl stop inlayd", "socket", "nobody serves",
     "systemctl start inlayd"),
    ("postfix -c %s stop" % FRONT, "running", "does not run", None),
    ("gpasswd -d postfix inlay", "socket", "Postfix may not open",
     "gpasswd -a postfix inlay"),
    ("sed -i s/daemon=CAMPAIGN/daemon=CAMPAIN/ " + CONF, "daemon-name",
     "CAMPAIGN", "sed -i s/daemon=CAMPAIN/daemon=CAMPAIGN/ " + CONF),
    ("sed -i 's/ only=campaign//' " + CONF, "only-campaign", "raw template",
     "sed -i 's/^allow = .*/& only=campaign/' " + CONF),
    ("echo 'drian = 5s' >>" + CONF, "settings", "drian",
     "sed -i /drian/d " + CONF),
    ("chmod 644 /etc/inlay/keys/*-ed25519.pem", "settings", "ed25519.pem",
     "chmod 600 /etc/inlay/keys/*-ed25519.pem"),
    ("chmod 755 /var/lib/inlay", "store", "everybody", None),
    ("postconf -MX " + LISTENER, "postfix", "no listener", None),
    ("postconf -P %s/smtpd_milters=unix:/run/inlay/inlay.sock; "
     "postconf -e milter_default_action=accept" % LISTENER, "default-action",
     "unpersonalised", None),
    ("postconf -P %s/content_filter=scan:[127.0.0.1]:9" % LISTENER, "around",
     "content_filter", None),
    ("postconf -e multi_instance_directories=", "one-recipient",
     "no queue splits", None),
    ("postconf -c %s -e onercpt_destination_recipient_limit=50" % FRONT,
     "one-recipient", "is not 1", None),
    ("postconf -c %s -X sender_dependent_default_transport_maps" % FRONT,
     "reports", "lost", None),
    ("rm /run/inlay/control.sock", "control", "No such file",
     "systemctl restart inlayd"),
    ("printf 'id: wrong\\nsigning: {domain: shop.exmaple}\\n' >/root/w.yaml; "
     "inlay campaign load /root/w.yaml", "signing", "shop.exmaple",
     "inlay campaign rm wrong"),
]


def ask(machine):
    said = machine.run("inlay doctor --json", check=False).stdout
    return [one for one in json.loads(said)["findings"]
            if one["check"] not in OF_THE_MACHINE]


def play(machine):
    """How many there were. AssertionError tells those that went wrong."""
    wrong = []
    machine.run("cp -p %s /root/conf.whole" % CONF)
    for command, check, words, by_hand in BREAKS:
        machine.run(command)
        found = ask(machine)
        named = [one for one in found
                 if one["check"] == check and words in one["text"]]
        for one in named:
            machine.run(by_hand or one["advice"])
        left = ask(machine)
        if not named or left:
            wrong.append((command, found, left))
            machine.run("cp -p /root/conf.whole " + CONF)
    assert not wrong, wrong
    return "%d" % len(BREAKS)
