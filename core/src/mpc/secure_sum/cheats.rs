//! Party 1 holds its keys and cheats; parties 2 and up are honest and must name it, or a liar, and nobody else.
use super::{
    Input, Plan, PlanSpec, Round, Session, SessionId, SumOutput, advertise_keys::AdvertiseKeys,
    consistency::Consistency, shares::ShareKind,
};
use crate::{
    ErrorKind, PartyId,
    error::{Error, Result},
    mpc::{
        Outgoing,
        identity::{IdentityKey, SIGNATURE_LEN, Signature},
        outbox::{Destination, Outbox},
    },
    transcript::Transcript,
};

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

/// Changes a round's state.
type Act<R> = Box<dyn Fn(&mut R)>;

/// What party 1 does where an honest party would not.
#[derive(Default)]
struct Cheat {
    /// Before its advert is signed and sent.
    advertise: Option<Act<AdvertiseKeys>>,
    /// Before its view is signed and sent.
    view: Option<Act<Consistency>>,
    /// Before its shares are signed and sent.
    reveal: Option<Act<Consistency>>,
    /// Says nothing more from this round on.
    leaves_in: Option<Round>,
}

/// Signs the advert as it stands now.
fn readvertise(round: &mut AdvertiseKeys) -> Outbox {
    let mut body = round.advert.to_content();
    round.evidence = round.context.sign(&[0; 32], Round::AdvertiseKeys, &body);
    body.extend_from_slice(&round.evidence.signature.0);
    Outbox::broadcast(round.context.message(Round::AdvertiseKeys, None, body))
}

/// Signs and seals the view as it stands now.
fn review(round: &Consistency) -> Outbox {
    let (context, roster) = (&round.context, &round.roster);
    let key = &round.held[context.position].as_ref().unwrap().broadcast_key;
    let (body, _) = context.seal_broadcast(roster, Round::Consistency, key, &round.view.to_content());
    Outbox::broadcast(context.message(Round::Consistency, None, body))
}

/// Runs `n` parties and gives what became of the honest ones.
fn run(n: u16, threshold: usize, cheat: Cheat) -> Vec<Result<SumOutput>> {
    let mut rng = Transcript::new("veilkit test cheats").rng();
    let keys: Vec<_> = (0..n).map(|_| IdentityKey::generate(&mut rng)).collect();
    let plan = Plan::new(PlanSpec {
        session: SessionId::random(&mut rng),
        parties: keys.iter().zip(1..).map(|(key, number)| (party(number), key.identity())).collect(),
        threshold,
        min_survivors: threshold,
        length: 2,
        fraction_bits: 0,
        max_abs: 100.0,
        purpose: String::new(),
    })
    .unwrap();
    let input = |number: u16| Input::integers(&plan, &[i64::from(number), -1]).unwrap();

    let mut inboxes: Vec<Vec<(PartyId, Vec<u8>)>> = vec![Vec::new(); usize::from(n)];
    let send = |inboxes: &mut Vec<Vec<_>>, from: PartyId, outgoing: Vec<Outgoing>| {
        for Outgoing { to, bytes } in outgoing {
            for (inbox, to_party) in inboxes.iter_mut().zip(1..) {
                let meant = match to {
                    Destination::All => party(to_party) != from,
                    Destination::One(one) => party(to_party) == one,
                };
                if meant {
                    inbox.push((from, bytes.clone()));
                }
            }
        }
    };

    let (mut advertise, _) =
        AdvertiseKeys::start(plan.clone(), party(1), keys[0].clone(), input(1), &mut rng).unwrap();
    cheat.advertise.iter().for_each(|cheat| cheat(&mut advertise));
    let first = readvertise(&mut advertise);
    let mut honest: Vec<(PartyId, Result<Session>, Option<SumOutput>)> = Vec::new();
    send(&mut inboxes, party(1), first.into_messages());
    for number in 2..=n {
        let key = &keys[usize::from(number) - 1];
        let (session, step) = Session::start(&plan, party(number), key, input(number), &mut rng).unwrap();
        send(&mut inboxes, party(number), step.outgoing);
        honest.push((party(number), Ok(session), None));
    }

    let mut step_honest = |inboxes: &mut Vec<Vec<_>>, extra: Option<Outbox>| {
        let arrived = core::mem::replace(inboxes, vec![Vec::new(); usize::from(n)]);
        for ((number, session, output), incoming) in honest.iter_mut().zip(&arrived[1..]) {
            let Ok(running) = session else { continue };
            match running.step(incoming) {
                Err(error) => *session = Err(error),
                Ok(step) => {
                    send(inboxes, *number, step.outgoing);
                    *output = step.output;
                }
            }
        }
        send(inboxes, party(1), extra.map(Outbox::into_messages).unwrap_or_default());
    };
    let stays = |round| cheat.leaves_in.is_none_or(|leaves| round < leaves);

    // Party 1 steps beside the others as long as its own step works.
    let own = |inboxes: &Vec<Vec<(PartyId, Vec<u8>)>>| inboxes[0].clone();
    let shared = advertise.receive(&own(&inboxes)).ok();
    let (shared, outbox) = shared.unzip();
    step_honest(&mut inboxes, outbox.filter(|_| stays(Round::ShareSecrets)));
    let (masked, outbox) = shared.and_then(|round| round.receive(&own(&inboxes), &mut ()).ok()).unzip();
    step_honest(&mut inboxes, outbox.filter(|_| stays(Round::MaskedInput)));
    let viewed =
        masked.and_then(|round| round.receive(&own(&inboxes), &mut ()).ok()).map(|(mut round, _)| {
            cheat.view.iter().for_each(|cheat| cheat(&mut round));
            let outbox = review(&round);
            (round, outbox)
        });
    let (viewed, outbox) = viewed.unzip();
    step_honest(&mut inboxes, outbox.filter(|_| stays(Round::Consistency)));
    let (_, outbox) = viewed
        .and_then(|mut round| {
            cheat.reveal.iter().for_each(|cheat| cheat(&mut round));
            round.receive(&own(&inboxes)).ok()
        })
        .unzip();
    step_honest(&mut inboxes, outbox.filter(|_| stays(Round::Unmask)));
    step_honest(&mut inboxes, None);
    honest
        .into_iter()
        .map(|(_, session, output)| {
            let finished = session.map(|_| ());
            output.ok_or_else(|| finished.expect_err("a session ends with an output or an error"))
        })
        .collect()
}

fn assert_all_name(results: Vec<Result<SumOutput>>, culprit: PartyId) {
    for result in results {
        let error: Error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.culprits()),
            (ErrorKind::VerificationFailed, &[culprit][..]),
            "{error}"
        );
    }
}

#[test]
fn without_a_cheat_the_sum_is_right() {
    for output in run(3, 2, Cheat::default()) {
        assert_eq!(output.unwrap().raw(), [6, -3]);
    }
}

#[test]
fn keys_of_small_order_are_refused() {
    let order_eight = {
        let mut u = [0; 32];
        u.copy_from_slice(&[
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
            0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
        ]);
        u
    };
    let mut one = [0; 32];
    one[0] = 1;
    for bad in [[0; 32], one, order_eight] {
        let channel = move |round: &mut AdvertiseKeys| round.advert.channel = bad;
        let mask = move |round: &mut AdvertiseKeys| round.advert.mask = bad;
        assert_all_name(
            run(3, 2, Cheat { advertise: Some(Box::new(channel)), ..Cheat::default() }),
            party(1),
        );
        assert_all_name(run(3, 2, Cheat { advertise: Some(Box::new(mask)), ..Cheat::default() }), party(1));
    }
}

#[test]
fn a_share_that_was_not_announced_names_its_dealer() {
    for kind in [ShareKind::SelfSeed, ShareKind::MaskKey] {
        let advertise = move |round: &mut AdvertiseKeys| {
            round.dealt[1].get_mut(kind).expose_mut()[31] ^= 1;
            round.dealt[2].get_mut(kind).expose_mut()[0] ^= 0x80;
        };
        assert_all_name(
            run(3, 2, Cheat { advertise: Some(Box::new(advertise)), ..Cheat::default() }),
            party(1),
        );
    }
}

/// Deals announced shares that do not lie on one polynomial, or lie on one of another secret.
fn deal_wrongly(kind: ShareKind, holders: &'static [usize]) -> Act<AdvertiseKeys> {
    Box::new(move |round| {
        for holder in holders {
            let to = round.context.plan.party_at(*holder);
            let held = &mut round.dealt[*holder];
            held.get_mut(kind).expose_mut()[7] ^= 1;
            let digest = held.get(kind).digest(&round.context.plan, kind, party(1), to);
            round.advert.shares[*holder][kind.index()] = digest;
        }
    })
}

#[test]
fn shares_of_another_secret_name_their_dealer() {
    for holders in [&[1][..], &[1, 2], &[0, 1, 2]] {
        let advertise = Some(deal_wrongly(ShareKind::SelfSeed, holders));
        assert_all_name(run(3, 2, Cheat { advertise, ..Cheat::default() }), party(1));
    }
    // The mask key is opened when the dealer leaves before its input arrives.
    for holders in [&[1][..], &[1, 2]] {
        let advertise = Some(deal_wrongly(ShareKind::MaskKey, holders));
        let leaves_in = Some(Round::MaskedInput);
        assert_all_name(run(4, 3, Cheat { advertise, leaves_in, ..Cheat::default() }), party(1));
    }
    let leaver = run(4, 3, Cheat { leaves_in: Some(Round::MaskedInput), ..Cheat::default() });
    assert!(leaver.into_iter().all(|output| output.unwrap().raw() == [9, -3]));
}

#[test]
fn a_self_mask_that_was_not_announced_names_its_owner() {
    let advertise = |round: &mut AdvertiseKeys| round.advert.self_seed[0] ^= 1;
    assert_all_name(run(3, 2, Cheat { advertise: Some(Box::new(advertise)), ..Cheat::default() }), party(1));
}

#[test]
fn a_mask_that_was_not_announced_names_its_owner() {
    // Masks with another seed than it shares: a wrong sum if nobody checked.
    let advertise = |round: &mut AdvertiseKeys| {
        round.self_seed[0] ^= 1;
        round.advert.self_seed =
            super::masks::self_seed_digest(&round.context.plan, party(1), &round.self_seed);
    };
    assert_all_name(run(3, 2, Cheat { advertise: Some(Box::new(advertise)), ..Cheat::default() }), party(1));
}

#[test]
fn a_holder_that_reveals_another_share_is_named() {
    for dealer in [0, 1, 2] {
        let reveal = move |round: &mut Consistency| {
            let sharer = round.held[dealer].as_mut().unwrap();
            sharer.held.get_mut(ShareKind::SelfSeed).expose_mut()[0] ^= 1;
        };
        assert_all_name(run(3, 2, Cheat { reveal: Some(Box::new(reveal)), ..Cheat::default() }), party(1));
    }
}

#[test]
fn a_holder_that_reveals_the_other_share_is_named() {
    let reveal = |round: &mut Consistency| {
        let held = &mut round.held[1].as_mut().unwrap().held;
        let other = *held.get(ShareKind::MaskKey).expose();
        *held.get_mut(ShareKind::SelfSeed).expose_mut() = other;
    };
    assert_all_name(run(3, 2, Cheat { reveal: Some(Box::new(reveal)), ..Cheat::default() }), party(1));
}

#[test]
fn a_view_without_evidence_names_the_liar_and_not_the_accused() {
    let view = |round: &mut Consistency| {
        round.view.inputs[1].digest[0] ^= 1;
        round.view.inputs[1].signature = Signature([7; SIGNATURE_LEN]);
        round.view.inputs[2].digest[0] ^= 1; // with the right signature for another digest
    };
    assert_all_name(run(3, 2, Cheat { view: Some(Box::new(view)), ..Cheat::default() }), party(1));
}

#[test]
fn a_view_with_other_parties_stops_the_run() {
    let view = |round: &mut Consistency| round.view.survivors = [0, 1].into_iter().collect();
    for result in run(3, 2, Cheat { view: Some(Box::new(view)), ..Cheat::default() }) {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.culprits()), (ErrorKind::VerificationFailed, &[][..]));
    }
    let view = |round: &mut Consistency| round.view.survivors = [0, 1, 2, 3].into_iter().collect();
    for result in run(3, 2, Cheat { view: Some(Box::new(view)), ..Cheat::default() }) {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.culprits()), (ErrorKind::InvalidEncoding, &[party(1)][..]));
    }
}
