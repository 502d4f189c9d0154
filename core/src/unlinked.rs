//! Arrays that may leave: the only ones with an encoding.

/// An encrypted array whose ciphertexts do not tell how they were computed: it was just encrypted, came from elsewhere,
/// or was rerandomized.
///
/// Only this form of an array is encoded, so what is sent cannot give away the operations behind it.
#[derive(Clone, Debug)]
pub struct Unlinked<A>(A);

impl<A> Unlinked<A> {
    /// `array` is not derived.
    pub(crate) fn assume(array: A) -> Self {
        Self(array)
    }

    /// The array.
    pub fn array(&self) -> &A {
        &self.0
    }

    /// The array, to be computed with.
    pub fn into_array(self) -> A {
        self.0
    }
}
