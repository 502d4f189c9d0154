/* Secret sharing, rules, paper and custodians. */
#include "check.h"

static const char *const SECRET = "the key to the archive";

static veilkit_bytes view(const veilkit_buffer *buffer) {
    return (veilkit_bytes){.data = buffer->data, .len = buffer->len};
}

static void free_all(veilkit_buffer *buffers, size_t count) {
    for (size_t at = 0; at < count; at++) veilkit_buffer_free(&buffers[at]);
}

static void plain(void) {
    veilkit_buffer shares[5] = {{0}}, secret = {0};
    OK(veilkit_shamir_split(text(SECRET), strlen(SECRET), 3, 5, NULL, shares));
    veilkit_bytes held[] = {view(&shares[4]), view(&shares[0]), view(&shares[2])};
    OK(veilkit_shamir_combine(held, 3, NULL, &secret));
    CHECK(holds(&secret, SECRET));
    veilkit_buffer_free(&secret);
    REFUSED(TOO_FEW_SHARES, veilkit_shamir_combine(held, 2, NULL, &secret));
    CHECK(secret.data == NULL && secret.len == 0);
    held[1] = held[0];
    REFUSED(DUPLICATE_PARTY, veilkit_shamir_combine(held, 3, NULL, &secret));
    size_t blamed = 0;
    uint16_t party = 0;
    OK(veilkit_last_error_party_count(&blamed));
    CHECK(blamed == 1);
    OK(veilkit_last_error_parties(&party, 1));
    CHECK(party == 5);

    veilkit_share_info info = {0};
    OK(veilkit_shamir_share_info(shares[1].data, shares[1].len, &info));
    CHECK(info.index == 2 && info.threshold == 3 && info.shares == 5);
    OK(veilkit_shamir_verify_share(shares[1].data, shares[1].len));

    veilkit_bytes all[] = {view(&shares[0]), view(&shares[1]), view(&shares[2]), view(&shares[3]), view(&shares[4])};
    uint16_t wrong[5] = {0};
    size_t wrong_count = 9;
    shares[3].data[shares[3].len - 1] ^= 1;
    OK(veilkit_shamir_combine_correcting(all, 5, NULL, wrong, &wrong_count, &secret));
    CHECK(holds(&secret, SECRET) && wrong_count == 1 && wrong[0] == 4);
    veilkit_buffer_free(&secret);
    free_all(shares, 5);
    REFUSED(INVALID_PARAMS, veilkit_shamir_split(text(SECRET), strlen(SECRET), 6, 5, NULL, shares));
    CHECK(shares[0].data == NULL);
}

static void verifiable(void) {
    veilkit_buffer shares[3] = {{0}}, commitment = {0}, secret = {0};
    OK(veilkit_shamir_split_verifiable(text(SECRET), strlen(SECRET), 2, 3, &commitment, shares));
    OK(veilkit_shamir_verify_verifiable(commitment.data, commitment.len, shares[2].data, shares[2].len));
    veilkit_bytes held[] = {view(&shares[2]), view(&shares[0])};
    OK(veilkit_shamir_combine_verifiable(commitment.data, commitment.len, held, 2, &secret));
    CHECK(holds(&secret, SECRET));
    veilkit_buffer_free(&secret);
    veilkit_buffer_free(&commitment);
    free_all(shares, 3);

    OK(veilkit_shamir_split_key(NULL, 0, 2, 3, &commitment, shares));
    OK(veilkit_shamir_verify_key_share(commitment.data, commitment.len, shares[0].data, shares[0].len));
    held[0] = view(&shares[0]), held[1] = view(&shares[1]);
    OK(veilkit_shamir_combine_key(commitment.data, commitment.len, held, 2, &secret));
    CHECK(secret.len == 32);
    veilkit_buffer_free(&secret);
    OK(veilkit_shamir_key_public_key(commitment.data, commitment.len, &secret));
    CHECK(secret.len == 32);
    veilkit_buffer_free(&secret);
    veilkit_buffer_free(&commitment);
    free_all(shares, 3);
}

static void policy(void) {
    static const char *const RULE = "2 of (doctor, nurse, administrator and notary)";
    const uint8_t *rule = text(RULE);
    size_t len = strlen(RULE), seats = 0;
    veilkit_buffer shares[4] = {{0}}, out = {0};
    if (veilkit_shamir_policy_seats(rule, len, &seats) != VEILKIT_STATUS_OK) {
        CHECK(!"the rule is read");
        return;
    }
    CHECK(seats == 4);
    OK(veilkit_shamir_policy_seat_name(rule, len, 2, &out));
    CHECK(holds(&out, "nurse"));
    veilkit_buffer_free(&out);
    REFUSED(INVALID_PARAMS, veilkit_shamir_policy_seat_name(rule, len, 5, &out));
    OK(veilkit_shamir_split_by_policy(text(SECRET), strlen(SECRET), rule, len, shares, 4));
    REFUSED(SHAPE_MISMATCH, veilkit_shamir_split_by_policy(text(SECRET), strlen(SECRET), rule, len, &out, 1));
    OK(veilkit_shamir_verify_policy_share(shares[0].data, shares[0].len));
    veilkit_bytes held[] = {view(&shares[0]), view(&shares[1])};
    OK(veilkit_shamir_policy_missing(held, 1, &out));
    CHECK(out.len != 0);
    veilkit_buffer_free(&out);
    OK(veilkit_shamir_policy_missing(held, 2, &out));
    CHECK(out.len == 0);
    REFUSED(TOO_FEW_SHARES, veilkit_shamir_combine_by_policy(held, 1, &out));
    OK(veilkit_shamir_combine_by_policy(held, 2, &out));
    CHECK(holds(&out, SECRET));
    veilkit_buffer_free(&out);
    free_all(shares, 4);
}

static void custody(void) {
    veilkit_custodian_key *key = NULL, *other = NULL;
    veilkit_buffer custodian = {0}, name = {0}, shares[3] = {{0}}, sealed = {0}, opened = {0}, words = {0};
    OK(veilkit_custodian_key_generate(&key));
    OK(veilkit_custodian_key_generate(&other));
    OK(veilkit_custodian_key_custodian(key, text("notary"), 6, &custodian));
    OK(veilkit_custodian_name(custodian.data, custodian.len, &name));
    CHECK(holds(&name, "notary"));
    veilkit_buffer_free(&name);

    OK(veilkit_shamir_split_cards(text("short"), 5, 2, 3, shares));
    OK(veilkit_shamir_seal(shares[1].data, shares[1].len, custodian.data, custodian.len, &sealed));
    uint16_t index = 0;
    OK(veilkit_shamir_sealed_index(sealed.data, sealed.len, &index));
    CHECK(index == 2);
    OK(veilkit_shamir_sealed_custodian(sealed.data, sealed.len, &name));
    CHECK(same(&name, &custodian));
    veilkit_buffer_free(&name);
    OK(veilkit_shamir_open(sealed.data, sealed.len, key, &opened));
    CHECK(same(&opened, &shares[1]));
    veilkit_buffer_free(&opened);
    REFUSED(PARAMS_MISMATCH, veilkit_shamir_open(sealed.data, sealed.len, other, &opened));
    sealed.data[sealed.len - 1] ^= 1;
    REFUSED(DECRYPTION_FAILED, veilkit_shamir_open(sealed.data, sealed.len, key, &opened));
    CHECK(opened.data == NULL);
    veilkit_buffer_free(&sealed);

    OK(veilkit_shamir_to_words(shares[0].data, shares[0].len, &words));
    OK(veilkit_shamir_from_words(words.data, words.len, &opened));
    CHECK(same(&opened, &shares[0]));
    veilkit_buffer_free(&words);
    veilkit_buffer_free(&opened);
    OK(veilkit_shamir_to_text(shares[0].data, shares[0].len, &words));
    OK(veilkit_shamir_from_text(words.data, words.len, &opened));
    CHECK(same(&opened, &shares[0]));
    veilkit_buffer_free(&opened);
    REFUSED(INVALID_PARAMS, veilkit_shamir_from_text((const uint8_t *)"\xff", 1, &opened));
    veilkit_buffer_free(&words);
    veilkit_buffer_free(&opened);
    veilkit_bytes held[] = {view(&shares[0]), view(&shares[1])};
    OK(veilkit_shamir_combine_cards(held, 2, &opened));
    CHECK(holds(&opened, "short"));
    veilkit_buffer_free(&opened);
    free_all(shares, 3);
    veilkit_buffer_free(&custodian);
    veilkit_custodian_key_free(key);
    veilkit_custodian_key_free(other);
}

int main(void) {
    OK(veilkit_set_threads(2));
    plain();
    verifiable();
    policy();
    custody();
    return report("shamir");
}
