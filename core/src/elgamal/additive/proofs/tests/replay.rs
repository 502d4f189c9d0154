//! A proof counts in its session, by its party, under its key, for its statement; lists of other lengths are none.
use super::*;

/// Refused by the check, or before.
fn refused(equations: Result<Equations>, kind: ErrorKind, what: &str) {
    let error = equations.and_then(|equations| equations.check()).expect_err(what);
    assert_eq!(error.kind(), kind, "{what}");
}

/// Contexts that differ from that of the proofs in one thing each.
fn elsewhere() -> [(&'static str, Context); 5] {
    let party = |number| PartyId::new(number).unwrap();
    [
        ("another session", Context::new(b"session 2").by(party(3))),
        ("a longer session", Context::new(b"session 1\0").by(party(3))),
        ("no session", Context::new(b"").by(party(3))),
        ("another party", Context::new(b"session 1").by(party(4))),
        ("no party", Context::new(b"session 1")),
    ]
}

#[test]
fn no_proof_counts_elsewhere() {
    let random = &mut rng("replay");
    let (bit, bit_proof) = BitProof::encrypt(key(), 1, &context(), random).unwrap();
    let (whole, range) = RangeProof::encrypt_within(key(), 75, 40..=180, &context(), random).unwrap();
    let ballot = Ballot::encrypt(key(), 1, 3, &context(), random).unwrap();
    for (what, context) in elsewhere() {
        refused(bit_proof.equations(key(), &bit, &context), ErrorKind::VerificationFailed, what);
        let equations = range.equations_within(key(), &whole, 40..=180, &context);
        refused(equations, ErrorKind::VerificationFailed, what);
        refused(ballot.equations(key(), 3, &context), ErrorKind::VerificationFailed, what);
        for Case { proof, check, .. } in cases() {
            refused(check(&proof, &context), ErrorKind::VerificationFailed, what);
        }
    }
    // The same integer, encrypted again; and the same ciphertext under another key.
    let far = other_key().public_key();
    let same = key().encrypt(1, random).unwrap();
    refused(bit_proof.equations(key(), &same, &context()), ErrorKind::VerificationFailed, "bit");
    refused(bit_proof.equations(far, &bit, &context()), ErrorKind::ParamsMismatch, "bit");
    let same = key().encrypt(75, random).unwrap();
    let equations = range.equations_within(key(), &same, 40..=180, &context());
    refused(equations, ErrorKind::VerificationFailed, "range");
    refused(range.equations_within(far, &whole, 40..=180, &context()), ErrorKind::ParamsMismatch, "range");
    refused(ballot.equations(far, 3, &context()), ErrorKind::ParamsMismatch, "ballot");
    let (blinder, payload) = bit.points();
    let moved = Ciphertext::new(blinder, payload, far);
    refused(bit_proof.equations(far, &moved, &context()), ErrorKind::VerificationFailed, "points moved");
}

#[test]
fn parameters_are_part_of_the_statement() {
    let random = &mut rng("params");
    let (bit, proof) = BitProof::encrypt(key(), 1, &context(), random).unwrap();
    let spec = ParamsSpec { fraction_bits: 4, ..ParamsSpec::default() };
    let other = PublicKey::from_point(Params::new(spec).unwrap(), key().point()).unwrap();
    let (blinder, payload) = bit.points();
    let same_points = Ciphertext::new(blinder, payload, &other);
    refused(proof.equations(&other, &same_points, &context()), ErrorKind::VerificationFailed, "scale");
}

#[test]
fn lists_of_other_lengths_are_refused() {
    let random = &mut rng("lengths");
    let (c, range) = RangeProof::encrypt(key(), 5, 3, &context(), random).unwrap();
    let wrong = [
        |proof: &mut RangeProof| proof.parts_mut().0.truncate(1),
        |proof: &mut RangeProof| proof.parts_mut().1.truncate(2),
        |proof: &mut RangeProof| {
            let (upper, proofs) = proof.parts_mut();
            upper.push(upper[0]);
            proofs.push(proofs[0].clone());
        },
        |proof: &mut RangeProof| {
            proof.parts_mut().0.clear();
            proof.parts_mut().1.clear();
        },
    ];
    for spoil in wrong {
        let mut proof = range.clone();
        spoil(&mut proof);
        // Before any equation: what stands beside the lists that are walked together would go unchecked.
        let error = proof.equations(key(), &c, 3, &context()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VerificationFailed);
    }
    let ballot = Ballot::encrypt(key(), 1, 3, &context(), random).unwrap();
    let wrong = [
        |ballot: &mut Ballot| ballot.parts_mut().0.truncate(2),
        |ballot: &mut Ballot| ballot.parts_mut().1.truncate(2),
        |ballot: &mut Ballot| {
            let extra = ballot.parts_mut().1[0].clone();
            ballot.parts_mut().1.push(extra);
        },
        |ballot: &mut Ballot| {
            ballot.parts_mut().0.clear();
            ballot.parts_mut().1.clear();
        },
    ];
    for spoil in wrong {
        let mut spoilt = ballot.clone();
        spoil(&mut spoilt);
        let error = spoilt.equations(key(), 3, &context()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VerificationFailed);
    }
}

/// From 0 to 2 both digits weigh 1, so exchanged they still add up.
#[test]
fn digits_keep_their_places() {
    let (c, proof) = RangeProof::encrypt_within(key(), 1, 0..=2, &context(), &mut rng("places")).unwrap();
    proof.equations_within(key(), &c, 0..=2, &context()).unwrap().check().unwrap();
    let mut exchanged = proof.clone();
    let (upper, proofs) = exchanged.parts_mut();
    let ((blinder, payload), (first, second)) = (c.points(), upper[0]);
    upper[0] = (blinder - first, payload - second);
    proofs.swap(0, 1);
    let equations = exchanged.equations_within(key(), &c, 0..=2, &context());
    refused(equations, ErrorKind::VerificationFailed, "exchanged");
}

/// One bad proof among many of each kind: refused, and found.
#[test]
fn batches_find_the_bad_one() {
    let random = &mut rng("batches");
    let wrong_context = Context::new(b"session 2").by(PartyId::new(3).unwrap());
    let contexts = [context(), context(), wrong_context, context()];
    let mut bits = Batch::new();
    let mut ranges = Batch::new();
    let mut ballots = Batch::new();
    let mut decryptions = Batch::new();
    for (value, context) in (0..4).zip(&contexts) {
        let (c, proof) = BitProof::encrypt(key(), value & 1, &super::context(), random).unwrap();
        bits.push(proof.equations(key(), &c, context).unwrap());
        let (c, proof) = RangeProof::encrypt_within(key(), value, -1..=5, &super::context(), random).unwrap();
        ranges.push(proof.equations_within(key(), &c, -1..=5, context).unwrap());
        let proof = prove_decryption(secret_key(), &c, value, &super::context(), random).unwrap();
        decryptions.push(verify_decryption(key(), &c, value, &proof, context).unwrap());
        let ballot = Ballot::encrypt(key(), 2, 4, &super::context(), random).unwrap();
        ballots.push(ballot.equations(key(), 4, context).unwrap());
    }
    for batch in [bits, ranges, ballots, decryptions] {
        assert_eq!(batch.verify(random).unwrap_err().kind(), ErrorKind::VerificationFailed);
        assert_eq!((batch.len(), batch.wrong()), (4, vec![2]));
    }
    // A proof of nothing does not hide among others.
    let mut batch = Batch::new();
    let (c, proof) = BitProof::encrypt(key(), 1, &context(), random).unwrap();
    batch.push(proof.equations(key(), &c, &context()).unwrap());
    batch.verify(random).unwrap();
    batch.push(Equations::default());
    assert!(batch.verify(random).is_err());
    assert_eq!(batch.wrong(), [1]);
}
