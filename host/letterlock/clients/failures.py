"""What can go wrong in set-up and removal, and what an examination can find. Codes are append-only."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError, Reason


class CannotWrite(LetterlockError):
    """The system refused to write or remove a file, directory or registry key. `cause` is the system's own text."""

    code = "setup_cannot_write"
    fault = Fault.HOST
    place: str
    cause: str


class UnknownClient(LetterlockError):
    """`--client` names none that the table knows."""

    code = "setup_unknown_client"
    fault = Fault.USER
    client: str
    known: list[str]


class NoClientFound(LetterlockError):
    """Neither a browser nor a mail client was found, and none was named."""

    code = "setup_no_client_found"
    fault = Fault.USER


class NotAnExtensionId(LetterlockError):
    """`--extension-id` is neither 32 letters a–p nor a Mozilla id."""

    code = "setup_not_an_extension_id"
    fault = Fault.USER
    given: str


class CallersUnreadable(LetterlockError):
    """The file of added callers is there, but is not what it should be. It is never overwritten in that state."""

    code = "setup_callers_unreadable"
    fault = Fault.USER
    file: str


class SitesUnreadable(LetterlockError):
    """The file of sites of Outlook on the web is there, but is not what it should be. It is never overwritten."""

    code = "owa_sites_unreadable"
    fault = Fault.USER
    file: str


class NotASite(LetterlockError):
    """What was given is no host name."""

    code = "owa_not_a_site"
    fault = Fault.USER
    given: str


class OwaNeeds(LetterlockError):
    """A library that only Outlook on the web needs is not installed."""

    code = "owa_needs"
    fault = Fault.USER
    library: str


class OwaRaised(Reason):
    """The Exchange server asks for algorithms that are too weak; stronger ones are used."""

    code = "owa_raised"
    algorithms: tuple[str, ...]


class OwaNotAnswered(Reason):
    """The host for Outlook on the web was started and did not answer as it should."""

    code = "owa_host_not_answering"
    launcher: str
    said: str


class JournalUnreadable(LetterlockError):
    """The record of what set-up wrote is damaged, so nobody knows what may be removed."""

    code = "setup_journal_unreadable"
    fault = Fault.HOST
    file: str


class TemplateMissing(LetterlockError):
    """The package was installed without its templates."""

    code = "setup_template_missing"
    fault = Fault.HOST
    name: str


class InterpreterUnknown(LetterlockError):
    """Python does not say where its own program is, so no launcher can name it."""

    code = "setup_interpreter_unknown"
    fault = Fault.HOST


class InterpreterPrivate(LetterlockError):
    """Set-up for all users, from a Python that only its owner can reach."""

    code = "setup_interpreter_private"
    fault = Fault.USER
    place: str


class NeedsAnswer(LetterlockError):
    """There is something to do, nobody to ask, and no `--yes`."""

    code = "setup_needs_answer"
    fault = Fault.USER


class ClosedSnap(Reason):
    """A client from Snap that cannot start a program outside its sandbox."""

    code = "client_snap_closed"
    client: str
    looks_in: str


class ClosedFlatpak(Reason):
    """A client from Flatpak, which cannot start a program outside its sandbox."""

    code = "client_flatpak_closed"
    client: str
    app: str
    looks_in: str


class SnapPortal(Reason):
    """A client from Snap that starts programs through the desktop's portal."""

    code = "client_snap_portal"
    client: str


class ForeignManifest(Reason):
    """A manifest of our name that starts another program."""

    code = "manifest_foreign"
    file: str
    starts: str


class ManifestMissing(Reason):
    """A client is here, and no manifest for it."""

    code = "manifest_missing"
    client: str
    file: str


class ManifestUnreadable(Reason):
    """The file is there, and the system does not let us (hence perhaps not the client) read it."""

    code = "manifest_unreadable"
    file: str
    cause: str


class ManifestNotJson(Reason):
    """The file is not a JSON object, so clients ignore it without a word."""

    code = "manifest_not_json"
    file: str


class ManifestFieldWrong(Reason):
    """A field is absent or has a value that clients refuse."""

    code = "manifest_field_wrong"
    file: str
    field: str


class ManifestCallerMissing(Reason):
    """The manifest does not name our extension, so the client will not let it start the host."""

    code = "manifest_caller_missing"
    file: str
    client: str
    extension: str


class KeyMissing(Reason):
    """Windows: the registry key that leads to the manifest is not there, or leads elsewhere."""

    code = "registry_key_missing"
    client: str
    key: str


class LauncherMissing(Reason):
    """The program that the manifest names is not there."""

    code = "launcher_missing"
    file: str
    launcher: str


class LauncherNotExecutable(Reason):
    """The program that the manifest names may not be executed."""

    code = "launcher_not_executable"
    launcher: str


class HostDidNotStart(Reason):
    """The system could not start the launcher."""

    code = "host_did_not_start"
    launcher: str
    cause: str


class HostEnded(Reason):
    """The host ended before it answered. `said` is the last line it wrote to its error output."""

    code = "host_ended"
    launcher: str
    exit_code: int
    said: str


class HostSilent(Reason):
    """The host runs and says nothing."""

    code = "host_silent"
    launcher: str
    seconds: int


class HostGarbled(Reason):
    """Something wrote to the host's output that is no frame: clients then close the port."""

    code = "host_garbled"
    launcher: str
    said: str


class HostRefused(Reason):
    """The host answered with an error. Its own sentence says which."""

    code = "host_refused"
    error: str
    sentence: str


class HostOtherVersion(Reason):
    """The launcher starts another version of the host than the one that examines it."""

    code = "host_other_version"
    launcher: str
    started: str
    here: str


class HostWrongVerdict(Reason):
    """The host opened the built-in message and did not find it intact."""

    code = "host_wrong_verdict"
    status: str


class DependencyMissing(Reason):
    """A library that the host needs is not installed, or is too old."""

    code = "dependency_missing"
    library: str
    wanted: str
    found: str


class StoreUnreadable(Reason):
    """The database of anchors and settings cannot be read."""

    code = "doctor_store_unreadable"
    file: str
    cause: str


class NotSetUp(Reason):
    """Set-up has not run here."""

    code = "doctor_not_set_up"
