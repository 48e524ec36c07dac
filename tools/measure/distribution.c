#include "tools/measure/distribution.h"

#include <float.h>
#include <math.h>

#define STEPS 100000 /* of a series or a continued fraction; tens is usual */
/* From so many degrees of freedom on the approximation is the better one. */
#define MANY 3e5
#define LEAST 1e-6  /* degrees of freedom; fewer know nothing */
#define TINY 1e-300 /* stands for 0 in a continued fraction's quotients */

/* Probability that a normal variable is farther from zero than z. */
static double
normal_beyond(double z)
{
	return erfc(fabs(z) / sqrt(2));
}

/* Abramowitz and Stegun 26.2.23 is right to three digits; Halley's steps on
 * erfc, each of which triples the digits, do the rest. */
double
normal_quantile(double p)
{
	double tail, t, z;

	if (isnan(p))
		return 0;
	p = fmin(fmax(p, 1e-300), 1 - 1e-16);
	tail = fmin(p, 1 - p);
	t = sqrt(-2 * log(tail));
	z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
		    (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	for (int i = 0; i < 3; i++) {
		double off = 0.5 * erfc(z / sqrt(2)) - tail;
		double step = off * sqrt(2 * acos(-1)) * exp(z * z / 2);

		z += step / (1 - z * step / 2);
	}
	return p < 0.5 ? -z : z;
}

/* One term of a continued fraction by the modified method of Lentz (Thompson
 * and Barnett 1986): the factor by which the value grows. */
struct fraction {
	double c, d;
};

static double
fraction_step(struct fraction *f, double above, double below)
{
	f->d = below + above * f->d;
	f->c = below + above / f->c;
	if (fabs(f->d) < TINY)
		f->d = TINY;
	if (fabs(f->c) < TINY)
		f->c = TINY;
	f->d = 1 / f->d;
	return f->c * f->d;
}

/* The regularised upper incomplete gamma function Q(a, x): by the series of
 * DLMF 8.7.1 below the mean, by the continued fraction of DLMF 8.9.2 above. */
static double
gamma_above(double a, double x)
{
	double front = exp(a * log(x) - x - lgamma(a));
	double sum = 1 / a, term = sum;
	struct fraction f = { 1 / TINY, 1 / (x + 1 - a) };
	double value = f.d;

	if (x < a + 1) {
		for (int i = 1; i < STEPS && term > sum * DBL_EPSILON; i++)
			sum += term *= x / (a + i);
		return fmax(1 - front * sum, 0);
	}
	for (int i = 1; i < STEPS; i++) {
		double factor =
		    fraction_step(&f, -i * (i - a), x + 2 * i + 1 - a);

		value *= factor;
		if (fabs(factor - 1) < DBL_EPSILON)
			break;
	}
	return front * value;
}

double
chi_square_above(double x, double freedom)
{
	if (!(x > 0) || !(freedom > 0))
		return 1;
	return isinf(x) ? 0 : fmin(gamma_above(freedom / 2, x / 2), 1);
}

/* The continued fraction of DLMF 8.17.22, for x below the mean. */
static double
beta_fraction(double a, double b, double x)
{
	struct fraction f = { 1, 1 / (1 - (a + b) / (a + 1) * x) };
	double value = f.d;

	for (int i = 1; i < STEPS; i++) {
		double even =
		    i * (b - i) * x / ((a + 2.0 * i - 1) * (a + 2.0 * i));
		double odd = -(a + i) * (a + b + i) * x /
			     ((a + 2.0 * i) * (a + 2.0 * i + 1));
		double factor = fraction_step(&f, even, 1);

		factor *= fraction_step(&f, odd, 1);
		value *= factor;
		if (fabs(factor - 1) < DBL_EPSILON)
			break;
	}
	return value;
}

/* ln of gamma(a + 1/2) / gamma(a), by DLMF 5.11.13 where the difference of
 * two lgamma would leave few digits. */
static double
gamma_half_step(double a)
{
	double b = 1 / (a * a);

	if (a < 200)
		return lgamma(a + 0.5) - lgamma(a);
	return log(a) / 2 - (1.0 / 8 - b * (1.0 / 192 - b / 640)) / a;
}

double
student_beyond(double t, double freedom)
{
	double a = freedom / 2, square = t * t, ratio = square / freedom;
	double front;

	if (isnan(t) || !(freedom >= LEAST) || square == 0)
		return 1;
	if (isinf(square))
		return 0;
	if (freedom > MANY) /* Abramowitz and Stegun 26.7.8 */
		return normal_beyond(
		    t * (1 - 1 / (4 * freedom)) / sqrt(1 + ratio / 2));
	front = exp(gamma_half_step(a) - log(acos(-1)) / 2 - a * log1p(ratio) +
		    log(ratio / (1 + ratio)) / 2);
	if (1 / (1 + ratio) < (a + 1) / (a + 2.5))
		return front * beta_fraction(a, 0.5, 1 / (1 + ratio)) / a;
	return 1 - front * beta_fraction(0.5, a, ratio / (1 + ratio)) / 0.5;
}

double
student_critical(double p, double freedom)
{
	double low = 0, high = 1;

	if (!(p < 1) || !(freedom >= LEAST))
		return 0;
	p = fmax(p, 1e-300);
	if (isinf(freedom))
		return -normal_quantile(p / 2);
	while (high < DBL_MAX / 4 && student_beyond(high, freedom) > p)
		high *= 2;
	while (high - low > high * DBL_EPSILON) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			break;
		if (student_beyond(middle, freedom) > p)
			low = middle;
		else
			high = middle;
	}
	return high;
}
