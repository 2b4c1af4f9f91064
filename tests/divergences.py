"""Where our verdict on a message of another project differs from what that project expects, on purpose.

One list, each entry with its reason. A test fails when an entry no longer diverges, so that nothing stale stays.
"""

from __future__ import annotations

VALID_THOUGH_CALLED_BAD: dict[str, str] = {
    "thunderbird/mailnews/test/data/smime/alice.future.dsig.SHA256.multipart.eml": (
        "Signature, chain and address are good; the Date header lies six hours after signingTime. Thunderbird refuses "
        "a difference of more than an hour. RFC 8551 §2.5.1 makes signingTime a claim of the signer, and drafts that "
        "are sent later differ honestly; we say it as a remark (signing_time_differs)."
    ),
}
"""Messages that the other project's own program calls bad and we call valid."""

_SMIME = "thunderbird/mailnews/test/data/smime/"
_AROUND_CIPHERTEXT = (
    "Dave signs what Alice encrypted. Thunderbird tells his signature alone, and that nothing was encrypted. Whoever "
    "signs a ciphertext need not know what is in it: it is decrypted, and the signature is `partial`."
)
_INNERMOST_DECIDES = (
    "Alice's signature inside Dave's. Thunderbird judges the outermost one: the text is Dave's, who is in From. Here "
    "the innermost one decides whose text it is, and Alice is not in From: `mismatch`."
)
_SIGNATURE_TOLD = (
    "A signature around the encryption, broken or by whom it does not help. Thunderbird says nothing of it, because it "
    "shows only the encryption; here it is told, and never `valid`."
)

THUNDERBIRD: dict[str, str] = {
    **VALID_THOUGH_CALLED_BAD,
    **{
        f"{_SMIME}alice.env.{inner}.{sha}.{form}.dave.sig.{sha}.opaque.eml": _AROUND_CIPHERTEXT
        for inner, form in (("dsig", "multipart"), ("sig", "opaque"))
        for sha in ("SHA1", "SHA256", "SHA384", "SHA512")
    },
    **{
        f"{_SMIME}alice.plain.sig.{sha}.opaque.dave.sig.{sha}.opaque.eml": _INNERMOST_DECIDES
        for sha in ("SHA256", "SHA384", "SHA512")
    },
    **{
        f"{_SMIME}alice.env.{form}.eml": _SIGNATURE_TOLD
        for sha in ("SHA1", "SHA256", "SHA384", "SHA512")
        for form in (f"dsig.{sha}.multipart", f"sig.{sha}.opaque")
    },
    "thunderbird/mailnews/test/data/smime-manual/outer-smime-bad-sig-inner-smime-enc.eml": _SIGNATURE_TOLD,
}
"""Rows of Thunderbird's application tests of whose signature or encryption we say something else."""

PKITS_MAIL: dict[str, str] = {
    "SignedValidDSAParameterInheritanceTest5.eml": (
        "The authority's DSA key has no parameters of its own (RFC 3279 §2.3.2), and the library cannot load it."
    ),
}
"""Messages of NIST PKITS whose verdict differs from the suite's document. (SignedValidonlySomeReasonsTest18.eml carries
the certificate of test 19 and is signed with it; with that one the path is valid just the same.)"""

_NO_CONTENT_TYPE = (
    "Signed in 2001 without contentType, which RFC 5652 §5.3 requires where there are signed attributes; OpenSSL "
    "refuses it too. Without it a signature made for one type of content passes for one over another."
)

CRYPTOGRAPHY: dict[str, str] = {
    **VALID_THOUGH_CALLED_BAD,
    "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test/validator.shortKey.eml": (
        "An RSA key of 512 bits, which anybody factors in an afternoon: a signature under it says nothing, so none "
        "below 1024 bits is computed. Bouncy Castle confirms it and adds a notice."
    ),
    "gnupg/tests/cms/text-1.dsig.pem": _NO_CONTENT_TYPE,
    "gnupg/tests/cms/text-1.osig.pem": _NO_CONTENT_TYPE,
    "gnupg/tests/cms/text-2.osig.pem": _NO_CONTENT_TYPE,
    "mbedtls/data_files/pkcs7_data_cert_signed_v2.der": (
        "Mbed TLS reads SignedData version 1 alone. The version is 2 here with nothing that asks for it; RFC 5652 §5.1 "
        "has several versions, no decision depends on them, and everybody else reads it."
    ),
    "mbedtls/data_files/pkcs7_data_cert_signeddata_sha256.der": (
        "A SignedData without the ContentInfo around it. Mbed TLS takes both; RFC 5652 §3 wants the ContentInfo, and "
        "mail always has it."
    ),
    "mbedtls/data_files/pkcs7_data_multiple_certs_signed.der": (
        "Mbed TLS supports one certificate at most. Real mail carries the chain, and which certificates come along "
        "decides nothing about the signature."
    ),
    "openssl/test/smime-eml/SignedInvalidMappingFromanyPolicyTest7.eml": (
        "Its certificate path is what is invalid, under one setting of policies; the signature is intact. The path is "
        "judged by the PKITS rows and `tests/trust`."
    ),
}
"""Rows of `expected.json` of which the engine says something else than their makers (`tests/cms/test_cms_expected.py`).
"""


_VALIDATOR = "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test/validator."
_MD5 = (
    "The root has signed the signer's certificate with MD5, for which a rogue CA certificate was made in 2008. Bouncy "
    "Castle's test of 2006 accepts it; we never do, also under the legacy policy."
)

BAD_THOUGH_CALLED_VALID: dict[str, str] = {
    _VALIDATOR + "validMail.eml": _MD5,
    _VALIDATOR + "longValidity.eml": _MD5,
    _VALIDATOR + "shortKey.eml": (
        "The signer has an RSA key of 512 bits, which anybody can factor in hours; the library does not compute with "
        "it. Bouncy Castle only notes it."
    ),
}
"""Messages that the other project calls valid and we do not."""

_ENCODED_MESSAGE = (
    "A message/rfc822 part in base64, which RFC 2046 §5.2.1 forbids: we show it as a file, decoded when it is fetched; "
    "mime4j reads the message inside. What is in it speaks for nothing either way, for it is an attachment."
)
_NO_HEADER = (
    "A line that is no field, in a header section: here it is skipped, or everything is body where there was no field "
    "at all; there the body starts after or at it. Readers differ, so the entity is marked `header_malformed`, and no "
    "signature around it is `valid`."
)
_LONG_BOUNDARY = (
    "A boundary of thousands of characters. RFC 2046 §5.1.1 allows 70; beyond 200 we take none, so that no line is "
    "searched for kilobytes, and what would be a signature in there is no signature here."
)

MIME_TREES: dict[str, str] = {
    "mimetools-testmsgs/multi-2gifs-base64.msg": _ENCODED_MESSAGE,
    "testmsgs/bad-newlines-multiple-parts-base64.msg": _ENCODED_MESSAGE,
    "testmsgs/base64encoded-rfc822message-nested.msg": _ENCODED_MESSAGE,
    "testmsgs/base64encoded-rfc822message.msg": _ENCODED_MESSAGE,
    "testmsgs/ending-boundaries.msg": (
        "Delimiters with words after them on their line, which RFC 2046 §5.1.1 lets a reader accept and most do not. "
        "The multipart is marked `ambiguous_delimiter`, and no signature around it is `valid`."
    ),
    "testmsgs/malformedHeader-noheader.msg": _NO_HEADER,
    "testmsgs/malformedHeaderStartsBody-nocrlfcrlf.msg": _NO_HEADER,
    "testmsgs/malformedHeaderStartsBody-noheader.msg": _NO_HEADER,
    "testmsgs/very-long-boundary.msg": _LONG_BOUNDARY,
    "testmsgs/very-very-long-boundary.msg": _LONG_BOUNDARY,
    "testmsgs/weird-boundary.msg": (
        "A boundary that ends in spaces, which RFC 2046 §5.1.1 forbids, and lines with one space less. We take "
        "trailing white space for padding, as that section says of delimiter lines; it is marked."
    ),
}
"""Messages of Apache James mime4j that our reader takes apart otherwise (`tests/mime/test_mime_trees.py`)."""
