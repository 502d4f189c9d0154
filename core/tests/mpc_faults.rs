//! Every round, every directed pair of parties, every fault: the right sum, or an error that blames no honest party.
//!
//! The faults here are those of a transport, or of a party that runs the protocol twice. They prove nothing against
//! anybody unless two signatures of one party contradict each other, and only then may `VerificationFailed` name it.
//! Cheats that need a party's keys are beside the code, in `core/src/mpc/secure_sum/cheats.rs`.
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use veilkit::{
    ErrorKind, PartyId,
    codec::HEADER_LEN,
    mpc::{
        IdentityKey, Outgoing,
        secure_sum::{Input, Plan, PlanSpec, Round, Session, SessionId, SumOutput},
        testing::{self, Delivery, Network, Side},
    },
};

const ROUNDS: [Round; 5] =
    [Round::AdvertiseKeys, Round::ShareSecrets, Round::MaskedInput, Round::Consistency, Round::Unmask];
/// Where the fields of a message start: plan hash, round, sender, receiver, length, body.
const PLAN_AT: usize = HEADER_LEN;
const ROUND_AT: usize = PLAN_AT + 32;
const SENDER_AT: usize = ROUND_AT + 1;
const RECEIVER_AT: usize = SENDER_AT + 2;
const LENGTH_AT: usize = RECEIVER_AT + 2;
const BODY_AT: usize = LENGTH_AT + 4;

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

struct Study {
    plan: Plan,
    /// The same parties, another session.
    other: Plan,
    keys: Vec<IdentityKey>,
    seed: [u8; 32],
}

impl Study {
    fn new(n: u16, threshold: usize) -> Self {
        let mut rng = ChaCha20Rng::from_seed([n.to_le_bytes()[0]; 32]);
        let keys: Vec<_> = (0..n).map(|_| IdentityKey::generate(&mut rng)).collect();
        let spec = PlanSpec {
            session: SessionId::random(&mut rng),
            parties: keys.iter().zip(1..).map(|(key, number)| (party(number), key.identity())).collect(),
            threshold,
            min_survivors: threshold,
            length: 3,
            fraction_bits: 8,
            max_abs: 1e6,
            purpose: "faults".into(),
        };
        let other = Plan::new(PlanSpec { session: SessionId::random(&mut rng), ..spec.clone() }).unwrap();
        Self { plan: Plan::new(spec).unwrap(), other, keys, seed: [7; 32] }
    }

    fn rng(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(self.seed)
    }

    fn values(&self, at: usize) -> [i64; 3] {
        [1, 1 << (4 * at), -1000 - i64::try_from(at).unwrap()]
    }

    fn inputs(&self, plan: &Plan) -> Vec<Input> {
        (0..self.keys.len()).map(|at| Input::integers(plan, &self.values(at)).unwrap()).collect()
    }

    fn run(&self, tamper: impl FnMut(Round, &mut Network)) -> Vec<(PartyId, Side)> {
        testing::run_with(&self.plan, &self.keys, self.inputs(&self.plan), &mut self.rng(), tamper).unwrap()
    }

    /// Everything that an undisturbed run sends.
    fn record(&self, plan: &Plan) -> Vec<(Round, Delivery)> {
        let mut sent = Vec::new();
        testing::run_with(plan, &self.keys, self.inputs(plan), &mut self.rng(), |round, network| {
            sent.extend(network.deliveries().iter().map(|delivery| (round, delivery.clone())));
        })
        .unwrap();
        sent
    }

    /// All outputs are one and the same, and it is the sum of the survivors that it names.
    fn check_outputs(&self, sides: &[(PartyId, Side)], what: &str) -> usize {
        let outputs: Vec<&SumOutput> = sides
            .iter()
            .filter_map(|(_, side)| if let Side::Done(output) = side { Some(output) } else { None })
            .collect();
        for output in &outputs {
            assert_eq!(output, &outputs[0], "two different outputs: {what}");
            let mut expected = [0_i64; 3];
            for survivor in output.survivors() {
                let at = usize::from(survivor.get()) - 1;
                expected.iter_mut().zip(self.values(at)).for_each(|(sum, value)| *sum += value << 8);
            }
            assert_eq!(output.raw(), expected, "a wrong sum: {what}");
            assert!(output.survivors().len() >= self.plan.min_survivors(), "{what}");
        }
        outputs.len()
    }

    /// What each party that failed may say after a fault of the transport.
    fn check_errors(&self, sides: &[(PartyId, Side)], what: &str) {
        for (me, side) in sides {
            let Side::Failed(error) = side else { continue };
            match error.kind() {
                // These name the party that the transport says something about.
                ErrorKind::MissingMessage | ErrorKind::DuplicateParty | ErrorKind::UnknownParty => {
                    assert!(!error.culprits().contains(me), "{what}: {error}");
                }
                // A party stops when others stopped before it.
                _ => assert!(error.culprits().is_empty(), "{what}: party {} says {error}", me.get()),
            }
        }
    }
}

fn error_of(sides: &[(PartyId, Side)], party: PartyId) -> Option<&veilkit::Error> {
    sides.iter().find_map(|(p, side)| match side {
        Side::Failed(error) if *p == party => Some(error),
        _ => None,
    })
}

/// Changes the delivery at a position.
type Apply = Box<dyn Fn(&mut Vec<Delivery>, usize)>;

/// A fault on one delivery, and what the receiver must say; `None` where the run may go on.
struct Fault {
    name: &'static str,
    apply: Apply,
    expect: Option<&'static [ErrorKind]>,
}

fn fault(
    name: &'static str,
    expect: Option<&'static [ErrorKind]>,
    apply: impl Fn(&mut Vec<Delivery>, usize) + 'static,
) -> Fault {
    Fault { name, apply: Box::new(apply), expect }
}

/// Cuts or extends the body and makes the length field fit.
fn resize_body(delivery: &mut Delivery, change: impl Fn(usize) -> usize) {
    let len = change(delivery.bytes.len() - BODY_AT);
    delivery.bytes.resize(BODY_AT + len, 0);
    delivery.bytes[LENGTH_AT..BODY_AT].copy_from_slice(&u32::try_from(len).unwrap().to_le_bytes());
}

fn faults() -> Vec<Fault> {
    use ErrorKind::{
        DecryptionFailed, DuplicateParty, InvalidEncoding, ParamsMismatch, TrailingBytes, UnknownParty,
        UnsupportedVersion, VerificationFailed,
    };
    let mut faults = vec![
        fault("drop", None, |all, at| drop(all.remove(at))),
        fault("duplicate", Some(&[DuplicateParty]), |all, at| all.push(all[at].clone())),
        fault("empty", Some(&[InvalidEncoding]), |all, at| all[at].bytes.clear()),
        fault("truncate by one", Some(&[InvalidEncoding]), |all, at| assert!(all[at].bytes.pop().is_some())),
        fault("truncate to the header", Some(&[InvalidEncoding]), |all, at| {
            all[at].bytes.truncate(HEADER_LEN)
        }),
        fault("extend", Some(&[TrailingBytes]), |all, at| all[at].bytes.push(0)),
        fault("body one shorter", Some(&[InvalidEncoding]), |all, at| {
            resize_body(&mut all[at], |len| len - 1)
        }),
        fault("body one longer", Some(&[InvalidEncoding]), |all, at| {
            resize_body(&mut all[at], |len| len + 1)
        }),
        fault("body one value shorter", Some(&[InvalidEncoding]), |all, at| {
            resize_body(&mut all[at], |len| len - 8)
        }),
        fault("no body", Some(&[InvalidEncoding]), |all, at| resize_body(&mut all[at], |_| 0)),
        fault("body of zeros", Some(&[DecryptionFailed, VerificationFailed]), |all, at| {
            all[at].bytes[BODY_AT..].fill(0)
        }),
        fault("other party's body", Some(&[DecryptionFailed, VerificationFailed]), |all, at| {
            let (from, to) = (all[at].from, all[at].to);
            let body = all.iter().find(|d| d.from != from && d.to == to).unwrap().bytes[BODY_AT..].to_vec();
            all[at].bytes[BODY_AT..].copy_from_slice(&body);
        }),
        fault("swap with another sender", Some(&[VerificationFailed]), |all, at| {
            let (from, to) = (all[at].from, all[at].to);
            let other = all.iter().position(|d| d.from != from && d.to == to).unwrap();
            let bytes = std::mem::take(&mut all[at].bytes);
            all[at].bytes = std::mem::replace(&mut all[other].bytes, bytes);
        }),
        fault("claim another sender in the envelope", Some(&[VerificationFailed]), |all, at| {
            let (from, to) = (all[at].from, all[at].to);
            let other = all.iter().find(|d| d.from != from && d.to == to).unwrap().from;
            all[at].claim_sender(other);
            all[at].from = from;
        }),
        fault("claim to be nobody", Some(&[InvalidEncoding]), |all, at| {
            all[at].bytes[SENDER_AT..RECEIVER_AT].fill(0);
        }),
        fault("claim to be a stranger", Some(&[UnknownParty]), |all, at| all[at].claim_sender(party(999))),
        fault("for everybody or for one, turned round", Some(&[ParamsMismatch]), |all, at| {
            let receiver = u16::from_le_bytes([all[at].bytes[RECEIVER_AT], all[at].bytes[RECEIVER_AT + 1]]);
            let turned = if receiver == 0 { all[at].to.get() } else { 0 };
            all[at].bytes[RECEIVER_AT..LENGTH_AT].copy_from_slice(&turned.to_le_bytes());
        }),
        fault("reflect the receiver's own message", Some(&[DuplicateParty]), |all, at| {
            let me = all[at].to;
            all[at].bytes = all.iter().find(|d| d.from == me).unwrap().bytes.clone();
            all[at].from = me;
        }),
        fault("reflect it under the sender's name", Some(&[VerificationFailed]), |all, at| {
            let me = all[at].to;
            all[at].bytes = all.iter().find(|d| d.from == me).unwrap().bytes.clone();
        }),
    ];
    for (name, byte, expect) in [
        ("bit of the magic", 0, &[InvalidEncoding][..]),
        ("bit of the version", 2, &[UnsupportedVersion]),
        ("bit of the kind", 3, &[InvalidEncoding]),
        ("bit of the params id", 5, &[ParamsMismatch]),
        ("bit of the plan hash, first", PLAN_AT, &[ParamsMismatch]),
        ("bit of the plan hash, last", ROUND_AT - 1, &[ParamsMismatch]),
        ("bit of the round", ROUND_AT, &[ParamsMismatch, InvalidEncoding]),
        ("bit of the sender", SENDER_AT + 1, &[VerificationFailed]),
        ("bit of the receiver", RECEIVER_AT + 1, &[ParamsMismatch]),
        ("bit of the length", LENGTH_AT, &[InvalidEncoding, TrailingBytes]),
        ("high bit of the length", LENGTH_AT + 3, &[InvalidEncoding]),
    ] {
        faults.push(fault(name, Some(expect), move |all, at| all[at].flip_bit(8 * byte)));
    }
    // Evenly over the body: keys, digests and signatures, the echo, the ciphertext, the tag.
    const POSITIONS: usize = 24;
    for position in 0..=POSITIONS {
        faults.push(fault(
            "bit of the body",
            Some(&[DecryptionFailed, VerificationFailed]),
            move |all, at| {
                let bits = 8 * (all[at].bytes.len() - BODY_AT);
                all[at].flip_bit(8 * BODY_AT + (bits - 1) * position / POSITIONS);
            },
        ));
    }
    faults
}

fn find(deliveries: &[Delivery], from: PartyId, to: PartyId) -> Option<usize> {
    deliveries.iter().position(|d| d.from == from && d.to == to)
}

/// Puts one fault on one delivery and judges the run.
fn try_fault(study: &Study, fault: &Fault, round: Round, from: PartyId, to: PartyId) {
    let what = format!("{} in {round:?} from {} to {}", fault.name, from.get(), to.get());
    let sides = study.run(|now, network| {
        if now == round {
            let deliveries = network.deliveries();
            let at = find(deliveries, from, to).expect("everybody sends to everybody");
            (fault.apply)(deliveries, at);
        }
    });
    study.check_errors(&sides, &what);
    let outputs = study.check_outputs(&sides, &what);
    match (fault.expect, error_of(&sides, to)) {
        (Some(kinds), Some(error)) => assert!(kinds.contains(&error.kind()), "{what}: {error}"),
        (Some(_), None) => panic!("{what}: not noticed"),
        (None, error) => {
            let survives = round >= Round::Consistency;
            assert_eq!(error.is_none(), survives, "{what}: {error:?}");
            assert!(!survives || outputs == study.keys.len(), "{what}");
        }
    }
}

fn pairs(n: u16) -> impl Iterator<Item = (PartyId, PartyId)> {
    (1..=n)
        .flat_map(move |from| (1..=n).filter(move |to| *to != from).map(move |to| (party(from), party(to))))
}

#[test]
fn three_parties_every_round_pair_and_fault() {
    let study = Study::new(3, 2);
    for fault in faults() {
        for round in ROUNDS {
            for (from, to) in pairs(3) {
                try_fault(&study, &fault, round, from, to);
            }
        }
    }
}

#[test]
fn five_parties_every_round_and_fault_on_some_pairs() {
    let study = Study::new(5, 3);
    for (i, fault) in faults().iter().enumerate() {
        for round in ROUNDS {
            let (from, to) = pairs(5).nth((7 * i + usize::from(round.number())) % 20).unwrap();
            try_fault(&study, fault, round, from, to);
        }
    }
}

#[test]
fn replays_from_the_round_before_and_from_another_session_are_refused() {
    let study = Study::new(3, 2);
    let (same, other) = (study.record(&study.plan), study.record(&study.other));
    for round in ROUNDS {
        for (from, to) in pairs(3) {
            let sent = |record: &[(Round, Delivery)], round| {
                record
                    .iter()
                    .find(|(r, d)| *r == round && d.from == from && d.to == to)
                    .unwrap()
                    .1
                    .bytes
                    .clone()
            };
            let mut replays = vec![sent(&other, round)];
            if round > Round::AdvertiseKeys {
                replays.push(sent(&same, ROUNDS[usize::from(round.number()) - 2]));
            }
            for replay in replays {
                let what = format!("replay in {round:?} from {} to {}", from.get(), to.get());
                let sides = study.run(|now, network| {
                    if now == round {
                        let deliveries = network.deliveries();
                        let at = find(deliveries, from, to).unwrap();
                        deliveries[at].bytes = replay.clone();
                    }
                });
                study.check_errors(&sides, &what);
                study.check_outputs(&sides, &what);
                assert_eq!(error_of(&sides, to).map(|e| e.kind()), Some(ErrorKind::ParamsMismatch), "{what}");
            }
        }
    }
}

/// Party 1 twice, from the same or from other randomness, with another input: one copy talks to party 2, the other
/// to party 3. `hide` keeps a message from the second copy.
fn equivocate(
    study: &Study,
    twin_seed: [u8; 32],
    twin_input: [i64; 3],
    from_round: Round,
    hide: impl Fn(Round, PartyId) -> bool,
) -> Vec<(PartyId, Side)> {
    let one = party(1);
    let input = Input::integers(&study.plan, &twin_input).unwrap();
    let mut rng = ChaCha20Rng::from_seed(twin_seed);
    let (session, step) = Session::start(&study.plan, one, &study.keys[0], input, &mut rng).unwrap();
    let mut twin = (Some(session), step.outgoing);
    study.run(|round, network| {
        let incoming: Vec<(PartyId, Vec<u8>)> = network
            .deliveries()
            .iter()
            .filter(|d| d.to == one && !hide(round, d.from))
            .map(|d| (d.from, d.bytes.clone()))
            .collect();
        if round >= from_round {
            for Outgoing { bytes, .. } in &twin.1 {
                if let Some(at) = find(network.deliveries(), one, party(3)) {
                    network.deliveries()[at].bytes = bytes.clone();
                }
            }
        }
        if let Some(mut session) = twin.0.take()
            && let Ok(step) = session.step(&incoming)
        {
            twin = (Some(session), step.outgoing);
        }
    })
}

#[test]
fn a_party_that_says_two_things_in_round_1_is_named_by_all() {
    let study = Study::new(3, 2);
    let sides = equivocate(&study, [8; 32], study.values(0), Round::AdvertiseKeys, |_, _| false);
    for victim in [2, 3] {
        let error = error_of(&sides, party(victim)).unwrap();
        assert_eq!(
            (error.kind(), error.culprits()),
            (ErrorKind::VerificationFailed, &[party(1)][..]),
            "{error}"
        );
    }
    assert_eq!(study.check_outputs(&sides, "two adverts"), 0);
}

#[test]
fn a_party_that_submits_two_inputs_is_named_by_all() {
    let study = Study::new(3, 2);
    // The same randomness as the first party of the network, so that both copies share one round 1 and 2.
    let sides = equivocate(&study, study.seed, [9, 9, 9], Round::MaskedInput, |_, _| false);
    for victim in [2, 3] {
        let error = error_of(&sides, party(victim)).unwrap();
        assert_eq!(
            (error.kind(), error.culprits()),
            (ErrorKind::VerificationFailed, &[party(1)][..]),
            "{error}"
        );
    }
    assert_eq!(study.check_outputs(&sides, "two inputs"), 0);
}

#[test]
fn a_party_that_reports_two_views_stops_the_run_unnamed() {
    let study = Study::new(3, 2);
    let hide = |round, from| round == Round::MaskedInput && from == party(3);
    let sides = equivocate(&study, study.seed, study.values(0), Round::Consistency, hide);
    let error = error_of(&sides, party(3)).unwrap();
    assert_eq!((error.kind(), error.culprits()), (ErrorKind::VerificationFailed, &[][..]));
    study.check_errors(&sides, "two views");
    study.check_outputs(&sides, "two views");
}

/// A relay that tells some parties that party 1 left and the others that it stayed, and keeps the two groups apart.
#[test]
fn forged_departures_never_open_both_secrets_of_a_party() {
    let study = Study::new(5, 3);
    for group in 0..16_u8 {
        // Parties 2 to 5 whose bit is set do not hear party 1's input.
        let deceived = |p: PartyId| p != party(1) && group >> (p.get() - 2) & 1 == 1;
        let mut unmasking = [0, 0];
        let sides = study.run(|round, network| {
            let deliveries = network.deliveries();
            match round {
                Round::MaskedInput => deliveries.retain(|d| d.from != party(1) || !deceived(d.to)),
                Round::Consistency => deliveries.retain(|d| deceived(d.from) == deceived(d.to)),
                Round::Unmask => {
                    for p in 1..=5 {
                        if deliveries.iter().any(|d| d.from == party(p)) {
                            unmasking[usize::from(deceived(party(p)))] += 1;
                        }
                    }
                }
                _ => {}
            }
        });
        assert!(unmasking[0] == 0 || unmasking[1] == 0, "group {group:04b}: {unmasking:?}");
        study.check_outputs(&sides, "forged departure");
        study.check_errors(&sides, "forged departure");
    }
}

#[test]
fn a_party_that_was_told_to_have_left_is_not_heard_any_more() {
    let study = Study::new(5, 3);
    // Nobody hears party 1's shares, and it goes on as if it were there.
    let sides = study.run(|round, network| {
        if round == Round::ShareSecrets {
            network.deliveries().retain(|d| d.from != party(1));
        }
    });
    assert_eq!(study.check_outputs(&sides, "late party"), 4);
    let error = error_of(&sides, party(1)).unwrap();
    assert_eq!((error.kind(), error.culprits()), (ErrorKind::VerificationFailed, &[][..]));
}
