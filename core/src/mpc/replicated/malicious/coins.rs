//! Challenges that nobody knows before all have said what they will be asked about.
use crate::{
    error::{Error, ErrorKind, Result},
    mpc::replicated::link::{Link, Message, after, before},
    ring::Xof,
    transcript::{Digest, Transcript},
};

/// Words of a half of a summand of a coin.
const HALF: usize = 4;
type Half = [u64; HALF];

/// A party's streams for coins.
pub(super) struct Coins {
    mine: Xof,
    next: Xof,
}

impl Coins {
    pub(super) fn new(link: &Link) -> Self {
        let stream = |peer| Xof::new(&link.channel.pairwise_key(peer, "replicated: coins"), 0);
        Self { mine: stream(before(link.me)), next: stream(after(link.me)) }
    }

    /// A coin: 256 bits that no party knew. One round.
    ///
    /// Like a value it has three summands, each of two halves. A party lacks one summand; its two holders tell it one half each and
    /// the digest of the other, each when it has heard all that was said before. So both must have heard that before a cheating
    /// party knows the coin, and an honest party gets the same coin as the others or none.
    ///
    /// # Errors
    /// `VerificationFailed` when the two contradict each other; one of them cheated.
    pub(super) async fn toss(&mut self, link: &mut Link) -> Result<Digest> {
        let (mut mine, mut next) = ([Half::default(); 2], [Half::default(); 2]);
        self.mine.fill(mine.as_flattened_mut());
        self.next.fill(next.as_flattened_mut());
        let to_after = [bytes(&mine[0]), digest(&mine[1])].concat();
        let to_before = [bytes(&next[1]), digest(&next[0])].concat();
        let (from_before, from_after) = link.pass("coin", Some(to_before), Some(to_after)).await?;
        let (first, of_second) = parts(link, &from_before)?;
        let (second, of_first) = parts(link, &from_after)?;
        if digest(&first) != of_first || digest(&second) != of_second {
            return Err(Error::new(ErrorKind::VerificationFailed, "replicated: the halves of a coin"));
        }
        let mut summands = [[Half::default(); 2]; 3];
        summands[link.me] = mine;
        summands[after(link.me)] = next;
        summands[before(link.me)] = [first, second];
        let mut coin = Transcript::new("veilkit v1 replicated coin");
        for half in summands.as_flattened() {
            coin.append("half", &bytes(half));
        }
        Ok(coin.digest())
    }
}

fn bytes(half: &Half) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (out, word) in bytes.as_chunks_mut().0.iter_mut().zip(half) {
        *out = word.to_le_bytes();
    }
    bytes
}

fn digest(half: &Half) -> Digest {
    Transcript::new("veilkit v1 replicated half of a coin").append("half", &bytes(half)).digest()
}

/// A half and the digest of the other one.
fn parts(link: &Link, message: &Message) -> Result<(Half, Digest)> {
    let error = || link.cheat("replicated: length of a coin", message.from);
    let (half, digest) = message.bytes.split_at_checked(32).ok_or_else(error)?;
    let mut words = Half::default();
    for (word, bytes) in words.iter_mut().zip(half.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    Ok((words, digest.try_into().map_err(|_| error())?))
}
