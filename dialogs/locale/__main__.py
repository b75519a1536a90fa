"""python -m dialogs.locale [LANGUAGE]: bring every catalogue level with what the code says; begin one for LANGUAGE."""

from __future__ import annotations

import sys

from dialogs.locale import NAMES
from dialogs.locale.catalogues import languages, refresh


def main(begun: list[str]) -> int:
    """0 when every catalogue is complete."""
    if unknown := [language for language in begun if language not in NAMES]:
        print(f"Not one of the languages ({', '.join(NAMES)}): {', '.join(unknown)}")
        return 2
    wanting = {language: refresh(language) for language in dict.fromkeys((*languages(), *begun))}
    for language, left in wanting.items():
        print(f"{language}: {len(left)} to translate" if left else f"{language}: complete")
        print(*(f"  {one}" for one in left), sep="\n", end="\n" if left else "")
    return 1 if any(wanting.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
