#define _DEFAULT_SOURCE /* mkdtemp */

#include "store/base/plain_file.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/suite.h"

static char folder[] = "/tmp/plain.XXXXXX";
static char file[64], other[64];

static void
begin(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/file", folder);
	snprintf(other, sizeof other, "%s/other", folder);
	close(open(other, O_WRONLY | O_CREAT, 0600));
}

static void
end(void)
{
	unlink(file);
	unlink(other);
	rmdir(folder);
}

static int
opened(int flags)
{
	return plain_file_open(file, O_WRONLY | flags, 0600);
}

static void
refuses(int why)
{
	errno = 0;
	ck_assert_int_eq(opened(O_CREAT | O_TRUNC), -1);
	ck_assert_int_eq(errno, why);
}

START_TEST(opens_a_file_of_its_own)
{
	struct stat st;
	int fd = opened(O_CREAT);

	ck_assert_int_eq(write(fd, "text", 4), 4);
	close(fd);
	close(opened(0));
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	close(opened(O_TRUNC));
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
}
END_TEST

START_TEST(follows_no_link)
{
	ck_assert_int_eq(symlink(other, file), 0);
	refuses(ELOOP);
	unlink(file);
	ck_assert_int_eq(link(other, file), 0);
	refuses(EMLINK);
}
END_TEST

START_TEST(hangs_at_no_fifo)
{
	int reader;

	ck_assert_int_eq(mkfifo(file, 0600), 0);
	refuses(ENXIO);
	reader = open(file, O_RDONLY | O_NONBLOCK);
	refuses(EINVAL);
	close(reader);
}
END_TEST

START_TEST(takes_a_device)
{
	int fd = plain_file_open("/dev/null", O_WRONLY, 0);

	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plain_file");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, opens_a_file_of_its_own);
	tcase_add_test(tests, follows_no_link);
	tcase_add_test(tests, hangs_at_no_fifo);
	tcase_add_test(tests, takes_a_device);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
