divert(-1)
A front with a login for programs elsewhere: what is different from the front on
the loopback. conf/sendmail/install --login fills in @WORDS@; certificate,
mechanisms and realm are those of the sendmail that is there.
divert(0)dnl
DAEMON_OPTIONS(`Name=LOGIN, Family=@FAMILY@, Addr=@ADDRESS@, Port=@PORT@, M=CEIa')dnl
dnl A password goes over TLS or not at all.
define(`confAUTH_OPTIONS', `A p y')dnl
define(`confAUTH_MECHANISMS', `@MECHANISMS@')dnl
TRUST_AUTH_MECH(`@MECHANISMS@')dnl
define(`confAUTH_REALM', `@REALM@')dnl
define(`confCACERT', `@CACERT@')dnl
define(`confCACERT_PATH', `@CACERTPATH@')dnl
define(`confSERVER_CERT', `@CERTIFICATE@')dnl
define(`confSERVER_KEY', `@KEY@')dnl
