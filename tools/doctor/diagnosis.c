#include "tools/doctor/diagnosis.h"

#include <assert.h>
#include <stdarg.h>
#include <sysexits.h>

#include "tools/out.h"

#define TEXT_MAX 1024

const struct doctor_check doctor_checks[] = {
	{ "settings", "inlay.conf and every file that it names can be used" },
	{ "signing", "each From domain of a campaign that runs has a key" },
	{ "socket", "inlayd answers at its socket, asked as Postfix's user" },
	{ "control", "inlayd answers at its control socket, and serves" },
	{ "postfix", "a listener of Postfix leads to inlayd" },
	{ "sendmail", "a listener of sendmail leads to inlayd, a front to it" },
	{ "running", "the mail servers on the way run" },
	{ "default-action", "no mail passes while inlayd is away" },
	{ "daemon-name", "an allow rule knows the listener" },
	{ "only-campaign", "nothing but campaign mail passes the listener" },
	{ "one-recipient", "one recipient at a time reaches inlayd" },
	{ "around", "no mail goes around inlayd" },
	{ "rewriting", "the mail server changes no tag before inlayd sees it" },
	{ "blind-copies", "nobody gets a copy of somebody's personal mail" },
	{ "checks", "no copy is refused after its record" },
	{ "reports", "the front's own reports can leave" },
	{ "tls", "no TLS on the loopback" },
	{ "limits", "a whole mailing fits into one transaction" },
	{ "queue-ids", "queue ids never repeat" },
	{ "store", "the store can be read, is whole and private" },
	{ "space", "there is room to write" },
	{ "sync", "somebody reads the delivery log" },
	{ "clicks", "where links carry marks, somebody reads the web log" },
	{ "tidy", "somebody tidies the store" },
	{ "reserved", "no copy waits for its delivery for more than a day" },
	{ "future", "nothing was recorded in the future" },
	{ "consent", "somebody has given what a campaign asks for" },
	{ "source", "each source of data is in the schema" },
	{ "pools", "no pool of blocks ends before a campaign that runs" },
	{ "clock", "the clock is kept right" },
	{ "dkim-record", "--net: the DNS has the public half of each key" },
	{ "spf", "--net: each signing domain has one SPF record that holds" },
	{ "dmarc", "--net: each signing domain has a DMARC record with p=" },
	{ "alignment",
	    "--net: what signs a campaign speaks for its From domain" },
	{ "one-click", "--net: the address in List-Unsubscribe takes a POST" },
	{ NULL, NULL }
};

static bool
is_known(const char *check)
{
	for (const struct doctor_check *at = doctor_checks; at->name; at++)
		if (strcmp(at->name, check) == 0)
			return true;
	return false;
}

static struct span
keep_text(struct arena *arena, const char *format, va_list list)
{
	char text[TEXT_MAX];
	struct span kept = SPAN_NONE;

	vsnprintf(text, sizeof(text), format, list);
	return arena_dup(arena, span_str(text), &kept) < 0 ? SPAN("(no memory)")
							   : kept;
}

struct symptom *
diagnose(struct diagnosis *diagnosis, const char *check, enum health health,
    const char *format, ...)
{
	bool full = diagnosis->count == DIAGNOSIS_MAX;
	struct symptom *symptom =
	    &diagnosis->list[diagnosis->count - (full ? 1 : 0)];
	va_list list;

	assert(is_known(check));
	va_start(list, format);
	*symptom = (struct symptom){ check, health,
		keep_text(diagnosis->arena, format, list), SPAN_NONE };
	va_end(list);
	diagnosis->count += full ? 0 : 1;
	return symptom;
}

void
diagnose_advise(struct diagnosis *diagnosis, struct symptom *symptom,
    const char *format, ...)
{
	va_list list;

	va_start(list, format);
	symptom->advice = keep_text(diagnosis->arena, format, list);
	va_end(list);
}

/* "ok", "warn" or "FAIL". */
static const char *
health_word(enum health health)
{
	static const char *const words[] = { "ok", "warn", "FAIL", "FAIL" };

	return words[health];
}

static void
symptom_print(const struct symptom *symptom, FILE *out)
{
	fprintf(
	    out, "%-4s  %s: ", health_word(symptom->health), symptom->check);
	out_text(out, symptom->text, 0);
	if (symptom->advice.len != 0) {
		fputs("; mend it: ", out);
		out_text(out, symptom->advice, 0);
	}
	fputc('\n', out);
}

void
diagnosis_print(const struct diagnosis *diagnosis, bool all, FILE *out)
{
	enum health least = all ? HEALTH_OK : HEALTH_WARN;

	for (int health = HEALTH_DOWN; health >= (int)least; health--)
		for (size_t i = 0; i < diagnosis->count; i++)
			if (diagnosis->list[i].health == (enum health)health)
				symptom_print(&diagnosis->list[i], out);
}

static json_t *
symptom_json(const struct symptom *symptom)
{
	json_t *object = json_object();

	out_set(object, "health", json_string(health_word(symptom->health)));
	out_set(object, "check", json_string(symptom->check));
	out_set(object, "text", out_string(symptom->text));
	if (symptom->advice.len != 0)
		out_set(object, "advice", out_string(symptom->advice));
	return object;
}

int
diagnosis_json(
    const struct diagnosis *diagnosis, bool all, FILE *out, struct err *err)
{
	json_t *object = json_object(), *list = json_array();

	for (size_t i = 0; i < diagnosis->count; i++)
		if (all || diagnosis->list[i].health != HEALTH_OK)
			out_add(list, symptom_json(&diagnosis->list[i]));
	out_set(object, "status", json_integer(diagnosis_status(diagnosis)));
	out_set(object, "findings", list);
	return out_json_pretty(out, object, err);
}

int
diagnosis_status(const struct diagnosis *diagnosis)
{
	int status = EX_OK;

	for (size_t i = 0; i < diagnosis->count; i++) {
		if (diagnosis->list[i].health == HEALTH_DOWN)
			return EX_UNAVAILABLE;
		if (diagnosis->list[i].health == HEALTH_FAIL)
			status = EX_DATAERR;
	}
	return status;
}
