dnl For a second sendmail instance in front of the filtered one, with a queue
dnl of its own: it takes the message for all recipients and relays one
dnl recipient per transaction (mailer flag m taken away).
MODIFY_MAILER_FLAGS(`RELAY', `-m')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h 10027')dnl
DAEMON_OPTIONS(`Name=FRONT, Family=inet, Addr=127.0.0.1, Port=10026')dnl
