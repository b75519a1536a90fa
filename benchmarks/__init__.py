"""Speed and load, never inside the tests; each file has a main() that prints its figures and gives them by name."""
