#include "tools/message/finding.h"

#include <stdarg.h>

#include "tools/out.h"

void
finding(struct findings *findings, const char *rule, const char *format, ...)
{
	bool waived = campaign_waives(findings->campaign, rule);
	char text[400];
	va_list args;
	json_t *object;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	findings->problems += !waived;
	if (!findings->list) {
		fprintf(findings->out, "%s: ", rule);
		out_text(findings->out, span_str(text), 0);
		fputs(waived ? " (waived)\n" : "\n", findings->out);
		return;
	}
	object = json_object();
	out_set(object, "rule", json_string(rule));
	out_set(object, "text", out_string(span_str(text)));
	out_set(object, "waived", json_boolean(waived));
	out_add(findings->list, object);
}
