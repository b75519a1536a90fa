"""The back office and the operator's command line."""
