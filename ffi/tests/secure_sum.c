/* Three parties add their numbers, and nobody sees another's. Here the messages go from hand to hand. */
#include "check.h"

enum { PARTIES = 3, LENGTH = 2, MAX_MESSAGES = 64 };

static const double inputs[PARTIES][LENGTH] = {{120.5, 1.0}, {131.0, -2.0}, {99.25, 4.0}};

struct letter {
    uint16_t from, to;
    veilkit_buffer bytes;
};

static struct letter letters[MAX_MESSAGES];
static size_t letter_count;

static void post(uint16_t from, const veilkit_sum_step *step) {
    size_t count = 0;
    OK(veilkit_sum_step_message_count(step, &count));
    for (size_t at = 0; at < count && letter_count < MAX_MESSAGES; at++) {
        struct letter *letter = &letters[letter_count++];
        letter->from = from;
        OK(veilkit_sum_step_message(step, at, &letter->to, &letter->bytes));
    }
}

int main(void) {
    veilkit_identity_key *keys[PARTIES] = {NULL};
    veilkit_sum_session *sessions[PARTIES] = {NULL};
    veilkit_sum_step *steps[PARTIES] = {NULL};
    veilkit_sum_plan *plan = NULL, *read = NULL;
    veilkit_party parties[PARTIES] = {{0}};
    veilkit_buffer bytes = {0}, signature = {0};
    OK(veilkit_set_threads(2));
    for (uint16_t at = 0; at < PARTIES; at++) {
        OK(veilkit_identity_key_generate(&keys[at]));
        OK(veilkit_identity_key_identity(keys[at], &bytes));
        CHECK(bytes.len == 32);
        parties[at].number = (uint16_t)(at + 1);
        memcpy(parties[at].identity, bytes.data, 32);
        veilkit_buffer_free(&bytes);
    }
    OK(veilkit_identity_key_sign(keys[0], text("test"), 4, text("message"), 7, &signature));
    OK(veilkit_identity_verify(parties[0].identity, 32, text("test"), 4, text("message"), 7, signature.data, signature.len));
    REFUSED(VERIFICATION_FAILED, veilkit_identity_verify(parties[1].identity, 32, text("test"), 4, text("message"), 7,
                                                         signature.data, signature.len));
    veilkit_buffer_free(&signature);

    veilkit_sum_plan_spec spec = {.parties = parties, .party_count = PARTIES, .threshold = 2, .min_survivors = 2,
                                  .length = LENGTH, .fraction_bits = 16, .max_abs = 1000,
                                  .purpose = text("blood pressure"), .purpose_len = 14};
    OK(veilkit_sum_plan_new(&spec, &plan));
    OK(veilkit_sum_plan_to_bytes(plan, &bytes));
    OK(veilkit_sum_plan_from_bytes(bytes.data, bytes.len, &read));
    veilkit_buffer_free(&bytes);
    OK(veilkit_sum_plan_explain(read, &bytes));
    CHECK(bytes.len > 0);
    veilkit_buffer_free(&bytes);

    for (uint16_t at = 0; at < PARTIES; at++) {
        OK(veilkit_sum_session_start(read, (uint16_t)(at + 1), keys[at], inputs[at], LENGTH, &sessions[at], &steps[at]));
        double early[LENGTH];
        REFUSED(MISSING_MESSAGE, veilkit_sum_step_sums(steps[at], early, LENGTH));
        post((uint16_t)(at + 1), steps[at]);
        veilkit_sum_step_free(steps[at]);
    }
    bool last = false;
    for (int round = 0; round < 10 && !last; round++) {
        struct letter now[MAX_MESSAGES];
        size_t count = letter_count;
        memcpy(now, letters, sizeof now);
        letter_count = 0;
        for (uint16_t me = 1; me <= PARTIES; me++) {
            veilkit_message arrived[MAX_MESSAGES];
            size_t mine = 0;
            for (size_t at = 0; at < count; at++)
                if (now[at].from != me && (now[at].to == 0 || now[at].to == me))
                    arrived[mine++] = (veilkit_message){now[at].from, {now[at].bytes.data, now[at].bytes.len}};
            OK(veilkit_sum_session_step(sessions[me - 1], arrived, mine, NULL, &steps[me - 1]));
            OK(veilkit_sum_step_is_last(steps[me - 1], &last));
            post(me, steps[me - 1]);
            if (!last) veilkit_sum_step_free(steps[me - 1]);
        }
        for (size_t at = 0; at < count; at++) veilkit_buffer_free(&now[at].bytes);
    }
    CHECK(last);
    for (size_t at = 0; at < PARTIES && last; at++) {
        double sums[LENGTH] = {0};
        size_t survivors = 0;
        uint16_t who[PARTIES] = {0};
        uint32_t round = 9;
        OK(veilkit_sum_step_sums(steps[at], sums, LENGTH));
        CHECK(sums[0] == 350.75 && sums[1] == 3.0);
        OK(veilkit_sum_step_survivor_count(steps[at], &survivors));
        CHECK(survivors == PARTIES);
        OK(veilkit_sum_step_survivors(steps[at], who, survivors));
        CHECK(who[0] == 1 && who[2] == 3);
        OK(veilkit_sum_step_revealed(steps[at], &bytes));
        veilkit_buffer_free(&bytes);
        OK(veilkit_sum_session_round(sessions[at], &round));
        CHECK(round == 0);
        veilkit_sum_step_free(steps[at]);
        REFUSED(SESSION_POISONED, veilkit_sum_session_step(sessions[at], NULL, 0, NULL, &steps[at]));
    }
    for (size_t at = 0; at < letter_count; at++) veilkit_buffer_free(&letters[at].bytes);
    for (size_t at = 0; at < PARTIES; at++) {
        veilkit_sum_session_free(sessions[at]);
        veilkit_identity_key_free(keys[at]);
    }
    veilkit_sum_plan_free(plan);
    veilkit_sum_plan_free(read);
    return report("secure_sum");
}
