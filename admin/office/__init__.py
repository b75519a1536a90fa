"""The back office: pages for who works here. `app.py` puts it together, `access.py` says who may do what."""
