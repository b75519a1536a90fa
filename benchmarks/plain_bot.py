"""A plain python-telegram-bot bot, to be compared with: the same steps, and everything kept after every update.

An `Application` with one `ConversationHandler` of five steps with inline keyboards (need, area, offer, name, confirm),
as the library's own examples write it: updates are taken one after the other, by polling; a tap is answered, then the
next question is sent as a new message. What it keeps is what it needs, the step and the answers of each person, in one
pickle that is written and fsynced once per update: the fewest writes with which nothing that was answered is lost. It
understands nothing, chooses from fixed lists, and checks for no duplicate.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)

NEED, AREA, OFFER, NAME, CONFIRM = range(5)
NEEDS = ("Spesa e farmaci a casa", "Compagnia", "Accompagnamento", "Compiti", "Italiano", "Bollette", "Cibo", "Altro")
AREAS = ("Non importa", "Campi centro", "Santa Maria", "San Martino", "La Villa", "Il Rosi", "Capalle", "Altre")
OFFERS = ("Spesa e farmaci a casa", "La spesa e due parole", "Medicine in giornata", "Nessuna va bene")
ANONYMOUS, YES, NO = "Qui, senza il mio nome", "Sì, invia", "No"


class Fsynced(PicklePersistence[Any, Any, Any]):
    """Written when it is told to, whole, and on the disk before `flush` returns."""

    def _dump_singlefile(self) -> None:
        super()._dump_singlefile()
        with self.filepath.open("rb+") as file:
            os.fsync(file.fileno())


class Kept(Application[Any, Any, Any, Any, Any, Any]):
    """Keeps what an update changed before the next one is taken."""

    async def process_update(self, update: object) -> None:
        """Take it, then keep."""
        await super().process_update(update)
        await self.update_persistence()
        assert self.persistence
        await self.persistence.flush()


def _keyboard(labels: tuple[str, ...]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label)] for label in labels])


async def _ask(update: Update, text: str, labels: tuple[str, ...] = ()) -> None:
    if update.callback_query:
        await update.callback_query.answer()
    assert update.effective_chat
    await update.effective_chat.send_message(text, reply_markup=_keyboard(labels) if labels else None)


def _keep(update: Update, context: ContextTypes.DEFAULT_TYPE, name: str) -> None:
    assert context.user_data is not None
    query, message = update.callback_query, update.message
    context.user_data[name] = query.data if query else message.text if message else None


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Somebody begins."""
    del context
    await _ask(update, "Buongiorno. Di che cosa ha bisogno?", NEEDS)
    return NEED


async def need(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """What is needed."""
    _keep(update, context, "need")
    await _ask(update, "In quale zona serve?", AREAS)
    return AREA


async def area(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Where."""
    _keep(update, context, "area")
    await _ask(update, "A quale posso inviare la sua richiesta?", OFFERS)
    return OFFER


async def offer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Of whom it is asked."""
    _keep(update, context, "offer")
    await _ask(update, "Come può chiamarla chi risponde? Scriva un nome.", (ANONYMOUS,))
    return NAME


async def name(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Who asks."""
    _keep(update, context, "name")
    told = context.user_data or {}
    await _ask(update, f"Ecco la richiesta: {told['need']}, {told['area']}, {told['offer']}. Va bene?", (YES, NO))
    return CONFIRM


async def confirm(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Send it, and keep no more of it; whoever writes again begins anew."""
    assert context.user_data is not None
    context.user_data.clear()
    await _ask(update, "Fatto. Ho inviato la richiesta.")
    return ConversationHandler.END


def application(token: str, base: str, path: Path) -> Kept:
    """The bot of this token, on the Bot API at this address, keeping its state in this file."""
    wanted = PersistenceInput(bot_data=False, chat_data=False, callback_data=False)
    builder = ApplicationBuilder().token(token).base_url(f"{base}/bot").application_class(Kept)
    made = builder.persistence(Fsynced(path, store_data=wanted, single_file=True, on_flush=True)).build()
    tapped, steps = CallbackQueryHandler, (need, area, offer, name, confirm)
    states = {number: [tapped(step)] for number, step in enumerate(steps)}
    states[NAME].append(MessageHandler(filters.TEXT & ~filters.COMMAND, name))  # type: ignore[arg-type]
    made.add_handler(
        ConversationHandler(
            [CommandHandler("start", start)],
            states,  # type: ignore[arg-type]
            [CommandHandler("start", start)],
            name="request",
            persistent=True,
        )
    )
    assert isinstance(made, Kept)
    return made


if __name__ == "__main__":
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    application(sys.argv[1], sys.argv[2], Path(sys.argv[3])).run_polling(allowed_updates=Update.ALL_TYPES)
