"""Keys that a dealer shared among parties, and decryption by enough of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

import numpy as np

from .. import _native
from .._checks import Buffer, as_bytes, as_count
from .._progress import Progress, reporting
from . import _array, _keys, _packed

Session: TypeAlias = str | Buffer


def deal(
    parties: Iterable[str],
    threshold: int,
    *,
    dealer: str,
    bits: int = 3072,
    fraction_bits: int = 40,
    value_bits: int = 88,
    secret_key: _keys.SecretKey | None = None,
    progress: Progress = False,
) -> tuple[ThresholdSetup, list[KeyShare]]:
    """Makes a key and shares it: any `threshold` of the parties decrypt together, fewer cannot.

    Whoever calls this is the dealer and knows the whole key while it runs: it could decrypt everything alone. Each share
    goes to its party on a private channel and is then deleted here; the set-up goes to everybody.

    Takes seconds, and by chance several times as long for some keys: the primes are safe primes. Ctrl-C stops it.

    Args:
        parties: the names of those who get a share, in the order of their numbers from 1; at most 255.
        threshold: how many of them decrypt together, at least 2.
        dealer: the name of the dealer, which becomes part of the set-up.
        bits: size of the modulus: 2048, 3072 or 4096.
        fraction_bits: as for `generate_keypair`.
        value_bits: as for `generate_keypair`.
        secret_key: a key of safe primes to share in place of a new one; the sizes are then its own. Who keeps it decrypts
            alone.
        progress: True for a bar, or a function of ``(done, total)``.

    Returns:
        The set-up, whose `public_key` encrypts, and the shares of the key in the order of the parties.

    Raises:
        ParameterError: sizes or names that are not allowed, a threshold outside 2 to the number of parties, a secret key
            that is not of safe primes.

    >>> setup, (north, south, registry) = deal(["north", "south", "registry"], 2, dealer="trust centre", bits=2048)
    >>> setup
    ThresholdSetup(dealer='trust centre', parties=3, threshold=2, key='...')
    >>> sums = setup.public_key.encrypt([120, -7]) + setup.public_key.encrypt([3, 4])
    >>> shares = [share.decryption_share(sums, session="quarter 3") for share in (north, registry)]
    >>> setup.combine(sums, shares, session="quarter 3")
    array([123,  -3])
    """
    names = [_name(party, "parties") for party in parties]
    sizes = as_count(bits, "bits"), as_count(fraction_bits, "fraction_bits"), as_count(value_bits, "value_bits")
    if secret_key is not None and not isinstance(secret_key, _keys.SecretKey):
        raise TypeError("secret_key: must be a SecretKey")
    key = None if secret_key is None else secret_key._handle
    count = as_count(threshold, "threshold")
    with reporting(progress, "deal") as report:
        public, made, shares = _native.paillier_deal(sizes, key, _name(dealer, "dealer"), names, count, report)
    setup = ThresholdSetup._wrap(made, _keys.PublicKey._wrap(public))
    return setup, [KeyShare._wrap(share, setup) for share in shares]


class ThresholdSetup:
    """Who shares a key: its public key, the dealer, the parties, the threshold, and what proves the parties' shares.

    Public, and to be authenticated like a public key: compare `id` with the other parties. Its dealer is trusted for all
    of it.
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PaillierThresholdSetup
    _public_key: _keys.PublicKey

    def __init__(self) -> None:
        raise TypeError("use deal or ThresholdSetup.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.PaillierThresholdSetup, public_key: _keys.PublicKey) -> ThresholdSetup:
        setup = object.__new__(cls)
        setup._handle, setup._public_key = handle, public_key
        return setup

    @classmethod
    def from_bytes(cls, data: Buffer, public_key: _keys.PublicKey) -> ThresholdSetup:
        """Reads and validates an encoded set-up.

        Raises:
            EncodingError: bytes that are not a set-up.
            ParameterError: the set-up of another key.
        """
        _keys.require_key(public_key)
        handle = _native.PaillierThresholdSetup.from_bytes(as_bytes(data, "data"), public_key._handle)
        return cls._wrap(handle, public_key)

    def to_bytes(self) -> bytes:
        """The canonical encoding, without the public key."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def public_key(self) -> _keys.PublicKey:
        """The key that encrypts."""
        return self._public_key

    @property
    def dealer(self) -> str:
        """Who dealt the shares and could decrypt everything alone."""
        return self._handle.dealer

    @property
    def parties(self) -> tuple[str, ...]:
        """Who has a share, in the order of their numbers from 1."""
        return tuple(self._handle.parties)

    @property
    def threshold(self) -> int:
        """How many parties decrypt together."""
        return self._handle.threshold

    @property
    def id(self) -> str:
        """The hash of everything in it, 64 hexadecimal digits."""
        return self._handle.id.hex()

    def combine(
        self,
        encrypted: _array.EncryptedArray | _packed.PackedArray,
        shares: Iterable[DecryptionShare],
        *,
        session: Session,
        progress: Progress = False,
    ) -> Any:
        """The numbers in the clear, from the shares of at least `threshold` parties.

        Args:
            encrypted: the array that the shares were made for.
            shares: one of each party; more than needed is fine.
            session: what the parties called this decryption.
            progress: True for a bar, or a function of ``(done, total)``.

        Returns:
            As `SecretKey.decrypt`.

        Raises:
            CryptoError: wrong shares; `culprits` has the numbers of all parties whose share is wrong. Try again without
                them.
            ProtocolError: too few shares, or two of one party.
            ParameterError: an array that is encrypted under another key.
        """
        given = _require_encrypted(encrypted)
        handles = []
        for share in shares:
            if not isinstance(share, DecryptionShare):
                raise TypeError("shares: must be DecryptionShares")
            handles.append(share._handle)
        with reporting(progress, "combine") as report:
            values = self._handle.combine(given._handle, handles, _session(session), report)
        if isinstance(values, list):
            integers = np.empty(len(values), dtype=object)
            integers[:] = values
            return integers.reshape(given.shape)[()]
        return values.reshape(given.shape)[()]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ThresholdSetup) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        counts = f"parties={len(self.parties)}, threshold={self.threshold}"
        return f"ThresholdSetup(dealer={self.dealer!r}, {counts}, key={self.public_key.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return ThresholdSetup.from_bytes, (self.to_bytes(), self.public_key)


class KeyShare:
    """One party's share of a key. Secret: never printed or pickled; `to_bytes` writes it."""

    __slots__ = ("_handle", "_setup")
    _handle: _native.PaillierKeyShare
    _setup: ThresholdSetup

    def __init__(self) -> None:
        raise TypeError("use deal or KeyShare.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.PaillierKeyShare, setup: ThresholdSetup) -> KeyShare:
        share = object.__new__(cls)
        share._handle, share._setup = handle, setup
        return share

    @classmethod
    def from_bytes(cls, data: Buffer, setup: ThresholdSetup) -> KeyShare:
        """Reads an encoded share and checks that it fits the set-up.

        Raises:
            EncodingError: bytes that are not a share.
            CryptoError: a share that does not fit.
            ParameterError: a share of another set-up.
        """
        handle = _native.PaillierKeyShare.from_bytes(as_bytes(data, "data"), _require_setup(setup)._handle)
        return cls._wrap(handle, setup)

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its party only; Python cannot wipe the copy."""
        return self._handle.to_bytes()

    @property
    def party(self) -> int:
        """The number of the party, from 1."""
        return self._handle.party

    @property
    def setup(self) -> ThresholdSetup:
        """The set-up that it belongs to."""
        return self._setup

    def decryption_share(
        self, encrypted: _array.EncryptedArray | _packed.PackedArray, *, session: Session, progress: Progress = False
    ) -> DecryptionShare:
        """The party's share of the decryption of an array, with the proof that it is right.

        Know where the array comes from: whoever gets enough shares of it reads it.

        Args:
            encrypted: what is to be decrypted, the same ciphertexts at every party: write a result with `to_bytes` once,
                and let all parties read these bytes.
            session: what names this decryption, the same at every party: a share fits no other.
            progress: True for a bar, or a function of ``(done, total)``.

        Raises:
            ParameterError: an array that is encrypted under another key.
        """
        given = _require_encrypted(encrypted)
        with reporting(progress, "decryption share") as report:
            handle = self._handle.decryption_share(given._handle, _session(session), report)
        return DecryptionShare._wrap(handle, self._setup)

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("shares of a key are secret and not compared; compare party and setup")

    def __repr__(self) -> str:
        return f"KeyShare(party={self.party}, setup={self._setup.id[:8]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a share of a key is secret and is not pickled; write it with to_bytes where it must be")


class DecryptionShare:
    """One party's share of one decryption. It opens nothing without the others', so it may travel in the open."""

    __slots__ = ("_handle", "_setup")
    _handle: _native.PaillierDecryptionShare
    _setup: ThresholdSetup

    def __init__(self) -> None:
        raise TypeError("use KeyShare.decryption_share or DecryptionShare.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.PaillierDecryptionShare, setup: ThresholdSetup) -> DecryptionShare:
        share = object.__new__(cls)
        share._handle, share._setup = handle, setup
        return share

    @classmethod
    def from_bytes(cls, data: Buffer, setup: ThresholdSetup) -> DecryptionShare:
        """Reads an encoded share. Whether it is right is found out by `verify` and `ThresholdSetup.combine`.

        Raises:
            EncodingError: bytes that are not a share.
            ParameterError: a share of another set-up.
            ProtocolError: a party that has no share.
        """
        handle = _native.PaillierDecryptionShare.from_bytes(as_bytes(data, "data"), _require_setup(setup)._handle)
        return cls._wrap(handle, setup)

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def party(self) -> int:
        """Whose share it says it is."""
        return self._handle.party

    def verify(self, encrypted: _array.EncryptedArray | _packed.PackedArray, *, session: Session) -> None:
        """Checks that it is the right share of this decryption.

        Raises:
            CryptoError: it is not; `culprits` has the party.
        """
        self._handle.verify(self._setup._handle, _require_encrypted(encrypted)._handle, _session(session))

    def __repr__(self) -> str:
        return f"DecryptionShare(party={self.party}, setup={self._setup.id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return DecryptionShare.from_bytes, (self.to_bytes(), self._setup)


def _name(name: object, argument: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{argument}: names are text")
    return name


def _session(session: Session) -> bytes:
    return session.encode() if isinstance(session, str) else as_bytes(session, "session")


def _require_setup(setup: object) -> ThresholdSetup:
    if not isinstance(setup, ThresholdSetup):
        raise TypeError("setup: must be a ThresholdSetup")
    return setup


def _require_encrypted(encrypted: object) -> _array.EncryptedArray | _packed.PackedArray:
    if not isinstance(encrypted, (_array.EncryptedArray, _packed.PackedArray)):
        raise TypeError("encrypted: must be an EncryptedArray or a PackedArray")
    return encrypted
