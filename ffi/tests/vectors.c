/* The vectors of every language, as far as C has their procedures: vectors FILE, which flatten.py wrote. */
#include <ctype.h>

#include "check.h"

enum { MAX_FIELDS = 24, MAX_PARTS = 64, MAX_NUMBERS = 4096 };

struct test {
    const char *algorithm, *name;
    unsigned code;
    char *fields[MAX_FIELDS];
    size_t count;
};

struct bytes {
    uint8_t *data;
    size_t len;
};

/* The text after "name=", or NULL. */
static const char *find(const struct test *test, const char *name) {
    size_t len = strlen(name);
    for (size_t at = 0; at < test->count; at++)
        if (strncmp(test->fields[at], name, len) == 0 && test->fields[at][len] == '=') return test->fields[at] + len + 1;
    return NULL;
}

static unsigned digit(char c) { return (unsigned)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10); }

static struct bytes unhex(const char *hex, size_t digits) {
    struct bytes bytes = {malloc(digits / 2 + 1), digits / 2};
    if (bytes.data == NULL) abort();
    for (size_t at = 0; at < bytes.len; at++) bytes.data[at] = (uint8_t)(digit(hex[2 * at]) << 4 | digit(hex[2 * at + 1]));
    return bytes;
}

static struct bytes field(const struct test *test, const char *name) {
    const char *hex = find(test, name);
    return hex == NULL ? unhex("", 0) : unhex(hex, strlen(hex));
}

/* A list of byte strings; free_list frees it. */
static size_t list(const struct test *test, const char *name, veilkit_bytes out[MAX_PARTS]) {
    const char *text = find(test, name);
    size_t count = 0;
    while (text != NULL && *text != '\0' && count < MAX_PARTS) {
        size_t digits = strcspn(text, ",");
        struct bytes part = unhex(text, digits);
        out[count++] = (veilkit_bytes){part.data, part.len};
        text += digits + (text[digits] == ',');
    }
    return count;
}

static void free_list(veilkit_bytes *parts, size_t count) {
    for (size_t at = 0; at < count; at++) free((void *)(uintptr_t)parts[at].data);
}

/* Whether a call answered what the vector says; on failure tells which test it was. */
static int answered(const struct test *test, veilkit_status status) {
    if (status == test->code) return 1;
    fprintf(stderr, "%s %s: %u instead of %u: %s\n", test->algorithm, test->name, (unsigned)status, test->code,
            veilkit_last_error_message());
    failures++;
    return 0;
}

static void gives(const struct test *test, const veilkit_buffer *found, const char *name) {
    struct bytes expected = field(test, name);
    if (test->code == 0 && (found->len != expected.len || memcmp(found->data, expected.data, found->len) != 0)) {
        fprintf(stderr, "%s %s: other bytes\n", test->algorithm, test->name);
        failures++;
    }
    free(expected.data);
}

/* Reads an object, and writes it again. */
#define DECODES(type, name, read, write)                                \
    do {                                                                \
        struct bytes data = field(test, name);                          \
        type *object = NULL;                                            \
        veilkit_buffer again = {0};                                     \
        if (answered(test, read) && test->code == 0) {                  \
            OK(write(object, &again));                                  \
            gives(test, &again, name);                                  \
        }                                                               \
        veilkit_buffer_free(&again);                                    \
        type##_free(object);                                            \
        free(data.data);                                                \
    } while (0)

static veilkit_paillier_public_key *paillier_key(const struct test *test) {
    struct bytes data = field(test, "paillier_public_key");
    veilkit_paillier_public_key *key = NULL;
    OK(veilkit_paillier_public_key_trust_without_proof(data.data, data.len, &key));
    free(data.data);
    return key;
}

/* Whether the numbers are the expected ones. */
static void compare(const struct test *test, const double *reals, const int64_t *integers, size_t len) {
    const char *text = find(test, integers != NULL ? "expected_integers" : "expected_values");
    for (size_t at = 0; at < len; at++) {
        char *end = NULL;
        int equal = integers != NULL ? strtoll(text, &end, 10) == integers[at] : strtod(text, &end) == reals[at];
        if (!equal || end == text) {
            fprintf(stderr, "%s %s: another number at %zu\n", test->algorithm, test->name, at);
            failures++;
            return;
        }
        text = end + (*end == ',');
    }
}

/* Decrypts an array of one of the three kinds, as integers or as doubles, whichever the vector expects. */
#define DECRYPTS(kind, secret_kind, array_field, secret_field, read_key, key_type, key_free)                      \
    do {                                                                                                      \
        static double reals[MAX_NUMBERS];                                                                     \
        static int64_t integers[MAX_NUMBERS];                                                                 \
        struct bytes secret_data = field(test, secret_field), data = field(test, array_field);                \
        secret_kind *secret = NULL;                                                                           \
        key_type *key = NULL;                                                                                 \
        kind *array = NULL;                                                                                   \
        size_t len = 0;                                                                                       \
        OK(secret_kind##_from_bytes(secret_data.data, secret_data.len, &secret));                             \
        OK(read_key(secret, &key));                                                                           \
        veilkit_status status = kind##_from_bytes(data.data, data.len, key, &array);                          \
        if (status == VEILKIT_STATUS_OK) {                                                                    \
            OK(kind##_len(array, &len));                                                                      \
            CHECK(len <= MAX_NUMBERS);                                                                        \
            status = kind##_decrypt_doubles(array, secret, NULL, reals, len);                                 \
            int whole = find(test, "expected_integers") != NULL;                                              \
            if (status == VEILKIT_STATUS_OK && whole)                                                         \
                status = kind##_decrypt_int64(array, secret, NULL, integers, len);                            \
            if (status == VEILKIT_STATUS_OK && test->code == 0) compare(test, reals, whole ? integers : NULL, len); \
        }                                                                                                     \
        answered(test, status);                                                                               \
        kind##_free(array);                                                                                   \
        key_free(key);                                                                                        \
        secret_kind##_free(secret);                                                                           \
        free(secret_data.data);                                                                               \
        free(data.data);                                                                                      \
    } while (0)

/* A share of any kind: its decoder is behind share_info. */
static void share(const struct test *test, const char *name) {
    struct bytes data = field(test, name);
    veilkit_share_info info = {0};
    answered(test, veilkit_shamir_share_info(data.data, data.len, &info));
    free(data.data);
}

static void combine(const struct test *test, const char *commitment, const char *shares,
                    veilkit_status (*with)(const uint8_t *, size_t, const veilkit_bytes *, size_t, veilkit_buffer *)) {
    veilkit_bytes parts[MAX_PARTS] = {{0}};
    size_t count = list(test, shares, parts);
    struct bytes public = field(test, commitment);
    veilkit_buffer secret = {0};
    if (answered(test, with(public.data, public.len, parts, count, &secret)))
        gives(test, &secret, find(test, "expected_secret") != NULL ? "expected_secret" : "expected_elements");
    veilkit_buffer_free(&secret);
    free(public.data);
    free_list(parts, count);
}

static veilkit_status plain(const uint8_t *none, size_t len, const veilkit_bytes *shares, size_t count, veilkit_buffer *out) {
    (void)none, (void)len;
    return veilkit_shamir_combine(shares, count, NULL, out);
}

static veilkit_status correcting(const uint8_t *none, size_t len, const veilkit_bytes *shares, size_t count,
                                 veilkit_buffer *out) {
    uint16_t wrong[MAX_PARTS];
    size_t wrong_count = 0;
    (void)none, (void)len;
    return veilkit_shamir_combine_correcting(shares, count, NULL, wrong, &wrong_count, out);
}

static veilkit_status cards(const uint8_t *none, size_t len, const veilkit_bytes *shares, size_t count, veilkit_buffer *out) {
    (void)none, (void)len;
    return veilkit_shamir_combine_cards(shares, count, out);
}

static veilkit_status by_policy(const uint8_t *none, size_t len, const veilkit_bytes *shares, size_t count,
                                veilkit_buffer *out) {
    (void)none, (void)len;
    return veilkit_shamir_combine_by_policy(shares, count, out);
}

static void run(const struct test *test) {
    const char *a = test->algorithm;
    if (strcmp(a, "decode/paillier_secret_key") == 0) {
        DECODES(veilkit_paillier_secret_key, "paillier_secret_key",
                veilkit_paillier_secret_key_from_bytes(data.data, data.len, &object), veilkit_paillier_secret_key_to_bytes);
    } else if (strcmp(a, "decode/paillier_proven_public_key") == 0) {
        DECODES(veilkit_paillier_public_key, "paillier_proven_public_key",
                veilkit_paillier_public_key_from_bytes(data.data, data.len, &object), veilkit_paillier_public_key_to_bytes);
    } else if (strcmp(a, "decode/paillier_public_key") == 0) {
        DECODES(veilkit_paillier_public_key, "paillier_public_key",
                veilkit_paillier_public_key_trust_without_proof(data.data, data.len, &object),
                veilkit_paillier_public_key_to_bytes);
    } else if (strcmp(a, "decode/elgamal_additive_public_key") == 0) {
        DECODES(veilkit_elgamal_public_key, "elgamal_additive_public_key",
                veilkit_elgamal_public_key_from_bytes(data.data, data.len, &object), veilkit_elgamal_public_key_to_bytes);
    } else if (strcmp(a, "decode/elgamal_additive_secret_key") == 0) {
        DECODES(veilkit_elgamal_secret_key, "elgamal_additive_secret_key",
                veilkit_elgamal_secret_key_from_bytes(data.data, data.len, &object), veilkit_elgamal_secret_key_to_bytes);
    } else if (strcmp(a, "decode/shamir_custodian_key") == 0) {
        DECODES(veilkit_custodian_key, "shamir_custodian_key",
                veilkit_custodian_key_from_bytes(data.data, data.len, &object), veilkit_custodian_key_to_bytes);
    } else if (strcmp(a, "decode/paillier_array") == 0 || strcmp(a, "decode/paillier_packed_array") == 0) {
        veilkit_paillier_public_key *key = paillier_key(test);
        struct bytes data = field(test, strchr(a, '/') + 1);
        veilkit_paillier_array *array = NULL;
        veilkit_paillier_packed_array *packed = NULL;
        answered(test, strstr(a, "packed") == NULL
                           ? veilkit_paillier_array_from_bytes(data.data, data.len, key, &array)
                           : veilkit_paillier_packed_array_from_bytes(data.data, data.len, key, &packed));
        veilkit_paillier_array_free(array);
        veilkit_paillier_packed_array_free(packed);
        veilkit_paillier_public_key_free(key);
        free(data.data);
    } else if (strcmp(a, "decode/elgamal_additive_array") == 0) {
        struct bytes key_data = field(test, "elgamal_additive_public_key"), data = field(test, "elgamal_additive_array");
        veilkit_elgamal_public_key *key = NULL;
        veilkit_elgamal_array *array = NULL;
        OK(veilkit_elgamal_public_key_from_bytes(key_data.data, key_data.len, &key));
        answered(test, veilkit_elgamal_array_from_bytes(data.data, data.len, key, &array));
        veilkit_elgamal_array_free(array);
        veilkit_elgamal_public_key_free(key);
        free(key_data.data);
        free(data.data);
    } else if (strcmp(a, "decode/shamir_share") == 0 || strcmp(a, "decode/shamir_pedersen_share") == 0 ||
               strcmp(a, "decode/shamir_feldman_share") == 0 || strcmp(a, "decode/shamir_policy_share") == 0 ||
               strcmp(a, "decode/shamir_card") == 0) {
        share(test, strchr(a, '/') + 1);
    } else if (strcmp(a, "decode/shamir_custodian") == 0 || strcmp(a, "decode/shamir_sealed_share") == 0) {
        struct bytes data = field(test, strchr(a, '/') + 1);
        veilkit_buffer name = {0};
        answered(test, strstr(a, "sealed") == NULL ? veilkit_custodian_name(data.data, data.len, &name)
                                                   : veilkit_shamir_sealed_custodian(data.data, data.len, &name));
        veilkit_buffer_free(&name);
        free(data.data);
    } else if (strcmp(a, "paillier/decrypt") == 0) {
        DECRYPTS(veilkit_paillier_array, veilkit_paillier_secret_key, "paillier_array", "paillier_secret_key",
                 veilkit_paillier_secret_key_public_key, veilkit_paillier_public_key, veilkit_paillier_public_key_free);
    } else if (strcmp(a, "paillier/packed_decrypt") == 0) {
        DECRYPTS(veilkit_paillier_packed_array, veilkit_paillier_secret_key, "paillier_packed_array", "paillier_secret_key",
                 veilkit_paillier_secret_key_public_key, veilkit_paillier_public_key, veilkit_paillier_public_key_free);
    } else if (strcmp(a, "elgamal/additive_decrypt") == 0) {
        DECRYPTS(veilkit_elgamal_array, veilkit_elgamal_secret_key, "elgamal_additive_array", "elgamal_additive_secret_key",
                 veilkit_elgamal_secret_key_public_key, veilkit_elgamal_public_key, veilkit_elgamal_public_key_free);
    } else if (strcmp(a, "shamir/combine") == 0) {
        combine(test, "", "shamir_share", plain);
    } else if (strcmp(a, "shamir/combine_correcting") == 0) {
        combine(test, "", "shamir_share", correcting);
    } else if (strcmp(a, "shamir/paper_combine") == 0) {
        combine(test, "", "shamir_card", cards);
    } else if (strcmp(a, "shamir/policy_combine") == 0) {
        combine(test, "", "shamir_policy_share", by_policy);
    } else if (strcmp(a, "shamir/pedersen_combine") == 0) {
        combine(test, "shamir_pedersen_commitment", "shamir_pedersen_share", veilkit_shamir_combine_verifiable);
    } else if (strcmp(a, "shamir/feldman_combine") == 0) {
        combine(test, "shamir_feldman_commitment", "shamir_feldman_share", veilkit_shamir_combine_key);
    } else {
        fprintf(stderr, "%s is not known\n", a);
        failures++;
    }
}

int main(int argc, char **argv) {
    static char line[1 << 22];
    size_t count = 0;
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (file == NULL) return 2;
    OK(veilkit_set_threads(2));
    while (fgets(line, sizeof line, file) != NULL) {
        struct test test = {0};
        test.algorithm = strtok(line, " \n");
        test.name = strtok(NULL, " \n");
        test.code = (unsigned)strtoul(strtok(NULL, " \n"), NULL, 10);
        for (char *part; (part = strtok(NULL, " \n")) != NULL && test.count < MAX_FIELDS;) test.fields[test.count++] = part;
        run(&test);
        count++;
    }
    fclose(file);
    printf("%zu vectors\n", count);
    return report("vectors");
}
