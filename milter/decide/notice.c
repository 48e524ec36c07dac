#include "milter/decide/notice.h"

#include "milter/liquid/liquid.h"
#include "store/catalog/catalog.h"
#include "store/record/profile.h"

enum { NOTICE_MAX = 64 * 1024 };

/* "#" is the list of fields, "~" that of sources; what stands in brackets is
 * left out where there is no source. */
struct notice_words {
	const char *locale;
	const char *uses;
	const char *nothing;
	const char *field;  /* that has no label */
	const char *source; /* that has none */
};

static const struct notice_words words[] = {
	{ "en", "This message uses your #[ (source: ~)].",
	    "This message uses nothing we know about you.", "customer details",
	    "our customer records" },
	{ "bg",
	    "Това съобщение използва следните данни за Вас: #[ (източник: ~)].",
	    "Това съобщение не използва данни за Вас.", "клиентски данни",
	    "нашите клиентски записи" },
	{ "ca",
	    "Aquest missatge utilitza aquestes dades sobre vostè: #[ (origen: "
	    "~)].",
	    "Aquest missatge no utilitza cap dada sobre vostè.",
	    "dades de client", "el nostre fitxer de clients" },
	{ "cs", "Tato zpráva využívá tyto údaje o vás: #[ (zdroj: ~)].",
	    "Tato zpráva nevyužívá žádné údaje o vás.", "zákaznické údaje",
	    "naše evidence zákazníků" },
	{ "da", "Denne besked bruger disse oplysninger om dig: #[ (kilde: ~)].",
	    "Denne besked bruger ingen oplysninger om dig.", "kundeoplysninger",
	    "vores kundekartotek" },
	{ "de",
	    "Diese Nachricht verwendet folgende Angaben über Sie: #[ (Quelle: "
	    "~)].",
	    "Diese Nachricht verwendet keine Angaben über Sie.", "Kundendaten",
	    "unsere Kundendatei" },
	{ "el",
	    "Αυτό το μήνυμα χρησιμοποιεί τα εξής στοιχεία σας: #[ (πηγή: ~)].",
	    "Αυτό το μήνυμα δεν χρησιμοποιεί κανένα στοιχείο σας.",
	    "στοιχεία πελάτη", "το αρχείο πελατών μας" },
	{ "es",
	    "Este mensaje utiliza estos datos sobre usted: #[ (fuente: ~)].",
	    "Este mensaje no utiliza ningún dato sobre usted.",
	    "datos de cliente", "nuestro fichero de clientes" },
	{ "et",
	    "See kiri kasutab teie kohta järgmisi andmeid: #[ (allikas: ~)].",
	    "See kiri ei kasuta teie kohta mingeid andmeid.", "kliendiandmed",
	    "meie kliendiregister" },
	{ "fi",
	    "Tässä viestissä käytetään seuraavia tietojasi: #[ (lähde: ~)].",
	    "Tässä viestissä ei käytetä mitään tietojasi.", "asiakastiedot",
	    "asiakasrekisterimme" },
	{ "fr",
	    "Ce message utilise les informations suivantes à votre "
	    "sujet\302\240: #[ (source\302\240: ~)].",
	    "Ce message n’utilise aucune information à votre sujet.",
	    "données client", "notre fichier clients" },
	{ "hr", "Ova poruka koristi sljedeće podatke o vama: #[ (izvor: ~)].",
	    "Ova poruka ne koristi nikakve podatke o vama.", "podaci o kupcu",
	    "naša evidencija kupaca" },
	{ "hu", "Ez az üzenet a következő adatait használja: #[ (forrás: ~)].",
	    "Ez az üzenet semmilyen adatát nem használja.", "ügyféladatok",
	    "ügyfél-nyilvántartásunk" },
	{ "id", "Pesan ini menggunakan data Anda berikut: #[ (sumber: ~)].",
	    "Pesan ini tidak menggunakan data apa pun tentang Anda.",
	    "data pelanggan", "catatan pelanggan kami" },
	{ "it",
	    "Questo messaggio utilizza i seguenti dati su di Lei: #[ (fonte: "
	    "~)].",
	    "Questo messaggio non utilizza alcun dato su di Lei.",
	    "dati cliente", "il nostro archivio clienti" },
	{ "ja",
	    "このメッセージには、お客様に関する次の情報を使用しています：#["
	    "（情報源：~）]。",
	    "このメッセージには、お客様に関する情報を使用していません。",
	    "顧客情報", "当社の顧客記録" },
	{ "ko",
	    "이 메시지는 고객님에 관한 다음 정보를 사용합니다: #[ (출처: ~)].",
	    "이 메시지는 고객님에 관한 정보를 사용하지 않습니다.", "고객 정보",
	    "당사 고객 기록" },
	{ "lt",
	    "Šiame laiške naudojami šie duomenys apie jus: #[ (šaltinis: ~)].",
	    "Šiame laiške nenaudojami jokie duomenys apie jus.",
	    "kliento duomenys", "mūsų klientų įrašai" },
	{ "lv", "Šajā ziņojumā izmantoti šādi dati par jums: #[ (avots: ~)].",
	    "Šajā ziņojumā nav izmantoti nekādi dati par jums.", "klienta dati",
	    "mūsu klientu uzskaite" },
	{ "nb",
	    "Denne meldingen bruker disse opplysningene om deg: #[ (kilde: "
	    "~)].",
	    "Denne meldingen bruker ingen opplysninger om deg.",
	    "kundeopplysninger", "kunderegisteret vårt" },
	{ "nl", "Dit bericht gebruikt deze gegevens over u: #[ (bron: ~)].",
	    "Dit bericht gebruikt geen gegevens over u.", "klantgegevens",
	    "ons klantenbestand" },
	{ "no",
	    "Denne meldingen bruker disse opplysningene om deg: #[ (kilde: "
	    "~)].",
	    "Denne meldingen bruker ingen opplysninger om deg.",
	    "kundeopplysninger", "kunderegisteret vårt" },
	{ "pl",
	    "Ta wiadomość wykorzystuje następujące dane o Tobie: #[ (źródło: "
	    "~)].",
	    "Ta wiadomość nie wykorzystuje żadnych danych o Tobie.",
	    "dane klienta", "nasza kartoteka klientów" },
	{ "pt", "Esta mensagem utiliza estes dados sobre si: #[ (origem: ~)].",
	    "Esta mensagem não utiliza quaisquer dados sobre si.",
	    "dados de cliente", "o nosso ficheiro de clientes" },
	{ "pt-BR", "Esta mensagem usa estes dados sobre você: #[ (fonte: ~)].",
	    "Esta mensagem não usa nenhum dado sobre você.", "dados de cliente",
	    "nosso cadastro de clientes" },
	{ "ro",
	    "Acest mesaj folosește următoarele date despre dumneavoastră: #[ "
	    "(sursă: ~)].",
	    "Acest mesaj nu folosește nicio dată despre dumneavoastră.",
	    "date de client", "evidența clienților noștri" },
	{ "ru",
	    "В этом письме использованы следующие данные о вас: #[ (источник: "
	    "~)].",
	    "В этом письме не использованы данные о вас.", "данные клиента",
	    "наша база клиентов" },
	{ "sk", "Táto správa využíva tieto údaje o vás: #[ (zdroj: ~)].",
	    "Táto správa nevyužíva žiadne údaje o vás.", "zákaznícke údaje",
	    "naša evidencia zákazníkov" },
	{ "sl", "To sporočilo uporablja naslednje podatke o vas: #[ (vir: ~)].",
	    "To sporočilo ne uporablja nobenih podatkov o vas.",
	    "podatki o stranki", "naša evidenca strank" },
	{ "sv",
	    "Det här meddelandet använder dessa uppgifter om dig: #[ (källa: "
	    "~)].",
	    "Det här meddelandet använder inga uppgifter om dig.",
	    "kunduppgifter", "vårt kundregister" },
	{ "tr",
	    "Bu iletide hakkınızdaki şu bilgiler kullanılmıştır: #[ (kaynak: "
	    "~)].",
	    "Bu iletide hakkınızda hiçbir bilgi kullanılmamıştır.",
	    "müşteri bilgileri", "müşteri kayıtlarımız" },
	{ "uk",
	    "У цьому листі використано такі дані про вас: #[ (джерело: ~)].",
	    "У цьому листі не використано даних про вас.", "дані клієнта",
	    "наша база клієнтів" },
	{ "zh", "本邮件使用了您的以下信息：#[（来源：~）]。",
	    "本邮件未使用您的任何信息。", "客户信息", "我们的客户记录" },
};

/* That of the locale, of its language, or English. */
static const struct notice_words *
find_words(const struct locale *locale)
{
	struct span name = span_str(locale->name);
	const struct notice_words *found = &words[0];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct span row = span_str(words[i].locale);

		if (span_eq(row, name))
			return &words[i];
		if (span_eq(row, span_first(name, span_find(name, '-'))))
			found = &words[i];
	}
	return found;
}

/* The texts to be told, each once. */
struct told {
	struct span *at;
	size_t count;
};

static void
tell(struct told *told, struct span text)
{
	for (size_t i = 0; i < told->count; i++)
		if (span_eq(told->at[i], text))
			return;
	told->at[told->count++] = text;
}

/* Labels come first, the word for all else last. */
static void
tell_labels(const struct decision *decision, const char *unnamed, bool sources,
    struct told *told)
{
	const struct schema *schema = decision->request->catalog->schema;
	struct span locale = decision->campaign->locale;
	bool others = false;

	for (unsigned i = 0; i < decision->field_count; i++) {
		const struct decided_field *field = &decision->fields[i];
		const struct labels *labels = NULL;
		struct span text = SPAN_NONE;

		if (!field->shown || (sources && field->value == NULL))
			continue;
		if (sources) {
			const struct source *source =
			    schema_source(schema, field->value->source);

			labels = source != NULL ? &source->labels : NULL;
		} else if (field->field != NULL) {
			labels = &field->field->labels;
		}
		if (labels != NULL)
			text = labels_text(labels, locale);
		if (text.len != 0)
			tell(told, text);
		else
			others = true;
	}
	if (others)
		tell(told, span_str(unnamed));
}

static void
put_list(const struct told *told, const struct locale *locale, struct buf *out)
{
	for (size_t i = 0; i < told->count; i++) {
		wording_join(locale, i, told->count, SPAN_NONE, out);
		buf_add(out, told->at[i]);
	}
}

static void
put_sentence(const char *sentence, const struct told *fields,
    const struct told *sources, const struct locale *locale, struct buf *out)
{
	for (const char *at = sentence; *at != '\0'; at++) {
		if (*at == '[' && sources->count == 0)
			at = strchr(at, ']');
		else if (*at == '#')
			put_list(fields, locale, out);
		else if (*at == '~')
			put_list(sources, locale, out);
		else if (*at != '[' && *at != ']')
			buf_byte(out, *at);
	}
}

int
notice_write(const struct decision *decision, struct arena *arena,
    struct span *text, struct err *err)
{
	const struct locale *locale = locale_find(decision->campaign->locale);
	const struct notice_words *say = find_words(locale);
	size_t room = (size_t)decision->field_count + 1;
	struct told fields = { arena_calloc(arena, room, sizeof(struct span)),
		0 };
	struct told sources = { arena_calloc(arena, room, sizeof(struct span)),
		0 };
	struct buf buf;

	if (fields.at == NULL || sources.at == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the notice");
	tell_labels(decision, say->field, false, &fields);
	tell_labels(decision, say->source, true, &sources);
	buf_init(&buf, arena, NOTICE_MAX);
	if (fields.count == 0)
		buf_str(&buf, say->nothing);
	else
		put_sentence(say->uses, &fields, &sources, locale, &buf);
	if (buf.failed)
		return err_set(err, ERR_MEMORY, "no memory for the notice");
	*text = buf_span(&buf);
	return 0;
}
