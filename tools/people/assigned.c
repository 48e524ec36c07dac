#include "tools/people/assigned.h"

#include "store/catalog/campaign_arms.h"
#include "tools/input/document.h"
#include "tools/out.h"
#include "tools/people/walk.h"

struct counting {
	struct span campaign;
	struct span version; /* as the history writes it */
	struct span variant; /* only who has seen it; "": anybody */
	uint64_t people;
};

static bool
shows_variant(const struct exposure *exposure, struct span variant)
{
	for (size_t i = 0; i < exposure->slot_count; i++)
		if (exposure->slots[i].variant &&
		    span_eq(exposure->slots[i].slot, variant))
			return true;
	return false;
}

static bool
is_assigned(const struct counting *counting, const struct exposure *exposure)
{
	return span_eq(exposure->campaign, counting->campaign) &&
	       span_eq(exposure->version, counting->version) &&
	       exposure->state != EXPOSURE_VOID &&
	       (counting->variant.len == 0 ||
		   shows_variant(exposure, counting->variant));
}

static int
count_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct counting *counting = context;

	(void)arena;
	(void)err;
	for (size_t i = 0; i < person->history.exposure_count; i++)
		if (is_assigned(counting, &person->history.exposures[i])) {
			counting->people++;
			return 0;
		}
	return 0;
}

/* Of the campaign's tenant, whose records it reads. 0 or -1. */
static int
count_people(struct cli *cli, const struct campaign *campaign,
    struct counting *counting, struct err *err)
{
	struct walk over = {
		.label = "counting", .each = count_one, .context = counting
	};
	struct span own = cli->tenant;
	struct buf version;
	int walked;

	buf_init(&version, cli->arena, 16);
	buf_printf(&version, "%u", campaign->version);
	if (version.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	counting->campaign = campaign->id;
	counting->version = buf_span(&version);
	cli->tenant = campaign_tenant(campaign, own);
	walked = walk(cli, &over, err);
	cli->tenant = own;
	return walked < 0 ? -1 : 0;
}

/* What differs is under that key of the document. */
static int
refuse_change(struct cli *cli, const struct campaign *campaign,
    struct span variant, const char *key, const char *file, struct span text,
    struct err *err)
{
	struct counting counting = { .variant = variant };
	unsigned line, column;
	char number[32];

	if (count_people(cli, campaign, &counting, err) < 0)
		return -1;
	if (counting.people == 0)
		return 0;
	document_place(cli, text, key, &line, &column);
	return err_at(err, ERR_INPUT, file, line, column,
	    "%s%.*s%s%s %s already assigned; raise `version`",
	    variant.len != 0 ? "variant `" : "", SPAN_ARG(variant),
	    variant.len != 0 ? "`: " : "",
	    out_number(counting.people, number, sizeof number),
	    counting.people == 1 ? "person is" : "people are");
}

/* A variant that only one of both lists is changed as well. */
static int
check_variants(struct cli *cli, const struct campaign *stored,
    const struct campaign *campaign, const struct campaign *list,
    const char *file, struct span text, struct err *err)
{
	for (size_t i = 0; i < list->variant_count; i++) {
		struct span name = list->variants[i].name;

		if (!campaign_variant_deals_alike(stored, campaign, name) &&
		    refuse_change(
			cli, campaign, name, "variants", file, text, err) < 0)
			return -1;
	}
	return 0;
}

/* What the document would take the place of; NULL: nothing, or nothing that
 * can be read. */
static const struct campaign *
find_stored(struct cli *cli, struct span name)
{
	struct err trouble = ERR_INIT;
	struct campaign *stored;
	struct span text;

	if (engine_catalog_get(
		cli->engine, name, cli->arena, &text, &trouble) <= 0 ||
	    campaign_parse(text, "stored", cli->arena, &stored, &trouble) < 0)
		return NULL;
	return stored;
}

int
assigned_check(struct cli *cli, const struct entry *document,
    const struct campaign *campaign, const char *file, struct err *err)
{
	const struct campaign *stored = find_stored(cli, document->name);
	struct span text = document->bytes;

	if (!stored || stored->version != campaign->version)
		return 0;
	if (!campaign_arms_deal_alike(stored, campaign) &&
	    refuse_change(cli, campaign, SPAN_NONE, "arms", file, text, err) <
		0)
		return -1;
	if (check_variants(cli, stored, campaign, stored, file, text, err) < 0)
		return -1;
	return check_variants(cli, stored, campaign, campaign, file, text, err);
}
