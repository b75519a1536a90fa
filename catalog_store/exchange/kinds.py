"""What kinds of organization are called, and how a municipality's list writes them."""

from __future__ import annotations

from catalog_store.organizations import KINDS

_WRITTEN = {  # the first is what it is called
    "association": "Associazione; associazione di fatto; comitato",
    "aps": "Associazione di promozione sociale; APS; promozione sociale",
    "odv": "Organizzazione di volontariato; ODV; volontariato; associazione di volontariato",
    "social_cooperative": "Cooperativa sociale; coop sociale; cooperativa sociale onlus",
    "cooperative": "Cooperativa; coop; società cooperativa",
    "third_sector": "Ente del terzo settore; ETS; altro ente del terzo settore; terzo settore; onlus; impresa sociale",
    "sport": "Associazione sportiva; ASD; SSD; sport; associazione sportiva dilettantistica; società sportiva",
    "parish": "Parrocchia; ente ecclesiastico; ente religioso",
    "club": "Circolo; circolo ricreativo; casa del popolo",
    "company": "Impresa; azienda; società; ditta",
    "public": "Ente pubblico; pubblico; servizio pubblico; azienda sanitaria; scuola",
    "foundation": "Fondazione",
    "other": "Altro; altro ente",
}
CALLED = {kind: _WRITTEN[kind].partition(";")[0] for kind in KINDS}
WRITTEN = {words.strip(): kind for kind in KINDS for words in (kind, *_WRITTEN[kind].split(";"))}
