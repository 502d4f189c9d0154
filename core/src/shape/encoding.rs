//! The bytes of shapes, inside those of arrays: `axes u8 | extents u32 each`.
use super::Shape;
use crate::codec::{Reader, Writer};
use crate::error::{Error, ErrorKind, Result};

/// Elements that an array without elements may have along its other axes: reducing it makes as many, from no bytes.
const MAX_HOLLOW: usize = 1 << 16;

impl Shape {
    /// The length of its bytes.
    pub(crate) fn encoded_len(&self) -> usize {
        1 + 4 * self.extents().len()
    }

    /// Writes `encoded_len` bytes.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.u8(u8::try_from(self.extents().len()).expect("at most 8 axes"));
        for extent in self.extents() {
            out.len(*extent);
        }
    }

    /// Reads a shape.
    ///
    /// # Errors
    /// `InvalidEncoding`.
    pub(crate) fn read(body: &mut Reader<'_>) -> Result<Self> {
        let axes = usize::from(body.u8("array: number of axes")?);
        if axes > Self::MAX_RANK {
            return Err(Error::new(ErrorKind::InvalidEncoding, "array: number of axes"));
        }
        let extent = |_| {
            let extent = body.u32("array: extent")?;
            usize::try_from(extent).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "array: extent"))
        };
        let extents = (0..axes).map(extent).collect::<Result<Vec<_>>>()?;
        let shape =
            Self::new(&extents).map_err(|_| Error::new(ErrorKind::InvalidEncoding, "array: shape"))?;
        if shape.len() == 0 && extents.iter().filter(|extent| **extent != 0).product::<usize>() > MAX_HOLLOW {
            return Err(Error::new(ErrorKind::InvalidEncoding, "array: long axes, but no elements"));
        }
        Ok(shape)
    }
}
