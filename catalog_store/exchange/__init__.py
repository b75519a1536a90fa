"""How the catalogue enters and leaves.

As tables that a municipality can fill in with a spreadsheet: a folder holds organizations.csv, locations.csv and
offers.csv (UTF-8), or one catalogue.xlsx with three sheets of those names (`catalogue.py` reads, `export.py` writes;
examples: `catalog_store/demonstration/`). As the municipality's own list of bodies to invite (`bodies.py`). As open
data, Open Referral HSDS 3.0 (`hsds.py`).
"""
