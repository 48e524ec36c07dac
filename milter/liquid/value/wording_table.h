/*
 * What each locale words itself: the rows of wording.c. "A|B" are items.
 */
#ifndef INLAY_LIQUID_WORDING_TABLE_H
#define INLAY_LIQUID_WORDING_TABLE_H

#include "milter/liquid/value/wording.h"

struct wording_row {
	const char *name;
	const char *as; /* NULL: the language's, where it is none itself */
	const char *texts[WORDINGS];
};

static const struct wording_row rows[] = {
	{ "en", NULL,
	    {
		[WORDING_MONTHS] = "January|February|March|April|May|June|July|"
				   "August|September|"
				   "October|November|December",
		[WORDING_SHORT_MONTHS] =
		    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec",
		[WORDING_DAYS] =
		    "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday",
		[WORDING_SHORT_DAYS] = "Sun|Mon|Tue|Wed|Thu|Fri|Sat",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-m/%-d/%Y",
		[WORDING_JOINS] = ", | and |, and ",
		[WORDING_ORDINALS_BY_TENS] = "#st|#nd|#rd|#th",
	    } },
	{ "en-CH", NULL,
	    {
		[WORDING_SHORT_MONTHS] =
		    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Oct|Nov|Dec",
		[WORDING_HALVES] = "am|pm",
		[WORDING_DATE] = "%d/%m/%Y",
		[WORDING_JOINS] = ", | and | and ",
	    } },
	{ "en-ZA", NULL,
	    {
		[WORDING_SHORT_MONTHS] =
		    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept|Oct|Nov|Dec",
		[WORDING_HALVES] = "am|pm",
		[WORDING_DATE] = "%Y/%m/%d",
		[WORDING_JOINS] = ", | and | and ",
	    } },
	{ "bg", NULL,
	    {
		[WORDING_MONTHS] =
		    "януари|февруари|март|април|май|юни|юли|август|септември|"
		    "октомври|ноември|декември",
		[WORDING_SHORT_MONTHS] =
		    "яну|фев|март|апр|май|юни|юли|авг|сеп|окт|ное|дек",
		[WORDING_DAYS] =
		    "неделя|понеделник|вторник|сряда|четвъртък|петък|събота",
		[WORDING_SHORT_DAYS] = "нд|пн|вт|ср|чт|пт|сб",
		[WORDING_HALVES] = "am|pm",
		[WORDING_DATE] = "%-d.%m.%Y г.",
		[WORDING_JOINS] = ", | и | и ",
	    } },
	{ "ca", NULL,
	    {
		[WORDING_MONTHS] =
		    "de gener|de febrer|de març|d’abril|de maig|de juny|de "
		    "juliol|"
		    "d’agost|de setembre|d’octubre|de novembre|de desembre",
		[WORDING_MONTHS_ALONE] =
		    "gener|febrer|març|abril|maig|juny|juliol|agost|setembre|"
		    "octubre|novembre|desembre",
		[WORDING_SHORT_MONTHS] = "de gen.|de febr.|de març|d’abr.|de "
					 "maig|de juny|de jul.|d’ag.|"
					 "de set.|d’oct.|de nov.|de des.",
		[WORDING_SHORT_MONTHS_ALONE] = "gen.|febr.|març|abr.|maig|juny|"
					       "jul.|ag.|set.|oct.|nov.|des.",
		[WORDING_DAYS] = "diumenge|dilluns|dimarts|dimecres|dijous|"
				 "divendres|dissabte",
		[WORDING_SHORT_DAYS] = "dg.|dl.|dt.|dc.|dj.|dv.|ds.",
		[WORDING_HALVES] = "a. m.|p. m.",
		[WORDING_DATE] = "%-d/%-m/%Y",
		[WORDING_JOINS] = ", | i | i ",
		[WORDING_ORDINALS_BY_TENS] = "#r|#n|#r|#t|#è",
	    } },
	{ "cs", NULL,
	    {
		[WORDING_MONTHS] = "ledna|února|března|dubna|května|června|"
				   "července|srpna|září|"
				   "října|listopadu|prosince",
		[WORDING_MONTHS_ALONE] =
		    "leden|únor|březen|duben|květen|červen|červenec|srpen|září|"
		    "říjen|listopad|prosinec",
		[WORDING_SHORT_MONTHS] =
		    "led|úno|bře|dub|kvě|čvn|čvc|srp|zář|říj|lis|pro",
		[WORDING_DAYS] =
		    "neděle|pondělí|úterý|středa|čtvrtek|pátek|sobota",
		[WORDING_SHORT_DAYS] = "ne|po|út|st|čt|pá|so",
		[WORDING_HALVES] = "dop.|odp.",
		[WORDING_DATE] = "%-d. %-m. %Y",
		[WORDING_JOINS] = ", | a | a ",
	    } },
	{ "da", NULL,
	    {
		[WORDING_MONTHS] =
		    "januar|februar|marts|april|maj|juni|juli|august|september|"
		    "oktober|november|december",
		[WORDING_SHORT_MONTHS] = "jan.|feb.|mar.|apr.|maj|jun.|jul.|"
					 "aug.|sep.|okt.|nov.|dec.",
		[WORDING_DAYS] =
		    "søndag|mandag|tirsdag|onsdag|torsdag|fredag|lørdag",
		[WORDING_SHORT_DAYS] = "søn.|man.|tir.|ons.|tor.|fre.|lør.",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d.%-m.%Y",
		[WORDING_JOINS] = ", | og | og ",
	    } },
	{ "de", NULL,
	    {
		[WORDING_MONTHS] =
		    "Januar|Februar|März|April|Mai|Juni|Juli|August|September|"
		    "Oktober|November|Dezember",
		[WORDING_SHORT_MONTHS] = "Jan.|Feb.|März|Apr.|Mai|Juni|Juli|"
					 "Aug.|Sept.|Okt.|Nov.|Dez.",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez",
		[WORDING_DAYS] = "Sonntag|Montag|Dienstag|Mittwoch|Donnerstag|"
				 "Freitag|Samstag",
		[WORDING_SHORT_DAYS] = "So.|Mo.|Di.|Mi.|Do.|Fr.|Sa.",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d.%-m.%Y",
		[WORDING_JOINS] = ", | und | und ",
	    } },
	{ "de-AT", NULL,
	    {
		[WORDING_MONTHS] =
		    "Jänner|Februar|März|April|Mai|Juni|Juli|August|September|"
		    "Oktober|November|Dezember",
		[WORDING_SHORT_MONTHS] = "Jän.|Feb.|März|Apr.|Mai|Juni|Juli|"
					 "Aug.|Sep.|Okt.|Nov.|Dez.",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez",
	    } },
	{ "el", NULL,
	    {
		[WORDING_MONTHS] =
		    "Ιανουαρίου|Φεβρουαρίου|Μαρτίου|Απριλίου|Μαΐου|Ιουνίου|"
		    "Ιουλίου|"
		    "Αυγούστου|Σεπτεμβρίου|Οκτωβρίου|Νοεμβρίου|Δεκεμβρίου",
		[WORDING_MONTHS_ALONE] =
		    "Ιανουάριος|Φεβρουάριος|Μάρτιος|Απρίλιος|Μάιος|Ιούνιος|"
		    "Ιούλιος|"
		    "Αύγουστος|Σεπτέμβριος|Οκτώβριος|Νοέμβριος|Δεκέμβριος",
		[WORDING_SHORT_MONTHS] =
		    "Ιαν|Φεβ|Μαρ|Απρ|Μαΐ|Ιουν|Ιουλ|Αυγ|Σεπ|Οκτ|Νοε|Δεκ",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "Ιαν|Φεβ|Μάρ|Απρ|Μάι|Ιούν|Ιούλ|Αύγ|Σεπ|Οκτ|Νοέ|Δεκ",
		[WORDING_DAYS] =
		    "Κυριακή|Δευτέρα|Τρίτη|Τετάρτη|Πέμπτη|Παρασκευή|Σάββατο",
		[WORDING_SHORT_DAYS] = "Κυρ|Δευ|Τρί|Τετ|Πέμ|Παρ|Σάβ",
		[WORDING_HALVES] = "π.μ.|μ.μ.",
		[WORDING_DATE] = "%-d/%-m/%Y",
		[WORDING_JOINS] = ", | και | και ",
		[WORDING_ORDINALS] = "#ος",
	    } },
	{ "es", NULL,
	    {
		[WORDING_MONTHS] = "enero|febrero|marzo|abril|mayo|junio|julio|"
				   "agosto|septiembre|"
				   "octubre|noviembre|diciembre",
		[WORDING_SHORT_MONTHS] =
		    "ene|feb|mar|abr|may|jun|jul|ago|sept|oct|nov|dic",
		[WORDING_DAYS] =
		    "domingo|lunes|martes|miércoles|jueves|viernes|sábado",
		[WORDING_SHORT_DAYS] = "dom|lun|mar|mié|jue|vie|sáb",
		[WORDING_HALVES] = "a. m.|p. m.",
		[WORDING_DATE] = "%-d/%-m/%Y",
		[WORDING_JOINS] = ", | y | y ",
		[WORDING_ORDINALS] = "#.º",
	    } },
	{ "et", NULL,
	    {
		[WORDING_MONTHS] =
		    "jaanuar|veebruar|märts|aprill|mai|juuni|juuli|august|"
		    "september|oktoober|november|detsember",
		[WORDING_SHORT_MONTHS] = "jaan|veebr|märts|apr|mai|juuni|juuli|"
					 "aug|sept|okt|nov|dets",
		[WORDING_DAYS] = "Pühapäev|Esmaspäev|Teisipäev|Kolmapäev|"
				 "Neljapäev|Reede|Laupäev",
		[WORDING_SHORT_DAYS] = "P|E|T|K|N|R|L",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d.%-m.%Y",
		[WORDING_JOINS] = ", | ja | ja ",
	    } },
	{ "fi", NULL,
	    {
		[WORDING_MONTHS] =
		    "tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|"
		    "kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|"
		    "marraskuuta|"
		    "joulukuuta",
		[WORDING_MONTHS_ALONE] =
		    "tammikuu|helmikuu|maaliskuu|huhtikuu|toukokuu|kesäkuu|"
		    "heinäkuu|elokuu|syyskuu|lokakuu|marraskuu|joulukuu",
		[WORDING_SHORT_MONTHS] = "tammik.|helmik.|maalisk.|huhtik.|"
					 "toukok.|kesäk.|heinäk.|elok.|"
					 "syysk.|lokak.|marrask.|jouluk.",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|"
		    "marras|joulu",
		[WORDING_DAYS] =
		    "sunnuntai|maanantai|tiistai|keskiviikko|torstai|perjantai|"
		    "lauantai",
		[WORDING_SHORT_DAYS] = "su|ma|ti|ke|to|pe|la",
		[WORDING_HALVES] = "ap.|ip.",
		[WORDING_DATE] = "%-d.%-m.%Y",
		[WORDING_JOINS] = ", | ja | ja ",
	    } },
	{ "fr", NULL,
	    {
		[WORDING_MONTHS] = "janvier|février|mars|avril|mai|juin|"
				   "juillet|août|septembre|"
				   "octobre|novembre|décembre",
		[WORDING_SHORT_MONTHS] = "janv.|févr.|mars|avr.|mai|juin|juil.|"
					 "août|sept.|oct.|nov.|déc.",
		[WORDING_DAYS] =
		    "dimanche|lundi|mardi|mercredi|jeudi|vendredi|samedi",
		[WORDING_SHORT_DAYS] = "dim.|lun.|mar.|mer.|jeu.|ven.|sam.",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%d/%m/%Y",
		[WORDING_JOINS] = ", | et | et ",
		[WORDING_ORDINALS] = "#er|#e",
	    } },
	{ "fr-CA", NULL,
	    {
		[WORDING_SHORT_MONTHS] = "janv.|févr.|mars|avr.|mai|juin|juill."
					 "|août|sept.|oct.|nov.|"
					 "déc.",
		[WORDING_HALVES] = "a.m.|p.m.",
		[WORDING_DATE] = "%Y-%m-%d",
	    } },
	{ "fr-CH", NULL,
	    {
		[WORDING_DATE] = "%d.%m.%Y",
	    } },
	{ "hr", NULL,
	    {
		[WORDING_MONTHS] =
		    "siječnja|veljače|ožujka|travnja|svibnja|lipnja|srpnja|"
		    "kolovoza|rujna|listopada|studenoga|prosinca",
		[WORDING_MONTHS_ALONE] = "siječanj|veljača|ožujak|travanj|"
					 "svibanj|lipanj|srpanj|kolovoz|"
					 "rujan|listopad|studeni|prosinac",
		[WORDING_SHORT_MONTHS] =
		    "sij|velj|ožu|tra|svi|lip|srp|kol|ruj|lis|stu|pro",
		[WORDING_DAYS] =
		    "nedjelja|ponedjeljak|utorak|srijeda|četvrtak|petak|subota",
		[WORDING_SHORT_DAYS] = "ned|pon|uto|sri|čet|pet|sub",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%d. %m. %Y.",
		[WORDING_JOINS] = ", | i | i ",
	    } },
	{ "hu", NULL,
	    {
		[WORDING_MONTHS] = "január|február|március|április|május|"
				   "június|július|augusztus|"
				   "szeptember|október|november|december",
		[WORDING_SHORT_MONTHS] = "jan.|febr.|márc.|ápr.|máj.|jún.|júl.|"
					 "aug.|szept.|okt.|nov.|"
					 "dec.",
		[WORDING_DAYS] =
		    "vasárnap|hétfő|kedd|szerda|csütörtök|péntek|szombat",
		[WORDING_SHORT_DAYS] = "V|H|K|Sze|Cs|P|Szo",
		[WORDING_HALVES] = "de.|du.",
		[WORDING_DATE] = "%Y. %m. %d.",
		[WORDING_JOINS] = ", | és | és ",
	    } },
	{ "id", NULL,
	    {
		[WORDING_MONTHS] = "Januari|Februari|Maret|April|Mei|Juni|Juli|"
				   "Agustus|September|"
				   "Oktober|November|Desember",
		[WORDING_SHORT_MONTHS] =
		    "Jan|Feb|Mar|Apr|Mei|Jun|Jul|Agu|Sep|Okt|Nov|Des",
		[WORDING_DAYS] = "Minggu|Senin|Selasa|Rabu|Kamis|Jumat|Sabtu",
		[WORDING_SHORT_DAYS] = "Min|Sen|Sel|Rab|Kam|Jum|Sab",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d/%-m/%Y",
		[WORDING_JOINS] = ", | dan |, dan ",
		[WORDING_ORDINALS] = "ke-#",
	    } },
	{ "it", NULL,
	    {
		[WORDING_MONTHS] =
		    "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|"
		    "settembre|ottobre|novembre|dicembre",
		[WORDING_SHORT_MONTHS] =
		    "gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic",
		[WORDING_DAYS] =
		    "domenica|lunedì|martedì|mercoledì|giovedì|venerdì|sabato",
		[WORDING_SHORT_DAYS] = "dom|lun|mar|mer|gio|ven|sab",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d/%-m/%Y",
		[WORDING_JOINS] = ", | e | e ",
		[WORDING_ORDINALS] = "#º",
	    } },
	{ "ja", NULL,
	    {
		[WORDING_MONTHS] =
		    "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
		[WORDING_SHORT_MONTHS] =
		    "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
		[WORDING_DAYS] =
		    "日曜日|月曜日|火曜日|水曜日|木曜日|金曜日|土曜日",
		[WORDING_SHORT_DAYS] = "日|月|火|水|木|金|土",
		[WORDING_HALVES] = "午前|午後",
		[WORDING_DATE] = "%Y/%-m/%-d",
		[WORDING_JOINS] = "、|、|、",
		[WORDING_ORDINALS] = "第#",
	    } },
	{ "ko", NULL,
	    {
		[WORDING_MONTHS] =
		    "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월",
		[WORDING_SHORT_MONTHS] =
		    "1월|2월|3월|4월|5월|6월|7월|8월|9월|10월|11월|12월",
		[WORDING_DAYS] =
		    "일요일|월요일|화요일|수요일|목요일|금요일|토요일",
		[WORDING_SHORT_DAYS] = "일|월|화|수|목|금|토",
		[WORDING_HALVES] = "오전|오후",
		[WORDING_DATE] = "%Y. %-m. %-d.",
		[WORDING_JOINS] = ", | 및 | 및 ",
		[WORDING_ORDINALS] = "#번째",
	    } },
	{ "lt", NULL,
	    {
		[WORDING_MONTHS] =
		    "sausio|vasario|kovo|balandžio|gegužės|birželio|liepos|"
		    "rugpjūčio|rugsėjo|spalio|lapkričio|gruodžio",
		[WORDING_MONTHS_ALONE] = "sausis|vasaris|kovas|balandis|gegužė|"
					 "birželis|liepa|rugpjūtis|"
					 "rugsėjis|spalis|lapkritis|gruodis",
		[WORDING_SHORT_MONTHS] =
		    "saus.|vas.|kov.|bal.|geg.|birž.|liep.|rugp.|rugs.|spal.|"
		    "lapkr.|gruod.",
		[WORDING_DAYS] =
		    "sekmadienis|pirmadienis|antradienis|trečiadienis|"
		    "ketvirtadienis|penktadienis|šeštadienis",
		[WORDING_SHORT_DAYS] = "sk|pr|an|tr|kt|pn|št",
		[WORDING_HALVES] = "priešpiet|popiet",
		[WORDING_DATE] = "%Y-%m-%d",
		[WORDING_JOINS] = ", | ir | ir ",
	    } },
	{ "lv", NULL,
	    {
		[WORDING_MONTHS] = "janvāris|februāris|marts|aprīlis|maijs|"
				   "jūnijs|jūlijs|augusts|"
				   "septembris|oktobris|novembris|decembris",
		[WORDING_SHORT_MONTHS] = "janv.|febr.|marts|apr.|maijs|jūn.|"
					 "jūl.|aug.|sept.|okt.|nov.|"
					 "dec.",
		[WORDING_DAYS] = "svētdiena|pirmdiena|otrdiena|trešdiena|"
				 "ceturtdiena|piektdiena|"
				 "sestdiena",
		[WORDING_SHORT_DAYS] =
		    "svētd.|pirmd.|otrd.|trešd.|ceturtd.|piektd.|sestd.",
		[WORDING_HALVES] = "priekšp.|pēcp.",
		[WORDING_DATE] = "%-d.%m.%Y.",
		[WORDING_JOINS] = ", | un | un ",
	    } },
	{ "nl", NULL,
	    {
		[WORDING_MONTHS] = "januari|februari|maart|april|mei|juni|juli|"
				   "augustus|september|"
				   "oktober|november|december",
		[WORDING_SHORT_MONTHS] = "jan.|feb.|mrt.|apr.|mei|jun.|jul.|"
					 "aug.|sep.|okt.|nov.|dec.",
		[WORDING_DAYS] = "zondag|maandag|dinsdag|woensdag|donderdag|"
				 "vrijdag|zaterdag",
		[WORDING_SHORT_DAYS] = "zo|ma|di|wo|do|vr|za",
		[WORDING_HALVES] = "a.m.|p.m.",
		[WORDING_DATE] = "%-d-%-m-%Y",
		[WORDING_JOINS] = ", | en | en ",
		[WORDING_ORDINALS] = "#e",
	    } },
	{ "nb", "no", { NULL } },
	{ "no", NULL,
	    {
		[WORDING_MONTHS] =
		    "januar|februar|mars|april|mai|juni|juli|august|september|"
		    "oktober|november|desember",
		[WORDING_SHORT_MONTHS] = "jan.|feb.|mar.|apr.|mai|jun.|jul.|"
					 "aug.|sep.|okt.|nov.|des.",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des",
		[WORDING_DAYS] =
		    "søndag|mandag|tirsdag|onsdag|torsdag|fredag|lørdag",
		[WORDING_SHORT_DAYS] = "søn.|man.|tir.|ons.|tor.|fre.|lør.",
		[WORDING_HALVES] = "a.m.|p.m.",
		[WORDING_DATE] = "%-d.%-m.%Y",
		[WORDING_JOINS] = ", | og | og ",
	    } },
	{ "pl", NULL,
	    {
		[WORDING_MONTHS] = "stycznia|lutego|marca|kwietnia|maja|"
				   "czerwca|lipca|sierpnia|"
				   "września|października|listopada|grudnia",
		[WORDING_MONTHS_ALONE] =
		    "styczeń|luty|marzec|kwiecień|maj|czerwiec|lipiec|sierpień|"
		    "wrzesień|październik|listopad|grudzień",
		[WORDING_SHORT_MONTHS] =
		    "sty|lut|mar|kwi|maj|cze|lip|sie|wrz|paź|lis|gru",
		[WORDING_DAYS] = "niedziela|poniedziałek|wtorek|środa|czwartek|"
				 "piątek|sobota",
		[WORDING_SHORT_DAYS] = "niedz.|pon.|wt.|śr.|czw.|pt.|sob.",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d.%m.%Y",
		[WORDING_JOINS] = ", | i | i ",
	    } },
	{ "pt", NULL,
	    {
		[WORDING_MONTHS] =
		    "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|"
		    "setembro|outubro|novembro|dezembro",
		[WORDING_SHORT_MONTHS] = "jan.|fev.|mar.|abr.|mai.|jun.|jul.|"
					 "ago.|set.|out.|nov.|dez.",
		[WORDING_DAYS] = "domingo|segunda-feira|terça-feira|quarta-"
				 "feira|quinta-feira|"
				 "sexta-feira|sábado",
		[WORDING_SHORT_DAYS] =
		    "domingo|segunda|terça|quarta|quinta|sexta|sábado",
		[WORDING_HALVES] = "a.m.|p.m.",
		[WORDING_DATE] = "%d/%m/%Y",
		[WORDING_JOINS] = ", | e | e ",
		[WORDING_ORDINALS] = "#º",
	    } },
	{ "pt-BR", NULL,
	    {
		[WORDING_SHORT_DAYS] = "dom.|seg.|ter.|qua.|qui.|sex.|sáb.",
		[WORDING_HALVES] = "AM|PM",
	    } },
	{ "ro", NULL,
	    {
		[WORDING_MONTHS] =
		    "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|"
		    "septembrie|octombrie|noiembrie|decembrie",
		[WORDING_SHORT_MONTHS] = "ian.|feb.|mar.|apr.|mai|iun.|iul.|"
					 "aug.|sept.|oct.|nov.|dec.",
		[WORDING_DAYS] =
		    "duminică|luni|marți|miercuri|joi|vineri|sâmbătă",
		[WORDING_SHORT_DAYS] = "dum.|lun.|mar.|mie.|joi|vin.|sâm.",
		[WORDING_HALVES] = "a.m.|p.m.",
		[WORDING_DATE] = "%d.%m.%Y",
		[WORDING_JOINS] = ", | și | și ",
		[WORDING_ORDINALS] = "#a",
	    } },
	{ "ru", NULL,
	    {
		[WORDING_MONTHS] = "января|февраля|марта|апреля|мая|июня|июля|"
				   "августа|сентября|"
				   "октября|ноября|декабря",
		[WORDING_MONTHS_ALONE] =
		    "январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|"
		    "октябрь|ноябрь|декабрь",
		[WORDING_SHORT_MONTHS] = "янв.|февр.|мар.|апр.|мая|июн.|июл.|"
					 "авг.|сент.|окт.|нояб.|дек.",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "янв.|февр.|март|апр.|май|июнь|июль|авг.|сент.|окт.|нояб.|"
		    "дек.",
		[WORDING_DAYS] = "воскресенье|понедельник|вторник|среда|"
				 "четверг|пятница|суббота",
		[WORDING_SHORT_DAYS] = "вс|пн|вт|ср|чт|пт|сб",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%d.%m.%Y",
		[WORDING_JOINS] = ", | и | и ",
	    } },
	{ "sk", NULL,
	    {
		[WORDING_MONTHS] =
		    "januára|februára|marca|apríla|mája|júna|júla|augusta|"
		    "septembra|októbra|novembra|decembra",
		[WORDING_MONTHS_ALONE] =
		    "január|február|marec|apríl|máj|jún|júl|august|september|"
		    "október|november|december",
		[WORDING_SHORT_MONTHS] =
		    "jan|feb|mar|apr|máj|jún|júl|aug|sep|okt|nov|dec",
		[WORDING_DAYS] =
		    "nedeľa|pondelok|utorok|streda|štvrtok|piatok|sobota",
		[WORDING_SHORT_DAYS] = "ne|po|ut|st|št|pi|so",
		[WORDING_HALVES] = "AM|PM",
		[WORDING_DATE] = "%-d. %-m. %Y",
		[WORDING_JOINS] = ", | a | a ",
	    } },
	{ "sl", NULL,
	    {
		[WORDING_MONTHS] = "januar|februar|marec|april|maj|junij|julij|"
				   "avgust|september|"
				   "oktober|november|december",
		[WORDING_SHORT_MONTHS] = "jan.|feb.|mar.|apr.|maj|jun.|jul.|"
					 "avg.|sep.|okt.|nov.|dec.",
		[WORDING_DAYS] =
		    "nedelja|ponedeljek|torek|sreda|četrtek|petek|sobota",
		[WORDING_SHORT_DAYS] = "ned.|pon.|tor.|sre.|čet.|pet.|sob.",
		[WORDING_HALVES] = "dop.|pop.",
		[WORDING_DATE] = "%-d. %-m. %Y",
		[WORDING_JOINS] = ", | in | in ",
	    } },
	{ "sv", NULL,
	    {
		[WORDING_MONTHS] = "januari|februari|mars|april|maj|juni|juli|"
				   "augusti|september|"
				   "oktober|november|december",
		[WORDING_SHORT_MONTHS] = "jan.|feb.|mars|apr.|maj|juni|juli|"
					 "aug.|sep.|okt.|nov.|dec.",
		[WORDING_DAYS] =
		    "söndag|måndag|tisdag|onsdag|torsdag|fredag|lördag",
		[WORDING_SHORT_DAYS] = "sön|mån|tis|ons|tors|fre|lör",
		[WORDING_HALVES] = "fm|em",
		[WORDING_DATE] = "%Y-%m-%d",
		[WORDING_JOINS] = ", | och | och ",
		[WORDING_ORDINALS_BY_TENS] = "#:a|#:a|#:e",
	    } },
	{ "tr", NULL,
	    {
		[WORDING_MONTHS] = "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|"
				   "Ağustos|Eylül|Ekim|"
				   "Kasım|Aralık",
		[WORDING_SHORT_MONTHS] =
		    "Oca|Şub|Mar|Nis|May|Haz|Tem|Ağu|Eyl|Eki|Kas|Ara",
		[WORDING_DAYS] =
		    "Pazar|Pazartesi|Salı|Çarşamba|Perşembe|Cuma|Cumartesi",
		[WORDING_SHORT_DAYS] = "Paz|Pzt|Sal|Çar|Per|Cum|Cmt",
		[WORDING_HALVES] = "ÖÖ|ÖS",
		[WORDING_DATE] = "%d.%m.%Y",
		[WORDING_JOINS] = ", | ve | ve ",
	    } },
	{ "uk", NULL,
	    {
		[WORDING_MONTHS] =
		    "січня|лютого|березня|квітня|травня|червня|липня|серпня|"
		    "вересня|жовтня|листопада|грудня",
		[WORDING_MONTHS_ALONE] = "січень|лютий|березень|квітень|"
					 "травень|червень|липень|серпень|"
					 "вересень|жовтень|листопад|грудень",
		[WORDING_SHORT_MONTHS] = "січ.|лют.|бер.|квіт.|трав.|черв.|лип."
					 "|серп.|вер.|жовт.|лист.|"
					 "груд.",
		[WORDING_SHORT_MONTHS_ALONE] =
		    "січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру",
		[WORDING_DAYS] =
		    "неділя|понеділок|вівторок|середа|четвер|пʼятниця|субота",
		[WORDING_SHORT_DAYS] = "нд|пн|вт|ср|чт|пт|сб",
		[WORDING_HALVES] = "дп|пп",
		[WORDING_DATE] = "%d.%m.%Y",
		[WORDING_JOINS] = ", | і | і ",
		[WORDING_ORDINALS] = "#-й",
	    } },
	{ "zh", NULL,
	    {
		[WORDING_MONTHS] =
		    "一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|"
		    "十二月",
		[WORDING_SHORT_MONTHS] =
		    "1月|2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
		[WORDING_DAYS] =
		    "星期日|星期一|星期二|星期三|星期四|星期五|星期六",
		[WORDING_SHORT_DAYS] = "周日|周一|周二|周三|周四|周五|周六",
		[WORDING_HALVES] = "上午|下午",
		[WORDING_DATE] = "%Y/%-m/%-d",
		[WORDING_JOINS] = "、|和|和",
		[WORDING_ORDINALS] = "第#",
	    } },
};

#endif
