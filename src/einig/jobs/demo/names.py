"""Invented people, firms and numbers. None of them exists.

Addresses end in `.example`, which nobody can own; numbers are from the ranges that the
Bundesnetzagentur keeps free for films.
"""

from __future__ import annotations

from random import Random

FIRST = (
    "Anja", "Birgit", "Carla", "Claudia", "Daniela", "Elif", "Eva", "Franziska", "Greta", "Hanna",
    "Ines", "Jana", "Julia", "Karin", "Katrin", "Laura", "Lena", "Maren", "Meike", "Nadine",
    "Petra", "Renate", "Sabine", "Silke", "Sonja", "Susanne", "Tanja", "Ulrike", "Yasemin",
    "Alexander", "Andreas", "Bernd", "Carsten", "Christian", "Dirk", "Emre", "Fabian", "Florian",
    "Georg", "Hannes", "Henning", "Holger", "Jan", "Jens", "Jonas", "Karsten", "Lars", "Lukas",
    "Marco", "Markus", "Matthias", "Michael", "Nils", "Oliver", "Philipp", "Rainer", "Ralf",
    "Sebastian", "Stefan", "Thomas", "Thorsten", "Tobias", "Uwe", "Volker", "Wolfgang",
)  # fmt: skip
LAST = (
    "Ahrens", "Arslan", "Bachmann", "Baumann", "Beck", "Behrens", "Berger", "Böhm", "Brandt",
    "Busch", "Dietrich", "Ebert", "Engel", "Fiedler", "Franke", "Friedrich", "Fuchs", "Gerlach",
    "Graf", "Günther", "Haas", "Hahn", "Hartmann", "Heinrich", "Henkel", "Herrmann", "Horn",
    "Huber", "Jäger", "Jansen", "Kaiser", "Keller", "Kirchner", "Köhler", "König", "Kramer",
    "Krause", "Krüger", "Kuhn", "Lang", "Lehmann", "Lindner", "Lorenz", "Ludwig", "Maier",
    "Marquardt", "Martens", "Mertens", "Möller", "Nowak", "Otto", "Paulsen", "Peters", "Pfeiffer",
    "Pohl", "Reuter", "Richter", "Roth", "Sander", "Sauer", "Schäfer", "Schilling", "Schreiber",
    "Schubert", "Schulte", "Seidel", "Simon", "Sommer", "Stein", "Thiel", "Ullrich", "Vogel",
    "Voigt", "Wagner", "Walter", "Weber", "Wendt", "Winkler", "Winter", "Wolff", "Yilmaz",
    "Ziegler", "Zimmermann",
)  # fmt: skip
TITLES = (
    "Geschäftsführung", "Leitung Produktion", "Leitung IT", "Leitung Service", "Leitung Einkauf",
    "Leitung Vertrieb", "Projektleitung", "Produktionsplanung", "Controlling", "Assistenz",
)  # fmt: skip
TOWNS = {
    "DE": (
        "Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Bielefeld", "Bremen",
        "Chemnitz", "Dortmund", "Erfurt", "Hannover", "Heilbronn", "Kassel", "Kiel", "Leipzig",
        "Mannheim", "Münster", "Nürnberg", "Osnabrück", "Paderborn", "Rostock", "Siegen",
        "Stuttgart", "Ulm", "Würzburg",
    ),
    "AT": ("Graz", "Innsbruck", "Linz", "Salzburg", "Wels", "Wien"),
    "CH": ("Aarau", "Basel", "Bern", "St. Gallen", "Winterthur", "Zürich"),
    "FR": ("Lille", "Lyon", "Straßburg"),
    "NL": ("Arnheim", "Eindhoven", "Utrecht"),
    "PL": ("Breslau", "Posen"),
}  # fmt: skip
BUSINESS = {
    "Software": ("Software", "Systeme", "IT-Lösungen", "Datenwerk"),
    "Maschinenbau": ("Maschinenbau", "Anlagenbau", "Antriebstechnik", "Pumpen", "Werkzeugbau"),
    "Handel": ("Handel", "Großhandel", "Vertrieb", "Märkte"),
    "Logistik": ("Logistik", "Spedition", "Transporte"),
    "Gesundheit": ("Kliniken", "Medizintechnik", "Pflegedienste"),
    "Bildung": ("Akademie", "Bildungswerk", "Seminare"),
    "Handwerk": ("Elektrotechnik", "Haustechnik", "Tischlerei", "Dachbau"),
    "Beratung": ("Beratung", "Consulting", "Treuhand"),
}
_FORMS = ("GmbH", "GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG")
_AREAS = {
    "Berlin": "+49 30 23125",
    "Hamburg": "+49 40 66969",
    "München": "+49 89 99998",
    "Köln": "+49 221 4710",
    "Frankfurt am Main": "+49 69 90009",
}
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "-", ".": "", "&": ""})


def a_person(random: Random) -> str:
    """Return a name like Petra Lindner."""
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def a_firm(random: Random, *, industry: str, town: str) -> tuple[str, str]:
    """Return a firm's name and domain: the town makes it one of a kind more often than not."""
    stem = f"{random.choice(LAST)} {random.choice(BUSINESS[industry])}"
    if random.random() < 0.4:
        stem += f" {town}"
    return f"{stem} {random.choice(_FORMS)}", f"{spelled(stem)}.example"


def a_number(random: Random, *, town: str) -> str:
    """Return a number from the ranges that belong to nobody: of that town, or else a mobile."""
    if area := _AREAS.get(town):
        return f"{area} {random.randrange(1000):03}"
    return f"+49 176 040690 {random.randrange(100):02}"


def spelled(text: str) -> str:
    """Return a text as it stands in an address: Müller & Söhne becomes mueller-soehne."""
    return "-".join(text.casefold().translate(_LETTERS).split("-"))
