#![no_main]
use veilkit::shamir::{self, Share, combine, combine_correcting};
use veilkit_fuzz::decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    decode(bytes, (), |share: Share| {
        let _ = share.verify();
        let _ = combine(std::slice::from_ref(&share));
        let _ = combine_correcting(&[share.clone(), share.clone()]);
        let payload = vec![0; share.secret_len()];
        let _ = shamir::correct(&[(share.index(), &payload[..])], share.params().threshold());
    });
});
