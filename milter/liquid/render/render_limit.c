/* What every instruction asks before it takes memory or time. */
#include "milter/liquid/render/render.h"

int
render_full(struct render *r)
{
	return err_set(
	    r->err, ERR_LIMIT, "the rendering needs too much memory");
}
