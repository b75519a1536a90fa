"""What Open Referral HSDS 3.0 says of its documents, as JSON Schemas that allow nothing else.

Written here from the specification's tables of fields (Human Services Data Specification 3.0: an Open Referral
resource, https://docs.openreferral.org/en/v3.0/hsds/schema_reference.html), and not its own files. Fields that came
after 3.0 are not in it. A line is an object: its fields with their types; `!` is required, `[]` is a list of objects.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

BASE = "https://hsds.test/3.0/"
LINKS = "attributes:attribute[] metadata:metadata[]"
PLACES = "service_id:uuid location_id:uuid service_at_location_id:uuid"
OBJECTS = {
    "organization": f"""id:uuid! name! alternate_name description! email:email website:uri tax_status tax_id
        year_incorporated:number legal_status logo uri:uri parent_organization_id:uuid funding:funding[]
        contacts:contact[] phones:phone[] locations:location[] programs:program[]
        organization_identifiers:organization_identifier[] {LINKS}""",
    "program": f"id:uuid! organization_id:uuid name! alternate_name description! {LINKS}",
    "service": f"""id:uuid! organization_id:uuid program_id:uuid name! alternate_name description url:uri email:email
        status:active|inactive|defunct|temporarily_closed! interpretation_services application_process
        fees_description wait_time fees accreditations eligibility_description minimum_age:number maximum_age:number
        assured_date:date assurer_email:email licenses alert phones:phone[] schedules:schedule[]
        service_areas:service_area[] service_at_locations:service_at_location[] languages:language[]
        organization:organization funding:funding[] cost_options:cost_option[] program:program
        required_documents:required_document[] contacts:contact[] {LINKS}""",
    "service_at_location": f"""id:uuid! service_id:uuid location_id:uuid description service_areas:service_area[]
        contacts:contact[] phones:phone[] schedules:schedule[] location:location {LINKS}""",
    "location": f"""id:uuid! location_type:physical|postal|virtual! url:uri organization_id:uuid name alternate_name
        description transportation latitude:number longitude:number external_identifier external_identifier_type
        languages:language[] addresses:address[] contacts:contact[] accessibility:accessibility[] phones:phone[]
        schedules:schedule[] {LINKS}""",
    "phone": f"""id:uuid! {PLACES} organization_id:uuid contact_id:uuid number! extension:number type description
        languages:language[] {LINKS}""",
    "contact": f"id:uuid! {PLACES} organization_id:uuid name title department email:email phones:phone[] {LINKS}",
    "address": f"""id:uuid! location_id:uuid attention address_1! address_2 city! region state_province! postal_code!
        country! address_type:physical|postal|virtual! {LINKS}""",
    "schedule": f"""id:uuid! {PLACES} valid_from:date valid_to:date dtstart:date timezone:number until:date count:number
        wkst:MO|TU|WE|TH|FR|SA|SU freq:WEEKLY|MONTHLY interval:number byday byweekno bymonthday byyearday description
        opens_at closes_at schedule_link:uri attending_type notes {LINKS}""",
    "funding": f"id:uuid! organization_id:uuid service_id:uuid source {LINKS}",
    "service_area": f"""id:uuid! service_id:uuid service_at_location_id:uuid name description extent extent_type uri
        {LINKS}""",
    "required_document": f"id:uuid! service_id:uuid document uri:uri {LINKS}",
    "language": f"id:uuid! service_id:uuid location_id:uuid phone_id:uuid name code note {LINKS}",
    "accessibility": f"id:uuid! location_id:uuid description details url:uri {LINKS}",
    "cost_option": f"""id:uuid! service_id:uuid valid_from:date valid_to:date option currency amount:number
        amount_description {LINKS}""",
    "organization_identifier": f"""id:uuid! organization_id:uuid identifier_scheme identifier_type! identifier!
        {LINKS}""",
    "attribute": """id:uuid! link_id:uuid taxonomy_term_id:uuid link_type link_entity value
        taxonomy_term:taxonomy_term metadata:metadata[]""",
    "taxonomy_term": """id:uuid! code name! description! parent_id:uuid taxonomy taxonomy_detail:taxonomy language
        taxonomy_id:uuid term_uri:uri metadata:metadata[]""",
    "taxonomy": "id:uuid! name! description! uri:uri version metadata:metadata[]",
    "metadata": """id:uuid! resource_id:uuid resource_type! last_action_date! last_action_type! field_name!
        previous_value! replacement_value! updated_by!""",
}
# Where one of these is the whole document, it has what it is related to as well.
OBJECTS |= {
    "organization_document": f"{OBJECTS['organization']} services:service[]",
    "service_at_location_document": f"{OBJECTS['service_at_location']} service:service",
}
FORMATS = {"uuid", "email", "uri", "date"}


def valid(kind: str, document: Any) -> None:
    """Raise jsonschema's ValidationError unless it is one of these objects."""
    _validator(kind).validate(document)


@cache
def _validator(kind: str) -> Draft202012Validator:
    resources = [(f"{BASE}{name}.json", Resource.from_contents(_schema(name))) for name in OBJECTS]
    return Draft202012Validator(
        {"$ref": f"{BASE}{kind}.json"},
        registry=Registry().with_resources(resources),
        format_checker=FormatChecker(["uuid", "email", "date"]),
    )


def _schema(name: str) -> dict[str, Any]:
    fields = [one.removesuffix("!").partition(":") for one in OBJECTS[name].split()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}{name}.json",
        "type": "object",
        "properties": {field: _type(kind) for field, _, kind in fields},
        "required": [one.partition(":")[0].removesuffix("!") for one in OBJECTS[name].split() if one.endswith("!")],
        "additionalProperties": False,
    }


def _type(kind: str) -> dict[str, Any]:
    if kind.endswith("[]"):
        return {"type": "array", "items": _type(kind.removesuffix("[]"))}
    if kind in OBJECTS:
        return {"$ref": f"{BASE}{kind}.json"}
    if "|" in kind:
        return {"type": "string", "enum": kind.replace("_", " ").split("|")}
    if kind in FORMATS:
        return {"type": "string", "format": kind}
    return {"type": kind or "string"}
