/* What every instruction asks before it takes memory or time. */
#include "milter/liquid/render/render.h"

int
render_full(struct render *r)
{
	return err_set(
	    r->err, ERR_LIMIT, "the rendering needs too much memory");
}

int
render_charge(struct render *r, uint64_t units)
{
	if (units > r->filter.steps) {
		r->filter.steps = 0;
		return err_set(
		    r->err, ERR_LIMIT, "the rendering takes too many steps");
	}
	r->filter.steps -= units;
	return 0;
}
