"""The README's screenshots, and where the suite makes each: `python -m tests.screenshots` copies them."""

from __future__ import annotations

import shutil
import sys

from tests.needs import PROJECT

MADE = PROJECT / "build" / "screenshots"
SHOWN = PROJECT / "docs" / "screenshots"

SCREENSHOTS = {
    "roundcube-valid.png": "chromium/good-full.png",
    "roundcube-invalid.png": "chromium/changed-preview.png",
    "thunderbird-mismatch.png": "thunderbird/mismatch.png",
    "thunderbird-encrypted.png": "thunderbird/native-signed-inside.png",
    "thunderbird-undecryptable.png": "thunderbird/native-undecryptable.png",
    "thunderbird-invalid.png": "thunderbird/changed-dark.png",
    "thunderbird-compose.png": "thunderbird/compose-no-certificate.png",
    "roundcube-write.png": "chromium/roundcube-write-securely.png",
    "write.png": "chromium/write-refused.png",
    "write-reply.png": "chromium/write-reply.png",
    "welcome.png": "chromium/welcome.png",
    "manage-trust.png": "chromium/manage-trust.png",
    "manage-settings.png": "chromium/manage-settings-light.png",
    "attached-message.png": "chromium/attached-message.png",
}
"""Name in the documentation, and the file that the end-to-end tests leave below build/screenshots."""


def main() -> int:
    """Copy each; 1 where the suite has not made one yet."""
    missing = [source for source in SCREENSHOTS.values() if not (MADE / source).exists()]
    for source in missing:
        print(f"{source} is not there; run the end-to-end tests first (make test ARGS='-m e2e')")
    for name, source in SCREENSHOTS.items():
        if source not in missing:
            shutil.copyfile(MADE / source, SHOWN / name)
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
