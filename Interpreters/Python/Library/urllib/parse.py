"""Takes addresses of the web apart, puts them together, and quotes what they cannot hold."""

__all__ = [
    "urlparse", "urlunparse", "urljoin", "urldefrag", "urlsplit", "urlunsplit", "urlencode",
    "parse_qs", "parse_qsl", "quote", "quote_plus", "quote_from_bytes", "unquote", "unquote_plus",
    "unquote_to_bytes", "DefragResult", "ParseResult", "SplitResult", "DefragResultBytes",
    "ParseResultBytes", "SplitResultBytes",
]

import functools
import re
import types
from collections import namedtuple

uses_relative = [
    "", "ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms",
    "prospero", "rtsp", "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss"]
uses_netloc = [
    "", "ftp", "http", "gopher", "nntp", "telnet", "imap", "wais", "file", "mms", "https",
    "shttp", "snews", "prospero", "rtsp", "rtspu", "rsync", "svn", "svn+ssh", "sftp", "nfs", "git",
    "git+ssh", "ws", "wss"]
uses_params = [
    "", "ftp", "hdl", "prospero", "http", "imap", "https", "shttp", "rtsp", "rtspu", "sip", "sips",
    "mms", "sftp", "tel"]
scheme_chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."
_UNSAFE_CHARS = "\t\r\n"
_STRIPPED = "".join(map(chr, range(33)))


def clear_cache():
    """Nothing to do: no results are kept."""


# Results ----------------------------------------------------------------------------------------


class _Text:
    _empty, _at, _colon, _open, _close, _percent = "", "@", ":", "[", "]", "%"
    __slots__ = ()

    def encode(self, encoding="ascii", errors="strict"):
        return _BYTES[type(self)](*(part.encode(encoding, errors) for part in self))


class _Bytes:
    _empty, _at, _colon, _open, _close, _percent = b"", b"@", b":", b"[", b"]", b"%"
    __slots__ = ()

    def decode(self, encoding="ascii", errors="strict"):
        return _TEXTS[type(self)](*(part.decode(encoding, errors) for part in self))


class _Netloc:
    """The parts of user:password@host:port."""

    __slots__ = ()

    def _user(self):
        user, has_user, _ = self.netloc.rpartition(self._at)
        if not has_user:
            return None, None
        name, has_password, password = user.partition(self._colon)
        return name, password if has_password else None

    def _host(self):
        host = self.netloc.rpartition(self._at)[2]
        _, is_bracketed, bracketed = host.partition(self._open)
        if is_bracketed:
            name, _, port = bracketed.partition(self._close)
            port = port.partition(self._colon)[2]
        else:
            name, _, port = host.partition(self._colon)
        return name, port or None

    username = property(lambda self: self._user()[0])
    password = property(lambda self: self._user()[1])

    @property
    def hostname(self):
        name = self._host()[0]
        if not name:
            return None
        host, percent, zone = name.partition(self._percent)
        return host.lower() + percent + zone

    @property
    def port(self):
        port = self._host()[1]
        if port is None:
            return None
        if not (port.isdigit() and port.isascii()):
            raise ValueError(f"Port could not be cast to integer value as {port!r}")
        port = int(port)
        if port > 65535:
            raise ValueError("Port out of range 0-65535")
        return port

    __class_getitem__ = classmethod(types.GenericAlias)


_Defrag = namedtuple("_Defrag", "url fragment")
_Split = namedtuple("_Split", "scheme netloc path query fragment")
_Parse = namedtuple("_Parse", "scheme netloc path params query fragment")


class DefragResult(_Text, _Defrag):
    __slots__ = ()

    def geturl(self):
        return self.url + "#" + self.fragment if self.fragment else self.url


class DefragResultBytes(_Bytes, _Defrag):
    __slots__ = ()

    def geturl(self):
        return self.url + b"#" + self.fragment if self.fragment else self.url


class SplitResult(_Text, _Netloc, _Split):
    __slots__ = ()

    def geturl(self):
        return urlunsplit(self)


class SplitResultBytes(_Bytes, _Netloc, _Split):
    __slots__ = ()

    def geturl(self):
        return urlunsplit(self)


class ParseResult(_Text, _Netloc, _Parse):
    __slots__ = ()

    def geturl(self):
        return urlunparse(self)


class ParseResultBytes(_Bytes, _Netloc, _Parse):
    __slots__ = ()

    def geturl(self):
        return urlunparse(self)


_BYTES = {DefragResult: DefragResultBytes, SplitResult: SplitResultBytes,
          ParseResult: ParseResultBytes}
_TEXTS = {bytes_class: text_class for text_class, bytes_class in _BYTES.items()}


def _coerce(*args):
    """Texts, and what makes of a result what the arguments were."""
    is_text = isinstance(args[0], str)
    for arg in args[1:]:
        if arg and isinstance(arg, str) != is_text:
            raise TypeError("Cannot mix str and non-str arguments")
    if is_text:
        return (*args, lambda result: result)
    return (*(arg.decode("ascii") if arg else "" for arg in args), lambda result: result.encode())


# Taking apart and putting together ----------------------------------------------------------------


def urlsplit(url, scheme="", allow_fragments=True):
    url, scheme, result = _coerce(url, scheme)
    url = url.lstrip(_STRIPPED)
    scheme = scheme.strip(_STRIPPED)
    for c in _UNSAFE_CHARS:
        url = url.replace(c, "")
        scheme = scheme.replace(c, "")
    netloc = query = fragment = ""
    i = url.find(":")
    if i > 0 and url[0].isascii() and url[0].isalpha():
        if all(c in scheme_chars for c in url[:i]):
            scheme, url = url[:i].lower(), url[i + 1:]
    if url[:2] == "//":
        end = min((at for at in (url.find(c, 2) for c in "/?#") if at >= 0), default=len(url))
        netloc, url = url[2:end], url[end:]
        if ("[" in netloc) != ("]" in netloc):
            raise ValueError("Invalid IPv6 URL")
    if allow_fragments and "#" in url:
        url, fragment = url.split("#", 1)
    if "?" in url:
        url, query = url.split("?", 1)
    _check_netloc(netloc)
    return result(SplitResult(scheme, netloc, url, query, fragment))


def _check_netloc(netloc):
    """No character may become a separator when the name is normalised."""
    if not netloc or netloc.isascii():
        return
    import unicodedata
    plain = netloc
    for c in "@:#?":
        plain = plain.replace(c, "")
    normalized = unicodedata.normalize("NFKC", plain)
    if plain != normalized:
        for c in "/?#@:":
            if c in normalized:
                raise ValueError(f"netloc {netloc} contains invalid characters under NFKC "
                                 f"normalization")


def urlparse(url, scheme="", allow_fragments=True):
    url, scheme, result = _coerce(url, scheme)
    scheme, netloc, url, query, fragment = urlsplit(url, scheme, allow_fragments)
    params = ""
    if scheme in uses_params and ";" in url:
        if "/" in url:
            i = url.find(";", url.rfind("/"))
        else:
            i = url.find(";")
        if i >= 0:
            url, params = url[:i], url[i + 1:]
    return result(ParseResult(scheme, netloc, url, params, query, fragment))


def urlunparse(components):
    scheme, netloc, url, params, query, fragment, result = _coerce(*components)
    if params:
        url = f"{url};{params}"
    return result(urlunsplit((scheme, netloc, url, query, fragment)))


def urlunsplit(components):
    scheme, netloc, url, query, fragment, result = _coerce(*components)
    if netloc or scheme and scheme in uses_netloc and url[:2] != "//":
        if url and url[:1] != "/":
            url = "/" + url
        url = "//" + (netloc or "") + url
    if scheme:
        url = scheme + ":" + url
    if query:
        url = url + "?" + query
    if fragment:
        url = url + "#" + fragment
    return result(url)


def urljoin(base, url, allow_fragments=True):
    """An address that is relative to another one."""
    if not base:
        return url
    if not url:
        return base
    base, url, result = _coerce(base, url)
    bscheme, bnetloc, bpath, bparams, bquery, bfragment = urlparse(base, "", allow_fragments)
    scheme, netloc, path, params, query, fragment = urlparse(url, bscheme, allow_fragments)
    if scheme != bscheme or scheme not in uses_relative:
        return result(url)
    if scheme in uses_netloc:
        if netloc:
            return result(urlunparse((scheme, netloc, path, params, query, fragment)))
        netloc = bnetloc
    if not path and not params:
        path, params = bpath, bparams
        if not query:
            query = bquery
        return result(urlunparse((scheme, netloc, path, params, query, fragment)))
    base_parts = bpath.split("/")
    if base_parts[-1] != "":
        del base_parts[-1]
    if path[:1] == "/":
        segments = path.split("/")
    else:
        segments = base_parts + path.split("/")
        segments[1:-1] = filter(None, segments[1:-1])
    resolved = []
    for segment in segments:
        if segment == "..":
            if resolved:
                resolved.pop()
        elif segment != ".":
            resolved.append(segment)
    if segments[-1] in (".", ".."):
        resolved.append("")
    path = "/".join(resolved) or "/"
    return result(urlunparse((scheme, netloc, path, params, query, fragment)))


def urldefrag(url):
    url, result = _coerce(url)
    if "#" in url:
        scheme, netloc, path, params, query, fragment = urlparse(url)
        defragged = urlunparse((scheme, netloc, path, params, query, ""))
    else:
        defragged, fragment = url, ""
    return result(DefragResult(defragged, fragment))


# Quoting ----------------------------------------------------------------------------------------

_ALWAYS_SAFE = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_ASCII = re.compile("([\x00-\x7f]+)")
_HEX = {f"{a}{b}".encode(): bytes.fromhex(a + b)
        for a in "0123456789ABCDEFabcdef" for b in "0123456789ABCDEFabcdef"}


def unquote_to_bytes(string):
    if not string:
        return b""
    if isinstance(string, str):
        string = string.encode("utf-8")
    first, *rest = string.split(b"%")
    parts = [first]
    for item in rest:
        byte = _HEX.get(item[:2])
        parts.append(b"%" + item if byte is None else byte + item[2:])
    return b"".join(parts)


def unquote(string, encoding="utf-8", errors="replace"):
    if isinstance(string, bytes):
        return unquote_to_bytes(string).decode(encoding, errors)
    if "%" not in string:
        return string
    if encoding is None:
        encoding = "utf-8"
    if errors is None:
        errors = "replace"
    parts = _ASCII.split(string)
    for i in range(1, len(parts), 2):
        parts[i] = unquote_to_bytes(parts[i]).decode(encoding, errors)
    return "".join(parts)


def unquote_plus(string, encoding="utf-8", errors="replace"):
    return unquote(string.replace("+", " "), encoding, errors)


@functools.lru_cache
def _quoter(safe):
    return [chr(b) if b in safe else f"%{b:02X}" for b in range(256)]


def quote(string, safe="/", encoding=None, errors=None):
    if isinstance(string, str):
        if not string:
            return string
        string = string.encode(encoding or "utf-8", errors or "strict")
    else:
        if encoding is not None:
            raise TypeError("quote() doesn't support 'encoding' for bytes")
        if errors is not None:
            raise TypeError("quote() doesn't support 'errors' for bytes")
    return quote_from_bytes(string, safe)


def quote_plus(string, safe="", encoding=None, errors=None):
    space = " " if isinstance(string, str) else b" "
    if space not in string:
        return quote(string, safe, encoding, errors)
    safe = safe + (" " if isinstance(safe, str) else b" ")
    return quote(string, safe, encoding, errors).replace(" ", "+")


def quote_from_bytes(bs, safe="/"):
    if not isinstance(bs, (bytes, bytearray)):
        raise TypeError("quote_from_bytes() expected bytes")
    if not bs:
        return ""
    if isinstance(safe, str):
        safe = safe.encode("ascii", "ignore")
    else:
        safe = bytes(c for c in safe if c < 128)
    table = _quoter(_ALWAYS_SAFE.union(safe))
    return "".join([table[b] for b in bs])


# Queries ----------------------------------------------------------------------------------------


def parse_qs(
    qs, keep_blank_values=False, strict_parsing=False, encoding="utf-8", errors="replace",
    max_num_fields=None, separator="&"
):
    result = {}
    for name, value in parse_qsl(
            qs, keep_blank_values, strict_parsing, encoding, errors, max_num_fields, separator):
        result.setdefault(name, []).append(value)
    return result


def parse_qsl(
    qs, keep_blank_values=False, strict_parsing=False, encoding="utf-8", errors="replace",
    max_num_fields=None, separator="&"
):
    qs, result = _coerce(qs)
    if isinstance(separator, bytes):
        separator = separator.decode("ascii")
    if not separator or not isinstance(separator, (str, bytes)):
        raise ValueError("Separator must be of type string or bytes.")
    if max_num_fields is not None and max_num_fields < 1 + qs.count(separator):
        raise ValueError("Max number of fields exceeded")
    pairs = []
    for item in qs.split(separator) if qs else []:
        if not item and not strict_parsing:
            continue
        name, has_value, value = item.partition("=")
        if not has_value:
            if strict_parsing:
                raise ValueError("bad query field: %r" % (item,))
            if not keep_blank_values:
                continue
        if value or keep_blank_values:
            pairs.append(tuple(
                result(unquote(part.replace("+", " "), encoding=encoding, errors=errors))
                for part in (name, value)))
    return pairs


def urlencode(query, doseq=False, safe="", encoding=None, errors=None, quote_via=quote_plus):
    if hasattr(query, "items"):
        query = query.items()
    else:
        try:
            if len(query) and not isinstance(query[0], tuple):
                raise TypeError
        except TypeError as error:
            raise TypeError("not a valid non-string sequence or mapping object") from error

    def quoted(value):
        if isinstance(value, bytes):
            return quote_via(value, safe)
        return quote_via(
            value if isinstance(value, str) else str(value), safe, encoding, errors)
    parts = []
    for key, value in query:
        key = quoted(key)
        if not doseq or isinstance(value, (str, bytes)):
            parts.append(f"{key}={quoted(value)}")
            continue
        try:
            len(value)
        except TypeError:
            parts.append(f"{key}={quoted(value)}")
        else:
            parts += [f"{key}={quoted(item)}" for item in value]
    return "&".join(parts)
