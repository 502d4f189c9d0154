//! For every equation of every verifier a false statement that breaks this one and no other: without it, it would pass.
use super::*;
use crate::elgamal::additive::SecretKey;
use crate::elgamal::additive::ciphertext::Encoded;
use crate::elgamal::additive::discrete_log::scalar;

const G: fn() -> Point = Point::generator;

/// The places of what fails, once it is sure that the proof is refused.
fn failing(equations: &Equations) -> Vec<usize> {
    assert_eq!(equations.check().unwrap_err().kind(), ErrorKind::VerificationFailed);
    equations.failing()
}

fn with_points(ciphertext: &Ciphertext, key: &PublicKey, at: usize) -> Ciphertext {
    let (blinder, payload) = ciphertext.points();
    let moved = |place: usize, point: Point| if place == at { point + G() } else { point };
    Ciphertext::new(moved(0, blinder), moved(1, payload), key)
}

#[test]
fn each_equation_about_a_plaintext_catches_its_own_lie() {
    let (value, r, random) = (-77, randomizer("r"), &mut rng("lies"));
    let c = key().encrypt_with(value, &r).unwrap();
    for at in 0..2 {
        let lie = with_points(&c, key(), at);
        let proof = prove_plaintext(key(), &lie, value, &r, &context(), random).unwrap();
        let equations = verify_plaintext(key(), &lie, &proof, &context()).unwrap();
        assert_eq!(failing(&equations), [at], "plaintext");
        let proof = prove_value(key(), &lie, value, &r, &context(), random).unwrap();
        let equations = verify_value(key(), &lie, value, &proof, &context()).unwrap();
        assert_eq!(failing(&equations), [at], "value");
    }
}

#[test]
fn each_equation_of_an_equality_catches_its_own_lie() {
    let random = &mut rng("lies");
    let x = Scalar::from_u64(0x5eed);
    let bases = [G(), Point::pedersen_base()];
    for at in 0..2 {
        let mut targets = bases.map(|base| base * x);
        targets[at] = targets[at] + G();
        let proof = prove_equal_logarithms(bases, targets, &x, &context(), random).unwrap();
        let equations = verify_equal_logarithms(bases, targets, &proof, &context()).unwrap();
        assert_eq!(failing(&equations), [at]);
    }
    let (value, r, s, far) = (5, randomizer("r"), randomizer("s"), other_key().public_key());
    let c = key().encrypt_with(value, &r).unwrap();
    let d = far.encrypt_with(value, &s).unwrap();
    for at in 0..4 {
        let (c, d) = (with_points(&c, key(), at), with_points(&d, far, at.wrapping_sub(2)));
        let sides = [(key(), &c), (far, &d)];
        let proof = prove_equal_plaintexts(sides, value, [&r, &s], &context(), random).unwrap();
        let equations = verify_equal_plaintexts(sides, &proof, &context()).unwrap();
        assert_eq!(failing(&equations), [at]);
    }
}

/// `x + distance / r`: a key under which a ciphertext with this randomizer holds `distance` less.
fn wrong_key(key: &SecretKey, randomizer: &Randomizer, distance: i64) -> Scalar {
    let mut inverse = [*randomizer.scalar()];
    crate::field::batch::invert(&mut inverse).unwrap();
    *key.scalar() + inverse[0] * scalar(distance)
}

#[test]
fn each_equation_of_a_decryption_catches_its_own_lie() {
    let (value, r, random) = (1000, randomizer("r"), &mut rng("lies"));
    let c = key().encrypt_with(value, &r).unwrap();
    // Who knows the randomizer finds a key under which the ciphertext holds what they like: it is not the public one.
    let secret = wrong_key(secret_key(), &r, 1);
    let proof = linear::decryption(key(), &c, value - 1).unwrap().prove(&[secret], &context(), random);
    assert_eq!(failing(&verify_decryption(key(), &c, value - 1, &proof, &context()).unwrap()), [0]);
    let proof = prove_decryption(secret_key(), &c, value - 1, &context(), random).unwrap();
    assert_eq!(failing(&verify_decryption(key(), &c, value - 1, &proof, &context()).unwrap()), [1]);
}

#[test]
fn each_equation_of_a_hand_over_catches_its_own_lie() {
    let (value, r, s, random) = (1000, randomizer("r"), randomizer("s"), &mut rng("lies"));
    let (c, far) = (key().encrypt_with(value, &r).unwrap(), other_key().public_key());
    let honest = far.encrypt_with(value, &s).unwrap();
    let less = far.encrypt_with(value - 1, &s).unwrap();
    let (x, wrong) = (*secret_key().scalar(), wrong_key(secret_key(), &r, 1));
    let lies = [(less, wrong), (with_points(&honest, far, 0), x), (with_points(&honest, far, 1), x)];
    for (at, (handed, secret)) in lies.into_iter().enumerate() {
        let relation = linear::hand_over_relation([(key(), &c), (far, &handed)]).unwrap();
        let proof = relation.prove(&[secret, *s.scalar()], &context(), random);
        let equations = verify_hand_over((key(), &c), (far, &handed), &proof, &context()).unwrap();
        assert_eq!(failing(&equations), [at]);
    }
}

#[test]
fn each_equation_of_a_linear_function_catches_its_own_lie() {
    let (r, random) = (randomizer("r"), &mut rng("lies"));
    let c = key().encrypt(8, random).unwrap();
    let function = LinearFunction { weights: vec![3, -2], offset: 10 };
    let honest = key().add_plain(&key().dot_vartime(&[&c, &c], &[3, -2]).unwrap(), 10).unwrap();
    let honest = key().rerandomize_with(&honest, &r).unwrap();
    for at in 0..2 {
        let lie = with_points(&honest, key(), at);
        let relation = function.relation(key(), &[&c, &c], &lie).unwrap();
        let proof = relation.prove(&[*r.scalar()], &context(), random);
        let equations = verify_linear(key(), &function, &[&c, &c], &lie, &proof, &context()).unwrap();
        assert_eq!(failing(&equations), [at]);
    }
}

/// A bit proof from its parts: both commitments of a branch follow from its challenge and response.
fn simulated(ciphertext: &Ciphertext, branch: usize, challenge: Scalar, response: Scalar) -> [Point; 2] {
    let (blinder, payload) = ciphertext.points();
    let rest = if branch == 1 { payload - G() } else { payload };
    [G() * response - blinder * challenge, key().point() * response - rest * challenge]
}

/// A proof whose `branch` is proven with a randomizer, and whose other branch is simulated from the points: that one always
/// holds, whatever is in the ciphertext.
fn proven(ciphertext: &Ciphertext, branch: usize, randomizer: &Randomizer) -> BitProof {
    let [nonce, challenge, response] = [11, 22, 33].map(Scalar::from_u64);
    let (_, mut proof) = BitProof::encrypt(key(), 0, &context(), &mut rng("template")).unwrap();
    let (commitments, first, responses) = proof.parts_mut();
    let other = 1 - branch;
    commitments[2 * other..][..2].copy_from_slice(&simulated(ciphertext, other, challenge, response));
    commitments[2 * branch..][..2].copy_from_slice(&[G() * nonce, key().point() * nonce]);
    let mut transcript = bit::transcript(key(), &Encoded::new(ciphertext), &context());
    let real = relation::challenge(&mut transcript, commitments) - challenge;
    *first = if branch == 0 { real } else { challenge };
    responses[other] = response;
    responses[branch] = nonce + real * *randomizer.scalar();
    proof
}

#[test]
fn each_equation_of_a_bit_catches_its_own_lie() {
    let r = randomizer("bit");
    for branch in 0..2 {
        let bit = i64::try_from(branch).unwrap();
        let honest = key().encrypt_with(bit, &r).unwrap();
        let equations = proven(&honest, branch, &r).equations(key(), &honest, &context()).unwrap();
        equations.check().unwrap();
        for at in 0..2 {
            let lie = with_points(&honest, key(), at);
            let equations = proven(&lie, branch, &r).equations(key(), &lie, &context()).unwrap();
            assert_eq!(failing(&equations), [2 * branch + at]);
        }
    }
}

/// Both branches simulated, with challenges that do not add up to what the hash says: the verifier computes the second one.
#[test]
fn only_one_branch_of_a_bit_may_be_simulated() {
    let two = key().encrypt(2, &mut rng("two")).unwrap();
    let (_, mut proof) = BitProof::encrypt(key(), 0, &context(), &mut rng("template")).unwrap();
    let [challenge, response] = [22, 33].map(Scalar::from_u64);
    let (commitments, first, responses) = proof.parts_mut();
    for branch in 0..2 {
        let parts = simulated(&two, branch, challenge, response);
        commitments[2 * branch..][..2].copy_from_slice(&parts);
        responses[branch] = response;
    }
    *first = challenge;
    assert_eq!(failing(&proof.equations(key(), &two, &context()).unwrap()), [2, 3]);
}

#[test]
fn each_digit_of_a_range_is_checked() {
    let random = &mut rng("digits");
    for range in [0..=31, -5..=20] {
        let bounds = range::Bounds::new(key(), &range).unwrap();
        for at in 0..5 {
            let mut digits = vec![0; 5];
            digits[at] = 2;
            let value = range.start() + 2 * bounds.weight(at).cast_signed();
            let r = randomizer("whole");
            let c = key().encrypt_with(value, &r).unwrap();
            let proof = RangeProof::prove_digits(key(), &c, &bounds, &digits, &r, &context(), random);
            let failing = failing(&proof.equations_within(key(), &c, range.clone(), &context()).unwrap());
            assert!(failing.iter().all(|place| place / 4 == at), "{at}: {failing:?}");
        }
        // Digits that are bits but do not make what is encrypted.
        let (r, digits) = (randomizer("whole"), [1, 0, 0, 0, 0]);
        let c = key().encrypt_with(40, &r).unwrap();
        let proof = RangeProof::prove_digits(key(), &c, &bounds, &digits, &r, &context(), random);
        let failing = failing(&proof.equations_within(key(), &c, range.clone(), &context()).unwrap());
        assert!(failing.iter().all(|place| *place < 4), "{failing:?}");
    }
}

#[test]
fn each_choice_of_a_ballot_and_their_total_are_checked() {
    let random = &mut rng("choices");
    for at in 0..3 {
        let mut chosen = [1; 3];
        chosen[at] = -1;
        let ballot = Ballot::prove(key(), &chosen, &context(), random);
        let failing = failing(&ballot.equations(key(), 3, &context()).unwrap());
        assert!(failing.iter().all(|place| (*place).wrapping_sub(2) / 4 == at), "{at}: {failing:?}");
    }
    for chosen in [[0; 3], [0, 1, 1]] {
        let ballot = Ballot::prove(key(), &chosen, &context(), random);
        let failing = failing(&ballot.equations(key(), 3, &context()).unwrap());
        assert!(failing.iter().all(|place| *place < 2), "{failing:?}");
    }
    // The total is wrong in its blinder alone, and in its payload alone.
    let ballot = Ballot::prove(key(), &[0, 1, 0], &context(), random);
    for part in 0..2 {
        let mut wrong = ballot.clone();
        let (commitments, _) = wrong.parts_mut().2.parts_mut();
        commitments[part] = commitments[part] + G();
        assert!(wrong.equations(key(), 3, &context()).unwrap().check().is_err());
    }
}
