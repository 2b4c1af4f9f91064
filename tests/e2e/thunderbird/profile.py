"""The settings of a Thunderbird that talks to nobody, with Local Folders and one IMAP account on loopback."""

from __future__ import annotations

QUIET = {
    # Nothing leaves the machine and no window but ours opens.
    "app.update.disabledForTesting": True,
    "app.donation.eoy.version.viewed": 999,
    "app.normandy.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "mail.chat.enabled": False,
    "mail.inappnotifications.enabled": False,
    "mail.inappnotifications.url": "",
    "mail.instrumentation.postUrl": "",
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mail.startup.enabledMailCheckOnce": True,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.startup.max_resumed_crashes": -1,
    "toolkit.telemetry.server": "data:;base64,",
    # A screen that shows the message, not the folder tree.
    "mail.pane_config.dynamic": 0,
    "ui.prefersReducedMotion": 1,
}

ACCOUNTS = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.userName": "nobody",
    "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.account.account2.server": "server2",
    "mail.account.account2.identities": "id1",  # without one, no IMAP folder can be opened
    "mail.identity.id1.fullName": "Bert Beispiel",
    "mail.identity.id1.useremail": "bert@beispiel.example",
    "mail.identity.id1.valid": True,
    "mail.server.server2.type": "imap",
    "mail.server.server2.hostname": "127.0.0.1",
    "mail.server.server2.name": "IMAP",
    "mail.server.server2.socketType": 0,
    "mail.server.server2.authMethod": 3,  # a password in clear: it never leaves the machine
    "mail.server.server2.check_new_mail": False,
    "mail.server.server2.login_at_startup": False,  # or a prompt for the password holds everything up
    "mail.server.server2.directory-rel": "[ProfD]ImapMail/127.0.0.1",
}

POP = {
    "mail.accountmanager.accounts": "account1,account2,account3",
    "mail.account.account3.server": "server3",
    "mail.account.account3.identities": "id2",
    "mail.identity.id2.fullName": "Anna Muster",
    "mail.identity.id2.useremail": "anna@muster.example",
    "mail.identity.id2.smtpServer": "smtp1",
    "mail.identity.id2.compose_html": False,
    "mail.identity.id2.valid": True,
    "mail.server.server3.type": "pop3",
    "mail.server.server3.hostname": "127.0.0.1",
    "mail.server.server3.name": "POP",
    "mail.server.server3.userName": "pop",
    "mail.server.server3.socketType": 0,
    "mail.server.server3.authMethod": 3,
    "mail.server.server3.check_new_mail": False,
    "mail.server.server3.login_at_startup": False,
    "mail.server.server3.leave_on_server": True,
    "mail.server.server3.directory-rel": "[ProfD]Mail/127.0.0.1",
}
"""A third account, which fetches by POP3."""
