//! How often a key may still release.
use super::ReleasePolicy;
use crate::ckks::context::Context;
use crate::ckks::keys::{KeyId, SecretKey};
use crate::error::{Error, ErrorKind, Result};

/// How often a secret key may still give values away. There is one for each key, kept with the key.
///
/// It counts down before anything is computed: a release that fails on the way, or whose result is lost, is spent.
/// It cannot be copied, but encoded: a program that ends must store it.
///
/// # Security
/// The promise of [`ReleasePolicy`] holds for all releases of one key together, so the count must never go up.
/// - Store the encoding after each release and before the result leaves. A program that dies in between has spent the release.
/// - A copy restored from a backup, or a snapshot of a machine taken up again, counts from an old number. Before it is used, what
///   may have been released since must be [written off](ReleaseBudget::write_off); all of it when nobody knows. So keep
///   the number of releases elsewhere too, in a log that is not restored with the key.
/// - Two budgets for one key allow twice as many releases: make one, when the key is made.
///
/// ```compile_fail
/// fn twice(budget: &veilkit::ckks::ReleaseBudget) -> veilkit::ckks::ReleaseBudget {
///     budget.clone()
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct ReleaseBudget {
    context: Context,
    key: KeyId,
    policy: ReleasePolicy,
    left: u32,
}

impl ReleaseBudget {
    /// The budget of a key that has released nothing yet.
    pub fn new(key: &SecretKey, policy: ReleasePolicy) -> Self {
        Self { context: key.context().clone(), key: key.id(), policy, left: policy.releases() }
    }

    /// A budget with less left.
    pub(in crate::ckks) fn from_parts(
        context: &Context,
        key: KeyId,
        policy: ReleasePolicy,
        left: u32,
    ) -> Option<Self> {
        (left <= policy.releases()).then_some(Self { context: context.clone(), key, policy, left })
    }

    /// The context of its key.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The key that it is for.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// What is promised for all releases together.
    pub fn policy(&self) -> &ReleasePolicy {
        &self.policy
    }

    /// How many releases are left.
    pub fn left(&self) -> u32 {
        self.left
    }

    /// Gives up releases that may have happened without being counted, all that are left if there are fewer.
    pub fn write_off(&mut self, releases: u32) {
        self.left = self.left.saturating_sub(releases);
    }

    /// Counts releases.
    ///
    /// # Errors
    /// `HeadroomExhausted`; then nothing is counted.
    pub(super) fn spend(&mut self, releases: u32) -> Result<()> {
        self.left = self.left.checked_sub(releases).ok_or(Error::new(
            ErrorKind::HeadroomExhausted,
            "release: no release of this key is left: make a new key and encrypt under it",
        ))?;
        Ok(())
    }
}
