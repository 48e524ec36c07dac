"""Messages and people for the tests, small enough to be read."""

import base64
import quopri

TEXT = """\
Dear {{ profile.first_name | default: "reader" }},
{% slot "hero", pool: "heroes" %}{% else %}Nothing new today.
{% endslot %}
Grüße, the shop. {{ recipient.address }}
"""

HTML = """\
<p>Dear {{ profile.first_name | default: "reader" }},</p>
{% slot "hero", pool: "heroes" %}{% else %}<p>Nothing new today.</p>
{% endslot %}
<p>Grüße, the shop. <a href="https://shop.example/?{{ recipient.address }}">Go</a></p>
"""

ATTACHMENT = base64.encodebytes(bytes(range(256)) * 4).decode()


def crlf(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def message(ident, subject=None, text=TEXT, html=HTML, campaign="spring",
            extra=""):
    """One campaign message: QP text, base64 HTML, an attachment that is
    nobody's business."""
    head = "X-Inlay-Campaign: %s\n" % campaign if campaign else ""
    return crlf("""\
From: The Shop <news@shop.example>
To: customers:;
Date: Sat, 21 Mar 2026 09:00:00 +0100
Message-ID: <%s@shop.example>
Subject: %s
%s%sList-Unsubscribe: <https://shop.example/leave>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_outer"

--=_outer
Content-Type: multipart/alternative; boundary="=_inner"

--=_inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

%s
--=_inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

%s
--=_inner--

--=_outer
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=bytes.bin

%s
--=_outer--
""" % (ident, subject or "News for {{ profile.first_name | default: 'you' }}",
       head, extra, quopri.encodestring(text.encode()).decode(),
       base64.encodebytes(html.encode()).decode(), ATTACHMENT))


SCHEMA = """\
fields:
  first_name: {type: string, class: contextual}
  tier: {type: string, class: contextual}
sources:
  shop: {weight: 90}
"""

CAMPAIGN = """\
id: spring
topic: outdoor
unknown_recipient: neutral
missing: blank
arms:
  - {name: personal, weight: 1, intensity: individual}
"""

BLOCKS = {"hero_%s" % name: """\
---
pool: heroes
priority: %d
---
<h2>%s</h2>
--- text
Block %s
""" % (priority, name, name) for priority, name in
          ((30, "meadow"), (20, "railway"), (10, "glacier"))}

PEOPLE = """\
address,first_name,tier,source
anna@customer.example,Anna,gold,shop
bob@customer.example,Bob,basic,shop
zoe@customer.example,Zoë Żółć,basic,shop
"""


def write_catalog(folder, people=PEOPLE):
    """The files that Scene.load() reads."""
    blocks = folder / "blocks"
    blocks.mkdir(parents=True)
    (folder / "schema.yaml").write_text(SCHEMA)
    (folder / "campaign.yaml").write_text(CAMPAIGN)
    (folder / "people.csv").write_text(people)
    for name, text in BLOCKS.items():
        (blocks / (name + ".html")).write_text(text)
    return folder
