//! Three parties over integers modulo 2^64: what each does with its own values and shares.
use veilkit::{
    Result,
    mpc::{
        arithmetic::{Comparison, Shared},
        replicated::{Malicious, SemiHonest, Z64},
        session::Channel,
        testing::parties,
    },
};

use super::{Row, planted, row};
use crate::memcheck::{public, secret};

pub(super) const ROWS: &[Row] = &[
    row("mpc_ring", "replicated::SemiHonest: products, bits, opening", "inputs", passive),
    row("mpc_ring", "replicated::Malicious: products, bits, checks, opening", "inputs", active),
    planted("mpc_ring", "planted: a branch on an opened value", "inputs", branch),
];

/// Everything that a box does, on secret inputs of every party.
async fn program<B: Comparison<Element = Z64>>(mut over: B) -> Result<Vec<Z64>> {
    let mut mine = [5, -3, 1 << 40].map(Z64::from);
    secret(&mut mine);
    let columns = over.inputs(&mine, &[3; 3]).await?;
    let x = &(&columns[0] + &columns[1]) - &columns[2];
    let bits = over.random_bits(3).await?;
    let parts = [
        over.mul(&x, &bits).await?,
        over.matmul(&x, &columns[0].transposed()).await?.reshaped(9, 1),
        over.dot(&x, &columns[1]).await?,
        over.is_negative(&x, 64).await?,
        over.is_zero(&x, 40).await?,
        over.truncate(&x, 60, 20).await?,
        over.truncate(&x, 64, 3).await?,
        over.to_bits(&x, 5).await?.reshaped(15, 1),
        over.random(2).await?,
    ];
    over.open(&Shared::stacked(&parts.iter().collect::<Vec<_>>())).await
}

/// Runs it at three parties; what is on the way is public, since it is sealed.
fn run<O, Fut>(program: impl Fn(Channel) -> Fut) -> Vec<O>
where
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    let opened = |messages: &mut Vec<parties::Delivery>| {
        messages.iter_mut().for_each(|message| public(message.bytes.as_mut_slice()));
    };
    let ends = parties::run_with(3, b"constant time", program, opened);
    ends.into_iter().map(|end| end.expect("every party is honest")).collect()
}

fn passive() {
    run(|channel| async move { program(SemiHonest::new(channel)?).await });
}

fn active() {
    run(|channel| async move { program(Malicious::new(channel)?).await });
}

fn branch() {
    for values in run(|channel| async move { program(SemiHonest::new(channel)?).await }) {
        if values[0].to_i64() > 0 {
            core::hint::black_box(&values);
        }
    }
}
