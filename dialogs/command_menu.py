"""The commands that a channel lists beside its keyboard: the name to type after a slash, and what it does.

A name has the small letters a-z, digits and underscores only, at most 32, in every language, and `commands.listen`
understands it; what it does has at most 256 characters (https://core.telegram.org/bots/api#botcommand).
"""

from __future__ import annotations

from typing import Final

from dialogs.words import Words

MENU: Final[tuple[tuple[Words, Words], ...]] = (
    ("menu", "Tutto quello che si può fare"),
    ("la_mia_richiesta", "A che punto è la sua richiesta"),
    ("indietro", "Tornare alla domanda di prima"),
    ("correggi", "Cambiare una risposta già data"),
    ("continuo_dopo", "Fermarsi qui, e riprendere un'altra volta"),
    ("in_sospeso", "Quello che ha lasciato a metà"),
    ("operatore", "Parlare con una persona"),
    ("richiamatemi", "Farsi telefonare"),
    ("collega", "Continuare su un altro canale"),
    ("leggimi", "Ascoltare l'ultimo messaggio"),
    ("lingua", "Cambiare lingua"),
    ("aiuto", "Come si usa"),
    ("privacy", "Che cosa succede a quello che scrive"),
    ("iscrivere_associazione", "Per le associazioni"),
    ("i_miei_dati", "Vedere che cosa è conservato di lei"),
    ("cancella_tutto", "Cancellare i suoi dati"),
    ("stop", "Fermarsi qui"),
)
