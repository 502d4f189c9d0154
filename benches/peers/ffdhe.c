// ElGamal in the group ffdhe3072 of RFC 7919 with a short exponent, composed of what GMP and OpenSSL have: their
// constant-time powers, and for the public half of a ciphertext the inverse. Prints one JSON object a line: {op, peer, us}.
#include <gmp.h>
#include <openssl/bn.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EXPONENT_BITS = 275, REPEATS = 100 };

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *peer, const char *op, void (*work)(void)) {
    double times[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        double start = now_us();
        work();
        times[i] = now_us() - start;
    }
    qsort(times, REPEATS, sizeof *times, by_size);
    printf("{\"op\": \"elgamal/ffdhe3072/%s\", \"peer\": \"%s\", \"us\": %f}\n", op, peer, times[REPEATS / 2]);
}

static BN_CTX *ctx;
static BN_MONT_CTX *mont;
static BIGNUM *p, *g, *x, *y, *m2, *c1, *c2, *r, *t;

static void openssl_encrypt(void) {
    BN_rand(r, EXPONENT_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_mod_exp_mont_consttime(c1, g, r, p, ctx, mont);
    BN_mod_exp_mont_consttime(t, y, r, p, ctx, mont);
    BN_mod_mul(c2, t, m2, p, ctx);
}

static void openssl_decrypt(void) {
    BN_mod_inverse(t, c1, p, ctx);
    BN_mod_exp_mont_consttime(t, t, x, p, ctx, mont);
    BN_mod_mul(t, t, c2, p, ctx);
}

static mpz_t P, G, X, Y, M2, C1, C2, R, T;

static void gmp_encrypt(void) {
    unsigned char bytes[(EXPONENT_BITS + 7) / 8];
    RAND_bytes(bytes, sizeof bytes);
    mpz_import(R, sizeof bytes, 1, 1, 0, 0, bytes);
    mpz_tdiv_r_2exp(R, R, EXPONENT_BITS);
    mpz_setbit(R, EXPONENT_BITS - 1);
    mpz_powm_sec(C1, G, R, P);
    mpz_powm_sec(T, Y, R, P);
    mpz_mul(T, T, M2);
    mpz_mod(C2, T, P);
}

static void gmp_decrypt(void) {
    mpz_invert(T, C1, P);
    mpz_powm_sec(T, T, X, P);
    mpz_mul(T, T, C2);
    mpz_mod(T, T, P);
}

static void to_gmp(mpz_t to, const BIGNUM *from) {
    char *text = BN_bn2hex(from);
    mpz_init_set_str(to, text, 16);
    OPENSSL_free(text);
}

static void check(int holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "ffdhe: %s is wrong\n", what);
        exit(1);
    }
}

// The prime of RFC 7919, appendix A.2: 2^3072 - 2^3008 + (floor(2^2942 e) + 2625351) 2^64 - 1, with e by its series.
static void set_prime(void) {
    BIGNUM *e = BN_new(), *term = BN_new(), *power = BN_new();
    BN_lshift(term, BN_value_one(), 2942 + 64);
    for (BN_ULONG k = 1; !BN_is_zero(term); k++) {
        BN_add(e, e, term);
        BN_div_word(term, k);
    }
    BN_rshift(e, e, 64);
    BN_add_word(e, 2625351);
    BN_lshift(p, e, 64);
    BN_lshift(power, BN_value_one(), 3072);
    BN_add(p, p, power);
    BN_lshift(power, BN_value_one(), 3008);
    BN_sub(p, p, power);
    BN_sub_word(p, 1);
    check(BN_check_prime(p, ctx, NULL), "the prime");
}

int main(void) {
    BIGNUM **numbers[] = {&p, &g, &x, &y, &m2, &c1, &c2, &r, &t};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) *numbers[i] = BN_new();
    ctx = BN_CTX_new();
    set_prime();
    mont = BN_MONT_CTX_new();
    BN_MONT_CTX_set(mont, p, ctx);
    BN_set_word(g, 2);
    BN_set_word(m2, 77 * 77);
    BN_rand(x, EXPONENT_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
    BN_mod_exp_mont_consttime(y, g, x, p, ctx, mont);

    report("OpenSSL", "encrypt", openssl_encrypt);
    report("OpenSSL", "decrypt", openssl_decrypt);
    check(BN_cmp(t, m2) == 0, "OpenSSL's result");

    to_gmp(P, p), to_gmp(G, g), to_gmp(X, x), to_gmp(Y, y), to_gmp(M2, m2);
    mpz_inits(C1, C2, R, T, NULL);
    report("GMP", "encrypt", gmp_encrypt);
    report("GMP", "decrypt", gmp_decrypt);
    check(mpz_cmp(T, M2) == 0, "GMP's result");
}
