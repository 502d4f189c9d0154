/* What the tests have in common: one line per failure, and the count at the end. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <veilkit.h>

static int failures;

#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition,            \
                    veilkit_last_error_message());                                        \
            failures++;                                                                   \
        }                                                                                 \
    } while (0)

#define OK(call) CHECK((call) == VEILKIT_STATUS_OK)
#define REFUSED(status, call) CHECK((call) == VEILKIT_STATUS_##status)

static inline const uint8_t *text(const char *words) { return (const uint8_t *)words; }

static inline int same(const veilkit_buffer *a, const veilkit_buffer *b) {
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static inline int holds(const veilkit_buffer *buffer, const char *words) {
    return buffer->len == strlen(words) && memcmp(buffer->data, words, buffer->len) == 0;
}

static inline int report(const char *name) {
    printf("%s: %s\n", name, failures == 0 ? "passed" : "FAILED");
    return failures != 0;
}

#endif
