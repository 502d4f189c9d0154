"""Cards from Python: words and text, mistakes found by their places, what is printed."""

import pickle
import random
from itertools import combinations
from typing import Any

import pytest

import veilkit as vk
from veilkit import shamir
from veilkit.shamir import Card, combine_cards, printable, split_cards, word_mistakes

KEY = bytes(range(32))


@pytest.fixture()
def cards() -> list[Card]:
    return split_cards(KEY, threshold=3, shares=5)


def test_any_threshold_cards_give_the_secret_back(cards: list[Card]) -> None:
    for chosen in combinations(cards, 3):
        assert combine_cards(chosen) == KEY
    assert [(card.index, card.threshold, card.shares) for card in cards] == [(i, 3, 5) for i in range(1, 6)]
    assert len({card.set_id for card in cards}) == 1 and len(cards[0].set_id) == 8


def test_every_kind_of_share_can_be_written_down(every_kind: list[Any]) -> None:
    for share in every_kind:
        kind, words, text = type(share), share.to_words(), share.to_text()
        assert kind.from_words(words) == share == kind.from_text(text)
        assert kind.from_words("\n".join(word[:4].upper() for word in words.split())) == share
        assert kind.from_text(text.lower()[:40] + " \n" + text[40:]) == share
        assert printable(share).endswith(text[-10:])
        assert not word_mistakes(words)
    share, card = every_kind[:2]
    for read, written in [(Card.from_words, share.to_words()), (Card.from_text, share.to_text())]:
        with pytest.raises(vk.EncodingError):
            read(written)
    assert set(card.to_text()) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_one_and_two_wrong_words_are_found_by_their_places(cards: list[Card]) -> None:
    words = cards[0].to_words().split()
    rng = random.Random(5)
    vocabulary = sorted({word for card in cards for word in card.to_words().split()})
    for count in (1, 2):
        for _ in range(30):
            places = sorted(rng.sample(range(len(words)), count))
            typed = list(words)
            for place in places:
                typed[place] = rng.choice([word for word in vocabulary if word != words[place]])
            text, found = " ".join(typed), tuple(place + 1 for place in places)
            assert word_mistakes(text) == found
            with pytest.raises(vk.CryptoError) as caught:
                Card.from_words(text)
            assert caught.value.what == f"words: look again at word {' and '.join(map(str, found))}"


def test_words_that_are_none_are_found_by_their_places(cards: list[Card]) -> None:
    words = cards[0].to_words().split()
    words[2], words[6], words[9] = "acidd", "zzzz", "?"
    assert word_mistakes(" ".join(words)) == (3, 7, 10)
    with pytest.raises(vk.EncodingError) as caught:
        Card.from_words(" ".join(words))
    assert caught.value.what == "words: not in the list: word 3, 7 and 10"
    assert "acidd" not in str(caught.value)


def test_more_mistakes_than_can_be_told_are_still_found(cards: list[Card]) -> None:
    words = cards[0].to_words().split()
    for shift in range(1, 20):
        with pytest.raises(vk.CryptoError) as caught:
            Card.from_words(" ".join(words[:5] + words[shift + 5 :] + words[5 : shift + 5]))
        assert caught.value.what.startswith("words: ")
    for text in ("", "acid", " ".join(words[:3])):
        with pytest.raises((vk.EncodingError, vk.CryptoError)):
            Card.from_words(text)


def test_a_changed_character_is_found(cards: list[Card]) -> None:
    text = cards[0].to_text()
    for place in range(4, len(text)):
        with pytest.raises(vk.CryptoError):
            Card.from_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])
    for wrong in ("", "VK1:", "VK2" + text[3:], text + "A", text.replace(text[9], "0")):
        with pytest.raises(vk.EncodingError):
            Card.from_text(wrong)


def test_what_is_printed(cards: list[Card]) -> None:
    lines = printable(cards[1], "Archive key, for Prof. Grün", columns=3).split("\n")
    assert lines[:2] == ["Archive key, for Prof. Grün", f"Card: index 2, threshold 3, shares 5, set {cards[1].set_id}"]
    words = [cell for line in lines[3:22] for cell in line.split()]
    assert words[::2] == [str(number) for number in range(1, 58)] and " ".join(words[1::2]) == cards[1].to_words()
    assert Card.from_text("\n".join(lines[lines.index("", 4) :])) == cards[1]
    assert printable(cards[0]).startswith("Card: index 1")
    for title in ("a\nb", "\x1b[31m"):
        with pytest.raises(vk.ParameterError):
            printable(cards[0], title)
    with pytest.raises(vk.ParameterError):
        printable(cards[0], columns=0)


def test_wrong_cards(cards: list[Card]) -> None:
    data = bytearray(cards[1].to_bytes())
    data[-1] ^= 1
    wrong = Card.from_bytes(data)
    with pytest.raises(vk.CryptoError):
        combine_cards([cards[0], wrong, cards[2]])
    with pytest.raises(vk.CryptoError) as caught:
        combine_cards([cards[0], wrong, *cards[2:]])
    assert caught.value.culprits == (2,)
    for given, name in [(cards[:2], "TooFewShares"), ([], "TooFewShares"), (cards[:2] * 2, "DuplicateParty")]:
        with pytest.raises(vk.ProtocolError) as protocol:
            combine_cards(given)
        assert protocol.value.name == name
    with pytest.raises(vk.ParameterError):
        combine_cards([*cards[:2], split_cards(KEY, 3, 5)[2]])


def test_arguments_that_are_not_allowed(cards: list[Card]) -> None:
    for secret, threshold, shares in [(b"", 2, 3), (bytes(1025), 2, 3), (KEY, 1, 3), (KEY, 4, 3), (KEY, 2, 256), (KEY, -1, 3)]:
        with pytest.raises(vk.ParameterError):
            split_cards(secret, threshold, shares)
    with pytest.raises(vk.ParameterError):
        shamir.split(bytes(2000), 2, 3)[0].to_words()
    calls: list[Any] = [
        Card,
        lambda: split_cards("key", 2, 3),  # type: ignore[arg-type]
        lambda: split_cards(KEY, 2.0, 3),  # type: ignore[arg-type]
        lambda: combine_cards(shamir.split(KEY, 2, 3)),  # type: ignore[arg-type]
        lambda: Card.from_words(b"acid"),  # type: ignore[arg-type]
        lambda: Card.from_text(None),  # type: ignore[arg-type]
        lambda: word_mistakes(7),  # type: ignore[arg-type]
        lambda: printable(KEY),  # type: ignore[arg-type]
        lambda: printable(cards[0], columns=1.5),  # type: ignore[arg-type]
        lambda: pickle.dumps(cards[0]),
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()
