"""A copy as its reader finds it, and what it should say."""

import html
import re

TITLES = {"F": "Chère", "M": "Cher", None: "Bonjour"}
HEADS = {
    "une_phare": lambda known: "Carte Phare : %d points" % (
        float(known.get("points") or 0) + .5),
    "une_polar": lambda known: "Noir comme l'encre : dix polars",
    "une_ville": lambda known: "Rencontre à %s" % known["ville"],
    "une_rentree": lambda known: "La rentrée de %s" % (
        known.get("prenom") or "tous les lecteurs"),
    "": lambda known: "La lettre du port",
}
SUBJECTS = {"tutoie": "%s, ta rentrée", "vouvoie": "%s, votre rentrée"}


def plain(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def simple(text):
    """Numbers without what stands between thousands, no capitals."""
    return re.sub(r"(?<=\d)[\s.,\u00a0\u202f](?=\d{3})", "", text).casefold()


def shelf(block):
    """suite_poesie -> poésie"""
    return block.removeprefix("suite_").replace("poesie", "poésie")


class Letter:
    """One delivered letter, taken apart by Python's own mail parser."""

    def __init__(self, delivered):
        mail = delivered.message
        self.to, self.data = delivered.to, delivered.data
        self.mail = mail
        self.subject = str(mail["Subject"])
        self.text = mail.get_body(("plain",)).get_content()
        self.html = mail.get_body(("html",)).get_content()
        self.attachment = next(mail.iter_attachments()).get_content()
        self.greeting = plain(re.search(
            r'<p class="salut">(.*?)</p>', self.html)[1])
        self.head = plain(re.search(r"<h2>(.*?)</h2>", self.html)[1])
        self.offer = plain(re.search(r"</h2>\s*<p>(.*?)</p>", self.html)[1])

    def differs(self, expected):
        """What is not as expected, in words."""
        known = expected.known
        subject = SUBJECTS.get(expected.variants.get("objet"))
        wanted = {
            "subject": subject % (known.get("prenom") or "Bonjour")
            if subject else "La rentrée au port",
            "greeting": "%s %s," % (TITLES[known.get("titre")], known.get(
                "prenom") or "lecteur du port"),
            "head": simple(HEADS[expected.blocks["une"]](known)),
            "offer": "Après %s, essayez : %s" % (
                known["rayon"], shelf(expected.blocks["suite"]))
            if expected.blocks["suite"] else "Tous nos rayons vous attendent.",
        }
        found = {"subject": self.subject, "greeting": self.greeting,
                 "head": simple(self.head), "offer": self.offer}
        return ["%s: %r, not %r" % (name, found[name], wanted[name])
                for name in wanted if found[name] != wanted[name]]

    def disagrees(self):
        """What the HTML says and the text does not."""
        text = simple(self.text)
        return [said for said in (self.greeting, self.head, self.offer)
                if simple(said) not in text]
