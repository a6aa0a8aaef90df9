/*
** Sealing of personal values and authentication of tokens, with keys that never leave this file.
** Suite byte 1: XChaCha20-Poly1305 (libsodium). A sealed value is suite ‖ nonce ‖ ciphertext ‖ tag.
** seal_hash is HMAC-SHA-256 under a key of its own, for equality and uniqueness of personal values and for cursors.
** Keys are loaded once before threads start; every function is then safe from any thread.
*/
#pragma once
#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEAL_HASH = 32, SEAL_EXTRA = 1 + 24 + 16, TOKEN_TEXT = 44 };

/* Reads DIR/keys/master (made 0600 on first start). The folder must exist or be creatable. */
int seal_open(const char *keys_dir, struct error *err);
void seal_open_with(const unsigned char master[32]); /* tests and `describe`: no file */

/* ---- recovery ----
** Whoever holds the recovery passphrase can open the key that a backup carries, and nobody else. The passphrase is
** printed once; DIR/keys/recovery (0600) keeps only a public key made from it by Argon2id, so that backups run without
** anybody being asked. A wrapped key is version 1 ‖ salt ‖ public key ‖ sealed box (crypto_box_seal) of the master key.
*/
enum { RECOVERY_TEXT = 48, RECOVERY_WRAPPED = 1 + 16 + 32 + 32 + 48 };

/* Makes a new passphrase; an earlier one opens only backups made before. */
int recovery_make(const char *keys_dir, char passphrase[RECOVERY_TEXT], struct error *err);
/* FAULT_REFUSED "recovery.none" when no passphrase was ever made. */
int recovery_wrap(const char *keys_dir, unsigned char out[RECOVERY_WRAPPED], struct error *err);
/* Writes the key files into a folder that has none. FAULT_REFUSED "recovery.wrong" for another passphrase. */
int recovery_install(const char *keys_dir, const unsigned char wrapped[RECOVERY_WRAPPED], const char *passphrase,
                     struct error *err);

/* context binds the value to its column ("enterprise.phone"): moved elsewhere it does not open. */
const void *seal(struct arena *arena, const char *context, const void *plain, size_t size, size_t *sealed_size);
bool unseal(struct arena *arena, const char *context, const void *sealed, size_t size, const char **plain);

void seal_hash(const char *purpose, const void *bytes, size_t size, unsigned char out[SEAL_HASH]);
bool seal_equal(const void *a, const void *b, size_t size); /* constant time */

void token_make(char out[TOKEN_TEXT]); /* 256 random bits, base64url */
void random_bytes(void *out, size_t size);
void sha256(const void *bytes, size_t size, unsigned char out[32]);
