"""What every kind of share can do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from .. import _native
from .._checks import Buffer, as_bytes, as_text
from ..errors import VeilkitError, error

if TYPE_CHECKING:
    from typing_extensions import Self

H = TypeVar("H", bound="_native._Share")
S = TypeVar("S", bound="AnyShare[Any]")


class AnyShare(Generic[H]):
    """A share of any kind. Secret itself: it is never printed or pickled; `to_bytes` writes it where it must be written.

    Two shares are equal when they are the same share; they are compared in constant time.
    """

    __slots__ = ("_handle",)
    _handle: H
    _class: ClassVar[type[Any]]

    def __init__(self) -> None:
        raise TypeError(f"a {type(self).__name__} comes from splitting or from {type(self).__name__}.from_bytes")

    @classmethod
    def _wrap(cls, handle: H) -> Self:
        share = object.__new__(cls)
        share._handle = handle
        return share

    @classmethod
    def from_bytes(cls, data: Buffer) -> Self:
        """Reads and validates an encoded share.

        Raises:
            EncodingError: bytes that are not a share of this kind.

        >>> share = split(b"secret", threshold=2, shares=3)[0]
        >>> Share.from_bytes(share.to_bytes()) == share
        True
        """
        return cls._wrap(cls._class.from_bytes(as_bytes(data, "data")))

    def to_bytes(self) -> bytes:
        """The canonical encoding, for its holder only."""
        return self._handle.to_bytes()

    @classmethod
    def from_words(cls, text: str) -> Self:
        """Reads a share from its words, in any case, whole or as their first four letters, with any white space.

        Raises:
            EncodingError: words that are not in the list, or another kind of share.
            CryptoError: wrong words. The text of the error says at which places to look again, if it can be told;
                `word_mistakes` gives them as numbers.

        >>> cards = split_cards(b"key of 16 bytes.", threshold=2, shares=3)
        >>> typed = cards[0].to_words().split()
        >>> Card.from_words(" ".join(word[:4].upper() for word in typed)) == cards[0]
        True
        >>> typed[11] = "academic" if typed[11] != "academic" else "acid"
        >>> Card.from_words(" ".join(typed))
        Traceback (most recent call last):
        ...
        veilkit.errors.CryptoError: words: look again at word 12 [VerificationFailed 31]
        """
        words = as_text(text, "text")
        try:
            handle = cls._class.from_words(words)
        except VeilkitError as refusal:
            raise _located(refusal, words) from None
        return cls._wrap(handle)

    def to_words(self) -> str:
        """The share as words to write down, for its holder only: about one for each ten bits, four of them a checksum.

        Raises:
            ParameterError: a share of more than 1,270 bytes; `split_cards` makes short ones.

        >>> len(split_cards(bytes(32), threshold=3, shares=5)[0].to_words().split())
        57
        """
        return self._handle.to_words()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Reads a share from the text of a QR code, in any case; white space does not count.

        Raises:
            EncodingError: text that is none, or another kind of share.
            CryptoError: a character was changed.
        """
        return cls._wrap(cls._class.from_text(as_text(text, "text")))

    def to_text(self) -> str:
        """The share as text for a QR code, for its holder only: in the characters that such codes hold best.

        Any library draws the code, such as ``segno.make_qr(share.to_text(), error="m").save("card.svg")``.

        Raises:
            ParameterError: a share of more than 1,270 bytes; `split_cards` makes short ones.

        >>> len(split_cards(bytes(32), threshold=3, shares=5)[0].to_text())
        118
        """
        return self._handle.to_text()

    @property
    def index(self) -> int:
        """The number of the share, from 1."""
        return self._handle.index

    @property
    def set_id(self) -> str:
        """What names this dealing, in hexadecimal digits. Shares of two dealings never mix."""
        return self._handle.set_id.hex()

    def _facts(self) -> dict[str, Any]:
        """What `repr` shows."""
        return {"index": self.index}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._handle.equals(other._handle)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self._facts().items())
        return f"{type(self).__name__}({facts})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a share is secret and is not pickled; write it with to_bytes where it must be written")


class ThresholdShare(AnyShare[H]):
    """A share of a sharing where any `threshold` of the `shares` give the secret back."""

    __slots__ = ()
    _handle: Any

    @property
    def threshold(self) -> int:
        """How many shares give the secret back."""
        return int(self._handle.threshold)

    @property
    def shares(self) -> int:
        """How many shares were made."""
        return int(self._handle.shares)

    def _facts(self) -> dict[str, Any]:
        return {"index": self.index, "threshold": self.threshold, "shares": self.shares}


def handles(shares: Iterable[S], cls: type[S]) -> list[Any]:
    """The compiled halves of shares that must be of this class."""
    listed = list(shares)
    if not all(isinstance(share, cls) for share in listed):
        name = cls.__name__
        raise TypeError(f"shares: must be {name}s; read bytes with {name}.from_bytes")
    return [share._handle for share in listed]


def _located(refusal: VeilkitError, words: str) -> VeilkitError:
    """The error with the places of the words to look at again."""
    if refusal.what not in ("words: one is not in the list", "text: checksum"):
        return refusal
    places = _native.shamir_word_mistakes(words)
    if not places:
        return error(refusal.name, "words: checksum; more than two words are wrong")
    listed = " and ".join(filter(None, [", ".join(map(str, places[:-1])), str(places[-1])]))
    if refusal.name == "InvalidEncoding":
        return error(refusal.name, f"words: not in the list: word {listed}")
    return error(refusal.name, f"words: look again at word {listed}")
