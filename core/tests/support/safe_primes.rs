//! Safe primes of 1024 and 1536 bits, from `openssl prime -generate -safe -hex -bits`: a search takes too long for tests.
#![allow(dead_code, reason = "each user takes its part")]

/// p, larger than q.
pub(crate) const P: &str = concat!(
    "ec9dc35143bbab8077b813c31888e41e1acd95d50e9e7ef3cd8ffa0b7c4a16a0",
    "3b9e03864338137aa0c1b5faed523fb6e4e8ddc3c91c3ce5523f8e0cbf0042c7",
    "dec7c4d6a7ee7b46a1669c035d45d8d430fd329d57228b46a2319307697541fe",
    "ed59e14ab917f614e5dff7af67ca7bdb85d17c28ff8e481324d41b324d90e2a3",
);

/// q.
pub(crate) const Q: &str = concat!(
    "c1634dbf8135308ff9774cbe8a82f67e1bb959c16502dbf8c98573c46b7557f9",
    "1d1eae6929da0c76cda8208e5040e7bfd494bdd3d95b360714b8b6b22e190549",
    "d014c013336bdc50b77095c0ad9f094e73b70b387b0dbef5e98290b88bb7d843",
    "d19b89a74eb736368e63b5c23f8d83d0795cf7b7873b042c95d7017f2b9d727b",
);

/// p of 1536 bits.
pub(crate) const P_1536: &str = concat!(
    "fe4bc1aff3f5eb39b39c9de581a23c91a0b03f8d88406fc00397d219a66d0bb3",
    "547fe4a9582218e98419b19674e6bf2211294a9e247ba629693b8ba12ef3e537",
    "9d8a36c39777a99e120b8e2f45405fffc2c5b24b0049916258643db0c5cc9b92",
    "8f4a669ae67ebd83cc6b37d1b0e1ebb69c4d164ae71a5a034bffc707362fe275",
    "ff9f9c0db466d0065ea80dee836e13e0ef1c4a1c61479fa7465cf9eef229793c",
    "c89d9504309848136402e048210a67dc6fedbfd550eeeb1bb8d57465bbe587ef",
);

/// q of 1536 bits.
pub(crate) const Q_1536: &str = concat!(
    "e4b49a914f015adf9a515c49f5ea1087ee2e7b0ce87d622ed12ff02b377e55c9",
    "b71ee64137bf0dfc2bf1d5c1eea32fd775a57dbc56e3728dc2ba693ef99e0850",
    "c088cf759fd047ff6ffc3c8ff6f0c360c314cf92278dc0b231010e74de6a159c",
    "58d66bd191389298cff959887c030cb3131374ac07f669fa0223571d5a0e80f9",
    "af929a81dae07294e1504b7856d8dc281fc53982a901b3d72e68dd245288baff",
    "cde04649d0b46a6e6f8a7a526e60c30dd2468f7c8559536b624529115d58f38b",
);

/// The bytes of one of them, most significant first.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}
