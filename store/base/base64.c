#include "store/base/base64.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

#define NO -1
#define NO8 NO, NO, NO, NO, NO, NO, NO, NO
#define NO16 NO8, NO8
#define NO64 NO16, NO16, NO16, NO16

const signed char base64_values[256] = { NO16, NO16, NO8, NO, NO, NO, 62, NO,
	NO, NO, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO,
	NO, NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
	18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, NO, NO, 26, 27, 28, 29,
	30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, NO, NO, NO, NO, NO, NO64, NO64 };

void
base64_write(struct span bytes, enum base64_alphabet alphabet, struct buf *text)
{
	const char *letters =
	    alphabet == BASE64_PLAIN ? LETTERS "+/" : LETTERS "-_";
	const unsigned char *p = (const unsigned char *)bytes.at;

	for (size_t left = bytes.len; left != 0; p += 3) {
		size_t have = left < 3 ? left : 3;
		uint32_t group = (uint32_t)p[0] << 16;
		char four[4];

		if (have > 1)
			group |= (uint32_t)p[1] << 8;
		if (have > 2)
			group |= p[2];
		four[0] = letters[group >> 18];
		four[1] = letters[group >> 12 & 63];
		four[2] = letters[group >> 6 & 63];
		four[3] = letters[group & 63];
		buf_add(text, span_of(four, have + 1));
		left -= have;
	}
}

static int
value_of(char letter, enum base64_alphabet alphabet)
{
	if (letter == '-' || letter == '_')
		return alphabet == BASE64_PLAIN ? -1 : 62 + (letter == '_');
	if (letter == '+' || letter == '/')
		return alphabet == BASE64_URL ? -1 : 62 + (letter == '/');
	return base64_values[(unsigned char)letter];
}

int
base64_read(struct span text, enum base64_alphabet alphabet, struct buf *bytes)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = value_of(text.at[i], alphabet);

		if (value < 0)
			return -1;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_byte(bytes, (char)(bits >> have & 0xff));
		}
	}
	if (bytes->failed)
		return -1;
	return have == 6 || (bits & ((1u << have) - 1)) != 0 ? -1 : 0;
}
