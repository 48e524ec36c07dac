#include <signal.h>

#include "tools/command.h"

int
main(int argc, char **argv)
{
	/* A reader that went away is a failed write, not a death. */
	signal(SIGPIPE, SIG_IGN);
	return command_run(argc, argv, stdin, stdout, stderr);
}
