dnl The filtered listener, in the sendmail that is there: only what comes in by
dnl this port goes through inlayd, and then it is delivered as usual. F=T is
dnl essential: without it mail passes unpersonalised whenever inlayd is away.
dnl Include it anywhere in sendmail.mc; aliases are expanded behind inlayd: an
dnl alias with two members is one recipient, and both get that one copy.
ifelse(defn(`_DPO_'), `', `DAEMON_OPTIONS(`Name=MTA')')dnl
DAEMON_OPTIONS(`Name=CAMPAIGN, Family=inet, Addr=127.0.0.1, Port=10027, InputMailFilters=inlay, M=CES')dnl
MAIL_FILTER(`inlay', `S=unix:/run/inlay/inlay.sock, F=T, T=C:10s;S:30s;R:60s;E:10m')dnl
LOCAL_CONFIG
# The border: campaign mail comes in by the front and nowhere else.
HX-Inlay-Campaign: $>inlay_border
HX-Inlay-Seal: $>inlay_border
LOCAL_RULE_0
# What waits in the front's queue is the front's to send.
R$*			$: < $&{daemon_flags} > $1
R< $* II $* > $*	$#error $@ 4.7.1 $: "451 4.7.1 Campaign mail leaves by campaign.cf"
R< $* > $*		$: $2
LOCAL_RULESETS
Sinlay_border
R$*			$: $&{daemon_name}
RCAMPAIGN		$@ OK
R$*			$#error $@ 5.7.1 $: "550 5.7.1 Campaign mail is not taken here"
divert(0)dnl
