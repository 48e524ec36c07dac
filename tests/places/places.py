"""Where a value may stand: @ in HTML (AT- is a real one), @@ elsewhere. The
places that must be refused are at the end."""

# How the value gets there.
FORMS = {
    "plain": "{{ profile.v }}",
    "escape": "{{ profile.v | escape }}",
    "escape and append": "{{ profile.v | escape | append: profile.v }}",
    "capture": "{% capture c %}{{ profile.v }}{% endcapture %}{{ c }}",
    "json_escape": "{{ profile.v | json_escape }}",
    "url_encode": "{{ profile.v | url_encode }}",
}

LD = '<script type="application/ld+json">'

HTML = [
    '<p>@</p>', '<p>a @ b</p>', '<p>@@</p>', '<b>@</b>', '<p>&@;</p>',
    '<p>&#@;</p>', '<td>@</td>', '<table><tr><td>@</td></tr></table>',
    '<ul><li>@<li>@</ul>', '<pre>@</pre>', '<code>@</code>', '<p>@<p>@',
    '<p>1 < @</p>', '<p>a > @</p>', '<select><option>@</select>',
    '<button>@</button>', '<template>@</template>', '<noscript>@</noscript>',
    '<object>@</object>', '<center><font color=red>@</font></center>',
    # no markup inside
    '<title>@</title>', '<textarea>@</textarea>',
    '<textarea rows=2>a @ b</textarea>', '<xmp>@</xmp>',
    '<iframe>@</iframe>', '<noembed>@</noembed>', '<noframes>@</noframes>',
    # attributes
    '<p title="@">', "<p title='@'>", '<p title=@>', '<p title=a@>',
    '<p title=@ alt="@">', '<p title=@ class=@ id=@>', '<p title=@/>',
    '<p title = @ >', '<p title="a @ b">', '<p title="@@">', '<p title="&@;">',
    '<p title="&#@;">', '<img alt="@" src="a.png">', '<img alt=@>',
    '<td width="@" height=@ bgcolor="@" align=@>', '<font face="@" color="@">',
    '<p data-x="@">', '<p data-href="@">', '<input value="@" name="@">',
    '<p class="a {% if profile.v %}@{% endif %}">', '<a name="@">',
    '<p aria-label="@" role=@>', '<meta name="description" content="@">',
    '<meta property="og:title" content=@>', '<html lang="@">',
    # URLs
    '<a href="@">', "<a href='@'>", '<a href=@>', '<a href=@ title="@">',
    '<a href=" @">', '<a href="@/@">', '<a href="@@">', '<a href="@?a=@">',
    '<a href="@&amp;a=@">', '<a href="https://a/@">', '<a href=https://a/@>',
    '<a href="https://@/">', '<a href="https:@">', '<a href="//@">',
    '<a href="/@">', '<a href="https://a/?b=@">', '<a href=https://a/?b=@>',
    '<a href="https://a/?@=@&amp;c=@">', '<a href="https://a/#@">',
    '<a href="mailto:@">', '<a href="mailto:@?subject=@&amp;body=@">',
    '<a href="tel:@">', '<a href="java@">', '<a href="j@avascript">',
    '<a href="x-app://@">', '<img src="@">', '<img src="cid:@">',
    '<img src=@ alt=@>', '<img srcset="@ 1x, @ 2x">', '<img srcset="a, @ 2x">',
    '<img longdesc="@" lowsrc="@" dynsrc="@" usemap="@">',
    '<body background="@">', '<table background=@>', '<form action="@">',
    '<button formaction="@">', '<video poster="@" src="@">',
    '<a ping="/a @" href="/">', '<a ping="@">', '<base href="@">',
    '<link rel=stylesheet href="@">', '<link imagesrcset="@ 2x">',
    '<iframe src="@"></iframe>', '<embed src="@">', '<object data="@">',
    '<object classid="@" codebase="@">', '<param name=movie value="@">',
    '<blockquote cite="@">', '<svg><a xlink:href="@"></a></svg>',
    '<svg><a href="@">@</a></svg>', '<svg><image href="@"/></svg>',
    '<svg><use xlink:href="@"/></svg>',
    '<svg><a><animate attributeName=href from="@" to="@" by="@" /></a></svg>',
    '<svg><a><set attributeName="href" to="@"/></a></svg>',
    '<form action-xhr="@">', '<math><mi xlink:href="@"></mi></math>',
    # styles
    '<p style="color:@">', "<p style='color:@'>", '<p style=@>',
    '<p style="font-family:\'@\'">', '<p style="font-family:&quot;@&quot;">',
    '<p style="@:red">', '<p style="background:url(@)">',
    '<p style="background:url(\'@\')">',
    '<p style="background:url(&quot;@&quot;)">',
    '<p style="background:url(https://a/@)">',
    '<p style="background:url(https://a/?b=@);color:@">',
    '<p style="background:url(@/@) @ no-repeat">', '<p style="/* @ */">',
    '<p style="width:calc(@ + 1px)">', '<p style="color:red;@">',
    '<svg><rect fill="@" stroke="url(@)"/></svg>',
    '<style>p{color:@}</style>', '<style>p{content:"@"}</style>',
    "<style>p{font-family:'@'}</style>", '<style>p{background:url(@)}</style>',
    '<style>p{background:url("https://a/@?b=@")}</style>',
    '<style>/* @ */</style>', '<style>.@{color:red}</style>',
    '<style>AT-import url(@);</style>', '<style>p[title="@"]{color:red}</style>',
    # scripts
    LD + '{"a":@}</script>', LD + '{"a":"@"}</script>',
    LD + '{"a":"b @ c"}</script>', LD + '["it\'s",@]</script>',
    '<script type=application/json>[@,"@"]</script>',
    '<p onclick="go(@)">', "<p onclick='go(@)'>", '<p onclick="go(\'@\')">',
    '<p onclick="go(&quot;@&quot;)">', '<p onmouseover="a=@;b=\'@\'">',
    '<amp-img [src]="@"></amp-img>',
    # comments, and what Outlook makes of them
    '<!-- @ -->', '<!--@-->', '<!-- a -- @ -->', '<!@>', '<!-@>', '<?@>',
    '<!--[if @]><p>a</p><![endif]-->', '<!--[if mso]>@<![endif]-->',
    '<!--[if mso]><p title="@">@</p><![endif]-->',
    '<!--[if mso]><p title=@ alt="@">@</p><![endif]-->',
    '<!--[if mso]><v:rect href="@" fillcolor="@"><v:fill src="@"/></v:rect>'
    '<![endif]-->', '<!--[if mso]><v:image src=@ alt=@ /><![endif]-->',
    '<!--[if gte mso 9]><xml><o:x>@</o:x></xml><![endif]-->',
    '<!--[if mso]><style>p{color:@}</style><![endif]-->',
    '<!--[if !mso]><!--><p title="@">@</p><!--<![endif]-->',
    '<![if !mso]>@<![endif]>', '<![CDATA[ @ ]]>',
    '<svg><![CDATA[ @ ]]></svg>', '<svg><desc>@</desc></svg>',
]

HEADERS = [
    "Subject: @@", "Subject: News for @@", "Subject: =?utf-8?q?for_@@?=",
    "X-Text: @@", "Comments: a @@ b", "To: @@ <a@b.example>",
    'To: "@@" <a@b.example>', "To: @@", "To: <@@>", "To: A <@@>, b@c.example",
    "To: a@@@b.example", "Reply-To: @@ <a@b.example>",
    "Cc: a@b.example, @@ <c@d.example>", "Bcc: @@",
    "List-Unsubscribe: <https://a/?b=@@>", "List-Unsubscribe: <https://a/@@>",
    "List-Unsubscribe: <mailto:a@b.example?subject=@@>",
    "List-Unsubscribe: <mailto:@@>, <https://a/>", "List-Unsubscribe: <@@>",
    "List-Unsubscribe: @@", "List-Help: <https://@@/>", "List-Id: @@ <a.b>",
    "Feedback-ID: @@:a:b:c", "In-Reply-To: <@@@b.example>",
    "References: @@", "Archived-At: <@@>", "Content-Language: @@",
    'Content-Type: application/x-a; name="@@"',
    "Content-Type: application/x-a; name=@@",
    'Content-Disposition: attachment; filename="@@"',
    "Content-Disposition: attachment; filename*=utf-8''@@",
]

PART = "Subject: a\nMIME-Version: 1.0\nContent-Type: "
MIXED = (PART + 'multipart/mixed; boundary="=_b"\n\n--=_b\n%s\n--=_b\n'
         "Content-Type: text/plain\n\nthe end\n--=_b--\n")

PARTS = [
    PART + "text/plain; charset=utf-8\n\n@@\n",
    PART + "text/plain; charset=iso-8859-1\n\nHello @@ and more\n",
    PART + "text/plain; charset=utf-7\n\nHello @@\n",
    PART + "text/plain; charset=iso-2022-jp\n\nHello @@ (\n",
    PART + "text/plain; charset=shift_jis\n\n@@\n",
    PART + "text/plain; format=flowed\n\nHello \n@@ \nmore\n",
    PART + "text/plain; format=flowed; delsp=yes\n\n> @@ \n> more\n",
    PART + "text/plain\nContent-Transfer-Encoding: quoted-printable\n\n@@=\n",
    PART + "text/calendar\n\nBEGIN:VCALENDAR\nSUMMARY:@@\nEND:VCALENDAR\n",
    PART + "text/vcard\n\nBEGIN:VCARD\nFN:@@\nEND:VCARD\n",
    PART + "text/watch-html\n\n<p>@@</p>\n",
    MIXED % "Content-Type: text/plain\n\n@@",
    MIXED % "Content-Type: text/html\n\n<p>@@",
    MIXED % ('Content-Type: application/pdf; name="@@.pdf"\n'
             'Content-Disposition: attachment; filename="@@.pdf"\n\nx'),
    MIXED % "Content-Type: application/pdf\nContent-Description: @@\n\nx",
]

REFUSED = [
    '<@>', '</@>', '<p@>', '<p @>', '<p @="a">', '<p data-@="a">',
    '<p class="a" @>', '<p title=@b>', '<p title=@@>', '<p title=@"a">',
    '<p style=color:@>', '<p onclick=@>', '<p onclick=go(@)>',
    '<p onclick="/* it\'s */ go(@)">', '<p onclick="go(`@`)">',
    '<script>a = @</script>', '<script>a = "@"</script>',
    '<script type="text/javascript">@</script>',
    '<script type=module>@</script>', '<svg><script>@</script></svg>',
    '<script type="@">a</script><script type=a@>@</script>',
    '<a href="@:@">', '<a href="@:b">', '<a href="@&colon;b">',
    '<a href="@://a/">', '<a href="javascript:@">',
    '<a href="java&#115;cript:go(\'@\')">', '<a href="&#x6a;avascript:@">',
    '<a href="vbscript:@">', '<img src="data:text/html,@">',
    '<p style="background:url(@:b)">', '<style>p{background:url(@:b)}</style>',
    '<img srcset="a 1x, @:b 2x">', '<a ping="@:b">',
    '<meta http-equiv=refresh content="0;url=@">',
    '<meta http-equiv="refresh" content=@>',
    '<meta content="0;url=@" http-equiv="refresh">',
    '<iframe srcdoc="@">', '<svg><animate values="@"/></svg>',
    '<svg><set attributeName="@"/></svg>', '<svg><style>@</style></svg>',
    '<svg><title>@</title></svg>', '<style>AT-import "@"</style>',
    '<style>p{background:image-set("@" 1x)}</style>',
    '<!--[if mso]>@>a<![endif]-->', '<!--[if mso]><p title=a@><![endif]-->',
    '<p title="@', '<!-- @', '<style>p{color:@}',
    '{% if profile.v %}<a href="{% endif %}@', '{% capture a %}<p title="'
    '{% endcapture %}@',
]
