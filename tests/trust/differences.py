"""Where other programs judge a chain of `wrong/` otherwise than we do, each with the reason.

A name stands for the case with its flaw (what we refuse and the program takes) or without it (what we take and the
program refuses). A difference that vanishes fails the run, as does one that appears.
"""

from __future__ import annotations

_TRUE = "the program asks at no time that counts: whoever was withdrawn at all, it refuses, before or after"
_DELTA = "OpenSSL uses a delta only where certificate or list have freshestCRL, though -use_deltas is given"
_DER = "it reads the extension with a decoder that takes BER or passes over the rest; RFC 5280 §4.2 wants DER"
_POLICY_VALUE = "OpenSSL takes a policy extension that it cannot read for absent unless policies are checked strictly"
_FIRST = "it follows the first issuer that looks right and tries no other (RFC 4158 §2.3 says how to go on)"
_WHEN = "the date comes with the anchor from its list; the program was not told it"
_ANCHOR = "RFC 5280 §6.1.1 d takes only name and key of an anchor; RFC 5937 lets its extensions count, as we do"

OPENSSL_TAKES: dict[str, str] = {
    "withdrawn_in_a_delta": _DELTA,
    "withdrawn_in_an_indirect_list": "the list of the certificate's own issuer is good and is found first",
    "line_with_a_reason_that_is_none": "reason 7 is not used (§5.3.1); OpenSSL keeps the number and does not look",
    "list_whose_scope_cannot_be_read": "OpenSSL notes the damage of the extension and goes on with the list",
    "answer_without_an_end_too_old": "RFC 6960 §4.2.2.1 leaves the age open; OpenSSL asks for one with -status_age",
    "answer_not_understood": "OpenSSL passes over critical extensions of an answer; RFC 6960 §4.4 wants them known",
    "responder_whose_key_may_not_sign": "OpenSSL looks at the responder's purpose and not at its key usage",
    "responder_withdrawn": "`openssl ocsp` does not ask about the responder itself (§4.2.2.2.1)",
    "responder_nobody_vouches_for": "the same",
    "inhibit_any_policy_negative": _POLICY_VALUE,
    "inhibit_any_policy_of_another_type": _POLICY_VALUE,
    "policy_mapping_without_its_end": _POLICY_VALUE,
    "name_constraints_with_trailing_octets": _DER,
    "basic_constraints_with_a_second_truth": _DER,
    "unknown_extension_twice": "OpenSSL notices a second instance only of extensions that it reads",
    "issuer_of_version_1_with_extensions": "OpenSSL checks the version only under -x509_strict",
    "netscape_type_critical": "OpenSSL still processes Netscape's own purposes",
    "anchor_is_no_authority": _ANCHOR,
    "listed_until_a_day_before": _WHEN,
    "too_many_authorities": "OpenSSL follows up to 100 authorities; we follow `limits.PATH_LENGTH`",
    "excluded_address_in_capitals": "OpenSSL compares local parts exactly; we do not tell such addresses apart",
    "address_that_is_not_ascii": "OpenSSL compares the octets of the host only; RFC 5280 allows ASCII only",
    "every_address_excluded": "an empty rfc822Name excludes nothing for OpenSSL; BR §7.1.5 means all",
    "excluded_host_with_a_dot_at_its_end": "OpenSSL compares hosts as texts; the DNS takes them for one",
    "web_address_at_a_number": "§4.2.1.10: a URI whose host is an address must be rejected where URIs are constrained",
    "signed_with_dsa": "DSA of 2048 bits has 112 bits of security for OpenSSL; FIPS 186-5 has withdrawn it",
    "key_that_makes_no_signatures": "`verify` judges certificates; that the key cannot sign shows when it should",
}
"""Wrong chains that `openssl verify -purpose smimesign` or `openssl ocsp` takes."""

OPENSSL_REFUSES: dict[str, str] = {
    "key_stolen_before_it_was_noticed": _TRUE,
    "withdrawn_before_and_not_after": _TRUE,
    "answered_that_it_was_withdrawn_before": _TRUE,
    "withdrawn_in_an_old_list": "with -crl_check a list that has run out is a failure; here as in our strict mode",
    "hold_that_nobody_lifts": _DELTA,
    "hold_lifted_in_an_outdated_delta": _DELTA,
    "hold_lifted_in_a_delta_of_another_list": _DELTA,
    "hold_lifted_by_somebody_else": _DELTA,
    "answer_in_a_digest_nobody_uses": "`openssl ocsp -respin` looks for the answer under SHA-1 only",
    "changed_below_ml_dsa": "ML-DSA came with OpenSSL 3.5",
    "signed_with_the_key_before_the_last": _FIRST,
    "authorities_in_a_circle": _FIRST,
    "expired_a_second_ago": "the last second of validity counts (RFC 5280 §4.1.2.5); for OpenSSL it is over then",
}
"""Good chains that it refuses."""

_GNUTLS_POLICY = "GnuTLS processes no policies at all"
_GNUTLS_CRITICAL = "GnuTLS does not process this policy extension and refuses it where it is critical"
_GNUTLS_FORM = "GnuTLS compares only some forms of constrained names (DNS, address, IP of the subject's own kind)"
_GNUTLS_USAGE = "GnuTLS checks the purpose, not the key usage of who signs mail"
_GNUTLS_PIN = "GnuTLS does not take a person's certificate for an anchor"

GNUTLS_TAKES: dict[str, str] = {
    "negative_path_length": "GnuTLS reads a negative path length as none",
    "policies_named_twice": _GNUTLS_POLICY,
    "no_purposes_at_all": "an empty list forbids nothing for GnuTLS; RFC 5280 §4.2.1.12 wants at least one",
    "inhibit_any_policy_negative": _GNUTLS_POLICY,
    "inhibit_any_policy_of_another_type": _GNUTLS_POLICY,
    "basic_constraints_with_a_second_truth": _DER,
    "key_usage_of_a_person_unreadable": _DER,
    "issuer_alternative_name_critical": "GnuTLS can read issuerAltName, and nothing follows from it",
    "anchor_is_no_authority": _ANCHOR,
    "listed_until_a_day_before": _WHEN,
    "too_many_authorities": "GnuTLS follows 16 certificates; we follow `limits.PATH_LENGTH`",
    "excluded_address_in_capitals": "GnuTLS compares local parts exactly; we do not tell such addresses apart",
    "address_hidden_in_the_subject": "GnuTLS looks at addresses in the subject only where there is no alternative name",
    "international_address_elsewhere": _GNUTLS_FORM,
    "international_address_at_an_excluded_host": _GNUTLS_FORM,
    "subject_outside_the_directory": _GNUTLS_FORM,
    "authority_outside_the_directory": _GNUTLS_FORM,
    "subject_with_another_order": _GNUTLS_FORM,
    "address_of_the_other_protocol": _GNUTLS_FORM,
    "constraint_of_a_form_nobody_compares": _GNUTLS_FORM,
    "address_that_is_not_ascii": _GNUTLS_FORM,
    "constraint_that_is_no_address": "GnuTLS takes it for an address that nobody has",
    "web_address_with_a_misleading_user": _GNUTLS_FORM,
    "signed_with_dsa": "the profile medium knows DSA of 2048 bits; FIPS 186-5 has withdrawn it",
    "policy_not_the_readers": _GNUTLS_POLICY,
    "policy_wanted_from_the_start": _GNUTLS_POLICY,
    "any_policy_inhibited_by_the_reader": _GNUTLS_POLICY,
    "encryption_half_of_an_rsa_pair": _GNUTLS_USAGE,
    "encryption_half_of_an_rsa_pair_with_data": _GNUTLS_USAGE,
    "encryption_half_of_an_ec_pair": _GNUTLS_USAGE,
    "encryption_half_of_an_ec_pair_that_only_encrypts": _GNUTLS_USAGE,
    "key_for_certificates_only": _GNUTLS_USAGE,
    "key_for_lists_only": _GNUTLS_USAGE,
    "key_for_nothing": _GNUTLS_USAGE,
    "key_that_makes_no_signatures": _GNUTLS_USAGE,
}
"""Wrong chains that `certtool --verify` takes."""

GNUTLS_REFUSES: dict[str, str] = {
    "signed_by_itself_and_changed": _GNUTLS_PIN,
    "vouches_for_itself": _GNUTLS_PIN,
    "pinned_person_expired": _GNUTLS_PIN,
    "changed_below_brainpool": "GnuTLS has no brainpool curves",
    "changed_below_ml_dsa": "ML-DSA came with GnuTLS 3.8.9",
    "signed_over_sha1_with_pss": "GnuTLS wants a salt as long as the digest (RFC 4055 §3.1 recommends it)",
    "signed_with_the_key_before_the_last": _FIRST,
    "authorities_in_a_circle": _FIRST,
    "self_issued_does_not_lengthen_the_path": "GnuTLS counts self-issued certificates too; §6.1.4 l does not",
    "international_address_of_somebody_else": "certtool compares no SmtpUTF8Mailbox (RFC 9598)",
    "international_address_in_capitals": "certtool compares no SmtpUTF8Mailbox (RFC 9598)",
    "policy_constraints_negative": _GNUTLS_CRITICAL,
    "policy_mapping_without_its_end": _GNUTLS_CRITICAL,
    "policy_required_and_absent": _GNUTLS_CRITICAL,
    "policy_required_and_another": _GNUTLS_CRITICAL,
    "any_policy_mapped": _GNUTLS_CRITICAL,
    "mapping_inhibited": _GNUTLS_CRITICAL,
    "any_policy_inhibited": _GNUTLS_CRITICAL,
    "mapping_inhibited_by_the_reader": _GNUTLS_CRITICAL,
    "policy_required_by_the_person": _GNUTLS_CRITICAL,
    "policy_lost_on_the_way": _GNUTLS_CRITICAL,
    "policy_required_two_further_down": _GNUTLS_CRITICAL,
    "policy_mapped_away": _GNUTLS_CRITICAL,
    "policy_mapped_from_any": _GNUTLS_CRITICAL,
    "any_policy_inhibited_further_down": _GNUTLS_CRITICAL,
}
"""Good chains that it refuses."""

_GPGSM_LIST = "gpgsm leaves purposes, addresses and sizes to its caller; its listing judges chain, dates and usage"
_GPGSM_DIGEST = "gpgsm warns of old digests when it verifies a message and still follows chains signed over them"
_GPGSM_BROKEN = "gpgsm treats an extension it cannot read as absent"
_GPGSM_POLICY = "gpgsm compares policies with its own file policies.txt, not along the path"
_GPGSM_ONCE = "gpgsm looks for a second instance of no extension"
_GPGSM_CA = "with `relax` in trustlist.txt gpgsm does not ask whether an anchor is an authority"

GPGSM_TAKES: dict[str, str] = {
    "two_signature_algorithms": "gpgsm reads only one of the two identifiers; RFC 5280 §4.1.1.2 wants them alike",
    "signed_over_md5": _GPGSM_DIGEST,
    "signed_over_sha1": _GPGSM_DIGEST,
    "signed_over_sha1_with_ecdsa": _GPGSM_DIGEST,
    "authority_signed_over_sha1": _GPGSM_DIGEST,
    "negative_path_length": _GPGSM_BROKEN,
    "key_usage_unreadable": _GPGSM_BROKEN,
    "key_usage_of_a_person_unreadable": _GPGSM_BROKEN,
    "alternative_names_unreadable": _GPGSM_BROKEN,
    "alternative_name_of_no_form": _GPGSM_BROKEN,
    "purposes_of_a_person_unreadable": _GPGSM_BROKEN,
    "no_purposes_at_all": _GPGSM_BROKEN,
    "basic_constraints_with_a_second_truth": _DER,
    "policies_named_twice": _GPGSM_POLICY,
    "policy_not_the_readers": _GPGSM_POLICY,
    "policy_wanted_from_the_start": _GPGSM_POLICY,
    "any_policy_inhibited_by_the_reader": _GPGSM_POLICY,
    "extension_twice": _GPGSM_ONCE,
    "alternative_names_twice": _GPGSM_ONCE,
    "unknown_extension_twice": _GPGSM_ONCE,
    "issuer_of_version_1_with_extensions": "gpgsm does not look at the version",
    "pinned_person_issues": _GPGSM_CA,
    "anchor_is_no_authority": _GPGSM_CA,
    "anchor_may_not_sign_certificates": "gpgsm looks for keyCertSign in its check of usages only, not along a path",
    "authority_may_not_sign_certificates": "the same",
    "upper_authority_may_not_sign_certificates": "the same",
    "listed_until_a_day_before": _WHEN,
    "too_many_authorities": "gpgsm follows 50 certificates; we follow `limits.PATH_LENGTH`",
    "anchor_key_short": _GPGSM_LIST,
    "authority_key_short": _GPGSM_LIST,
    "authority_rsa_key_short": _GPGSM_LIST,
    "anchor_ec_key_short": _GPGSM_LIST,
}
"""Wrong chains that gpgsm's listing with validation takes."""

GPGSM_REFUSES: dict[str, str] = {
    "name_constraints_unreadable": "gpgsm does not process name constraints and refuses them where they are critical",
    "name_constraints_with_trailing_octets": "the same",
    "policy_constraints_negative": "gpgsm does not process this policy extension and refuses it where it is critical",
    "inhibit_any_policy_negative": "the same",
    "inhibit_any_policy_of_another_type": "the same",
    "policy_mapping_without_its_end": "the same",
    "changed_below_ed25519": "gpgsm 2.2 has no EdDSA in certificates",
    "changed_below_ed448": "gpgsm 2.2 has no EdDSA in certificates",
    "changed_below_ml_dsa": "gpgsm has no ML-DSA",
    "self_issued_does_not_lengthen_the_path": "gpgsm counts self-issued certificates too; §6.1.4 l does not",
    "authorities_in_a_circle": _FIRST,
    "signed_over_sha1_with_pss": "gpgsm wants the salt as long as the digest",
}
"""Good chains that it refuses, of those it is asked about."""
