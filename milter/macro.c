#include "milter/macro.h"

static struct span
take(SMFICTX *ctx, char *name, char *keep, size_t size)
{
	const char *value = smfi_getsymval(ctx, name);
	size_t len = value ? strlen(value) : 0;

	if (len >= size)
		len = 0;
	if (len != 0)
		memcpy(keep, value, len);
	return span_of(keep, len);
}

struct span
macro_daemon(SMFICTX *ctx, char *keep, size_t size)
{
	return take(ctx, (char[]){ "{daemon_name}" }, keep, size);
}

struct span
macro_login(SMFICTX *ctx, char *keep, size_t size)
{
	const char *type = smfi_getsymval(ctx, (char[]){ "{auth_type}" });

	if (type != NULL && strcasecmp(type, "XCLIENT") == 0)
		return SPAN_NONE;
	return take(ctx, (char[]){ "{auth_authen}" }, keep, size);
}
