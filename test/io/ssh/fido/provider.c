/*-
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A security key in a file, for ssh(1) as its SecurityKeyProvider: what holds
 * the private key is the handle itself.  For tests, and for nothing else.
 *
 * The interface is that of OpenSSH (PROTOCOL.u2f, sk-api.h: reading), version
 * 10, as of 8.9: ECDSA on P-256 only.
 */

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VERSION		0x000a0000
#define ECDSA		0
#define UNSUPPORTED	(-2)
#define FAILED		(-1)
#define COUNTER		7

struct enrolled {
	uint8_t	 flags;
	uint8_t	*public_key;
	size_t	 public_key_len;
	uint8_t	*handle;
	size_t	 handle_len;
	uint8_t	*signature;
	size_t	 signature_len;
	uint8_t	*certificate;
	size_t	 certificate_len;
	uint8_t	*authdata;
	size_t	 authdata_len;
};

struct signed_data {
	uint8_t	 flags;
	uint32_t counter;
	uint8_t	*r;
	size_t	 r_len;
	uint8_t	*s;
	size_t	 s_len;
};

uint32_t
sk_api_version(void)
{
	return (VERSION);
}

int
sk_enroll(uint32_t alg, const uint8_t *challenge, size_t challenge_len,
    const char *application, uint8_t flags, const char *pin, void **options,
    struct enrolled **response)
{
	struct enrolled *e;
	EC_KEY *key;
	BIO *bio;
	char *text;

	(void)challenge, (void)challenge_len, (void)application;
	(void)pin, (void)options;
	if (alg != ECDSA)
		return (UNSUPPORTED);
	key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	bio = BIO_new(BIO_s_mem());
	e = calloc(1, sizeof(*e));
	if (key == NULL || bio == NULL || e == NULL ||
	    EC_KEY_generate_key(key) != 1 ||
	    PEM_write_bio_ECPrivateKey(bio, key, NULL, NULL, 0, NULL,
	    NULL) != 1)
		return (FAILED);
	e->flags = flags;
	e->public_key_len = 65;
	e->public_key = malloc(e->public_key_len);
	e->handle_len = (size_t)BIO_get_mem_data(bio, &text);
	e->handle = malloc(e->handle_len);
	e->signature = calloc(1, 1);
	if (e->public_key == NULL || e->handle == NULL || e->signature == NULL)
		return (FAILED);
	EC_POINT_point2oct(EC_KEY_get0_group(key),
	    EC_KEY_get0_public_key(key), POINT_CONVERSION_UNCOMPRESSED,
	    e->public_key, e->public_key_len, NULL);
	memcpy(e->handle, text, e->handle_len);
	BIO_free(bio);
	EC_KEY_free(key);
	*response = e;
	return (0);
}

static uint8_t *
bytes_of(const BIGNUM *number, size_t *len)
{
	uint8_t *bytes;

	*len = (size_t)BN_num_bytes(number);
	if ((bytes = malloc(*len)) != NULL)
		BN_bn2bin(number, bytes);
	return (bytes);
}

int
sk_sign(uint32_t alg, const uint8_t *data, size_t len, const char *application,
    const uint8_t *handle, size_t handle_len, uint8_t flags, const char *pin,
    void **options, struct signed_data **response)
{
	/* Digest of the application, flags, counter, digest of the data. */
	uint8_t message[32 + 1 + 4 + 32], digest[32];
	struct signed_data *s;
	ECDSA_SIG *signature = NULL;
	EC_KEY *key;
	BIO *bio;

	(void)pin, (void)options;
	if (alg != ECDSA)
		return (UNSUPPORTED);
	bio = BIO_new_mem_buf(handle, (int)handle_len);
	key = PEM_read_bio_ECPrivateKey(bio, NULL, NULL, NULL);
	memset(message, 0, sizeof(message));
	SHA256((const uint8_t *)application, strlen(application), message);
	message[32] = flags;
	message[36] = COUNTER;
	SHA256(data, len, message + 37);
	SHA256(message, sizeof(message), digest);
	if (key != NULL)
		signature = ECDSA_do_sign(digest, sizeof(digest), key);
	if (signature == NULL || (s = calloc(1, sizeof(*s))) == NULL)
		return (FAILED);
	s->flags = flags;
	s->counter = COUNTER;
	s->r = bytes_of(ECDSA_SIG_get0_r(signature), &s->r_len);
	s->s = bytes_of(ECDSA_SIG_get0_s(signature), &s->s_len);
	BIO_free(bio);
	EC_KEY_free(key);
	ECDSA_SIG_free(signature);
	*response = s;
	return (s->r == NULL || s->s == NULL ? FAILED : 0);
}

int
sk_load_resident_keys(const char *pin, void **options, void ***keys,
    size_t *count)
{
	(void)pin, (void)options, (void)keys, (void)count;
	return (UNSUPPORTED);
}
