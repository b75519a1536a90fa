"""What the pages load that is not ours, fetched again: `python -m admin.office.vendor` (needs npm, and the network).

Versions are written here; what arrived is written, with its checksum, into `static/vendor/SHA256SUMS`, and a test holds
every file to it.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "static" / "vendor"
_FONT = "dist/fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-{}.{}"
PACKAGES = {  # package and version: file in it, and what it is called here
    "bootstrap-italia@2.18.3": {
        "dist/css/bootstrap-italia.min.css": "bootstrap-italia.css",
        "dist/svg/sprites.svg": "icons.svg",
        **{  # one for browsers, the other for documents
            _FONT.format(weight, kind): f"titillium-{weight}.{kind}"
            for weight in ("regular", "600", "700")
            for kind in ("woff2", "ttf")
        },
        "dist/fonts/Titillium_Web/OFL.txt": "titillium-LICENSE.txt",
        "LICENSE": "bootstrap-italia-LICENSE.txt",
    },
    "htmx.org@2.0.11": {"dist/htmx.min.js": "htmx.js", "LICENSE": "htmx-LICENSE.txt"},
}
SUMS = HERE / "SHA256SUMS"


def fetch() -> None:
    """Bring every file, and write down what it is."""
    HERE.mkdir(parents=True, exist_ok=True)
    for package, files in PACKAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)  # noqa: S603, S607
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
                for source, name in files.items():
                    file = packed.extractfile(f"package/{source}")
                    if file is None:
                        raise FileNotFoundError(f"{package} has no {source}")
                    (HERE / name).write_bytes(_lean(name, file.read()))
    SUMS.write_text("".join(f"{digest}  {name}\n" for name, digest in sums().items()), "utf-8")


def sums() -> dict[str, str]:
    """The checksum of every file, by name."""
    files = sorted(path for path in HERE.iterdir() if path != SUMS)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _lean(name: str, content: bytes) -> bytes:
    """Without the font of a video player that no page has, and without the address of a map that is not here."""
    if name != "bootstrap-italia.css":
        return content
    text = re.sub(r"@font-face\{font-family:VideoJS[^}]*\}", "", content.decode())
    return re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", text).encode()


if __name__ == "__main__":
    fetch()
