//! Every decoder against thousands of malformed inputs, and the check itself against decoders with planted faults.
#![allow(clippy::disallowed_methods, reason = "tests measure time")]

mod support;

#[global_allocator]
static COUNTING: support::alloc::Counting = support::alloc::Counting;

mod shamir {
    use super::support::vectors::samples;
    use crate::malformed;
    use std::sync::OnceLock;
    use veilkit::{
        ErrorKind,
        codec::Decode,
        field::{Field, Fp61},
        group::Scalar,
        shamir::{Share, combine, combine_correcting, correct, feldman, field, pedersen},
    };

    fn exercise(share: Share) {
        let _ = share.verify();
        let _ = combine(std::slice::from_ref(&share));
        let _ = combine_correcting(&[share.clone(), share.clone()]);
        let payload = vec![0; share.secret_len()];
        let _ = correct(&[(share.index(), &payload[..])], share.params().threshold());
    }

    malformed!(shamir_share, Share, samples("shamir_share", 5), exercise);

    /// The samples of one field: its number stands in the header.
    fn of_field<F: Field>() -> Vec<Vec<u8>> {
        let mut samples = samples("shamir_field_share", 100);
        samples.retain(|sample| sample[5..9] == F::ID.to_le_bytes());
        samples.truncate(3);
        samples
    }

    fn add<F: Field>(share: &field::Share<F>) {
        let sum = share.values().iter().fold(F::ZERO, |sum, value| sum + *value * *value);
        assert!(bool::from((sum + -sum).ct_eq(&F::ZERO)));
        assert!(field::combine(std::slice::from_ref(share)).is_err());
    }

    malformed!(shamir_field_share, field::Share<Fp61>, of_field::<Fp61>(), |share| add(&share));
    malformed!(shamir_field_share_scalar, field::Share<Scalar>, of_field::<Scalar>(), |share| add(&share));

    malformed!(
        shamir_feldman_commitment,
        feldman::Commitment,
        samples("shamir_feldman_commitment", 3),
        |commitment: feldman::Commitment| {
            assert!(!bool::from(commitment.public_point().is_identity()));
            assert_eq!(feldman::combine(&commitment, &[]).unwrap_err().kind(), ErrorKind::TooFewShares);
        }
    );
    fn feldman_commitment() -> &'static feldman::Commitment {
        static SAMPLE: OnceLock<feldman::Commitment> = OnceLock::new();
        SAMPLE.get_or_init(|| {
            Decode::from_bytes(&samples("shamir_feldman_commitment", 1)[0], ()).expect("a sample")
        })
    }

    malformed!(
        shamir_feldman_share,
        feldman::Share,
        samples("shamir_feldman_share", 3),
        |share: feldman::Share| {
            assert!(share.verify(feldman_commitment()).is_err(), "no share but the samples fits");
        }
    );
    malformed!(
        shamir_pedersen_commitment,
        pedersen::Commitment,
        samples("shamir_pedersen_commitment", 3),
        |commitment: pedersen::Commitment| {
            assert!(pedersen::combine(&commitment, &[]).is_err());
        }
    );
    fn pedersen_commitment() -> &'static pedersen::Commitment {
        static SAMPLE: OnceLock<pedersen::Commitment> = OnceLock::new();
        SAMPLE.get_or_init(|| {
            Decode::from_bytes(&samples("shamir_pedersen_commitment", 1)[0], ()).expect("a sample")
        })
    }

    malformed!(
        shamir_pedersen_share,
        pedersen::Share,
        samples("shamir_pedersen_share", 3),
        |share: pedersen::Share| {
            assert!(share.verify(pedersen_commitment()).is_err(), "no share but the samples fits");
        }
    );
}

/// Paper, policies, seals, packs.
mod custody {
    use super::support::vectors::samples;
    use crate::malformed;
    use std::sync::OnceLock;
    use veilkit::{
        codec::Decode,
        field::{Field, Fp61},
        group::Scalar,
        shamir::{
            Share, packed,
            paper::{self, Card},
            policy::{self, Policy},
            sealed::{self, Custodian, CustodianKey, SealedShare},
        },
    };

    fn write_down(card: Card) {
        assert!(paper::combine(std::slice::from_ref(&card)).is_err());
        let back: Card =
            paper::from_words(&paper::to_words(&card).expect("cards fit")).expect("the same words");
        assert!(back == card);
        let back: Card = paper::from_text(&paper::to_text(&card).expect("cards fit")).expect("the same text");
        assert!(back == card);
    }

    malformed!(shamir_card, Card, samples("shamir_card", 5), write_down);

    fn of_field<F: Field>() -> Vec<Vec<u8>> {
        let mut samples = samples("shamir_packed_share", 100);
        samples.retain(|sample| sample[5..9] == F::ID.to_le_bytes());
        vec![samples[0].clone(), samples[9].clone()]
    }

    fn multiply<F: Field>(share: &packed::Share<F>) {
        let _ = share.mul(share);
        assert!(share.add(share).and_then(|sum| sum.sub(share)).is_ok());
        assert!(packed::combine(&[share.clone(), share.clone()]).is_err());
        assert!(share.packing().width() <= packed::MAX_WIDTH);
    }

    malformed!(shamir_packed_share, packed::Share<Fp61>, of_field::<Fp61>(), |share| multiply(&share));
    malformed!(shamir_packed_share_scalar, packed::Share<Scalar>, of_field::<Scalar>(), |share| multiply(
        &share
    ));

    malformed!(shamir_policy, Policy, samples("shamir_policy", 6), |policy: Policy| {
        let everybody: Vec<_> = policy.seats().iter().map(|(seat, _)| *seat).collect();
        assert!(policy.is_satisfied_by(&everybody) && !policy.is_satisfied_by(&[]));
        assert!((1..=everybody.len()).contains(&policy.smallest()));
    });
    malformed!(
        shamir_policy_share,
        policy::Share,
        samples("shamir_policy_share", 6),
        |share: policy::Share| {
            let _ = (share.verify(), policy::combine(std::slice::from_ref(&share)));
            let _ = policy::combine_correcting(&[share]);
        }
    );

    fn key() -> &'static CustodianKey {
        static KEY: OnceLock<CustodianKey> = OnceLock::new();
        KEY.get_or_init(|| Decode::from_bytes(&samples("shamir_custodian_key", 1)[0], ()).expect("a sample"))
    }

    malformed!(shamir_custodian, Custodian, samples("shamir_custodian", 1), |custodian: Custodian| {
        let share: Share = Decode::from_bytes(&samples_once()[0], ()).expect("a sample");
        let sealed = sealed::seal(&share, &custodian, &mut super::support::random::rng("custodian"));
        assert_eq!(sealed.expect("an accepted key seals").custodian(), &custodian);
    });

    fn samples_once() -> &'static [Vec<u8>] {
        static SAMPLES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
        SAMPLES.get_or_init(|| samples("shamir_share", 1))
    }

    malformed!(
        shamir_custodian_key,
        CustodianKey,
        samples("shamir_custodian_key", 3),
        |key: CustodianKey| assert!(key.custodian("name").is_ok())
    );
    malformed!(shamir_sealed_share, SealedShare, samples("shamir_sealed_share", 1), |sealed: SealedShare| {
        assert!(sealed.open::<Share>(key()).is_err(), "nothing but the sample opens");
    });
}

/// Resharing and repair.
mod holders {
    use super::support::vectors::samples;
    use crate::malformed;
    use std::sync::OnceLock;
    use veilkit::{
        codec::{Decode, Encode},
        mpc::{
            IdentityKey, repair,
            resharing::{self, Session},
            share_message::ShareMessage,
        },
        shamir::{feldman, pedersen, sealed::CustodianKey},
    };

    fn all<T: Decode>(kind: &str) -> Vec<T> {
        let decode = |bytes: &Vec<u8>| T::from_bytes(bytes, ()).ok();
        samples(kind, 100).iter().filter_map(decode).collect()
    }

    fn plans<T: Decode>(kind: &str) -> Vec<Vec<u8>> {
        all::<T>(kind).iter().map(|plan| plan.to_bytes().to_vec()).collect()
    }

    type Resharing<S> = resharing::Plan<S>;

    malformed!(
        resharing_plan,
        Resharing<feldman::Share>,
        plans::<Resharing<feldman::Share>>("resharing_plan"),
        |plan: Resharing<feldman::Share>| assert!(
            plan.dealers().len() >= plan.commitment().params().threshold()
        )
    );
    malformed!(
        resharing_plan_pedersen,
        Resharing<pedersen::Share>,
        plans::<Resharing<pedersen::Share>>("resharing_plan"),
        |plan: Resharing<pedersen::Share>| assert!(plan.receivers().len() >= plan.params().threshold())
    );
    malformed!(
        repair_plan,
        repair::Plan<feldman::Share>,
        plans::<repair::Plan<feldman::Share>>("repair_plan"),
        |plan: repair::Plan<feldman::Share>| {
            assert!(plan.helpers().iter().all(|(index, ..)| *index != plan.lost()));
        }
    );

    /// A receiver of the sample, with the dealers' true messages.
    fn step_with(message: &ShareMessage) {
        type Run = (Resharing<feldman::Share>, IdentityKey, CustodianKey, Vec<ShareMessage>);
        static RUN: OnceLock<Run> = OnceLock::new();
        let (plan, identity, key, deals) = RUN.get_or_init(|| {
            let plan = all::<Resharing<feldman::Share>>("resharing_plan").remove(0);
            let is_first = |key: &IdentityKey| key.identity() == plan.receivers()[0].0;
            let identity =
                all::<IdentityKey>("mpc_identity_key").into_iter().find(is_first).expect("a sample");
            let is_first =
                |key: &CustodianKey| key.custodian("holder").ok().as_ref() == Some(&plan.receivers()[0].1);
            let key =
                all::<CustodianKey>("shamir_custodian_key").into_iter().find(is_first).expect("a sample");
            let mut deals = all::<ShareMessage>("share_message");
            deals.retain(|deal| deal.plan_hash() == plan.hash() && deal.round() == 1);
            (plan, identity, key, deals)
        });
        let mut incoming: Vec<_> =
            deals.iter().map(|deal| (deal.sender(), deal.to_bytes().to_vec())).collect();
        let receiver = || {
            let index = plan.params().indices().next().expect("the first");
            Session::receive(plan, index, identity, key).expect("its keys").0
        };
        assert!(receiver().step(&incoming).is_ok());
        incoming[0] = (message.sender(), message.to_bytes().to_vec());
        assert!(receiver().step(&incoming).is_err());
    }

    malformed!(share_message, ShareMessage, samples("share_message", 30), |message: ShareMessage| {
        // A step takes a millisecond: let one message in 16 into a run.
        if message.to_bytes().iter().fold(0, |sum, byte| sum ^ byte) % 16 == 0 {
            step_with(&message);
        }
    });
}

mod paillier {
    use super::support::{malformed::LIMIT, random::rng, vectors::samples};
    use crate::malformed;
    use veilkit::{
        codec::Decode,
        paillier::{
            EncryptedArray, EncryptionKey, EqualityProof, PackedArray, Plaintext, ProductProof,
            ProvenPublicKey, PublicKey, Range, SecretKey, Submission, Unlinked, UnprovenPublicKey,
        },
    };

    // The first use of a key builds a table, so a use takes tens of milliseconds.
    fn encrypt(key: PublicKey) {
        let message = Plaintext::from_i128(-5, &key);
        let a = key.encrypt(&message, &mut rng("use")).expect("an accepted key encrypts");
        let b = key.mul_plain(&key.add(&a, &a).expect("one key"), -3, 2).expect("one key");
        key.neg(&b).expect("one key");
    }

    fn decrypt(key: SecretKey) {
        let public = key.public_key();
        let a = key
            .encrypt(&Plaintext::from_i128(-5, public), &mut rng("use"))
            .expect("an accepted key encrypts");
        let message = key.decrypt(&a).expect("an accepted key decrypts");
        assert_eq!(message.to_i128(public).expect("one key").into_option(), Some(-5));
    }

    // Each decoding tests for primes, 2048 bits in all. That of a secret key, which is one's own, does so in earnest.
    malformed!(paillier_public_key, UnprovenPublicKey, samples("paillier_public_key", 2),
        |key: UnprovenPublicKey| encrypt(key.trust_without_proof()),
        context: (), floor: 9_000, limit: LIMIT);
    malformed!(paillier_proven_public_key, ProvenPublicKey, samples("paillier_proven_public_key", 1),
        |key: ProvenPublicKey| encrypt(key.into_public_key()),
        context: (), floor: 6_000, limit: 2 * LIMIT);
    malformed!(paillier_secret_key, SecretKey, samples("paillier_secret_key", 1), decrypt,
        context: (), floor: 6_000, limit: 4 * LIMIT);

    fn keys() -> &'static SecretKey {
        static KEYS: std::sync::OnceLock<SecretKey> = std::sync::OnceLock::new();
        KEYS.get_or_init(|| {
            SecretKey::from_bytes(&samples("paillier_secret_key", 1)[0], ()).expect("a sample")
        })
    }

    /// Operations at no great cost; whatever was claimed about the array, they end in a result or an error.
    fn use_array(array: Unlinked<EncryptedArray>) {
        let (array, silent) = (array.into_array(), &mut ());
        let _ = array.add(&array, silent).and_then(|sum| sum.neg(silent));
        let _ = array.sum(Some(0), silent);
        if array.ciphertexts().len() == 1 {
            let _ = array.decrypt(keys(), silent);
        }
    }

    fn use_packed(array: Unlinked<PackedArray>) {
        let (array, silent) = (array.into_array(), &mut ());
        let _ = array.add(&array, silent);
        let _ = PackedArray::sum_many(&[&array, &array], silent);
        if array.shape().len() < 3 {
            let _ = array.decrypt(keys(), silent);
        }
    }

    /// Whatever it claims, checking it ends in an array or an error.
    fn check(sent: Submission) {
        if sent.shape().len() < 2 {
            let range = *sent.range();
            let _ = sent.verify(&range, b"malformed", &mut ());
        }
        let other = Range::integers(-7, 77).expect("two ends");
        assert!(sent.verify(&other, b"", &mut ()).is_err());
    }

    /// Checking one takes some tens of milliseconds; nothing but the samples is ever right.
    fn check_equality(proof: EqualityProof) {
        let key = keys().public_key();
        assert!(proof.verify(key, &key.zero(), &key.zero(), b"malformed").is_err());
    }

    fn check_product(proof: ProductProof) {
        let (key, zero) = (keys().public_key(), keys().public_key().zero());
        assert!(proof.verify(key, &zero, &zero, &zero, b"malformed").is_err());
    }

    malformed!(paillier_equality_proof, EqualityProof, samples("paillier_equality_proof", 2), check_equality,
        context: keys().public_key(), floor: 6_000, limit: LIMIT);
    malformed!(paillier_product_proof, ProductProof, samples("paillier_product_proof", 2), check_product,
        context: keys().public_key(), floor: 6_000, limit: LIMIT);

    // Each decoding inverts modulo n^2, each use does so again.
    malformed!(paillier_submission, Submission, samples("paillier_submission", 2), check,
        context: keys().public_key(), floor: 9_000, limit: LIMIT);
    malformed!(paillier_array, Unlinked<EncryptedArray>, samples("paillier_array", 5), use_array,
        context: keys().public_key(), floor: 9_000, limit: LIMIT);
    malformed!(paillier_packed_array, Unlinked<PackedArray>, samples("paillier_packed_array", 2), use_packed,
        context: keys().public_key(), floor: 9_000, limit: LIMIT);
}

mod paillier_threshold {
    use super::support::{malformed::LIMIT, random::rng, vectors::samples};
    use crate::malformed;
    use std::sync::OnceLock;
    use veilkit::{
        ErrorKind,
        codec::Decode,
        paillier::{
            EncryptedArray, PlainArray, PublicKey, UnprovenPublicKey,
            threshold::{DecryptionShare, KeyShare, Setup, combine},
        },
        shape::Shape,
    };

    fn inputs(name: &str) -> Vec<Vec<u8>> {
        let (_, file) = super::support::vectors::files()
            .into_iter()
            .find(|(_, file)| file.algorithm == "paillier_threshold/combine")
            .expect("a file");
        file.tests[0].list(name)
    }

    fn key() -> &'static PublicKey {
        static KEY: OnceLock<PublicKey> = OnceLock::new();
        KEY.get_or_init(|| {
            let key = UnprovenPublicKey::from_bytes(&inputs("paillier_public_key")[0], ()).expect("a sample");
            key.trust_without_proof()
        })
    }

    fn setup() -> &'static Setup {
        static SETUP: OnceLock<Setup> = OnceLock::new();
        SETUP.get_or_init(|| {
            Setup::from_bytes(&inputs("paillier_threshold_setup")[0], key()).expect("a sample")
        })
    }

    fn array() -> &'static EncryptedArray {
        static ARRAY: OnceLock<EncryptedArray> = OnceLock::new();
        ARRAY.get_or_init(|| {
            EncryptedArray::from_bytes(&inputs("paillier_array")[0], key()).expect("a sample")
        })
    }

    // Each decoding inverts modulo n^2 for each party.
    malformed!(paillier_threshold_setup, Setup, inputs("paillier_threshold_setup"), |setup: Setup| {
        assert!((2..=setup.parties().len()).contains(&setup.threshold()) && !setup.dealer().is_empty());
        assert_eq!(combine(&setup, array(), &[], b"", &mut ()).unwrap_err().kind(), ErrorKind::TooFewShares);
    }, context: key(), floor: 9_000, limit: LIMIT);

    // Each decoding raises to a power of over 4000 bits; nothing but the samples fits.
    malformed!(paillier_key_share, KeyShare, samples("paillier_key_share", 1), |share: KeyShare| {
        let number = PlainArray::integers(key().params(), &Shape::default(), &[5]).expect("small");
        let array = EncryptedArray::encrypt(key(), &number, &mut rng("use"), &mut ()).expect("fits");
        let made = DecryptionShare::create(&share, &array, b"malformed", &mut rng("use"), &mut ());
        assert!(made.expect("one key").verify(setup(), &array, b"malformed").is_ok());
    }, context: setup(), floor: 1_500, limit: 4 * LIMIT);

    malformed!(paillier_decryption_share, DecryptionShare, inputs("paillier_decryption_share"),
        |share: DecryptionShare| assert!(share.verify(setup(), array(), b"malformed").is_err()),
        context: setup(), floor: 6_000, limit: 2 * LIMIT);
}

mod elgamal {
    use super::support::{malformed::LIMIT, random::rng, vectors::samples};
    use crate::malformed;
    use veilkit::{
        codec::Decode,
        elgamal::additive::{EncryptedArray, PublicKey, SecretKey},
        unlinked::Unlinked,
    };

    fn encrypt(key: PublicKey) {
        let a = key.encrypt(-5, &mut rng("use")).expect("an accepted key encrypts");
        key.mul_plain(&key.add(&a, &a).expect("one key"), -3, 2).expect("one key");
    }

    fn decrypt(key: SecretKey) {
        let a = key.public_key().encrypt(-5, &mut rng("use")).expect("an accepted key encrypts");
        assert_eq!(key.decrypt(&a, &mut ()), Ok(-5));
    }

    malformed!(elgamal_additive_public_key, PublicKey, samples("elgamal_additive_public_key", 3), encrypt);
    malformed!(elgamal_additive_secret_key, SecretKey, samples("elgamal_additive_secret_key", 3), decrypt);

    fn keys() -> &'static SecretKey {
        static KEYS: std::sync::OnceLock<SecretKey> = std::sync::OnceLock::new();
        KEYS.get_or_init(|| {
            SecretKey::from_bytes(&samples("elgamal_additive_secret_key", 1)[0], ()).expect("a sample")
        })
    }

    /// Whatever was claimed about the array, operations end in a result or an error.
    fn use_array(array: Unlinked<EncryptedArray>) {
        let (array, silent) = (array.into_array(), &mut ());
        let _ = array.add(&array, silent).and_then(|sum| sum.neg(silent));
        let _ = array.sum(Some(0), silent);
        if array.ciphertexts().len() == 1 {
            let _ = array.decrypt(keys(), silent);
        }
    }

    /// Arrays under the key above; the vectors hold some under others.
    fn arrays() -> Vec<Vec<u8>> {
        let mut found = samples("elgamal_additive_array", usize::MAX);
        found.retain(|array| Unlinked::<EncryptedArray>::from_bytes(array, keys().public_key()).is_ok());
        assert!(found.len() >= 5, "vectors hold arrays under the first key");
        found.truncate(5);
        found
    }

    malformed!(elgamal_additive_array, Unlinked<EncryptedArray>, arrays(), use_array,
        context: keys().public_key(), floor: 10_000, limit: LIMIT);

    use veilkit::elgamal::{
        additive::proofs::{Ballot, BitProof, Context, Proof, RangeProof},
        multiplicative::{integers, points},
    };

    fn context() -> Context {
        Context::new(b"malformed")
    }

    malformed!(elgamal_additive_proof, Proof, samples("elgamal_additive_proof", 3), |proof: Proof| {
        let key = keys().public_key();
        let c = key.encrypt(1, &mut rng("use")).expect("small");
        let value = veilkit::elgamal::additive::proofs::verify_value(key, &c, 1, &proof, &context());
        assert!(value.and_then(|equations| equations.check()).is_err());
    });
    malformed!(
        elgamal_additive_bit_proof,
        BitProof,
        samples("elgamal_additive_bit_proof", 2),
        |proof: BitProof| {
            let key = keys().public_key();
            let c = key.encrypt(1, &mut rng("use")).expect("small");
            assert!(proof.equations(key, &c, &context()).expect("one key").check().is_err());
        }
    );
    malformed!(
        elgamal_additive_range_proof,
        RangeProof,
        samples("elgamal_additive_range_proof", 2),
        |proof: RangeProof| {
            let key = keys().public_key();
            let c = key.encrypt(1, &mut rng("use")).expect("small");
            let equations = proof.equations(key, &c, proof.bits(), &context());
            assert!(equations.expect("one key").check().is_err());
        }
    );
    malformed!(elgamal_additive_ballot, Ballot, samples("elgamal_additive_ballot", 2), |ballot: Ballot| {
        let equations = ballot.equations(keys().public_key(), ballot.choices().len(), &context());
        assert!(equations.and_then(|equations| equations.check()).is_err());
    }, context: keys().public_key(), floor: 9_000, limit: LIMIT);

    fn integer_keys() -> &'static integers::SecretKey {
        static KEYS: std::sync::OnceLock<integers::SecretKey> = std::sync::OnceLock::new();
        KEYS.get_or_init(|| {
            Decode::from_bytes(&samples("elgamal_integer_secret_key", 1)[0], ()).expect("a sample")
        })
    }

    malformed!(
        elgamal_integer_public_key,
        integers::PublicKey,
        samples("elgamal_integer_public_key", 1),
        |key: integers::PublicKey| assert!(key.element_bytes().len() == key.group().element_bytes())
    );
    // Each decoding raises the generator to the exponent, and the first of a group makes its table.
    malformed!(elgamal_integer_secret_key, integers::SecretKey, samples("elgamal_integer_secret_key", 1),
        |key: integers::SecretKey| assert!(key.public_key().group().bits() >= 2048),
        context: (), floor: 3_000, limit: 4 * LIMIT);
    malformed!(elgamal_integer_ciphertext, Unlinked<integers::Ciphertext>, samples("elgamal_integer_ciphertext", 2),
        |ciphertext: Unlinked<integers::Ciphertext>| {
            let key = integer_keys().public_key();
            let _ = key.mul(ciphertext.array(), ciphertext.array());
            let _ = integer_keys().decrypt(ciphertext.array());
        }, context: integer_keys().public_key(), floor: 6_000, limit: LIMIT);

    fn point_keys() -> &'static points::SecretKey {
        static KEYS: std::sync::OnceLock<points::SecretKey> = std::sync::OnceLock::new();
        KEYS.get_or_init(|| {
            Decode::from_bytes(&samples("elgamal_point_secret_key", 1)[0], ()).expect("a sample")
        })
    }

    malformed!(
        elgamal_point_public_key,
        points::PublicKey,
        samples("elgamal_point_public_key", 1),
        |key: points::PublicKey| assert!(!bool::from(key.point().is_identity()))
    );
    malformed!(
        elgamal_point_secret_key,
        points::SecretKey,
        samples("elgamal_point_secret_key", 1),
        |key: points::SecretKey| assert!(!bool::from(key.public_key().point().is_identity()))
    );
    malformed!(elgamal_point_ciphertext, Unlinked<points::Ciphertext>, samples("elgamal_point_ciphertext", 1),
        |ciphertext: Unlinked<points::Ciphertext>| {
            point_keys().decrypt(ciphertext.array()).expect("one key");
        }, context: point_keys().public_key(), floor: 9_000, limit: LIMIT);
}

mod dkg {
    use super::support::{random::rng, vectors::samples};
    use crate::malformed;
    use veilkit::mpc::{
        dkg::{GroupKey, KeyShare, Message, Round},
        threshold_decrypt::DecryptionShare,
    };

    malformed!(dkg_message, Message, samples("dkg_message", 1), |message: Message| {
        assert!(message.round() >= Round::Commit && message.sender().get() > 0);
    });
    malformed!(dkg_group_key, GroupKey, samples("dkg_group_key", 1), |key: GroupKey| {
        assert!(key.share_point(key.parties()[0]).is_ok() && !bool::from(key.public_point().is_identity()));
    });
    malformed!(dkg_key_share, KeyShare, samples("dkg_key_share", 1), |share: KeyShare| {
        assert!(share.group().share_point(share.party()).is_ok());
    });
    malformed!(
        decryption_share,
        DecryptionShare,
        samples("decryption_share", 1),
        |share: DecryptionShare| {
            let key: KeyShare =
                veilkit::codec::Decode::from_bytes(&samples("dkg_key_share", 1)[0], ()).expect("a sample");
            let group = key.group();
            let params = veilkit::elgamal::additive::Params::default();
            let public = veilkit::elgamal::additive::PublicKey::from_point(params, group.public_point());
            let public = public.expect("a key");
            let shape = veilkit::shape::Shape::new(&[1]).expect("one axis");
            let plain =
                veilkit::elgamal::additive::PlainArray::integers(&params, &shape, &[1]).expect("small");
            let array = veilkit::elgamal::additive::EncryptedArray::encrypt(
                &public,
                &plain,
                &mut rng("use"),
                &mut (),
            )
            .expect("fits");
            let combined = veilkit::mpc::threshold_decrypt::combine(
                group,
                &array,
                &[share],
                b"malformed",
                &mut rng("use"),
                &mut (),
            );
            assert!(combined.is_err());
        }
    );
}

/// The check must see each fault that it is there for.
mod planted {
    use super::support::malformed::{Check, LIMIT, Report, quiet_panics};
    use veilkit::{
        Error, ErrorKind, Result,
        codec::{Decode, Encode, Kind, Reader, Writer},
    };

    struct List(Vec<u16>);

    impl Encode for List {
        const KIND: Kind = Kind::PaillierPublicKey;
        fn params_id(&self) -> u32 {
            0
        }
        fn body_len(&self) -> usize {
            4 + 2 * self.0.len()
        }
        fn write_body(&self, out: &mut Writer) {
            out.len(self.0.len());
            for item in &self.0 {
                out.u16(*item);
            }
        }
    }

    impl Decode for List {
        fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
            let count = body.count(2, "list: length")?;
            (0..count).map(|_| body.u16("list: item")).collect::<Result<_>>().map(List)
        }
    }

    /// Runs the check over a decoder that looks at the bytes first, and gives the fault that is found.
    fn found(
        before: impl Fn(&[u8]) -> Result<()> + Send + 'static,
        exercise: impl Fn(List) + Send + 'static,
    ) -> std::result::Result<Report, String> {
        quiet_panics();
        let decode = move |bytes: &[u8]| {
            before(bytes)?;
            List::from_bytes(bytes, ()).map(|list| {
                let again = list.to_bytes().to_vec();
                (list, again)
            })
        };
        let samples = vec![List(vec![]).to_bytes().to_vec(), List(vec![7; 20]).to_bytes().to_vec()];
        Check { name: "planted", samples, floor: 10_000, limit: LIMIT / 10, decode, exercise }
            .run()
            .map_err(|fault| fault.what)
    }

    fn length_field(bytes: &[u8]) -> Option<u32> {
        Some(u32::from_le_bytes(bytes.get(9..13)?.try_into().ok()?))
    }

    #[test]
    fn a_good_decoder_passes() {
        let report = found(|_| Ok(()), |list| assert!(list.0.len() <= 20)).unwrap();
        assert!(report.inputs >= 10_000 && report.accepted > 100, "{report:?}");
        assert!(report.excess < 1024, "{report:?}");
    }

    #[test]
    fn a_panic_is_found() {
        let fault = found(
            |bytes| {
                assert_ne!(length_field(bytes), Some(0x8000_0000));
                Ok(())
            },
            drop,
        );
        assert_eq!(fault.unwrap_err(), "the decoder panics");
    }

    #[test]
    fn memory_by_a_length_field_is_found() {
        let fault = found(
            |bytes| {
                let len = length_field(bytes).map_or(0, |len| len.min(1 << 20));
                drop(Vec::<u8>::with_capacity(usize::try_from(len).unwrap()));
                Ok(())
            },
            drop,
        );
        assert!(fault.unwrap_err().contains("bytes of memory"));
    }

    #[test]
    fn slowness_is_found() {
        let slow = |bytes: &[u8]| {
            let work: u32 = if length_field(bytes) == Some(255) { 400_000_000 } else { 0 };
            (0..work).for_each(|i| _ = std::hint::black_box(i));
            Ok(())
        };
        assert!(found(slow, drop).unwrap_err().contains("takes"));
    }

    #[test]
    fn a_use_that_panics_is_found() {
        assert_eq!(
            found(|_| Ok(()), |list| assert!(list.0.iter().all(|item| *item < 0x100))).unwrap_err(),
            "accepted, but its use panics"
        );
    }

    /// The first family that a decoder wrongly accepts, when `edit` hides something from it.
    fn lax_family(edit: impl Fn(&mut Vec<u8>) + Send + 'static) -> &'static str {
        quiet_panics();
        let decode = move |bytes: &[u8]| {
            let mut seen = bytes.to_vec();
            edit(&mut seen);
            List::from_bytes(&seen, ()).map(|list| (list, bytes.to_vec()))
        };
        let samples = vec![List(vec![1, 2]).to_bytes().to_vec()];
        let fault = Check { name: "lax", samples, floor: 10_000, limit: LIMIT, decode, exercise: drop }
            .run()
            .unwrap_err();
        assert_eq!(fault.what, "the input is accepted");
        fault.family
    }

    #[test]
    fn laxness_is_found() {
        assert_eq!(lax_family(|bytes| bytes.truncate(17)), "trailing zeros");
        assert_eq!(lax_family(|bytes| bytes.iter_mut().skip(2).take(1).for_each(|v| *v = 1)), "version");
        assert_eq!(lax_family(|bytes| bytes.iter_mut().skip(4).take(1).for_each(|v| *v = 1)), "kind");
    }

    #[test]
    fn an_error_without_a_name_is_found() {
        let fault = found(
            |bytes| if bytes.is_empty() { Err(Error::new(ErrorKind::InvalidEncoding, "")) } else { Ok(()) },
            drop,
        );
        assert_eq!(fault.unwrap_err(), "the error names nothing");
    }
}

/// Plans of studies, and ledgers.
mod study {
    use super::support::vectors::samples;
    use crate::malformed;
    use veilkit::mpc::study::{Ledger, Plan};

    malformed!(mpc_plan, Plan, samples("mpc_plan", 3), |plan: Plan| {
        let text = plan.explain();
        assert!(plan.functions().iter().all(|function| text.contains(function.name())));
    });
    malformed!(mpc_ledger, Ledger, samples("mpc_ledger", 2), |ledger: Ledger| {
        assert_eq!(format!("{ledger:?}"), "Ledger { .. }");
    });
}

/// Decoders of multi-party protocols; an accepted message also goes into a running session.
mod mpc {
    use super::support::random::rng;
    use crate::malformed;
    use veilkit::{
        PartyId,
        codec::{Decode, Encode},
        mpc::{
            IdentityKey,
            secure_sum::{Input, Message, Plan, PlanSpec, Round, Session, SessionId},
            testing,
        },
    };

    fn study(parties: u16) -> (Plan, Vec<IdentityKey>) {
        let mut rng = rng("malformed secure sum");
        let keys: Vec<_> = (0..parties).map(|_| IdentityKey::generate(&mut rng)).collect();
        let numbered = keys.iter().zip(1..).map(|(key, n)| (PartyId::new(n).unwrap(), key.identity()));
        let spec = PlanSpec {
            session: SessionId::random(&mut rng),
            parties: numbered.collect(),
            threshold: usize::from(parties) / 2 + 1,
            min_survivors: usize::from(parties),
            length: 2,
            fraction_bits: 10,
            max_abs: 1e3,
            purpose: "joint mean".repeat(usize::from(parties) - 2),
        };
        (Plan::new(spec).unwrap(), keys)
    }

    fn inputs(plan: &Plan) -> Vec<Input> {
        plan.parties().iter().map(|_| Input::integers(plan, &[1, 2]).unwrap()).collect()
    }

    /// One message of each round.
    fn messages() -> Vec<Vec<u8>> {
        let (plan, keys) = study(3);
        let mut messages = Vec::new();
        testing::run_with(&plan, &keys, inputs(&plan), &mut rng("malformed messages"), |_, network| {
            messages.push(network.deliveries()[0].bytes.clone());
        })
        .unwrap();
        messages
    }

    /// Puts the message into a run in place of what its sender sends in that round.
    fn step_with(message: &Message) {
        let (plan, keys) = study(3);
        let incoming = [(message.sender(), message.to_bytes().to_vec())];
        testing::run_with(&plan, &keys, inputs(&plan), &mut rng("malformed messages"), |round, network| {
            if round == message.round() {
                network.deliveries().retain(|d| d.from != incoming[0].0);
                network.deliveries().push(testing::Delivery {
                    from: incoming[0].0,
                    to: plan.parties()[1],
                    bytes: incoming[0].1.clone(),
                });
            }
        })
        .unwrap();
    }

    malformed!(
        secure_sum_plan,
        Plan,
        vec![study(2).0.to_bytes().to_vec(), study(5).0.to_bytes().to_vec()],
        |plan: Plan| assert!(plan.explain().len() > plan.revealed().len())
    );

    malformed!(secure_sum_message, Message, messages(), |message: Message| {
        assert!(message.payload_len() <= message.to_bytes().len());
        // A run takes milliseconds: let one message in 16 into a session.
        if message.payload_len() > 64 && message.to_bytes().iter().fold(0, |sum, byte| sum ^ byte) % 16 == 0 {
            step_with(&message);
        }
    });

    malformed!(
        mpc_identity_key,
        IdentityKey,
        study(3).1.iter().map(|key| key.to_bytes().to_vec()).collect(),
        |key: IdentityKey| assert!(format!("{key:?}").contains("Identity("))
    );

    #[test]
    fn a_session_takes_any_message() {
        let (plan, keys) = study(3);
        for bytes in messages() {
            let message = Message::from_bytes(&bytes, ()).unwrap();
            let input = Input::integers(&plan, &[1, 2]).unwrap();
            let mut rng = rng("malformed session");
            let me = plan.parties()[1];
            let (mut session, _) = Session::start(&plan, me, &keys[1], input, &mut rng).unwrap();
            assert!(session.step(&[(message.sender(), bytes)]).is_err() && session.round().is_none());
            assert!(message.round() >= Round::AdvertiseKeys);
        }
    }
}

/// Sessions of protocol code: an accepted frame also goes into a party's session.
mod mpc_session {
    use super::support::vectors::samples;
    use crate::malformed;
    use veilkit::{
        codec::Encode,
        mpc::{
            session::{Channel, Frame, Journal, Seed, Session},
            testing::parties::{Cast, run_with},
        },
    };

    async fn talk(mut channel: Channel) -> veilkit::Result<usize> {
        Ok(channel.broadcast("talk", vec![7; 20]).await?.len())
    }

    /// A hello, an echo and a message.
    fn frames() -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        run_with(2, b"malformed", talk, |deliveries| {
            frames.extend(deliveries.first().map(|delivery| delivery.bytes.clone()));
        });
        frames
    }

    malformed!(mpc_frame, Frame, frames(), |frame: Frame| {
        // A session takes a millisecond: one frame in 16 goes into one.
        if frame.content.iter().fold(0, |sum, byte| sum ^ byte) % 16 == 0 {
            let cast = Cast::new(2, b"malformed");
            let me = cast.setup.parties()[1];
            let (mut session, _) =
                Session::start(&cast.setup, me, &cast.keys[1], &cast.seeds[1], talk).unwrap();
            let _ = session.step(&[(frame.address.sender, frame.to_bytes().to_vec())]);
        }
    });

    malformed!(mpc_journal, Journal, samples("mpc_journal", 3), |journal: Journal| {
        let bytes = journal.to_bytes();
        assert!(Journal::recover(&bytes).unwrap() == (journal, bytes.len()));
    });

    malformed!(mpc_seed, Seed, samples("mpc_seed", 3), |seed: Seed| {
        assert_eq!(format!("{seed:?}"), "Seed(..)");
    });
}

mod ckks {
    use super::support::vectors::samples;
    use crate::malformed;
    use crate::support::{malformed::LIMIT, random::rng};
    use std::sync::OnceLock;
    use veilkit::{
        ckks::{
            Ciphertext, Context, EncryptedArray, EncryptionKey, EvaluationKeys, KeyRequest, Params,
            PlainArray, PublicKey, ReleaseBudget, SecretKey,
        },
        codec::{Decode, Encode},
        shape::Pick,
    };

    fn key() -> &'static SecretKey {
        static KEY: OnceLock<SecretKey> = OnceLock::new();
        KEY.get_or_init(|| {
            let bytes = &samples("ckks_secret_key", 1)[0];
            let context = Context::new(&Params::of_encoding(bytes).unwrap()).unwrap();
            SecretKey::from_bytes(bytes, &context).unwrap()
        })
    }

    fn keys() -> &'static EvaluationKeys {
        static KEYS: OnceLock<EvaluationKeys> = OnceLock::new();
        KEYS.get_or_init(|| made(&KeyRequest::new().relinearization().conjugation().rotations(&[1])))
    }

    fn made(request: &KeyRequest) -> EvaluationKeys {
        EvaluationKeys::generate(key(), request, &mut rng("malformed evaluation keys"), &mut ()).unwrap()
    }

    fn fresh() -> Ciphertext {
        key().encrypt_values(&[1.0], 1.0, &mut rng("malformed ciphertext")).unwrap()
    }

    /// Sums, products, rotations, decryption.
    fn compute(keys: &EvaluationKeys, ciphertext: &Ciphertext) {
        let _ = ciphertext.add(ciphertext);
        let _ = ciphertext.mul_constant(0.5, 4.0);
        let _ = ciphertext.rescale();
        let _ = keys.multiply(ciphertext, ciphertext);
        let _ = ciphertext.square().and_then(|product| keys.relinearize(&product));
        let _ = keys.rotate(ciphertext, 1);
        let _ = key().decrypt(ciphertext).map(|values| values.to_complex());
    }

    malformed!(ckks_params, Params, samples("ckks_params", 3), |params: Params| {
        assert!(!params.describe().to_string().is_empty());
    }, context: (), floor: 4_000, limit: LIMIT);

    malformed!(ckks_secret_key, SecretKey, samples("ckks_secret_key", 1), |key: SecretKey| {
        let ciphertext = key.encrypt_values(&[1.0], 1.0, &mut rng("malformed secret key")).unwrap();
        assert!(key.decrypt(&ciphertext).is_ok());
    }, context: key().context(), floor: 2_000, limit: LIMIT);

    malformed!(ckks_public_key, PublicKey, samples("ckks_public_key", 1), |key: PublicKey| {
        compute(keys(), &key.encrypt_values(&[1.0], 1.0, &mut rng("malformed public key")).unwrap());
    }, context: key().context(), floor: 2_000, limit: LIMIT);

    malformed!(ckks_ciphertext, Ciphertext, samples("ckks_ciphertext", 2), |ciphertext: Ciphertext| {
        compute(keys(), &ciphertext);
    }, context: key().context(), floor: 4_000, limit: LIMIT);

    malformed!(ckks_array, EncryptedArray, samples("ckks_array", 1), |array: EncryptedArray| {
        let (keys, one) = (Some(keys()), PlainArray::constant(0.5).unwrap());
        let _ = array.add_plain(&one, keys, &mut ());
        let _ = array.add(&array, keys, &mut ());
        let _ = array.sum(None, keys, &mut ());
        let _ = array.slice(&[Pick::At(0)], keys, &mut ());
        let _ = array.decrypt(key(), &mut ());
    }, context: key().context(), floor: 4_000, limit: LIMIT);

    malformed!(ckks_evaluation_keys, EvaluationKeys, [
        KeyRequest::new().relinearization(),
        KeyRequest::new().rotations(&[1]),
    ].iter().map(|request| made(request).to_bytes().to_vec()).collect(), |keys: EvaluationKeys| {
        compute(&keys, &fresh());
    }, context: key().context(), floor: 2_000, limit: LIMIT);

    malformed!(ckks_release_budget, ReleaseBudget, samples("ckks_release_budget", 1), |mut budget: ReleaseBudget| {
        let left = budget.left();
        let rng = &mut rng("malformed budget");
        let released = key().release(&mut budget, &fresh(), &[0], f64::INFINITY, rng);
        assert_eq!(budget.left(), left - u32::from(released.is_ok()));
    }, context: key().context(), floor: 1_000, limit: LIMIT);
}
