#define _GNU_SOURCE /* strcasestr */

#include "milter/former_header.h"

#include <stdlib.h>

#define HEADER_CHECKS "/etc/postfix/header_checks"

static void
tell(const char *file, const struct settings *settings, FILE *out)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;

	if (in == NULL)
		return;
	for (unsigned number = 1; getline(&line, &size, in) >= 0; number++)
		if (strcasestr(line, FORMER_HEADER) != NULL)
			fprintf(out,
			    "%s:%u: " FORMER_HEADER
			    " makes no campaign mail any more; %s does\n",
			    file, number, settings->campaign_header);
	free(line);
	fclose(in);
}

void
former_header_tell(const struct settings *settings, FILE *out)
{
	if (strcasecmp(settings->campaign_header, FORMER_HEADER) == 0)
		return;
	if (settings->file[0] != '\0')
		tell(settings->file, settings, out);
	tell(HEADER_CHECKS, settings, out);
}
