"""La Librairie du Port, an invented shop: two thousand readers with the dirt
that customer files have, written as Excel saves them, and beside each row what
is true of the person. Seeded; only the dates move with the day."""

import csv
import datetime
import random

import lab
from shop_model import HALF_LIFE, LINEAR, Block, Campaign, Schema, Source

SHOP = lab.TOP / "tests" / "data" / "shop"
SEED = 26
READERS = 2000
TWICE = 60              # of them, in capitals

FIRST_NAMES = ["Élodie", "Noël", "Œnone", "Zoé", "Jean-François", "Maëlys",
               "Hervé", "Aïcha", "Loïc", "Sophie", "D’Arcy", "Anaïs"]
NO_NAMES = ["test", "12345", "jean@free.example", "x", "Madame", ""]
TITLES = {"F": ["Mme", "F", "Madame", "mlle", "MME"],
          "M": ["M.", "M", "Monsieur", "m."], None: ["Dr", "", ""]}
TOWNS = ["Brest", "L’Haÿ-les-Roses", "Nîmes", "Sète", "Le Havre"]
CARDS = {"ancre": ["ancre", "Ancre", "ANCRE"], "phare": ["phare", "Phare"],
         None: ["", "", "or"]}
SHELVES = ["polar", "jeunesse", "cuisine", "mer", "poésie"]
BAD_ADDRESSES = ["", "sans adresse", "jean@", "@free.example", "a b@c d"]

# Column of the file, and what Inlay calls it.
COLUMNS = {
    "Adresse e-mail": "email", "Titre": "titre", "Prénom": "prenom",
    "Né(e) le": "naissance", "Ville": "ville", "Carte": "carte",
    "Points": "points", "Dernier rayon": "rayon", "Rayons": "rayons",
    "Origine": "source", "Saisi le": "observed_at",
    "Accord conseil": "consent.conseil",
    "Accord conseil le": "consent.conseil.at",
    "Accord conseil jusqu'au": "consent.conseil.until",
    "Accord lettre": "consent.lettre",
    "Opposition profilage": "object_profiling",
    "Opposition courrier": "object_marketing",
    "Bloqué": "suppressed", "Gelé": "restricted",
}

# What schema.yaml, the campaigns and the blocks say, said once more.
CONTEXTUAL = frozenset({"contextual"})
ALL = frozenset({"contextual", "identifying", "behavioural"})
SCHEMA = Schema(
    classes={"prenom": "identifying", "titre": "contextual",
             "ville": "contextual", "carte": "contextual",
             "points": "behavioural", "rayon": "behavioural",
             "rayons": "behavioural"},
    max_age={"ville": 900, "rayon": 500},
    sources={"caisse": Source(95, HALF_LIFE, 800),
             "site": Source(80, LINEAR, 1200, {"ville": 35}),
             "salon": Source(60, fields={"prenom": 20})},
    unknown=Source(10), min_trust=.5)

GOES_WITH = {"polar": ["mer", "poésie"], "jeunesse": ["cuisine"],
             "cuisine": ["jeunesse", "polar"], "mer": ["polar", "cuisine"],
             "poésie": ["polar"]}


def suits(shelf):
    """Whether a shelf goes with the last purchase and is new to the person;
    who is not known to have bought anything has not bought it."""
    return lambda known: (shelf in GOES_WITH.get(known.get("rayon"), ())
                          and shelf not in (known.get("rayons") or ()))


UNE = [
    Block("une_phare", 20, test=lambda known: known.get("carte") == "phare"),
    Block("une_polar", 15,
          test=lambda known: "polar" in (known.get("rayons") or ())),
    Block("une_ville", 10, uses=("ville",)),
    Block("une_rentree", 5),
]
CLUB = Block("une_club", 60)
SUITE = [Block("suite_" + shelf.replace("é", "e"), uses=("rayon",),
               test=suits(shelf)) for shelf in sorted(SHELVES)]
LETTER = Campaign(
    "rentree", "conseil", "lettre",
    arms={"perso": (.6, ALL), "doux": (.2, CONTEXTUAL), "temoin": (.2, None)},
    holdout=(.05, "port-annee"),
    segments=(("phare", lambda known: known.get("carte") == "phare"),
              ("marins", lambda known: known.get("rayon") == "mer"),
              ("autres", lambda known: True)),
    slots={"une": UNE, "suite": SUITE}, outside=("titre", "prenom"),
    variants={"objet": ("tutoie", "vouvoie")})
MEETING = Campaign(
    "club", "conseil", "lettre",
    arms={"invite": (.5, ALL), "temoin": (.5, None)},
    segments=(("phare", lambda known: known.get("carte") == "phare"),
              ("autres", lambda known: True)),
    slots={"une": [CLUB, *UNE]}, outside=("carte", "prenom"))


class Person:
    """What is true: values[field] is a list of (value, source, day) with the
    value None where nothing usable was said; consents[purpose] a list of
    (status, at, until)."""

    def __init__(self, address):
        self.address = address
        self.values = {}
        self.consents = {}
        self.flags = set()

    def says(self, field, value, source, day):
        self.values.setdefault(field, []).append((value, source, day))


def french(day):
    return day.strftime("%d/%m/%Y") if day else ""


def french_number(number):
    """1250.5 -> 1 250,5 with the blank that Excel writes."""
    whole, _, rest = ("%g" % number).partition(".")
    if len(whole) > 3:
        whole = whole[:-3] + "\N{NO-BREAK SPACE}" + whole[-3:]
    return whole + ("," + rest if rest else "")


class Writer:
    """Deals out rows; rows[n] is a line of the file, people the truth."""

    def __init__(self, today, seed=SEED):
        self.today = today
        self.random = random.Random(seed)
        self.rows = []
        self.people = {}

    def ago(self, days):
        return self.today - datetime.timedelta(days=days)

    def age(self, source):
        """Days that put no value near a threshold: another hour of the day
        decides nothing."""
        while True:
            days = self.random.randrange(5, 1300)
            near = [abs(days - edge) for edge in (500, 900)]
            worth = {"caisse": .95 * .5 ** (days / 800),
                     "site": .8 * max(0, 1 - days / 1200)}.get(source, 1)
            near += [abs(worth - edge) * 1000 for edge in (.5, .6)]
            if min(near) > 3:
                return days

    def answers(self):
        """What one row says of the fields: cell and true value."""
        pick = self.random.choice
        name = pick(FIRST_NAMES) if self.random.random() > .15 else None
        title = pick(["F", "F", "M", "M", None])
        card = pick(["ancre", "ancre", "phare", None])
        last = pick([*SHELVES, *SHELVES, None])
        bought = self.random.sample(SHELVES, pick([0, 0, 1, 1, 2, 3]))
        points = pick([None, 0, 12, 1250.5, 31000])
        town = pick([*TOWNS, None])
        born = pick([None, self.ago(365 * self.random.randrange(16, 90))])
        return {
            "prenom": (name or pick(NO_NAMES), name),
            "titre": (pick(TITLES[title]), title),
            "naissance": (french(born) or pick(
                ["", "01/01/1900", "31/02/1980"]), born),
            "ville": (town or "", town),
            "carte": (pick(CARDS[card]), card),
            "points": (pick(["", "-5", "beaucoup"]) if points is None else
                       french_number(points), points),
            "rayon": (pick([last, last.capitalize()]) if last else
                      pick(["", "bd"]), last),
            "rayons": (pick(";|").join(bought), bought or None),
        }

    def consents(self, person, cells, day):
        pick = self.random.choice
        status = pick(["granted"] * 12 + ["oui", "denied", "revoked", ""])
        if status:
            at = self.ago(pick([3, 40, 400]))
            until = pick([None] * 8 + [self.ago(2), self.ago(-40)])
            cells["consent.conseil"] = status
            cells["consent.conseil.at"] = french(at)
            cells["consent.conseil.until"] = french(until)
            person.consents["conseil"] = [(status, at, until)]
        status = pick(["granted"] * 18 + ["denied", ""])
        if status:
            cells["consent.lettre"] = status
            person.consents["lettre"] = [(status, day, None)]

    def flags(self, person, cells):
        for name, share in (("object_profiling", .03),
                            ("object_marketing", .02), ("suppressed", .015),
                            ("restricted", .015)):
            if self.random.random() < share:
                person.flags.add(name)
                cells[name] = self.random.choice(["yes", "oui", "VRAI", "1"])
            else:
                cells[name] = self.random.choice(["no", "non", "FAUX", ""])

    def say(self, person, cells, source):
        """One row about a person, with what it says of the fields."""
        day = self.ago(self.age(source))
        cells.update(source=source, observed_at=french(day))
        for field, (cell, value) in self.answers().items():
            cells[field] = cell
            if cell:
                person.says(field, value, source, day)
        self.rows.append(cells)
        return day

    def reader(self, number):
        address = "lecteur%04d@%s" % (number, self.random.choice(
            ["poste.example", "orange.example", "libre.example"]))
        person = self.people[address] = Person(address)
        cells = {"email": address}
        day = self.say(person, cells, self.random.choices(
            ["caisse", "site", "salon", "brocante"], [5, 3, 2, 1])[0])
        self.consents(person, cells, day)
        self.flags(person, cells)

    def repeat(self, person):
        """The same person in capitals, from the fair; no consents."""
        self.say(person, {"email": " %s " % person.address.upper()}, "salon")

    def all(self):
        for number in range(READERS):
            self.reader(number)
        once = [person for person in self.people.values()
                if all(source != "salon" for said in person.values.values()
                       for _, source, _ in said)]
        for person in self.random.sample(once, TWICE):
            self.repeat(person)
        for address in BAD_ADDRESSES * 2:
            self.rows.append({"email": address, "source": "site"})
        self.random.shuffle(self.rows)
        return self

    def write(self, path):
        """As Excel saves a French table: windows-1252, semicolons, CRLF."""
        with open(path, "w", encoding="windows-1252", newline="") as file:
            file.write("sep=;\r\n")
            lines = csv.writer(file, delimiter=";")
            lines.writerow(COLUMNS)
            for row in self.rows:
                lines.writerow([row.get(name, "")
                                for name in COLUMNS.values()])


LOAD = ["--encoding", "windows-1252", "--date-format", "%d/%m/%Y",
        *(word for column, name in COLUMNS.items()
          for word in ("--map", "%s=%s" % (column, name)))]


def catalog(folder, today):
    """The shop's documents with the day's dates; a copy in the folder."""
    days = {"@FROM@": today - datetime.timedelta(days=10),
            "@UNTIL@": today + datetime.timedelta(days=30),
            "@DATE@": today.strftime("%a, %d %b %Y 00:00:00 +0000")}
    (folder / "blocs").mkdir(parents=True)
    for path in SHOP.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        for word, day in days.items():
            text = text.replace(word, str(day))
        (folder / path.relative_to(SHOP)).write_text(text, encoding="utf-8")
    return folder


def letter(folder, number):
    """One mailing's message, by the number of its Message-ID."""
    text = (folder / "lettre.eml").read_text(encoding="utf-8")
    return text.replace("@NUMBER@", str(number)).replace(
        "\n", "\r\n").encode()
