#include "milter/liquid/mend.h"

int
mend_tags(struct span source, struct arena *arena, struct span *mended)
{
	(void)arena;
	*mended = source;
	return 0;
}

int
mend_braze(struct span source, struct arena *arena, struct span *mended)
{
	(void)arena;
	*mended = source;
	return 0;
}
