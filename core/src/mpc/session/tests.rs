//! What a session does with its peers' messages, one message at a time.
use super::*;
use crate::{
    codec::{Decode, Encode},
    mpc::{
        SessionId,
        outbox::Destination,
        testing::parties::{Cast, run, run_with},
    },
};

fn one(n: u8) -> Vec<u8> {
    vec![n]
}

/// Two rounds; the second only towards the first party.
async fn program(mut channel: Channel) -> Result<Vec<u8>> {
    let mine = one(u8::try_from(channel.me()).expect("few parties"));
    let all = channel.broadcast("all", mine).await?;
    let sum = all.iter().map(|message| message[0]).sum::<u8>();
    let (n, me) = (channel.parties(), channel.me());
    let mut outgoing = vec![None; n];
    outgoing[0] = Some(one(sum));
    let got = channel.exchange("first", outgoing, &vec![me == 0; n]).await?;
    Ok(got.iter().flatten().map(|message| message[0]).collect())
}

/// What one party of a cast sends at first.
fn start<O, Fut>(cast: &Cast, at: usize, program: impl FnOnce(Channel) -> Fut) -> (Session<O>, Vec<u8>)
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let party = cast.setup.parties()[at];
    let (session, mut step) =
        Session::start(&cast.setup, party, &cast.keys[at], &cast.seeds[at], program).unwrap();
    (session, step.outgoing.remove(0).bytes)
}

/// What a step sends to one party.
fn to(step: &Step<Vec<u8>>, party: PartyId) -> Vec<u8> {
    let mut found = step.outgoing.iter().filter(|message| message.to == Destination::One(party));
    found.next().expect("a message").bytes.clone()
}

fn refused<O: fmt::Debug>(step: Result<Step<O>>) -> (ErrorKind, &'static str, Vec<PartyId>) {
    let error = step.unwrap_err();
    (error.kind(), error.what(), error.culprits().to_vec())
}

#[test]
fn everybody_ends_with_what_it_should() {
    assert_eq!(run(3, b"program", program), [vec![3, 3, 3], vec![], vec![]]);
}

#[test]
fn the_order_of_messages_does_not_matter() {
    let mut held = Vec::new();
    let outcomes = run_with(3, b"program", program, |deliveries| {
        // Everything towards the first party waits for the end, and then comes in the wrong order.
        held.extend(
            deliveries.extract_if(.., |delivery| delivery.to.get() == 1 && delivery.label != "hello"),
        );
        if deliveries.is_empty() {
            deliveries.extend(held.drain(..).rev());
        }
    });
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[test]
fn a_party_that_says_two_hellos_is_named() {
    let cast = Cast::new(3, b"hellos");
    let [a, b, c] = [0, 1, 2].map(|at| cast.setup.parties()[at]);
    let mut twin = cast.clone();
    twin.seeds[0] = cast.seeds[1].clone();
    let (_, hello) = start(&cast, 0, program);
    let (_, other) = start(&twin, 0, program);
    let ((mut second, hello_b), (mut third, hello_c)) = (start(&cast, 1, program), start(&cast, 2, program));
    // To one party.
    let (mut fourth, _) = start(&cast, 1, program);
    let both = [(a, hello.clone()), (a, other.clone())];
    assert_eq!(
        refused(fourth.step(&both)),
        (ErrorKind::VerificationFailed, "hello: a party said two different ones", vec![a])
    );
    // One to each of two parties.
    second.step(&[(a, hello), (c, hello_c)]).unwrap();
    let echo = third.step(&[(a, other), (b, hello_b)]).unwrap();
    assert_eq!(
        refused(second.step(&[(c, to(&echo, b))])),
        (ErrorKind::VerificationFailed, "hello: a party said two different ones", vec![a])
    );
    assert_eq!(second.step(&[]).unwrap_err().kind(), ErrorKind::SessionPoisoned);
}

/// What a frame says of itself is compared before any key is used.
#[test]
fn every_binding_of_a_frame_speaks_for_itself() {
    let cast = Cast::new(3, b"bindings");
    let [a, b, c] = [0, 1, 2].map(|at| cast.setup.parties()[at]);
    let outsider = PartyId::new(9).unwrap();
    let message = Address {
        setup: *cast.setup.hash(),
        kind: FrameKind::Message,
        sender: a,
        receiver: Some(b),
        round: 2,
    };
    let said = |from: PartyId, address: Address| {
        frame::check(&cast.setup, b, from, &address).map_err(|error| (error.kind(), error.what()))
    };
    let hello = Address { kind: FrameKind::Hello, receiver: None, round: 0, ..message };
    let echo = Address { kind: FrameKind::Echo, round: 1, ..message };
    let query = Address { kind: FrameKind::Query, ..hello };
    let answer = Address { kind: FrameKind::Answer, round: 0, ..message };
    for good in [message, hello, echo, query, answer] {
        assert_eq!(said(a, good), Ok(0));
    }
    let own = Err((ErrorKind::DuplicateParty, "incoming: a party's own message"));
    assert_eq!(said(b, Address { sender: b, ..hello }), own);
    let unknown = Err((ErrorKind::UnknownParty, "incoming: not in the session"));
    assert_eq!(said(outsider, Address { sender: outsider, ..hello }), unknown);
    let mismatch = |what| Err((ErrorKind::ParamsMismatch, what));
    for good in [message, hello, echo, query, answer] {
        assert_eq!(said(a, Address { setup: [1; 32], ..good }), mismatch("frame: another session"));
        assert_eq!(said(c, good), mismatch("frame: another sender"));
    }
    for good in [message, echo, answer] {
        let other = Address { receiver: Some(c), ..good };
        assert_eq!(said(a, other), mismatch("frame: another receiver"));
    }
    let never = Err((ErrorKind::InvalidEncoding, "frame: round or receiver"));
    for (good, rounds) in
        [(message, [0, 1]), (hello, [1, 2]), (echo, [0, 2]), (query, [1, 2]), (answer, [1, 2])]
    {
        let turned = if good.receiver.is_none() { Some(b) } else { None };
        assert_eq!(said(a, Address { receiver: turned, ..good }), never);
        for round in rounds {
            assert_eq!(said(a, Address { round, ..good }), never);
        }
    }
}

#[test]
fn hellos_are_signed_for_their_plan_and_session() {
    let cast = Cast::new(3, b"signed");
    let [a, b, _] = [0, 1, 2].map(|at| cast.setup.parties()[at]);
    let member = |(party, key): (&PartyId, &IdentityKey)| (*party, key.identity());
    let of = |plan: u8, session: u8| {
        let members = cast.setup.parties().iter().zip(&cast.keys).map(member).collect();
        Setup::new([plan; 32], SessionId([session; 32]), members).unwrap()
    };
    let setup = of(1, 1);
    let key = keys::FreshKey::generate(&mut cast.seeds[0].rng(&setup, a, "hello"));
    let hello = handshake::Hello::sign(&setup, a, &cast.keys[0], &key);
    hello.verify(&setup, a).unwrap();
    for (setup, party) in [(of(2, 1), a), (of(1, 2), a), (setup, b)] {
        let error = hello.verify(&setup, party).unwrap_err();
        assert_eq!((error.kind(), error.what()), (ErrorKind::VerificationFailed, "hello: signature"));
    }
    // Whoever takes one looks.
    let (_, mut forged) = start(&cast, 0, program);
    *forged.last_mut().unwrap() ^= 1;
    let taken = start(&cast, 1, program).0.step(&[(a, forged)]);
    assert_eq!(refused(taken), (ErrorKind::VerificationFailed, "hello: signature", vec![]));
}

#[test]
fn questions_and_answers_are_signed() {
    let Cast { setup, keys, .. } = Cast::new(3, b"answers");
    let [a, b, c] = [0, 1, 2].map(|at| setup.parties()[at]);
    fn failed<T>(what: &'static str) -> core::result::Result<T, (ErrorKind, &'static str)> {
        Err((ErrorKind::VerificationFailed, what))
    }
    let asked = |from: PartyId, content: &[u8]| {
        inquiry::read_query(&setup, from, content).map_err(|error| (error.kind(), error.what()))
    };
    let nonce = [3; 32];
    let question = inquiry::query(&setup, a, &keys[0], &nonce);
    assert_eq!(asked(a, &question), Ok(nonce));
    assert_eq!(asked(b, &question), failed("query: signature"));
    let answer = inquiry::Answer { nonce, heard: 3, round: 4 };
    let told = answer.sign(&setup, b, a, &keys[1]);
    let read = |me: PartyId, from: PartyId, nonce: [u8; 32], content: &[u8]| {
        let read = inquiry::Answer::read(&setup, me, from, &nonce, content);
        read.map_err(|error| (error.kind(), error.what()))
    };
    assert_eq!(read(a, b, nonce, &told), Ok(Some(answer)));
    // One to an earlier question is none.
    assert_eq!(read(a, b, [4; 32], &told), Ok(None));
    assert_eq!(read(c, b, nonce, &told), failed("answer: signature"));
    assert_eq!(read(a, c, nonce, &told), failed("answer: signature"));
    for at in [0, 32, 36] {
        let (mut question, mut told) = (question.clone(), told.clone());
        (question[at], told[at]) = (question[at] ^ 1, told[at] ^ 1);
        assert_eq!(asked(a, &question), failed("query: signature"), "{at}");
        let expected = if at < 32 { Ok(None) } else { failed("answer: signature") };
        assert_eq!(read(a, b, nonce, &told), expected, "{at}");
    }
}

#[test]
fn an_echo_is_evidence_or_a_lie() {
    let cast = Cast::new(3, b"echo");
    let keys = |at: usize, seed: usize| {
        let party = cast.setup.parties()[at];
        let key = keys::FreshKey::generate(&mut cast.seeds[seed].rng(&cast.setup, party, "hello"));
        handshake::Hello::sign(&cast.setup, party, &cast.keys[at], &key)
    };
    let mine = [keys(0, 0), keys(1, 1), keys(2, 2)];
    let reader = cast.setup.parties()[1];
    let compare = |echo: &[u8]| {
        let result = handshake::compare(&cast.setup, &mine, reader, echo);
        result.map_err(|error| (error.what(), error.culprits().to_vec()))
    };
    let echo = |hellos: [handshake::Hello; 3]| handshake::echo(&hellos);
    compare(&echo(mine.clone())).unwrap();
    let [a, b, c] = mine.clone();
    assert_eq!(
        compare(&echo([keys(0, 2), b.clone(), c.clone()])).unwrap_err(),
        ("hello: a party said two different ones", vec![cast.setup.parties()[0]])
    );
    // A signature of somebody else is no evidence: the one who shows it is to blame.
    assert_eq!(
        compare(&echo([c.clone(), b, c])).unwrap_err(),
        ("echo: evidence that does not hold", vec![reader])
    );
    let whole = echo([a, keys(1, 1), keys(2, 2)]);
    for wrong in [&whole[..whole.len() - 1], &[&whole[..], &[0]].concat()] {
        assert_eq!(compare(wrong).unwrap_err(), ("echo: length", vec![reader]));
    }
}

/// The first of two parties, which waits for the first round's message, and what the second says: that message, and one that
/// nobody asked for.
fn shaken(says: u8) -> (Session<Vec<u8>>, [Vec<u8>; 2], PartyId) {
    let cast = Cast::new(2, b"shaken");
    let [a, b] = [0, 1].map(|at| cast.setup.parties()[at]);
    let (mut first, hello_a) = start(&cast, 0, |mut channel: Channel| async move {
        let mut got = channel.exchange("one", vec![None; 2], &[false, true]).await?;
        channel.exchange("two", vec![None; 2], &[false, false]).await?;
        channel.exchange("three", vec![None; 2], &[false, true]).await?;
        Ok(got.swap_remove(1).map(|message| message.to_vec()).unwrap_or_default())
    });
    let (mut other, hello_b) = start::<Vec<u8>, _>(&cast, 1, move |mut channel: Channel| async move {
        channel.exchange("one", vec![Some(one(says)), None], &[false; 2]).await?;
        channel.exchange("two", vec![Some(one(says)), None], &[true, false]).await?;
        Ok(Vec::new())
    });
    let echo_a = first.step(&[(b, hello_b)]).unwrap();
    let echo_b = other.step(&[(a, hello_a)]).unwrap();
    first.step(&[(b, to(&echo_b, a))]).unwrap();
    let said = other.step(&[(a, to(&echo_a, b))]).unwrap();
    let messages: Vec<_> = said.outgoing.into_iter().map(|message| message.bytes).collect();
    (first, messages.try_into().unwrap(), b)
}

#[test]
fn two_messages_in_one_round_name_their_sender() {
    let ((mut session, [message, _], b), (_, [other, _], _)) = (shaken(7), shaken(8));
    // A repetition is none.
    session.step(&[(b, message.clone()), (b, message.clone())]).unwrap();
    assert_eq!(
        refused(session.step(&[(b, other.clone())])),
        (ErrorKind::VerificationFailed, "two different messages in one round", vec![b])
    );
    let (mut early, _, _) = shaken(7);
    assert_eq!(
        refused(early.step(&[(b, message.clone()), (b, other)])),
        (ErrorKind::VerificationFailed, "two different messages in one round", vec![b])
    );
    // Damage is no message at all.
    let (mut session, _, _) = shaken(7);
    let mut damaged = message.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(
        refused(session.step(&[(b, message), (b, damaged)])),
        (ErrorKind::DecryptionFailed, "frame: seal", vec![])
    );
}

#[test]
fn a_message_that_nobody_asked_for_names_its_sender() {
    let expected = |b| (ErrorKind::VerificationFailed, "a message where the protocol has none", vec![b]);
    let (mut session, [message, unasked], b) = shaken(7);
    // Early: found when its round comes.
    session.step(&[(b, unasked.clone())]).unwrap();
    assert_eq!(refused(session.step(&[(b, message)])), expected(b));
    // Late.
    let (mut session, [message, _], b) = shaken(7);
    session.step(&[(b, message)]).unwrap();
    assert_eq!(refused(session.step(&[(b, unasked)])), expected(b));
}

#[test]
fn who_waits_too_long_learns_for_whom() {
    let (mut session, _, b) = shaken(7);
    assert_eq!((session.round(), session.label(), session.awaits()), (Some(2), "one", vec![b]));
    let error = session.expire();
    assert_eq!((error.kind(), error.culprits()), (ErrorKind::MissingMessage, &[b][..]));
    assert_eq!((session.round(), session.awaits()), (None, vec![]));
    assert_eq!(session.expire().kind(), ErrorKind::SessionPoisoned);
}

#[test]
fn a_program_that_waits_for_something_else_is_refused() {
    let outcomes = run_with(2, b"pending", |_| core::future::pending::<Result<()>>(), |_| ());
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap_err().kind() == ErrorKind::InvalidParams));
    // One that only yields is not.
    let outcomes = run_with(
        2,
        b"yields",
        |_| async {
            let mut polls = 0;
            core::future::poll_fn(|context| {
                polls += 1;
                context.waker().wake_by_ref();
                if polls == 5 { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            Ok(polls)
        },
        |_| (),
    );
    assert_eq!(outcomes, [Ok(5), Ok(5)]);
}

#[test]
fn both_ends_derive_the_same_keys_and_nobody_else() {
    let keys = run(3, b"pairwise", |channel| async move {
        Ok((0..3)
            .map(|peer| *channel.pairwise_key(peer, "a"))
            .chain([*channel.pairwise_key(0, "b")])
            .collect::<Vec<_>>())
    });
    for (one, two) in [(0, 1), (0, 2), (1, 2)] {
        assert_eq!(keys[one][two], keys[two][one]);
    }
    let mut all: Vec<_> = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
        .iter()
        .map(|(me, at)| keys[*me][*at])
        .collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 9);
}

#[test]
fn traffic_is_what_the_wire_carries() {
    let mut wire = 0;
    let cast_bytes = run_with(
        3,
        b"traffic",
        |mut channel| async move {
            channel.broadcast("big", vec![0; 100]).await?;
            Ok(())
        },
        |deliveries| wire += deliveries.iter().map(|delivery| delivery.bytes.len()).sum::<usize>(),
    );
    assert_eq!(cast_bytes, [Ok(()), Ok(()), Ok(())]);
    let (hello, echo, message) = (PREFIX_LEN + 96, OVERHEAD + 3 * 96, OVERHEAD + 100);
    assert_eq!(wire, 6 * (hello + echo + message));
    let (session, _, _) = shaken(7);
    let traffic = session.traffic();
    assert_eq!((traffic.rounds, traffic.messages), (3, 2));
    assert_eq!(traffic.sent_bytes, (PREFIX_LEN + 96 + OVERHEAD + 2 * 96) as u64);
    assert_eq!(traffic.received_bytes, traffic.sent_bytes);
    assert_eq!(traffic.labels["one"], LabelTraffic { rounds: 1, messages: 0, payload_bytes: 0 });
}

#[test]
fn only_members_with_their_own_key_enter() {
    let cast = Cast::new(2, b"enter");
    let start = |party: u16, key: usize| {
        let party = PartyId::new(party).unwrap();
        Session::start(&cast.setup, party, &cast.keys[key], &cast.seeds[0], program).unwrap_err().kind()
    };
    assert_eq!((start(3, 0), start(1, 1)), (ErrorKind::UnknownParty, ErrorKind::ParamsMismatch));
}

#[test]
fn a_frame_is_read_as_it_is_written() {
    let (_, [message, _], b) = shaken(7);
    let frame = Frame::from_bytes(&message, ()).unwrap();
    assert_eq!((frame.address.sender, frame.address.round, frame.content.len()), (b, 2, 17));
    assert_eq!(*frame.to_bytes(), message);
}

/// The second party speaks in a hundred rounds, in all of which the first one waits for the last.
async fn flood(mut channel: Channel) -> Result<Vec<u8>> {
    let (n, me) = (channel.parties(), channel.me());
    for _ in 0..100 {
        let mut outgoing = vec![None; n];
        if me == 1 {
            outgoing[0] = Some(vec![0; 1000]);
        }
        let from: Vec<_> = (0..n).map(|at| me == 0 && at == 2).collect();
        channel.exchange("flood", outgoing, &from).await?;
    }
    Ok(Vec::new())
}

#[test]
fn who_floods_with_messages_of_later_rounds_is_named() {
    let cast = Cast::new(3, b"flood");
    let [a, b, c] = [0, 1, 2].map(|at| cast.setup.parties()[at]);
    let flooded = |limit: Option<usize>| {
        let [(mut first, hello_a), (mut second, hello_b), (mut third, hello_c)] =
            [0, 1, 2].map(|at| start(&cast, at, flood));
        limit.into_iter().for_each(|limit| first.limit_early(limit));
        let of_a = first.step(&[(b, hello_b.clone()), (c, hello_c.clone())]).unwrap();
        let of_b = second.step(&[(a, hello_a.clone()), (c, hello_c)]).unwrap();
        let of_c = third.step(&[(a, hello_a), (b, hello_b)]).unwrap();
        first.step(&[(b, to(&of_b, a)), (c, to(&of_c, a))]).unwrap();
        let sent = second.step(&[(a, to(&of_a, b)), (c, to(&of_c, b))]).unwrap();
        let to_first: Vec<_> =
            sent.outgoing.into_iter().filter(|message| message.to == Destination::One(a)).collect();
        assert_eq!(to_first.len(), 100);
        let mut taken = 0;
        for message in to_first {
            match first.step(&[(b, message.bytes)]) {
                Ok(_) => taken += 1,
                refusal => return (taken, Some(refused(refusal))),
            }
        }
        (taken, None)
    };
    // One of its round, and three of later ones with 256 bytes for each beyond its own.
    let named = (ErrorKind::VerificationFailed, "more messages of later rounds than are held", vec![b]);
    assert_eq!(flooded(Some(3512)), (4, Some(named.clone())));
    assert_eq!(flooded(Some(3511)), (3, Some(named)));
    assert_eq!(flooded(None), (100, None));
}

#[test]
fn who_floods_before_the_keys_is_named() {
    let cast = Cast::new(3, b"flood");
    let [a, b, c] = [0, 1, 2].map(|at| cast.setup.parties()[at]);
    let [(mut first, hello_a), (mut second, hello_b), (_, hello_c)] =
        [0, 1, 2].map(|at| start(&cast, at, program));
    let echo = to(&second.step(&[(a, hello_a.clone()), (c, hello_c)]).unwrap(), a);
    let altered = |at: u8| {
        let mut frame = echo.clone();
        *frame.last_mut().unwrap() ^= at;
        frame
    };
    for at in (0..8).chain(0..8) {
        first.step(&[(b, altered(at))]).unwrap();
    }
    let named = (ErrorKind::VerificationFailed, "more before the keys than a party has to say", vec![b]);
    assert_eq!(refused(first.step(&[(b, altered(8))])), named);
    // By bytes as well as by number; and what one party sends does not count for another.
    let address = Frame::from_bytes(&echo, ()).unwrap().address;
    let long = |len: usize| Frame { address, content: vec![0; len] }.to_bytes().to_vec();
    let overhead = long(0).len();
    let (mut first, _) = start(&cast, 0, program);
    first.step(&[(b, long((1 << 17) - overhead)), (b, long((1 << 17) - overhead - 1))]).unwrap();
    let of_c = start(&cast, 2, program).0.step(&[(a, hello_a), (b, hello_b)]).unwrap();
    first.step(&[(c, to(&of_c, a))]).unwrap();
    assert_eq!(refused(first.step(&[(b, echo)])), named);
}
