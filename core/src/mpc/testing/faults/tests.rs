//! The harness finds what it is for.
use super::*;

/// Everybody says its position and 5, shows what it heard, and the first tells the sum to each of the others. Whoever says
/// anything else is named.
async fn program(mut channel: Channel) -> Result<u64> {
    let (n, me) = (channel.parties(), channel.me());
    let number = |from: usize| (u64::try_from(from).expect("few parties") + 5).to_le_bytes();
    let all = channel.broadcast("say", number(me).to_vec()).await?;
    if let Some(liar) = (0..n).find(|from| **all[*from] != number(*from)) {
        return Err(channel.cheat("say: another number", liar));
    }
    let heard: Vec<u8> = all.iter().flat_map(|message| message.iter().copied()).collect();
    let shown = channel.broadcast("show", heard.clone()).await?;
    if let Some(liar) = (0..n).find(|from| **shown[*from] != heard) {
        return Err(channel.cheat("show: not what was said", liar));
    }
    let sum = (0..n).map(|from| u64::from_le_bytes(number(from))).sum::<u64>();
    let outgoing = (0..n).map(|to| (me == 0 && to != 0).then(|| sum.to_le_bytes().to_vec())).collect();
    let from: Vec<_> = (0..n).map(|from| from == 0 && me != 0).collect();
    let got = channel.exchange("tell", outgoing, &from).await?;
    match &got[0] {
        Some(told) if **told != sum.to_le_bytes() => Err(channel.cheat("tell: another sum", 0)),
        _ => Ok(sum),
    }
}

#[test]
fn every_fault_at_every_message() {
    let tally = matrix(Sample::All, 3, b"faults", program, |_, sum| *sum == 5 + 6 + 7);
    // 27 faults on each of 26 messages; three of them harm nobody.
    assert!(tally.right >= 3 * 26 && tally.stopped > 15 * 26, "{tally:?}");
    assert_eq!(tally.kinds, ["echo", "hello", "say", "show", "tell"].into());
    let tally = matrix(Sample::EachKind, 5, b"faults", program, |_, sum| *sum == 5 + 6 + 7 + 8 + 9);
    // Three of 17 kinds of faults harm nobody; two are not for hellos, and one is neither for them nor for echoes.
    assert!(tally.right >= 3 * 5 && tally.right + tally.stopped == 17 * 5 - 4, "{tally:?}");
    assert_eq!(tally.kinds.len(), 5);
}

#[test]
fn a_cheat_is_caught() {
    let tally = cheats(Sample::All, 8, 3, b"cheats", program, |_, sum| *sum == 5 + 6 + 7);
    assert!(tally.stopped > 100, "{tally:?}");
    let tally = cheats(Sample::EachKind, 8, 5, b"cheats", program, |_, sum| *sum == 5 + 6 + 7 + 8 + 9);
    assert!(tally.stopped > 40, "{tally:?}");
}

#[test]
#[should_panic(expected = "wrong output")]
fn a_wrong_output_is_found() {
    let trusting = |mut channel: Channel| async move {
        let all = channel.broadcast("say", vec![5; 8]).await?;
        Ok(all.iter().map(|message| message.iter().map(|byte| u64::from(*byte)).sum::<u64>()).sum::<u64>())
    };
    cheats(Sample::All, 8, 3, b"trusting", trusting, |_, sum| *sum == 120);
}

#[test]
#[should_panic(expected = "cheated")]
fn an_unfair_accusation_is_found() {
    let unfair = |mut channel: Channel| async move {
        let all = channel.broadcast("say", vec![5; 8]).await?;
        match all.iter().all(|message| **message == [5; 8]) {
            true => Ok(()),
            false => Err(channel.cheat("somebody", channel.me())),
        }
    };
    cheats(Sample::All, 8, 3, b"unfair", unfair, |_, ()| true);
}
