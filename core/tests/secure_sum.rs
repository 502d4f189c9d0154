//! Secure sums as a user runs them: right sums, departures, small cohorts, refused plans and inputs.
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use veilkit::{
    ErrorKind, PartyId,
    codec::{Decode, Encode},
    mpc::{
        IdentityKey,
        secure_sum::{Input, Plan, PlanSpec, Round, Session, SessionId, SumOutput},
        statistics::{Column, Fit, Survey},
        testing::{self, Side},
    },
};

const ROUNDS: [Round; 5] =
    [Round::AdvertiseKeys, Round::ShareSecrets, Round::MaskedInput, Round::Consistency, Round::Unmask];

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn party(number: usize) -> PartyId {
    PartyId::new(u16::try_from(number).unwrap()).unwrap()
}

/// Parties 10, 20, 30, ...: numbers are not positions.
fn spec(n: usize, threshold: usize, rng: &mut ChaCha20Rng) -> (PlanSpec, Vec<IdentityKey>) {
    let keys: Vec<_> = (0..n).map(|_| IdentityKey::generate(rng)).collect();
    let parties = keys.iter().enumerate().map(|(i, key)| (party(10 * (i + 1)), key.identity())).collect();
    let spec = PlanSpec {
        session: SessionId::random(rng),
        parties,
        threshold,
        min_survivors: threshold,
        length: 5,
        fraction_bits: 20,
        max_abs: 1e6,
        purpose: "test".into(),
    };
    (spec, keys)
}

fn values(seed: u64, length: usize) -> Vec<f64> {
    (0..length).map(|i| (i as f64 - 1.5) * (seed as f64 + 0.25)).collect()
}

fn inputs(plan: &Plan) -> Vec<Input> {
    (0..plan.parties().len()).map(|i| Input::reals(plan, &values(i as u64, plan.length())).unwrap()).collect()
}

fn expected(positions: &[usize], length: usize) -> Vec<f64> {
    (0..length).map(|at| positions.iter().map(|i| values(*i as u64, length)[at]).sum()).collect()
}

fn outputs(sides: &[(PartyId, Side)]) -> Vec<&SumOutput> {
    sides
        .iter()
        .filter_map(|(_, side)| if let Side::Done(output) = side { Some(output) } else { None })
        .collect()
}

#[test]
fn everybody_gets_the_sum() {
    for n in [2, 3, 4, 7] {
        let mut rng = rng(1);
        let (spec, keys) = spec(n, n / 2 + 1, &mut rng);
        let plan = Plan::new(spec).unwrap();
        let all: Vec<usize> = (0..n).collect();
        for output in testing::run(&plan, &keys, inputs(&plan), &mut rng).unwrap() {
            assert_eq!(output.values(), expected(&all, 5), "{n} parties");
            assert_eq!((output.survivors(), output.plan_hash()), (plan.parties(), plan.hash()));
        }
    }
}

#[test]
fn lengths_that_do_not_fill_a_block_and_the_extreme_values_sum_exactly() {
    let mut rng = rng(2);
    let (mut spec, keys) = spec(3, 2, &mut rng);
    (spec.length, spec.fraction_bits, spec.max_abs) = (1537, 0, 3_074_457_345_618_258_602.0);
    let too_large = Plan::new(PlanSpec { max_abs: 3_074_457_345_618_258_944.0, ..spec.clone() });
    assert_eq!(too_large.unwrap_err().kind(), ErrorKind::InvalidParams);
    let plan = Plan::new(spec).unwrap();
    let largest = 3_074_457_345_618_258_432_i64;
    assert_eq!(plan.max_abs(), largest as f64);
    for sign in [1, -1] {
        let vectors: Vec<Vec<i64>> =
            (0..3).map(|i| (0..1537).map(|at| sign * (largest - i * at)).collect()).collect();
        let inputs = vectors.iter().map(|vector| Input::integers(&plan, vector).unwrap()).collect();
        let outputs = testing::run(&plan, &keys, inputs, &mut rng).unwrap();
        let sums: Vec<i64> = (0..1537).map(|at| vectors.iter().map(|vector| vector[at]).sum()).collect();
        assert_eq!(outputs[2].raw(), sums);
    }
}

#[test]
fn whoever_leaves_the_rest_gets_the_sum_over_the_inputs_that_arrived() {
    // The leavers send nothing in `round` or later.
    for round in &ROUNDS[1..] {
        for leavers in [vec![0], vec![4], vec![1, 3], vec![0, 4]] {
            let mut rng = rng(3);
            let (spec, keys) = spec(5, 3, &mut rng);
            let plan = Plan::new(spec).unwrap();
            let leave = |now: Round, network: &mut testing::Network| {
                if now == *round {
                    let left: Vec<PartyId> = leavers.iter().map(|i| plan.parties()[*i]).collect();
                    left.iter().for_each(|party| network.leave(*party));
                    network.deliveries().retain(|d| !left.contains(&d.from));
                }
            };
            let sides = testing::run_with(&plan, &keys, inputs(&plan), &mut rng, leave).unwrap();
            let contributed: Vec<usize> =
                (0..5).filter(|i| *round > Round::MaskedInput || !leavers.contains(i)).collect();
            let outputs = outputs(&sides);
            assert_eq!(outputs.len(), 5 - leavers.len(), "{round:?} {leavers:?}");
            for output in outputs {
                assert_eq!(output.values(), expected(&contributed, 5), "{round:?} {leavers:?}");
                assert_eq!(output.survivors().len(), contributed.len());
            }
        }
    }
}

#[test]
fn one_may_leave_in_every_round_until_the_threshold_is_reached() {
    let mut rng = rng(4);
    let (spec, keys) = spec(7, 4, &mut rng);
    let plan = Plan::new(spec).unwrap();
    let mut left = Vec::new();
    let sides = testing::run_with(&plan, &keys, inputs(&plan), &mut rng, |round, network| {
        if [Round::ShareSecrets, Round::MaskedInput, Round::Unmask].contains(&round) {
            left.push(plan.parties()[2 * left.len() + 1]);
            network.leave(*left.last().unwrap());
            network.deliveries().retain(|d| !left.contains(&d.from));
        }
    })
    .unwrap();
    let outputs = outputs(&sides);
    assert_eq!(outputs.len(), 4);
    assert!(outputs.iter().all(|output| output.values() == expected(&[0, 2, 4, 5, 6], 5)));
}

#[test]
fn too_small_a_cohort_gives_nothing_to_anybody() {
    for (round, min_survivors, leavers) in [
        (Round::ShareSecrets, 4, 2),
        (Round::MaskedInput, 5, 1),
        (Round::Consistency, 4, 2),
        (Round::Unmask, 3, 3),
    ] {
        let mut rng = rng(5);
        let (spec, keys) = spec(5, 3, &mut rng);
        let plan = Plan::new(PlanSpec { min_survivors, ..spec }).unwrap();
        let sides = testing::run_with(&plan, &keys, inputs(&plan), &mut rng, |now, network| {
            if now == round {
                plan.parties()[..leavers].iter().for_each(|party| network.leave(*party));
                network.deliveries().retain(|d| !plan.parties()[..leavers].contains(&d.from));
            }
        })
        .unwrap();
        for (party, side) in &sides[leavers..] {
            match side {
                Side::Failed(error) => {
                    assert_eq!(error.kind(), ErrorKind::TooFewShares, "{round:?} {party:?}")
                }
                other => panic!("{round:?} {party:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn nobody_may_be_absent_from_the_first_round() {
    let mut rng = rng(6);
    let (spec, keys) = spec(3, 2, &mut rng);
    let plan = Plan::new(spec).unwrap();
    let sides = testing::run_with(&plan, &keys, inputs(&plan), &mut rng, |round, network| {
        if round == Round::AdvertiseKeys {
            network.leave(party(20));
            network.deliveries().retain(|d| d.from != party(20));
        }
    })
    .unwrap();
    for at in [0, 2] {
        let Side::Failed(error) = &sides[at].1 else { panic!("{sides:?}") };
        assert_eq!((error.kind(), error.culprits()), (ErrorKind::MissingMessage, &[party(20)][..]));
    }
}

#[test]
fn a_session_is_over_after_its_output_or_an_error() {
    let mut rng = rng(7);
    let (spec, keys) = spec(3, 2, &mut rng);
    let plan = Plan::new(spec).unwrap();
    let input = Input::reals(&plan, &[0.0; 5]).unwrap();
    let (mut session, step) = Session::start(&plan, party(10), &keys[0], input, &mut rng).unwrap();
    assert_eq!(
        (step.outgoing.len(), session.round(), session.me()),
        (1, Some(Round::AdvertiseKeys), Some(party(10)))
    );
    assert_eq!(session.step(&[]).unwrap_err().kind(), ErrorKind::MissingMessage);
    assert_eq!(session.step(&[]).unwrap_err().kind(), ErrorKind::SessionPoisoned);
    assert_eq!((session.round(), session.me(), session.plan()), (None, None, None));
}

#[test]
fn a_watched_step_counts_parties_and_can_be_stopped() {
    use std::ops::ControlFlow;
    let mut rng = rng(14);
    let (spec, keys) = spec(3, 2, &mut rng);
    let plan = Plan::new(spec).unwrap();
    let mut network = testing::Network::start(&plan, &keys, inputs(&plan), &mut rng).unwrap();
    network.advance();
    let incoming: Vec<_> = network
        .deliveries()
        .iter()
        .filter(|d| d.to == party(10))
        .map(|d| (d.from, d.bytes.clone()))
        .collect();
    let mut sides = network.into_sides();
    let Side::Running(session) = &mut sides[0].1 else { panic!("nobody failed") };
    let mut seen = Vec::new();
    let mut observer = |done: usize, total: usize| {
        seen.push((done, total));
        if done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    assert_eq!(session.step_with(&incoming, &mut observer).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(session.step(&[]).unwrap_err().kind(), ErrorKind::SessionPoisoned);
    assert_eq!(seen, [(1, 3), (2, 3)]);
}

#[test]
fn plans_are_checked() {
    let mut rng = rng(8);
    let (good, keys) = spec(4, 3, &mut rng);
    let kind = |change: &dyn Fn(&mut PlanSpec)| {
        let mut spec = good.clone();
        change(&mut spec);
        Plan::new(spec).unwrap_err().kind()
    };
    assert!(Plan::new(good.clone()).is_ok());
    for change in [
        &(|s: &mut PlanSpec| s.threshold = 2) as &dyn Fn(&mut PlanSpec),
        &|s| s.threshold = 5,
        &|s| s.threshold = 0,
        &|s| s.min_survivors = 2,
        &|s| s.min_survivors = 5,
        &|s| s.length = 0,
        &|s| s.length = (1 << 20) + 1,
        &|s| s.fraction_bits = 61,
        &|s| s.fraction_bits = 50,
        &|s| s.max_abs = f64::NAN,
        &|s| s.max_abs = 0.0,
        &|s| s.max_abs = -1.0,
        &|s| s.purpose = "x".repeat(1025),
        &|s| s.parties.truncate(1),
        &|s| s.parties.clear(),
    ] {
        assert_eq!(kind(change), ErrorKind::InvalidParams);
    }
    assert_eq!(kind(&|s| s.parties[1].0 = party(10)), ErrorKind::DuplicateParty);
    assert_eq!(kind(&|s| s.parties[1].1 = keys[0].identity()), ErrorKind::DuplicateParty);
}

#[test]
fn plans_survive_their_bytes_and_hash_everything() {
    let mut rng = rng(9);
    let (spec, _) = spec(4, 3, &mut rng);
    let plan = Plan::new(spec.clone()).unwrap();
    let bytes = plan.to_bytes();
    let read = Plan::from_bytes(&bytes, ()).unwrap();
    assert_eq!((&read, read.hash(), &read.to_bytes()), (&plan, plan.hash(), &bytes));
    // In any order of the parties it is the same plan.
    let mut reversed = spec.clone();
    reversed.parties.reverse();
    assert_eq!(Plan::new(reversed).unwrap(), plan);
    for len in 0..bytes.len() {
        assert!(Plan::from_bytes(&bytes[..len], ()).is_err(), "{len}");
    }
    // Every change of a byte is refused or gives a plan with another hash and these very bytes.
    for at in 0..bytes.len() {
        for flip in [1, 0x80] {
            let mut changed = bytes.to_vec();
            changed[at] ^= flip;
            if let Ok(other) = Plan::from_bytes(&changed, ()) {
                assert_eq!(*other.to_bytes(), changed, "byte {at}");
                assert_ne!(other.hash(), plan.hash(), "byte {at}");
            }
        }
    }
}

#[test]
fn a_plan_explains_itself() {
    let mut rng = rng(10);
    let (spec, _) = spec(5, 4, &mut rng);
    let text = Plan::new(PlanSpec { purpose: "blood pressure".into(), ..spec }).unwrap().explain();
    for part in [
        "5 number(s) per party over 5 parties",
        "blood pressure",
        "up to 3 parties that follow",
        "up to 2 parties that do anything",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
}

#[test]
fn inputs_and_keys_must_fit_the_plan() {
    let mut rng = rng(11);
    let (first, keys) = spec(3, 2, &mut rng);
    let second = PlanSpec { session: SessionId::random(&mut rng), ..first.clone() };
    let (plan, other) = (Plan::new(first).unwrap(), Plan::new(second).unwrap());
    let mut good = values(1, 5);
    assert_eq!(Input::reals(&plan, &good[..4]).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    assert_eq!(Input::integers(&plan, &[0; 6]).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    assert_eq!(Input::reals(&plan, &[]).unwrap_err().kind(), ErrorKind::ShapeMismatch);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e6 + 1.0, -1e300] {
        good[3] = bad;
        assert_eq!(Input::reals(&plan, &good).unwrap_err().kind(), ErrorKind::OutOfRange);
    }
    let mut start = |input_plan: &Plan, me, key: &IdentityKey| {
        let input = Input::reals(input_plan, &[1.0; 5]).unwrap();
        Session::start(&plan, me, key, input, &mut rng).map(|_| ()).unwrap_err().kind()
    };
    assert_eq!(start(&other, party(10), &keys[0]), ErrorKind::ParamsMismatch);
    assert_eq!(start(&plan, party(11), &keys[0]), ErrorKind::UnknownParty);
    assert_eq!(start(&plan, party(10), &keys[1]), ErrorKind::ParamsMismatch);
}

#[test]
fn the_relay_sees_no_input_and_equal_inputs_look_alike() {
    let mut rng = rng(12);
    let (spec, keys) = spec(3, 2, &mut rng);
    let plan = Plan::new(PlanSpec { length: 4096, fraction_bits: 0, max_abs: 1e9, ..spec }).unwrap();
    for marker in [0, 0x0102_0304] {
        let inputs = (0..3).map(|_| Input::integers(&plan, &[marker; 4096]).unwrap()).collect();
        let mut seen = Vec::new();
        testing::run_with(&plan, &keys, inputs, &mut rng, |round, network| {
            if round >= Round::MaskedInput {
                let body = |d: &testing::Delivery| d.message().unwrap().payload_len();
                seen.extend(network.deliveries().iter().map(|d| d.bytes[d.bytes.len() - body(d)..].to_vec()));
            }
        })
        .unwrap();
        let needle = [marker.to_le_bytes(), marker.to_le_bytes()].concat();
        assert!(seen.iter().all(|bytes| bytes.windows(16).all(|window| window != needle)));
        // Chi-square over byte values of what the relay carries in round 3: 255 degrees of freedom, sigma 22.6.
        let masked = &seen[0];
        assert!(masked.len() > 32_768);
        let mut counts = [0_f64; 256];
        masked.iter().for_each(|byte| counts[usize::from(*byte)] += 1.0);
        let mean = masked.len() as f64 / 256.0;
        let chi_square: f64 = counts.iter().map(|count| (count - mean).powi(2) / mean).sum();
        assert!((chi_square - 255.0).abs() < 5.0 * 22.6, "{chi_square} for {marker}");
    }
}

#[test]
fn a_joint_survey_gives_the_figures_of_the_pooled_rows() {
    let survey = Survey::new(vec![
        Column::new("systolic", (50.0, 250.0), vec![50.0, 120.0, 140.0, 250.0]).unwrap(),
        Column::new("smoker", (0.0, 1.0), vec![]).unwrap(),
    ])
    .unwrap();
    let mut rng = rng(13);
    let (spec, keys) = spec(3, 2, &mut rng);
    let Fit { length, max_abs, fraction_bits } = survey.fit(3, 100).unwrap();
    let plan = Plan::new(PlanSpec { length, max_abs, fraction_bits, ..spec }).unwrap();
    let rows: Vec<Vec<f64>> =
        (0..3).map(|i| (0..40 + i).map(|at| 100.0 + f64::from(at * (i + 3) % 71)).collect()).collect();
    let inputs = rows
        .iter()
        .map(|rows| Input::reals(&plan, &survey.encode(&[rows, &[0.0, 1.0]]).unwrap()).unwrap())
        .collect();
    let output = testing::run(&plan, &keys, inputs, &mut rng).unwrap().remove(0);
    let summaries = survey.decode(output.raw(), output.fraction_bits()).unwrap();
    let pooled = rows.concat();
    let n = pooled.len() as f64;
    let mean = pooled.iter().sum::<f64>() / n;
    let variance = pooled.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    assert_eq!((summaries[0].count, summaries[0].histogram.iter().sum::<u64>()), (123, 123));
    assert!((summaries[0].mean - mean).abs() < 1e-10 && (summaries[0].variance - variance).abs() < 1e-8);
    assert_eq!((summaries[1].count, summaries[1].mean), (6, 0.5));
}
