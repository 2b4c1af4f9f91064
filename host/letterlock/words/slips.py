"""What is printed on the slip with the passphrase of a key file: a letter to a person, so no code and no advice."""

SLIP = {
    "en": (
        "For {name}\n\n"
        "This passphrase opens the key file {file}, which comes to you another way:\n\n"
        "    {passphrase}\n\n"
        "Import the file into your mail program, choose a passphrase of your own there, and destroy this slip.\n"
        "Never send the two together.\n"
    ),
    "de": (
        "Für {name}\n\n"
        "Diese Passphrase öffnet die Schlüsseldatei {file}, die Sie auf anderem Weg bekommen:\n\n"
        "    {passphrase}\n\n"
        "Importieren Sie die Datei in Ihr Mailprogramm, wählen Sie dort eine eigene Passphrase und vernichten Sie\n"
        "diesen Zettel. Verschicken Sie beides nie zusammen.\n"
    ),
}
