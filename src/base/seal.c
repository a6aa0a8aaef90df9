#include "base/seal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUITE_XCHACHA = 1, NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

static unsigned char seal_key[32], hash_key[32];
static bool opened; /* sealing with keys of zeros must never happen */

void seal_open_with(const unsigned char master[32])
{
    static const char seal_context[crypto_kdf_CONTEXTBYTES + 1] = "anlnseal";
    static const char hash_context[crypto_kdf_CONTEXTBYTES + 1] = "anlnhash";
    if (sodium_init() < 0)
        __builtin_trap();
    crypto_kdf_derive_from_key(seal_key, sizeof seal_key, 1, seal_context, master);
    crypto_kdf_derive_from_key(hash_key, sizeof hash_key, 2, hash_context, master);
    opened = true;
}

/* Written beside its place and moved there, so that a start cut short leaves no half key behind. */
static bool write_file(const char *keys_dir, const char *path, const void *bytes, size_t size)
{
    char draft[PATH_MAX];
    if (snprintf(draft, sizeof draft, "%s.new", path) >= (int)sizeof draft)
        return false;
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, bytes, size) == (ssize_t)size && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(draft, path) == 0;
    int dir = good ? open(keys_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    good = good && dir >= 0 && fsync(dir) == 0;
    if (dir >= 0)
        close(dir);
    return good;
}

int seal_open(const char *keys_dir, struct error *err)
{
    char path[PATH_MAX];
    unsigned char master[32];
    if (sodium_init() < 0)
        return fail(err, FAULT_INTERNAL, "seal.init", "密码库无法启动", "The cryptographic library does not start");
    if (mkdir(keys_dir, 0700) < 0 && errno != EEXIST)
        return fail(err, FAULT_INTERNAL, "seal.folder", "无法创建密钥目录 %s：%s",
                    "Cannot create the key folder %s: %s", keys_dir, strerror(errno));
    if (snprintf(path, sizeof path, "%s/master", keys_dir) >= (int)sizeof path)
        return fail(err, FAULT_INTERNAL, "seal.path", "密钥目录的路径过长，请换一个较短的路径",
                    "The path of the key folder is too long; choose a shorter one");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        randombytes_buf(master, sizeof master);
        if (!write_file(keys_dir, path, master, sizeof master))
            return fail(err, FAULT_INTERNAL, "seal.write", "无法写入密钥文件 %s，请检查目录权限和磁盘空间",
                        "Cannot write the key file %s; check the folder's permissions and the free space", path);
    } else {
        ssize_t n = fd < 0 ? -1 : read(fd, master, sizeof master);
        if (fd >= 0)
            close(fd);
        if (n != sizeof master)
            return fail(err, FAULT_INTERNAL, "seal.read", "密钥文件 %s 不可读或不完整，请从备份恢复",
                        "The key file %s is unreadable or cut short; restore it from a backup", path);
    }
    seal_open_with(master);
    sodium_memzero(master, sizeof master);
    return 0;
}

/* ---- recovery ---- */

static const char recovery_alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; /* 32, none taken for another */

enum { RECOVERY_FILE = 16 + 32, GROUPS = 8, GROUP = 4 };

static bool key_path(char out[PATH_MAX], const char *keys_dir, const char *name)
{
    return snprintf(out, PATH_MAX, "%s/%s", keys_dir, name) < PATH_MAX;
}

static bool read_whole(const char *path, void *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, size);
    if (fd >= 0)
        close(fd);
    return n == (ssize_t)size;
}

/* Spaces, dashes and case do not matter when it is typed from paper. */
static bool recovery_pair(const char *passphrase, const unsigned char salt[16], unsigned char public[32],
                          unsigned char secret[32])
{
    char plain[GROUPS * GROUP + 1];
    unsigned char seed[crypto_box_SEEDBYTES];
    size_t n = 0;
    for (; *passphrase && n < sizeof plain - 1; passphrase++) {
        char c = *passphrase >= 'a' && *passphrase <= 'z' ? (char)(*passphrase - 32) : *passphrase;
        if (c != ' ' && c != '-' && c != '\n' && c != '\r')
            plain[n++] = c;
    }
    plain[n] = '\0';
    bool good = crypto_pwhash(seed, sizeof seed, plain, n, salt, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0 &&
                crypto_box_seed_keypair(public, secret, seed) == 0;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(plain, sizeof plain);
    return good;
}

static int recovery_failed(struct error *err)
{
    return fail(err, FAULT_INTERNAL, "recovery.files", "密钥目录无法读写，请检查权限和磁盘空间",
                "The key folder cannot be read or written; check permissions and free space");
}

int recovery_make(const char *keys_dir, char passphrase[RECOVERY_TEXT], struct error *err)
{
    unsigned char kept[RECOVERY_FILE], secret[32];
    char path[PATH_MAX];
    size_t n = 0;
    if (sodium_init() < 0)
        return recovery_failed(err);
    for (int i = 0; i < GROUPS * GROUP; i++) {
        if (i && i % GROUP == 0)
            passphrase[n++] = '-';
        passphrase[n++] = recovery_alphabet[randombytes_uniform(32)];
    }
    passphrase[n] = '\0';
    randombytes_buf(kept, 16);
    bool good = recovery_pair(passphrase, kept, kept + 16, secret) && key_path(path, keys_dir, "recovery") &&
                write_file(keys_dir, path, kept, sizeof kept);
    sodium_memzero(secret, sizeof secret);
    return good ? 0 : recovery_failed(err);
}

int recovery_wrap(const char *keys_dir, unsigned char out[RECOVERY_WRAPPED], struct error *err)
{
    unsigned char master[32];
    char path[PATH_MAX];
    if (sodium_init() < 0 || !key_path(path, keys_dir, "recovery"))
        return recovery_failed(err);
    if (!read_whole(path, out + 1, RECOVERY_FILE))
        return fail(err, FAULT_REFUSED, "recovery.none", "还没有恢复口令，先运行 anlan recovery --data DIR 并抄下口令",
                    "There is no recovery passphrase yet; run anlan recovery --data DIR and write it down");
    if (!key_path(path, keys_dir, "master") || !read_whole(path, master, sizeof master))
        return recovery_failed(err);
    out[0] = 1;
    int got = crypto_box_seal(out + 1 + RECOVERY_FILE, master, sizeof master, out + 1 + 16);
    sodium_memzero(master, sizeof master);
    return got == 0 ? 0 : recovery_failed(err);
}

int recovery_install(const char *keys_dir, const unsigned char wrapped[RECOVERY_WRAPPED], const char *passphrase,
                     struct error *err)
{
    unsigned char public[32], secret[32], master[32];
    char path[PATH_MAX], kept[PATH_MAX];
    if (sodium_init() < 0 || !key_path(path, keys_dir, "master") || !key_path(kept, keys_dir, "recovery") ||
        (mkdir(keys_dir, 0700) < 0 && errno != EEXIST))
        return recovery_failed(err);
    if (access(path, F_OK) == 0)
        return fail(err, FAULT_CONFLICT, "recovery.filled", "目录 %s 里已有密钥，请恢复到空目录",
                    "The folder %s has a key already; restore into an empty one", keys_dir);
    bool opens =
        wrapped[0] == 1 && recovery_pair(passphrase, wrapped + 1, public, secret) &&
        sodium_memcmp(public, wrapped + 1 + 16, 32) == 0 &&
        crypto_box_seal_open(master, wrapped + 1 + RECOVERY_FILE, 32 + crypto_box_SEALBYTES, public, secret) == 0;
    sodium_memzero(secret, sizeof secret);
    if (!opens)
        return fail(err, FAULT_REFUSED, "recovery.wrong", "恢复口令不对，请对照抄下的口令重输",
                    "This is not the recovery passphrase of that backup; compare with what was written down");
    bool good =
        write_file(keys_dir, path, master, sizeof master) && write_file(keys_dir, kept, wrapped + 1, RECOVERY_FILE);
    sodium_memzero(master, sizeof master);
    return good ? 0 : recovery_failed(err);
}

const void *seal(struct arena *arena, const char *context, const void *plain, size_t size, size_t *sealed_size)
{
    assert(opened);
    unsigned char *out = arena_alloc(arena, size + SEAL_EXTRA);
    unsigned long long made = 0;
    out[0] = SUITE_XCHACHA;
    randombytes_buf(out + 1, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE, &made, plain, size, (const unsigned char *)context,
                                               strlen(context), NULL, out + 1, seal_key);
    *sealed_size = 1 + NONCE + (size_t)made;
    return out;
}

bool unseal(struct arena *arena, const char *context, const void *sealed, size_t size, const char **plain)
{
    assert(opened);
    const unsigned char *in = sealed;
    if (size < SEAL_EXTRA || in[0] != SUITE_XCHACHA)
        return false;
    unsigned char *out = arena_alloc(arena, size - SEAL_EXTRA + 1);
    unsigned long long made = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &made, NULL, in + 1 + NONCE, size - 1 - NONCE,
                                                   (const unsigned char *)context, strlen(context), in + 1,
                                                   seal_key) != 0)
        return false;
    out[made] = '\0';
    *plain = (const char *)out;
    return true;
}

void seal_hash(const char *purpose, const void *bytes, size_t size, unsigned char out[SEAL_HASH])
{
    assert(opened);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, hash_key, sizeof hash_key);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    crypto_auth_hmacsha256_update(&state, bytes, size);
    crypto_auth_hmacsha256_final(&state, out);
}

bool seal_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

void token_make(char out[TOKEN_TEXT])
{
    unsigned char raw[32];
    randombytes_buf(raw, sizeof raw);
    sodium_bin2base64(out, TOKEN_TEXT, raw, sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void random_bytes(void *out, size_t size)
{
    randombytes_buf(out, size);
}

void sha256(const void *bytes, size_t size, unsigned char out[32])
{
    crypto_hash_sha256(out, bytes, size);
}
