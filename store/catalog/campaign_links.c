#include "store/catalog/campaign_links.h"

#include "store/base/buf.h"
#include "store/record/key.h"

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)

const struct yaml_rule campaign_link_rules[] = {
	{ "domains", YAML_TEXTS, AT(campaign, links.domains),
	    COUNT(campaign, links.domain_count) },
	{ "mark", YAML_NAME, AT(campaign, links.mark) },
	{ "purpose", YAML_NAME, AT(campaign, links.purpose) },
	{ .name = NULL },
};

/* "shop.example", or "*.shop.example" for what is below it. */
static int
read_link_domain(const struct yaml_reader *reader, const struct yaml *node,
    struct span *domain, struct err *err)
{
	bool below = span_starts(*domain, SPAN("*."));
	struct span name = span_from(*domain, below ? 2 : 0), normal;
	struct buf out;
	int is_domain = domain_normalise(name, reader->arena, &normal, err);

	if (is_domain < 0)
		return -1;
	for (size_t i = 0; i < name.len; i++)
		if (strchr("*/:?#@[%", name.at[i]) != NULL)
			is_domain = 0;
	if (is_domain == 0)
		return yaml_fail(reader, node, err,
		    "`%.*s` is no domain; expected shop.example, or "
		    "*.shop.example for those below it",
		    SPAN_ARG(*domain));
	buf_init(&out, reader->arena, normal.len + 2);
	buf_str(&out, below ? "*." : "");
	buf_add(&out, normal);
	if (out.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	*domain = buf_span(&out);
	return 0;
}

int
campaign_links_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct campaign *campaign = into;
	struct campaign_links *links = &campaign->links;
	const struct yaml *domains = yaml_child(node, "domains");
	const struct yaml *at;

	*links = (struct campaign_links){ .mark = SPAN("iv"),
		.purpose = SPAN("measurement") };
	if (yaml_fill(reader, node, campaign_link_rules, into, err) < 0)
		return -1;
	if (links->domain_count == 0)
		return yaml_fail(reader, node, err,
		    "`links` needs `domains`, whose links carry the mark");
	at = domains->kind == YAML_LIST ? domains->first : domains;
	for (size_t i = 0; i < links->domain_count; i++, at = at->next)
		if (read_link_domain(reader, at, &links->domains[i], err) < 0)
			return -1;
	return 0;
}

bool
campaign_links_own(const struct campaign_links *links, struct span host)
{
	for (size_t i = 0; i < links->domain_count; i++) {
		struct span domain = links->domains[i];

		if (span_eq(domain, host) ||
		    (span_starts(domain, SPAN("*.")) &&
			host.len >= domain.len &&
			span_ends(host, span_from(domain, 1))))
			return true;
	}
	return false;
}
