"""Shares on paper: short shares, and what to print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from .. import _native
from .._checks import Buffer, as_bytes, as_count, as_text
from ..errors import error
from ._share import AnyShare, ThresholdShare, handles


class Card(ThresholdShare[_native.ShamirCard]):
    """One holder's share, short enough for paper, from `split_cards`. Secret: whoever reads the card has the share."""

    __slots__ = ()
    _handle: _native.ShamirCard
    _class: ClassVar[type[Any]] = _native.ShamirCard


def split_cards(secret: Buffer, threshold: int, shares: int) -> list[Card]:
    """Splits a short secret, such as a key, into cards for paper: any `threshold` of the `shares` give it back.

    A card carries no commitments to the others. A wrong card is noticed by a check value of 32 bits, and named only when
    there are two spare cards for each wrong one.

    Args:
        secret: bytes-like, 1 to 1,024 bytes.
        threshold: cards needed, at least 2.
        shares: cards made, at most 255.

    Raises:
        ParameterError: numbers that are not allowed, or an empty or too long secret.

    >>> from veilkit import shamir
    >>> cards = shamir.split_cards(b"sixteen byte key", threshold=2, shares=3)
    >>> words = [card.to_words() for card in cards]
    >>> len(words[0].split())
    44
    >>> shamir.combine_cards(shamir.Card.from_words(text) for text in words[1:])
    b'sixteen byte key'
    """
    counts = as_count(threshold, "threshold"), as_count(shares, "shares")
    return [Card._wrap(handle) for handle in _native.shamir_card_split(as_bytes(secret, "secret"), *counts)]


def combine_cards(cards: Iterable[Card]) -> bytes:
    """Gives the secret back, if every card given is right.

    Raises:
        ProtocolError: fewer cards than the threshold, or one of them twice (`culprits` names it).
        ParameterError: cards of different dealings.
        CryptoError: wrong cards; `culprits` names them if there are two spare ones for each.
    """
    return _native.shamir_card_combine(handles(cards, Card))


def word_mistakes(text: str) -> tuple[int, ...]:
    """The places, from 1, of words that are wrong: those that are not in the list; else the one or two whose change would
    make the checksum right. Empty when nothing is wrong, and when more is wrong than can be told.

    A hint to look again at the paper: three or more mistakes may point at the wrong words.

    >>> typed = split_cards(b"sixteen byte key", threshold=2, shares=3)[0].to_words().split()
    >>> word_mistakes(" ".join([*typed[:6], "acidd", *typed[7:]]))
    (7,)
    """
    return tuple(_native.shamir_word_mistakes(as_text(text, "text")))


def printable(share: AnyShare[Any], title: str = "", *, columns: int = 4) -> str:
    """What to print on a card, in plain text: the public facts, numbered words in rows, and the text for a QR code.

    Secret as the share is. Words and text each hold the whole share; to print the code itself, see `AnyShare.to_text`.

    Args:
        share: a share of any kind, of at most 1,270 bytes.
        title: what the secret is, or who holds the share; one line.
        columns: words in a row.

    Raises:
        ParameterError: a share that is too long, no columns, or a title of more than one line.

    >>> card = split_cards(b"sixteen byte key", threshold=2, shares=3)[0]
    >>> print(printable(card, "Archive key, for Dr. Ada"))
    Archive key, for Dr. Ada
    Card: index 1, threshold 2, shares 3, set ...
    <BLANKLINE>
      1 airport     2 acrobat     3 blue        4 category
      5 academic    6 academic    7 ...
    """
    if not isinstance(share, AnyShare):
        raise TypeError(f"share: must be a share, not {type(share).__name__}")
    if not (as_text(title, "title") + "x").isprintable():
        raise error("OutOfRange", "title: more than one line, or control characters")
    in_row = as_count(columns, "columns")
    if not in_row:
        raise error("InvalidParams", "columns: 0")
    facts = ", ".join(f"{name} {value}" for name, value in share._facts().items())
    cells = [f"{number:3} {word:8}" for number, word in enumerate(share.to_words().split(), start=1)]
    rows = ["  ".join(cells[start : start + in_row]).rstrip() for start in range(0, len(cells), in_row)]
    text = share.to_text()
    width = max(40, in_row * 14 - 2)
    lines = [text[start : start + width] for start in range(0, len(text), width)]
    head = [title] if title else []
    return "\n".join([*head, f"{type(share).__name__}: {facts}, set {share.set_id[:8]}", "", *rows, "", *lines])
