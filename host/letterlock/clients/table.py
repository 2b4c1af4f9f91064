"""Where every browser and mail client looks for the manifests of native hosts, on every system, with the source.

This is data. It knows no disk and no registry: `detect` looks for the signs, `plan` asks for the places. A place
is a template that `machine.Machine.path` expands:

    ~/…          below the user's home
    $CONFIG/…    below $XDG_CONFIG_HOME, else ~/.config (Linux)
    %NAME%/…     below the directory that this environment variable names (Windows)
    /…           absolute
    HKCU\\…       a registry key (Windows): the host's key is made below it, and its default value is the
                 path of a manifest that may lie anywhere

Only Linux with Debian's packages was run (marked TRIED); everything else is read in the source named beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

HOST_NAME = "letterlock"
"""The name extensions ask for, hence the manifests' file name and the registry key."""

OWA_EXTENSION = "maafgiompdekodanheihhgilkjchcakm"
OWA_EDGE_EXTENSION = "gamjhjfeblghkihfjdpmbpajhlpmobbp"
"""Microsoft's S/MIME extension for Outlook on the web: in Chrome and Chromium, and in Edge's store."""

CHROMIUM_EXTENSION = "gibofoagldhcngncamdmdaeadgfgakfk"
FIREFOX_EXTENSION = "webmail@letterlock"
THUNDERBIRD_EXTENSION = "thunderbird@letterlock"

TRIED = "tried with Debian 12: chromium 156, firefox-esr 153, thunderbird 153"
CHROME_DOCS = "https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging"
CHROMIUM_PATHS = "https://chromium.googlesource.com/chromium/src/+/HEAD/chrome/common/chrome_paths.cc"
"""DIR_USER_NATIVE_MESSAGING is `NativeMessagingHosts` below the user data directory: so it is for every relative."""
EDGE_DOCS = "https://learn.microsoft.com/microsoft-edge/extensions/developer-guide/native-messaging"
OPERA_DOCS = "https://github.com/operasoftware/devopera/blob/master/src/_extensions/message-passing.md"
MDN = "https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/Native_manifests#manifest_location"
LIBREWOLF_FAQ = "https://librewolf.net/docs/faq/#how-do-i-get-native-messaging-to-work"
LIBREWOLF_WINDOWS = "https://github.com/ltguillaume/librewolf-portable/issues/13"
KEEPASSXC = "https://github.com/keepassxreboot/keepassxc/blob/develop/src/browser/NativeMessageInstaller.cpp"


class Family(StrEnum):
    """Which manifest a client reads and how it starts the host."""

    CHROMIUM = "chromium"
    """`allowed_origins`; argv `[host, "chrome-extension://<id>/"]`."""
    MOZILLA = "mozilla"
    """`allowed_extensions`; argv `[host, manifest path, add-on id]`."""


class System(StrEnum):
    """An operating system, as far as places differ."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"


class Portal(StrEnum):
    """What the snap package of a client can do for a host outside of it."""

    NONE = "none"
    """It starts nothing outside its sandbox."""
    WEBEXTENSIONS = "webextensions"
    """It asks the desktop's WebExtensions portal, which reads the usual places and asks the user once."""


@dataclass(frozen=True)
class Host:
    """One native host that browsers know by a name: ours, or one whose place is taken.

    `launcher` is the file name of the script that starts it with these arguments; `templates` the manifest of each
    family; `extensions` the ids of another program's extensions, none: ours.
    """

    name: str
    launcher: str
    arguments: str
    templates: dict[Family, str]
    extensions: tuple[str, ...] = ()

    @property
    def manifest_file(self) -> str:
        """The manifests' file name."""
        return f"{self.name}.json"


LETTERLOCK = Host(
    HOST_NAME, "letterlock-host", "serve", {Family.CHROMIUM: "chromium.json", Family.MOZILLA: "mozilla.json"}
)
OWA = Host(
    "com.microsoft.outlook.smime.chromenativeapp",
    "letterlock-owa-host",
    "serve --owa",
    {Family.CHROMIUM: "owa.json"},
    (OWA_EXTENSION, OWA_EDGE_EXTENSION),
)
"""Microsoft's S/MIME Control, which has a host for Windows only."""

HOSTS = (LETTERLOCK, OWA)

OWA_CLIENTS = ("chromium", "chrome", "chrome-beta", "chrome-dev", "chrome-canary", "edge", "edge-beta", "edge-dev")
"""Browsers that Microsoft's extension is made for."""


@dataclass(frozen=True)
class Where:
    """One client on one system: the places it looks in, and the signs that it is there.

    `user` and `shared` are directories or registry keys, for one user and for all. Signs are programs (on Linux
    names on the PATH or absolute paths, on macOS bundles in the Applications folders, on Windows paths) and files
    that only a started client leaves behind (`profiles`).
    """

    user: tuple[str, ...]
    shared: tuple[str, ...]
    programs: tuple[str, ...]
    profiles: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Client:
    """One browser or mail client. `extension` is the id of our extension in it."""

    id: str
    name: str
    family: Family
    extension: str
    where: dict[System, Where]
    flatpaks: tuple[str, ...] = ()
    snaps: tuple[str, ...] = ()
    snap_portal: Portal = Portal.NONE


def _chromium(
    client: str,
    name: str,
    *,
    linux: tuple[str, str, tuple[str, ...], str],
    macos: tuple[str, str, str, str],
    windows: tuple[str, tuple[str, ...], tuple[str, ...], str],
    flatpaks: tuple[str, ...] = (),
    snaps: tuple[str, ...] = (),
) -> Client:
    """A relative of Chromium. All keep `NativeMessagingHosts` in their user data directory on Linux and macOS.

    Args:
        linux: user data directory, shared manifests, programs, source.
        macos: user data directory (below Application Support), shared manifests, bundle, source.
        windows: the key it reads, programs, files of its profile, source.
    """
    data, shared, programs, source = linux
    mac_data, mac_shared, bundle, mac_source = macos
    support = "~/Library/Application Support"
    key, win_programs, profiles, win_source = windows
    where = {
        System.LINUX: Where((f"{data}/NativeMessagingHosts",), (shared,), programs, (f"{data}/Local State",), source),
        System.MACOS: Where(
            (f"{support}/{mac_data}/NativeMessagingHosts",),
            (mac_shared,),
            (bundle,),
            (f"{support}/{mac_data}/Local State",),
            mac_source,
        ),
        System.WINDOWS: Where(
            (f"HKCU\\Software\\{key}\\NativeMessagingHosts",),
            (f"HKLM\\Software\\{key}\\NativeMessagingHosts",),
            win_programs,
            profiles,
            win_source,
        ),
    }
    return Client(client, name, Family.CHROMIUM, CHROMIUM_EXTENSION, where, flatpaks, snaps)


def _anywhere(program: str) -> tuple[str, ...]:
    """A Windows program that may be installed for all users (64 or 32 bit) or for one."""
    return tuple(f"%{base}%/{program}" for base in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))


CLIENTS: tuple[Client, ...] = (
    _chromium(
        "chromium",
        "Chromium",
        linux=(
            "$CONFIG/chromium",
            "/etc/chromium/native-messaging-hosts",
            ("chromium", "chromium-browser"),
            f"{TRIED}; {CHROME_DOCS}",
        ),
        macos=(
            "Chromium",
            "/Library/Application Support/Chromium/NativeMessagingHosts",
            "Chromium.app",
            CHROME_DOCS,
        ),
        windows=(
            "Chromium",
            _anywhere("Chromium/Application/chrome.exe"),
            ("%LOCALAPPDATA%/Chromium/User Data/Local State",),
            CHROME_DOCS,
        ),
        flatpaks=("org.chromium.Chromium", "io.github.ungoogled_software.ungoogled_chromium"),
        snaps=("chromium",),
    ),
    _chromium(
        "chrome",
        "Google Chrome",
        linux=(
            "$CONFIG/google-chrome",
            "/etc/opt/chrome/native-messaging-hosts",
            ("google-chrome", "google-chrome-stable", "/opt/google/chrome/chrome"),
            CHROME_DOCS,
        ),
        macos=(
            "Google/Chrome",
            "/Library/Google/Chrome/NativeMessagingHosts",
            "Google Chrome.app",
            CHROME_DOCS,
        ),
        windows=(
            "Google\\Chrome",
            _anywhere("Google/Chrome/Application/chrome.exe"),
            ("%LOCALAPPDATA%/Google/Chrome/User Data/Local State",),
            CHROME_DOCS,
        ),
        flatpaks=("com.google.Chrome",),
    ),
    *(
        _chromium(
            f"chrome-{channel}",
            f"Google Chrome {title}",
            linux=(
                f"$CONFIG/google-chrome-{package}",
                "/etc/opt/chrome/native-messaging-hosts",
                (f"google-chrome-{package}", f"/opt/google/chrome-{package}/chrome"),
                CHROMIUM_PATHS,
            ),
            macos=(
                f"Google/Chrome {title}",
                "/Library/Google/Chrome/NativeMessagingHosts",
                f"Google Chrome {title}.app",
                CHROMIUM_PATHS,
            ),
            # All channels read Chrome's one key.
            windows=(
                "Google\\Chrome",
                _anywhere(f"Google/{folder}/Application/chrome.exe"),
                (f"%LOCALAPPDATA%/Google/{folder}/User Data/Local State",),
                CHROME_DOCS,
            ),
        )
        for channel, title, package, folder in (
            ("beta", "Beta", "beta", "Chrome Beta"),
            ("dev", "Dev", "unstable", "Chrome Dev"),
            ("canary", "Canary", "canary", "Chrome SxS"),
        )
    ),
    _chromium(
        "edge",
        "Microsoft Edge",
        linux=(
            "$CONFIG/microsoft-edge",
            "/etc/opt/edge/native-messaging-hosts",
            ("microsoft-edge", "microsoft-edge-stable", "/opt/microsoft/msedge/msedge"),
            EDGE_DOCS,
        ),
        macos=(
            "Microsoft Edge",
            "/Library/Microsoft/Edge/NativeMessagingHosts",
            "Microsoft Edge.app",
            EDGE_DOCS,
        ),
        windows=(
            "Microsoft\\Edge",
            _anywhere("Microsoft/Edge/Application/msedge.exe"),
            ("%LOCALAPPDATA%/Microsoft/Edge/User Data/Local State",),
            EDGE_DOCS,
        ),
        flatpaks=("com.microsoft.Edge",),
    ),
    *(
        _chromium(
            f"edge-{channel}",
            f"Microsoft Edge {title}",
            linux=(
                f"$CONFIG/microsoft-edge-{channel}",
                "/etc/opt/edge/native-messaging-hosts",
                (f"microsoft-edge-{channel}", f"/opt/microsoft/msedge-{channel}/msedge"),
                EDGE_DOCS,
            ),
            macos=(
                f"Microsoft Edge {title}",
                "/Library/Microsoft/Edge/NativeMessagingHosts",
                f"Microsoft Edge {title}.app",
                EDGE_DOCS,
            ),
            windows=(
                "Microsoft\\Edge",
                _anywhere(f"Microsoft/{folder}/Application/msedge.exe"),
                (f"%LOCALAPPDATA%/Microsoft/{folder}/User Data/Local State",),
                EDGE_DOCS,
            ),
        )
        for channel, title, folder in (
            ("beta", "Beta", "Edge Beta"),
            ("dev", "Dev", "Edge Dev"),
            ("canary", "Canary", "Edge SxS"),
        )
    ),
    _chromium(
        "brave",
        "Brave",
        linux=(
            "$CONFIG/BraveSoftware/Brave-Browser",
            # chrome_paths.cc names this shared directory for every build that is not Google's own. Some packagers
            # write to /etc/opt/brave instead and say themselves that they doubt it.
            "/etc/chromium/native-messaging-hosts",
            ("brave", "brave-browser", "brave-browser-stable", "/opt/brave.com/brave/brave"),
            f"{KEEPASSXC}; {CHROMIUM_PATHS}",
        ),
        macos=(
            "BraveSoftware/Brave-Browser",
            "/Library/Application Support/Chromium/NativeMessagingHosts",
            "Brave Browser.app",
            f"{KEEPASSXC}; {CHROMIUM_PATHS}",
        ),
        windows=(
            "Google\\Chrome",
            _anywhere("BraveSoftware/Brave-Browser/Application/brave.exe"),
            ("%LOCALAPPDATA%/BraveSoftware/Brave-Browser/User Data/Local State",),
            KEEPASSXC,
        ),
        flatpaks=("com.brave.Browser",),
        snaps=("brave",),
    ),
    _chromium(
        "vivaldi",
        "Vivaldi",
        linux=(
            "$CONFIG/vivaldi",
            "/etc/chromium/native-messaging-hosts",
            ("vivaldi", "vivaldi-stable", "/opt/vivaldi/vivaldi"),
            f"{KEEPASSXC}; {CHROMIUM_PATHS}",
        ),
        macos=(
            "Vivaldi",
            "/Library/Application Support/Chromium/NativeMessagingHosts",
            "Vivaldi.app",
            f"{KEEPASSXC}; {CHROMIUM_PATHS}",
        ),
        windows=(
            "Google\\Chrome",
            _anywhere("Vivaldi/Application/vivaldi.exe"),
            ("%LOCALAPPDATA%/Vivaldi/User Data/Local State",),
            "https://github.com/keepassxreboot/keepassxc-browser/issues/48",
        ),
        flatpaks=("com.vivaldi.Vivaldi",),
        snaps=("vivaldi",),
    ),
    Client(
        "opera",
        "Opera",
        Family.CHROMIUM,
        CHROMIUM_EXTENSION,
        {
            # Opera's guide names Chrome's places; Chromium's code, which Opera builds on, its own profile. Both.
            System.LINUX: Where(
                ("$CONFIG/opera/NativeMessagingHosts", "$CONFIG/google-chrome/NativeMessagingHosts"),
                ("/etc/opt/chrome/native-messaging-hosts", "/etc/chromium/native-messaging-hosts"),
                ("opera", "opera-stable"),
                ("$CONFIG/opera/Local State",),
                f"{OPERA_DOCS}; {CHROMIUM_PATHS}",
            ),
            System.MACOS: Where(
                (
                    "~/Library/Application Support/com.operasoftware.Opera/NativeMessagingHosts",
                    "~/Library/Application Support/Google/Chrome/NativeMessagingHosts",
                ),
                ("/Library/Google/Chrome/NativeMessagingHosts",),
                ("Opera.app",),
                ("~/Library/Application Support/com.operasoftware.Opera/Local State",),
                f"{OPERA_DOCS}; {CHROMIUM_PATHS}",
            ),
            System.WINDOWS: Where(
                ("HKCU\\Software\\Google\\Chrome\\NativeMessagingHosts",),
                ("HKLM\\Software\\Google\\Chrome\\NativeMessagingHosts",),
                ("%LOCALAPPDATA%/Programs/Opera/opera.exe", "%PROGRAMFILES%/Opera/opera.exe"),
                ("%APPDATA%/Opera Software/Opera Stable/Local State",),
                OPERA_DOCS,
            ),
        },
        flatpaks=("com.opera.Opera",),
        snaps=("opera",),
    ),
    Client(
        "firefox",
        "Firefox",
        Family.MOZILLA,
        FIREFOX_EXTENSION,
        {
            System.LINUX: Where(
                ("~/.mozilla/native-messaging-hosts",),
                ("/usr/lib/mozilla/native-messaging-hosts",),
                ("firefox", "firefox-esr"),
                ("~/.mozilla/firefox/profiles.ini", "$CONFIG/mozilla/firefox/profiles.ini"),
                f"{TRIED}; {MDN}",
            ),
            System.MACOS: Where(
                ("~/Library/Application Support/Mozilla/NativeMessagingHosts",),
                ("/Library/Application Support/Mozilla/NativeMessagingHosts",),
                ("Firefox.app", "Firefox Developer Edition.app", "Firefox Nightly.app"),
                ("~/Library/Application Support/Firefox/profiles.ini",),
                MDN,
            ),
            System.WINDOWS: Where(
                ("HKCU\\Software\\Mozilla\\NativeMessagingHosts",),
                ("HKLM\\Software\\Mozilla\\NativeMessagingHosts",),
                _anywhere("Mozilla Firefox/firefox.exe"),
                ("%APPDATA%/Mozilla/Firefox/profiles.ini",),
                MDN,
            ),
        },
        flatpaks=("org.mozilla.firefox",),
        snaps=("firefox",),
        snap_portal=Portal.WEBEXTENSIONS,
    ),
    Client(
        "librewolf",
        "LibreWolf",
        Family.MOZILLA,
        FIREFOX_EXTENSION,
        {
            System.LINUX: Where(
                ("~/.librewolf/native-messaging-hosts",),
                ("/usr/lib/librewolf/native-messaging-hosts",),
                ("librewolf", "/usr/share/librewolf/librewolf"),
                ("~/.librewolf/profiles.ini", "$CONFIG/librewolf/librewolf/profiles.ini"),
                LIBREWOLF_FAQ,
            ),
            System.MACOS: Where(
                ("~/Library/Application Support/LibreWolf/NativeMessagingHosts",),
                ("/Library/Application Support/LibreWolf/NativeMessagingHosts",),
                ("LibreWolf.app",),
                ("~/Library/Application Support/LibreWolf/profiles.ini",),
                KEEPASSXC,
            ),
            System.WINDOWS: Where(
                ("HKCU\\Software\\Mozilla\\NativeMessagingHosts",),
                ("HKLM\\Software\\Mozilla\\NativeMessagingHosts",),
                _anywhere("LibreWolf/librewolf.exe"),
                ("%APPDATA%/LibreWolf/profiles.ini",),
                f"{KEEPASSXC}; {LIBREWOLF_WINDOWS}",
            ),
        },
        flatpaks=("io.gitlab.librewolf-community",),
    ),
    Client(
        "thunderbird",
        "Thunderbird",
        Family.MOZILLA,
        THUNDERBIRD_EXTENSION,
        {
            # Thunderbird looks where Firefox looks, not below ~/.thunderbird: one manifest serves both.
            System.LINUX: Where(
                ("~/.mozilla/native-messaging-hosts",),
                ("/usr/lib/mozilla/native-messaging-hosts",),
                ("thunderbird", "thunderbird-esr"),
                ("~/.thunderbird/profiles.ini",),
                TRIED,
            ),
            System.MACOS: Where(
                ("~/Library/Application Support/Mozilla/NativeMessagingHosts",),
                ("/Library/Application Support/Mozilla/NativeMessagingHosts",),
                ("Thunderbird.app",),
                ("~/Library/Thunderbird/profiles.ini",),
                MDN,
            ),
            System.WINDOWS: Where(
                ("HKCU\\Software\\Mozilla\\NativeMessagingHosts",),
                ("HKLM\\Software\\Mozilla\\NativeMessagingHosts",),
                _anywhere("Mozilla Thunderbird/thunderbird.exe"),
                ("%APPDATA%/Thunderbird/profiles.ini",),
                MDN,
            ),
        },
        flatpaks=("org.mozilla.Thunderbird", "org.mozilla.thunderbird"),
        snaps=("thunderbird",),
        snap_portal=Portal.WEBEXTENSIONS,
    ),
)

BY_ID: dict[str, Client] = {client.id: client for client in CLIENTS}
