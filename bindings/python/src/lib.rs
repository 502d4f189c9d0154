//! The native half of the Python package: thin classes over the bridge. The manners of Python (operators,
//! broadcasting of plain operands, docstrings, statistics) are in `python/veilkit/`.
#![deny(unsafe_code)]

mod arrays;
mod ckks;
mod dkg;
mod elgamal;
mod errors;
mod holders;
mod mpc;
mod packed;
mod paillier;
mod paillier_threshold;
mod plain;
mod proofs;
mod shamir;
mod study;
mod survey;
mod watch;

use pyo3::prelude::*;

/// The compiled core of veilkit. Use `veilkit.ckks`, `veilkit.paillier`, `veilkit.shamir` and `veilkit.mpc` instead.
#[pymodule]
mod _native {
    use super::*;

    #[pymodule_export]
    use crate::{
        arrays::PaillierArray,
        ckks::{
            CkksEvaluationKeys, CkksParams, CkksPublicKey, CkksSecretKey,
            arrays::CkksArray,
            ckks_generate,
            release::CkksReleaseBudget,
            transforms::{CkksLinearTransform, CkksMatrixProduct},
        },
        dkg::{
            MpcDecryptionShare, MpcDkgSession, MpcDkgSetup, MpcGroupKey, MpcKeyShare, mpc_combine_decryption,
        },
        elgamal::{
            ElGamalPublicKey, ElGamalSecretKey,
            arrays::ElGamalArray,
            integers::{ElGamalIntegerCiphertext, ElGamalIntegerPublicKey, ElGamalIntegerSecretKey},
            points::{
                ElGamalPointCiphertext, ElGamalPointPublicKey, ElGamalPointSecretKey, elgamal_hash_to_point,
            },
            proofs::{
                ElGamalBallot, ElGamalBitProof, ElGamalClaims, ElGamalOpening, ElGamalProof,
                ElGamalRangeProof, elgamal_hand_over, elgamal_prove_decryption,
                elgamal_prove_equal_logarithms, elgamal_prove_linear,
            },
        },
        errors::error_kinds,
        holders::{MpcRepairPlan, MpcRepairSession, MpcResharingPlan, MpcResharingSession},
        mpc::{MpcIdentityKey, MpcSumOutput, MpcSumPlan, MpcSumSession, mpc_room, mpc_verify_signature},
        packed::PaillierPackedArray,
        paillier::{PaillierPool, PaillierPublicKey, PaillierSecretKey, PaillierUnprovenPublicKey},
        paillier_threshold::{
            PaillierDecryptionShare, PaillierKeyShare, PaillierThresholdSetup, paillier_deal,
        },
        proofs::{PaillierEqualityProof, PaillierProductProof, PaillierSubmission},
        shamir::{
            ShamirShare,
            packed::{ShamirPackedShare, shamir_packed_combine, shamir_packed_split},
            paper::{ShamirCard, shamir_card_combine, shamir_card_split, shamir_word_mistakes},
            policy::{
                ShamirPolicy, ShamirPolicyShare, shamir_policy_combine, shamir_policy_combine_correcting,
                shamir_policy_missing, shamir_policy_split,
            },
            sealed::{ShamirCustodian, ShamirCustodianKey, ShamirSealedShare},
            shamir_combine, shamir_combine_correcting, shamir_correct, shamir_split,
            verifiable::{
                ShamirCommitment, ShamirKeyCommitment, ShamirKeyShare, ShamirVerifiableShare,
                shamir_combine_key, shamir_combine_verifiable, shamir_split_key, shamir_split_verifiable,
            },
        },
        study::{MpcStudyLedger, MpcStudyPlan, MpcStudySession},
        survey::MpcSurvey,
        watch::set_threads,
    };

    /// The version of the package.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
