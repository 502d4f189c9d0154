#include <stdio.h>
#include <veilkit.h>

int main(void) {
    const double first[] = {120.5, 131.0}, second[] = {99.5, 140.0};
    veilkit_numbers ours = {.doubles = first, .len = 2}, theirs = {.doubles = second, .len = 2};
    veilkit_paillier_secret_key *secret = NULL;
    veilkit_paillier_public_key *key = NULL;
    veilkit_paillier_array *a = NULL, *b = NULL, *sum = NULL;
    double result[2] = {0};

    if (veilkit_paillier_generate(NULL, NULL, &secret) || /* 3072 bits; takes seconds */
        veilkit_paillier_secret_key_public_key(secret, &key) ||
        veilkit_paillier_encrypt(key, &ours, NULL, &a) ||
        veilkit_paillier_encrypt(key, &theirs, NULL, &b) ||
        veilkit_paillier_array_add(a, b, NULL, &sum) ||
        veilkit_paillier_array_decrypt_doubles(sum, secret, NULL, result, 2))
        fprintf(stderr, "%s\n", veilkit_last_error_message());
    else
        printf("%g %g\n", result[0], result[1]); /* 220 271 */

    veilkit_paillier_array_free(sum);
    veilkit_paillier_array_free(b);
    veilkit_paillier_array_free(a);
    veilkit_paillier_public_key_free(key);
    veilkit_paillier_secret_key_free(secret);
    return result[0] == 220.0 && result[1] == 271.0 ? 0 : 1;
}
