"""Makes a wheel of a release's files, as pip takes it: the program in its scripts, the package beside.

    wheel.py VERSION TREE OUT

What is really released is built by maturin (`scripts/release`); this one has the same layout and needs nothing installed.
"""

from __future__ import annotations

import base64
import hashlib
import platform
import stat
import sys
import zipfile
from pathlib import Path

TIME = (2026, 11, 1, 0, 0, 0)


def main() -> None:
    version, tree, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    name = "ai_lab_framework"
    tag = f"py3-none-linux_{platform.machine()}"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}-{version}.data/scripts/ai-lab-framework": (tree / "bin/ai-lab-framework").read_bytes(),
        f"{info}/METADATA": (
            f"Metadata-Version: 2.4\nName: ai-lab-framework\nVersion: {version}\n"
            "Summary: Runs AI tools within limits and records every execution.\nRequires-Python: >=3.11\n"
        ).encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: ai-lab\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
        f"{info}/licenses/LICENSE": (tree / "share/LICENSE").read_bytes(),
    }
    package = tree / "python"
    for file in sorted(package.rglob("*")):
        if file.is_file():
            files[str(file.relative_to(package))] = file.read_bytes()
    record = ""
    for path, text in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out / f"{name}-{version}-{tag}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, text in sorted(files.items()):
            mode = 0o755 if ".data/scripts/" in path else 0o644
            entry = zipfile.ZipInfo(path, TIME)
            entry.external_attr = (stat.S_IFREG | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, text)


if __name__ == "__main__":
    main()
