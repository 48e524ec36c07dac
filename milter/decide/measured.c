#include "milter/decide/measured.h"

#include "milter/decide/consent.h"
#include "milter/decide/copy.h"
#include "store/record/profile.h"

bool
measured_allowed(const struct decide_request *request)
{
	const struct profile *profile = request->profile;
	struct span purpose = request->campaign->links.purpose;
	int64_t heard = copy_heard_by(request);

	return profile != NULL && !profile->restricted &&
	       !profile->object_profiling &&
	       consent_given(profile, purpose, request->now) &&
	       consent_given(profile, purpose, heard);
}
