#include "tools/people/profile_json.h"

#include "store/base/ascii.h"
#include "tools/out.h"

const char *
consent_word(enum consent_status status)
{
	static const char *const words[] = { "granted", "denied", "revoked" };

	return words[status];
}

json_t *
observation_json(const struct observation *seen)
{
	json_t *value = NULL;

	if (seen->retracted)
		return json_null();
	if (seen->type == OBSERVED_NUMBER || seen->type == OBSERVED_BOOLEAN ||
	    seen->type == OBSERVED_JSON)
		value = json_loadb(
		    seen->value.at, seen->value.len, JSON_DECODE_ANY, NULL);
	return value ? value : out_string(seen->value);
}

static json_t *
consents_json(const struct profile *profile)
{
	json_t *list = json_array();

	for (size_t i = 0; i < profile->consent_count; i++) {
		const struct consent *consent = &profile->consents[i];
		json_t *object = json_object();

		out_set(object, "purpose", out_string(consent->type));
		out_set(object, "status",
		    json_string(consent_word(consent->status)));
		out_set(object, "at", out_moment(consent->at));
		if (consent->has_revoke_at)
			out_set(
			    object, "until", out_moment(consent->revoke_at));
		out_set(object, "source", out_string(consent->source));
		out_add(list, object);
	}
	return list;
}

static json_t *
bounces_json(const struct profile *profile)
{
	char day[BOUNCE_DAY_SIZE], status[BOUNCE_STATUS_SIZE];
	json_t *list = json_array();

	for (size_t i = 0; i < profile->bounce_count; i++) {
		const struct bounce *bounce = &profile->bounces[i];
		json_t *object = json_object();

		out_set(object, "day",
		    json_string(bounce_day_print(bounce->day, day)));
		out_set(object, "status",
		    json_string(bounce_status_print(bounce->status, status)));
		out_set(object, "kind",
		    json_string(bounce_kind_word(bounce_kind(bounce->status))));
		out_add(list, object);
	}
	return list;
}

json_t *
profile_json(const struct profile *profile)
{
	json_t *object = json_object(), *list = json_array();
	char day[BOUNCE_DAY_SIZE];

	out_set(object, "email", out_string(profile->address));
	out_set(object, "object_profiling",
	    json_boolean(profile->object_profiling));
	out_set(object, "object_marketing",
	    json_boolean(profile->object_marketing));
	out_set(object, "suppressed", json_boolean(profile->suppressed));
	out_set(object, "restricted", json_boolean(profile->restricted));
	out_set(object, "bounces", bounces_json(profile));
	if (profile->forgiven != 0)
		out_set(object, "bounces_forgiven",
		    json_string(bounce_day_print(profile->forgiven, day)));
	out_set(object, "consents", consents_json(profile));
	for (size_t i = 0; i < profile->observation_count; i++) {
		const struct observation *seen = &profile->observations[i];
		json_t *entry = json_object();

		out_set(entry, "field", out_string(seen->field));
		out_set(entry, "value", observation_json(seen));
		out_set(entry, "source", out_string(seen->source));
		out_set(entry, "observed_at", out_moment(seen->observed_at));
		out_add(list, entry);
	}
	out_set(object, "observations", list);
	return object;
}

/* A text that may be none. */
static json_t *
word_json(struct span word)
{
	return word.len != 0 ? out_string(word) : json_null();
}

static json_t *
slots_json(const struct exposure *exposure)
{
	json_t *list = json_array();

	for (size_t i = 0; i < exposure->slot_count; i++) {
		const struct exposure_slot *slot = &exposure->slots[i];
		json_t *object = json_object();

		out_set(object, slot->variant ? "variant" : "slot",
		    out_string(slot->slot));
		out_set(object, "option", word_json(slot->option));
		if (slot->block.len != 0)
			out_set(object, "block", out_string(slot->block));
		if (slot->propensity > 0)
			out_set(
			    object, "propensity", json_real(slot->propensity));
		if (slot->fall != FALL_NONE)
			out_set(
			    object, "fall", json_string(fall_word(slot->fall)));
		out_add(list, object);
	}
	return list;
}

/* Who can be compared with whom; null where an older version recorded it. */
static void
set_comparison(json_t *object, const struct exposure *exposure)
{
	out_set(object, "reason",
	    word_json(span_str(reason_word(exposure->reason))));
	out_set(object, "eligible",
	    exposure->eligible == ELIGIBLE_UNKNOWN
		? json_null()
		: json_boolean(exposure->eligible == ELIGIBLE_YES));
	out_set(object, "segment", word_json(exposure->segment));
	out_set(object, "cluster", word_json(exposure->cluster));
}

json_t *
exposure_json(const struct exposure *exposure)
{
	json_t *object = json_object(), *fields = json_array();
	char tag[2 * KEY_TAG + 1] = "";

	hex_write(exposure->tag, KEY_TAG, tag);
	out_set(object, "message", json_string(tag));
	out_set(object, "time", out_moment(exposure->time));
	out_set(object, "campaign", out_string(exposure->campaign));
	out_set(object, "topic", out_string(exposure->topic));
	out_set(object, "arm", out_string(exposure->arm));
	out_set(object, "lane", out_string(exposure->lane));
	out_set(object, "channel", out_string(exposure->channel));
	out_set(object, "version", out_string(exposure->version));
	out_set(object, "propensity", json_real(exposure->propensity));
	out_set(object, "personal", json_boolean(exposure->personal));
	out_set(object, "state", json_string(exposure_word(exposure->state)));
	out_set(object, "state_at", out_moment(exposure->state_at));
	set_comparison(object, exposure);
	out_set(object, "slots", slots_json(exposure));
	for (size_t i = 0; i < exposure->field_count; i++)
		out_add(fields, out_string(exposure->fields[i]));
	out_set(object, "fields", fields);
	return object;
}

static json_t *
folded_json(const struct folded *folded)
{
	static const char *const words[] = { "block", "campaign", "response" };
	json_t *object = json_object();

	out_set(object, words[folded->kind], out_string(folded->name));
	out_set(object, "count", json_integer((json_int_t)folded->count));
	out_set(object, "first", out_moment(folded->first));
	out_set(object, "last", out_moment(folded->last));
	return object;
}

json_t *
response_json(const struct response *response)
{
	json_t *object = json_object();
	char tag[2 * KEY_TAG + 1] = "", id[2 * RESPONSE_ID + 1] = "";

	hex_write(response->tag, KEY_TAG, tag);
	hex_write(response->id, RESPONSE_ID, id);
	out_set(object, "id", json_string(id));
	out_set(object, "message", json_string(tag));
	out_set(object, "time", out_moment(response->time));
	out_set(object, "type", out_string(response->type));
	out_set(object, "topic", out_string(response->topic));
	out_set(object, "campaign", word_json(response->campaign));
	out_set(object, "channel", word_json(response->channel));
	out_set(object, "value", json_real(response->value));
	out_set(object, "currency", word_json(response->currency));
	out_set(
	    object, "aside", word_json(span_str(aside_word(response->aside))));
	return object;
}

json_t *
history_json(const struct history *history)
{
	json_t *object = json_object(), *list = json_array();

	for (size_t i = 0; i < history->exposure_count; i++)
		out_add(list, exposure_json(&history->exposures[i]));
	out_set(object, "exposures", list);
	list = json_array();
	for (size_t i = 0; i < history->folded_count; i++)
		out_add(list, folded_json(&history->folded[i]));
	out_set(object, "folded", list);
	list = json_array();
	for (size_t i = 0; i < history->response_count; i++)
		out_add(list, response_json(&history->responses[i]));
	out_set(object, "responses", list);
	return object;
}
