//! The primes of RFC 7919, appendix A, least significant limb first.

pub(super) const FFDHE2048: [u64; 32] = [
    0xffff_ffff_ffff_ffff,
    0x886b_4238_6128_5c97,
    0xc6f3_4a26_c1b2_effa,
    0xc58e_f183_7d16_83b2,
    0x3bb5_fcbc_2ec2_2005,
    0xc3fe_3b1b_4c6f_ad73,
    0x8e4f_1232_eef2_8183,
    0x9172_fe9c_e985_83ff,
    0xc034_04cd_2834_2f61,
    0x9e02_fce1_cdf7_e2ec,
    0x0b07_a7c8_ee0a_6d70,
    0xae56_ede7_6372_bb19,
    0x1d4f_42a3_de39_4df4,
    0xb96a_dab7_60d7_f468,
    0xd108_a94b_b2c8_e3fb,
    0xbc0a_b182_b324_fb61,
    0x30ac_ca4f_483a_797a,
    0x1df1_58a1_36ad_e735,
    0xe2a6_89da_f3ef_e872,
    0x984f_0c70_e0e6_8b77,
    0xb557_135e_7f57_c935,
    0x8563_6555_3ded_1af3,
    0x2433_f51f_5f06_6ed0,
    0xd3df_1ed5_d5fd_6561,
    0xf681_b202_aec4_617a,
    0x7d2f_e363_630c_75d8,
    0xcc93_9dce_249b_3ef9,
    0xa9e1_3641_1464_33fb,
    0xd8b9_c583_ce2d_3695,
    0xafdc_5620_273d_3cf1,
    0xadf8_5458_a2bb_4a9a,
    0xffff_ffff_ffff_ffff,
];

pub(super) const FFDHE3072: [u64; 48] = [
    0xffff_ffff_ffff_ffff,
    0x25e4_1d2b_66c6_2e37,
    0x3c1b_20ee_3fd5_9d7c,
    0x0abc_d06b_fa53_ddef,
    0x1dbf_9a42_d5c4_484e,
    0xabc5_2197_9b0d_eada,
    0xe86d_2bc5_2236_3a0d,
    0x5cae_82ab_9c9d_f69e,
    0x64f2_e21e_71f5_4bff,
    0xf4fd_4452_e2d7_4dd3,
    0xb413_0c93_bc43_7944,
    0xaefe_1309_8513_9270,
    0x598c_b0fa_c186_d91c,
    0x7ad9_1d26_91f7_f7ee,
    0x61b4_6fc9_d6e6_c907,
    0xbc34_f4de_f99c_0238,
    0xde35_5b3b_6519_035b,
    0x886b_4238_611f_cfdc,
    0xc6f3_4a26_c1b2_effa,
    0xc58e_f183_7d16_83b2,
    0x3bb5_fcbc_2ec2_2005,
    0xc3fe_3b1b_4c6f_ad73,
    0x8e4f_1232_eef2_8183,
    0x9172_fe9c_e985_83ff,
    0xc034_04cd_2834_2f61,
    0x9e02_fce1_cdf7_e2ec,
    0x0b07_a7c8_ee0a_6d70,
    0xae56_ede7_6372_bb19,
    0x1d4f_42a3_de39_4df4,
    0xb96a_dab7_60d7_f468,
    0xd108_a94b_b2c8_e3fb,
    0xbc0a_b182_b324_fb61,
    0x30ac_ca4f_483a_797a,
    0x1df1_58a1_36ad_e735,
    0xe2a6_89da_f3ef_e872,
    0x984f_0c70_e0e6_8b77,
    0xb557_135e_7f57_c935,
    0x8563_6555_3ded_1af3,
    0x2433_f51f_5f06_6ed0,
    0xd3df_1ed5_d5fd_6561,
    0xf681_b202_aec4_617a,
    0x7d2f_e363_630c_75d8,
    0xcc93_9dce_249b_3ef9,
    0xa9e1_3641_1464_33fb,
    0xd8b9_c583_ce2d_3695,
    0xafdc_5620_273d_3cf1,
    0xadf8_5458_a2bb_4a9a,
    0xffff_ffff_ffff_ffff,
];

pub(super) const FFDHE4096: [u64; 64] = [
    0xffff_ffff_ffff_ffff,
    0xc68a_007e_5e65_5f6a,
    0x4db5_a851_f441_82e1,
    0x8ec9_b55a_7f88_a46b,
    0x0a82_91cd_cec9_7dcf,
    0x2a4e_cea9_f98d_0acc,
    0x1a1d_b93d_7140_003c,
    0x0929_99a3_33cb_8b7a,
    0x6dc7_78f9_71ad_0038,
    0xa907_600a_9181_30c4,
    0xed6a_1e01_2d9e_6832,
    0x7135_c886_efb4_318a,
    0x87f5_5ba5_7e31_cc7a,
    0x7763_cf1d_5503_4004,
    0xac7d_5f42_d69f_6d18,
    0x7930_e9e4_e588_57b6,
    0x6e6f_52c3_164d_f4fb,
    0x25e4_1d2b_669e_1ef1,
    0x3c1b_20ee_3fd5_9d7c,
    0x0abc_d06b_fa53_ddef,
    0x1dbf_9a42_d5c4_484e,
    0xabc5_2197_9b0d_eada,
    0xe86d_2bc5_2236_3a0d,
    0x5cae_82ab_9c9d_f69e,
    0x64f2_e21e_71f5_4bff,
    0xf4fd_4452_e2d7_4dd3,
    0xb413_0c93_bc43_7944,
    0xaefe_1309_8513_9270,
    0x598c_b0fa_c186_d91c,
    0x7ad9_1d26_91f7_f7ee,
    0x61b4_6fc9_d6e6_c907,
    0xbc34_f4de_f99c_0238,
    0xde35_5b3b_6519_035b,
    0x886b_4238_611f_cfdc,
    0xc6f3_4a26_c1b2_effa,
    0xc58e_f183_7d16_83b2,
    0x3bb5_fcbc_2ec2_2005,
    0xc3fe_3b1b_4c6f_ad73,
    0x8e4f_1232_eef2_8183,
    0x9172_fe9c_e985_83ff,
    0xc034_04cd_2834_2f61,
    0x9e02_fce1_cdf7_e2ec,
    0x0b07_a7c8_ee0a_6d70,
    0xae56_ede7_6372_bb19,
    0x1d4f_42a3_de39_4df4,
    0xb96a_dab7_60d7_f468,
    0xd108_a94b_b2c8_e3fb,
    0xbc0a_b182_b324_fb61,
    0x30ac_ca4f_483a_797a,
    0x1df1_58a1_36ad_e735,
    0xe2a6_89da_f3ef_e872,
    0x984f_0c70_e0e6_8b77,
    0xb557_135e_7f57_c935,
    0x8563_6555_3ded_1af3,
    0x2433_f51f_5f06_6ed0,
    0xd3df_1ed5_d5fd_6561,
    0xf681_b202_aec4_617a,
    0x7d2f_e363_630c_75d8,
    0xcc93_9dce_249b_3ef9,
    0xa9e1_3641_1464_33fb,
    0xd8b9_c583_ce2d_3695,
    0xafdc_5620_273d_3cf1,
    0xadf8_5458_a2bb_4a9a,
    0xffff_ffff_ffff_ffff,
];

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;
    use crate::bigint::limbs::to_biguint_vartime;

    /// `floor(2^bits e)`.
    fn scaled_e(bits: usize) -> BigUint {
        let mut term = BigUint::from(1_u32) << (bits + 64);
        let (mut sum, mut k) = (BigUint::ZERO, 0_u32);
        while term != BigUint::ZERO {
            sum += &term;
            k += 1;
            term /= k;
        }
        sum >> 64
    }

    #[test]
    fn the_primes_follow_from_their_definition() {
        for (limbs, bits, x) in [
            (&FFDHE2048[..], 2048, 560_316_u32),
            (&FFDHE3072, 3072, 2_625_351),
            (&FFDHE4096, 4096, 5_736_041),
        ] {
            let power = |bits: usize| BigUint::from(1_u32) << bits;
            let middle = (scaled_e(bits - 130) + x) << 64;
            assert_eq!(to_biguint_vartime(limbs), power(bits) - power(bits - 64) + middle - 1_u32);
        }
    }
}
