"""What the keys of every form of ElGamal have in common: bytes, and that secrets are not shown, pickled or compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self


class PublicHandle(Protocol):
    """What every native public key offers."""

    @property
    def id(self) -> bytes: ...
    def to_bytes(self) -> bytes: ...


class SecretHandle(Protocol):
    """What every native secret key offers."""

    def to_bytes(self) -> bytes: ...


P = TypeVar("P", bound=PublicHandle)
S = TypeVar("S", bound=SecretHandle)


class Public(Generic[P]):
    """Encrypts. Made by `generate_keypair` or `from_bytes`; equal where the bytes are."""

    __slots__ = ("_handle",)
    _handle: P

    def __init__(self) -> None:
        raise TypeError(f"use generate_keypair or {type(self).__name__}.from_bytes")

    @classmethod
    def _wrap(cls, handle: P) -> Self:
        key = object.__new__(cls)
        key._handle = handle
        return key

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def key_id(self) -> str:
        """What names this key, in hexadecimal digits."""
        return self._handle.id.hex()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._handle.id == other._handle.id

    def __hash__(self) -> int:
        return hash(self._handle.id)

    def __repr__(self) -> str:
        return f"PublicKey(key={self.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)  # type: ignore[attr-defined]


K = TypeVar("K", bound=Public[Any])


class Secret(Generic[S, K]):
    """Decrypts. Never pickled, printed or compared; written only by `to_bytes`, wiped when the last reference goes."""

    __slots__ = ("_handle", "_public_key")
    _handle: S
    _public_key: K

    def __init__(self) -> None:
        raise TypeError("use generate_keypair or SecretKey.from_bytes")

    @classmethod
    def _of(cls, handle: S, public_key: K) -> Self:
        key = object.__new__(cls)
        key._handle = handle
        key._public_key = public_key
        return key

    def to_bytes(self) -> bytes:
        """The canonical encoding. Whoever has it can decrypt everything; Python cannot wipe the copy."""
        return self._handle.to_bytes()

    @property
    def public_key(self) -> K:
        """The public key that belongs to it."""
        return self._public_key

    def __repr__(self) -> str:
        return f"SecretKey(key={self._public_key.key_id[:8]!r})"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secret keys are not compared; compare their public_key")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret key is not pickled; write it with to_bytes where it must be written")


X = TypeVar("X", bound=Secret[Any, Any])


class Pair(Generic[X, K]):
    """A secret key and its public key."""

    __slots__ = ("_secret_key",)

    def __init__(self, secret_key: X) -> None:
        self._secret_key = secret_key

    @property
    def public_key(self) -> K:
        """For everybody who encrypts or computes."""
        public_key: K = self._secret_key.public_key
        return public_key

    @property
    def secret_key(self) -> X:
        """For the one who reads results."""
        return self._secret_key

    def __repr__(self) -> str:
        return f"Keypair(key={self.public_key.key_id[:8]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key pair holds a secret and is not pickled; send its public_key")
