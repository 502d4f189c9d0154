//! Every pair of parties over TCP, with mutual TLS 1.3.
//!
//! A party dials those with lower numbers and is dialled by those with higher ones, so the one with the highest number needs no open port. Each party
//! has a certificate for a name of its own, from an authority that all of them trust (their own for the study, best): a connection is
//! taken only from the party whose name the other side's certificate holds.
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use tokio::{
    io::split,
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector, TlsStream,
    rustls::{
        self, ClientConfig, ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier, crypto::ring,
        server::WebPkiClientVerifier, version::TLS13,
    },
};
use veilkit::party::PartyId;
use webpki::EndEntityCert;

use crate::{
    connection::{End, Framed, Sink, Source, carry},
    error::{Error, Result},
    link::Link,
    post::Post,
    wire::{Frame, Room},
};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The wait before a connection is made again, which doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A party's certificate and whom it trusts.
#[derive(Clone)]
pub struct Tls {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

impl Tls {
    /// From PEM files: this party's chain of certificates (its own first), its private key, and the authorities to trust.
    ///
    /// # Errors
    /// `Tls` for texts that hold no certificate or key, or a key that is not the certificate's.
    pub fn from_pem(chain: &[u8], key: &[u8], authorities: &[u8]) -> Result<Self> {
        let (chain, key) = (certificates(chain, "the certificate")?, private_key(key)?);
        let roots = roots(authorities)?;
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.clone(), Arc::new(ring::default_provider()))
                .build()
                .map_err(|error| Error::Tls(error.to_string()))?;
        let server = server()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain.clone(), key.clone_key())
            .map_err(failed)?;
        let client =
            client()?.with_root_certificates(roots).with_client_auth_cert(chain, key).map_err(failed)?;
        Ok(Self { client: Arc::new(client), server: Arc::new(server) })
    }
}

fn certificates(pem: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_slice_iter(pem).collect::<core::result::Result<Vec<_>, _>>();
    read.ok().filter(|read| !read.is_empty()).ok_or_else(|| Error::Tls(format!("{what} cannot be read")))
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| Error::Tls("the private key cannot be read".into()))
}

fn roots(pem: &[u8]) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(pem, "the authorities")? {
        roots.add(authority).map_err(failed)?;
    }
    Ok(Arc::new(roots))
}

fn failed(error: rustls::Error) -> Error {
    Error::Tls(error.to_string())
}

fn client() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .map_err(failed)
}

fn server() -> Result<ConfigBuilder<ServerConfig, WantsVerifier>> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .map_err(failed)
}

/// To a relay, which knows parties by their identity keys.
pub(crate) fn client_without_certificate(authorities: &[u8]) -> Result<Arc<ClientConfig>> {
    Ok(Arc::new(client()?.with_root_certificates(roots(authorities)?).with_no_client_auth()))
}

/// For a relay.
pub(crate) fn server_for_strangers(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>> {
    let chain = certificates(chain, "the certificate")?;
    let config = server()?.with_no_client_auth().with_single_cert(chain, private_key(key)?);
    config.map(Arc::new).map_err(failed)
}

impl core::fmt::Debug for Tls {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Tls")
    }
}

/// A peer of this party.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The name that its certificate holds.
    pub name: String,
    /// Where it listens, `host:port`; needed for peers with lower numbers.
    pub address: Option<String>,
}

/// How a party joins the others.
#[derive(Debug)]
pub struct Options {
    /// Which session, and whose.
    pub room: Room,
    /// This party.
    pub me: PartyId,
    /// Where it listens; nowhere if it has the highest number.
    pub listener: Option<TcpListener>,
    /// Everybody else.
    pub peers: BTreeMap<PartyId, Peer>,
    /// This party's certificate.
    pub tls: Tls,
}

/// Starts the connections to all peers; they come up in the background, and again whenever they break.
///
/// # Errors
/// `Options` when peers are missing or too many, a name is no host name, or an address or a listener is missing.
pub fn connect(options: Options) -> Result<Link> {
    let Options { room, me, listener, peers, tls } = options;
    let others: Vec<_> = room.parties().filter(|party| *party != me).collect();
    if others.len() + 1 != room.parties().len() || !others.iter().eq(peers.keys()) {
        return Err(Error::Options("tcp: peers, everybody in the room but this party"));
    }
    let named = |(party, peer): (&PartyId, &Peer)| {
        let name = ServerName::try_from(peer.name.clone());
        name.map(|name| (*party, name)).map_err(|_| Error::Options("tcp: a peer's name is no host name"))
    };
    let names = peers.iter().map(named).collect::<Result<BTreeMap<_, _>>>()?;
    let mut link = Link::new(me, others.clone());
    for peer in others.iter().copied().filter(|peer| *peer < me) {
        let address = peers[&peer].address.clone();
        let address = address.ok_or(Error::Options("tcp: the address of a peer with a lower number"))?;
        let dial = Dial { me, peer, address, name: names[&peer].clone(), room: *room.id(), tls: tls.clone() };
        link.connections.spawn(dial.keep_up(link.post().clone()));
    }
    if others.iter().any(|peer| *peer > me) {
        let listener = listener.ok_or(Error::Options("tcp: a listener for peers with higher numbers"))?;
        let door = Door {
            me,
            names,
            room: *room.id(),
            acceptor: TlsAcceptor::from(tls.server),
            post: link.post().clone(),
        };
        link.connections.spawn(Arc::new(door).answer(listener));
    }
    Ok(link)
}

/// The way to a peer with a lower number.
struct Dial {
    me: PartyId,
    peer: PartyId,
    address: String,
    name: ServerName<'static>,
    room: [u8; 32],
    tls: Tls,
}

impl Dial {
    async fn keep_up(self, post: Arc<Post>) -> Error {
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout(HANDSHAKE, self.open()).await {
                Ok(Ok(stream)) => {
                    pause = FIRST_PAUSE;
                    // However it ended, it is made again.
                    let _ = carry_over(stream, &post, self.me, self.peer).await;
                }
                Ok(Err(error @ Error::Tls(_))) => return error,
                Ok(Err(_)) | Err(_) => {}
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn open(&self) -> Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let connector = TlsConnector::from(self.tls.client.clone());
        let stream = connector.connect(self.name.clone(), stream).await.map_err(refused_by_tls)?;
        let mut framed = Framed(stream);
        let hello = Frame::Hello { room: self.room, from: self.me, to: self.peer };
        framed.send(hello.to_bytes()).await?;
        Ok(TlsStream::from(framed.0))
    }
}

/// A wrong certificate stays wrong; a connection that broke off does not.
pub(crate) fn refused_by_tls(error: std::io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(inner @ rustls::Error::InvalidCertificate(_)) => Error::Tls(inner.to_string()),
        _ => Error::Io(error),
    }
}

/// Where peers with higher numbers come in.
struct Door {
    me: PartyId,
    names: BTreeMap<PartyId, ServerName<'static>>,
    room: [u8; 32],
    acceptor: TlsAcceptor,
    post: Arc<Post>,
}

impl Door {
    async fn answer(self: Arc<Self>, listener: TcpListener) -> Error {
        let mut visits = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => { visits.spawn(self.clone().receive(stream)); }
                    // Out of files, most likely: others may close soon.
                    Err(_) => sleep(FIRST_PAUSE).await,
                },
                Some(_) = visits.join_next() => {}
            }
        }
    }

    /// A stranger, or one who breaks off, is forgotten.
    async fn receive(self: Arc<Self>, stream: TcpStream) {
        if let Ok(Ok((stream, peer))) = timeout(HANDSHAKE, self.admit(stream)).await {
            let _ = carry_over(stream, &self.post, self.me, peer).await;
        }
    }

    async fn admit(&self, stream: TcpStream) -> Result<(TlsStream<TcpStream>, PartyId)> {
        stream.set_nodelay(true)?;
        let mut framed = Framed(self.acceptor.accept(stream).await?);
        let Frame::Hello { room, from, to } = framed.expect().await? else {
            return Err(Error::Unexpected("something else than a hello"));
        };
        let name = self.names.get(&from).filter(|_| from > self.me && to == self.me && room == self.room);
        let name = name.ok_or(Error::Unexpected("a party of another session"))?;
        let certificates = framed.0.get_ref().1.peer_certificates().unwrap_or_default();
        let own = certificates.first().ok_or(Error::Tls("no certificate".into()))?;
        EndEntityCert::try_from(own)
            .and_then(|certificate| certificate.verify_is_valid_for_subject_name(name))
            .map_err(|_| Error::Tls("the certificate holds another name than this party's".into()))?;
        Ok((TlsStream::from(framed.0), from))
    }
}

async fn carry_over(stream: TlsStream<TcpStream>, post: &Post, me: PartyId, peer: PartyId) -> Result<()> {
    let (from, to) = split(stream);
    carry(&mut Framed(from), &mut Framed(to), post, &[peer], End::Peer { me }).await
}

/// A listener for [`Options`].
///
/// # Errors
/// `Io` when the address is taken or not this machine's.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    Ok(TcpListener::bind(address).await?)
}
