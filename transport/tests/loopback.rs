//! Three parties on this machine, over each transport, with connections that break.
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use veilkit::{
    codec::Encode,
    error::ErrorKind,
    mpc::{
        IdentityKey, Outgoing,
        session::{Channel, Journal, Session},
        testing::parties::Cast,
    },
    party::PartyId,
    transcript::Transcript,
};
use veilkit_transport::{
    Deadlines, Error, Link, Result, Room, drive,
    relay::{self, Limits, Relay},
    tcp::{self, Peer, Tls},
};

const ROUNDS: u8 = 20;
const SILENCE: Duration = Duration::from_secs(20);

/// Every party says in every round what it heard so far; all must have heard the same.
async fn gossip(mut channel: Channel) -> veilkit::error::Result<Vec<u8>> {
    let mut heard = vec![u8::try_from(channel.me()).expect("three parties")];
    for round in 0..ROUNDS {
        let said = channel.broadcast("gossip", vec![round ^ heard[0]; 10_000]).await?;
        heard = said.iter().map(|message| message[0].wrapping_mul(31)).collect();
    }
    Ok(heard)
}

struct Parties(Cast);

impl Parties {
    fn new(label: &[u8]) -> Self {
        Self(Cast::new(3, label))
    }

    fn room(&self) -> Room {
        let parties = self.0.setup.parties().iter().zip(&self.0.keys).map(|(p, key)| (*p, key.identity()));
        Room::new(self.0.setup.session(), parties.collect()).unwrap()
    }

    /// All three at once, each over its link.
    async fn run(&self, links: Vec<Link>, silence: Duration) -> Vec<Result<Vec<u8>>> {
        let parties = self.0.setup.parties();
        let start = |((me, key), seed)| Session::start(&self.0.setup, me, key, seed, gossip).unwrap();
        let started =
            parties.iter().copied().zip(&self.0.keys).zip(&self.0.seeds).take(links.len()).map(start);
        let runs = started.zip(links).map(|((mut session, first), mut link)| {
            let deadlines = Deadlines { silence, farewell: Duration::from_secs(5) };
            tokio::spawn(async move { drive(&mut session, first, &mut link, deadlines, |_, _| Ok(())).await })
        });
        let mut outputs = Vec::new();
        for run in runs.collect::<Vec<_>>() {
            outputs.push(run.await.unwrap());
        }
        outputs
    }

    async fn agree(&self, links: Vec<Link>) {
        let outputs = self.run(links, SILENCE).await;
        let first = outputs[0].as_ref().unwrap();
        assert!(outputs.iter().all(|output| output.as_ref().unwrap() == first));
    }
}

fn party(number: u16) -> PartyId {
    PartyId::new(number).unwrap()
}

fn pem(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/certificates/{name}.pem", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn tls(name: &str) -> Tls {
    Tls::from_pem(&pem(name), &pem(&format!("{name}.key")), &pem("authority")).unwrap()
}

/// Carries bytes to `target` and breaks each connection after some of them, `breaks` times over all.
async fn flaky(target: SocketAddr, breaks: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let left = Arc::new(AtomicUsize::new(breaks));
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let left = left.clone();
            tokio::spawn(async move {
                let Ok(far) = TcpStream::connect(target).await else { return };
                let (mut from_near, mut to_near) = near.into_split();
                let (mut from_far, mut to_far) = far.into_split();
                let back = tokio::spawn(async move { tokio::io::copy(&mut from_far, &mut to_near).await });
                let (mut buffer, mut carried) = (vec![0; 4096], 0);
                while let Ok(count @ 1..) = from_near.read(&mut buffer).await {
                    carried += count;
                    let take = |left: usize| left.checked_sub(1);
                    if carried > 60_000
                        && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
                    {
                        break;
                    }
                    if to_far.write_all(&buffer[..count]).await.is_err() {
                        break;
                    }
                }
                back.abort();
            });
        }
    });
    address
}

async fn tcp_links(parties: &Parties, certificates: [&str; 3], breaks: usize) -> Vec<Link> {
    let mut listeners = Vec::new();
    let mut addresses = Vec::new();
    for _ in 0..2 {
        let listener = tcp::listen(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        addresses.push(Some(if breaks > 0 { flaky(address, breaks).await } else { address }.to_string()));
        listeners.push(Some(listener));
    }
    listeners.push(None);
    addresses.push(None);
    let peer = |number: u16| Peer {
        name: format!("party-{number}.test"),
        address: addresses[usize::from(number) - 1].clone(),
    };
    let link = |((me, listener), certificate): ((u16, _), _)| {
        let peers: BTreeMap<_, _> = (1..=3).filter(|p| *p != me).map(|p| (party(p), peer(p))).collect();
        let options =
            tcp::Options { room: parties.room(), me: party(me), listener, peers, tls: tls(certificate) };
        tcp::connect(options).unwrap()
    };
    (1..).zip(listeners).zip(certificates).map(link).collect()
}

const OWN: [&str; 3] = ["party-1", "party-2", "party-3"];

#[tokio::test]
async fn over_tcp() {
    let parties = Parties::new(b"tcp");
    parties.agree(tcp_links(&parties, OWN, 0).await).await;
}

#[tokio::test]
async fn over_tcp_connections_that_break() {
    let parties = Parties::new(b"flaky tcp");
    parties.agree(tcp_links(&parties, OWN, 3).await).await;
}

#[tokio::test]
async fn another_partys_certificate_is_not_let_in() {
    let parties = Parties::new(b"impostor");
    // The third comes with the second's certificate: nobody hears it.
    let links = tcp_links(&parties, ["party-1", "party-2", "party-2"], 0).await;
    missing_third(&parties.run(links, Duration::from_secs(1)).await);
}

#[tokio::test]
async fn another_authoritys_certificate_is_not_let_in() {
    let parties = Parties::new(b"stranger");
    let links = tcp_links(&parties, ["party-1", "party-2", "stranger"], 0).await;
    missing_third(&parties.run(links, Duration::from_secs(1)).await);
}

fn missing_third(outputs: &[Result<Vec<u8>>]) {
    for output in &outputs[..2] {
        match output {
            Err(Error::Session(error)) => {
                assert_eq!(error.kind(), ErrorKind::MissingMessage);
                assert_eq!(error.culprits(), [party(3)]);
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn relay(
    address: SocketAddr,
    limits: Limits,
    secure: bool,
) -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let (chain, key) = (pem("relay"), pem("relay.key"));
    let relay = Relay::new(limits, secure.then_some((&chain, &key))).unwrap();
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    (address, tokio::spawn(Arc::new(relay).serve(listener)))
}

fn anywhere() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

fn relay_links(parties: &Parties, url: &str) -> Vec<Link> {
    let link = |(me, key): (&PartyId, &IdentityKey)| {
        relay::connect(relay::Options {
            url: url.to_owned(),
            room: parties.room(),
            me: *me,
            key: key.clone(),
            authorities: Some(pem("authority")),
        })
        .unwrap()
    };
    parties.0.setup.parties().iter().zip(&parties.0.keys).map(link).collect()
}

#[tokio::test]
async fn through_a_relay() {
    let parties = Parties::new(b"relay");
    let (address, _relay) = relay(anywhere(), Limits::default(), false).await;
    parties.agree(relay_links(&parties, &format!("ws://{address}"))).await;
}

#[tokio::test]
async fn through_a_relay_with_tls() {
    let parties = Parties::new(b"secure relay");
    let (address, _relay) = relay(anywhere(), Limits::default(), true).await;
    parties.agree(relay_links(&parties, &format!("wss://localhost:{}", address.port()))).await;
}

#[tokio::test]
async fn through_a_relay_over_connections_that_break() {
    let parties = Parties::new(b"flaky relay");
    let (address, _relay) = relay(anywhere(), Limits::default(), false).await;
    let address = flaky(address, 5).await;
    parties.agree(relay_links(&parties, &format!("ws://{address}"))).await;
}

#[tokio::test]
async fn a_relay_that_lost_everything_is_told_again() {
    let parties = Parties::new(b"restarted relay");
    let limits = Limits::default();
    // The first relay takes two parties' messages and goes away before the third comes.
    let (address, first) = relay(anywhere(), limits, false).await;
    let mut links = relay_links(&parties, &format!("ws://{address}"));
    let early = links.drain(..2).collect::<Vec<_>>();
    let late = links.pop().unwrap();
    let third = late;
    let restart = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        first.abort();
        let _ = first.await;
        relay(address, limits, false).await
    };
    let run = parties.run(early.into_iter().chain([third]).collect(), SILENCE);
    let (outputs, _second) = tokio::join!(run, restart);
    assert!(outputs.iter().all(|output| output.as_ref().unwrap() == outputs[0].as_ref().unwrap()));
}

/// One party's program stops after each possible number of messages, and starts again from its journal.
#[tokio::test]
async fn a_party_that_crashed_goes_on_from_its_journal() {
    for stops_after in [1, 3, 10, 25, 40] {
        let parties = Parties::new(b"crash");
        let (address, _relay) = relay(anywhere(), Limits::default(), false).await;
        let url = format!("ws://{address}");
        let mut links = relay_links(&parties, &url);
        let (me, key, seed) = (party(3), parties.0.keys[2].clone(), &parties.0.seeds[2]);
        let mut first = links.pop().unwrap();
        let others = parties.run(links, SILENCE);
        let crashing = async {
            let journal =
                Arc::new(Mutex::new(Journal::new(&parties.0.setup, me, seed).unwrap().to_bytes().to_vec()));
            let store = |count: Arc<AtomicUsize>| {
                let journal = journal.clone();
                move |incoming: &[(PartyId, Vec<u8>)], outgoing: &[Outgoing]| {
                    if count.fetch_sub(incoming.len().min(count.load(Ordering::Relaxed)), Ordering::Relaxed)
                        == 0
                    {
                        return Err(std::io::Error::other("crash"));
                    }
                    journal.lock().unwrap().extend(Journal::entries(incoming, outgoing).unwrap());
                    Ok(())
                }
            };
            let deadlines = Deadlines { silence: SILENCE, farewell: Duration::from_secs(5) };
            let (mut session, step) = Session::start(&parties.0.setup, me, &key, seed, gossip).unwrap();
            let left = Arc::new(AtomicUsize::new(stops_after));
            let crashed = drive(&mut session, step, &mut first, deadlines, store(left)).await;
            assert!(matches!(crashed, Err(Error::Io(_))), "{crashed:?}");
            drop((session, first));
            let mut rng = Transcript::new("veilkit test transport restart").rng();
            let (kept, used) = Journal::recover(&journal.lock().unwrap()).unwrap();
            journal.lock().unwrap().truncate(used);
            let (mut session, step) =
                Session::resume(&parties.0.setup, me, &key, &kept, &mut rng, gossip).unwrap();
            let mut link = relay_links(&parties, &url).pop().unwrap();
            drive(&mut session, step, &mut link, deadlines, store(Arc::new(AtomicUsize::new(usize::MAX))))
                .await
        };
        let (others, own) = tokio::join!(others, crashing);
        let own = own.unwrap();
        assert!(others.iter().all(|output| *output.as_ref().unwrap() == own), "after {stops_after}");
    }
}

#[tokio::test]
async fn a_relay_lets_in_only_who_can_sign() {
    let parties = Parties::new(b"relay and strangers");
    let (address, _relay) = relay(anywhere(), Limits::default(), false).await;
    let options = |me, key: &IdentityKey| relay::Options {
        url: format!("ws://{address}"),
        room: parties.room(),
        me,
        key: key.clone(),
        authorities: None,
    };
    let refused = relay::connect(options(party(1), &parties.0.keys[1]));
    assert!(matches!(refused, Err(Error::Options(_))), "another party's key");
    assert!(matches!(relay::connect(options(party(7), &parties.0.keys[0])), Err(Error::Options(_))));
}

#[tokio::test]
async fn a_full_relay_says_so() {
    let parties = Parties::new(b"full relay");
    let limits = Limits { rooms: 0, ..Limits::default() };
    let (address, _relay) = relay(anywhere(), limits, false).await;
    let outputs = parties.run(relay_links(&parties, &format!("ws://{address}")), SILENCE).await;
    for output in outputs {
        assert!(
            matches!(&output, Err(Error::Refused(why)) if why.contains("too many sessions")),
            "{output:?}"
        );
    }
    let limits = Limits { room_bytes: 100_000, ..Limits::default() };
    let (address, _relay) = relay(anywhere(), limits, false).await;
    let mut links = relay_links(&parties, &format!("ws://{address}"));
    // The third never comes, and what waits for it is too much.
    links.pop();
    for _ in 0..20 {
        links[0].send(party(3), vec![0; 10_000]).unwrap();
    }
    let refused = tokio::time::timeout(SILENCE, links[0].receive()).await.unwrap();
    assert!(matches!(refused, Err(Error::Refused(_))));
}

#[tokio::test]
async fn options_that_do_not_fit_are_refused() {
    let parties = Parties::new(b"options");
    let peer = Peer { name: "party-1.test".into(), address: None };
    let options = |me, peers: &[u16]| tcp::Options {
        room: parties.room(),
        me: party(me),
        listener: None,
        peers: peers.iter().map(|p| (party(*p), peer.clone())).collect(),
        tls: tls("party-1"),
    };
    for (me, peers) in [(1, &[2][..]), (1, &[2, 4]), (9, &[1, 2, 3]), (1, &[2, 3]), (3, &[1, 2])] {
        assert!(matches!(tcp::connect(options(me, peers)), Err(Error::Options(_))), "{me} {peers:?}");
    }
    assert!(matches!(Tls::from_pem(b"", &pem("party-1.key"), &pem("authority")), Err(Error::Tls(_))));
    assert!(matches!(Tls::from_pem(&pem("party-1"), b"", &pem("authority")), Err(Error::Tls(_))));
    let mismatched = Tls::from_pem(&pem("party-1"), &pem("party-2.key"), &pem("authority"));
    assert!(matches!(mismatched, Err(Error::Tls(_))));
}
