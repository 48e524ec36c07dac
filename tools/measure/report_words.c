#include "tools/measure/report_words.h"

#include "tools/out.h"

static const struct {
	const char *name, *english, *french;
} words[] = {
	{ "title", "Does it pay?", "Est-ce rentable ?" },
	{ "better", "better", "mieux" },
	{ "worse", "worse", "moins bien" },
	{ "not known yet", "not known yet", "pas encore connu" },
	{ "too few to say", "too few to say", "trop peu pour le dire" },
	{ "stopped", "stopped", "arrêté" },
	{ "not measured", "not measured", "pas mesuré" },
	{ "no control", "no control", "pas de témoin" },
	{ "pays", "pays", "rentable" },
	{ "does not pay", "does not pay", "pas rentable" },
	{ "not proven", "not proven", "pas prouvé" },
	{ "is better than control", "does better than control",
	    "fait mieux que le témoin" },
	{ "is worse than control", "does worse than control",
	    "fait moins bien que le témoin" },
	{ "stopped because",
	    "The arms do not hold the people that they were dealt. No "
	    "difference is told until it is known why.",
	    "Les bras n’ont pas les personnes qui leur étaient attribuées. "
	    "Aucune différence n’est donnée tant que la cause n’est pas "
	    "connue." },
	{ "waits",
	    "The verdict waits until %1 days have passed since the first mail.",
	    "Le verdict attend que %1 jours soient passés depuis le premier "
	    "envoi." },
	{ "fewest", "%1 of %2 responses in %3", "%1 réponses sur %2 dans %3" },
	{ "personalising", "Personalising", "La personnalisation" },
	{ "version", "version", "version" },
	{ "topic", "topic", "thème" },
	{ "as of", "as of", "au" },
	{ "people", "People", "Personnes" },
	{ "enrolled", "enrolled", "inscrites" },
	{ "eligible", "eligible", "éligibles" },
	{ "compared everybody",
	    "Of nobody is it known who is eligible: all are compared.",
	    "On ne sait de personne si elle est éligible : toutes sont "
	    "comparées." },
	{ "open", "windows still open", "fenêtres encore ouvertes" },
	{ "held out", "held out of all campaigns",
	    "tenues à l’écart de toutes les campagnes" },
	{ "ratio", "Sample ratio", "Répartition" },
	{ "ratio text",
	    "Whether the arms hold the people that they were dealt. An alarm "
	    "comes at e = 1,000.",
	    "Les bras ont-ils les personnes qui leur étaient attribuées ? "
	    "L’alarme vient à e = 1000." },
	{ "no ratio",
	    "Shares differ from campaign to campaign, so there is no one ratio "
	    "to hold people against; each campaign's own report has its.",
	    "Les parts diffèrent d’une campagne à l’autre : il n’y a pas une "
	    "répartition unique ; le rapport de chaque campagne a la sienne." },
	{ "alarm", "alarm", "alarme" },
	{ "as dealt", "as dealt", "comme prévu" },
	{ "dealt", "dealt", "prévu" },
	{ "arm", "arm", "bras" },
	{ "goal", "Goal", "Objectif" },
	{ "also", "Also measured; decides nothing",
	    "Mesuré aussi ; ne décide de rien" },
	{ "guard", "Guards", "Garde-fous" },
	{ "within", "%1 within %2 days of the first mail",
	    "%1 dans les %2 jours après le premier envoi" },
	{ "a person", "money a person", "montant par personne" },
	{ "rate", "rate", "taux" },
	{ "mean", "mean", "moyenne" },
	{ "who", "responses of people", "réponses sur personnes" },
	{ "of", "of", "sur" },
	{ "to", "to", "à" },
	{ "interval", "interval", "intervalle" },
	{ "difference", "difference", "différence" },
	{ "verdict", "verdict", "verdict" },
	{ "without cap", "without the cap", "sans plafond" },
	{ "everybody", "of all enrolled", "sur toutes les inscrites" },
	{ "adjusted", "less what they did before",
	    "corrigé de ce qu’elles faisaient avant" },
	{ "can see",
	    "This test can see differences from %1 points with 80\xc2\xa0% "
	    "power.",
	    "Ce test peut voir des différences à partir de %1 points avec une "
	    "puissance de 80\xc2\xa0%." },
	{ "can see nothing",
	    "This test can see no difference, however large, with 80\xc2\xa0% "
	    "power.",
	    "Ce test ne peut voir aucune différence, si grande soit-elle, avec "
	    "une puissance de 80\xc2\xa0%." },
	{ "needs",
	    "For %1 points it needs %2 people, about %3 mailings like this "
	    "one.",
	    "Pour %1 points il faut %2 personnes, environ %3 envois comme "
	    "celui-ci." },
	{ "larger", "With %1 of the people in control it would see %2 points.",
	    "Avec %1 des personnes dans le témoin, il verrait %2 points." },
	{ "pooled",
	    "%1 mailings like this one, taken as one, would show %2 points.",
	    "%1 envois comme celui-ci, pris ensemble, montreraient %2 "
	    "points." },
	{ "series", "The difference as it grew",
	    "La différence au fil du temps" },
	{ "series text",
	    "Difference to control of the goal, with the band that holds at "
	    "all looks together.",
	    "Différence avec le témoin pour l’objectif, avec la bande qui vaut "
	    "pour tous les regards ensemble." },
	{ "day", "day", "jour" },
	{ "forest", "By segment and cluster", "Par segment et groupe" },
	{ "forest text",
	    "Difference to control. Only verdicts chosen among all of them "
	    "count; others are drawn towards the mean and say nothing.",
	    "Différence avec le témoin. Seuls comptent les verdicts choisis "
	    "parmi tous ; les autres sont ramenés vers la moyenne et ne disent "
	    "rien." },
	{ "segment", "segment or cluster", "segment ou groupe" },
	{ "funnel", "From the mail to the goal", "De l’envoi à l’objectif" },
	{ "funnel text",
	    "People of each arm at each step, as a share of the enrolled.",
	    "Personnes de chaque bras à chaque étape, en part des inscrites." },
	{ "arrived", "arrived", "arrivé" },
	{ "clicked", "clicked", "cliqué" },
	{ "responded", "goal", "objectif" },
	{ "bounces", "bounces", "rejets" },
	{ "step", "step", "étape" },
	{ "money", "Money", "Argent" },
	{ "money text",
	    "What the difference brought, less what it cost; the line at net "
	    "is its interval.",
	    "Ce que la différence a rapporté, moins ce qu’elle a coûté ; le "
	    "trait au net est son intervalle." },
	{ "amount", "amount", "montant" },
	{ "gain", "margin", "marge" },
	{ "content", "content", "contenu" },
	{ "setup", "setting up", "mise en place" },
	{ "fixed", "fixed", "fixe" },
	{ "sending", "copies", "copies" },
	{ "leavers", "leavers", "départs" },
	{ "complaints", "complaints", "plaintes" },
	{ "net", "net", "net" },
	{ "chance", "As of one look, net is above zero with a probability of",
	    "Pour un seul regard, le net est au-dessus de zéro avec une "
	    "probabilité de" },
	{ "return", "Return on direct costs", "Retour sur les coûts directs" },
	{ "break-even", "Break-even: a difference, per person, of",
	    "Seuil : une différence, par personne, de" },
	{ "brand", "Assumed, not measured, for the brand:",
	    "Supposé, non mesuré, pour la marque :" },
	{ "with brand", "which would make it", "ce qui donnerait" },
	{ "mixed",
	    "Events are in several currencies, added as if they were one.",
	    "Les événements sont en plusieurs monnaies, ajoutées comme une "
	    "seule." },
	{ "showings", "By showing of a block", "Par passage d’un bloc" },
	{ "showings text",
	    "A description, no verdict: whoever is still there after many "
	    "mails is another kind of person.",
	    "Une description, pas un verdict : qui reste après beaucoup "
	    "d’envois n’est plus la même population." },
	{ "block", "block", "bloc" },
	{ "nth", "showing", "passage" },
	{ "control", "control", "témoin" },
	{ "yes", "yes", "oui" },
	{ "no", "no", "non" },
	{ "heat", "Clusters and campaigns", "Groupes et campagnes" },
	{ "heat text",
	    "Difference to control as it stands, in points; only cells with a "
	    "verdict say something.",
	    "Différence avec le témoin telle quelle, en points ; seules les "
	    "cases avec un verdict disent quelque chose." },
	{ "cluster", "cluster", "groupe" },
	{ "campaign", "campaign", "campagne" },
	{ "pool topic", "All campaigns of the topic",
	    "Toutes les campagnes du thème" },
	{ "pool holdout", "All campaigns that hold out",
	    "Toutes les campagnes qui tiennent à l’écart" },
	{ "left out", "Left out, for they measure another goal or none:",
	    "Laissées de côté, car elles mesurent un autre but ou aucun :" },
	{ "foot",
	    "Made by inlay report. Intervals hold however often one looks; "
	    "words are better, worse, not known yet.",
	    "Fait par inlay report. Les intervalles valent quel que soit le "
	    "nombre de regards ; les mots sont mieux, moins bien, pas encore "
	    "connu." },
};

json_t *
report_words(bool french)
{
	json_t *told = json_object();

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		out_set(told, words[i].name,
		    json_string(french ? words[i].french : words[i].english));
	return told;
}
