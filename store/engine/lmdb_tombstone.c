/*
 * Tombstones: that somebody was erased, under a key that only whoever has the
 * store's secret can make of an address. Record keys are plain hashes, so that
 * everybody can tell from a data file whether an address they guess is in it;
 * of those who were erased that must not be so. The secret is a file beside
 * the data directories, tombstone.key: who gets the data alone, by a stolen
 * file or a copied disk of it, cannot test a guess, and who erased somebody
 * can still keep them away.
 *
 * 1. The key of a tombstone is a hash of the secret and of the record key, so
 *    that tombstones from before can be moved without knowing any address.
 * 2. The data hold a fingerprint of the secret. With another secret, or with
 *    none, nobody is told that a person was not erased: reading fails.
 * 3. Tombstones of before lie under the record key until they are written
 *    again, and count as well.
 */
#include "store/engine/lmdb_engine.h"

#include "store/base/hash.h"
#include "store/record/record.h"

struct lmdb_key
lmdb_tombstone_key(
    const struct lmdb_engine *engine, const struct record_key *key)
{
	const struct span parts[] = { span_of(engine->secret, STORE_DIR_SECRET),
		span_of(key->bytes, KEY_SIZE) };
	struct lmdb_key out;

	out.bytes[0] = KEY_TOMBSTONE;
	hash_blake2b128(parts, 2, (unsigned char *)out.bytes + 1);
	out.len = KEY_SIZE + 1;
	return out;
}

uint64_t
lmdb_fingerprint(const unsigned char secret[STORE_DIR_SECRET])
{
	const struct span parts[] = { SPAN("fingerprint"),
		span_of(secret, STORE_DIR_SECRET) };
	unsigned char digest[16];
	uint64_t number = 0;

	hash_blake2b128(parts, 2, digest);
	for (unsigned i = 0; i < 7; i++)
		number = number << 8 | digest[i];
	return number | 1;
}

int
lmdb_no_secret(const struct lmdb_engine *engine, struct err *err)
{
	return err_set(err, ERR_STORE,
	    "%s/" STORE_DIR_SECRET_FILE
	    " is missing or belongs to other data: without it nobody can "
	    "tell who was erased; bring it back, or restore a backup",
	    engine->options.path);
}

/* Gives new data the secret, and the secret to data of before. The change ends
 * here. 0 or -1. */
static int
begin_secret(struct lmdb_engine *engine, struct change *change, struct err *err)
{
	uint64_t known;

	if (lmdb_meta(change->txn, META_SECRET, &known, err) < 0 ||
	    store_dir_secret_make(engine->dir, engine->secret, err) < 0) {
		lmdb_change_abandon(change);
		return -1;
	}
	engine->has_secret = true;
	if (known != 0) {
		/* Another process was faster. */
		lmdb_change_abandon(change);
		return known == lmdb_fingerprint(engine->secret)
			   ? 0
			   : lmdb_no_secret(engine, err);
	}
	if (lmdb_meta_put(change->txn, META_SCHEMA, LMDB_SCHEMA, err) !=
		ENV_OK ||
	    lmdb_meta_put(change->txn, META_SECRET,
		lmdb_fingerprint(engine->secret), err) != ENV_OK) {
		lmdb_change_abandon(change);
		return err_set(err, ERR_STORE, "cannot begin the store");
	}
	return lmdb_change_commit(change, err) == STEP_DONE ? 0 : -1;
}

int
lmdb_secret_settle(struct lmdb_engine *engine, uint64_t known, struct err *err)
{
	struct change change;

	engine->veiled = known != 0 || !engine->read_only;
	engine->known_secret = known;
	if (known != 0) {
		if (engine->has_secret &&
		    known == lmdb_fingerprint(engine->secret))
			return 0;
		engine->has_secret = false;
		return engine->read_only ? 0 : lmdb_no_secret(engine, err);
	}
	if (engine->read_only)
		return 0;
	if (lmdb_change_begin(engine, &change, err) != STEP_DONE)
		return -1;
	return begin_secret(engine, &change, err);
}

enum env_result
lmdb_tombstone_now(struct change *change, const struct record_key *key,
    struct stored *value, struct err *err)
{
	struct lmdb_key own = lmdb_tombstone_key(change->engine, key);
	struct lmdb_key before = lmdb_record_key(key, RECORD_TOMBSTONE);
	struct lmdb_key *at = &own;
	struct span bytes;
	enum env_result result;

	if (!change->engine->has_secret) {
		lmdb_no_secret(change->engine, err);
		return ENV_FAILED;
	}
	result = env_write_get(change->txn, lmdb_key_span(at), &bytes, err);
	if (result == ENV_NONE) {
		at = &before;
		result =
		    env_write_get(change->txn, lmdb_key_span(at), &bytes, err);
	}
	*value = (struct stored){ 0 };
	if (result == ENV_OK)
		record_check(lmdb_key_span(at), RECORD_TOMBSTONE, bytes, value);
	return result == ENV_NONE ? ENV_OK : result;
}

enum env_result
lmdb_tombstone_put(struct change *change, const struct record_key *key,
    struct span bytes, struct err *err)
{
	struct lmdb_key own = lmdb_tombstone_key(change->engine, key);
	struct lmdb_key before = lmdb_record_key(key, RECORD_TOMBSTONE);
	enum env_result result =
	    env_write_delete(change->txn, lmdb_key_span(&before), err);

	if (result != ENV_OK && result != ENV_NONE)
		return result;
	if (bytes.len != 0)
		return lmdb_put(
		    change, lmdb_key_span(&own), RECORD_TOMBSTONE, bytes, err);
	result = env_write_delete(change->txn, lmdb_key_span(&own), err);
	return result == ENV_NONE ? ENV_OK : result;
}

enum env_result
lmdb_tombstones_any(struct change *change, bool *any, struct err *err)
{
	struct span found, bytes;
	enum env_result result =
	    env_write_seek(change->txn, SPAN("\0"), &found, &bytes, err);

	*any = result == ENV_OK && found.at[0] == KEY_TOMBSTONE;
	return result == ENV_NONE ? ENV_OK : result;
}

int
lmdb_veil(struct engine *base, const struct record_key *key,
    struct record_key *veiled, struct err *err)
{
	struct lmdb_engine *engine = (struct lmdb_engine *)base;
	struct lmdb_key own;
	int known;

	pthread_rwlock_rdlock(&engine->gate);
	known = engine->has_secret;
	if (known) {
		own = lmdb_tombstone_key(engine, key);
		memcpy(veiled->bytes, own.bytes + 1, KEY_SIZE);
	}
	pthread_rwlock_unlock(&engine->gate);
	return !known && engine->veiled ? lmdb_no_secret(engine, err) : known;
}
