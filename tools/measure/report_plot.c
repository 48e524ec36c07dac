#include "tools/measure/report_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/measure/reporting.h"
#include "tools/out.h"

#define LEFT 92.0   /* where labels of rows end */
#define RIGHT 352.0 /* where plots end */
#define ROW 24.0
#define TOP 12.0
#define TICKS 4

/* From values to places. */
struct axis {
	double low, high; /* values */
	double from, to;  /* places */
	const char *unit;
	const struct told_locale *in;
};

static double
place_of(const struct axis *axis, double value)
{
	double share = (value - axis->low) / (axis->high - axis->low);

	return axis->from + fmin(fmax(share, 0), 1) * (axis->to - axis->from);
}

/* Places have two digits: more is noise in the page. */
static json_t *
place(double at)
{
	return json_real(round(at * 100) / 100);
}

static void
set_place(json_t *object, const char *key, double at)
{
	out_set(object, key, place(at));
}

static void
widen(struct axis *axis, double value)
{
	if (!isfinite(value))
		return;
	axis->low = fmin(axis->low, value);
	axis->high = fmax(axis->high, value);
}

/* Also makes room at the ends, and never an axis of nothing. */
static void
axis_close(struct axis *axis)
{
	double room = (axis->high - axis->low) * 0.06;

	if (!(room > 0))
		room = 0.01;
	axis->high += room;
	if (axis->low < 0)
		axis->low -= room;
}

static double
end_of(const json_t *figure, size_t nth)
{
	const json_t *ends = told_at(figure, "interval");

	return ends ? json_number_value(json_array_get(ends, nth))
		    : told_number(figure, "value");
}

static void
widen_figure(struct axis *axis, const json_t *figure)
{
	if (!figure)
		return;
	widen(axis, told_number(figure, "value"));
	widen(axis, end_of(figure, 0));
	widen(axis, end_of(figure, 1));
	if (!axis->unit)
		axis->unit = told_text(figure, "unit");
}

/* The step between ticks: 1, 2 or 5 times a power of ten. */
static double
step_of(const struct axis *axis)
{
	double raw = (axis->high - axis->low) / TICKS;
	double power = pow(10, floor(log10(raw)));
	double part = raw / power;

	return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

static json_t *
ticks_of(const struct axis *axis)
{
	double step = step_of(axis);
	bool money = axis->unit && strcmp(axis->unit, unit_money) == 0;
	json_t *ticks = json_array();
	char text[TOLD_SIZE];

	for (double at = ceil(axis->low / step) * step;
	     at <= axis->high + step * 1e-9; at += step) {
		double shown = money ? at : 100 * at;
		double between = money ? step : 100 * step;
		json_t *tick = json_object();

		told_decimal(shown,
		    between < 0.1 ? 2
		    : between < 1 ? 1
				  : 0,
		    axis->in, text);
		set_place(tick, "at", place_of(axis, at));
		out_set(tick, "text", json_string(text));
		out_set(tick, "zero", json_boolean(fabs(at) < step * 1e-9));
		out_add(ticks, tick);
	}
	return ticks;
}

/* ---- rows with a mark and its interval ---- */

static void
add_row(json_t *rows, const struct axis *axis, const char *label,
    const json_t *figure, const char *class)
{
	double y = TOP + ROW * (double)json_array_size(rows) + ROW / 2;
	json_t *row = json_object();

	out_set(row, "label", json_string(label));
	out_set(row, "class", json_string(class));
	set_place(row, "y", y);
	set_place(row, "text_y", y + 4);
	if (figure) {
		set_place(
		    row, "x", place_of(axis, told_number(figure, "value")));
		set_place(row, "from", place_of(axis, end_of(figure, 0)));
		set_place(row, "to", place_of(axis, end_of(figure, 1)));
	}
	out_add(rows, row);
}

static json_t *
rows_told(json_t *rows, const struct axis *axis)
{
	double bottom = TOP + ROW * (double)json_array_size(rows);
	json_t *plot = json_object();

	out_set(plot, "rows", rows);
	out_set(plot, "ticks", ticks_of(axis));
	set_place(plot, "top", TOP);
	set_place(plot, "bottom", bottom);
	set_place(plot, "text_y", bottom + 14);
	set_place(plot, "height", bottom + 22);
	return plot;
}

static const json_t *
part_figure(const json_t *part)
{
	const json_t *chosen = told_at(part, "difference");

	return chosen ? chosen : told_at(part, "shrunk");
}

static json_t *
forest_of(const json_t *tree, const struct told_locale *in)
{
	static const char *const lists[] = { "segments", "clusters" };
	struct axis axis = { .from = LEFT, .to = RIGHT, .in = in };
	json_t *rows;
	const json_t *part;
	size_t i, any = 0;

	for (size_t l = 0; l < 2; l++)
		json_array_foreach(told_at(tree, lists[l]), i, part)
		{
			widen_figure(&axis, part_figure(part));
			any += part_figure(part) != NULL;
		}
	if (any == 0)
		return NULL;
	axis_close(&axis);
	rows = json_array();
	for (size_t l = 0; l < 2; l++)
		json_array_foreach(told_at(tree, lists[l]), i, part)
		    add_row(rows, &axis, told_text(part, "name"),
			part_figure(part), told_text(part, "word"));
	return rows_told(rows, &axis);
}

static json_t *
showings_of(const json_t *tree, const struct told_locale *in)
{
	struct axis axis = { .from = LEFT, .to = RIGHT, .in = in };
	const json_t *list = told_at(tree, "showings"), *showing;
	json_t *rows;
	size_t i;

	if (json_array_size(list) == 0)
		return NULL;
	json_array_foreach(list, i, showing)
	    widen_figure(&axis, told_at(showing, "rate"));
	axis_close(&axis);
	rows = json_array();
	json_array_foreach(list, i, showing)
	{
		char label[80];

		snprintf(label, sizeof(label), "%.60s %g",
		    told_text(showing, "block"), told_number(showing, "nth"));
		add_row(rows, &axis, label, told_at(showing, "rate"),
		    told_true(showing, "control") ? "control" : "treated");
	}
	return rows_told(rows, &axis);
}

/* ---- the difference over time ---- */

static void
add_point(char *text, size_t size, double x, double y)
{
	size_t used = strlen(text);

	snprintf(
	    text + used, size - used, "%s%.2f,%.2f", used ? " " : "", x, y);
}

/* The band is the upper ends forth and the lower ends back. */
static void
draw_series(const json_t *list, const struct axis *across,
    const struct axis *up, json_t *plot)
{
	size_t count = json_array_size(list), size = 40 * count + 40;
	char *line = calloc(1, size), *band = calloc(2, size);

	for (size_t i = 0; line && band && i < count; i++) {
		const json_t *figure =
		    told_at(json_array_get(list, i), "difference");
		double x = place_of(across, (double)i);

		add_point(
		    line, size, x, place_of(up, told_number(figure, "value")));
		add_point(band, 2 * size, x, place_of(up, end_of(figure, 1)));
	}
	for (size_t i = count; line && band && i-- > 0;)
		add_point(band, 2 * size, place_of(across, (double)i),
		    place_of(up,
			end_of(told_at(json_array_get(list, i), "difference"),
			    0)));
	out_set(plot, "line", json_string(line ? line : ""));
	out_set(plot, "band", json_string(band ? band : ""));
	free(line);
	free(band);
}

static json_t *
series_of(const json_t *tree, const struct told_locale *in)
{
	const json_t *list = told_at(tree, "series"), *point;
	size_t count = json_array_size(list), i;
	struct axis across = { 0, (double)count - 1, 46, RIGHT, NULL, in };
	struct axis up = { .from = 170, .to = TOP, .in = in };
	json_t *plot;

	if (count < 2)
		return NULL;
	json_array_foreach(list, i, point)
	    widen_figure(&up, told_at(point, "difference"));
	axis_close(&up);
	plot = json_object();
	draw_series(list, &across, &up, plot);
	out_set(plot, "ticks", ticks_of(&up));
	set_place(plot, "zero", place_of(&up, 0));
	set_place(plot, "last_x", RIGHT);
	set_place(plot, "last_y",
	    place_of(&up, told_number(json_array_get(list, count - 1),
			      "difference.value")));
	return plot;
}

/* ---- bars ---- */

static const char *const stages[] = { "enrolled", "arrived", "clicked",
	"responded" };

static json_t *
funnel_of(const json_t *tree)
{
	json_t *arms = json_array(), *plot = json_object();
	const json_t *arm;
	double y = 0;
	size_t i;

	json_array_foreach(told_at(tree, "funnel"), i, arm)
	{
		double all = told_number(arm, "enrolled");
		json_t *told = json_object(), *bars = json_array();

		set_place(told, "title_y", y + 14);
		y += 20;
		for (size_t s = 0; s < 4; s++, y += 20) {
			double share =
			    all > 0 ? told_number(arm, stages[s]) / all : 0;
			json_t *bar = json_object();

			out_set(bar, "stage", json_string(stages[s]));
			set_place(bar, "y", y);
			set_place(bar, "text_y", y + 11);
			set_place(bar, "width", fmax(share * 190, 1));
			set_place(bar, "end", LEFT + fmax(share * 190, 1) + 6);
			out_set(bar, "people",
			    json_incref(json_object_get(arm, stages[s])));
			out_add(bars, bar);
		}
		y += 8;
		out_set(told, "arm", json_string(told_text(arm, "arm")));
		out_set(
		    told, "control", json_boolean(told_true(arm, "control")));
		out_set(told, "bars", bars);
		out_add(arms, told);
	}
	out_set(plot, "arms", arms);
	set_place(plot, "height", y);
	return plot;
}

static void
add_step(json_t *rows, const struct axis *axis, const char *step, double from,
    double to, double amount)
{
	double y = TOP + ROW * (double)json_array_size(rows);
	double left = fmin(place_of(axis, from), place_of(axis, to));
	double right = fmax(place_of(axis, from), place_of(axis, to));
	json_t *row = json_object();

	out_set(row, "step", json_string(step));
	out_set(row, "gain", json_boolean(amount >= 0));
	set_place(row, "y", y + 4);
	set_place(row, "text_y", y + 16);
	set_place(row, "x", left);
	set_place(row, "width", fmax(right - left, 1));
	set_place(row, "to", place_of(axis, to));
	set_place(row, "next_y", y + ROW + 4);
	out_add(rows, row);
}

/* Each step begins where the last one ended; net stands on zero again. */
static json_t *
waterfall_of(const json_t *tree, const struct told_locale *in)
{
	struct axis axis = {
		.from = LEFT + 26, .to = RIGHT, .unit = unit_money, .in = in
	};
	const json_t *money = told_at(tree, "money"), *step;
	double at = 0;
	json_t *rows, *plot;
	size_t i;

	if (!money)
		return NULL;
	json_array_foreach(told_at(money, "steps"), i, step)
	    widen(&axis, at += told_number(step, "amount"));
	widen_figure(&axis, told_at(money, "net"));
	axis_close(&axis);
	rows = json_array();
	at = 0;
	json_array_foreach(told_at(money, "steps"), i, step)
	{
		double amount = told_number(step, "amount");

		add_step(rows, &axis, told_text(step, "step"), at, at + amount,
		    amount);
		at += amount;
	}
	add_step(rows, &axis, "net", 0, at, at);
	plot = rows_told(rows, &axis);
	set_place(plot, "net_from",
	    place_of(&axis, end_of(told_at(money, "net"), 0)));
	set_place(
	    plot, "net_to", place_of(&axis, end_of(told_at(money, "net"), 1)));
	set_place(
	    plot, "net_y", TOP + ROW * (double)json_array_size(rows) - ROW / 2);
	return plot;
}

/* ---- the map ---- */

static size_t
number_in(json_t *names, const char *name)
{
	size_t i;
	json_t *one;

	json_array_foreach(names, i,
	    one) if (strcmp(json_string_value(one), name) == 0) return i;
	out_add(names, json_string(name));
	return json_array_size(names) - 1;
}

static json_t *
headings(const json_t *names, double step, double first)
{
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach(names, i, one)
	{
		json_t *heading = json_object();

		set_place(heading, "at", first + step * (double)i);
		out_set(heading, "text", json_string(json_string_value(one)));
		out_add(list, heading);
	}
	return list;
}

static json_t *
heat_of(const json_t *tree, const struct told_locale *in)
{
	const json_t *list = told_at(tree, "heat"), *cell;
	json_t *topics = json_array(), *clusters = json_array();
	json_t *cells = json_array(), *plot = json_object();
	double most = 0, step;
	char text[TOLD_SIZE];
	size_t i;

	json_array_foreach(list, i, cell)
	{
		number_in(topics, told_text(cell, "campaign"));
		most = fmax(most, fabs(told_number(cell, "raw.value")));
	}
	step = (RIGHT - LEFT) / fmax((double)json_array_size(topics), 1);
	json_array_foreach(list, i, cell)
	{
		double raw = told_number(cell, "raw.value");
		size_t x = number_in(topics, told_text(cell, "campaign"));
		size_t y = number_in(clusters, told_text(cell, "name"));
		json_t *told = json_object();

		told_value(raw, told_text(cell, "raw.unit"), in, text);
		text[strcspn(text, " ")] = '\0';
		set_place(told, "x", LEFT + step * (double)x);
		set_place(told, "y", 26 + 28 * (double)y);
		set_place(told, "text_x", LEFT + step * ((double)x + 0.5));
		set_place(told, "text_y", 26 + 28 * (double)y + 17);
		set_place(told, "width", step - 3);
		set_place(told, "depth",
		    most > 0 ? 0.12 + 0.38 * fabs(raw) / most : 0.12);
		out_set(told, "gain", json_boolean(raw >= 0));
		out_set(told, "text", json_string(text));
		out_add(cells, told);
	}
	set_place(plot, "height", 30 + 28 * (double)json_array_size(clusters));
	out_set(plot, "topics", headings(topics, step, LEFT + step / 2));
	out_set(plot, "clusters", headings(clusters, 28, 43));
	out_set(plot, "cells", cells);
	json_decref(topics);
	json_decref(clusters);
	return plot;
}

/* What has nothing to draw is left out. */
static void
set_plot(json_t *plots, const char *name, json_t *plot)
{
	if (plot)
		out_set(plots, name, plot);
}

json_t *
report_plots(const json_t *tree, const struct told_locale *in)
{
	json_t *plots = json_object();

	set_plot(plots, "series", series_of(tree, in));
	set_plot(plots, "forest", forest_of(tree, in));
	set_plot(plots, "funnel", funnel_of(tree));
	set_plot(plots, "money", waterfall_of(tree, in));
	set_plot(plots, "showings", showings_of(tree, in));
	if (json_array_size(told_at(tree, "heat")) != 0)
		set_plot(plots, "heat", heat_of(tree, in));
	return plots;
}
