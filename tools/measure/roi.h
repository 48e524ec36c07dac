/*
 * What personalising brought and what it cost, in money: of one mailing, or
 * of a campaign as far as it has come.
 */
#ifndef INLAY_TOOLS_ROI_H
#define INLAY_TOOLS_ROI_H

/* A mean per person in both arms, and the standard error of the difference. */
struct money_rate {
	double personal;
	double control;
	double error;
};

struct roi_terms {
	double people; /* who got a personal copy */
	double margin; /* of revenue */
	struct money_rate revenue;
	struct money_rate unsubscribed;
	struct money_rate complained;
	double loss;	  /* what a person who leaves was worth */
	double complaint; /* what a complaint costs */
	double content_hours, content_rate;
	double uses; /* campaigns that share the content: 1 or more */
	double setup_hours, setup_rate;
	double fixed;
	double send; /* personalising one copy */
};

enum roi_word { ROI_NOT_PROVEN, ROI_PAYS, ROI_DOES_NOT_PAY };

struct roi {
	double margin;	/* brought by the difference in revenue */
	double content; /* direct costs, one by one */
	double setup;
	double sending;
	double direct;	 /* the sum of these and the fixed */
	double indirect; /* people who left, complaints */
	double net;
	double rate;	    /* ROI: net by direct; 0 where that is nothing */
	double error;	    /* of net */
	double above_zero;  /* probability that net is above zero */
	double break_even;  /* difference of revenue a person where net is 0;
			       0 where nothing was sold to anybody */
	enum roi_word word; /* by 0.95 and 0.05 of above_zero */
};

void roi_read(const struct roi_terms *terms, struct roi *out);

/* "pays", "does not pay", "not proven". */
const char *roi_word(enum roi_word word);

#endif
