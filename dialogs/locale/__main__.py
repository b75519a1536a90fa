"""python -m dialogs.locale [LANGUAGE]: bring every catalogue level with what the code says; begin one for LANGUAGE.

What is hard to read in Italian is named too.
"""

from __future__ import annotations

import sys

from dialogs.locale import NAMES
from dialogs.locale.catalogues import languages, refresh
from dialogs.locale.easy import why_hard
from dialogs.locale.extract import at_work, sentences


def main(begun: list[str]) -> int:
    """0 when every catalogue is complete and the Italian is easy."""
    if unknown := [language for language in begun if language not in NAMES]:
        print(f"Not one of the languages ({', '.join(NAMES)}): {', '.join(unknown)}")
        return 2
    wanting = {language: refresh(language) for language in dict.fromkeys((*languages(), *begun))}
    for language, left in wanting.items():
        print(f"{language}: {len(left)} to translate" if left else f"{language}: complete")
        print(*(f"  {one}" for one in left), sep="\n", end="\n" if left else "")
    said = ((form, at_work(places)) for forms, places in sentences().items() for form in forms)
    hard = {form: wrong for form, work in said if (wrong := why_hard(form, at_work=work))}
    print(*(f"it: {form}: {'; '.join(wrong)}" for form, wrong in hard.items()), sep="\n", end="\n" if hard else "")
    return 1 if hard or any(wanting.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
