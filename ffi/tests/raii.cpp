// The C++ layer: handles free themselves, failures are exceptions, containers in and out. raii SECRET_KEY_FILE
#include <fstream>
#include <iostream>
#include <iterator>

#include <veilkit.hpp>

static int failures = 0;

#define CHECK(condition)                                                                    \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            std::cerr << __FILE__ << ":" << __LINE__ << ": " << #condition << "\n";         \
            failures++;                                                                     \
        }                                                                                   \
    } while (0)

template <typename Call>
static veilkit_status code_of(Call call) {
    try {
        call();
        return VEILKIT_STATUS_OK;
    } catch (const veilkit::error &error) {
        CHECK(std::string(error.what()).find(error.name()) == 0);
        return error.code();
    }
}

static void paillier(const char *path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto secret = veilkit::paillier::secret_key::from_bytes(bytes);
    const auto key = secret.public_key();
    const std::vector<double> readings{120.5, 131.0}, weights{2.0, 2.0}, offsets{1.5, 1.5};
    const auto a = key.encrypt(readings);
    const auto b = a * veilkit::numbers(weights) + veilkit::numbers(offsets);
    CHECK((secret.decrypt_doubles(b) == std::vector<double>{242.5, 263.5}));
    const auto read = veilkit::paillier::array::from_bytes(b.to_bytes(), key);
    CHECK((secret.decrypt_doubles(read.mean()) == std::vector<double>{253.0}));
    CHECK((secret.decrypt_doubles(a - a) == std::vector<double>{0.0, 0.0}));
    CHECK((read.shape() == std::vector<std::size_t>{2}));
    CHECK((code_of([&] { (void)a.sum(3); }) == VEILKIT_STATUS_SHAPE_MISMATCH));
    CHECK((code_of([&] { (void)secret.decrypt_int64(a); }) == VEILKIT_STATUS_PARAMS_MISMATCH));
    CHECK((code_of([&] { (void)veilkit::paillier::public_key::from_bytes("nothing"); }) ==
           VEILKIT_STATUS_INVALID_ENCODING));

    const veilkit::cancel_token token;
    token.cancel();
    veilkit::watch watch;
    watch.cancel = &token;
    CHECK((code_of([&] { (void)key.encrypt(readings, &watch); }) == VEILKIT_STATUS_CANCELLED));
    watch.cancel = nullptr;
    watch.progress = [](std::size_t, std::size_t) -> bool { throw std::logic_error("mine"); };
    try {
        (void)key.encrypt(readings, &watch);
        CHECK(!"the exception comes out");
    } catch (const std::logic_error &error) {
        CHECK(std::string(error.what()) == "mine");
    }
}

static void elgamal() {
    const auto secret = veilkit::elgamal::secret_key::generate();
    const std::vector<std::int64_t> values{1, 2, 3, 4};
    const std::vector<std::size_t> square{2, 2};
    const auto a = secret.public_key().encrypt(veilkit::numbers(values).shaped(square));
    CHECK((secret.decrypt_int64(a.sum(0)) == std::vector<std::int64_t>{4, 6}));
    CHECK((secret.decrypt_int64(-a) == std::vector<std::int64_t>{-1, -2, -3, -4}));
}

static void sharing() {
    const auto shares = veilkit::shamir::split("secret", 2, 3);
    CHECK(veilkit::shamir::combine({shares[2], shares[0]}).text() == "secret");
    const auto key = veilkit::shamir::custodian_key::generate();
    const auto sealed = veilkit::shamir::seal(shares[0], key.custodian("notary"));
    CHECK(key.open(sealed).text() == shares[0].text());
    CHECK(code_of([&] { veilkit::shamir::combine({shares[0]}); }) == VEILKIT_STATUS_TOO_FEW_SHARES);
    const auto seats = veilkit::shamir::split_by_policy("secret", "2 of (a, b, c)");
    CHECK(veilkit::shamir::combine_by_policy({seats[0], seats[2]}).text() == "secret");
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    veilkit::check(veilkit_set_threads(2));
    paillier(argv[1]);
    elgamal();
    sharing();
    std::cout << "raii: " << (failures == 0 ? "passed" : "FAILED") << "\n";
    return failures != 0;
}
