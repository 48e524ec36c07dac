#define _DEFAULT_SOURCE /* mkdtemp */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/socket.h"
#include "tests/suite.h"

static const struct {
	const char *text;
	const char *name; /* libmilter's, or NULL: refused */
	const char *says; /* part of why */
} spellings[] = {
	{ "/run/inlay/i.sock", "unix:/run/inlay/i.sock", NULL },
	{ "unix:/run/i.sock", "unix:/run/i.sock", NULL },
	{ "local:/run/i.sock", "unix:/run/i.sock", NULL },
	{ "inet:8891@127.0.0.1", "inet:8891@[127.0.0.1]", NULL },
	{ "inet:8891@[127.0.0.1]", "inet:8891@[127.0.0.1]", NULL },
	{ "inet:127.0.0.1:8891", "inet:8891@[127.0.0.1]", NULL },
	{ "inet:localhost:8891", "inet:8891@localhost", NULL },
	{ "inet:8891@localhost", "inet:8891@localhost", NULL },
	{ "inet:8891@mx-1.shop.example", "inet:8891@mx-1.shop.example", NULL },
	{ "inet:8891@0.0.0.0", "inet:8891@[0.0.0.0]", NULL },
	{ "inet6:8891@::1", "inet6:8891@[::1]", NULL },
	{ "inet6:8891@[::1]", "inet6:8891@[::1]", NULL },
	{ "inet6:8891@::", "inet6:8891@[::]", NULL },
	{ "inet:[::1]:8891", "inet6:8891@[::1]", NULL },
	{ "inet6:[2001:db8::1]:1", "inet6:1@[2001:db8::1]", NULL },
	{ "inet:65535@127.0.0.1", "inet:65535@[127.0.0.1]", NULL },

	{ "", NULL, "say /PATH" },
	{ "inlay.sock", NULL, "say /PATH" },
	{ "8891@127.0.0.1", NULL, "say /PATH" },
	{ "unix:inlay.sock", NULL, "a path begins with /" },
	{ "unix:", NULL, "a path begins with /" },
	{ "tcp:8891@127.0.0.1", NULL, "it begins with /, unix:" },
	{ "inet:8891", NULL, "as in inet:8891@127.0.0.1" },
	{ "inet:", NULL, "say PORT@HOST" },
	{ "inet:8891@", NULL, "name the host" },
	{ "inet::8891", NULL, "name the host" },
	{ "inet:8891@[]", NULL, "name the host" },
	{ "inet:8891@0", NULL, "no host is called so" },
	{ "inet:8891@0x0", NULL, "no host is called so" },
	{ "inet:8891@127.1", NULL, "no host is called so" },
	{ "inet:8891@*", NULL, "no host is called so" },
	{ "inet:8891@127.0.0.1:25", NULL, "no host is called so" },
	{ "inet6:8891@127.0.0.1", NULL, "inet6 has no such address" },
	{ "inet6:2001:db8::1:8891", NULL, "say PORT@HOST" },
	{ "inet:0@127.0.0.1", NULL, "say PORT@HOST" },
	{ "inet:65536@127.0.0.1", NULL, "say PORT@HOST" },
	{ "inet:99999999999999999999@127.0.0.1", NULL, "say PORT@HOST" },
	{ "inet:milter@127.0.0.1", NULL, "say PORT@HOST" },
	{ "inet:127.0.0.1", NULL, "say PORT@HOST" },
};

#define SPELLINGS (sizeof spellings / sizeof *spellings)

START_TEST(reads_a_place_or_says_how_it_is_spelled)
{
	struct socket_place place;
	struct err err = ERR_INIT;
	const char *text = spellings[_i].text, *name = spellings[_i].name;

	if (name == NULL) {
		ck_assert_int_eq(socket_parse(text, &place, &err), -1);
		ck_assert_int_eq(err.code, ERR_CONFIG);
		ck_assert_msg(strstr(err.text, spellings[_i].says) != NULL,
		    "%s: %s", text, err.text);
		return;
	}
	ck_assert_msg(
	    socket_parse(text, &place, &err) == 0, "%s: %s", text, err.text);
	ck_assert_str_eq(place.name, name);
	if (strncmp(name, "unix:", 5) == 0)
		ck_assert_str_eq(socket_path(&place), name + 5);
	else
		ck_assert_ptr_null(socket_path(&place));
}
END_TEST

START_TEST(refuses_what_the_system_has_no_room_for)
{
	struct socket_place place;
	struct err err = ERR_INIT;
	char text[1024];

	for (int size = 1; size < 1000; size++) {
		err_clear(&err);
		snprintf(text, sizeof text, "/%0*d", size, 0);
		ck_assert_int_eq(
		    socket_parse(text, &place, &err), size < 103 ? 0 : -1);
		err_clear(&err);
		snprintf(text, sizeof text, "inet:8891@h%0*d", size, 0);
		ck_assert_int_eq(
		    socket_parse(text, &place, &err), size < 255 ? 0 : -1);
	}
}
END_TEST

/* A listening socket of that path. */
static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

START_TEST(takes_a_path_from_a_socket_and_leaves_it_to_the_next)
{
	char folder[] = "/tmp/inlay-socket-XXXXXX", path[64];
	struct socket_mark old = { 0 }, new = { 0 };
	struct socket_place place, beside;
	struct err err = ERR_INIT;
	int fds[2];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s", folder);
	ck_assert_int_eq(socket_parse(path, &place, &err), 0);
	socket_beside(&place, &beside);
	fds[0] = listen_at(path);
	ck_assert_int_eq(socket_identify(path, &old, &err), 0);
	fds[1] = listen_at(socket_path(&beside));
	ck_assert_int_eq(socket_identify(socket_path(&beside), &new, &err), 0);
	ck_assert_int_eq(socket_take(socket_path(&beside), path, &err), 0);
	ck_assert_int_eq(access(socket_path(&beside), F_OK), -1);
	socket_leave(path, &old);
	ck_assert_int_eq(access(path, F_OK), 0);
	socket_leave(path, &new);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(socket_identify(path, &new, &err), -1);
	ck_assert_int_eq(close(fds[0]) + close(fds[1]) + rmdir(folder), 0);
}
END_TEST

START_TEST(takes_no_path_from_a_file)
{
	char folder[] = "/tmp/inlay-socket-XXXXXX", path[64], beside[64];
	struct err err = ERR_INIT;
	int fds[2];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s", folder);
	snprintf(beside, sizeof beside, "%s/s.new", folder);
	fds[0] = open(path, O_CREAT | O_WRONLY, 0600);
	fds[1] = listen_at(beside);
	ck_assert_int_eq(socket_take(beside, path, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "is no socket"));
	ck_assert_int_eq(unlink(path) + unlink(beside), 0);
	ck_assert_int_eq(close(fds[0]) + close(fds[1]) + rmdir(folder), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("milter/socket");
	TCase *tcase = tcase_create("socket");

	tcase_add_loop_test(
	    tcase, reads_a_place_or_says_how_it_is_spelled, 0, SPELLINGS);
	tcase_add_test(
	    tcase, takes_a_path_from_a_socket_and_leaves_it_to_the_next);
	tcase_add_test(tcase, takes_no_path_from_a_file);
	tcase_add_test(tcase, refuses_what_the_system_has_no_room_for);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
