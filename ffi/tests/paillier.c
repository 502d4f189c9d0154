/* Paillier, as an existing program uses it. The key comes from a file, since making one takes long under valgrind:
 * paillier SECRET_KEY_FILE. */
#include <math.h>

#include "check.h"

static veilkit_paillier_secret_key *secret;
static veilkit_paillier_public_key *key;

static veilkit_paillier_array *encrypt(const int64_t *values, size_t len) {
    veilkit_numbers numbers = {.integers = values, .len = len};
    veilkit_paillier_array *array = NULL;
    OK(veilkit_paillier_encrypt(key, &numbers, NULL, &array));
    return array;
}

static void expect(veilkit_paillier_array *array, const int64_t *values, size_t len) {
    int64_t found[8] = {0};
    OK(veilkit_paillier_array_decrypt_int64(array, secret, NULL, found, len));
    CHECK(memcmp(found, values, len * sizeof *values) == 0);
    veilkit_paillier_array_free(array);
}

static void keys(const char *path) {
    uint8_t bytes[4096];
    FILE *file = fopen(path, "rb");
    size_t len = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (file != NULL) fclose(file);
    OK(veilkit_paillier_secret_key_from_bytes(bytes, len, &secret));
    OK(veilkit_paillier_secret_key_public_key(secret, &key));

    veilkit_buffer written = {0};
    OK(veilkit_paillier_secret_key_to_bytes(secret, &written));
    CHECK(written.len == len && memcmp(written.data, bytes, len) == 0);
    veilkit_buffer_free(&written);
    CHECK(written.data == NULL && written.len == 0);
    veilkit_buffer_free(&written);

    bool proven = true;
    OK(veilkit_paillier_public_key_is_proven(key, &proven));
    CHECK(!proven);
    veilkit_paillier_params params = {0};
    OK(veilkit_paillier_public_key_params(key, &params));
    CHECK(params.modulus_bits == 2048);
    veilkit_buffer modulus = {0}, id = {0}, id_again = {0};
    OK(veilkit_paillier_public_key_modulus(key, &modulus));
    CHECK(modulus.len == 256);
    OK(veilkit_paillier_public_key_id(key, &id));
    CHECK(id.len == 16);

    veilkit_paillier_public_key *again = NULL;
    OK(veilkit_paillier_public_key_to_bytes_without_proof(key, &written));
    REFUSED(INVALID_ENCODING, veilkit_paillier_public_key_from_bytes(written.data, written.len, &again));
    CHECK(again == NULL);
    OK(veilkit_paillier_public_key_trust_without_proof(written.data, written.len, &again));
    OK(veilkit_paillier_public_key_id(again, &id_again));
    CHECK(same(&id, &id_again));
    veilkit_paillier_public_key_free(again);
    veilkit_buffer_free(&written);
    veilkit_buffer_free(&modulus);
    veilkit_buffer_free(&id);
    veilkit_buffer_free(&id_again);

    OK(veilkit_paillier_public_key_to_jwk(key, text("test"), 4, &written));
    OK(veilkit_paillier_public_key_trust_jwk(written.data, written.len, params.fraction_bits, params.value_bits, &again));
    veilkit_paillier_public_key_free(again);
    veilkit_buffer_free(&written);

    veilkit_buffer p = {0}, q = {0};
    veilkit_paillier_secret_key *copy = NULL;
    OK(veilkit_paillier_secret_key_primes(secret, &p, &q));
    OK(veilkit_paillier_secret_key_from_primes(p.data, p.len, q.data, q.len, &params, &copy));
    veilkit_paillier_secret_key_free(copy);
    veilkit_buffer_free(&p);
    veilkit_buffer_free(&q);
}

static void arithmetic(void) {
    const int64_t first[] = {1, -2, 3}, second[] = {10, 20, 30}, weights[] = {2, -1, 5};
    veilkit_paillier_array *a = encrypt(first, 3), *b = encrypt(second, 3), *c = NULL;
    veilkit_numbers plain = {.integers = weights, .len = 3};

    OK(veilkit_paillier_array_add(a, b, NULL, &c));
    expect(c, (int64_t[]){11, 18, 33}, 3);
    OK(veilkit_paillier_array_sub(a, b, NULL, &c));
    expect(c, (int64_t[]){-9, -22, -27}, 3);
    OK(veilkit_paillier_array_neg(a, NULL, &c));
    expect(c, (int64_t[]){-1, 2, -3}, 3);
    OK(veilkit_paillier_array_add_plain(a, &plain, NULL, &c));
    expect(c, (int64_t[]){3, -3, 8}, 3);
    OK(veilkit_paillier_array_sub_plain(a, &plain, NULL, &c));
    expect(c, (int64_t[]){-1, -1, -2}, 3);
    OK(veilkit_paillier_array_rsub_plain(a, &plain, NULL, &c));
    expect(c, (int64_t[]){1, 1, 2}, 3);
    OK(veilkit_paillier_array_mul_plain(a, &plain, NULL, &c));
    expect(c, (int64_t[]){2, 2, 15}, 3);
    OK(veilkit_paillier_array_mul_plain_vartime(a, &plain, NULL, &c));
    expect(c, (int64_t[]){2, 2, 15}, 3);
    OK(veilkit_paillier_array_matmul(a, &plain, NULL, &c));
    expect(c, (int64_t[]){19}, 1);
    OK(veilkit_paillier_array_rmatmul_vartime(a, &plain, NULL, &c));
    expect(c, (int64_t[]){19}, 1);
    OK(veilkit_paillier_array_sum(a, -1, NULL, &c));
    expect(c, (int64_t[]){2}, 1);

    double mean = 0;
    OK(veilkit_paillier_array_mean(b, 0, NULL, &c));
    OK(veilkit_paillier_array_decrypt_doubles(c, secret, NULL, &mean, 1));
    CHECK(mean == 20.0);
    REFUSED(PARAMS_MISMATCH, veilkit_paillier_array_decrypt_int64(c, secret, NULL, (int64_t[]){0}, 1));
    veilkit_paillier_array_free(c);

    REFUSED(SHAPE_MISMATCH, veilkit_paillier_array_decrypt_int64(a, secret, NULL, (int64_t[]){0, 0}, 2));
    veilkit_numbers two = {.integers = weights, .len = 2};
    c = a;
    REFUSED(SHAPE_MISMATCH, veilkit_paillier_array_add_plain(a, &two, NULL, &c));
    CHECK(c == NULL);
    veilkit_paillier_array_free(a);
    veilkit_paillier_array_free(b);
}

static void shapes(void) {
    const int64_t values[] = {1, 2, 3, 4, 5, 6};
    const size_t extents[] = {2, 3}, order[] = {1, 0}, flat[] = {6};
    veilkit_numbers numbers = {.integers = values, .len = 6, .shape = extents, .axes = 2};
    veilkit_paillier_array *a = NULL, *b = NULL;
    OK(veilkit_paillier_encrypt_with_secret_key(secret, &numbers, NULL, &a));
    size_t len = 0, axes = 0, shape[2] = {0};
    OK(veilkit_paillier_array_len(a, &len));
    OK(veilkit_paillier_array_axes(a, &axes));
    OK(veilkit_paillier_array_shape(a, shape, axes));
    CHECK(len == 6 && axes == 2 && shape[0] == 2 && shape[1] == 3);
    REFUSED(SHAPE_MISMATCH, veilkit_paillier_array_shape(a, shape, 1));

    OK(veilkit_paillier_array_transpose(a, order, 2, &b));
    expect(b, (int64_t[]){1, 4, 2, 5, 3, 6}, 6);
    OK(veilkit_paillier_array_reshape(a, flat, 1, &b));
    expect(b, values, 6);
    const veilkit_pick picks[] = {{.start = 1, .single = 1}, {.start = 2, .count = 2, .step = -2}};
    OK(veilkit_paillier_array_slice(a, picks, 2, &b));
    expect(b, (int64_t[]){6, 4}, 2);
    OK(veilkit_paillier_array_sum(a, 0, NULL, &b));
    expect(b, (int64_t[]){5, 7, 9}, 3);
    REFUSED(SHAPE_MISMATCH, veilkit_paillier_array_sum(a, 2, NULL, &b));

    const int64_t one[] = {7};
    veilkit_paillier_array *c = encrypt(one, 1);
    const veilkit_paillier_array *both[] = {c, c};
    OK(veilkit_paillier_array_concatenate(both, 2, 0, NULL, &b));
    expect(b, (int64_t[]){7, 7}, 2);
    OK(veilkit_paillier_array_stack(both, 2, 0, NULL, &b));
    expect(b, (int64_t[]){7, 7}, 2);
    both[1] = NULL;
    REFUSED(INVALID_PARAMS, veilkit_paillier_array_concatenate(both, 2, 0, NULL, &b));
    veilkit_paillier_array_free(a);
    veilkit_paillier_array_free(c);
}

static void bytes(void) {
    const double values[] = {120.5, -3.25};
    veilkit_numbers numbers = {.doubles = values, .len = 2};
    veilkit_paillier_array *a = NULL, *b = NULL;
    OK(veilkit_paillier_encrypt(key, &numbers, NULL, &a));
    veilkit_buffer data = {0};
    OK(veilkit_paillier_array_to_bytes(a, NULL, &data));
    OK(veilkit_paillier_array_from_bytes(data.data, data.len, key, &b));
    double found[2] = {0};
    OK(veilkit_paillier_array_decrypt_doubles(b, secret, NULL, found, 2));
    CHECK(found[0] == 120.5 && found[1] == -3.25);
    veilkit_paillier_array_free(b);
    REFUSED(INVALID_PARAMS, veilkit_paillier_array_from_bytes(data.data, data.len, NULL, &b));
    REFUSED(INVALID_ENCODING, veilkit_paillier_array_from_bytes(data.data, data.len - 1, key, &b));
    CHECK(b == NULL);
    veilkit_buffer_free(&data);

    const double wrong[] = {1.0, 0.5, NAN};
    veilkit_numbers nan = {.doubles = wrong, .len = 3};
    REFUSED(OUT_OF_RANGE, veilkit_paillier_encrypt(key, &nan, NULL, &b));
    CHECK(strstr(veilkit_last_error_message(), "OutOfRange (12): ") != NULL);
    veilkit_numbers both = {.doubles = values, .integers = (const int64_t[]){1, 2}, .len = 2};
    REFUSED(INVALID_PARAMS, veilkit_paillier_encrypt(key, &both, NULL, &b));

    OK(veilkit_paillier_array_ciphertexts(a, NULL, &data));
    CHECK(data.len == 2 * 512);
    OK(veilkit_paillier_array_from_ciphertexts(data.data, data.len, key, &numbers, &b));
    OK(veilkit_paillier_array_decrypt_doubles(b, secret, NULL, found, 2));
    CHECK(found[0] == 120.5 && found[1] == -3.25);
    veilkit_buffer_free(&data);
    veilkit_paillier_array_free(b);
    veilkit_paillier_array_free(a);
}

static void packed(void) {
    const int64_t values[] = {1, 2, 3};
    veilkit_numbers numbers = {.integers = values, .len = 3, .integer_bound = 1000};
    veilkit_paillier_packed_array *a = NULL, *b = NULL;
    OK(veilkit_paillier_encrypt_packed(key, &numbers, 4, NULL, &a));
    const veilkit_paillier_packed_array *all[] = {a, a, a};
    OK(veilkit_paillier_packed_array_sum_many(all, 3, NULL, &b));
    int64_t found[3] = {0};
    OK(veilkit_paillier_packed_array_decrypt_int64(b, secret, NULL, found, 3));
    CHECK(found[0] == 3 && found[1] == 6 && found[2] == 9);
    veilkit_paillier_packed_array_free(b);
    OK(veilkit_paillier_packed_array_add_plain(a, &numbers, NULL, &b));
    OK(veilkit_paillier_packed_array_decrypt_int64(b, secret, NULL, found, 3));
    CHECK(found[0] == 2 && found[1] == 4 && found[2] == 6);
    veilkit_paillier_packed_array_free(b);
    veilkit_paillier_packed_array_free(a);
}

static void proofs(void) {
    const int64_t ages[] = {41, 97}, one[] = {6}, by[] = {7};
    const uint8_t *context = text("study 7, hospital 2");
    size_t context_len = strlen((const char *)context);
    veilkit_numbers numbers = {.integers = ages, .len = 2}, weight = {.integers = by, .len = 1};
    veilkit_buffer sent = {0};
    veilkit_paillier_array *array = NULL;
    OK(veilkit_paillier_submit_int64(key, &numbers, 0, 127, context, context_len, NULL, &sent));
    OK(veilkit_paillier_verify_submission_int64(sent.data, sent.len, key, 0, 127, context, context_len, NULL, &array));
    expect(array, ages, 2);
    REFUSED(VERIFICATION_FAILED, veilkit_paillier_verify_submission_int64(sent.data, sent.len, key, 0, 127, context,
                                                                          context_len - 1, NULL, &array));
    CHECK(array == NULL);
    veilkit_buffer_free(&sent);

    veilkit_paillier_array *a = encrypt(one, 1), *other = NULL, *product = NULL, *encrypted = NULL;
    OK(veilkit_paillier_array_rerandomize_with_proof(a, context, context_len, &other, &sent));
    OK(veilkit_paillier_array_verify_same(a, other, sent.data, sent.len, context, context_len));
    REFUSED(VERIFICATION_FAILED, veilkit_paillier_array_verify_same(a, other, sent.data, sent.len, context, 0));
    veilkit_buffer_free(&sent);
    OK(veilkit_paillier_array_multiply_with_proof(a, &weight, context, context_len, &product, &encrypted, &sent));
    OK(veilkit_paillier_array_verify_product(a, encrypted, product, sent.data, sent.len, context, context_len));
    CHECK(veilkit_paillier_array_verify_product(a, encrypted, other, sent.data, sent.len, context, context_len) != 0);
    expect(product, (int64_t[]){42}, 1);
    veilkit_paillier_array_free(encrypted);
    veilkit_paillier_array_free(other);
    veilkit_paillier_array_free(a);
    veilkit_buffer_free(&sent);
}

static int stop_at_once(void *context, size_t done, size_t total) {
    (void)done, (void)total;
    ++*(int *)context;
    return 1;
}

static void watched(void) {
    const int64_t values[] = {1, 2, 3};
    veilkit_numbers numbers = {.integers = values, .len = 3};
    veilkit_paillier_array *array = NULL;
    int calls = 0;
    veilkit_watch watch = {.progress = stop_at_once, .context = &calls};
    REFUSED(CANCELLED, veilkit_paillier_encrypt(key, &numbers, &watch, &array));
    CHECK(calls == 1 && array == NULL);

    veilkit_cancel_token *token = NULL;
    OK(veilkit_cancel_token_new(&token));
    veilkit_watch by_token = {.cancel = token};
    OK(veilkit_paillier_encrypt(key, &numbers, &by_token, &array));
    expect(array, values, 3);
    OK(veilkit_cancel_token_cancel(token));
    REFUSED(CANCELLED, veilkit_paillier_encrypt(key, &numbers, &by_token, &array));
    veilkit_cancel_token_free(token);
}

static void pool(void) {
    const int64_t values[] = {5, 6};
    veilkit_numbers numbers = {.integers = values, .len = 2};
    veilkit_paillier_pool *pool = NULL;
    veilkit_paillier_array *array = NULL;
    size_t left = 9;
    OK(veilkit_paillier_pool_new(key, &pool));
    OK(veilkit_paillier_pool_fill_with_secret_key(pool, secret, 1, NULL));
    OK(veilkit_paillier_pool_fill(pool, key, 1, NULL));
    OK(veilkit_paillier_pool_encrypt(pool, key, &numbers, &array));
    expect(array, values, 2);
    OK(veilkit_paillier_pool_len(pool, &left));
    CHECK(left == 0);
    REFUSED(OUT_OF_RANGE, veilkit_paillier_pool_encrypt(pool, key, &numbers, &array));
    veilkit_paillier_pool_free(pool);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    CHECK(strcmp(veilkit_status_name(VEILKIT_STATUS_OUT_OF_RANGE), "OutOfRange") == 0);
    OK(veilkit_set_threads(2));
    keys(argv[1]);
    arithmetic();
    shapes();
    bytes();
    packed();
    proofs();
    watched();
    pool();
    veilkit_paillier_public_key_free(key);
    veilkit_paillier_secret_key_free(secret);
    return report("paillier");
}
