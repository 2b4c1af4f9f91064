"""How an authority was set up: what `init` was told, kept for everything it issues."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from letterlock.authority.profiles import Addresses


@dataclass(frozen=True)
class Settings:
    """Kept as JSON in the store.

    `url` is the place under which lists, certificates and answers are published, without a slash at its end; empty
    where there is none. `root_kept` says whether the root's key is in the vault, `token` on which
    token the issuing key is; empty: in the vault.
    """

    organisation: str
    country: str = ""
    domains: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    url: str = ""
    root_kept: bool = True
    person_days: int = 730
    crl_days: int = 7
    issuing_key: str = ""
    root_key: str = ""
    token: str = ""

    def json(self) -> dict[str, Any]:
        """As kept."""
        return asdict(self)

    @classmethod
    def of(cls, found: Any) -> Settings | None:
        """What was kept; None where it is something else."""
        if not isinstance(found, dict) or not found.keys() <= set(cls.__dataclass_fields__):
            return None
        for name in ("domains", "policies"):
            found[name] = tuple(found.get(name, ()))
        return cls(**found)

    def person_addresses(self) -> Addresses:
        """What people's certificates name."""
        if not self.url:
            return Addresses()
        return Addresses(crl=f"{self.url}/issuing.crl", ocsp=f"{self.url}/ocsp", issuer=f"{self.url}/issuing.cer")

    def issuing_addresses(self) -> Addresses:
        """What the issuing authority's certificate names: the root answers no OCSP requests, its key is offline."""
        if not self.url:
            return Addresses()
        return Addresses(crl=f"{self.url}/root.crl", issuer=f"{self.url}/root.cer")
