/* veilkit in C++17: the calls of veilkit.h with handles that free themselves, exceptions, and containers. Header only. */
#ifndef VEILKIT_HPP
#define VEILKIT_HPP

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <veilkit.h>

namespace veilkit {

/// A call that failed: the stable code, the message, and the parties to blame.
class error : public std::runtime_error {
public:
    error(veilkit_status code, std::vector<std::uint16_t> parties)
        : std::runtime_error(veilkit_last_error_message()), code_(code), parties_(std::move(parties)) {}

    /// The stable code.
    veilkit_status code() const noexcept { return code_; }
    /// Its name, such as "OutOfRange".
    const char *name() const noexcept { return veilkit_status_name(static_cast<std::uint32_t>(code_)); }
    /// The parties to blame; empty when nobody can be named.
    const std::vector<std::uint16_t> &parties() const noexcept { return parties_; }

private:
    veilkit_status code_;
    std::vector<std::uint16_t> parties_;
};

/// Throws unless a call did what it should.
inline void check(veilkit_status status) {
    if (status == VEILKIT_STATUS_OK) return;
    std::size_t count = 0;
    veilkit_last_error_party_count(&count);
    std::vector<std::uint16_t> parties(count);
    veilkit_last_error_parties(parties.data(), count);
    throw error(status, std::move(parties));
}

/// Bytes that the library gave; wiped when they go.
class buffer {
public:
    buffer() noexcept : raw_{nullptr, 0} {}
    buffer(buffer &&other) noexcept : raw_(std::exchange(other.raw_, veilkit_buffer{nullptr, 0})) {}
    buffer &operator=(buffer &&other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~buffer() { veilkit_buffer_free(&raw_); }

    const std::uint8_t *data() const noexcept { return raw_.data; }
    std::size_t size() const noexcept { return raw_.len; }
    bool empty() const noexcept { return raw_.len == 0; }
    const std::uint8_t *begin() const noexcept { return raw_.data; }
    const std::uint8_t *end() const noexcept { return raw_.len == 0 ? raw_.data : raw_.data + raw_.len; }
    /// The bytes as text.
    std::string_view text() const noexcept {
        return raw_.len == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char *>(raw_.data), raw_.len);
    }
    /// Where a call writes.
    veilkit_buffer *out() noexcept { return &raw_; }

private:
    veilkit_buffer raw_;
};

/// Bytes of the caller: a buffer, a vector, or text.
class view {
public:
    view(const std::uint8_t *data, std::size_t size) noexcept : raw_{data, size} {}
    view(const buffer &bytes) noexcept : raw_{bytes.data(), bytes.size()} {}
    view(const std::vector<std::uint8_t> &bytes) noexcept : raw_{bytes.data(), bytes.size()} {}
    view(std::string_view text) noexcept : raw_{reinterpret_cast<const std::uint8_t *>(text.data()), text.size()} {}
    view(const char *text) noexcept : view(std::string_view(text)) {}

    const std::uint8_t *data() const noexcept { return raw_.data; }
    std::size_t size() const noexcept { return raw_.len; }
    veilkit_bytes raw() const noexcept { return raw_; }

private:
    veilkit_bytes raw_;
};

/// A handle that frees itself.
template <typename T, void (*Free)(T *)>
class handle {
public:
    explicit handle(T *raw = nullptr) noexcept : raw_(raw) {}
    handle(handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    handle &operator=(handle &&other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~handle() { Free(raw_); }

    T *get() const noexcept { return raw_; }
    /// Where a call writes.
    T **out() noexcept { return &raw_; }

private:
    T *raw_;
};

/// Asks long work to stop, from any thread.
class cancel_token {
public:
    cancel_token() { check(veilkit_cancel_token_new(raw_.out())); }
    void cancel() const { check(veilkit_cancel_token_cancel(raw_.get())); }
    const veilkit_cancel_token *get() const noexcept { return raw_.get(); }

private:
    handle<veilkit_cancel_token, veilkit_cancel_token_free> raw_;
};

/// Who is told how far long work is, and who may stop it: the function by answering false, or by an exception, which comes out of
/// the call.
struct watch {
    std::function<bool(std::size_t done, std::size_t total)> progress;
    const cancel_token *cancel = nullptr;
};

/// Plain numbers, read where they are: they must outlive the call. Without a shape they have one axis.
class numbers {
public:
    numbers(const std::vector<std::int64_t> &values, std::uint64_t bound = 0) noexcept : raw_{} {
        raw_.integers = values.empty() ? &none_integer() : values.data();
        raw_.len = values.size();
        raw_.integer_bound = bound;
    }
    numbers(const std::vector<double> &values, double bound = 0) noexcept : raw_{} {
        raw_.doubles = values.empty() ? &none_double() : values.data();
        raw_.len = values.size();
        raw_.double_bound = bound;
    }
    /// The same numbers in a shape, which must outlive the call too.
    numbers shaped(const std::vector<std::size_t> &shape) const noexcept {
        static const std::size_t none = 0;
        numbers other(*this);
        other.raw_.shape = shape.empty() ? &none : shape.data();
        other.raw_.axes = shape.size();
        return other;
    }
    const veilkit_numbers *raw() const noexcept { return &raw_; }

private:
    static const std::int64_t &none_integer() noexcept {
        static const std::int64_t none = 0;
        return none;
    }
    static const double &none_double() noexcept {
        static const double none = 0;
        return none;
    }
    veilkit_numbers raw_;
};

namespace detail {

/// A watch as C has it, and the exception of its function.
class watched {
public:
    explicit watched(const watch *given) : given_(given), raw_{} {
        if (given == nullptr) return;
        raw_.context = this;
        if (given->progress) raw_.progress = ask;
        if (given->cancel != nullptr) raw_.cancel = given->cancel->get();
    }
    watched(const watched &) = delete;
    watched &operator=(const watched &) = delete;

    const veilkit_watch *raw() const noexcept { return given_ == nullptr ? nullptr : &raw_; }
    void done(veilkit_status status) const {
        if (thrown_) std::rethrow_exception(thrown_);
        check(status);
    }

private:
    static int ask(void *context, std::size_t done, std::size_t total) noexcept {
        auto *self = static_cast<watched *>(context);
        if (self->thrown_) return 1;
        try {
            return self->given_->progress(done, total) ? 0 : 1;
        } catch (...) {
            self->thrown_ = std::current_exception();
            return 1;
        }
    }

    const watch *given_;
    veilkit_watch raw_;
    std::exception_ptr thrown_;
};

inline std::vector<veilkit_bytes> raw(const std::vector<view> &list) {
    std::vector<veilkit_bytes> all;
    all.reserve(list.size());
    for (const view &one : list) all.push_back(one.raw());
    return all;
}

inline std::vector<buffer> buffers(std::size_t count, const std::function<veilkit_status(veilkit_buffer *)> &call) {
    std::vector<veilkit_buffer> raw(count, veilkit_buffer{nullptr, 0});
    check(call(raw.data()));
    std::vector<buffer> all(count);
    for (std::size_t at = 0; at < count; at++) *all[at].out() = raw[at];
    return all;
}

} // namespace detail

namespace paillier {

class public_key;
class array;

/// The key that decrypts.
class secret_key {
public:
    /// A new key: 3072 bits unless the parameters say otherwise. Takes seconds.
    static secret_key generate(const veilkit_paillier_params *params = nullptr, const watch *w = nullptr) {
        secret_key key;
        detail::watched watched(w);
        watched.done(veilkit_paillier_generate(params, watched.raw(), key.raw_.out()));
        return key;
    }
    static secret_key from_bytes(view bytes) {
        secret_key key;
        check(veilkit_paillier_secret_key_from_bytes(bytes.data(), bytes.size(), key.raw_.out()));
        return key;
    }
    /// The canonical encoding. It is secret.
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_paillier_secret_key_to_bytes(get(), bytes.out()));
        return bytes;
    }
    /// The key that encrypts.
    class public_key public_key() const;
    /// The key that encrypts, with the proof that it is well-formed: for others. Takes some seconds.
    class public_key prove_public_key() const;
    /// The numbers of an array, row-major.
    std::vector<double> decrypt_doubles(const array &encrypted, const watch *w = nullptr) const;
    /// The integers of an array, row-major.
    std::vector<std::int64_t> decrypt_int64(const array &encrypted, const watch *w = nullptr) const;
    const veilkit_paillier_secret_key *get() const noexcept { return raw_.get(); }

private:
    secret_key() = default;
    handle<veilkit_paillier_secret_key, veilkit_paillier_secret_key_free> raw_;
};

/// The key that encrypts.
class public_key {
public:
    /// Reads an encoded key and checks its proof.
    static public_key from_bytes(view bytes) {
        public_key key;
        check(veilkit_paillier_public_key_from_bytes(bytes.data(), bytes.size(), key.raw_.out()));
        return key;
    }
    /// Reads an encoded key without a proof, and trusts it.
    static public_key trust_without_proof(view bytes) {
        public_key key;
        check(veilkit_paillier_public_key_trust_without_proof(bytes.data(), bytes.size(), key.raw_.out()));
        return key;
    }
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_paillier_public_key_to_bytes(get(), bytes.out()));
        return bytes;
    }
    array encrypt(const numbers &values, const watch *w = nullptr) const;
    const veilkit_paillier_public_key *get() const noexcept { return raw_.get(); }

private:
    friend class secret_key;
    public_key() = default;
    handle<veilkit_paillier_public_key, veilkit_paillier_public_key_free> raw_;
};

/// Encrypted numbers, in an array of any shape.
class array {
public:
    static array from_bytes(view bytes, const public_key &key) {
        array made;
        check(veilkit_paillier_array_from_bytes(bytes.data(), bytes.size(), key.get(), made.raw_.out()));
        return made;
    }
    /// The canonical encoding. What was computed is rerandomized.
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_paillier_array_to_bytes(get(), nullptr, bytes.out()));
        return bytes;
    }
    std::size_t size() const {
        std::size_t len = 0;
        check(veilkit_paillier_array_len(get(), &len));
        return len;
    }
    std::vector<std::size_t> shape() const {
        std::size_t axes = 0;
        check(veilkit_paillier_array_axes(get(), &axes));
        std::vector<std::size_t> extents(axes);
        check(veilkit_paillier_array_shape(get(), extents.data(), axes));
        return extents;
    }
    array add(const array &other, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_add(get(), other.get(), raw, out);
        });
    }
    array sub(const array &other, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_sub(get(), other.get(), raw, out);
        });
    }
    array add_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_add_plain(get(), values.raw(), raw, out);
        });
    }
    array sub_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_sub_plain(get(), values.raw(), raw, out);
        });
    }
    array rsub_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_rsub_plain(get(), values.raw(), raw, out);
        });
    }
    array mul_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_mul_plain(get(), values.raw(), raw, out);
        });
    }
    array mul_plain_vartime(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_mul_plain_vartime(get(), values.raw(), raw, out);
        });
    }
    array matmul(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_matmul(get(), values.raw(), raw, out);
        });
    }
    array matmul_vartime(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_matmul_vartime(get(), values.raw(), raw, out);
        });
    }
    array rmatmul(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_rmatmul(get(), values.raw(), raw, out);
        });
    }
    array rmatmul_vartime(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_rmatmul_vartime(get(), values.raw(), raw, out);
        });
    }
    /// Of all elements, or along an axis.
    array sum(std::optional<std::size_t> axis = std::nullopt, const watch *w = nullptr) const {
        const auto along = axis ? static_cast<std::ptrdiff_t>(*axis) : std::ptrdiff_t{-1};
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_sum(get(), along, raw, out);
        });
    }
    /// Of all elements, or along an axis.
    array mean(std::optional<std::size_t> axis = std::nullopt, const watch *w = nullptr) const {
        const auto along = axis ? static_cast<std::ptrdiff_t>(*axis) : std::ptrdiff_t{-1};
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_mean(get(), along, raw, out);
        });
    }
    array neg(const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_neg(get(), raw, out);
        });
    }
    array rerandomize(const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
            return veilkit_paillier_array_rerandomize(get(), raw, out);
        });
    }
    array reshape(const std::vector<std::size_t> &shape) const {
        array made;
        check(veilkit_paillier_array_reshape(get(), shape.data(), shape.size(), made.raw_.out()));
        return made;
    }
    array operator+(const array &other) const { return add(other); }
    array operator-(const array &other) const { return sub(other); }
    array operator-() const { return neg(); }
    array operator+(const numbers &values) const { return add_plain(values); }
    array operator-(const numbers &values) const { return sub_plain(values); }
    array operator*(const numbers &values) const { return mul_plain(values); }
    const veilkit_paillier_array *get() const noexcept { return raw_.get(); }

private:
    friend class public_key;
    array() = default;
    template <typename Call>
    static array make(const watch *w, Call call) {
        array made;
        detail::watched watched(w);
        watched.done(call(watched.raw(), made.raw_.out()));
        return made;
    }
    handle<veilkit_paillier_array, veilkit_paillier_array_free> raw_;
};

inline class public_key secret_key::public_key() const {
    paillier::public_key key;
    check(veilkit_paillier_secret_key_public_key(get(), key.raw_.out()));
    return key;
}

inline class public_key secret_key::prove_public_key() const {
    paillier::public_key key;
    check(veilkit_paillier_secret_key_prove_public_key(get(), nullptr, key.raw_.out()));
    return key;
}

inline array public_key::encrypt(const numbers &values, const watch *w) const {
    return array::make(w, [&](const veilkit_watch *raw, veilkit_paillier_array **out) {
        return veilkit_paillier_encrypt(get(), values.raw(), raw, out);
    });
}

inline std::vector<double> secret_key::decrypt_doubles(const array &encrypted, const watch *w) const {
    std::vector<double> values(encrypted.size());
    detail::watched watched(w);
    watched.done(veilkit_paillier_array_decrypt_doubles(encrypted.get(), get(), watched.raw(), values.data(), values.size()));
    return values;
}

inline std::vector<std::int64_t> secret_key::decrypt_int64(const array &encrypted, const watch *w) const {
    std::vector<std::int64_t> values(encrypted.size());
    detail::watched watched(w);
    watched.done(veilkit_paillier_array_decrypt_int64(encrypted.get(), get(), watched.raw(), values.data(), values.size()));
    return values;
}

} // namespace paillier

namespace elgamal {

class public_key;
class array;

/// The key that decrypts.
class secret_key {
public:
    /// A new key.
    static secret_key generate(const veilkit_elgamal_params *params = nullptr) {
        secret_key key;
        check(veilkit_elgamal_generate(params, key.raw_.out()));
        return key;
    }
    static secret_key from_bytes(view bytes) {
        secret_key key;
        check(veilkit_elgamal_secret_key_from_bytes(bytes.data(), bytes.size(), key.raw_.out()));
        return key;
    }
    /// The canonical encoding. It is secret.
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_elgamal_secret_key_to_bytes(get(), bytes.out()));
        return bytes;
    }
    /// The key that encrypts.
    class public_key public_key() const;
    /// The numbers of an array, row-major.
    std::vector<double> decrypt_doubles(const array &encrypted, const watch *w = nullptr) const;
    /// The integers of an array, row-major.
    std::vector<std::int64_t> decrypt_int64(const array &encrypted, const watch *w = nullptr) const;
    const veilkit_elgamal_secret_key *get() const noexcept { return raw_.get(); }

private:
    secret_key() = default;
    handle<veilkit_elgamal_secret_key, veilkit_elgamal_secret_key_free> raw_;
};

/// The key that encrypts.
class public_key {
public:
    /// Reads and checks an encoded key.
    static public_key from_bytes(view bytes) {
        public_key key;
        check(veilkit_elgamal_public_key_from_bytes(bytes.data(), bytes.size(), key.raw_.out()));
        return key;
    }
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_elgamal_public_key_to_bytes(get(), bytes.out()));
        return bytes;
    }
    array encrypt(const numbers &values, const watch *w = nullptr) const;
    const veilkit_elgamal_public_key *get() const noexcept { return raw_.get(); }

private:
    friend class secret_key;
    public_key() = default;
    handle<veilkit_elgamal_public_key, veilkit_elgamal_public_key_free> raw_;
};

/// Encrypted numbers, in an array of any shape.
class array {
public:
    static array from_bytes(view bytes, const public_key &key) {
        array made;
        check(veilkit_elgamal_array_from_bytes(bytes.data(), bytes.size(), key.get(), made.raw_.out()));
        return made;
    }
    /// The canonical encoding. What was computed is rerandomized.
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_elgamal_array_to_bytes(get(), nullptr, bytes.out()));
        return bytes;
    }
    std::size_t size() const {
        std::size_t len = 0;
        check(veilkit_elgamal_array_len(get(), &len));
        return len;
    }
    std::vector<std::size_t> shape() const {
        std::size_t axes = 0;
        check(veilkit_elgamal_array_axes(get(), &axes));
        std::vector<std::size_t> extents(axes);
        check(veilkit_elgamal_array_shape(get(), extents.data(), axes));
        return extents;
    }
    array add(const array &other, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_add(get(), other.get(), raw, out);
        });
    }
    array sub(const array &other, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_sub(get(), other.get(), raw, out);
        });
    }
    array add_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_add_plain(get(), values.raw(), raw, out);
        });
    }
    array sub_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_sub_plain(get(), values.raw(), raw, out);
        });
    }
    array rsub_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_rsub_plain(get(), values.raw(), raw, out);
        });
    }
    array mul_plain(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_mul_plain(get(), values.raw(), raw, out);
        });
    }
    array mul_plain_vartime(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_mul_plain_vartime(get(), values.raw(), raw, out);
        });
    }
    array matmul(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_matmul(get(), values.raw(), raw, out);
        });
    }
    array matmul_vartime(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_matmul_vartime(get(), values.raw(), raw, out);
        });
    }
    array rmatmul(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_rmatmul(get(), values.raw(), raw, out);
        });
    }
    array rmatmul_vartime(const numbers &values, const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_rmatmul_vartime(get(), values.raw(), raw, out);
        });
    }
    /// Of all elements, or along an axis.
    array sum(std::optional<std::size_t> axis = std::nullopt, const watch *w = nullptr) const {
        const auto along = axis ? static_cast<std::ptrdiff_t>(*axis) : std::ptrdiff_t{-1};
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_sum(get(), along, raw, out);
        });
    }
    /// Of all elements, or along an axis.
    array mean(std::optional<std::size_t> axis = std::nullopt, const watch *w = nullptr) const {
        const auto along = axis ? static_cast<std::ptrdiff_t>(*axis) : std::ptrdiff_t{-1};
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_mean(get(), along, raw, out);
        });
    }
    array neg(const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_neg(get(), raw, out);
        });
    }
    array rerandomize(const watch *w = nullptr) const {
        return make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
            return veilkit_elgamal_array_rerandomize(get(), raw, out);
        });
    }
    array reshape(const std::vector<std::size_t> &shape) const {
        array made;
        check(veilkit_elgamal_array_reshape(get(), shape.data(), shape.size(), made.raw_.out()));
        return made;
    }
    array operator+(const array &other) const { return add(other); }
    array operator-(const array &other) const { return sub(other); }
    array operator-() const { return neg(); }
    array operator+(const numbers &values) const { return add_plain(values); }
    array operator-(const numbers &values) const { return sub_plain(values); }
    array operator*(const numbers &values) const { return mul_plain(values); }
    const veilkit_elgamal_array *get() const noexcept { return raw_.get(); }

private:
    friend class public_key;
    array() = default;
    template <typename Call>
    static array make(const watch *w, Call call) {
        array made;
        detail::watched watched(w);
        watched.done(call(watched.raw(), made.raw_.out()));
        return made;
    }
    handle<veilkit_elgamal_array, veilkit_elgamal_array_free> raw_;
};

inline class public_key secret_key::public_key() const {
    elgamal::public_key key;
    check(veilkit_elgamal_secret_key_public_key(get(), key.raw_.out()));
    return key;
}

inline array public_key::encrypt(const numbers &values, const watch *w) const {
    return array::make(w, [&](const veilkit_watch *raw, veilkit_elgamal_array **out) {
        return veilkit_elgamal_encrypt(get(), values.raw(), raw, out);
    });
}

inline std::vector<double> secret_key::decrypt_doubles(const array &encrypted, const watch *w) const {
    std::vector<double> values(encrypted.size());
    detail::watched watched(w);
    watched.done(veilkit_elgamal_array_decrypt_doubles(encrypted.get(), get(), watched.raw(), values.data(), values.size()));
    return values;
}

inline std::vector<std::int64_t> secret_key::decrypt_int64(const array &encrypted, const watch *w) const {
    std::vector<std::int64_t> values(encrypted.size());
    detail::watched watched(w);
    watched.done(veilkit_elgamal_array_decrypt_int64(encrypted.get(), get(), watched.raw(), values.data(), values.size()));
    return values;
}

} // namespace elgamal

namespace shamir {

/// Splits a secret into shares, of which `threshold` give it back.
inline std::vector<buffer> split(view secret, std::uint16_t threshold, std::uint16_t shares) {
    return detail::buffers(shares, [&](veilkit_buffer *out) {
        return veilkit_shamir_split(secret.data(), secret.size(), threshold, shares, nullptr, out);
    });
}

/// Gives the secret back.
inline buffer combine(const std::vector<view> &shares) {
    buffer secret;
    const auto raw = detail::raw(shares);
    check(veilkit_shamir_combine(raw.data(), raw.size(), nullptr, secret.out()));
    return secret;
}

/// Splits a secret by a rule, such as "2 of (doctor, nurse) and administrator": a share for each seat.
inline std::vector<buffer> split_by_policy(view secret, view policy) {
    std::size_t seats = 0;
    check(veilkit_shamir_policy_seats(policy.data(), policy.size(), &seats));
    return detail::buffers(seats, [&](veilkit_buffer *out) {
        return veilkit_shamir_split_by_policy(secret.data(), secret.size(), policy.data(), policy.size(), out, seats);
    });
}

/// Gives the secret back from the shares of seats that suffice.
inline buffer combine_by_policy(const std::vector<view> &shares) {
    buffer secret;
    const auto raw = detail::raw(shares);
    check(veilkit_shamir_combine_by_policy(raw.data(), raw.size(), secret.out()));
    return secret;
}

/// A custodian's secret key.
class custodian_key {
public:
    /// A new key.
    static custodian_key generate() {
        custodian_key key;
        check(veilkit_custodian_key_generate(key.raw_.out()));
        return key;
    }
    static custodian_key from_bytes(view bytes) {
        custodian_key key;
        check(veilkit_custodian_key_from_bytes(bytes.data(), bytes.size(), key.raw_.out()));
        return key;
    }
    buffer to_bytes() const {
        buffer bytes;
        check(veilkit_custodian_key_to_bytes(raw_.get(), bytes.out()));
        return bytes;
    }
    /// What others seal to.
    buffer custodian(view name) const {
        buffer bytes;
        check(veilkit_custodian_key_custodian(raw_.get(), name.data(), name.size(), bytes.out()));
        return bytes;
    }
    /// Opens a share that is sealed to this key.
    buffer open(view sealed) const {
        buffer share;
        check(veilkit_shamir_open(sealed.data(), sealed.size(), raw_.get(), share.out()));
        return share;
    }

private:
    custodian_key() = default;
    handle<veilkit_custodian_key, veilkit_custodian_key_free> raw_;
};

/// Seals a share of any kind to a custodian.
inline buffer seal(view share, view custodian) {
    buffer sealed;
    check(veilkit_shamir_seal(share.data(), share.size(), custodian.data(), custodian.size(), sealed.out()));
    return sealed;
}

} // namespace shamir

} // namespace veilkit

#endif
