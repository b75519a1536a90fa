"""How the catalogue enters and leaves: tables that a municipality can fill in with a spreadsheet.

A folder holds organizations.csv, locations.csv and offers.csv (UTF-8), or one catalogue.xlsx with three sheets of those
names. The columns follow Open Referral's words; docs and examples: `catalog_store/demonstration/`.
"""
