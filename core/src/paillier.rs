//! Paillier encryption: sums and plaintext-weighted sums of encrypted numbers.
