//! Secret sharing: any `threshold` shares give the secret back, fewer say nothing about it.
