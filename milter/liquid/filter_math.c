#include "milter/liquid/filter.h"

static const struct filter rows[] = {
	{ 0 },
};

const struct filter_set filters_math = { rows, 0 };
