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

/* context binds the value to its column ("enterprise.phone"): moved elsewhere it does not open. */
const void *seal(struct arena *arena, const char *context, const void *plain, size_t size, size_t *sealed_size);
bool unseal(struct arena *arena, const char *context, const void *sealed, size_t size, const char **plain);

void seal_hash(const char *purpose, const void *bytes, size_t size, unsigned char out[SEAL_HASH]);
bool seal_equal(const void *a, const void *b, size_t size); /* constant time */

void token_make(char out[TOKEN_TEXT]); /* 256 random bits, base64url */
void random_bytes(void *out, size_t size);
void sha256(const void *bytes, size_t size, unsigned char out[32]);
