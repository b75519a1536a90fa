"""Speed and load, never inside the tests; each file has a main() that prints its figures and gives them by name."""

import catalog_store  # noqa: F401  before numpy: it says with how many threads
