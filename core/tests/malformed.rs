//! Every decoder against thousands of malformed inputs, and the check itself against decoders with planted faults.
#![allow(clippy::disallowed_methods, reason = "tests measure time")]

mod support;

#[global_allocator]
static COUNTING: support::alloc::Counting = support::alloc::Counting;

/// The check must see each fault that it is there for.
mod planted {
    use super::support::malformed::{Check, Report, quiet_panics};
    use veilkit::{
        Error, ErrorKind, Result,
        codec::{Decode, Encode, Kind, Reader, Writer},
    };

    struct List(Vec<u16>);

    impl Encode for List {
        const KIND: Kind = Kind::PaillierPublicKey;
        fn params_id(&self) -> u32 {
            0
        }
        fn body_len(&self) -> usize {
            4 + 2 * self.0.len()
        }
        fn write_body(&self, out: &mut Writer) {
            out.len(self.0.len());
            for item in &self.0 {
                out.u16(*item);
            }
        }
    }

    impl Decode for List {
        fn read_body(body: &mut Reader<'_>, _params_id: u32, (): ()) -> Result<Self> {
            let count = body.count(2, "list: length")?;
            (0..count).map(|_| body.u16("list: item")).collect::<Result<_>>().map(List)
        }
    }

    /// Runs the check over a decoder that looks at the bytes first, and gives the fault that is found.
    fn found(
        before: impl Fn(&[u8]) -> Result<()> + Send + 'static,
        exercise: impl Fn(List) + Send + 'static,
    ) -> std::result::Result<Report, String> {
        quiet_panics();
        let decode = move |bytes: &[u8]| {
            before(bytes)?;
            List::from_bytes(bytes, ()).map(|list| {
                let again = list.to_bytes().to_vec();
                (list, again)
            })
        };
        let samples = vec![List(vec![]).to_bytes().to_vec(), List(vec![7; 20]).to_bytes().to_vec()];
        Check { name: "planted", samples, floor: 10_000, decode, exercise }.run().map_err(|fault| fault.what)
    }

    fn length_field(bytes: &[u8]) -> Option<u32> {
        Some(u32::from_le_bytes(bytes.get(9..13)?.try_into().ok()?))
    }

    #[test]
    fn a_good_decoder_passes() {
        let report = found(|_| Ok(()), |list| assert!(list.0.len() <= 20)).unwrap();
        assert!(report.inputs >= 10_000 && report.accepted > 100, "{report:?}");
        assert!(report.excess < 1024, "{report:?}");
    }

    #[test]
    fn a_panic_is_found() {
        let fault = found(
            |bytes| {
                assert_ne!(length_field(bytes), Some(0x8000_0000));
                Ok(())
            },
            drop,
        );
        assert_eq!(fault.unwrap_err(), "the decoder panics");
    }

    #[test]
    fn memory_by_a_length_field_is_found() {
        let fault = found(
            |bytes| {
                let len = length_field(bytes).map_or(0, |len| len.min(1 << 20));
                drop(Vec::<u8>::with_capacity(usize::try_from(len).unwrap()));
                Ok(())
            },
            drop,
        );
        assert!(fault.unwrap_err().contains("bytes of memory"));
    }

    #[test]
    fn slowness_is_found() {
        let slow = |bytes: &[u8]| {
            if length_field(bytes) == Some(255) {
                std::thread::sleep(std::time::Duration::from_millis(300));
            }
            Ok(())
        };
        assert!(found(slow, drop).unwrap_err().contains("takes"));
    }

    #[test]
    fn a_use_that_panics_is_found() {
        assert_eq!(
            found(|_| Ok(()), |list| assert!(list.0.iter().all(|item| *item < 0x100))).unwrap_err(),
            "accepted, but its use panics"
        );
    }

    /// The first family that a decoder wrongly accepts, when `edit` hides something from it.
    fn lax_family(edit: impl Fn(&mut Vec<u8>) + Send + 'static) -> &'static str {
        quiet_panics();
        let decode = move |bytes: &[u8]| {
            let mut seen = bytes.to_vec();
            edit(&mut seen);
            List::from_bytes(&seen, ()).map(|list| (list, bytes.to_vec()))
        };
        let samples = vec![List(vec![1, 2]).to_bytes().to_vec()];
        let fault = Check { name: "lax", samples, floor: 10_000, decode, exercise: drop }.run().unwrap_err();
        assert_eq!(fault.what, "the input is accepted");
        fault.family
    }

    #[test]
    fn laxness_is_found() {
        assert_eq!(lax_family(|bytes| bytes.truncate(17)), "trailing zeros");
        assert_eq!(lax_family(|bytes| bytes.iter_mut().skip(2).take(1).for_each(|v| *v = 1)), "version");
        assert_eq!(lax_family(|bytes| bytes.iter_mut().skip(4).take(1).for_each(|v| *v = 1)), "kind");
    }

    #[test]
    fn an_error_without_a_name_is_found() {
        let fault = found(
            |bytes| if bytes.is_empty() { Err(Error::new(ErrorKind::InvalidEncoding, "")) } else { Ok(()) },
            drop,
        );
        assert_eq!(fault.unwrap_err(), "the error names nothing");
    }
}
