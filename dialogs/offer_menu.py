"""What somebody who answers for an organization can do with its offers, in their menu."""

from __future__ import annotations

from dialogs.talk import Option

OFFERS: tuple[Option, ...] = (
    Option("my_offers", "Le nostre offerte", also=("le mie offerte", "offerte", "my offers")),
    Option("offer_updates", "Una novità", row="Posti, chiusure, orari", also=("novità", "posti", "news")),
    Option("offer", "Nuova offerta", also=("nuova offerta", "new offer")),
)
