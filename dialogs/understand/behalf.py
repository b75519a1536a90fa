"""Somebody says for whom they write: «scrivo per mia madre». By itself that is no need, but it is not asked again.

Italian and English as `facts` reads them, and the same sentence in the seven other languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dialogs.understand.facts import RELATIONS, Relation
from dialogs.understand.plain import words

# The words of each language for who that is, as they stand after "for".
_OTHERS: Final[dict[Relation, str]] = {
    "mother": "madre|mama|mere|maman|nenen|маму|мами|матір|матері|امي|والدتي|妈 妈|母 亲|妈",
    "father": "padre|papa|pere|tatal|tata|babain|babin|тата|батька|ابي|والدي|爸 爸|父 亲",
    "child": "hijo|hija|fils|fille|fiul|fiica|djalin|vajzen|сина|доньку|доньки|дочку|ابني|ابنتي|طفلي|儿 子|女 儿|孩 子",
    "grandparent": "abuela|abuelo|grand mere|grand pere|bunica|bunicul|gjyshen|gjyshin|бабусю|бабусі|дідуся|جدتي|جدي"
    "|奶 奶|爷 爷|外 婆|外 公",
    "partner": "marido|esposo|esposa|mujer|mari|femme|epouse|epoux|sotul|sotia|burrin|gruan|чоловіка|дружину|дружини"
    "|زوجي|زوجتي|丈 夫|老 公|妻 子|老 婆",
    "sibling": "hermano|hermana|frere|soeur|fratele|sora|vellain|motren|брата|сестру|сестри|اخي|اختي|哥 哥|姐 姐|弟 弟"
    "|妹 妹",
    "neighbour": "vecino|vecina|voisin|voisine|vecinul|vecin|fqinjin|fqinjen|fqinj|fqinje|сусіда|сусідку|сусідки|جاري"
    "|جارتي|邻 居",
    "friend": "amigo|amiga|ami|amie|prieten|prietena|mik|mike|shok|shoqe|друга|подругу|подруги|صديقي|صديقتي|朋 友",
}
_SOMEBODY: Final = (
    "un altra persona|altra persona|altra gente|un altro|qualcun altro|qualcuno|una persona|somebody else|someone else"
    "|another person|otra persona|quelqu un d autre|une autre personne|alta persoana|dike tjeter|іншу людину|شخص اخر"
    "|别 人"
)
_OF: Final = {
    name: relation for table in (RELATIONS, _OTHERS) for relation, names in table.items() for name in names.split("|")
}
_NAMES: Final = "|".join(sorted((*_OF, *_SOMEBODY.split("|")), key=len, reverse=True))
_WRITES: Final = (
    r"(?:io )?(?:(?:le|vi|ti) )?(?:scrivo|sto scrivendo|chiedo|parlo|chiedo aiuto)"
    r"|(?:i am|i m|im) (?:writing|asking|texting)|i write|i ask"
    r"|(?:yo )?(?:le |les )?escribo|estoy escribiendo|j ecris|je vous ecris|je demande"
    r"|(?:va )?scriu|(?:po )?(?:ju )?shkruaj"
    r"|(?:я )?(?:вам )?пишу|(?:انا )?اكتب(?: لكم)?"
)
_FOR: Final = (
    r"per conto d(?:i|el|ella|ello|ell)|a nome d(?:i|el|ella)|da parte d(?:i|el|ella)|per|on behalf of|for"
    r"|en nombre de|de parte de|por|para|au nom de|de la part de|pour|pentru|in numele|ne emer te|per"
    r"|за|для|від імені|نيابه عن|من اجل|عن"
)
_HIS: Final = (
    r"(?:(?:il|la|lo|l|i|gli|le|mia|mio|miei|mie|nostra|nostro|un|una|uno|my|our|an|a|mi|mis|mon|ma|mes|une|o|nje|nji"
    r"|мою|мого|моєї|свою|свого|своєї|povera|povero|anziana|anziano|vecchia|vecchio|cara|caro|elderly|old|anciana"
    r"|anciano|vieille|vieux) )*"
)
_AFTER: Final = r"(?: (?:mea|meu|mele|time|tim|anziana|anziano|disabile|malata|malato))*"
_SAID = re.compile(rf"\b(?:{_WRITES}) (?:{_FOR}) {_HIS}(?P<who>{_NAMES})\b{_AFTER}")
_CHINESE = re.compile(
    rf"我 (?:替|帮|为|代|代 表) (?:我 (?:的 )?)?(?P<who>{_NAMES})(?: (?:写|问|写 信|咨 询|来 问|发 消 息|说))*"
)
_ARABIC = re.compile(rf"\bاكتب (?:لكم )?ل(?P<who>{_NAMES})\b")
_NAME = re.compile(r"\b(?:mi chiamo|io sono|my name is|me llamo|je m appelle|ma numesc|quhem) \w+")
_NOTHING_MORE = frozenset(
    (
        *("buongiorno", "buonasera", "salve", "ciao", "grazie", "scusi", "prego", "e", "di", "anni", "ha", "che", "ne"),
        *("hello", "hi", "good", "morning", "evening", "thanks", "please", "is", "years", "old", "aged", "and", "."),
        *("hola", "buenos", "dias", "gracias", "de", "anos", "bonjour", "merci", "ans", "buna", "ziua", "multumesc"),
        *("ani", "are", "pershendetje", "faleminderit", "вітаю", "добрий", "день", "дякую", "مرحبا", "شكرا"),
        *("你", "好", "谢"),
    )
)


@dataclass(frozen=True)
class Behalf:
    """For whom somebody writes; a relation of None is somebody, not said who. `alone`: nothing else is said."""

    relation: Relation | None
    alone: bool


def on_behalf(text: str) -> Behalf | None:
    """For whom somebody says that they write; None when they do not say so.

    >>> on_behalf("Buongiorno, scrivo per conto di mio marito")
    Behalf(relation='partner', alone=True)
    >>> on_behalf("mio marito scrive poesie") is None
    True
    """
    said = " ".join(words(text))
    found = next((match for one in (_SAID, _CHINESE, _ARABIC) if (match := one.search(said))), None)
    if found is None:
        return None
    rest = _NAME.sub(" ", f"{said[: found.start()]} {said[found.end() :]}").split()
    return Behalf(_OF.get(found["who"]), all(word in _NOTHING_MORE or word.isdecimal() for word in rest))
