"""Two verifiers that know nothing of Inlay: dkimpy and libopendkim. Public
keys come from a dictionary instead of the DNS."""

import base64
import ctypes
import ctypes.util
import os
import pathlib
import subprocess

import dkim


def public_record(key_file):
    """What the DNS would hold for a private key."""
    text = subprocess.run(["openssl", "pkey", "-in", str(key_file),
                           "-noout", "-text"], capture_output=True,
                          text=True, check=True).stdout
    der = subprocess.run(["openssl", "pkey", "-in", str(key_file), "-pubout",
                          "-outform", "DER"], capture_output=True,
                         check=True).stdout
    if "ED25519" in text:
        # RFC 8463: the bare 32 bytes, without the DER around them.
        return "v=DKIM1; k=ed25519; p=" + base64.b64encode(
            der[-32:]).decode()
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()


def make_key(path, algorithm):
    """A private key only its owner may read."""
    path = pathlib.Path(path)
    options = (["-algorithm", "ED25519"] if algorithm == "ed25519" else
               ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
    path.touch(mode=0o600)
    subprocess.run(["openssl", "genpkey", *options, "-out", str(path)],
                   check=True, capture_output=True)
    return path


class Records(dict):
    """name -> TXT record; both verifiers look here."""

    def answer(self, name, timeout=5):
        text = self.get(name.decode().rstrip("."))
        return text.encode() if text else None


def dkimpy(data, records):
    """How many signatures a message has, and how many of them hold."""
    count = data.partition(b"\r\n\r\n")[0].lower().count(
        b"\r\ndkim-signature:") + data.lower().startswith(b"dkim-signature:")
    good = 0
    for index in range(count):
        try:
            good += dkim.DKIM(data).verify(idx=index,
                                           dnsfunc=records.answer)
        except dkim.DKIMException:
            continue
    return count, good


class Opendkim:
    """libopendkim, asked through its C interface."""

    SETOPT, QUERYMETHOD, QUERYINFO, QUERY_FILE = 1, 6, 7, 1
    PASSED, MATCH = 0x04, 0

    def __init__(self, records, folder):
        name = ctypes.util.find_library("opendkim") or "libopendkim.so.11"
        self.c = ctypes.CDLL(name)
        for function in ("dkim_init", "dkim_verify"):
            getattr(self.c, function).restype = ctypes.c_void_p
        self.lib = ctypes.c_void_p(self.c.dkim_init(None, None))
        keys = pathlib.Path(folder) / "opendkim.keys"
        keys.write_text("".join("%s %s\n" % item
                                for item in records.items()))
        method = ctypes.c_int(self.QUERY_FILE)
        self.option(self.QUERYMETHOD, ctypes.byref(method),
                    ctypes.sizeof(method))
        path = os.fsencode(keys)
        self.option(self.QUERYINFO, path, len(path))

    def option(self, which, value, size):
        if self.c.dkim_options(self.lib, self.SETOPT, which, value,
                               ctypes.c_size_t(size)) != 0:
            raise RuntimeError("dkim_options(%d)" % which)

    def verify(self, data):
        """How many signatures a message has, and how many of them hold."""
        status = ctypes.c_int()
        handle = ctypes.c_void_p(self.c.dkim_verify(
            self.lib, b"lab", None, ctypes.byref(status)))
        try:
            self.c.dkim_chunk(handle, data, ctypes.c_size_t(len(data)))
            self.c.dkim_chunk(handle, None, ctypes.c_size_t(0))
            test_key = ctypes.c_bool()
            self.c.dkim_eom(handle, ctypes.byref(test_key))
            signatures = ctypes.POINTER(ctypes.c_void_p)()
            count = ctypes.c_int()
            if self.c.dkim_getsiglist(handle, ctypes.byref(signatures),
                                      ctypes.byref(count)) != 0:
                return 0, 0
            good = 0
            for index in range(count.value):
                one = ctypes.c_void_p(signatures[index])
                good += bool(self.c.dkim_sig_getflags(one) & self.PASSED
                             and self.c.dkim_sig_getbh(one) == self.MATCH)
            return count.value, good
        finally:
            self.c.dkim_free(handle)

    def close(self):
        self.c.dkim_close(self.lib)
