#include "milter/liquid/flow.h"

int
flow_escapes(struct compiler *c)
{
	(void)c;
	return 0;
}
