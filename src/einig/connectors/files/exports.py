"""Exports that people bring, and what their columns mean; one table for each.

Only what is certain stands here. A column that no table and no common name knows stays unmapped.
`words.meaning` knows the names of attributes wherever they come from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from einig.connectors.words import meaning

# what a column can mean beside an attribute of the lead
RECORD_ID = "record_id"  # under which whoever wrote the file knows the lead
CREATED_AT = "created_at"
OUTCOME = "outcome"  # won, lost or neither, as a word or a stage
IS_WON, IS_LOST = "is_won", "is_lost"  # yes, or nothing said
WON_OR_LOST = "won_or_lost"  # yes is won, no is lost
CLOSED_AT, WON_AT, LOST_AT = "closed_at", "won_at", "lost_at"
LOST_REASON, REVENUE, CURRENCY = "lost_reason", "revenue", "currency"
NO_MAIL, NO_CALL = "no_mail", "no_call"  # yes: they object
ACTIVITY, ACTIVITY_AT = "activity", "activity_at"
OWN = "own"  # kept under the name of its column
SPECIAL = (
    RECORD_ID, CREATED_AT, OUTCOME, IS_WON, IS_LOST, WON_OR_LOST, CLOSED_AT, WON_AT, LOST_AT,
    LOST_REASON, REVENUE, CURRENCY, NO_MAIL, NO_CALL, ACTIVITY, ACTIVITY_AT, OWN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """An export: columns by which it is recognised, and what each of its columns means.

    `records` names what its record ids count, since a contact and a deal may have the same one.
    """

    kind: str
    name: str
    records: str
    marks: tuple[tuple[str, ...], ...]  # all names of one of these have to be there
    columns: Mapping[str, str]


HUBSPOT_CONTACTS = Export(
    "hubspot_contacts", "HubSpot (contacts)", "hubspot-contact",
    (("Record ID", "Lifecycle Stage"), ("Record ID", "First Name", "Contact owner"),
     ("Datensatz-ID", "Lifecycle-Phase")),
    {
        "Record ID": RECORD_ID, "First Name": "first_name", "Last Name": "last_name",
        "Email": "email", "Phone Number": "phone", "Mobile Phone Number": "phone",
        "Associated Company": "company", "Company Name": "company", "Job Title": "title",
        "Industry": "industry", "Number of Employees": "employees",
        "Country/Region": "country", "City": "city", "State/Region": "state",
        "Postal Code": "postal_code", "Street Address": "street", "Website URL": "website",
        "Original Source": "source", "Create Date": CREATED_AT,
        "Became a Customer Date": WON_AT, "Lifecycle Stage": OUTCOME,
        "Unsubscribed from all email": NO_MAIL,
        "Datensatz-ID": RECORD_ID, "Vorname": "first_name", "Nachname": "last_name",
        "E-Mail": "email", "Telefonnummer": "phone", "Lifecycle-Phase": OUTCOME,
        "Erstellungsdatum": CREATED_AT, "Ursprüngliche Quelle": "source",
    },
)  # fmt: skip
HUBSPOT_DEALS = Export(
    "hubspot_deals", "HubSpot (deals)", "hubspot-deal",
    (("Deal Name", "Deal Stage"), ("Dealname", "Dealphase")),
    {
        "Record ID": RECORD_ID, "Create Date": CREATED_AT, "Close Date": CLOSED_AT,
        "Amount": REVENUE, "Currency": CURRENCY, "Is Closed Won": IS_WON, "Is closed lost": IS_LOST,
        "Closed Lost Reason": LOST_REASON, "Associated Contact": "name",
        "Associated Company": "company", "Associated Email": "email",
        "Datensatz-ID": RECORD_ID, "Erstellungsdatum": CREATED_AT, "Abschlussdatum": CLOSED_AT,
        "Betrag": REVENUE, "Dealphase": OUTCOME,
    },
)  # fmt: skip
SALESFORCE_REPORT = Export(
    "salesforce_report", "Salesforce (report)", "salesforce",
    (("Lead Owner", "Company / Account"), ("Lead Owner", "Lead Status", "Lead Source", "Title"),
     ("Lead-Inhaber", "Leadstatus"), ("Opportunity Name", "Stage", "Close Date")),
    {
        "Lead ID": RECORD_ID, "First Name": "first_name", "Last Name": "last_name",
        "Title": "title", "Company / Account": "company", "Account Name": "company",
        "Email": "email", "Phone": "phone", "Mobile": "phone", "Lead Source": "source",
        "Industry": "industry", "Employees": "employees", "No. of Employees": "employees",
        "Create Date": CREATED_AT, "Created Date": CREATED_AT, "Email Opt Out": NO_MAIL,
        "Do Not Call": NO_CALL, "Stage": OUTCOME, "Amount": REVENUE, "Close Date": CLOSED_AT,
        "Won": IS_WON, "Street": "street", "City": "city", "State/Province": "state",
        "Zip/Postal Code": "postal_code", "Country": "country",
        "Vorname": "first_name", "Nachname": "last_name", "Firma/Account": "company",
        "Leadquelle": "source", "Erstellungsdatum": CREATED_AT,
    },
)  # fmt: skip
SALESFORCE_API = Export(
    "salesforce_api", "Salesforce (API names)", "salesforce",
    (("Id", "LastName", "LeadSource"), ("Id", "LastName", "IsConverted"),
     ("StageName", "CloseDate"), ("Id", "HasOptedOutOfEmail")),
    {
        "Id": RECORD_ID, "FirstName": "first_name", "LastName": "last_name", "Name": "name",
        "Company": "company", "Title": "title", "Email": "email", "Phone": "phone",
        "MobilePhone": "phone", "LeadSource": "source", "Industry": "industry",
        "NumberOfEmployees": "employees", "CreatedDate": CREATED_AT,
        "HasOptedOutOfEmail": NO_MAIL, "DoNotCall": NO_CALL, "StageName": OUTCOME,
        "Amount": REVENUE, "CurrencyIsoCode": CURRENCY, "CloseDate": CLOSED_AT, "IsWon": IS_WON,
        "Street": "street", "City": "city", "State": "state", "PostalCode": "postal_code",
        "Country": "country", "Website": "website",
    },
)  # fmt: skip
PIPEDRIVE = Export(
    "pipedrive", "Pipedrive", "pipedrive-deal",
    (("Deal - Title",), ("Person - Name",), ("Deal - Titel",), ("Person - E-Mail - Arbeit",)),
    {
        "Deal - ID": RECORD_ID, "Deal - Value": REVENUE, "Deal - Currency of Value": CURRENCY,
        "Deal - Status": OUTCOME, "Deal - Deal created": CREATED_AT, "Deal - Won time": WON_AT,
        "Deal - Lost time": LOST_AT, "Deal - Lost reason": LOST_REASON,
        "Deal - Source channel": "source", "Deal - Contact person": "name",
        "Deal - Organization": "company", "Person - Name": "name",
        "Person - Email - Work": "email", "Person - Email - Home": "email",
        "Person - Phone - Work": "phone", "Person - Phone - Mobile": "phone",
        "Organization - Name": "company",
        "Deal - Wert": REVENUE, "Deal - Währung des Werts": CURRENCY,
        "Deal - Deal erstellt": CREATED_AT, "Deal - Deal erstellt am": CREATED_AT,
        "Deal - Gewonnen am": WON_AT, "Deal - Verloren am": LOST_AT,
        "Deal - Verlustgrund": LOST_REASON, "Deal - Quellkanal": "source",
        "Deal - Kontaktperson": "name", "Deal - Organisation": "company",
        "Person - E-Mail - Arbeit": "email", "Person - E-Mail - Privat": "email",
        "Person - Telefon - Arbeit": "phone", "Person - Telefon - Mobil": "phone",
        "Organisation - Name": "company",
    },
)  # fmt: skip
ZOHO = Export(
    "zoho", "Zoho CRM", "zoho",
    (("Record Id", "Lead Owner"), ("Record Id", "Email Opt Out"), ("Record Id", "Created Time"),
     ("Record Id", "Closing Date")),
    {
        "Record Id": RECORD_ID, "First Name": "first_name", "Last Name": "last_name",
        "Company": "company", "Title": "title", "Email": "email", "Phone": "phone",
        "Mobile": "phone", "Lead Source": "source", "Industry": "industry",
        "No. of Employees": "employees", "Created Time": CREATED_AT, "Stage": OUTCOME,
        "Closing Date": CLOSED_AT, "Amount": REVENUE, "Currency": CURRENCY,
        "Email Opt Out": NO_MAIL, "Street": "street", "City": "city", "State": "state",
        "Zip Code": "postal_code", "Country": "country", "Website": "website",
    },
)  # fmt: skip
GERMAN_EXCEL = Export(
    "german_excel", "Excel (deutsch)", "",
    (("Vorname", "Nachname"), ("Firma", "E-Mail"), ("Name", "E-Mail", "Telefon")),
    {
        "Vorname": "first_name", "Nachname": "last_name", "Firma": "company", "E-Mail": "email",
        "Telefon": "phone", "Mobil": "phone", "Quelle": "source", "Erstellt am": CREATED_AT,
        "Angelegt am": CREATED_AT, "Umsatz": REVENUE, "Währung": CURRENCY, "Ergebnis": OUTCOME,
        "Abgeschlossen am": CLOSED_AT, "Verlustgrund": LOST_REASON, "Kundennummer": RECORD_ID,
        "Branche": "industry", "Mitarbeiter": "employees", "Position": "title", "Straße": "street",
        "PLZ": "postal_code", "Ort": "city", "Land": "country", "Kampagne": "campaign",
        "Keine E-Mails": NO_MAIL, "Nicht anrufen": NO_CALL,
    },
)  # fmt: skip
EXPORTS = {
    of.kind: of
    for of in (
        HUBSPOT_DEALS, HUBSPOT_CONTACTS, PIPEDRIVE, ZOHO, SALESFORCE_API, SALESFORCE_REPORT,
        GERMAN_EXCEL,
    )
}  # fmt: skip

_COMMON = {
    RECORD_ID: "record_id id lead_id prospect_id contact_id customer_id case_id mql_id card_uid "
    "kundennummer datensatz_id",
    CREATED_AT: "created_at created_on created_date create_date created_time erstellt_am "
    "erstellungsdatum angelegt_am first_contact_date",
    OUTCOME: "outcome ergebnis",
    CLOSED_AT: "closed_at close_date closed_date closing_date abgeschlossen_am abschlussdatum",
    WON_AT: "won_at won_date won_time gewonnen_am",
    LOST_AT: "lost_at lost_date lost_time verloren_am",
    LOST_REASON: "lost_reason closed_lost_reason verlustgrund",
    REVENUE: "revenue umsatz",
    CURRENCY: "currency waehrung währung",
    NO_MAIL: "email_opt_out has_opted_out_of_email hasoptedoutofemail do_not_email",
    NO_CALL: "do_not_call donotcall nicht_anrufen",
    ACTIVITY: "activity",
    ACTIVITY_AT: "timestamp",
    "phone": "phone_2 telefon_2",
    "email": "email_2 e_mail_2",
}
_BY_NAME = {name: code for code, names in _COMMON.items() for name in names.split()}
_VAGUE = frozenset({"id", "record_id", "lead_id", "contact_id", "customer_id", "kundennummer"})


def recognise(columns: Sequence[str]) -> Export | None:
    """Return the export that has these columns; None if it is none of those that are known."""
    names = {_plain(name) for name in columns}
    for export in EXPORTS.values():
        if any({_plain(mark) for mark in marks} <= names for marks in export.marks):
            return export
    return None


def guess(columns: Sequence[str]) -> list[str]:
    """Return what each column means; empty where nobody can know."""
    export = recognise(columns)
    table = {_plain(name): code for name, code in export.columns.items()} if export else {}
    found: list[str] = []
    for name in columns:
        plain = _plain(name)
        told = table.get(plain) or _BY_NAME.get(plain) or meaning(name)
        once = told in SPECIAL and told != OWN and told in found
        found.append("" if once else told)
    return found


def records_of(columns: Sequence[str], meanings: Sequence[str]) -> str:
    """Return in whose numbers the record ids of a file are counted; empty if it has none.

    The same column in another file of the same make counts the same records. A name as vague as
    `id` says nothing by itself: there only a file with all the same columns is of the same make.
    """
    if RECORD_ID not in meanings:
        return ""
    export = recognise(columns)
    if export is not None and export.records:
        return export.records
    name = _plain(columns[list(meanings).index(RECORD_ID)])
    if name not in _VAGUE:
        return name[:60]
    return hashlib.sha256("\0".join(sorted(map(_plain, columns))).encode()).hexdigest()[:16]


def _plain(name: str) -> str:
    return re.sub(r"[^\w]+", "_", name.casefold()).strip("_")
