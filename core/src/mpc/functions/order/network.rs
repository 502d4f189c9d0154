//! Which places a sort compares; public.

/// Layers of comparisons. The smaller of a pair goes to the first place; the pairs of a layer have no place in common.
pub(super) struct Network(Vec<Vec<(usize, usize)>>);

impl Network {
    /// Sorts `count` numbers.
    ///
    /// # Source
    /// [Knu98] algorithm 5.2.2 M (merge exchange, by Batcher).
    pub(super) fn sorting(count: usize) -> Self {
        let mut layers = Vec::new();
        let top = count.next_power_of_two() / 2;
        let mut p = if count < 2 { 0 } else { top };
        while p > 0 {
            let (mut q, mut r, mut d) = (top, 0, p);
            loop {
                layers.push((0..count - d).filter(|i| i & p == r).map(|i| (i, i + d)).collect());
                if q == p {
                    break;
                }
                (d, q, r) = (q - p, q / 2, p);
            }
            p /= 2;
        }
        Self(layers)
    }

    /// Without the comparisons that no place below `count` depends on.
    pub(super) fn for_first(self, count: usize) -> Self {
        let places = self.0.iter().flatten().map(|pair| pair.1 + 1).max().unwrap_or(0);
        let mut asked: Vec<bool> = (0..places).map(|place| place < count).collect();
        let mut layers: Vec<Vec<_>> = Vec::new();
        for layer in self.0.into_iter().rev() {
            let kept: Vec<_> = layer.into_iter().filter(|(low, high)| asked[*low] || asked[*high]).collect();
            for (low, high) in &kept {
                (asked[*low], asked[*high]) = (true, true);
            }
            if !kept.is_empty() {
                layers.push(kept);
            }
        }
        layers.reverse();
        Self(layers)
    }

    pub(super) fn layers(&self) -> &[Vec<(usize, usize)>] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(network: &Network, mut values: Vec<u32>) -> Vec<u32> {
        for (low, high) in network.layers().iter().flatten() {
            if values[*low] > values[*high] {
                values.swap(*low, *high);
            }
        }
        values
    }

    /// A network that sorts all zeros and ones sorts everything.
    #[test]
    fn all_zeros_and_ones_are_sorted() {
        for count in 0..=11_usize {
            for first in [0, 1, 2, 5, count] {
                let first = first.min(count);
                let network = Network::sorting(count).for_first(first);
                for bits in 0..1_u32 << count {
                    let values: Vec<u32> = (0..count).map(|at| bits >> at & 1).collect();
                    let zeros = values.iter().filter(|value| **value == 0).count();
                    let sorted = run(&network, values);
                    assert!(
                        sorted[..first].iter().enumerate().all(|(at, value)| (*value == 0) == (at < zeros))
                    );
                }
            }
        }
    }

    #[test]
    fn layers_are_as_many_as_stated_and_disjoint() {
        for count in 2..200_usize {
            let t = count.next_power_of_two().trailing_zeros() as usize;
            let network = Network::sorting(count);
            assert_eq!(network.layers().len(), t * (t + 1) / 2);
            for layer in network.layers() {
                let mut places: Vec<_> = layer.iter().flat_map(|(a, b)| [*a, *b]).collect();
                let all = places.len();
                places.sort_unstable();
                places.dedup();
                assert_eq!(places.len(), all);
            }
            assert_eq!(network.for_first(1).layers().iter().flatten().count(), count - 1);
        }
    }
}
