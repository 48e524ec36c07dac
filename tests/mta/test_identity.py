"""What no template touches arrives as if there were no milter."""

import re

from mailing import crlf
from scene import OnPostfix, untraced

HEAD = "From: a@shop.example\nTo: b@customer.example\nMessage-ID: <%s@x>\n"

# Whatever a mail program may send that a mail server passes on unchanged.
ODD = {
    "no mime at all": "Subject: plain\n\nhello\n",
    "empty body": "Subject: nothing\n\n",
    "dots": "Subject: dots\n\n.\n..\n.x\nend.\n",
    "blanks at line ends": "Subject: x \t\n\nsoft \nhard\t\n \n\n\n",
    "folded header": "Subject: a\n long\n\tone\nX-Many:  two  blanks \n\nx\n",
    "encoded words":
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?B?5Pb8?=\n\nx\n",
    "odd header case": "sUBJECT:x\nMIME-version: 1.0\nX-Empty:\n\nx\n",
    "quoted-printable":
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\n"
        "caf=C3=A9 =\nsoft =3D=20\n=e4 bad =zz\n",
    "base64 with short lines":
        "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
        "PGI+\naGk8\nL2I+\n",
    "flowed":
        "Content-Type: text/plain; format=flowed; delsp=yes\n\n"
        "> quoted \n> more\n-- \nsig\n",
    "nested":
        "Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\n"
        "Content-Type: multipart/alternative; boundary=\"b b\"\n\n--b b\n\n"
        "text\n--b b\nContent-Type: text/html\n\n<p>html</p>\n--b b--\n"
        "--a\nContent-Type: application/pdf\n"
        "Content-Transfer-Encoding: base64\n\nJVBERi0=\n--a--\nepilogue\n",
    "no final boundary":
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n",
    "message in a message":
        "Content-Type: message/rfc822\n\nSubject: inner\n\nbody\n",
    "signed":
        "Content-Type: multipart/signed; protocol=\"x/y\"; micalg=z; "
        "boundary=s\n\n--s\nContent-Type: text/plain\n\nsigned \n--s\n"
        "Content-Type: x/y\n\nsignature\n--s--\n",
    "rfc 2231":
        "Content-Type: application/x; name*0*=utf-8''%e2%82%ac; name*1=x\n"
        "\nx\n",
    "comment in a type": "Content-Type: text/(really)plain\n\nx\n",
    "eight bits": "Subject: Grüße\nContent-Type: text/plain\n"
                  "Content-Transfer-Encoding: 8bit\n\nÄÖÜ\n",
    "template syntax in an attachment":
        "Content-Type: application/json\n\n{\"a\": \"{{ b }}\"}\n",
}


class Identity(OnPostfix):
    def carried(self, port, data):
        self.sink.take(0)
        code, text = self.postfix.send(data, ["guest@customer.example"],
                                       port=port)
        self.assertEqual(code, 250, text)
        return untraced(self.sink.take(1)[0].data)

    def test_foreign_mail_is_carried_as_without_a_milter(self):
        for name, text in ODD.items():
            with self.subTest(name):
                data = crlf(HEAD % "foreign" + text)
                self.assertEqual(self.carried(self.postfix.plain, data),
                                 self.carried(self.postfix.bare, data))

    def test_campaign_mail_without_tags_only_gains_a_signature(self):
        for number, (name, text) in enumerate(ODD.items()):
            with self.subTest(name):
                data = crlf(HEAD % ("odd%d" % number) + text)
                want = self.carried(self.postfix.bare, data)
                got = self.carried(self.postfix.filtered,
                                   b"X-Inlay-Campaign: spring\r\n" + data)
                bare = re.sub(
                    rb"(?im)\A(?:dkim-signature:.*\r\n(?:[ \t].*\r\n)*)+",
                    b"", got)
                self.assertNotEqual(bare, got)
                self.assertEqual(bare, want)
