"""Words for set-up, removal and examination: codes, and the lines of the terminal around them."""

from __future__ import annotations

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # --- Failures ----------------------------------------------------------------------------------------------
    "setup_cannot_write": {
        "en": (
            "{place} could not be written or removed: {cause}.",
            "Check who owns this place and that the disk is neither full nor read-only, then run the command again.",
        ),
        "de": (
            "{place} konnte nicht geschrieben oder entfernt werden: {cause}.",
            "Prüfen Sie, wem dieser Ort gehört und ob der Datenträger voll oder schreibgeschützt ist; führen Sie dann "
            "den Befehl noch einmal aus.",
        ),
    },
    "setup_unknown_client": {
        "en": ("Letterlock does not know a client “{client}”.", "Name one of these: {known}."),
        "de": ("Ein Programm „{client}“ kennt Letterlock nicht.", "Nennen Sie eines von diesen: {known}."),
    },
    "setup_no_client_found": {
        "en": (
            "No browser and no mail program was found that can start Letterlock.",
            "Install one, or name it: letterlock setup --client firefox (letterlock clients lists them all).",
        ),
        "de": (
            "Es wurde weder ein Browser noch ein Mailprogramm gefunden, das Letterlock starten kann.",
            "Installieren Sie eines, oder nennen Sie es: letterlock setup --client firefox (letterlock clients zählt "
            "alle auf).",
        ),
    },
    "setup_not_an_extension_id": {
        "en": (
            "“{given}” is not the id of an extension.",
            "Chromium's ids are 32 letters from a to p (chrome://extensions shows them); Mozilla's look like "
            "name@example.org or a GUID in braces.",
        ),
        "de": (
            "„{given}“ ist keine Kennung einer Erweiterung.",
            "Die von Chromium haben 32 Buchstaben von a bis p (chrome://extensions zeigt sie); die von Mozilla sehen "
            "aus wie name@example.org oder eine GUID in geschweiften Klammern.",
        ),
    },
    "setup_callers_unreadable": {
        "en": (
            "{file} is damaged: it does not list callers in the way Letterlock expects.",
            "Mend it by hand (host/PROTOCOL.md shows how it looks), or delete it.",
        ),
        "de": (
            "{file} ist beschädigt: Die Aufrufer stehen nicht so darin, wie Letterlock es erwartet.",
            "Berichtigen Sie die Datei von Hand (host/PROTOCOL.md zeigt, wie sie aussieht), oder löschen Sie sie.",
        ),
    },
    "setup_journal_unreadable": {
        "en": (
            "{file} is damaged, so Letterlock does not know what it wrote.",
            "Delete this file and run letterlock setup: it finds its own files again and records them anew.",
        ),
        "de": (
            "{file} ist beschädigt; Letterlock weiß deshalb nicht, was es geschrieben hat.",
            "Löschen Sie diese Datei und führen Sie letterlock setup aus: Es findet seine Dateien wieder und "
            "verzeichnet sie neu.",
        ),
    },
    "setup_template_missing": {
        "en": ("Letterlock is not installed completely: the template {name} is missing.", "Install Letterlock again."),
        "de": (
            "Letterlock ist nicht vollständig installiert: Die Vorlage {name} fehlt.",
            "Installieren Sie Letterlock noch einmal.",
        ),
    },
    "setup_interpreter_unknown": {
        "en": (
            "Python does not say where its program lies, so browsers could not start it.",
            "Run letterlock setup with the Python of the environment in which Letterlock is installed.",
        ),
        "de": (
            "Python sagt nicht, wo sein Programm liegt; Browser könnten es deshalb nicht starten.",
            "Führen Sie letterlock setup mit dem Python der Umgebung aus, in der Letterlock installiert ist.",
        ),
    },
    "setup_interpreter_private": {
        "en": (
            "Other users of this computer cannot reach {place}, so their browsers could not start Letterlock.",
            "Install Letterlock where everybody can read it, for example in /opt, and run letterlock setup --system "
            "from there.",
        ),
        "de": (
            "Andere Benutzer dieses Computers erreichen {place} nicht; ihre Browser könnten Letterlock nicht starten.",
            "Installieren Sie Letterlock, wo alle es lesen können, zum Beispiel in /opt, und führen Sie dort "
            "letterlock setup --system aus.",
        ),
    },
    "setup_needs_answer": {
        "en": (
            "Nothing was changed: there is nobody to ask.",
            "Add --yes to agree beforehand.",
        ),
        "de": (
            "Es wurde nichts geändert: Es ist niemand da, der gefragt werden könnte.",
            "Fügen Sie --yes hinzu, um im Voraus zuzustimmen.",
        ),
    },
    # --- Clients -----------------------------------------------------------------------------------------------
    "client_snap_closed": {
        "en": (
            "{client} comes from Snap: its sandbox does not let it start Letterlock (it looks in {looks_in}, but may "
            "not run a program outside of it).",
            "Install {client} as a package of your distribution or from its maker, or use Firefox from Snap, which "
            "asks the desktop to start Letterlock.",
        ),
        "de": (
            "{client} kommt von Snap: Seine Abschottung lässt es Letterlock nicht starten (es sucht in {looks_in}, "
            "darf aber kein Programm außerhalb ausführen).",
            "Installieren Sie {client} als Paket Ihrer Distribution oder vom Hersteller, oder benutzen Sie Firefox "
            "von Snap, das den Desktop bittet, Letterlock zu starten.",
        ),
    },
    "client_flatpak_closed": {
        "en": (
            "{client} comes from Flatpak ({app}): its sandbox does not let it start Letterlock (it looks in "
            "{looks_in}, but may not run a program outside of it).",
            "Install {client} as a package of your distribution or from its maker. (Opening the sandbox with "
            "flatpak override --talk-name=org.freedesktop.Flatpak would let the browser start anything: we advise "
            "against it.)",
        ),
        "de": (
            "{client} kommt von Flatpak ({app}): Seine Abschottung lässt es Letterlock nicht starten (es sucht in "
            "{looks_in}, darf aber kein Programm außerhalb ausführen).",
            "Installieren Sie {client} als Paket Ihrer Distribution oder vom Hersteller. (Die Abschottung mit "
            "flatpak override --talk-name=org.freedesktop.Flatpak zu öffnen, ließe den Browser alles starten: Davon "
            "raten wir ab.)",
        ),
    },
    "client_snap_portal": {
        "en": (
            "{client} comes from Snap: it asks the desktop to start Letterlock, and the desktop asks you once. "
            "Ubuntu's desktop can do this, others often cannot.",
            "Allow it when asked. If nothing asks and Letterlock is not found, install {client} as a package of your "
            "distribution or from its maker.",
        ),
        "de": (
            "{client} kommt von Snap: Es bittet den Desktop, Letterlock zu starten, und der fragt Sie einmal. "
            "Der Desktop von Ubuntu kann das, andere oft nicht.",
            "Erlauben Sie es, wenn Sie gefragt werden. Fragt niemand und wird Letterlock nicht gefunden, installieren "
            "Sie {client} als Paket Ihrer Distribution oder vom Hersteller.",
        ),
    },
    # --- Manifests ---------------------------------------------------------------------------------------------
    "manifest_foreign": {
        "en": (
            "{file} is not from this installation: it starts {starts}.",
            "If that is another Letterlock you do not need any more, let set-up replace it: letterlock setup "
            "--replace.",
        ),
        "de": (
            "{file} stammt nicht von dieser Installation: Damit wird {starts} gestartet.",
            "Ist das ein anderes Letterlock, das Sie nicht mehr brauchen, lassen Sie es ersetzen: letterlock setup "
            "--replace.",
        ),
    },
    "manifest_missing": {
        "en": ("{client} cannot find Letterlock: {file} is not there.", "Run letterlock setup."),
        "de": ("{client} kann Letterlock nicht finden: {file} ist nicht da.", "Führen Sie letterlock setup aus."),
    },
    "manifest_unreadable": {
        "en": (
            "{file} cannot be read: {cause}.",
            "Make the file readable for you, or delete it and run letterlock setup.",
        ),
        "de": (
            "{file} kann nicht gelesen werden: {cause}.",
            "Machen Sie die Datei für sich lesbar, oder löschen Sie sie und führen Sie letterlock setup aus.",
        ),
    },
    "manifest_not_json": {
        "en": ("{file} is damaged (no valid JSON), so it is ignored.", "Run letterlock setup to write it anew."),
        "de": (
            "{file} ist beschädigt (kein gültiges JSON) und bleibt deshalb unbeachtet.",
            "Führen Sie letterlock setup aus; es schreibt die Datei neu.",
        ),
    },
    "manifest_field_wrong": {
        "en": (
            "{file} is wrong in “{field}”, so it is ignored.",
            "Run letterlock setup to write it anew.",
        ),
        "de": (
            "In {file} stimmt „{field}“ nicht; die Datei bleibt deshalb unbeachtet.",
            "Führen Sie letterlock setup aus; es schreibt die Datei neu.",
        ),
    },
    "manifest_caller_missing": {
        "en": (
            "{file} does not allow the Letterlock extension of {client} ({extension}) to start Letterlock.",
            "Run letterlock setup to write it anew.",
        ),
        "de": (
            "{file} erlaubt der Letterlock-Erweiterung von {client} ({extension}) nicht, Letterlock zu starten.",
            "Führen Sie letterlock setup aus; es schreibt die Datei neu.",
        ),
    },
    "registry_key_missing": {
        "en": ("{client} cannot find Letterlock: the registry key {key} is not set.", "Run letterlock setup."),
        "de": (
            "{client} kann Letterlock nicht finden: Der Registrierungsschlüssel {key} ist nicht gesetzt.",
            "Führen Sie letterlock setup aus.",
        ),
    },
    # --- The host, started as the client would ------------------------------------------------------------------
    "launcher_missing": {
        "en": ("{file} starts {launcher}, which is not there.", "Run letterlock setup."),
        "de": ("{file} startet {launcher}, was nicht da ist.", "Führen Sie letterlock setup aus."),
    },
    "launcher_not_executable": {
        "en": ("{launcher} may not be executed.", "Run letterlock setup; it sets the permission."),
        "de": ("{launcher} darf nicht ausgeführt werden.", "Führen Sie letterlock setup aus; es setzt das Recht."),
    },
    "host_did_not_start": {
        "en": (
            "{launcher} could not be started: {cause}.",
            "Run letterlock setup from the environment in which Letterlock is installed now.",
        ),
        "de": (
            "{launcher} ließ sich nicht starten: {cause}.",
            "Führen Sie letterlock setup aus der Umgebung aus, in der Letterlock jetzt installiert ist.",
        ),
    },
    "host_ended": {
        "en": (
            "{launcher} ended before it answered (exit code {exit_code}): {said}",
            "If Letterlock or Python moved or was updated, run letterlock setup from where it is installed now; else "
            "install Letterlock again.",
        ),
        "de": (
            "{launcher} endete, bevor es antwortete (Rückgabewert {exit_code}): {said}",
            "Wurde Letterlock oder Python verschoben oder erneuert, führen Sie letterlock setup von dort aus, wo es "
            "jetzt installiert ist; sonst installieren Sie Letterlock noch einmal.",
        ),
    },
    "host_silent": {
        "en": (
            "{launcher} runs, but said nothing within {seconds} seconds.",
            "Start it in a terminal to see what it waits for; run letterlock setup to write it anew.",
        ),
        "de": (
            "{launcher} läuft, sagte aber {seconds} Sekunden lang nichts.",
            "Starten Sie es in einem Terminal, um zu sehen, worauf es wartet; letterlock setup schreibt es neu.",
        ),
    },
    "host_garbled": {
        "en": (
            "{launcher} says something that no browser understands, beginning with “{said}”.",
            "Something prints into Letterlock's answers: look for print commands in sitecustomize.py or in the shell's "
            "start files; run letterlock setup to write the launcher anew.",
        ),
        "de": (
            "{launcher} sagt etwas, das kein Browser versteht; es beginnt mit „{said}“.",
            "Etwas schreibt in die Antworten von Letterlock hinein: Suchen Sie nach Ausgabebefehlen in "
            "sitecustomize.py oder in den Startdateien der Shell; letterlock setup schreibt den Starter neu.",
        ),
    },
    "host_refused": {
        "en": (
            "Letterlock started and refused: {sentence}",
            "If you did not change anything, run letterlock setup; else report it with the code {error}.",
        ),
        "de": (
            "Letterlock ist gestartet und hat abgelehnt: {sentence}",
            "Wenn Sie nichts geändert haben, führen Sie letterlock setup aus; sonst melden Sie es mit dem Code "
            "{error}.",
        ),
    },
    "host_other_version": {
        "en": (
            "{launcher} starts Letterlock {started}, and this is {here}.",
            "Run letterlock setup with the version you want to use.",
        ),
        "de": (
            "{launcher} startet Letterlock {started}, und das hier ist {here}.",
            "Führen Sie letterlock setup mit der Version aus, die Sie benutzen wollen.",
        ),
    },
    "host_wrong_verdict": {
        "en": (
            "Letterlock opened a test message that is signed and unchanged, and judged it “{status}”.",
            "Do not rely on this installation. Install Letterlock again; if that does not help, report it.",
        ),
        "de": (
            "Letterlock hat eine unveränderte, signierte Probenachricht geöffnet und als „{status}“ beurteilt.",
            "Verlassen Sie sich nicht auf diese Installation. Installieren Sie Letterlock noch einmal; hilft das "
            "nicht, melden Sie es.",
        ),
    },
    # --- This installation --------------------------------------------------------------------------------------
    "dependency_missing": {
        "en": (
            "Letterlock needs {library} {wanted} and finds {found}.",
            "Install Letterlock again (pip install --upgrade letterlock), or bring {library} up to date.",
        ),
        "de": (
            "Letterlock braucht {library} {wanted} und findet {found}.",
            "Installieren Sie Letterlock noch einmal (pip install --upgrade letterlock), oder bringen Sie {library} "
            "auf den neuen Stand.",
        ),
    },
    "doctor_store_unreadable": {
        "en": (
            "Your settings and trusted certificates cannot be read ({file}): {cause}",
            "Make the file readable for you, or restore it from a backup.",
        ),
        "de": (
            "Ihre Einstellungen und vertrauten Zertifikate sind nicht lesbar ({file}): {cause}",
            "Machen Sie die Datei für sich lesbar, oder stellen Sie sie aus einer Sicherung wieder her.",
        ),
    },
    "doctor_not_set_up": {
        "en": ("Letterlock is not set up yet: no browser can find it.", "Run letterlock setup."),
        "de": (
            "Letterlock ist noch nicht eingerichtet: Kein Browser kann es finden.",
            "Führen Sie letterlock setup aus.",
        ),
    },
}

LINES: dict[str, dict[str, str]] = {
    "plan_title": {"en": "What set-up would write", "de": "Was die Einrichtung schreiben würde"},
    "column_clients": {"en": "For", "de": "Für"},
    "column_place": {"en": "File or registry key", "de": "Datei oder Registrierungsschlüssel"},
    "column_state": {"en": "Now", "de": "Jetzt"},
    "column_client": {"en": "--client", "de": "--client"},
    "column_name": {"en": "Name", "de": "Name"},
    "column_found": {"en": "Found", "de": "Gefunden"},
    "column_looks_in": {"en": "Looks in", "de": "Sucht in"},
    "state_new": {"en": "not there", "de": "nicht da"},
    "state_same": {"en": "as it should be", "de": "wie es sein soll"},
    "state_changed": {"en": "ours, to be renewed", "de": "unseres, zu erneuern"},
    "state_foreign": {"en": "not ours", "de": "nicht unseres"},
    "left_ours": {"en": "will be removed", "de": "wird entfernt"},
    "left_gone": {"en": "already gone", "de": "schon weg"},
    "left_altered": {"en": "changed by others, stays", "de": "von anderen geändert, bleibt"},
    "every_client": {"en": "all (launcher)", "de": "alle (Starter)"},
    "nothing_to_write": {
        "en": "Everything is set up as it should be.",
        "de": "Alles ist eingerichtet, wie es sein soll.",
    },
    "dry_run": {"en": "Nothing was written (--dry-run).", "de": "Es wurde nichts geschrieben (--dry-run)."},
    "ask_write": {"en": "Write this? [Y/n] ", "de": "So schreiben? [J/n] "},
    "ask_replace": {"en": "Replace {place}? [y/N] ", "de": "{place} ersetzen? [j/N] "},
    "not_written": {"en": "Nothing was written.", "de": "Es wurde nichts geschrieben."},
    "kept_foreign": {"en": "Left as it is: {place}", "de": "Unverändert gelassen: {place}"},
    "written": {
        "en": "Written. Restart open browsers and mail programs.",
        "de": "Geschrieben. Starten Sie offene Browser und Mailprogramme neu.",
    },
    "next_step": {
        "en": "Next: add the Letterlock extension, then run letterlock doctor to check everything.",
        "de": "Als Nächstes: die Letterlock-Erweiterung hinzufügen, dann mit letterlock doctor alles prüfen.",
    },
    "removal_title": {"en": "What set-up wrote here", "de": "Was die Einrichtung hier geschrieben hat"},
    "nothing_to_remove": {"en": "Set-up wrote nothing here.", "de": "Die Einrichtung hat hier nichts geschrieben."},
    "ask_remove": {"en": "Remove this? [Y/n] ", "de": "Das entfernen? [J/n] "},
    "removed": {
        "en": "Removed. Your keys and settings are still there.",
        "de": "Entfernt. Ihre Schlüssel und Einstellungen sind noch da.",
    },
    "not_removed": {"en": "Nothing was removed.", "de": "Es wurde nichts entfernt."},
    "purge_warning": {
        "en": "This also deletes all keys, trusted certificates and settings, for ever:",
        "de": "Damit werden auch alle Schlüssel, vertrauten Zertifikate und Einstellungen gelöscht, für immer:",
    },
    "ask_purge": {"en": "Type “{word}” to delete them: ", "de": "Tippen Sie „{word}“, um sie zu löschen: "},
    "purge_word": {"en": "delete", "de": "löschen"},
    "purged": {"en": "Keys and settings were deleted.", "de": "Schlüssel und Einstellungen wurden gelöscht."},
    "not_purged": {"en": "Keys and settings were kept.", "de": "Schlüssel und Einstellungen wurden behalten."},
    "clients_title": {"en": "Browsers and mail programs", "de": "Browser und Mailprogramme"},
    "packaging_native": {"en": "yes", "de": "ja"},
    "packaging_snap": {"en": "from Snap", "de": "von Snap"},
    "packaging_flatpak": {"en": "from Flatpak", "de": "von Flatpak"},
    "packaging_none": {"en": "–", "de": "–"},
    "check_python": {"en": "Python {version} ({program})", "de": "Python {version} ({program})"},
    "check_product": {"en": "Letterlock {version}", "de": "Letterlock {version}"},
    "check_libraries": {"en": "Libraries: {found}", "de": "Bibliotheken: {found}"},
    "check_store": {
        "en": "Trusted certificates of your own: {count} ({file})",
        "de": "Eigene vertraute Zertifikate: {count} ({file})",
    },
    "check_revocation": {
        "en": "Withdrawn certificates: {meaning}",
        "de": "Zurückgezogene Zertifikate: {meaning}",
    },
    "revocation_off": {
        "en": "nobody looks whether a certificate was withdrawn",
        "de": "ob ein Zertifikat zurückgezogen wurde, wird nicht geprüft",
    },
    "revocation_at_hand": {
        "en": "what is at hand counts, nothing is fetched",
        "de": "was zur Hand ist, zählt; geholt wird nichts",
    },
    "revocation_crl": {
        "en": "lists are fetched, which all customers of an authority share",
        "de": "Listen werden geholt, die alle Kunden einer Zertifizierungsstelle teilen",
    },
    "revocation_ocsp": {
        "en": "lists are fetched; where none tells, the authority is asked about the certificate",
        "de": "Listen werden geholt; wo keine Auskunft gibt, wird die Zertifizierungsstelle gefragt",
    },
    "revocation_strict": {
        "en": "as with ocsp, and without a good word about its certificate no signature is believed",
        "de": "wie bei ocsp, und ohne gute Auskunft über ihr Zertifikat wird keiner Signatur geglaubt",
    },
    "check_client": {
        "en": "{client} finds and starts Letterlock, and a signed test message is opened rightly ({file})",
        "de": "{client} findet und startet Letterlock und öffnet eine signierte Probenachricht richtig ({file})",
    },
    "check_owa": {
        "en": "Microsoft's S/MIME extension in {client} finds and starts Letterlock ({file})",
        "de": "Die S/MIME-Erweiterung von Microsoft in {client} findet und startet Letterlock ({file})",
    },
    "check_extension": {
        "en": "Whether the Letterlock extension is installed cannot be seen from outside the browser: look at its "
        "add-ons page.",
        "de": "Ob die Letterlock-Erweiterung installiert ist, lässt sich von außerhalb des Browsers nicht sehen: Sehen "
        "Sie auf seiner Add-ons-Seite nach.",
    },
    "doctor_good": {"en": "All is well.", "de": "Alles in Ordnung."},
    "doctor_mend": {"en": "To mend: {count}", "de": "Zu beheben: {count}"},
    "advice": {"en": "What helps: {advice}", "de": "Was hilft: {advice}"},
}


def line(name: str, language: str, **facts: object) -> str:
    """A line of the terminal, in `language` if we speak it, else in English."""
    texts = LINES[name]
    return (texts.get(language) or texts["en"]).format_map(facts)
