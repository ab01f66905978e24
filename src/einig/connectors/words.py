"""What fields are called at the senders, and what each means here.

Only what is certain stands here: a name that nobody knows stays the property it is.
"""

from __future__ import annotations

import re

_MEANINGS = {
    "name": "name full_name fullname your_name ihr_name name_des_ansprechpartners",
    "first_name": "first_name firstname given_name vorname",
    "last_name": "last_name lastname surname family_name nachname",
    "email": "email e_mail mail email_address work_email email_work person_email_work "
    "e_mail_adresse",
    "phone": "phone phone_number telephone telefon telefonnummer mobile mobil mobilephone handy "
    "mobile_phone work_phone work_phone_number person_phone_work",
    "company": "company company_name organization organisation firma unternehmen company_account "
    "associated_company deal_organization",
    "title": "title job_title jobtitle position funktion",
    "industry": "industry branche",
    "employees": "employees company_size employee_count numberofemployees mitarbeiter "
    "mitarbeiterzahl unternehmensgroesse unternehmensgröße",
    "country": "country land country_code",
    "city": "city stadt ort",
    "postal_code": "postal_code zip zipcode zip_code plz postleitzahl post_code",
    "street": "street street_address strasse straße address",
    "state": "state region bundesland province",
    "website": "website url webseite homepage",
    "linkedin": "linkedin linkedin_url linkedin_profile linkedin_profile_link",
    "source": "lead_source leadsource original_source quelle deal_source_channel",
    "campaign": "campaign kampagne campaign_name",
}
ATTRIBUTES = tuple(_MEANINGS)
_BY_NAME = {name: meaning for meaning, names in _MEANINGS.items() for name in names.split()}


def meaning(name: str) -> str:
    """Return the attribute that a field of this name is; empty if nobody can know."""
    return _BY_NAME.get(re.sub(r"[^\w]+", "_", name.casefold()).strip("_"), "")
