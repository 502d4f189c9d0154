#![no_main]
use veilkit::{
    PartyId,
    mpc::{
        session::Frame,
        testing::parties::{Delivery, run_with},
    },
};
use veilkit_fuzz::{decode, protocol_session, talk};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |frame: Frame| {
        // Party 2 of a session takes it, whatever it is.
        let _ = protocol_session().step(&[(frame.address.sender, bytes.to_vec())]);
    });
    if bytes.len() <= 64 {
        run_edited(bytes);
    }
});

/// An honest run with any bytes of its frames changed, in any order, and frames that nobody sent.
fn run_edited(bytes: &[u8]) {
    // Each edit: which message, what to do with it, where, and with what.
    let mut edits = bytes.chunks_exact(5);
    let outcomes = run_with(3, b"fuzz", talk, |deliveries| {
        for edit in edits.by_ref().take(4) {
            let &[which, what, low, high, byte] = edit else { continue };
            if deliveries.is_empty() {
                continue;
            }
            let at = usize::from(which) % deliveries.len();
            let place = usize::from(low) + 256 * usize::from(high);
            match what % 7 {
                0 => {
                    let bytes = &mut deliveries[at].bytes;
                    let place = place % bytes.len().max(1);
                    bytes.iter_mut().skip(place).take(1).for_each(|old| *old ^= byte);
                }
                1 => deliveries[at].bytes.truncate(place % 512),
                2 => deliveries[at].bytes.push(byte),
                3 => drop(deliveries.remove(at)),
                4 => {
                    let again = deliveries[at].clone();
                    deliveries.push(again);
                }
                5 => deliveries[at].from = PartyId::new(u16::from(byte) + 1).expect("not zero"),
                _ => {
                    let Delivery { label, from, to, .. } = deliveries[at];
                    let bytes = bytes[place.min(bytes.len())..].to_vec();
                    deliveries.push(Delivery { label, from, to, bytes });
                }
            }
        }
    });
    for outcome in outcomes {
        match outcome {
            Ok(sum) => assert_eq!(sum, 1 + 2 + 3, "a wrong output"),
            Err(error) => assert!(!error.what().is_empty(), "an error names what is wrong"),
        }
    }
}
