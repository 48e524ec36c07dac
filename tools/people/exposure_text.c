#include "tools/people/exposure_text.h"

#include "tools/out.h"

static void
print_slots(FILE *out, const struct exposure *exposure)
{
	for (size_t i = 0; i < exposure->slot_count; i++) {
		const struct exposure_slot *slot = &exposure->slots[i];

		fputc(' ', out);
		out_text(out, slot->slot, 0);
		fputc('=', out);
		if (slot->block.len != 0)
			out_text(out, slot->block, 0);
		else if (slot->option.len != 0)
			out_text(out, slot->option, 0);
		else
			fputs("(neutral)", out);
	}
}

void
exposure_print(
    FILE *out, const struct catalog *catalog, const struct exposure *exposure)
{
	const struct campaign *campaign =
	    catalog_campaign(catalog, exposure->campaign);

	out_when(
	    out, campaign ? campaign->clocks : NULL, exposure->time, OUT_WHEN);
	out_text(out, exposure->campaign, 16);
	fputc(' ', out);
	out_text(out, exposure->arm, 12);
	fputc(' ', out);
	out_text(out, exposure->channel, 6);
	fprintf(out, " %-10s", exposure_word(exposure->state));
	print_slots(out, exposure);
	fputc('\n', out);
}
