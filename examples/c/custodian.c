/* The key to an archive is shared among three custodians, two of whom can open it. Each has a file that only it can open.
 *
 *   custodian new KEY_FILE NAME CARD_FILE       makes a custodian's key, and the card that others seal to
 *   custodian share SECRET_FILE CARD_FILE...    shares a secret among custodians: CARD_FILE.sealed for each
 *   custodian open KEY_FILE SEALED_FILE OUT     opens a custodian's sealed file
 *   custodian recover SHARE_FILE...             writes the secret of enough opened shares to standard output
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <veilkit.h>

enum { MAX_CUSTODIANS = 16, MAX_BYTES = 65536 };

struct file {
    uint8_t bytes[MAX_BYTES];
    size_t len;
};

static struct file files[MAX_CUSTODIANS];

static int failed(const char *what) {
    fprintf(stderr, "custodian: %s\n", what);
    return 1;
}

static int read_file(const char *path, struct file *file) {
    FILE *from = fopen(path, "rb");
    if (from == NULL) return failed(path);
    file->len = fread(file->bytes, 1, sizeof file->bytes, from);
    return fclose(from) == 0 ? 0 : failed(path);
}

/* Writes a buffer and frees it. */
static int write_file(const char *path, veilkit_buffer *buffer) {
    FILE *to = fopen(path, "wb");
    int wrong = to == NULL || fwrite(buffer->data, 1, buffer->len, to) != buffer->len;
    if (to != NULL) wrong |= fclose(to) != 0;
    veilkit_buffer_free(buffer);
    return wrong ? failed(path) : 0;
}

static int make(const char *key_path, const char *name, const char *card_path) {
    veilkit_custodian_key *key = NULL;
    veilkit_buffer secret = {0}, card = {0};
    int wrong = veilkit_custodian_key_generate(&key) || veilkit_custodian_key_to_bytes(key, &secret) ||
                veilkit_custodian_key_custodian(key, (const uint8_t *)name, strlen(name), &card);
    veilkit_custodian_key_free(key);
    if (!wrong) return write_file(key_path, &secret) | write_file(card_path, &card);
    return failed(veilkit_last_error_message());
}

static int share(const char *secret_path, char **cards, int count) {
    struct file *secret = &files[0], *card = &files[1];
    veilkit_buffer shares[MAX_CUSTODIANS] = {{0}};
    if (count < 2 || count > MAX_CUSTODIANS || read_file(secret_path, secret)) return failed("2 to 16 custodians");
    int wrong = veilkit_shamir_split(secret->bytes, secret->len, 2, (uint16_t)count, NULL, shares) != VEILKIT_STATUS_OK;
    for (int at = 0; at < count && !wrong; at++) {
        char path[4096];
        veilkit_buffer sealed = {0};
        snprintf(path, sizeof path, "%s.sealed", cards[at]);
        wrong = read_file(cards[at], card) ||
                veilkit_shamir_seal(shares[at].data, shares[at].len, card->bytes, card->len, &sealed) ||
                write_file(path, &sealed);
    }
    for (int at = 0; at < count; at++) veilkit_buffer_free(&shares[at]);
    return wrong ? failed(veilkit_last_error_message()) : 0;
}

static int open_sealed(const char *key_path, const char *sealed_path, const char *out) {
    struct file *key_file = &files[0], *sealed = &files[1];
    veilkit_custodian_key *key = NULL;
    veilkit_buffer opened = {0};
    if (read_file(key_path, key_file) || read_file(sealed_path, sealed)) return 1;
    int wrong = veilkit_custodian_key_from_bytes(key_file->bytes, key_file->len, &key) ||
                veilkit_shamir_open(sealed->bytes, sealed->len, key, &opened);
    veilkit_custodian_key_free(key);
    return wrong ? failed(veilkit_last_error_message()) : write_file(out, &opened);
}

static int recover(char **paths, int count) {
    veilkit_bytes held[MAX_CUSTODIANS];
    veilkit_buffer secret = {0};
    if (count > MAX_CUSTODIANS) return failed("too many shares");
    for (int at = 0; at < count; at++) {
        if (read_file(paths[at], &files[at])) return 1;
        held[at] = (veilkit_bytes){.data = files[at].bytes, .len = files[at].len};
    }
    if (veilkit_shamir_combine(held, (size_t)count, NULL, &secret)) return failed(veilkit_last_error_message());
    fwrite(secret.data, 1, secret.len, stdout);
    veilkit_buffer_free(&secret);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "new") == 0) return make(argv[2], argv[3], argv[4]);
    if (argc > 3 && strcmp(argv[1], "share") == 0) return share(argv[2], argv + 3, argc - 3);
    if (argc == 5 && strcmp(argv[1], "open") == 0) return open_sealed(argv[2], argv[3], argv[4]);
    if (argc > 2 && strcmp(argv[1], "recover") == 0) return recover(argv + 2, argc - 2);
    return failed("new KEY NAME CARD | share SECRET CARD... | open KEY SEALED OUT | recover SHARE...");
}
