"""A server to deploy on, in a folder: a shell for the page's commands, and what systemd and nginx would do there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.serving import free_port

PATIENCE = 30.0  # seconds that a test waits before it fails
MARK = "-- given --"


def tool(name: str, package: str) -> str:
    """Path of a program of the system. Without it the test is skipped, or fails when TESSERE_TEST_SERVER says so."""
    if found := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
        return found
    missing = f"no {name} here: install it (on Debian: sudo apt install {package})"
    if os.environ.get("TESSERE_TEST_SERVER") == "required":
        pytest.fail(missing)
    pytest.skip(missing)


def eventually(look: Callable[[], Any], what: str) -> Any:
    """Look again and again until there is something, and what it is."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen")


class Shell:
    """Somebody at a terminal: blocks of commands, one after the other, in one shell that stops at the first failure."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            ["bash", "--norc", "-e", "-o", "pipefail"], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def give(self, block: str) -> str:
        """Give these commands; what they print."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{block}\necho; echo '{MARK}'\n")
        self.process.stdin.flush()
        printed: list[str] = []
        for line in self.process.stdout:
            if line.rstrip() == MARK:
                return "".join(printed)
            printed.append(line)
        pytest.fail(f"this failed:\n{block}\nIt printed:\n{''.join(printed)}")

    def close(self) -> None:
        """Leave."""
        self.process.kill()
        self.process.communicate()


class Systemd:
    """Starts what the unit files of a folder say, as systemd would, without their walls around it."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root, self.environment = root, environment
        self.units = root / "etc/systemd/system"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def verify(self, *names: str) -> None:
        """systemd's own check: a key that it does not know is printed, and changes no exit code."""
        checked = self.root / "verified"
        shutil.rmtree(checked, ignore_errors=True)
        checked.mkdir()
        for unit in self.units.iterdir():
            (checked / unit.name).write_text(self._placed(unit.read_text("utf-8")), "utf-8")
        said = subprocess.run(
            [tool("systemd-analyze", "systemd"), "verify", "--man=no", *(str(checked / name) for name in names)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (said.stdout + said.stderr, said.returncode) == ("", 0)

    def start(self, name: str) -> None:
        """`systemctl start`."""
        unit, _, instance = name.removesuffix(".service").partition("@")
        text = (self.units / (f"{unit}@.service" if instance else f"{unit}.service")).read_text("utf-8")
        text = self._placed(text).replace("%i", instance)
        said = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
        lines = shlex.split(Path(said["EnvironmentFile"]).read_text("utf-8"))
        variables = dict(line.split("=", 1) for line in lines)
        self.running[name] = subprocess.Popen(
            shlex.split(said["ExecStart"]), cwd=said["WorkingDirectory"], env={**self.environment, **variables},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def run(self, name: str) -> None:
        """`systemctl start` of what ends by itself."""
        self.start(name)
        assert self.running.pop(name).wait(PATIENCE) == 0

    def restart(self) -> None:
        """`systemctl restart` of all that runs."""
        names = list(self.running)
        self.stop()
        for name in names:
            self.start(name)

    def stop(self) -> None:
        """`systemctl stop` of all that runs."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(PATIENCE)
        self.running.clear()

    def _placed(self, unit: str) -> str:
        return re.sub(r"(?<=[= ])/(?=(?:srv|etc|var)/)", f"{self.root}/", unit)


def certificate(folder: Path) -> Path:
    """A certificate for localhost with its key beside it, as certbot would lay them down; signed by nobody else."""
    folder.mkdir()
    subprocess.run(
        [tool("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", folder / "fullchain.pem", "-keyout",
         folder / "privkey.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "fullchain.pem"


class Nginx:
    """nginx with the page's file, on ports that anybody may listen on."""

    def __init__(self, root: Path, *, secure: int, program: int) -> None:
        self.folder, self.program = root / "etc/nginx", tool("nginx", "nginx")
        self.ports = {"listen 443": f"listen 127.0.0.1:{secure}", "listen 80;": f"listen 127.0.0.1:{free_port()};",
                      "127.0.0.1:8000": f"127.0.0.1:{program}"}  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Check the configuration, as `nginx -t` does, and begin."""
        site = self.folder / "conf.d/tessere.conf"
        text = site.read_text("utf-8")
        for old, new in self.ports.items():
            assert old in text
            text = text.replace(old, new)
        site.write_text(text, "utf-8")
        kept = " ".join(
            f"{kind}_temp_path {self.folder}/temp;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid nginx.pid; events {{}} http {{ {kept} include conf.d/*.conf; }}", "utf-8"
        )
        command = [self.program, "-p", str(self.folder), "-c", "nginx.conf", "-e", "stderr"]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr, checked.stderr
        self.process = subprocess.Popen(command)

    def stop(self) -> None:
        """End."""
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)
