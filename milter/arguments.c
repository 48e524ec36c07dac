#define _XOPEN_SOURCE 700 /* realpath */

#include "milter/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/settings.h"

static const char usage[] =
    "usage: inlayd [-f] [-n] [-x FILE] [-p SOCKET] [-u USER]\n"
    "  -f         stay in the foreground\n"
    "  -n         check the configuration and exit\n"
    "  -x FILE    configuration (default " SETTINGS_FILE ")\n"
    "  -p SOCKET  listen here instead of the configured socket\n"
    "  -u USER    become this user\n"
    "  -V         print the version\n";

/* What lies under the program's name is what an upgrade replaces. */
static void
find_program(const char *name, struct daemon_arguments *arguments)
{
	ssize_t len;

	if (stat("/proc/self/exe", &arguments->running) < 0)
		return;
	if (name[0] == '/') {
		snprintf(
		    arguments->program, sizeof arguments->program, "%s", name);
		return;
	}
	len = readlink("/proc/self/exe", arguments->program,
	    sizeof arguments->program - 1);
	arguments->program[len > 0 ? len : 0] = '\0';
}

/* The background is at home in another folder. */
static void
find_file(struct daemon_arguments *arguments)
{
	if (arguments->file[0] != '/' &&
	    realpath(arguments->file, arguments->absolute) != NULL)
		arguments->file = arguments->absolute;
}

int
arguments_read(int argc, char **argv, struct daemon_arguments *arguments)
{
	int option;

	*arguments = (struct daemon_arguments){ .file = SETTINGS_FILE };
	while ((option = getopt(argc, argv, "fnx:p:u:Vh")) != -1) {
		if (option == 'f') {
			arguments->foreground = true;
		} else if (option == 'n') {
			arguments->check = true;
		} else if (option == 'x') {
			arguments->file = optarg;
		} else if (option == 'p') {
			arguments->socket = optarg;
		} else if (option == 'u') {
			arguments->user = optarg;
		} else if (option == 'V') {
			puts("inlayd " INLAY_VERSION);
			return EX_OK + 1;
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return (option == 'h' ? EX_OK : EX_USAGE) + 1;
		}
	}
	find_program(argv[0], arguments);
	if (!arguments->foreground && !arguments->check)
		find_file(arguments);
	if (optind == argc)
		return 0;
	fprintf(stderr, "inlayd: what is %s?\n%s", argv[optind], usage);
	return EX_USAGE + 1;
}

bool
arguments_outdated(const struct daemon_arguments *arguments)
{
	struct stat now;

	return arguments->program[0] != '\0' &&
	       stat(arguments->program, &now) == 0 &&
	       (now.st_dev != arguments->running.st_dev ||
		   now.st_ino != arguments->running.st_ino);
}

void
arguments_again(const struct daemon_arguments *arguments,
    const char *words[ARGUMENTS_AGAIN])
{
	size_t count = 0;

	words[count++] = arguments->program;
	words[count++] = "-x";
	words[count++] = arguments->file;
	if (arguments->foreground)
		words[count++] = "-f";
	if (arguments->socket != NULL) {
		words[count++] = "-p";
		words[count++] = arguments->socket;
	}
	if (arguments->user != NULL) {
		words[count++] = "-u";
		words[count++] = arguments->user;
	}
	words[count] = NULL;
}
