/* ElGamal, additive, as an existing program uses it. */
#include "check.h"

int main(void) {
    veilkit_elgamal_secret_key *secret = NULL, *read = NULL;
    veilkit_elgamal_public_key *key = NULL, *public_again = NULL;
    OK(veilkit_set_threads(2));
    OK(veilkit_elgamal_generate(&(veilkit_elgamal_params){.fraction_bits = 2, .value_bits = 10, .decode_bits = 24}, &secret));
    OK(veilkit_elgamal_secret_key_public_key(secret, &key));
    veilkit_buffer bytes = {0};
    OK(veilkit_elgamal_secret_key_to_bytes(secret, &bytes));
    OK(veilkit_elgamal_secret_key_from_bytes(bytes.data, bytes.len, &read));
    REFUSED(INVALID_ENCODING, veilkit_elgamal_public_key_from_bytes(bytes.data, bytes.len, &public_again));
    veilkit_buffer_free(&bytes);
    OK(veilkit_elgamal_public_key_to_bytes(key, &bytes));
    OK(veilkit_elgamal_public_key_from_bytes(bytes.data, bytes.len, &public_again));
    veilkit_buffer_free(&bytes);
    OK(veilkit_elgamal_public_key_point(key, &bytes));
    CHECK(bytes.len == 32);
    veilkit_buffer_free(&bytes);
    OK(veilkit_elgamal_public_key_id(key, &bytes));
    CHECK(bytes.len == 16);
    veilkit_buffer_free(&bytes);
    veilkit_elgamal_params params = {0};
    OK(veilkit_elgamal_public_key_params(public_again, &params));
    CHECK(params.decode_bits == 24);

    const int64_t values[] = {3, -4}, weights[] = {5, 6};
    veilkit_numbers numbers = {.integers = values, .len = 2}, plain = {.integers = weights, .len = 2};
    veilkit_elgamal_array *a = NULL, *b = NULL, *c = NULL;
    int64_t found[2] = {0};
    OK(veilkit_elgamal_encrypt(public_again, &numbers, NULL, &a));
    OK(veilkit_elgamal_check_plaintext(read, a, values, 2, NULL));
    REFUSED(DECRYPTION_FAILED, veilkit_elgamal_check_plaintext(read, a, weights, 2, NULL));
    OK(veilkit_elgamal_array_mul_plain(a, &plain, NULL, &b));
    OK(veilkit_elgamal_array_add(a, b, NULL, &c));
    OK(veilkit_elgamal_array_decrypt_int64(c, read, NULL, found, 2));
    CHECK(found[0] == 18 && found[1] == -28);
    veilkit_elgamal_array_free(c);
    OK(veilkit_elgamal_array_to_bytes(b, NULL, &bytes));
    OK(veilkit_elgamal_array_from_bytes(bytes.data, bytes.len, key, &c));
    OK(veilkit_elgamal_array_decrypt_int64(c, secret, NULL, found, 2));
    CHECK(found[0] == 15 && found[1] == -24);
    veilkit_buffer_free(&bytes);
    veilkit_elgamal_array_free(c);
    OK(veilkit_elgamal_array_mean(a, -1, NULL, &c));
    bool integers = true;
    OK(veilkit_elgamal_array_holds_integers(c, &integers));
    CHECK(!integers);
    double mean = 0;
    OK(veilkit_elgamal_array_decrypt_doubles(c, secret, NULL, &mean, 1));
    CHECK(mean == -0.5);
    veilkit_elgamal_array_free(c);

    veilkit_elgamal_array_free(a);
    veilkit_elgamal_array_free(b);
    veilkit_elgamal_public_key_free(key);
    veilkit_elgamal_public_key_free(public_again);
    veilkit_elgamal_secret_key_free(secret);
    veilkit_elgamal_secret_key_free(read);
    return report("elgamal");
}
