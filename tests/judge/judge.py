#!/usr/bin/python3
"""Do independent parsers read the same structure before and after an edit?

mail-suite -w DIR writes, for each text leaf, NAME@N.before and NAME@N.after.
Python's email package and (if built) GMime read both. Everything but one leaf
must be the same, and that leaf must be the old text after the tag line.

usage: judge.py DIR [GMIME-JUDGE]
"""
import base64
import email
import email.policy
import os
import subprocess
import sys

TAG = 'Tag {{ profile.first_name }} Zo\u00eb\n'


def python_parts(data):
    """[(depth, type, charset, decoded bytes)] as Python's email sees it."""
    out = []
    stack = [(email.message_from_bytes(data), 0)]
    while stack:
        part, depth = stack.pop()
        children = part.get_payload() if part.is_multipart() else []
        body = b''
        if not part.is_multipart():
            body = part.get_payload(decode=True) or b''
        charset = part.get_param('charset') or '-'
        if isinstance(charset, tuple):
            charset = charset[2]
        out.append((depth, part.get_content_type(), charset, body))
        stack.extend((child, depth + 1) for child in reversed(children))
    return out


def gmime_parts(judge, paths):
    """{path: parts} as GMime sees them."""
    run = subprocess.run([judge], input='\n'.join(paths) + '\n', text=True,
                         stdout=subprocess.PIPE, check=True)
    found, parts = {}, None
    for line in run.stdout.splitlines():
        if line.startswith('= '):
            parts = found[line[2:]] = []
            continue
        words = line.split(' ')
        body = words[-1] if len(words) > 3 else ''
        parts.append((int(words[0]), words[1], ' '.join(words[2:-1]) or '-',
                      base64.b64decode(body)))
    return found


def text_of(part):
    """The leaf's text, line ends made equal; None if it does not decode."""
    charset = part[2] if part[2] not in ('-', '') else 'us-ascii'
    if charset.lower() in ('us-ascii', 'ascii'):
        charset = 'utf-8'
    try:
        text = part[3].decode(charset)
    except (LookupError, UnicodeError):
        return None
    return text.replace('\r\n', '\n')


def difference(before, after):
    """Why the two readings are not one edited leaf apart, or None."""
    if [p[:2] for p in before] != [p[:2] for p in after]:
        return 'structure %r -> %r' % ([p[:2] for p in before],
                                       [p[:2] for p in after])
    changed = [i for i, (a, b) in enumerate(zip(before, after))
               if a[3] != b[3] or a[2] != b[2]]
    if len(changed) != 1:
        return '%d parts changed' % len(changed)
    old, new = text_of(before[changed[0]]), text_of(after[changed[0]])
    if old is None or new is None:
        return None
    if new != TAG + old:
        return 'text %r -> %r' % (old[:60], new[:90])
    return None


def main():
    folder = sys.argv[1]
    names = sorted(n[:-7] for n in os.listdir(folder) if n.endswith('.before'))
    gmime = {}
    if len(sys.argv) > 2 and os.path.exists(sys.argv[2]):
        paths = [os.path.join(folder, n + end) for n in names
                 for end in ('.before', '.after')]
        gmime = gmime_parts(sys.argv[2], paths)
    passed = failed = 0
    for name in names:
        paths = [os.path.join(folder, name + end)
                 for end in ('.before', '.after')]
        pairs = [('python', [python_parts(open(p, 'rb').read())
                             for p in paths])]
        if gmime:
            pairs.append(('gmime', [gmime[p] for p in paths]))
        for judge, (before, after) in pairs:
            wrong = difference(before, after)
            if wrong:
                failed += 1
                print('FAIL %s %s: %s' % (judge, name, wrong[:300]))
            else:
                passed += 1
    print('%d passed, %d failed' % (passed, failed))
    return failed != 0 or passed == 0


sys.exit(main())
