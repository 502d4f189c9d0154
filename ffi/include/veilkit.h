/* veilkit: compute on data that nobody may see. Made by cbindgen from ffi/src; scripts/ci/c compares them.
 *
 * Every call that can fail answers a veilkit_status; veilkit_last_error_message() says more about the last failure of this
 * thread. What a call makes is written through its last parameters, which are NULL or empty after a failure.
 *
 * Handles (veilkit_..._key, ..._array) are made by the library and freed once, by the function of their kind; NULL is fine.
 * They do not change, so threads may share them, but nobody may free one that another thread uses. A handle that was freed
 * must not be used: no check can find that reliably.
 * Input is a pointer and a length. A pointer is NULL only where its documentation says so, or where the length is 0.
 * Output of unknown length is a veilkit_buffer, freed with veilkit_buffer_free, which wipes it.
 * Text is UTF-8 with a length; only messages and names that the library gives end with a zero byte.
 */

#ifndef VEILKIT_H
#define VEILKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What a call answers. The numbers are those of every language, and keep their meaning for good; tens are families.
 */
enum veilkit_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It did what it should.
     */
    VEILKIT_STATUS_OK = 0,
    /**
     * A parameter is outside what the scheme allows, or a pointer cannot be used.
     */
    VEILKIT_STATUS_INVALID_PARAMS = 10,
    /**
     * Two objects belong to different parameters, keys or sessions.
     */
    VEILKIT_STATUS_PARAMS_MISMATCH = 11,
    /**
     * A value is not a number, or lies outside the declared range.
     */
    VEILKIT_STATUS_OUT_OF_RANGE = 12,
    /**
     * Array shapes do not fit each other, or the room for a result.
     */
    VEILKIT_STATUS_SHAPE_MISMATCH = 13,
    /**
     * The evaluation keys do not hold the key that this operation needs.
     */
    VEILKIT_STATUS_MISSING_KEY = 14,
    /**
     * Bytes are not a canonical encoding of what was asked for.
     */
    VEILKIT_STATUS_INVALID_ENCODING = 20,
    /**
     * The encoding's version is not known here.
     */
    VEILKIT_STATUS_UNSUPPORTED_VERSION = 21,
    /**
     * Bytes are left over after a complete object.
     */
    VEILKIT_STATUS_TRAILING_BYTES = 22,
    /**
     * Decryption did not give a valid message.
     */
    VEILKIT_STATUS_DECRYPTION_FAILED = 30,
    /**
     * A signature, proof, digest or consistency check does not hold.
     */
    VEILKIT_STATUS_VERIFICATION_FAILED = 31,
    /**
     * The operation could exceed the room that the plaintext has left.
     */
    VEILKIT_STATUS_HEADROOM_EXHAUSTED = 43,
    /**
     * Too few shares, or too few surviving parties.
     */
    VEILKIT_STATUS_TOO_FEW_SHARES = 50,
    /**
     * The same party or share appears twice.
     */
    VEILKIT_STATUS_DUPLICATE_PARTY = 51,
    /**
     * A party that is not part of the set-up.
     */
    VEILKIT_STATUS_UNKNOWN_PARTY = 52,
    /**
     * A message of this round is missing.
     */
    VEILKIT_STATUS_MISSING_MESSAGE = 53,
    /**
     * The session has ended, by an error or by its result.
     */
    VEILKIT_STATUS_SESSION_POISONED = 54,
    /**
     * The operating system gave no randomness.
     */
    VEILKIT_STATUS_RANDOMNESS_UNAVAILABLE = 90,
    /**
     * A bug in veilkit was caught at the boundary.
     */
    VEILKIT_STATUS_PANIC = 91,
    /**
     * The caller asked long work to stop.
     */
    VEILKIT_STATUS_CANCELLED = 92,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum veilkit_status veilkit_status;
#else
typedef uint32_t veilkit_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Asks long work to stop, from any thread.
 */
typedef struct veilkit_cancel_token veilkit_cancel_token;

/**
 * A custodian's secret key, which opens what is sealed to it.
 */
typedef struct veilkit_custodian_key veilkit_custodian_key;

/**
 * Encrypted numbers, in an array of any shape.
 */
typedef struct veilkit_elgamal_array veilkit_elgamal_array;

/**
 * The key that encrypts.
 */
typedef struct veilkit_elgamal_public_key veilkit_elgamal_public_key;

/**
 * The key that decrypts.
 */
typedef struct veilkit_elgamal_secret_key veilkit_elgamal_secret_key;

/**
 * A party's long-term signing key.
 */
typedef struct veilkit_identity_key veilkit_identity_key;

/**
 * Encrypted numbers, in an array of any shape.
 */
typedef struct veilkit_paillier_array veilkit_paillier_array;

/**
 * Encrypted numbers, many in each ciphertext: smaller and faster, for sums.
 */
typedef struct veilkit_paillier_packed_array veilkit_paillier_packed_array;

/**
 * Randomizers made ahead of time, each used once. Unlike other handles it changes; threads may share it all the same.
 */
typedef struct veilkit_paillier_pool veilkit_paillier_pool;

/**
 * The key that encrypts, and its proof if it has one.
 */
typedef struct veilkit_paillier_public_key veilkit_paillier_public_key;

/**
 * The key that decrypts.
 */
typedef struct veilkit_paillier_secret_key veilkit_paillier_secret_key;

/**
 * What the parties of a secure sum agree on.
 */
typedef struct veilkit_sum_plan veilkit_sum_plan;

/**
 * One party's side of a secure sum. Unlike other handles it changes; an error ends it for good.
 */
typedef struct veilkit_sum_session veilkit_sum_session;

/**
 * What a step of a session gives: messages to send, and in the end the sum.
 */
typedef struct veilkit_sum_step veilkit_sum_step;

/**
 * Bytes that the library gave. Free each with veilkit_buffer_free, and change neither field.
 */
typedef struct {
    /**
     * Where they are; NULL when there are none.
     */
    uint8_t *data;
    /**
     * How many.
     */
    size_t len;
} veilkit_buffer;

/**
 * What a key is for.
 */
typedef struct {
    /**
     * Bits after the binary point of every fixed-point number under the key.
     */
    uint32_t fraction_bits;
    /**
     * Bits of one encoded number with its sign, without a declared bound.
     */
    uint32_t value_bits;
    /**
     * Bits of the largest result that a decryption searches for, at most 40.
     */
    uint32_t decode_bits;
} veilkit_elgamal_params;

/**
 * Plain numbers, read where they are. Set everything that is not needed to zero:
 * `veilkit_numbers weights = {.integers = w, .len = 3};`
 */
typedef struct {
    /**
     * Integers; NULL for doubles.
     */
    const int64_t *integers;
    /**
     * Doubles, which become fixed-point numbers; NULL for integers.
     */
    const double *doubles;
    /**
     * How many numbers, in row-major order.
     */
    size_t len;
    /**
     * The extent of each axis; NULL for one axis of `len`.
     */
    const size_t *shape;
    /**
     * How many axes `shape` has; 0 for one number without an axis.
     */
    size_t axes;
    /**
     * A public bound that no integer exceeds in size, which leaves more room for results; 0 for none.
     */
    uint64_t integer_bound;
    /**
     * The same for doubles.
     */
    double double_bound;
} veilkit_numbers;

/**
 * Who is told how far long work is, and who may stop it. Any field may be NULL. Calls that take one take NULL too.
 */
typedef struct {
    /**
     * Called by the calling thread a few times per second, with 0 of 0 before the first step. An answer other than 0 stops the
     * work. It must return: no longjmp and no exception through it.
     */
    int (*progress)(void *context, size_t done, size_t total);
    /**
     * Handed to `progress`.
     */
    void *context;
    /**
     * Stops the work from another thread.
     */
    const veilkit_cancel_token *cancel;
} veilkit_watch;

/**
 * What to take of one axis.
 */
typedef struct {
    /**
     * The first position.
     */
    size_t start;
    /**
     * How many positions; ignored with `single`.
     */
    size_t count;
    /**
     * From one to the next; negative to go backwards.
     */
    ptrdiff_t step;
    /**
     * Other than 0: one position, and the axis goes away.
     */
    uint8_t single;
} veilkit_pick;

/**
 * A party and its public key.
 */
typedef struct {
    /**
     * Its number, from 1.
     */
    uint16_t number;
    /**
     * What veilkit_identity_key_identity gave it.
     */
    uint8_t identity[32];
} veilkit_party;

/**
 * What goes into a plan.
 */
typedef struct {
    /**
     * The number of this run, 32 bytes that were never used before; NULL to draw one.
     */
    const uint8_t *session;
    /**
     * Everybody who takes part.
     */
    const veilkit_party *parties;
    /**
     * How many.
     */
    size_t party_count;
    /**
     * How many parties must stay to the end.
     */
    size_t threshold;
    /**
     * The smallest number of parties whose sum may be revealed.
     */
    size_t min_survivors;
    /**
     * How many numbers each party submits.
     */
    size_t length;
    /**
     * Bits after the binary point.
     */
    uint32_t fraction_bits;
    /**
     * The largest absolute value of one number of one party.
     */
    double max_abs;
    /**
     * What the sum is for, as text.
     */
    const uint8_t *purpose;
    /**
     * Its length.
     */
    size_t purpose_len;
} veilkit_sum_plan_spec;

/**
 * Bytes of the caller, where a call takes several.
 */
typedef struct {
    /**
     * Where they are; may be NULL when there are none.
     */
    const uint8_t *data;
    /**
     * How many.
     */
    size_t len;
} veilkit_bytes;

/**
 * A message that arrived.
 */
typedef struct {
    /**
     * The party that sent it, as the transport knows it.
     */
    uint16_t from;
    /**
     * The message.
     */
    veilkit_bytes bytes;
} veilkit_message;

/**
 * What a key is for.
 */
typedef struct {
    /**
     * Bits of the modulus: 2048 (112-bit security), 3072 (128-bit) or 4096.
     */
    uint32_t modulus_bits;
    /**
     * Bits after the binary point of every fixed-point number under the key.
     */
    uint32_t fraction_bits;
    /**
     * Bits of one encoded number with its sign.
     */
    uint32_t value_bits;
} veilkit_paillier_params;

/**
 * What can be seen of a share.
 */
typedef struct {
    /**
     * The number of the share, from 1.
     */
    uint16_t index;
    /**
     * How many shares give the secret back; 0 where a rule says it.
     */
    uint16_t threshold;
    /**
     * How many shares there are; 0 where a rule says it.
     */
    uint16_t shares;
} veilkit_share_info;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Wipes and frees the bytes, and empties the buffer, so that freeing it again does nothing. NULL is fine.
 */
void veilkit_buffer_free(veilkit_buffer *buffer);

/**
 * Makes a key. `params` may be NULL: integers and fixed-point numbers of the default sizes, results up to 32 bits.
 */
veilkit_status veilkit_elgamal_generate(const veilkit_elgamal_params *params, veilkit_elgamal_secret_key **out);

/**
 * Frees the key and wipes it.
 */
void veilkit_elgamal_secret_key_free(veilkit_elgamal_secret_key *key);

/**
 * Reads and checks an encoded key.
 */
veilkit_status veilkit_elgamal_secret_key_from_bytes(const uint8_t *data, size_t len, veilkit_elgamal_secret_key **out);

/**
 * The canonical encoding. It is secret.
 */
veilkit_status veilkit_elgamal_secret_key_to_bytes(const veilkit_elgamal_secret_key *key, veilkit_buffer *out);

/**
 * The key that encrypts.
 */
veilkit_status veilkit_elgamal_secret_key_public_key(const veilkit_elgamal_secret_key *key,
                                                     veilkit_elgamal_public_key **out);

/**
 * Frees the key.
 */
void veilkit_elgamal_public_key_free(veilkit_elgamal_public_key *key);

/**
 * Reads and checks an encoded key.
 */
veilkit_status veilkit_elgamal_public_key_from_bytes(const uint8_t *data, size_t len, veilkit_elgamal_public_key **out);

/**
 * The canonical encoding.
 */
veilkit_status veilkit_elgamal_public_key_to_bytes(const veilkit_elgamal_public_key *key, veilkit_buffer *out);

/**
 * What the key is for.
 */
veilkit_status veilkit_elgamal_public_key_params(const veilkit_elgamal_public_key *key, veilkit_elgamal_params *out);

/**
 * What names the key: 16 bytes.
 */
veilkit_status veilkit_elgamal_public_key_id(const veilkit_elgamal_public_key *key, veilkit_buffer *out);

/**
 * The group element of ristretto255: 32 bytes.
 */
veilkit_status veilkit_elgamal_public_key_point(const veilkit_elgamal_public_key *key, veilkit_buffer *out);

/**
 * Encrypts numbers.
 */
veilkit_status veilkit_elgamal_encrypt(const veilkit_elgamal_public_key *key,
                                       const veilkit_numbers *values,
                                       const veilkit_watch *watch,
                                       veilkit_elgamal_array **out);

/**
 * Frees the array.
 */
void veilkit_elgamal_array_free(veilkit_elgamal_array *array);

/**
 * Reads and checks an encoded array under its key.
 */
veilkit_status veilkit_elgamal_array_from_bytes(const uint8_t *data,
                                                size_t len,
                                                const veilkit_elgamal_public_key *key,
                                                veilkit_elgamal_array **out);

/**
 * The canonical encoding. What was computed is rerandomized, so that nothing of the computation shows.
 */
veilkit_status veilkit_elgamal_array_to_bytes(const veilkit_elgamal_array *array,
                                              const veilkit_watch *watch,
                                              veilkit_buffer *out);

/**
 * The number of elements.
 */
veilkit_status veilkit_elgamal_array_len(const veilkit_elgamal_array *array, size_t *out);

/**
 * The number of axes, at most 8; 0 for one number without an axis.
 */
veilkit_status veilkit_elgamal_array_axes(const veilkit_elgamal_array *array, size_t *out);

/**
 * The extent of each axis; `axes` is what veilkit_elgamal_array_axes said.
 */
veilkit_status veilkit_elgamal_array_shape(const veilkit_elgamal_array *array, size_t *extents, size_t axes);

/**
 * Bits after the binary point: 0 for integers.
 */
veilkit_status veilkit_elgamal_array_scale(const veilkit_elgamal_array *array, uint32_t *out);

/**
 * Whether the elements are integers; means and fixed-point numbers are not.
 */
veilkit_status veilkit_elgamal_array_holds_integers(const veilkit_elgamal_array *array, bool *out);

/**
 * How many times the public bound on the elements can still double.
 */
veilkit_status veilkit_elgamal_array_headroom_bits(const veilkit_elgamal_array *array, uint32_t *out);

/**
 * The key of the array.
 */
veilkit_status veilkit_elgamal_array_public_key(const veilkit_elgamal_array *array, veilkit_elgamal_public_key **out);

/**
 * The numbers, row-major, each the double closest to the exact result; `len` is the number of elements.
 */
veilkit_status veilkit_elgamal_array_decrypt_doubles(const veilkit_elgamal_array *array,
                                                     const veilkit_elgamal_secret_key *key,
                                                     const veilkit_watch *watch,
                                                     double *values,
                                                     size_t len);

/**
 * The integers, row-major; `len` is the number of elements. VEILKIT_STATUS_PARAMS_MISMATCH for numbers that are not integers.
 */
veilkit_status veilkit_elgamal_array_decrypt_int64(const veilkit_elgamal_array *array,
                                                   const veilkit_elgamal_secret_key *key,
                                                   const veilkit_watch *watch,
                                                   int64_t *values,
                                                   size_t len);

/**
 * Whether the elements are these integers, without a search: VEILKIT_STATUS_DECRYPTION_FAILED if any is another.
 */
veilkit_status veilkit_elgamal_check_plaintext(const veilkit_elgamal_secret_key *key,
                                               const veilkit_elgamal_array *array,
                                               const int64_t *values,
                                               size_t len,
                                               const veilkit_watch *watch);

/**
 * Adds two arrays; shapes are broadcast as in numpy.
 */
veilkit_status veilkit_elgamal_array_add(const veilkit_elgamal_array *a,
                                         const veilkit_elgamal_array *b,
                                         const veilkit_watch *watch,
                                         veilkit_elgamal_array **out);

/**
 * Subtracts the second array from the first.
 */
veilkit_status veilkit_elgamal_array_sub(const veilkit_elgamal_array *a,
                                         const veilkit_elgamal_array *b,
                                         const veilkit_watch *watch,
                                         veilkit_elgamal_array **out);

/**
 * The negative of each element.
 */
veilkit_status veilkit_elgamal_array_neg(const veilkit_elgamal_array *array,
                                         const veilkit_watch *watch,
                                         veilkit_elgamal_array **out);

/**
 * Adds plain numbers.
 */
veilkit_status veilkit_elgamal_array_add_plain(const veilkit_elgamal_array *array,
                                               const veilkit_numbers *values,
                                               const veilkit_watch *watch,
                                               veilkit_elgamal_array **out);

/**
 * Subtracts plain numbers.
 */
veilkit_status veilkit_elgamal_array_sub_plain(const veilkit_elgamal_array *array,
                                               const veilkit_numbers *values,
                                               const veilkit_watch *watch,
                                               veilkit_elgamal_array **out);

/**
 * Subtracts the array from plain numbers.
 */
veilkit_status veilkit_elgamal_array_rsub_plain(const veilkit_elgamal_array *array,
                                                const veilkit_numbers *values,
                                                const veilkit_watch *watch,
                                                veilkit_elgamal_array **out);

/**
 * Multiplies each element by a plain number, in a time that does not depend on the numbers.
 */
veilkit_status veilkit_elgamal_array_mul_plain(const veilkit_elgamal_array *array,
                                               const veilkit_numbers *values,
                                               const veilkit_watch *watch,
                                               veilkit_elgamal_array **out);

/**
 * The same as veilkit_elgamal_array_mul_plain, faster, for plain numbers that are public.
 */
veilkit_status veilkit_elgamal_array_mul_plain_vartime(const veilkit_elgamal_array *array,
                                                       const veilkit_numbers *values,
                                                       const veilkit_watch *watch,
                                                       veilkit_elgamal_array **out);

/**
 * The matrix product, plain numbers on the right; of one axis each the dot product.
 */
veilkit_status veilkit_elgamal_array_matmul(const veilkit_elgamal_array *array,
                                            const veilkit_numbers *values,
                                            const veilkit_watch *watch,
                                            veilkit_elgamal_array **out);

/**
 * The same as veilkit_elgamal_array_matmul, faster, for plain numbers that are public.
 */
veilkit_status veilkit_elgamal_array_matmul_vartime(const veilkit_elgamal_array *array,
                                                    const veilkit_numbers *values,
                                                    const veilkit_watch *watch,
                                                    veilkit_elgamal_array **out);

/**
 * The matrix product, plain numbers on the left.
 */
veilkit_status veilkit_elgamal_array_rmatmul(const veilkit_elgamal_array *array,
                                             const veilkit_numbers *values,
                                             const veilkit_watch *watch,
                                             veilkit_elgamal_array **out);

/**
 * The same as veilkit_elgamal_array_rmatmul, faster, for plain numbers that are public.
 */
veilkit_status veilkit_elgamal_array_rmatmul_vartime(const veilkit_elgamal_array *array,
                                                     const veilkit_numbers *values,
                                                     const veilkit_watch *watch,
                                                     veilkit_elgamal_array **out);

/**
 * The sum of all elements, or along an axis from 0 on; a negative `axis` means all.
 */
veilkit_status veilkit_elgamal_array_sum(const veilkit_elgamal_array *array,
                                         ptrdiff_t axis,
                                         const veilkit_watch *watch,
                                         veilkit_elgamal_array **out);

/**
 * The mean of all elements, or along an axis from 0 on; a negative `axis` means all.
 */
veilkit_status veilkit_elgamal_array_mean(const veilkit_elgamal_array *array,
                                          ptrdiff_t axis,
                                          const veilkit_watch *watch,
                                          veilkit_elgamal_array **out);

/**
 * The same numbers under fresh randomness.
 */
veilkit_status veilkit_elgamal_array_rerandomize(const veilkit_elgamal_array *array,
                                                 const veilkit_watch *watch,
                                                 veilkit_elgamal_array **out);

/**
 * The same elements in another shape.
 */
veilkit_status veilkit_elgamal_array_reshape(const veilkit_elgamal_array *array,
                                             const size_t *extents,
                                             size_t axes,
                                             veilkit_elgamal_array **out);

/**
 * The array with its axes in another order.
 */
veilkit_status veilkit_elgamal_array_transpose(const veilkit_elgamal_array *array,
                                               const size_t *order,
                                               size_t axes,
                                               veilkit_elgamal_array **out);

/**
 * The elements repeated to a larger shape, as in numpy.
 */
veilkit_status veilkit_elgamal_array_broadcast_to(const veilkit_elgamal_array *array,
                                                  const size_t *extents,
                                                  size_t axes,
                                                  veilkit_elgamal_array **out);

/**
 * A part of the array: what to take of each axis.
 */
veilkit_status veilkit_elgamal_array_slice(const veilkit_elgamal_array *array,
                                           const veilkit_pick *picks,
                                           size_t axes,
                                           veilkit_elgamal_array **out);

/**
 * Arrays joined along an axis.
 */
veilkit_status veilkit_elgamal_array_concatenate(const veilkit_elgamal_array *const *arrays,
                                                 size_t count,
                                                 size_t axis,
                                                 const veilkit_watch *watch,
                                                 veilkit_elgamal_array **out);

/**
 * Arrays joined along a new axis.
 */
veilkit_status veilkit_elgamal_array_stack(const veilkit_elgamal_array *const *arrays,
                                           size_t count,
                                           size_t axis,
                                           const veilkit_watch *watch,
                                           veilkit_elgamal_array **out);

/**
 * Makes a key.
 */
veilkit_status veilkit_identity_key_generate(veilkit_identity_key **out);

/**
 * Frees the key and wipes it.
 */
void veilkit_identity_key_free(veilkit_identity_key *key);

/**
 * Reads and checks an encoded key.
 */
veilkit_status veilkit_identity_key_from_bytes(const uint8_t *data, size_t len, veilkit_identity_key **out);

/**
 * The canonical encoding. It is secret.
 */
veilkit_status veilkit_identity_key_to_bytes(const veilkit_identity_key *key, veilkit_buffer *out);

/**
 * The public half: 32 bytes.
 */
veilkit_status veilkit_identity_key_identity(const veilkit_identity_key *key, veilkit_buffer *out);

/**
 * Signs a message for one context: 64 bytes.
 */
veilkit_status veilkit_identity_key_sign(const veilkit_identity_key *key,
                                         const uint8_t *context,
                                         size_t context_len,
                                         const uint8_t *message,
                                         size_t len,
                                         veilkit_buffer *out);

/**
 * Checks a signature of a message in a context by the owner of a public key of 32 bytes.
 */
veilkit_status veilkit_identity_verify(const uint8_t *identity,
                                       size_t identity_len,
                                       const uint8_t *context,
                                       size_t context_len,
                                       const uint8_t *message,
                                       size_t len,
                                       const uint8_t *signature,
                                       size_t signature_len);

/**
 * Checks what the parties agree on.
 */
veilkit_status veilkit_sum_plan_new(const veilkit_sum_plan_spec *spec, veilkit_sum_plan **out);

/**
 * Frees the plan.
 */
void veilkit_sum_plan_free(veilkit_sum_plan *plan);

/**
 * Reads and checks an encoded plan.
 */
veilkit_status veilkit_sum_plan_from_bytes(const uint8_t *data, size_t len, veilkit_sum_plan **out);

/**
 * The canonical encoding, to give to the other parties.
 */
veilkit_status veilkit_sum_plan_to_bytes(const veilkit_sum_plan *plan, veilkit_buffer *out);

/**
 * The plan in words: what is revealed, and to whom.
 */
veilkit_status veilkit_sum_plan_explain(const veilkit_sum_plan *plan, veilkit_buffer *out);

/**
 * Enters a plan with a party's numbers, and gives the messages of the first round.
 */
veilkit_status veilkit_sum_session_start(const veilkit_sum_plan *plan,
                                         uint16_t me,
                                         const veilkit_identity_key *key,
                                         const double *values,
                                         size_t len,
                                         veilkit_sum_session **session,
                                         veilkit_sum_step **step);

/**
 * Frees the session and wipes it.
 */
void veilkit_sum_session_free(veilkit_sum_session *session);

/**
 * Takes everything that arrived in the current round, and moves on.
 */
veilkit_status veilkit_sum_session_step(const veilkit_sum_session *session,
                                        const veilkit_message *messages,
                                        size_t count,
                                        const veilkit_watch *watch,
                                        veilkit_sum_step **out);

/**
 * The round whose messages the session waits for, from 1; 0 when it is over.
 */
veilkit_status veilkit_sum_session_round(const veilkit_sum_session *session, uint32_t *out);

/**
 * Frees the step.
 */
void veilkit_sum_step_free(veilkit_sum_step *step);

/**
 * How many messages are to be sent.
 */
veilkit_status veilkit_sum_step_message_count(const veilkit_sum_step *step, size_t *out);

/**
 * A message to send, by its position from 0, and its receiver; 0 for all other parties.
 */
veilkit_status veilkit_sum_step_message(const veilkit_sum_step *step, size_t at, uint16_t *to, veilkit_buffer *out);

/**
 * Whether the sum is there.
 */
veilkit_status veilkit_sum_step_is_last(const veilkit_sum_step *step, bool *out);

/**
 * The sums; `len` is the plan's length. VEILKIT_STATUS_MISSING_MESSAGE before the last step.
 */
veilkit_status veilkit_sum_step_sums(const veilkit_sum_step *step, double *values, size_t len);

/**
 * How many parties' numbers are in the sums.
 */
veilkit_status veilkit_sum_step_survivor_count(const veilkit_sum_step *step, size_t *out);

/**
 * Whose numbers are in the sums; `len` is what veilkit_sum_step_survivor_count said.
 */
veilkit_status veilkit_sum_step_survivors(const veilkit_sum_step *step, uint16_t *parties, size_t len);

/**
 * What was revealed to whom, in words.
 */
veilkit_status veilkit_sum_step_revealed(const veilkit_sum_step *step, veilkit_buffer *out);

/**
 * Makes a key. Takes seconds. `params` may be NULL: 3072 bits, 40 after the binary point, 88 in all.
 */
veilkit_status veilkit_paillier_generate(const veilkit_paillier_params *params_or_null,
                                         const veilkit_watch *watch,
                                         veilkit_paillier_secret_key **out);

/**
 * Frees the key and wipes it.
 */
void veilkit_paillier_secret_key_free(veilkit_paillier_secret_key *key);

/**
 * Reads and checks an encoded key.
 */
veilkit_status veilkit_paillier_secret_key_from_bytes(const uint8_t *data,
                                                      size_t len,
                                                      veilkit_paillier_secret_key **out);

/**
 * The canonical encoding. It is secret.
 */
veilkit_status veilkit_paillier_secret_key_to_bytes(const veilkit_paillier_secret_key *key, veilkit_buffer *out);

/**
 * The key of two primes of other software, big-endian. `params` may be NULL.
 */
veilkit_status veilkit_paillier_secret_key_from_primes(const uint8_t *p,
                                                       size_t p_len,
                                                       const uint8_t *q,
                                                       size_t q_len,
                                                       const veilkit_paillier_params *params_or_null,
                                                       veilkit_paillier_secret_key **out);

/**
 * The two primes, big-endian, for other software. They are secret.
 */
veilkit_status veilkit_paillier_secret_key_primes(const veilkit_paillier_secret_key *key,
                                                  veilkit_buffer *p,
                                                  veilkit_buffer *q);

/**
 * The same primes with a base that can be proven, for keys of other software. A new key: old ciphertexts do not fit it.
 */
veilkit_status veilkit_paillier_secret_key_with_provable_base(const veilkit_paillier_secret_key *key,
                                                              veilkit_paillier_secret_key **out);

/**
 * Reads a secret key of `phe`, which is JSON.
 */
veilkit_status veilkit_paillier_secret_key_from_jwk(const uint8_t *json,
                                                    size_t len,
                                                    uint32_t fraction_bits,
                                                    uint32_t value_bits,
                                                    veilkit_paillier_secret_key **out);

/**
 * The primes as `phe` reads them. They are secret.
 */
veilkit_status veilkit_paillier_secret_key_to_jwk(const veilkit_paillier_secret_key *key,
                                                  const uint8_t *comment,
                                                  size_t len,
                                                  veilkit_buffer *out);

/**
 * The key that encrypts, without a proof: for the key holder's own use.
 */
veilkit_status veilkit_paillier_secret_key_public_key(const veilkit_paillier_secret_key *key,
                                                      veilkit_paillier_public_key **out);

/**
 * The key that encrypts, with the proof that it is well-formed: for others. Takes some seconds.
 */
veilkit_status veilkit_paillier_secret_key_prove_public_key(const veilkit_paillier_secret_key *key,
                                                            const veilkit_watch *watch,
                                                            veilkit_paillier_public_key **out);

/**
 * Frees the key.
 */
void veilkit_paillier_public_key_free(veilkit_paillier_public_key *key);

/**
 * Reads an encoded key and checks its proof.
 */
veilkit_status veilkit_paillier_public_key_from_bytes(const uint8_t *data,
                                                      size_t len,
                                                      veilkit_paillier_public_key **out);

/**
 * The canonical encoding, with the proof if there is one.
 */
veilkit_status veilkit_paillier_public_key_to_bytes(const veilkit_paillier_public_key *key, veilkit_buffer *out);

/**
 * Reads an encoded key without a proof, and trusts it: only for keys from somewhere that would not cheat.
 */
veilkit_status veilkit_paillier_public_key_trust_without_proof(const uint8_t *data,
                                                               size_t len,
                                                               veilkit_paillier_public_key **out);

/**
 * The canonical encoding without the proof.
 */
veilkit_status veilkit_paillier_public_key_to_bytes_without_proof(const veilkit_paillier_public_key *key,
                                                                  veilkit_buffer *out);

/**
 * The key with this modulus, big-endian, trusted without a proof. `params` may be NULL.
 */
veilkit_status veilkit_paillier_public_key_trust_modulus(const uint8_t *modulus,
                                                         size_t len,
                                                         const veilkit_paillier_params *params_or_null,
                                                         veilkit_paillier_public_key **out);

/**
 * Reads a public key of `phe`, which is JSON, and trusts it without a proof.
 */
veilkit_status veilkit_paillier_public_key_trust_jwk(const uint8_t *json,
                                                     size_t len,
                                                     uint32_t fraction_bits,
                                                     uint32_t value_bits,
                                                     veilkit_paillier_public_key **out);

/**
 * The modulus as `phe` reads it.
 */
veilkit_status veilkit_paillier_public_key_to_jwk(const veilkit_paillier_public_key *key,
                                                  const uint8_t *comment,
                                                  size_t len,
                                                  veilkit_buffer *out);

/**
 * Whether the key carries a proof.
 */
veilkit_status veilkit_paillier_public_key_is_proven(const veilkit_paillier_public_key *key, bool *out);

/**
 * What the key is for.
 */
veilkit_status veilkit_paillier_public_key_params(const veilkit_paillier_public_key *key, veilkit_paillier_params *out);

/**
 * What names the key: 16 bytes.
 */
veilkit_status veilkit_paillier_public_key_id(const veilkit_paillier_public_key *key, veilkit_buffer *out);

/**
 * The modulus, big-endian.
 */
veilkit_status veilkit_paillier_public_key_modulus(const veilkit_paillier_public_key *key, veilkit_buffer *out);

/**
 * An empty pool.
 */
veilkit_status veilkit_paillier_pool_new(const veilkit_paillier_public_key *key, veilkit_paillier_pool **out);

/**
 * Frees the pool and wipes it.
 */
void veilkit_paillier_pool_free(veilkit_paillier_pool *pool);

/**
 * Adds randomizers made with the public key.
 */
veilkit_status veilkit_paillier_pool_fill(const veilkit_paillier_pool *pool,
                                          const veilkit_paillier_public_key *key,
                                          size_t count,
                                          const veilkit_watch *watch);

/**
 * The same with the secret key, which is faster.
 */
veilkit_status veilkit_paillier_pool_fill_with_secret_key(const veilkit_paillier_pool *pool,
                                                          const veilkit_paillier_secret_key *key,
                                                          size_t count,
                                                          const veilkit_watch *watch);

/**
 * How many randomizers are left; none in a fork of the process that made them.
 */
veilkit_status veilkit_paillier_pool_len(const veilkit_paillier_pool *pool, size_t *out);

/**
 * Encrypts numbers with randomizers of the pool, one for each.
 */
veilkit_status veilkit_paillier_pool_encrypt(const veilkit_paillier_pool *pool,
                                             const veilkit_paillier_public_key *key,
                                             const veilkit_numbers *values,
                                             veilkit_paillier_array **out);

/**
 * Encrypts numbers.
 */
veilkit_status veilkit_paillier_encrypt(const veilkit_paillier_public_key *key,
                                        const veilkit_numbers *values,
                                        const veilkit_watch *watch,
                                        veilkit_paillier_array **out);

/**
 * Encrypts numbers with the secret key: the same, faster.
 */
veilkit_status veilkit_paillier_encrypt_with_secret_key(const veilkit_paillier_secret_key *key,
                                                        const veilkit_numbers *values,
                                                        const veilkit_watch *watch,
                                                        veilkit_paillier_array **out);

/**
 * Frees the array.
 */
void veilkit_paillier_array_free(veilkit_paillier_array *array);

/**
 * Reads and checks an encoded array under its key.
 */
veilkit_status veilkit_paillier_array_from_bytes(const uint8_t *data,
                                                 size_t len,
                                                 const veilkit_paillier_public_key *key,
                                                 veilkit_paillier_array **out);

/**
 * The canonical encoding. What was computed is rerandomized, so that nothing of the computation shows.
 */
veilkit_status veilkit_paillier_array_to_bytes(const veilkit_paillier_array *array,
                                               const veilkit_watch *watch,
                                               veilkit_buffer *out);

/**
 * The number of elements.
 */
veilkit_status veilkit_paillier_array_len(const veilkit_paillier_array *array, size_t *out);

/**
 * The number of axes, at most 8; 0 for one number without an axis.
 */
veilkit_status veilkit_paillier_array_axes(const veilkit_paillier_array *array, size_t *out);

/**
 * The extent of each axis; `axes` is what veilkit_paillier_array_axes said.
 */
veilkit_status veilkit_paillier_array_shape(const veilkit_paillier_array *array, size_t *extents, size_t axes);

/**
 * Bits after the binary point: 0 for integers.
 */
veilkit_status veilkit_paillier_array_scale(const veilkit_paillier_array *array, uint32_t *out);

/**
 * How many times the public bound on the elements can still double.
 */
veilkit_status veilkit_paillier_array_headroom_bits(const veilkit_paillier_array *array, uint32_t *out);

/**
 * The key of the array.
 */
veilkit_status veilkit_paillier_array_public_key(const veilkit_paillier_array *array,
                                                 veilkit_paillier_public_key **out);

/**
 * The numbers, row-major, each the double closest to the exact result; `len` is the number of elements.
 */
veilkit_status veilkit_paillier_array_decrypt_doubles(const veilkit_paillier_array *array,
                                                      const veilkit_paillier_secret_key *key,
                                                      const veilkit_watch *watch,
                                                      double *values,
                                                      size_t len);

/**
 * The integers, row-major; `len` is the number of elements. VEILKIT_STATUS_PARAMS_MISMATCH for numbers that are not integers,
 * VEILKIT_STATUS_OUT_OF_RANGE for integers beyond 64 bits.
 */
veilkit_status veilkit_paillier_array_decrypt_int64(const veilkit_paillier_array *array,
                                                    const veilkit_paillier_secret_key *key,
                                                    const veilkit_watch *watch,
                                                    int64_t *values,
                                                    size_t len);

/**
 * Adds two arrays; shapes are broadcast as in numpy.
 */
veilkit_status veilkit_paillier_array_add(const veilkit_paillier_array *a,
                                          const veilkit_paillier_array *b,
                                          const veilkit_watch *watch,
                                          veilkit_paillier_array **out);

/**
 * Subtracts the second array from the first.
 */
veilkit_status veilkit_paillier_array_sub(const veilkit_paillier_array *a,
                                          const veilkit_paillier_array *b,
                                          const veilkit_watch *watch,
                                          veilkit_paillier_array **out);

/**
 * The negative of each element.
 */
veilkit_status veilkit_paillier_array_neg(const veilkit_paillier_array *array,
                                          const veilkit_watch *watch,
                                          veilkit_paillier_array **out);

/**
 * Adds plain numbers.
 */
veilkit_status veilkit_paillier_array_add_plain(const veilkit_paillier_array *array,
                                                const veilkit_numbers *values,
                                                const veilkit_watch *watch,
                                                veilkit_paillier_array **out);

/**
 * Subtracts plain numbers.
 */
veilkit_status veilkit_paillier_array_sub_plain(const veilkit_paillier_array *array,
                                                const veilkit_numbers *values,
                                                const veilkit_watch *watch,
                                                veilkit_paillier_array **out);

/**
 * Subtracts the array from plain numbers.
 */
veilkit_status veilkit_paillier_array_rsub_plain(const veilkit_paillier_array *array,
                                                 const veilkit_numbers *values,
                                                 const veilkit_watch *watch,
                                                 veilkit_paillier_array **out);

/**
 * Multiplies each element by a plain number, in a time that does not depend on the numbers.
 */
veilkit_status veilkit_paillier_array_mul_plain(const veilkit_paillier_array *array,
                                                const veilkit_numbers *values,
                                                const veilkit_watch *watch,
                                                veilkit_paillier_array **out);

/**
 * The same as veilkit_paillier_array_mul_plain, faster, for plain numbers that are public.
 */
veilkit_status veilkit_paillier_array_mul_plain_vartime(const veilkit_paillier_array *array,
                                                        const veilkit_numbers *values,
                                                        const veilkit_watch *watch,
                                                        veilkit_paillier_array **out);

/**
 * The matrix product, plain numbers on the right; of one axis each the dot product.
 */
veilkit_status veilkit_paillier_array_matmul(const veilkit_paillier_array *array,
                                             const veilkit_numbers *values,
                                             const veilkit_watch *watch,
                                             veilkit_paillier_array **out);

/**
 * The same as veilkit_paillier_array_matmul, faster, for plain numbers that are public.
 */
veilkit_status veilkit_paillier_array_matmul_vartime(const veilkit_paillier_array *array,
                                                     const veilkit_numbers *values,
                                                     const veilkit_watch *watch,
                                                     veilkit_paillier_array **out);

/**
 * The matrix product, plain numbers on the left.
 */
veilkit_status veilkit_paillier_array_rmatmul(const veilkit_paillier_array *array,
                                              const veilkit_numbers *values,
                                              const veilkit_watch *watch,
                                              veilkit_paillier_array **out);

/**
 * The same as veilkit_paillier_array_rmatmul, faster, for plain numbers that are public.
 */
veilkit_status veilkit_paillier_array_rmatmul_vartime(const veilkit_paillier_array *array,
                                                      const veilkit_numbers *values,
                                                      const veilkit_watch *watch,
                                                      veilkit_paillier_array **out);

/**
 * The sum of all elements, or along an axis from 0 on; a negative `axis` means all.
 */
veilkit_status veilkit_paillier_array_sum(const veilkit_paillier_array *array,
                                          ptrdiff_t axis,
                                          const veilkit_watch *watch,
                                          veilkit_paillier_array **out);

/**
 * The mean of all elements, or along an axis from 0 on; a negative `axis` means all.
 */
veilkit_status veilkit_paillier_array_mean(const veilkit_paillier_array *array,
                                           ptrdiff_t axis,
                                           const veilkit_watch *watch,
                                           veilkit_paillier_array **out);

/**
 * The same numbers under fresh randomness.
 */
veilkit_status veilkit_paillier_array_rerandomize(const veilkit_paillier_array *array,
                                                  const veilkit_watch *watch,
                                                  veilkit_paillier_array **out);

/**
 * The same elements in another shape.
 */
veilkit_status veilkit_paillier_array_reshape(const veilkit_paillier_array *array,
                                              const size_t *extents,
                                              size_t axes,
                                              veilkit_paillier_array **out);

/**
 * The array with its axes in another order.
 */
veilkit_status veilkit_paillier_array_transpose(const veilkit_paillier_array *array,
                                                const size_t *order,
                                                size_t axes,
                                                veilkit_paillier_array **out);

/**
 * The elements repeated to a larger shape, as in numpy.
 */
veilkit_status veilkit_paillier_array_broadcast_to(const veilkit_paillier_array *array,
                                                   const size_t *extents,
                                                   size_t axes,
                                                   veilkit_paillier_array **out);

/**
 * A part of the array: what to take of each axis.
 */
veilkit_status veilkit_paillier_array_slice(const veilkit_paillier_array *array,
                                            const veilkit_pick *picks,
                                            size_t axes,
                                            veilkit_paillier_array **out);

/**
 * Arrays joined along an axis.
 */
veilkit_status veilkit_paillier_array_concatenate(const veilkit_paillier_array *const *arrays,
                                                  size_t count,
                                                  size_t axis,
                                                  const veilkit_watch *watch,
                                                  veilkit_paillier_array **out);

/**
 * Arrays joined along a new axis.
 */
veilkit_status veilkit_paillier_array_stack(const veilkit_paillier_array *const *arrays,
                                            size_t count,
                                            size_t axis,
                                            const veilkit_watch *watch,
                                            veilkit_paillier_array **out);

/**
 * The bare ciphertexts for other software, little-endian, one after the other, each as long as twice the modulus. What was
 * computed is rerandomized.
 */
veilkit_status veilkit_paillier_array_ciphertexts(const veilkit_paillier_array *array,
                                                  const veilkit_watch *watch,
                                                  veilkit_buffer *out);

/**
 * The array of bare ciphertexts that other software made of numbers like these: of their shape, scale and bound.
 */
veilkit_status veilkit_paillier_array_from_ciphertexts(const uint8_t *data,
                                                       size_t len,
                                                       const veilkit_paillier_public_key *key,
                                                       const veilkit_numbers *like,
                                                       veilkit_paillier_array **out);

/**
 * The array of bare ciphertexts of integers times 2^scale, along one axis; no integer exceeds `bound` in size.
 */
veilkit_status veilkit_paillier_array_from_scaled_ciphertexts(const uint8_t *data,
                                                              size_t len,
                                                              const veilkit_paillier_public_key *key,
                                                              uint32_t scale,
                                                              uint64_t bound,
                                                              veilkit_paillier_array **out);

/**
 * Encrypts numbers, many in each ciphertext. `headroom_bits` is how many times their bound may double in sums.
 */
veilkit_status veilkit_paillier_encrypt_packed(const veilkit_paillier_public_key *key,
                                               const veilkit_numbers *values,
                                               uint32_t headroom_bits,
                                               const veilkit_watch *watch,
                                               veilkit_paillier_packed_array **out);

/**
 * The same with the secret key: the same, faster.
 */
veilkit_status veilkit_paillier_encrypt_packed_with_secret_key(const veilkit_paillier_secret_key *key,
                                                               const veilkit_numbers *values,
                                                               uint32_t headroom_bits,
                                                               const veilkit_watch *watch,
                                                               veilkit_paillier_packed_array **out);

/**
 * Frees the array.
 */
void veilkit_paillier_packed_array_free(veilkit_paillier_packed_array *array);

/**
 * Reads and checks an encoded array under its key.
 */
veilkit_status veilkit_paillier_packed_array_from_bytes(const uint8_t *data,
                                                        size_t len,
                                                        const veilkit_paillier_public_key *key,
                                                        veilkit_paillier_packed_array **out);

/**
 * The canonical encoding. What was computed is rerandomized.
 */
veilkit_status veilkit_paillier_packed_array_to_bytes(const veilkit_paillier_packed_array *array,
                                                      const veilkit_watch *watch,
                                                      veilkit_buffer *out);

/**
 * The number of elements.
 */
veilkit_status veilkit_paillier_packed_array_len(const veilkit_paillier_packed_array *array, size_t *out);

/**
 * The number of axes, at most 8.
 */
veilkit_status veilkit_paillier_packed_array_axes(const veilkit_paillier_packed_array *array, size_t *out);

/**
 * The extent of each axis; `axes` is what veilkit_paillier_packed_array_axes said.
 */
veilkit_status veilkit_paillier_packed_array_shape(const veilkit_paillier_packed_array *array,
                                                   size_t *extents,
                                                   size_t axes);

/**
 * Numbers in one ciphertext.
 */
veilkit_status veilkit_paillier_packed_array_slots(const veilkit_paillier_packed_array *array, size_t *out);

/**
 * How many times the public bound on the elements can still double.
 */
veilkit_status veilkit_paillier_packed_array_headroom_bits(const veilkit_paillier_packed_array *array, uint32_t *out);

/**
 * The numbers, row-major, each the double closest to the exact result; `len` is the number of elements.
 */
veilkit_status veilkit_paillier_packed_array_decrypt_doubles(const veilkit_paillier_packed_array *array,
                                                             const veilkit_paillier_secret_key *key,
                                                             const veilkit_watch *watch,
                                                             double *values,
                                                             size_t len);

/**
 * The integers, row-major; `len` is the number of elements.
 */
veilkit_status veilkit_paillier_packed_array_decrypt_int64(const veilkit_paillier_packed_array *array,
                                                           const veilkit_paillier_secret_key *key,
                                                           const veilkit_watch *watch,
                                                           int64_t *values,
                                                           size_t len);

/**
 * Adds two arrays of one shape.
 */
veilkit_status veilkit_paillier_packed_array_add(const veilkit_paillier_packed_array *a,
                                                 const veilkit_paillier_packed_array *b,
                                                 const veilkit_watch *watch,
                                                 veilkit_paillier_packed_array **out);

/**
 * Subtracts the second array from the first.
 */
veilkit_status veilkit_paillier_packed_array_sub(const veilkit_paillier_packed_array *a,
                                                 const veilkit_paillier_packed_array *b,
                                                 const veilkit_watch *watch,
                                                 veilkit_paillier_packed_array **out);

/**
 * Adds many arrays of one shape.
 */
veilkit_status veilkit_paillier_packed_array_sum_many(const veilkit_paillier_packed_array *const *arrays,
                                                      size_t count,
                                                      const veilkit_watch *watch,
                                                      veilkit_paillier_packed_array **out);

/**
 * Adds plain numbers of the same shape, within the bound of the array.
 */
veilkit_status veilkit_paillier_packed_array_add_plain(const veilkit_paillier_packed_array *array,
                                                       const veilkit_numbers *values,
                                                       const veilkit_watch *watch,
                                                       veilkit_paillier_packed_array **out);

/**
 * Subtracts plain numbers of the same shape, within the bound of the array.
 */
veilkit_status veilkit_paillier_packed_array_sub_plain(const veilkit_paillier_packed_array *array,
                                                       const veilkit_numbers *values,
                                                       const veilkit_watch *watch,
                                                       veilkit_paillier_packed_array **out);

/**
 * Multiplies every element by one plain number.
 */
veilkit_status veilkit_paillier_packed_array_mul_plain(const veilkit_paillier_packed_array *array,
                                                       const veilkit_numbers *weight,
                                                       const veilkit_watch *watch,
                                                       veilkit_paillier_packed_array **out);

/**
 * The same numbers under fresh randomness.
 */
veilkit_status veilkit_paillier_packed_array_rerandomize(const veilkit_paillier_packed_array *array,
                                                         const veilkit_watch *watch,
                                                         veilkit_paillier_packed_array **out);

/**
 * Encrypts integers and proves that each lies from `low` to `high`. The proof counts only with the same context, such as "study 7,
 * hospital 2, age".
 */
veilkit_status veilkit_paillier_submit_int64(const veilkit_paillier_public_key *key,
                                             const veilkit_numbers *values,
                                             int64_t low,
                                             int64_t high,
                                             const uint8_t *context,
                                             size_t context_len,
                                             const veilkit_watch *watch,
                                             veilkit_buffer *out);

/**
 * Checks submitted integers against the expected range and context, and gives them: VEILKIT_STATUS_VERIFICATION_FAILED if the
 * proof does not hold.
 */
veilkit_status veilkit_paillier_verify_submission_int64(const uint8_t *data,
                                                        size_t len,
                                                        const veilkit_paillier_public_key *key,
                                                        int64_t low,
                                                        int64_t high,
                                                        const uint8_t *context,
                                                        size_t context_len,
                                                        const veilkit_watch *watch,
                                                        veilkit_paillier_array **out);

/**
 * Encrypts doubles and proves that each lies from `low` to `high`. The proof counts only with the same context, such as "study 7,
 * hospital 2, age".
 */
veilkit_status veilkit_paillier_submit_doubles(const veilkit_paillier_public_key *key,
                                               const veilkit_numbers *values,
                                               double low,
                                               double high,
                                               const uint8_t *context,
                                               size_t context_len,
                                               const veilkit_watch *watch,
                                               veilkit_buffer *out);

/**
 * Checks submitted doubles against the expected range and context, and gives them: VEILKIT_STATUS_VERIFICATION_FAILED if the
 * proof does not hold.
 */
veilkit_status veilkit_paillier_verify_submission_doubles(const uint8_t *data,
                                                          size_t len,
                                                          const veilkit_paillier_public_key *key,
                                                          double low,
                                                          double high,
                                                          const uint8_t *context,
                                                          size_t context_len,
                                                          const veilkit_watch *watch,
                                                          veilkit_paillier_array **out);

/**
 * One number under fresh randomness, and the proof that it is the same.
 */
veilkit_status veilkit_paillier_array_rerandomize_with_proof(const veilkit_paillier_array *array,
                                                             const uint8_t *context,
                                                             size_t context_len,
                                                             veilkit_paillier_array **out,
                                                             veilkit_buffer *proof);

/**
 * Checks the proof that both arrays of one element hold the same number.
 */
veilkit_status veilkit_paillier_array_verify_same(const veilkit_paillier_array *a,
                                                  const veilkit_paillier_array *b,
                                                  const uint8_t *proof,
                                                  size_t proof_len,
                                                  const uint8_t *context,
                                                  size_t context_len);

/**
 * One number times a secret weight, the weight encrypted, and the proof that the product is one.
 */
veilkit_status veilkit_paillier_array_multiply_with_proof(const veilkit_paillier_array *array,
                                                          const veilkit_numbers *weight,
                                                          const uint8_t *context,
                                                          size_t context_len,
                                                          veilkit_paillier_array **product,
                                                          veilkit_paillier_array **encrypted_weight,
                                                          veilkit_buffer *proof);

/**
 * Checks the proof that `product` holds the product of the numbers in `array` and `encrypted_weight`.
 */
veilkit_status veilkit_paillier_array_verify_product(const veilkit_paillier_array *array,
                                                     const veilkit_paillier_array *encrypted_weight,
                                                     const veilkit_paillier_array *product,
                                                     const uint8_t *proof,
                                                     size_t proof_len,
                                                     const uint8_t *context,
                                                     size_t context_len);

/**
 * Splits a secret into `shares` shares, of which `threshold` give it back and fewer say nothing. `out` has room for `shares`
 * buffers.
 */
veilkit_status veilkit_shamir_split(const uint8_t *secret,
                                    size_t len,
                                    uint16_t threshold,
                                    uint16_t shares,
                                    const veilkit_watch *watch,
                                    veilkit_buffer *out);

/**
 * Gives the secret back. A wrong share is an error that names it: veilkit_last_error_parties.
 */
veilkit_status veilkit_shamir_combine(const veilkit_bytes *shares,
                                      size_t count,
                                      const veilkit_watch *watch,
                                      veilkit_buffer *out);

/**
 * Gives the secret back without the wrong shares, where enough are right, and their numbers. `wrong` has room for `count`.
 */
veilkit_status veilkit_shamir_combine_correcting(const veilkit_bytes *shares,
                                                 size_t count,
                                                 const veilkit_watch *watch,
                                                 uint16_t *wrong,
                                                 size_t *wrong_count,
                                                 veilkit_buffer *secret);

/**
 * Gives the secret of bare shares of other software back, over the field of AES: `indices` has the number of each.
 */
veilkit_status veilkit_shamir_correct(const uint16_t *indices,
                                      const veilkit_bytes *shares,
                                      size_t count,
                                      uint16_t threshold,
                                      uint16_t *wrong,
                                      size_t *wrong_count,
                                      veilkit_buffer *secret);

/**
 * Checks a share of a secret against the commitment that it carries.
 */
veilkit_status veilkit_shamir_verify_share(const uint8_t *share, size_t len);

/**
 * Number and threshold of a share of any kind.
 */
veilkit_status veilkit_shamir_share_info(const uint8_t *share, size_t len, veilkit_share_info *out);

/**
 * Splits a short secret into shares for paper. `out` has room for `shares` buffers.
 */
veilkit_status veilkit_shamir_split_cards(const uint8_t *secret,
                                          size_t len,
                                          uint16_t threshold,
                                          uint16_t shares,
                                          veilkit_buffer *out);

/**
 * Gives the secret of cards back.
 */
veilkit_status veilkit_shamir_combine_cards(const veilkit_bytes *shares, size_t count, veilkit_buffer *out);

/**
 * A share of any kind as words to write down.
 */
veilkit_status veilkit_shamir_to_words(const uint8_t *share, size_t len, veilkit_buffer *out);

/**
 * Reads the words of a share.
 */
veilkit_status veilkit_shamir_from_words(const uint8_t *text, size_t len, veilkit_buffer *out);

/**
 * A share of any kind as text for a QR code.
 */
veilkit_status veilkit_shamir_to_text(const uint8_t *share, size_t len, veilkit_buffer *out);

/**
 * Reads the text of a QR code.
 */
veilkit_status veilkit_shamir_from_text(const uint8_t *text, size_t len, veilkit_buffer *out);

/**
 * Makes a key.
 */
veilkit_status veilkit_custodian_key_generate(veilkit_custodian_key **out);

/**
 * Frees the key and wipes it.
 */
void veilkit_custodian_key_free(veilkit_custodian_key *key);

/**
 * Reads and checks an encoded key.
 */
veilkit_status veilkit_custodian_key_from_bytes(const uint8_t *data, size_t len, veilkit_custodian_key **out);

/**
 * The canonical encoding. It is secret.
 */
veilkit_status veilkit_custodian_key_to_bytes(const veilkit_custodian_key *key, veilkit_buffer *out);

/**
 * The custodian with this key and a name, encoded: what others seal to.
 */
veilkit_status veilkit_custodian_key_custodian(const veilkit_custodian_key *key,
                                               const uint8_t *name,
                                               size_t len,
                                               veilkit_buffer *out);

/**
 * The custodian with a name and a public key of 32 bytes, encoded.
 */
veilkit_status veilkit_custodian(const uint8_t *name,
                                 size_t name_len,
                                 const uint8_t *key,
                                 size_t key_len,
                                 veilkit_buffer *out);

/**
 * The name of an encoded custodian.
 */
veilkit_status veilkit_custodian_name(const uint8_t *custodian, size_t len, veilkit_buffer *out);

/**
 * The public key of an encoded custodian: 32 bytes.
 */
veilkit_status veilkit_custodian_public_key(const uint8_t *custodian, size_t len, veilkit_buffer *out);

/**
 * Seals a share of any kind, so that only the custodian can open it.
 */
veilkit_status veilkit_shamir_seal(const uint8_t *share,
                                   size_t len,
                                   const uint8_t *custodian,
                                   size_t custodian_len,
                                   veilkit_buffer *out);

/**
 * Opens a sealed share.
 */
veilkit_status veilkit_shamir_open(const uint8_t *sealed,
                                   size_t len,
                                   const veilkit_custodian_key *key,
                                   veilkit_buffer *out);

/**
 * The number of the share that is sealed.
 */
veilkit_status veilkit_shamir_sealed_index(const uint8_t *sealed, size_t len, uint16_t *out);

/**
 * Who can open a sealed share, encoded.
 */
veilkit_status veilkit_shamir_sealed_custodian(const uint8_t *sealed, size_t len, veilkit_buffer *out);

/**
 * The canonical text of a policy: checks it, and shows what it means.
 */
veilkit_status veilkit_shamir_policy_normalize(const uint8_t *policy, size_t policy_len, veilkit_buffer *out);

/**
 * How many seats a policy has, each of which gets a share.
 */
veilkit_status veilkit_shamir_policy_seats(const uint8_t *policy, size_t policy_len, size_t *out);

/**
 * The name of a seat, from 1.
 */
veilkit_status veilkit_shamir_policy_seat_name(const uint8_t *policy,
                                               size_t policy_len,
                                               uint16_t seat,
                                               veilkit_buffer *out);

/**
 * Splits a secret by a policy. `out` has room for `count` buffers, one for each seat.
 */
veilkit_status veilkit_shamir_split_by_policy(const uint8_t *secret,
                                              size_t len,
                                              const uint8_t *policy,
                                              size_t policy_len,
                                              veilkit_buffer *out,
                                              size_t count);

/**
 * Checks the share of a seat against the commitment that it carries.
 */
veilkit_status veilkit_shamir_verify_policy_share(const uint8_t *share, size_t len);

/**
 * Gives the secret back from the shares of seats that suffice.
 */
veilkit_status veilkit_shamir_combine_by_policy(const veilkit_bytes *shares, size_t count, veilkit_buffer *out);

/**
 * Gives the secret back without the wrong shares, where enough are right, and their seats. `wrong` has room for `count`.
 */
veilkit_status veilkit_shamir_combine_by_policy_correcting(const veilkit_bytes *shares,
                                                           size_t count,
                                                           uint16_t *wrong,
                                                           size_t *wrong_count,
                                                           veilkit_buffer *secret);

/**
 * The rule that is left when these shares are there; empty when they suffice.
 */
veilkit_status veilkit_shamir_policy_missing(const veilkit_bytes *shares, size_t count, veilkit_buffer *out);

/**
 * Splits a secret, with a commitment that hides it and lets every holder check its share.
 */
veilkit_status veilkit_shamir_split_verifiable(const uint8_t *secret,
                                               size_t len,
                                               uint16_t threshold,
                                               uint16_t shares,
                                               veilkit_buffer *commitment,
                                               veilkit_buffer *out);

/**
 * Checks a share of veilkit_shamir_split_verifiable against the commitment.
 */
veilkit_status veilkit_shamir_verify_verifiable(const uint8_t *commitment,
                                                size_t commitment_len,
                                                const uint8_t *share,
                                                size_t len);

/**
 * Gives the secret back. Wrong shares are an error that names them.
 */
veilkit_status veilkit_shamir_combine_verifiable(const uint8_t *commitment,
                                                 size_t commitment_len,
                                                 const veilkit_bytes *shares,
                                                 size_t count,
                                                 veilkit_buffer *out);

/**
 * Splits a uniformly random key, the 32 bytes of a scalar of ristretto255; at NULL and 0 a fresh one that nobody gets to see. The
 * commitment shows its public key.
 */
veilkit_status veilkit_shamir_split_key(const uint8_t *key,
                                        size_t len,
                                        uint16_t threshold,
                                        uint16_t shares,
                                        veilkit_buffer *commitment,
                                        veilkit_buffer *out);

/**
 * Checks a share of veilkit_shamir_split_key against the commitment.
 */
veilkit_status veilkit_shamir_verify_key_share(const uint8_t *commitment,
                                               size_t commitment_len,
                                               const uint8_t *share,
                                               size_t len);

/**
 * Gives the 32 bytes of the key back. Wrong shares are an error that names them.
 */
veilkit_status veilkit_shamir_combine_key(const uint8_t *commitment,
                                          size_t commitment_len,
                                          const veilkit_bytes *shares,
                                          size_t count,
                                          veilkit_buffer *out);

/**
 * The public key of a shared key: 32 bytes.
 */
veilkit_status veilkit_shamir_key_public_key(const uint8_t *commitment, size_t commitment_len, veilkit_buffer *out);

/**
 * What the last failing call of this thread says, such as "OutOfRange (12): values: not a number"; "" before the first. Never
 * contains a value of the caller. It belongs to the library, and lives until this thread's next failing call.
 */
const char *veilkit_last_error_message(void);

/**
 * How many parties the last failing call of this thread blames: 0 when nobody can be named.
 */
veilkit_status veilkit_last_error_party_count(size_t *count);

/**
 * The parties that the last failing call of this thread blames; `len` is what veilkit_last_error_party_count said.
 */
veilkit_status veilkit_last_error_parties(uint16_t *parties, size_t len);

/**
 * The stable name of a status, such as "OutOfRange"; "Unknown" for another number.
 */
const char *veilkit_status_name(uint32_t status);

/**
 * The version of the library, such as "0.1.0".
 */
const char *veilkit_version(void);

/**
 * Makes a token that has not been used.
 */
veilkit_status veilkit_cancel_token_new(veilkit_cancel_token **out);

/**
 * Asks every call that watches the token to end with VEILKIT_STATUS_CANCELLED, now and later. Any thread may call it.
 */
veilkit_status veilkit_cancel_token_cancel(const veilkit_cancel_token *token);

/**
 * Frees the token, once no call watches it. NULL is fine.
 */
void veilkit_cancel_token_free(veilkit_cancel_token *token);

/**
 * Computes with this many threads from now on; 0 for as many as there are cores.
 */
veilkit_status veilkit_set_threads(size_t threads);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VEILKIT_H */
