"""The words of availability: a message becomes tokens that are the same for Italian and English.

A table of what people say, tried from the top at each place of the folded text; words that are in no row are passed
over. A misspelt word is first put right, if one word of the table is near.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Any, Final

from rapidfuzz.distance import OSA

from dialogs.understand.plain import fold
from dialogs.understand.times import number_word

LONGEST: Final = 600  # characters read of one message
_DAYS = (
    r"lun(?:edi)?|mon(?:days?)?", r"mart?(?:edi)?|tue(?:s|sdays?)?", r"merc?(?:oledi)?|wed(?:nesdays?)?",
    r"giov?(?:edi)?|thu(?:rs|rsdays?|r)?", r"ven(?:erdi)?|fri(?:days?)?", r"sab(?:ato|ati)?|sat(?:urdays?)?",
    r"dom(?:enica|eniche)?|sun(?:days?)?",
)  # fmt: skip
_MONTHS = (
    r"gen(?:naio)?|january|jan", r"feb(?:b|braio|ruary)?", r"marzo|march", r"apr(?:ile|il)?", r"mag(?:gio)?|may(?= \d)|(?:(?<=\d )|(?<=th )|(?<=of )|(?<=in )|(?<=from )|(?<=until ))may",
    r"giu(?:gno)?|june?", r"lug(?:lio)?|july?", r"ago(?:sto)?|aug(?:ust)?", r"set(?:tembre)?|sept?(?:ember)?",
    r"ott(?:obre)?|oct(?:ober)?", r"nov(?:embre|ember)?", r"dic(?:embre)?|dec(?:ember)?",
)  # fmt: skip
_DAY, _MONTH = "|".join(_DAYS), "|".join(_MONTHS)
_CAN = (
    r"posso|possiamo|potrei|potro|faro|garantisco|copro|tengo|ho tempo|riesco|riuscirei|riusciro|ci sono|ci saro|ci sarei|ci sto|son[oa]? (?:\w+ )?disponibil[ei]"
    r"|sarei (?:\w+ )?disponibile|sono (?:\w+ )?liber[oa]|sarei (?:\w+ )?liber[oa]|saro (?:liber[oa]|disponibile)"
    r"|disponibil[ei]|liber[oa]|vengo|verrei|verro|venire|esserci|faccio|farei|preferisco|preferirei|metto|mettete|mettetemi|va bene|vanno bene"
    r"|mi va|ok|okay|do (?:la )?(?:mia )?disponibilita|contate su di me|presente|contatemi"
    r"|i can(?: (?:do|come|make it|help))?|can (?:do|come|help)|i could|i m (?:free|available|around)"
    r"|i am (?:free|available|around)|am (?:free|available)|available|free|i ll (?:be there|come)|works? for me|i prefer"
    r"|is fine|are fine|suits me"
)
# In this order: what is longer, or more particular, first. The value is what the match says, or what the row says.
_ROWS: Final[tuple[tuple[str, Any, str], ...]] = (
    # what takes back, and what is not said for sure
    ("open", None, r"(?:ma |e )?(?:non|nn) so (?:ancora )?(?:quando|per quanto|fino a quando)(?: \w+)?"
     r"|(?:fino )?a data da (?:destinarsi|definire)|fino a nuovo ordine|until further notice|finche non (?:vi|ti) avviso"
     r"|tempo indeterminato|i don t know (?:when|until when|how long)(?: i)?(?: \w+)?"),
    ("later", None, r"(?:poi |e poi )?(?:vi|ti|le) (?:faro|faccio|fo) sapere|(?:poi |e poi )?(?:vi|ti) (?:dico|aggiorno"
     r"|avviso|scrivo|richiamo|chiamo)|mi faccio (?:viv[oa]|sentire) io|i ll (?:let you know|tell you|call you)"
     r"|poi (?:vediamo|vedo|si vede)"),
    ("filler", None, r"se (?:serve|servo|servisse|occorre|volete|vuoi|vuole|vi va(?: bene)?|va bene|c e bisogno|posso"
     r"|puo servire|avete bisogno|fa comodo)|if (?:needed|you (?:like|want|need)|that helps)|secondo me|per favore"
     r"|mi dispiace|mi spiace|scusa(?:te)?|ore \d+ in totale|nessun problema|non c e problema"),
    ("doubt", None, r"forse|dipende|magari|boh|non so|nn so|chissa|non sono sicur[oa]|non e sicuro|vediamo|vedro|se"
     r"|credo|penso|ogni tanto|quasi|qualche (?:pomeriggio|mattina|giorno|ora|volta|sera)|a volte|piu o meno|quando (?:posso|volete|capita"
     r"|avete bisogno|serve|ho tempo|mi libero)|maybe|perhaps|it depends|depends|depending|not sure|if|i think"
     r"|sometimes|some|whenever|we ll see|might|probabilmente|probably|possibilmente"
     rf"|\d (?:pomeriggi|mattine|sere|giorni|giornate|volte|ore|turni)(?: libere?)? (?:a|alla|per|ogni) (?:settimana|sett"
     r"|mese)|(?:1|un|una) (?:mattina|mattinata|pomeriggio|sera|giorno|volta|ora|turno)"
     r"|(?:once|twice|\d (?:times?|days?|mornings?|afternoons?|evenings?)) (?:a|per) week|meta giornata|mezza giornata"),
    # how often
    ("alternate", None, r"(?:a )?settimane? (?:alterne|pari|dispari)|(?:(?:1|una) )?settimana si,? (?:e )?(?:1|una) no|ogni (?:2 (?:settimane|sett)"
     r"|15 (?:giorni|gg))|(?:1|una) settimana ogni 2|every (?:other|second) week|every (?:2 weeks|fortnight)|fortnightly"
     r"|alternate weeks|alternat[ei]|altern[ei]|bisettimanale|quindicinale|on alternate"
     rf"|every (?:other|second)(?= (?:{_DAY})\b)|alternate(?= (?:{_DAY})\b)"),
    ("fixed", None, r"fiss[oai]|di solito|di norma|in genere|regolarmente|abitualmente|tutte le settimane|ogni settimana"
     r"|settimanalmente|usually|regularly|every week|each week|weekly"),
    ("move", None, r"spost\w+|cambi\w+ giorno|passo|move|moving|switch|swap"),
    ("nowon", None, r"(?:da|d) ora in (?:poi|avanti)|(?:da|d) adesso(?: in poi)?|d ora innanzi|in futuro|definitivamente|per sempre|for good|da oggi in poi"
     r"|from now on|from today on|(?:cambi\w|cambiat[oaie]|nuov[oaie]|modific\w) (?:(?:la|le|i|mia|mie|miei|gli) )*"
     r"(?:disponibilita|orari\w?|giorn\w|turn\w)|my new (?:availability|times|hours|days)"),
    ("also", None, r"anche|aggiung\w+|in piu|inoltre|also|as well|too|additionally|add"),
    # no more, instead, except
    ("instead", None, r"invece (?:di|del|dell|della|che)|al posto (?:di|del|dell|della)|anziche|piuttosto che"
     r"|instead of|rather than"),
    ("except", None, r"tranne(?: che)?|eccetto(?: che)?|esclus[oaie]|escludendo|salvo|fuorche|a parte|a eccezione d(?:i|el|ella)"
     r"|ad eccezione d(?:i|el|ella)|meno (?:il|la|che)|except(?: for| on)?|apart from|but not|excluding|ma non"),
    ("stop", None, r"(?:mi prendo |prendo |in |mettetemi in )?(?:una )?pausa(?! pranzo)|sospend\w+|mi trasferisco|stacco(?! alle)|(?:devo |ho deciso di )?smett(?:o|ere|erei)|(?:non|nn) (?:ce la faccio|me la sento|voglio|continuo|intendo)(?: piu)?"
     r"(?: (?:a |di )?\w+re)?|(?:di )?non continuare|cancell(?:atemi|ami|arsi)|toglietemi|mi (?:ritiro|tiro fuori|tolgo|dimetto)"
     r"|mi fermo(?: qui)?|ho finito|basta|lascio(?: perdere| il volontariato)?|non (?:chiamatemi|contattatemi"
     r"|scrivetemi|contate) piu(?: su di me)?|(?:have to |must |want to )?stop (?:volunteering|helping|calling)"
     r"|i (?:quit|stop)|take me off|remove me|unsubscribe|abbandono|rinuncio"),
    ("day_after", None, r"dopo (?:il|la)|after the"),
    ("day_before", None, r"prima del(?:l|la)?|before the"),
    ("limit_after", None, r"non prima (?:delle|dell|di|del)|(?:solo )?dopo (?:le|l)|not (?:before|earlier than)|after"
     r"|(?:a )?partire dalle|piu tardi delle|oltre le|solo dalle|passate le|past(?= \d)"),
    ("limit_before", None, r"non (?:oltre|dopo|piu tardi) (?:le|l|delle)|prima (?:delle|dell)|entro (?:le|l)|massimo (?:alle"
     r"|le)|al massimo (?:alle|fino alle)|no later than|not (?:after|later than)|before|fino all(?:e|a)?(?= \d)"
     r"|by(?= \d)"),
    # marks
    ("nomore", None, r"mai(?: piu)?|never(?: again)?|levat?\w*mi|(?:non|nn) (?:ne )?(?:faccio|vengo|posso|riesco|ci sono|saro|sono) piu(?! tard)(?: (?:a )?(?:fare|"
     r"venire|esserci))?(?: disponibile| liber[oa])?|non piu|nn piu|(?:non|nn) (?:sono|saro) piu (?:disponibile|liber[oa])"
     r"|tolgo|togliete|togli|elimin\w+|cancell(?:o|a|ate)|lascio(?= (?:il|la) )|no longer|not any ?more|any ?more"
     r"|can t do \w+ any ?more|can no longer(?: (?:do|come|make|help))?|rinuncio al(?:la)?"),
    ("return", None, r"(?:posso )?di nuovo(?! (?:disponibil|operativ|attiv|liber))|potete (?:ri)?(?:chiamar|contattar|scriver)mi|(?:di nuovo|nuovamente) (?:disponibil[ei]|operativ[oai]|attiv[oai]|liber[oai])|(?:sono )?(?:tornat|"
     r"rientrat)[oa](?: (?:disponibil[ei]|operativ[oa]))?|ci (?:ri)?sono di nuovo|rientr(?:o|ero)|ritorn(?:o|ero)"
     r"|torn(?:o|ero)(?: (?:disponibil[ei]|operativ[oa]|attiv[oa]|a disposizione))?|ripren(?:do|dero|derei|dere)|ricominci(?:o|ero|are)"
     r"|ci risono|rieccomi|i m back(?: (?:on|from))?|(?:i ll be |i will be |am |be |i am )?back(?: (?:on|from))?"
     r"|(?:(?:i m|i am|am|be) )?available again|free again|i (?:return|resume)|ricomincerei|sono guarit[oa]"),
    ("away", None, r"in (?:ferie|vacanza|malattia|viaggio|maternita|ospedale|trasferta)|(?:all )?estero|assent[ei]|malat[oa]"
     r"|ammalat[oa]|influenzat[oa]|ricoverat[oa]|(?:sono|saro) (?:via|fuori|al mare|in montagna)|fuori (?:citta|casa|sede)"
     r"|vado (?:via|in \w+|al mare)|mi (?:opero|operano|assento)|impegnat[oa]|occupat[oa]|parto|chiudo per ferie"
     r"|via(?= (?:dal|fino|per|da|il|a)\b| ?$| ?[.,;!])|(?:mi prendo|prendo) un po di \w+|(?:on|for a) (?:holiday|vacation|leave)"
     r"|holidays?|vacation|away|abroad|out of town|sick|ill|busy|ferie|i m out|salto|salta"),
    ("cannot", None, rf"(?:non|nn|not)(?: (?:ci|mi|vi|io|purtroppo|piu))? (?:{_CAN}|sn|son[oa]|saro|sara|ce la faccio|passo"
     r"|contare|poss|mi va bene|e possibile)(?: (?:venire|esserci|fare|disponibil[ei]|liber[oa]|a venire|a esserci))?"
     r"|nn ci sn|non|nn|niente|nessun[oa]?|(?:i )?(?:can t|cannot|can not|couldn t|won t)(?: (?:do|come|make it|make|be"
     r" there|help))?|(?:i m|i am|am|is|be)? ?not (?:free|available|around)|unavailable|unable|not|don t count"),
    ("no", None, r"no"),
    ("more", None, r"piu(?! (?:tardi|o meno|presto))|any ?more"),
    ("only", None, r"sol(?:o|tanto|amente)|unicamente|esclusivamente|only|just"),
    ("can", None, rf"(?:{_CAN}|si|yes|aiuto)"),
    # days that have names
    ("week", 0, r"(?:in |per )?questa (?:settimana|sett)|this week|settimana corrente"),
    ("week", 1, r"prossima (?:settimana|sett)|(?:settimana|sett) (?:prossima|prox|pross|entrante|dopo)|prox (?:settimana|sett)"
     r"|settimana che viene|(?:the )?next week"),
    ("week", 2, r"(?:tra|fra) 2 settimane tutta la settimana|settimana dopo la prossima|the week after next"),
    ("weekend", 0, r"quest[oa]? ?(?:week ?end|fine ?settimana)|this weekend"),
    ("weekend", 1, r"(?:prossimo|prox) (?:week ?end|fine ?settimana)|(?:week ?end|fine ?settimana) (?:prossimo|prox)"
     r"|next weekend"),
    ("days", (5, 6), r"(?:i |il |nei |nel |tutti i |ogni |at |on )?(?:the )?(?:week ?ends?|fine ?settimana)"),
    ("days", (0, 1, 2, 3, 4), r"(?:(?:tutti i |nei |i )?giorni )?feriali|giorni lavorativi|(?:in|durante la|infra) ?settimana(?:li)?(?! \w+ \w*prox)"
     r"|(?:on |every |any )?week ?days?|working days|during the week"),
    ("monthof", 0, r"questo mese|this month"),
    ("monthof", 1, r"prossimo mese|mese prossimo|next month"),
    ("end", None, r"(?:la )?fine (?:di |del |d )?(?:questo )?(?:mese|month)|(?:the )?end of (?:the |this )?month"),
    ("endof", None, r"fine(?: di)?|(?:the )?end of"),
    ("midof", None, r"meta(?: di)?|mid"),
    ("rel", 0, r"oggi|today"),
    ("rel", 1, r"domani|tomorrow"),
    ("rel", 2, r"dopo ?domani|(?:the )?day after tomorrow"),
    ("holiday", "santo_stefano", r"santo stefano|s stefano|boxing day"),
    ("holiday", "vigilia", r"(?:la )?vigilia(?: di natale)?|christmas eve"),
    ("holiday", "san_silvestro", r"san silvestro|ultimo dell anno|new year s eve"),
    ("holidays", None, r"vacanze (?:di natale|natalizie)|feste (?:di natale|natalizie)|periodo natalizio"
     r"|christmas (?:holidays?|break)"),
    ("holiday", "natale", r"natale|christmas(?: day)?"),
    ("holiday", "capodanno", r"capodanno|primo dell anno|new year s day|new year"),
    ("holiday", "epifania", r"epifania|befana|epiphany"),
    ("holiday", "pasquetta", r"pasquetta|lunedi dell angelo|easter monday"),
    ("holiday", "pasqua", r"pasqua|easter(?: sunday)?"),
    ("holiday", "ferragosto", r"ferragosto"),
    ("holiday", "ognissanti", r"ognissanti|tutti i santi|(?:i )?santi(?!ss)|all saints"),
    ("holiday", "immacolata", r"immacolata"),
    ("holiday", "patrono", r"(?:il )?(?:santo )?patrono|festa patronale|patron saint(?: s day)?"),
    # parts of the day
    ("part", ("giorno", 0), r"(?:per )?tutt[oa] (?:il giorno|la giornata|il di)|intera giornata|giornata intera"
     r"|(?:all|the whole) day(?: long)?|qualsiasi ora|a qualunque ora|any time"),
    ("part", ("mattina", 1), r"prima mattina(?:ta)?|mattina presto|early morning"),
    ("part", ("mattina", 2), r"tarda mattina(?:ta)?|late morning"),
    ("part", ("pomeriggio", 1), r"primo pomeriggio|early afternoon"),
    ("part", ("pomeriggio", 2), r"tardo pomeriggio|late afternoon|fine pomeriggio"),
    ("parts", ("mattina", 0), r"mattine|mattinate|mornings"),
    ("parts", ("pomeriggio", 0), r"pomeriggi|afternoons"),
    ("parts", ("sera", 0), r"sere|serate|evenings|nights"),
    ("part", ("mattina", 0), r"mattin[ao]|mattinata|matt|prima di pranzo|morning"),
    ("part", ("pomeriggio", 0), r"dopo pranzo|pomeriggio|pome?|pomer|pomerid\w*|afternoon|prima di cena"),
    ("part", ("pranzo", 0), r"(?:all |ora di |a |pausa )*pranzo|(?:at )?lunch(?: ?time)?"),
    ("part", ("sera", 0), r"dopo cena|ser(?:a|ata)(?: tardi)?|serale|evening|night|after dinner"),
    ("anydays", None, r"(?:nei |i |negli )?(?:soliti )?giorni (?:gia detti|soliti|di sempre)|(?:on )?(?:the|my) (?:days already"
     r" known|usual days)|soliti giorni"),
    ("nthtime", 1, r"(?:la )?prima volta (?:nel|del) mese|the first time in the month"),
    ("nthtime", 2, r"(?:la )?seconda volta (?:nel|del) mese|the second time in the month"),
    ("nthtime", 3, r"(?:la )?terza volta (?:nel|del) mese|the third time in the month"),
    ("nthtime", 4, r"(?:la )?quarta volta (?:nel|del) mese|the fourth time in the month"),
    ("nthtime", -1, r"(?:l )?ultima volta (?:nel|del) mese|the last time in the month"),
    # numbers
    ("date", None, r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    ("date", None, r"(?P<d>\d{1,2})(?P<by>[/.-])(?P<m>\d{1,2})(?P=by)(?P<y>\d{4}|\d{2})(?!\d)"),
    ("slash", None, r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\d/:.])"),
    ("hour", None, r"(?P<h>\d{1,2}) ?(?:[.:h]|,(?=\d))(?P<min>[0-5]\d)(?: ?(?P<half>[ap])\.? ?m\b\.?)?(?!\d)"),
    ("hour", None, r"(?P<h>\d{1,2}) ?(?P<half>[ap])\.? ?m\b\.?"),
    ("hour", None, r"half past (?P<past>\d{1,2})(?!\d)"),
    ("hour", None, r"quarter past (?P<quarter>\d{1,2})(?!\d)"),
    ("hour", None, r"quarter to (?P<less>\d{1,2})(?!\d)"),
    ("hour", None, r"(?P<past>\d{1,2}) e mezz[ao]\b"),
    ("hour", None, r"(?P<quarter>\d{1,2}) e (?:1 |un )?quarto"),
    ("hour", None, r"(?P<less>\d{1,2}) meno (?:1 |un )?quarto"),
    ("hour", time(12), r"mezzogiorno|noon|midday"),
    ("ordinal", None, r"(?P<n>\d{1,2})(?:st|nd|rd|th|°|o|a|\^)"),
    ("num", None, r"(?P<n>\d{1,2})(?!\d)"),
    ("number", None, r"\d+"),  # a telephone, a year: nothing of ours
    # words between
    ("nth", -1, r"ultim[oaie]|last"),
    ("firsts", None, r"(?:i )?prim[ie](?= \d)|(?:the )?first(?= \d)"),
    ("nth", 1, r"prim[oaie]|first"),
    ("nth", 2, r"second[oaie]|second"),
    ("nth", 3, r"terz[oaie]|third"),
    ("nth", 4, r"quart[oaie]|fourth"),
    ("ofmonth", None, r"(?:del|di ogni|ogni|of the|of every|of each|every|each|in the) (?:mese|month)|al mese"),
    ("alldays", None, r"(?:tutti i|ogni|tutt i|qualsiasi|qualunque) giorn[oi]|(?:every|any|each) ?day|all days"
     r"|tutta la settimana|7 giorni su 7|giornalmente|daily"),
    ("always", None, r"sempre|always"),
    ("every", None, r"ogni|tutt[oaie]?(?: (?:i|le|gli|il|la|l))?|every|each|all(?! \d)|any"),
    ("next", None, r"prossim[oaie]|prox|pross|next|che viene"),
    ("this", None, r"quest[oaie]|quest|this"),
    ("unit", 1, r"giorn[oi]|gg|days?"),
    ("unit", 7, r"settiman[ae]|sett|weeks?"),
    ("unit", 31, r"mes[ei]|months?"),
    ("unit", 0, r"or[ae](?! \d)|hours?|h(?! ?\d)"),
    ("onwards", None, r"in (?:poi|avanti|su)|onwards?"),
    ("until", None, r"fino (?:a(?:l|d|ll)?|alla)|fin(?: a(?:l|lla)?)|sino a(?:l|lla)?|until|till?|through|entro(?: il)?"),
    ("fromh", None, r"dall?e|dall(?= (?:1|una)\b)"),
    ("fromd", None, r"(?:a partire |a cominciare )?(?:dal(?:l|la)?|dai)|starting(?: from| on)?|since"),
    ("from", None, r"da|from"),
    ("toh", None, r"all?e|all(?= 1\b)"),
    ("tod", None, r"al(?:l|la)?|ai"),
    ("to", None, r"ad?|to"),
    ("between", None, r"(?:tra|fra)(?: l[ea])?|between"),
    ("at", None, r"(?:verso |per |circa )?(?:le|l(?= 1\b)|ore|ora|h)(?= ?\d)|verso|at|around"),
    ("for", None, r"per|x|for"),
    ("in", None, r"in|nel|nell|nella|nei|nelle"),
    ("the", "habit", r"il|lo|i|gli|la|le|l|di|del|della|dell|dei|delle|un|una"),
    ("the", "", r"the|on|of|mese"),
    ("and", None, r"(?:e|ed|o|oppure|and|or)(?![^\W\d_])|&|\+"),
    ("dash", None, r"[-–—]+|~"),
    ("slashed", None, r"/"),
    ("comma", None, r"[,()]"),
    ("but", None, r"ma|pero|invece|poi|mentre|but|then|instead"),
    ("end_of_sentence", None, r"[.;!?\n]+"),
)  # fmt: skip
_HABITUAL = re.compile(r"sabati|domeniche|\w+days|weds|mons")
_ABBREVIATED = re.compile(
    r"\b(lun|mart?|merc?|giov?|ven|sab|dom|matt|pome?r?|ser|h|ore|sett?|prox|gen|febb?|apr|mag|giu|lug|ago|ott|nov|dic"
    r"|mon|tues?|wed|thurs?|fri|sat|sun|jan|aug|sept|oct|dec)\."
)
_EITHER = re.compile(rf"\b(?:1|un|una) ({_DAY}) si,? (?:e )?(?:1|uno|un|una)(?: (?:{_DAY}))? no\b")
_SPLIT_DAY = (
    (re.compile(r"\b(?:(?<=l )|(?<=all )|(?<=alle )|(?<=dalle ))una\b"), "1"),
    (re.compile(r"\b(?:stasera|stanotte|tonight)\b"), "oggi sera"),
    (re.compile(r"\b(?:stamattina|stamani|stamane)\b"), "oggi mattina"),
    (re.compile(r"\bdomattina\b"), "domani mattina"),
    (re.compile(r"\b(?:domani|tomorrow) notte\b"), "domani sera"),
    (re.compile(rf"\bprimo (?=(?:{_MONTH})\b)"), "1 "),
)
_HOUR_BEFORE = re.compile(r"\b(?:d?al(?:le)?|le|il|ore)\s$")  # "sei" is also "you are"
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_FUZZY: Final = 5  # letters
_TWO_ERRORS: Final = 9  # letters from which two are allowed
_COMMON = frozenset(
    "sarei volta volte fatto fatta hanno mando mondo parte parto questi sotto tanto prego primi letto torta porta"
    " tempo corto porto conto casa mesi tutta tutto lista mette about there their would could mother other place"
    " these those where which scuola corso lavoro turno turni ciao salve grazie mamma nonno nonna venti trenta sono"
    " siamo saluti buongiorno buonasera volentieri purtroppo gennaio".split()
)


@dataclass(frozen=True)
class Token:
    """One word of ours in a message; `value` depends on its kind."""

    kind: str
    value: Any = None


@cache
def _table() -> re.Pattern[str]:
    """Every row as one pattern: the name of a row's group is its position."""
    days = [f"(?P<day{n}>(?:{names})(?!\\w))" for n, names in enumerate(_DAYS)]
    months = [f"(?P<month{n}>(?:{names})(?!\\w))" for n, names in enumerate(_MONTHS, 1)]
    rows = []
    for at, (kind, _, pattern) in enumerate(_ROWS):
        own = re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{at}>", pattern)
        own = re.sub(r"\(\?P=(\w+)\)", rf"(?P=\1_{at})", own)
        end = "" if kind in _SIGNS else r"(?![^\W\d_])"
        rows.append(f"(?P<row{at}>(?:{own}){end})")
    first_number = next(at for at, row in enumerate(_ROWS) if row[0] == "date")
    return re.compile("|".join([*rows[:first_number], *days, *months, *rows[first_number:]]))


_SIGNS = frozenset(("dash", "slashed", "comma", "end_of_sentence", "and"))


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """The words of the table that are long enough to be put right, by their first letter."""
    source = " ".join([_DAY, _MONTH, *(pattern for _, _, pattern in _ROWS)])
    whole = re.findall(r"(?<![a-z\])])[a-z]{5,}(?![\\(\[?a-z])", source)
    spelt = ("lunedi martedi mercoledi giovedi venerdi sabato domenica mattina mattine pomeriggio pomeriggi monday tuesday"
             " wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays"
             " gennaio febbraio aprile maggio giugno luglio agosto settembre ottobre novembre dicembre february"
             " august september october november december disponibile libero libera settimana settimane prossimo"
             " prossima rientro ritorno torno riprendo weekend")  # fmt: skip
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys((*spelt.split(), *whole)):
        found.setdefault(word[0], []).append(word)
    return {letter: tuple(words) for letter, words in found.items()}


def _put_right(match: re.Match[str]) -> str:
    word = match[0]
    number = number_word(word)
    if number is not None and (word != "sei" or _HOUR_BEFORE.search(match.string, 0, match.start())):
        return str(number)
    return _nearest(word) if len(word) >= _LEAST_FUZZY and word not in _COMMON else word


@cache
def _spelt_right(word: str) -> bool:
    return any(word == known for known in _known().get(word[0], ())) or _table().fullmatch(word) is not None


def _nearest(word: str) -> str:
    if _spelt_right(word):
        return word
    allowed = 2 if len(word) >= _TWO_ERRORS else 1
    near = [
        (distance, known)
        for known in _known().get(word[0], ())
        if abs(len(known) - len(word)) <= allowed
        and (distance := OSA.distance(word, known, score_cutoff=allowed)) <= allowed
    ]
    return min(near, key=lambda pair: pair[0])[1] if near else word


def tokens(text: str) -> list[Token]:
    """The tokens of a message, in order; at most its first 600 characters are read."""
    said = fold(text[:LONGEST]).replace("'", " ")
    said = _ABBREVIATED.sub(r"\1 ", said)
    said = _WORD.sub(_put_right, re.sub(r"[^\S\n]+", " ", said))
    said = _EITHER.sub(r"settimane alterne il \1", said)
    for pattern, instead in _SPLIT_DAY:
        said = pattern.sub(instead, said)
    return list(_scan(said))


def _scan(said: str) -> list[Token]:
    found: list[Token] = []
    table, at = _table(), 0
    while at < len(said):
        match = table.match(said, at) if at == 0 or not (said[at].isalpha() and said[at - 1].isalpha()) else None
        if match is None or match.end() == at:
            at += 1
            continue
        found.append(_token(match))
        at = match.end()
    return found


def _token(match: re.Match[str]) -> Token:
    name = next(name for name, text in match.groupdict().items() if text is not None and name[:3] in _GROUPS)
    if name.startswith("day"):
        return Token("habitual" if _HABITUAL.fullmatch(match[0]) else "day", int(name[3:]))
    if name.startswith("month"):
        return Token("month", int(name[5:]))
    kind, value, _ = _ROWS[int(name[3:])]
    if kind in ("date", "slash", "hour", "ordinal", "num") and value is None:
        parts = {key.rpartition("_")[0]: text for key, text in match.groupdict().items() if text and "_" in key}
        return Token(kind, parts)
    return Token(kind, match[0] if kind == "number" else value)


_GROUPS = frozenset(("day", "mon", "row"))
