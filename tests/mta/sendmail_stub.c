/*
 * What sendmail takes from the system and a laboratory has not: a log daemon
 * and a host name with a dot in it (without one it sleeps for a minute).
 * Preloaded; log lines go to the file that LAB_SYSLOG names at the start,
 * before sendmail empties its environment.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char path[4096];

__attribute__((constructor)) static void
remember(void)
{
	const char *name = getenv("LAB_SYSLOG");

	snprintf(path, sizeof path, "%s", name == NULL ? "" : name);
}

void lab_log(const char *format, va_list arguments);
void __syslog_chk(int priority, int flag, const char *format, ...);
void __vsyslog_chk(
    int priority, int flag, const char *format, va_list arguments);
void syslog(int priority, const char *format, ...);
void vsyslog(int priority, const char *format, va_list arguments);

void
lab_log(const char *format, va_list arguments)
{
	char line[8192];
	struct tm local;
	time_t now = time(NULL);
	size_t used;
	int more, file;

	if (path[0] == '\0')
		return;
	localtime_r(&now, &local);
	used = strftime(line, sizeof line, "%b %e %H:%M:%S lab ", &local);
	used += (size_t)snprintf(
	    line + used, sizeof line - used, "sendmail[%d]: ", (int)getpid());
	more =
	    vsnprintf(line + used, sizeof line - used - 1, format, arguments);
	if (more < 0)
		return;
	used += (size_t)more < sizeof line - used - 1 ? (size_t)more
						      : sizeof line - used - 2;
	line[used++] = '\n';
	file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
	if (file < 0)
		return;
	if (write(file, line, used) < 0)
		perror(path);
	close(file);
}

#define LOG(format) \
	do { \
		va_list arguments; \
		va_start(arguments, format); \
		lab_log(format, arguments); \
		va_end(arguments); \
	} while (0)

void
syslog(int priority, const char *format, ...)
{
	(void)priority;
	LOG(format);
}

void
vsyslog(int priority, const char *format, va_list arguments)
{
	(void)priority;
	lab_log(format, arguments);
}

void
__syslog_chk(int priority, int flag, const char *format, ...)
{
	(void)priority;
	(void)flag;
	LOG(format);
}

void
__vsyslog_chk(int priority, int flag, const char *format, va_list arguments)
{
	(void)priority;
	(void)flag;
	lab_log(format, arguments);
}

int
gethostname(char *name, size_t size)
{
	snprintf(name, size, "%s", "sendmail.lab.example");
	return 0;
}
