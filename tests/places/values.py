"""What somebody may write into a form that asks for a name."""

SCRIPT = "<script>alert(1)</script>"

MARKUP = [
    SCRIPT, "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "</p>",
    "</title>" + SCRIPT, "</textarea>" + SCRIPT, "</style>" + SCRIPT,
    "</script>" + SCRIPT, "</xmp><b>", "</noscript><b>", "<b", "<", ">", "</",
    "<!--", "-->", "--", "--!>", "<!", "<?", "]]>", "<![CDATA[", "]>",
    "<![endif]-->", "<!--[if mso]>", "<plaintext>", "<base href=//evil>",
]

ATTRIBUTES = [
    "\" onmouseover=\"alert(1)", "' onmouseover='alert(1)",
    "x onmouseover=alert(1)", "x\tonfocus=alert(1)", "x/onfocus=alert(1)",
    "`onmouseover=alert(1)", "\"", "'", "\">", "'>", "=", "/", "\"><b>",
    "onclick=alert(1) x=\"", "style=x:expression(alert(1))",
]

SCHEMES = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
    "java\tscript:alert(1)", "java\nscript:alert(1)",
    "\u0001javascript:alert(1)", "javascript&colon;alert(1)",
    "javascript&#58;alert(1)", "&#106;avascript:alert(1)",
    "javascript%3Aalert(1)", "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHM+",
    "javascript", ":alert(1)", "script:alert(1)", "//evil.example/",
    "\\javascript:alert(1)", "\u00a0javascript:alert(1)",
    "https://a@evil.example", "view-source:x", "feed:javascript:alert(1)",
    "0;url=javascript:alert(1)", "#,javascript:alert(1) 2x",
    "#;javascript:alert(1)", "mailto:a@b.example?bcc=c@d.example",
]

STYLES = [
    "red;background:url(javascript:alert(1))", "expression(alert(1))",
    "}*{background:url(//evil)", "*/x{", "/*", "\\", "\\22 ;", ");",
    "url(//evil.example)", "@import '//evil'", "'\n}",
]

SCRIPTS = [
    "alert(1)", "\"-alert(1)-\"", "'-alert(1)-'", "${alert(1)}", "\\\"",
    "\\'", "\u2028alert(1)", "<!--<script>", "*/alert(1)/*", "0",
]

FIELDS = [
    "a\r\nBcc: c@d.example", "a\nBcc: c@d.example", "a\rBcc: c@d.example",
    "a\r\n\r\n<b>", "\r\n.\r\n", "\nFrom x", "=?utf-8?q?=0d=0aBcc:_x?=",
    "a, c@d.example", "a@b.example", "\"a\" <c@d.example>,", "<c@d.example>",
    "a;b=c", "a\"; filename=\"b.exe", "(comment", "a:;", "--=_b", "--=_b--",
    "\u202egpj.exe", "../../x", "a\x1b$B<", "+ADw-script+AD4-", "=3Cb=3E",
    "PGI+", "\x0b\x0c\x07\x7f",
]

CHARACTERS = [
    "Zoë Żółć", "日本語", "\U0001f600", "é" * 200, "{{ profile.v }}",
    "{% raw %}", "%7B%7B x %7D%7D", "&quot;", "&lt;b&gt;", "&", "&#x3c;b&#62;",
    "\ufeff", "\uff1cb\uff1e", "x" * 1200, "a b" * 400, "", " ", "\n",
]

VALUES = (MARKUP + ATTRIBUTES + SCHEMES + STYLES + SCRIPTS + FIELDS +
          CHARACTERS)
