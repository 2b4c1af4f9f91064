"""`make demo`: five mails as they might arrive, opened through the real native host, and what is said about each.

It signs them with OpenSSL and a demonstration CA, opens them in the installed Chromium (in a window where there is a
screen) with the extension and a profile that is thrown away, and prints the verdicts. Where Chromium is missing it
speaks to the host itself. It touches nothing of the user's own, and ends by itself.
"""
