dnl Include from sendmail.mc, before the MAILER lines. F=T is essential:
dnl without it mail passes unpersonalised whenever inlayd is away.
INPUT_MAIL_FILTER(`inlay', `S=unix:/run/inlay/inlay.sock, F=T, T=C:10s;S:30s;R:60s;E:10m')dnl
dnl The listener for campaign mail; inlay.conf allows daemon=CAMPAIGN.
DAEMON_OPTIONS(`Name=CAMPAIGN, Family=inet, Addr=127.0.0.1, Port=10027')dnl
