"""EnvelopedData (RFC 5652 §6), AuthEnvelopedData (RFC 5083), EncryptedData (RFC 5652 §8): reading and decrypting.

The recipients stand before the content, so the content key is known when the first encrypted octet comes, and the
content is decrypted as it arrives. What authenticates it (a tag, a padding) stands after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice, product

from letterlock import limits
from letterlock.cms import attributes, ber, content_types, der, key_encryption, recipients, schema
from letterlock.cms import schema_enveloped as wire
from letterlock.cms.attributes import Attribute
from letterlock.cms.content_encryption import Cipher, Decryption, cipher
from letterlock.cms.failures import (
    CmsMalformed,
    ContentTypeNotSupported,
    DecryptionFailed,
    DecryptionFailure,
    EncryptedContentMissing,
    EncryptionNotSupported,
    NoRecipientKey,
)
from letterlock.cms.identifiers import KeyIdentifier
from letterlock.cms.oids import dotted
from letterlock.cms.recipients import Password, Recipient, RecipientKey
from letterlock.cms.schema import Algorithm
from letterlock.errors import KeyUnavailable

_CONTENT = (0x30, 0xA0, 0x30, 0x30, 0x80)
"""ContentInfo, content, EnvelopedData (or its like), encryptedContentInfo, encryptedContent."""

_RECIPIENTS_NAMED = 10
"""How many recipients a failure names; more help nobody."""


@dataclass(frozen=True)
class Decrypted:
    """Content that was decrypted whole.

    `content_type` is what the object says the content is: nobody vouches for it unless `authenticated`.
    `authenticated` says that whoever made the content knew its key, and that it is complete and unchanged since;
    without it anybody on the way can have changed the content (RFC 5652 §6, "EFAIL"). It names no sender either way.
    `weak` names what is no longer strong enough ("3DES", "RSA 1024"). `recipient` and `key` are the entry and the key
    that opened it, None for EncryptedData. `attributes` are authenticated ones, none where there are none.
    """

    content_type: str
    algorithm: str
    key_encryption: str
    authenticated: bool
    weak: tuple[str, ...]
    recipient: Recipient | None
    key: RecipientKey | None
    attributes: tuple[Attribute, ...]


class _Reader:
    """What the readers of encrypted content have in common."""

    _TYPES: frozenset[str]

    def __init__(self, content: Callable[[bytes], None]) -> None:
        self._content = content
        self._type = ""
        self._decryption: Decryption | None = None
        self._reader = ber.BerReader(_CONTENT, self._decrypt, self._seen, begins=self._begin)

    def feed(self, data: bytes) -> None:
        """More octets (base64 already removed).

        Raises:
            ContentTypeNotSupported: as soon as the type is known and is another one.
            DecryptionFailure: as soon as it is known that the content cannot be decrypted; `NoRecipientKey` and
                `EncryptionNotSupported` before anything went to the sink.
            CmsFailure: the octets are not CMS, or beyond a limit.
            After a failure the reader is of no use any more.
        """
        self._reader.feed(data)

    def _seen(self, depth: int, oid: bytes) -> None:
        if depth == 1:
            found = dotted(oid)
            if found is None:
                raise CmsMalformed("ContentInfo")
            if found not in self._TYPES:
                raise ContentTypeNotSupported(found, content_types.content_type_name(found))
            self._type = found

    def _begin(self, so_far: bytes) -> None:
        raise NotImplementedError

    def _decrypt(self, octets: bytes) -> None:
        assert self._decryption is not None
        self._decryption.update(octets)

    def _check_content(self, info: wire.EncryptedContentInfo) -> Decryption:
        if (info.encrypted_content is not None) != self._reader.diverted:
            raise CmsMalformed("EncryptedContentInfo")
        if self._decryption is None:
            raise EncryptedContentMissing
        return self._decryption


class EnvelopedReader(_Reader):
    """Reads one ContentInfo of type enveloped-data or authEnveloped-data, in BER or DER, in chunks cut anywhere.

    Octets for `content` are **not yet good** when they come: a wrong key, a changed octet or a missing end shows only
    in `close`. The sink must be a place that nothing gets out of (a sealed spool), and the caller discards what is in
    it when `feed` or `close` raises.

    Args:
        content: gets the decrypted octets as they arrive, in order; they are not kept here.
        keys: whatever may open it, in the order in which to try.
    """

    _TYPES = frozenset({content_types.ENVELOPED_DATA, content_types.AUTH_ENVELOPED_DATA})

    def __init__(self, content: Callable[[bytes], None], keys: Iterable[RecipientKey]) -> None:
        super().__init__(content)
        self._keys = tuple(keys)

    def close(self) -> Decrypted:
        """No more octets come: settles whether what went to the sink is the content.

        Raises:
            DecryptionFailed: it is not; which step failed is not said, to nobody.
            DecryptionFailure, CmsFailure: as `feed`; `CmsTruncated` where the object is not complete.
        """
        encoded = self._reader.close()
        envelope = schema.decode(wire.EnvelopedContentInfo, encoded, "EnvelopedData").content
        info = envelope.encrypted_content_info
        authenticated = self._type == content_types.AUTH_ENVELOPED_DATA
        if (envelope.mac is not None) != authenticated:
            raise CmsMalformed("AuthEnvelopedData" if authenticated else "EnvelopedData")
        decryption = self._check_content(info)
        fields = [schema.octets(each) for each in envelope.attributes or ()] if authenticated else []
        # RFC 5083 §2.2: what is authenticated is the set in DER, with the tag of a SET OF.
        decryption.finish(envelope.mac, der.value(0x31, b"".join(sorted(fields))) if fields else b"")
        content_type = info.content_type.dotted_string
        authentic = tuple(attributes.read(each) for each in fields)
        if self._cipher.authenticated:
            _check_content_type(authentic, content_type)
        return Decrypted(
            content_type=content_type,
            algorithm=self._cipher.name,
            key_encryption=key_encryption.name(self._recipient),
            authenticated=self._cipher.authenticated,
            weak=(*self._cipher.weak, *key_encryption.weak(self._recipient)),
            recipient=self._recipient,
            key=self._key,
            attributes=authentic,
        )

    def _begin(self, so_far: bytes) -> None:
        """The content starts: everything that is needed to decrypt it was read."""
        envelope = schema.decode(wire.EnvelopedContentInfo, so_far, "EnvelopedData").content
        algorithm = Algorithm.read(envelope.encrypted_content_info.content_encryption_algorithm, "EnvelopedData")
        among = recipients.read(schema.octets(envelope.recipient_infos))
        self._cipher: Cipher = cipher(algorithm, separate_tag=self._type == content_types.AUTH_ENVELOPED_DATA)
        content_key, self._recipient, self._key = _open(among, self._keys, self._cipher.key_octets)
        self._decryption = self._cipher.start(content_key, self._content)


class EncryptedReader(_Reader):
    """Reads one ContentInfo of type encrypted-data with a key that is known: as `EnvelopedReader`, the same warning.

    Args:
        content: gets the decrypted octets as they arrive, in order; nothing is settled before `close`.
        key: the content key.
    """

    _TYPES = frozenset({content_types.ENCRYPTED_DATA})

    def __init__(self, content: Callable[[bytes], None], key: bytes) -> None:
        super().__init__(content)
        self._key = key

    def close(self) -> Decrypted:
        """No more octets come: settles whether what went to the sink is the content.

        Raises:
            DecryptionFailed: it is not.
            DecryptionFailure, CmsFailure: as `feed`; `CmsTruncated` where the object is not complete.
        """
        encoded = self._reader.close()
        info = schema.decode(wire.EncryptedDataContentInfo, encoded, "EncryptedData").content.encrypted_content_info
        self._check_content(info).finish(None, b"")
        return Decrypted(
            content_type=info.content_type.dotted_string,
            algorithm=self._cipher.name,
            key_encryption="",
            authenticated=self._cipher.authenticated,
            weak=self._cipher.weak,
            recipient=None,
            key=None,
            attributes=(),
        )

    def _begin(self, so_far: bytes) -> None:
        info = schema.decode(wire.EncryptedDataContentInfo, so_far, "EncryptedData").content.encrypted_content_info
        algorithm = Algorithm.read(info.content_encryption_algorithm, "EncryptedData")
        self._cipher: Cipher = cipher(algorithm, separate_tag=False)
        if len(self._key) != self._cipher.key_octets:
            raise DecryptionFailed
        self._decryption = self._cipher.start(self._key, self._content)


def _open(
    among: tuple[Recipient, ...], keys: tuple[RecipientKey, ...], octets: int
) -> tuple[bytes, Recipient, RecipientKey]:
    """The content key, from the first entry that one of the keys opens.

    Raises:
        NoRecipientKey: no entry is for any of the keys; its cause is a `KeyUnavailable` where one may be for a key
            that cannot be tried now.
        EncryptionNotSupported: no entry is of a kind that any key could open.
        KeyUnavailable: an entry is for a key that cannot be used now, and none of the others opens.
        DecryptionFailure: the first failure, where entries are for our keys and none of them opens.
    """
    failure: DecryptionFailure | None = None
    unavailable: KeyUnavailable | None = None
    failed = passwords = 0
    for recipient, key in product(among, keys):
        if failed >= limits.CMS_KEYS_TRIED:
            break
        if isinstance(recipient, Password) and passwords >= limits.CMS_PASSWORDS_TRIED:
            continue  # each costs what its sender chose
        try:
            found = key.unwrap(recipient, octets)
        except DecryptionFailure as reason:
            failure = failure or reason
            failed += 1
            passwords += isinstance(recipient, Password)
        except KeyUnavailable as reason:
            # Another of our keys may be at hand.
            unavailable = unavailable or reason
            failed += 1
        else:
            if found is not None:
                return found, recipient, key
    if unavailable is not None:
        raise unavailable
    if failure is not None:
        raise failure
    # Outlook 2010 invents key identifiers, and certificates are renewed with the same key: in the end the keys are
    # tried. Entries with key identifiers first, because there are few.
    doubtful = sorted(among, key=lambda recipient: not isinstance(getattr(recipient, "rid", None), KeyIdentifier))
    for recipient, key in islice(product(doubtful, keys), limits.CMS_KEYS_TRIED):
        try:
            found = key.unwrap(recipient, octets, trying=True)
        except KeyUnavailable as reason:
            unavailable = unavailable or reason
            continue
        if found is not None:
            return found, recipient, key
    raise _nobody(among) from unavailable


def _nobody(among: tuple[Recipient, ...]) -> DecryptionFailure:
    """Why none of the entries was opened by any of the keys."""
    first: DecryptionFailure | None = None
    for recipient in among:
        try:
            key_encryption.check_supported(recipient)
        except EncryptionNotSupported as failure:
            first = first or failure
        else:
            named = among[:_RECIPIENTS_NAMED]
            return NoRecipientKey(tuple(recipients.text(recipient) for recipient in named), len(among))
    return first or NoRecipientKey((), 0)


def _check_content_type(authentic: tuple[Attribute, ...], content_type: str) -> None:
    """What is authenticated says the content's type, because the field itself is not.

    RFC 5083 §2.1, RFC 5652 §11.1: where there is no such attribute the content is id-data. Without that rule anybody
    on the way could call a text a signed object, or the other way round.
    """
    if content_type != content_types.DATA and all(each.oid != attributes.CONTENT_TYPE for each in authentic):
        raise DecryptionFailed
    for attribute in authentic:
        if attribute.oid == attributes.CONTENT_TYPE and (
            len(attribute.values) != 1 or dotted(der.contents(attribute.values[0], "contentType")) != content_type
        ):
            raise DecryptionFailed
