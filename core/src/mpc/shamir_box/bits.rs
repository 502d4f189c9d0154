//! Random bits from opened squares, and who receives.
use super::BoxField;
use crate::{
    error::{Error, ErrorKind, Result},
    field::BulkField,
    mpc::arithmetic::{Arithmetic, Shared},
    secret::declassify,
};

/// Random bits: of a random `a` that is not zero the square is opened; `a` divided by one of its roots is 1 or -1.
///
/// The root is taken of a public value. Zeros, of which there is one in as many as the field has elements, are
/// drawn again.
///
/// # Source
/// \[DFKNT06\], "RAN2"
pub(super) async fn random<F: BoxField, B>(arithmetic: &mut B, len: usize) -> Result<Shared<B::Share>>
where
    B: Arithmetic<Element = F>,
{
    let half = (F::ONE + F::ONE).invert().expect("the field is not of characteristic two");
    let mut bits = Vec::with_capacity(len);
    while bits.len() < len {
        let a = arithmetic.random(len - bits.len()).await?;
        let square = arithmetic.mul(&a, &a).await?;
        let opened = arithmetic.open(&square).await?;
        let kept: Vec<usize> =
            (0..opened.len()).filter(|place| !declassify(opened[*place].ct_eq(&F::ZERO))).collect();
        let halves = arithmetic.constant(&vec![half; kept.len()]);
        for (place, half_share) in kept.into_iter().zip(halves.shares()) {
            let root = BulkField::inverse_sqrt(opened[place]);
            bits.push(a.shares()[place] * (root * half) + *half_share);
        }
    }
    Ok(Shared::column(bits))
}

/// Who receives, by position.
///
/// # Errors
/// `UnknownParty` for a receiver that is no position.
pub(super) fn receivers(positions: &[usize], parties: usize) -> Result<Vec<bool>> {
    let mut receives = vec![false; parties];
    for position in positions {
        let unknown = Error::new(ErrorKind::UnknownParty, "reveal: receiver");
        *receives.get_mut(*position).ok_or(unknown)? = true;
    }
    Ok(receives)
}
