"""Keys that several parties make together, and decryption by enough of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

from .. import _native, elgamal
from .._checks import Buffer, as_bytes, as_count, as_party, checked
from .._progress import Progress, reporting
from ..elgamal.additive._keys import sizes
from . import _local
from ._secure_sum import IdentityKey
from ._session import AnySession, Outgoing, messages


class DkgSetup:
    """What the parties of a key generation agree on before anything is sent. Every message is bound to it.

    A setup is never sent: it has no encoding, so that no party takes part in what another one chose. Every party makes its
    own from facts that it knows (the identities, compared out of band; the threshold; the number of the run) and compares
    `hash` with the others' over a channel that names its speakers, such as signatures under those identities. With a session
    drawn at random, one party draws it and tells the others.

    >>> keys = {number: IdentityKey.generate() for number in (1, 2, 3)}
    >>> facts = {"parties": {n: key.identity for n, key in keys.items()}, "threshold": 2, "session": bytes(32)}
    >>> mine, theirs = DkgSetup(**facts), DkgSetup(**facts)  # at two parties; the session in earnest: secrets.token_bytes(32)
    >>> said = keys[2].sign(theirs.hash, context=b"setup of the key of May")  # party 2 sends this
    >>> verify_signature(mine.parties[2], mine.hash, said, context=b"setup of the key of May")  # party 1 has the same setup

    Args:
        parties: the public identity of each party, by its number from 1; at most 255.
        threshold: how many parties decrypt together, at least 2. Up to ``threshold - 1`` of them learn nothing.
        session: 32 bytes that no other run ever used, the same at every party; drawn at random if absent.

    Raises:
        ParameterError: a field that is not allowed, named.
        EncodingError: an identity that is none.
        ProtocolError: a party twice.
    """

    __slots__ = ("_handle", "_parties")

    def __init__(self, *, parties: Mapping[int, bytes], threshold: int, session: bytes | None = None) -> None:
        self._parties = {as_party(number): as_bytes(identity, "identity") for number, identity in parties.items()}
        self._handle = _native.MpcDkgSetup(
            None if session is None else as_bytes(session, "session"),
            list(self._parties.items()),
            as_count(threshold, "threshold"),
        )

    @property
    def hash(self) -> bytes:
        """The hash of everything in it, 32 bytes: parties compare it before they take part."""
        return self._handle.hash

    @property
    def session(self) -> bytes:
        """The number of this run."""
        return self._handle.session

    @property
    def parties(self) -> dict[int, bytes]:
        """The public identity of each party, by its number."""
        return dict(self._parties)

    @property
    def threshold(self) -> int:
        """How many parties decrypt together."""
        return self._handle.threshold

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DkgSetup) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"DkgSetup(parties={len(self._parties)}, threshold={self.threshold})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _setup, (self._parties, self.threshold, self.session)


def _setup(parties: dict[int, bytes], threshold: int, session: bytes) -> DkgSetup:
    return DkgSetup(parties=parties, threshold=threshold, session=session)


class GroupKey:
    """The public facts of a shared key, the same at every party: its public key, who shares it, how many are needed."""

    __slots__ = ("_handle",)
    _handle: _native.MpcGroupKey

    def __init__(self) -> None:
        raise TypeError("use KeyShare.group or GroupKey.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.MpcGroupKey) -> GroupKey:
        key = object.__new__(cls)
        key._handle = handle
        return key

    @classmethod
    def from_bytes(cls, data: Buffer) -> GroupKey:
        """Reads and validates an encoded key.

        Raises:
            EncodingError: bytes that are not a shared key.
        """
        return cls._wrap(_native.MpcGroupKey.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def parties(self) -> tuple[int, ...]:
        """The parties that hold a share."""
        return tuple(self._handle.parties)

    @property
    def threshold(self) -> int:
        """How many parties decrypt together."""
        return self._handle.threshold

    @property
    def key_id(self) -> str:
        """The hash of everything in it, 64 hexadecimal digits."""
        return self._handle.id.hex()

    def public_key(
        self, *, fraction_bits: int = 8, value_bits: int = 20, decode_bits: int = 32
    ) -> elgamal.additive.PublicKey:
        """The key that encrypts for the parties. The sizes are those of `elgamal.generate_keypair`, the same for everybody.

        Raises:
            ParameterError: sizes that are not allowed.
        """
        return elgamal.additive.PublicKey._wrap(self._handle.public_key(*sizes(fraction_bits, value_bits, decode_bits)))

    def combine(
        self,
        encrypted: elgamal.additive.EncryptedArray,
        shares: Iterable[DecryptionShare],
        *,
        session: Buffer,
        progress: Progress = False,
    ) -> Any:
        """The numbers in the clear, from the decryption shares of at least `threshold` parties.

        Every share is checked, also those that are not needed.

        Args:
            encrypted: the array that the shares are about, ciphertext by ciphertext.
            shares: one for each party.
            session: the bytes that the parties made their shares with.
            progress: True for a bar, or a function of ``(done, total)``.

        Returns:
            As `elgamal.SecretKey.decrypt`.

        Raises:
            CryptoError: shares that do not hold; `culprits` names their parties.
            ProtocolError: fewer shares than the threshold, a party twice, or one that has no share.
            ParameterError: encrypted under another key; a number beyond the public bound.
        """
        handles = [checked(share, DecryptionShare, "shares")._handle for share in shares]
        array = checked(encrypted, elgamal.additive.EncryptedArray, "encrypted")
        with reporting(progress, "combine") as report:
            values = _native.mpc_combine_decryption(
                self._handle, array._handle, handles, as_bytes(session, "session"), report
            )
        return values.reshape(array.shape)[()]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GroupKey) and self.key_id == other.key_id

    def __hash__(self) -> int:
        return hash(self.key_id)

    def __repr__(self) -> str:
        return f"GroupKey(parties={len(self.parties)}, threshold={self.threshold}, key={self.key_id[:8]!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return GroupKey.from_bytes, (self.to_bytes(),)


class KeyShare:
    """One party's share of a key. Secret: never printed, pickled or compared; `to_bytes` writes it."""

    __slots__ = ("_handle",)
    _handle: _native.MpcKeyShare

    def __init__(self) -> None:
        raise TypeError("a KeyShare comes from a DkgSession or KeyShare.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.MpcKeyShare) -> KeyShare:
        share = object.__new__(cls)
        share._handle = handle
        return share

    @classmethod
    def from_bytes(cls, data: Buffer) -> KeyShare:
        """Reads and validates an encoded share.

        Raises:
            EncodingError: bytes that are not a share of a key.
            CryptoError: a share that does not fit the key that comes with it.
        """
        return cls._wrap(_native.MpcKeyShare.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its holder only."""
        return self._handle.to_bytes()

    @property
    def party(self) -> int:
        """Whose share it is."""
        return self._handle.party

    @property
    def group(self) -> GroupKey:
        """The public facts of the key."""
        return GroupKey._wrap(self._handle.group())

    def decryption_share(
        self, encrypted: elgamal.additive.EncryptedArray, *, session: Buffer
    ) -> DecryptionShare:
        """This party's share of the decryption of an array, with the proof that it is right.

        Whoever has the shares of `threshold` parties learns the numbers, so a party looks first at where the array comes
        from. All parties must have the same ciphertexts: each computes them from the same inputs, or one sends
        ``rerandomize().to_bytes()`` round. (`to_bytes` of a computed array that was not rerandomized gives fresh ciphertexts
        every time.)

        Args:
            encrypted: an array under the public key of the group.
            session: bytes that name this decryption, the same at every party.

        Raises:
            ParameterError: encrypted under another key.
        """
        array = checked(encrypted, elgamal.additive.EncryptedArray, "encrypted")
        return DecryptionShare._wrap(self._handle.decryption_share(array._handle, as_bytes(session, "session")))

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("key shares are secret and not compared; compare party and group")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        group = self.group
        return f"KeyShare(party={self.party}, threshold={group.threshold}, key={group.key_id[:8]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key share is secret and is not pickled; write it with to_bytes where it must be written")


class DecryptionShare:
    """One party's share of one decryption, for whoever may know the result. It says nothing without the others'."""

    __slots__ = ("_handle",)
    _handle: _native.MpcDecryptionShare

    def __init__(self) -> None:
        raise TypeError("use KeyShare.decryption_share or DecryptionShare.from_bytes")

    @classmethod
    def _wrap(cls, handle: _native.MpcDecryptionShare) -> DecryptionShare:
        share = object.__new__(cls)
        share._handle = handle
        return share

    @classmethod
    def from_bytes(cls, data: Buffer) -> DecryptionShare:
        """Reads an encoded share. Whether it holds is found out by `GroupKey.combine`.

        Raises:
            EncodingError: bytes that are not a decryption share.
        """
        return cls._wrap(_native.MpcDecryptionShare.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding."""
        return self._handle.to_bytes()

    __bytes__ = to_bytes

    @property
    def party(self) -> int:
        """Whose share it says it is."""
        return self._handle.party

    def __repr__(self) -> str:
        return f"DecryptionShare(party={self.party})"

    def __reduce__(self) -> tuple[Any, ...]:
        return DecryptionShare.from_bytes, (self.to_bytes(),)


class DkgStep(NamedTuple):
    """What a step gives: messages to send now, and the share of the key when it is there."""

    outgoing: list[Outgoing]
    output: KeyShare | None


class DkgSession(AnySession):
    """One party's side of a key generation, used once. Five rounds, in each of which every party must be heard.

    Args:
        setup: the set-up, the same at every party.
        me: this party's number.
        key: this party's identity key.

    Attributes:
        first: the step that opens the session, with the messages of round 1.

    Raises:
        ParameterError: a key that is not the set-up's.
        ProtocolError: a number that is not in the set-up.
    """

    __slots__ = ()

    def __init__(self, setup: DkgSetup, me: int, key: IdentityKey) -> None:
        if not isinstance(setup, DkgSetup) or not isinstance(key, IdentityKey):
            raise TypeError("setup and key: must be a DkgSetup and an IdentityKey")
        self._handle, sent = _native.MpcDkgSession.start(setup._handle, as_party(me), key._handle)
        self.first = _step(sent)

    def step(self, incoming: Iterable[tuple[int, Buffer]]) -> DkgStep:
        """Takes one message from each other party, each with the party it is from, and moves on.

        Raises:
            CryptoError: a party did not keep to the rules: with `culprits`, their own signatures prove it. Start again without
                them.
            EncodingError, ProtocolError, ParameterError: damaged, missing or misplaced messages.

        After an error the session is over, and the next call raises `ProtocolError`.
        """
        return _step(self._handle.step(messages(incoming)))


def run_dkg_locally(
    setup: DkgSetup,
    keys: Mapping[int, IdentityKey],
    *,
    watch: _local.Watch | None = None,
) -> dict[int, KeyShare]:
    """Makes a key between all parties in this process, message by message: for tests and simulations.

    Args:
        setup: the set-up.
        keys: the identity key of each party, by its number.
        watch: called with sender, receiver (or `ALL`) and bytes of each message, as a relay would see it.

    Returns:
        The share of each party.

    Raises:
        VeilkitError: as `DkgSession`.

    >>> from veilkit import mpc
    >>> identities = {number: mpc.IdentityKey.generate() for number in (1, 2, 3)}
    >>> setup = mpc.DkgSetup(parties={number: key.identity for number, key in identities.items()}, threshold=2)
    >>> shares = mpc.run_dkg_locally(setup, identities)
    >>> group = shares[1].group
    >>> total = group.public_key().encrypt([120, 31]) + [1, 2]
    >>> opened = [shares[party].decryption_share(total, session=b"count of May") for party in (1, 3)]
    >>> group.combine(total, opened, session=b"count of May")
    array([121,  33])
    """
    sessions = {me: DkgSession(setup, me, keys[me]) for me in setup.parties}
    return _local.run(sessions, watch)


def _step(sent: tuple[list[tuple[int, bytes]], _native.MpcKeyShare | None]) -> DkgStep:
    outgoing, output = sent
    return DkgStep([Outgoing(*message) for message in outgoing], None if output is None else KeyShare._wrap(output))
