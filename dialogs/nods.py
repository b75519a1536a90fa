"""A yes and a no in nine languages, with the courtesy around them, as somebody types them instead of tapping."""

from __future__ import annotations

from typing import Final

YES, NO = "si", "no"  # what they stand for: the names that a screen gives to its options, in their bare form

_YES: Final = """
si, ok, okay, va bene, certo, certamente, esatto, giusto, d accordo, perfetto, volentieri, come no, si si, confermo,
yes, yeah, yep, sure, of course, all right, alright, fine, agreed, go ahead,
da, da da, bine, sigur, desigur, de acord, in regula, perfect,
po, po po, mire, ne rregull, patjeter, sigurisht, dakord,
是, 是的, 对, 好, 好的, 好吧, 可以, 行, 没问题, 同意, 嗯,
نعم, اي نعم, ايوه, اجل, موافق, موافقه, حسنا, تمام, طبعا, اكيد, ماشي,
vale, de acuerdo, claro, claro que si, por supuesto, perfecto,
так, так так, добре, гаразд, згода, згоден, згодна, звичаино, звісно, авжеж,
oui, ouais, d accord, bien sur, parfait, volontiers, tout a fait
"""
_NO: Final = """
no, no no, per niente, non ora, meglio di no, nope, not now, not at all,
nu, nu nu, nu acum, jo, jo jo, jo tani,
不, 不是, 不要, 不用, 不用了, 不行, 不可以, 不同意, 现在不,
لا, كلا, لا لا, ليس الان, لا اريد,
ahora no, ні, ні ні, не зараз, не треба, non, non non, pas maintenant, pas du tout
"""
_COURTESY: Final = """
grazie, grazie mille, per favore, prego, please, thanks, thank you, va rog, te rog, multumesc, mersi, ju lutem,
te lutem, faleminderit, 谢谢, 请, 谢谢您, شكرا, من فضلك, من فضلكم, لو سمحت, por favor, gracias, muchas gracias,
будь ласка, дякую, merci, merci beaucoup, s il vous plait, svp
"""


def _listed(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in words.split(",") if word.strip())


_MEANS: Final = {**dict.fromkeys(_listed(_YES), YES), **dict.fromkeys(_listed(_NO), NO)}
_AFTER: Final = tuple(sorted(_listed(_COURTESY), key=len, reverse=True))


def means(said: str) -> str:
    """YES or NO, where these bare words say that in any language; otherwise the words themselves.

    >>> means("da va rog"), means("不用 谢谢"), means("da capo")
    ('si', 'no', 'da capo')
    """
    bare = next((said.removesuffix(after).strip() for after in _AFTER if said.endswith(f" {after}")), said)
    return _MEANS.get(bare, said)
