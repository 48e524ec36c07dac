#include "tools/doctor/postfix_config.h"

#include "tools/doctor/child.h"

#define INSTANCES_MAX 16
#define PATH_LEN 1024

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

/* The next word of the text, which moves behind it. */
static bool
next_word(struct span *text, struct span *word)
{
	size_t end = 0;

	*text = span_trim(*text);
	while (end < text->len && !strchr(" \t,", text->at[end]))
		end++;
	*word = span_first(*text, end);
	*text = span_from(*text, end);
	while (text->len != 0 && strchr(" \t,", text->at[0]))
		*text = span_from(*text, 1);
	return word->len != 0;
}

static size_t
line_count(struct span text)
{
	size_t count = 0;
	struct span line;

	while (span_line(&text, &line))
		count++;
	return count;
}

/* `postconf -c DIRECTORY FLAGS`. 0 or -1. */
static int
ask(struct span directory, const char *flags, struct arena *arena,
    struct span *output, struct err *err)
{
	char path[PATH_LEN];
	const char *argv[] = { "postconf", "-c", path, flags, NULL };
	int status;

	if (directory.len >= sizeof(path))
		return err_set(err, ERR_SYSTEM, "a path is too long");
	memcpy(path, directory.at, directory.len);
	path[directory.len] = '\0';
	status = child_program(argv, arena, output, err);
	if (status > 0)
		return err_set(err, ERR_SYSTEM,
		    "postconf -c %s %s ended with %d", path, flags, status);
	return status;
}

/* "NAME = VALUE". */
static struct postfix_setting
setting_of(struct span line)
{
	size_t equals = span_find(line, '=');

	return (struct postfix_setting){ span_trim(span_first(line, equals)),
		span_trim(span_from(line, equals + 1)) };
}

static int
read_settings(
    struct postfix_instance *instance, struct arena *arena, struct err *err)
{
	struct span text, line;

	if (ask(instance->directory, "-x", arena, &text, err) < 0)
		return -1;
	instance->settings =
	    arena_calloc(arena, line_count(text), sizeof(*instance->settings));
	if (!instance->settings)
		return out_of_memory(err);
	while (span_line(&text, &line))
		instance->settings[instance->setting_count++] =
		    setting_of(line);
	return 0;
}

/* "name type private unpriv chroot wakeup maxproc command …" */
static struct postfix_service
service_of(const struct postfix_instance *instance, struct span line)
{
	struct postfix_service service = { .instance = instance };
	struct span words[8] = { SPAN_NONE };

	for (size_t i = 0; i < 8; i++)
		if (!next_word(&line, &words[i]))
			return service;
	service.name = words[0];
	service.type = words[1];
	service.chroot = span_eq(words[4], SPAN("y"));
	service.command = words[7];
	return service;
}

static int
read_services(
    struct postfix_instance *instance, struct arena *arena, struct err *err)
{
	struct span text, line;

	if (ask(instance->directory, "-M", arena, &text, err) < 0)
		return -1;
	instance->services =
	    arena_calloc(arena, line_count(text), sizeof(*instance->services));
	if (!instance->services)
		return out_of_memory(err);
	while (span_line(&text, &line))
		instance->services[instance->service_count++] =
		    service_of(instance, line);
	return 0;
}

/* Whether "NAME/TYPE/SETTING = VALUE" is one of the service. */
static bool
overrides(const struct postfix_service *service, struct span line,
    struct postfix_setting *setting)
{
	size_t name = service->name.len, type = service->type.len;

	if (line.len <= name + type + 2 || !span_starts(line, service->name) ||
	    line.at[name] != '/' ||
	    !span_starts(span_from(line, name + 1), service->type) ||
	    line.at[name + 1 + type] != '/')
		return false;
	*setting = setting_of(span_from(line, name + type + 2));
	return true;
}

static int
read_overrides(
    struct postfix_instance *instance, struct arena *arena, struct err *err)
{
	struct span text;

	/* -x expands what they say, as it does for main.cf. */
	if (ask(instance->directory, "-Px", arena, &text, err) < 0)
		return -1;
	for (size_t i = 0; i < instance->service_count; i++) {
		struct postfix_service *service = &instance->services[i];
		struct span rest = text, line;

		service->overrides = arena_calloc(
		    arena, line_count(text), sizeof(*service->overrides));
		if (!service->overrides)
			return out_of_memory(err);
		while (span_line(&rest, &line))
			service->override_count += overrides(service, line,
			    &service->overrides[service->override_count]);
	}
	return 0;
}

static int
read_instance(struct postfix *postfix, struct span directory,
    struct arena *arena, struct err *err)
{
	struct postfix_instance *instance = &postfix->instances[postfix->count];

	if (postfix->count == INSTANCES_MAX)
		return err_set(
		    err, ERR_SYSTEM, "more than %d instances", INSTANCES_MAX);
	instance->directory = directory;
	if (read_settings(instance, arena, err) < 0 ||
	    read_services(instance, arena, err) < 0 ||
	    read_overrides(instance, arena, err) < 0)
		return -1;
	postfix->count++;
	return 0;
}

int
postfix_read(struct arena *arena, struct postfix *postfix, struct err *err)
{
	const char *argv[] = { "postconf", "-h", "config_directory", NULL };
	struct span directory, rest;
	int status = child_program(argv, arena, &directory, err);

	*postfix =
	    (struct postfix){ .instances = arena_calloc(arena, INSTANCES_MAX,
				  sizeof(*postfix->instances)) };
	if (status != 0)
		return status < 0 ? -1 : 0;
	if (!postfix->instances)
		return out_of_memory(err);
	if (read_instance(postfix, span_trim(directory), arena, err) < 0)
		return -1;
	rest = postfix_setting(
	    &postfix->instances[0], SPAN("multi_instance_directories"));
	while (next_word(&rest, &directory))
		if (read_instance(postfix, directory, arena, err) < 0)
			return -1;
	return 1;
}

static const struct postfix_setting *
find(const struct postfix_setting *list, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

struct span
postfix_setting(const struct postfix_instance *instance, struct span name)
{
	const struct postfix_setting *setting =
	    find(instance->settings, instance->setting_count, name);

	return setting ? setting->value : SPAN_NONE;
}

struct span
postfix_service_setting(const struct postfix_service *service, struct span name)
{
	const struct postfix_setting *setting =
	    find(service->overrides, service->override_count, name);

	return setting ? setting->value
		       : postfix_setting(service->instance, name);
}

const struct postfix_service *
postfix_service(const struct postfix_instance *instance, struct span name,
    struct span command)
{
	for (size_t i = 0; i < instance->service_count; i++) {
		const struct postfix_service *service = &instance->services[i];

		if (span_eq(service->name, name) &&
		    span_eq(service->command, command))
			return service;
	}
	return NULL;
}
