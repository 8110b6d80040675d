"""Takes addresses of the web apart, puts them together, and quotes what they cannot hold."""

__all__ = [
    "urlparse", "urlunparse", "urljoin", "urldefrag", "urlsplit", "urlunsplit", "urlencode",
    "parse_qs", "parse_qsl", "quote", "quote_plus", "quote_from_bytes", "unquote", "unquote_plus",
    "unquote_to_bytes", "DefragResult", "ParseResult", "SplitResult", "DefragResultBytes",
    "ParseResultBytes", "SplitResultBytes",
]

import re
import string as _string
from collections import namedtuple
from functools import lru_cache
from types import GenericAlias

# What schemes have: addresses that are relative to others, the name of a place, parameters.
uses_relative, uses_netloc, uses_params = (text.split(" ") for text in (
    " ftp http gopher nntp imap wais file https shttp mms prospero rtsp rtsps rtspu sftp svn "
    "svn+ssh ws wss",
    " ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtsps rtspu "
    "rsync svn svn+ssh sftp nfs git git+ssh ws wss",
    " ftp hdl prospero http imap https shttp rtsp rtsps rtspu sip sips mms sftp tel"))
scheme_chars = _string.ascii_letters + _string.digits + "+-."
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_BLANK = "".join(map(chr, range(0x21)))


# Texts and bytes ----------------------------------------------------------------------------------


def _as_texts(*args):
    """The arguments as texts, and a function that makes of a result what they were."""
    first, *others = [isinstance(arg, str) for arg in args if arg or arg is args[0]]
    if any(other is not first for other in others):
        raise TypeError("Cannot mix str and non-str arguments")
    if first:
        return args, lambda result: result
    return [arg.decode("ascii") if arg else "" for arg in args], lambda result: result.encode()


def _recoded(method):
    """A method that makes the same result of the other kind of parts."""

    def recode(self, encoding="ascii", errors="strict"):
        parts = [getattr(part, method)(encoding, errors) for part in self]
        return _COUNTERPARTS[type(self)](*parts)

    recode.__name__ = method
    return recode


class _Place:
    """The parts of user:password@host:port."""

    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)

    def _signs(self):
        return ("@", ":", "[", "]", "%") if isinstance(self.netloc, str) else (
            b"@", b":", b"[", b"]", b"%")

    def _user(self):
        at, colon, *_ = self._signs()
        user, found, _ = self.netloc.rpartition(at)
        name, has_password, password = user.partition(colon)
        return name if found else None, password if has_password else None

    def _host(self):
        at, colon, opening, closing, _ = self._signs()
        host = self.netloc.rpartition(at)[2]
        _, in_brackets, inner = host.partition(opening)
        if in_brackets:
            name, _, host = inner.partition(closing)
            return name, host.partition(colon)[2]
        return host.partition(colon)[::2]

    @property
    def username(self):
        return self._user()[0]

    @property
    def password(self):
        return self._user()[1]

    @property
    def hostname(self):
        """The name in small letters, but for the zone of an address."""
        name, sign, zone = self._host()[0].partition(self._signs()[-1])
        return name.lower() + sign + zone or None

    @property
    def port(self):
        text = self._host()[1]
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"Port could not be cast to integer value as {text!r}")
        number = int(text)
        if number >= 1 << 16:
            raise ValueError("Port out of range 0-65535")
        return number


def _result_classes(name, fields, put_together, *bases):
    """A kind of result for texts and one for bytes."""
    record = namedtuple(f"{name}Base", fields)
    members = {"__slots__": (), "__module__": __name__, "geturl": put_together}
    return (
        type(name, (*bases, record), {**members, "encode": _recoded("encode")}),
        type(f"{name}Bytes", (*bases, record), {**members, "decode": _recoded("decode")}))


def _with_fragment(result):
    url, fragment = result
    hash_sign = "#" if isinstance(url, str) else b"#"
    return url + hash_sign + fragment if fragment else url


DefragResult, DefragResultBytes = _result_classes(
    "DefragResult", "url fragment", lambda self: _with_fragment(self))
SplitResult, SplitResultBytes = _result_classes(
    "SplitResult", "scheme netloc path query fragment", lambda self: urlunsplit(self), _Place)
ParseResult, ParseResultBytes = _result_classes(
    "ParseResult", "scheme netloc path params query fragment", lambda self: urlunparse(self),
    _Place)
_COUNTERPARTS = {
    DefragResult: DefragResultBytes, SplitResult: SplitResultBytes, ParseResult: ParseResultBytes}
_COUNTERPARTS.update([(of_bytes, of_texts) for of_texts, of_bytes in _COUNTERPARTS.items()])


# Taking apart -------------------------------------------------------------------------------------


def urlsplit(url, scheme="", allow_fragments=True):
    """(scheme, netloc, path, query, fragment)"""
    texts, back = _as_texts(url, scheme)
    url, scheme = (re.sub("[\t\r\n]", "", text) for text in (
        texts[0].lstrip(_BLANK), texts[1].strip(_BLANK)))
    found = _SCHEME.match(url)
    if found:
        scheme, url = found[1].lower(), url[found.end():]
    fragment = query = netloc = ""
    if url.startswith("//"):
        netloc = re.match("[^/?#]*", url[2:])[0]
        url = url[2 + len(netloc):]
        _check_place(netloc)
    if allow_fragments:
        url, _, fragment = url.partition("#")
    url, _, query = url.partition("?")
    return back(SplitResult(scheme, netloc, url, query, fragment))


def _check_place(netloc):
    """Refuses brackets without an address, and signs that would turn into others."""
    if ("[" in netloc) is not ("]" in netloc):
        raise ValueError("Invalid IPv6 URL")
    if "[" in netloc:
        _check_address(netloc.partition("[")[2].partition("]")[0])
    if netloc.isascii():
        return
    from unicodedata import normalize
    plain = re.sub("[@:#?]", "", netloc)
    normal = normalize("NFKC", plain)
    if normal != plain and re.search("[/?#@:]", normal):
        raise ValueError(f"netloc {netloc!r} contains invalid characters under NFKC normalization")


def _is_ipv4(text):
    numbers = text.split(".")
    return len(numbers) == 4 and all(
        re.fullmatch("0|[1-9][0-9]{0,2}", number) and int(number) < 256 for number in numbers)


def _is_ipv6(text):
    address, percent, zone = text.partition("%")
    if percent and (not zone or "%" in zone):
        return False
    head, colon, last = address.rpartition(":")
    if _is_ipv4(last):
        address = f"{head}{colon}0:0"
    before, gap, after = address.partition("::")
    groups = [group for side in (before, after) for group in (side.split(":") if side else [])]
    if not all(re.fullmatch("[0-9a-fA-F]{1,4}", group) for group in groups):
        return False
    return len(groups) < 8 if gap else len(groups) == 8


def _check_address(text):
    """Refuses what is neither an address of IPv6 nor one of a kind that is yet to come."""
    if text.startswith("v"):
        if not re.fullmatch(r"v[a-fA-F0-9]+\..+", text):
            raise ValueError("IPvFuture address is invalid")
    elif _is_ipv4(text):
        raise ValueError("An IPv4 address cannot be in brackets")
    elif not _is_ipv6(text):
        raise ValueError(f"{text!r} does not appear to be an IPv4 or IPv6 address")


def urlparse(url, scheme="", allow_fragments=True):
    """(scheme, netloc, path, params, query, fragment)"""
    (url, scheme), back = _as_texts(url, scheme)
    scheme, netloc, path, query, fragment = urlsplit(url, scheme, allow_fragments)
    params = ""
    if scheme in uses_params:
        # Only the last name in a path has parameters here.
        folder, slash, name = path.rpartition("/")
        name, _, params = name.partition(";")
        path = folder + slash + name
    return back(ParseResult(scheme, netloc, path, params, query, fragment))


def urldefrag(url):
    """(the address without its fragment, the fragment)"""
    (url,), back = _as_texts(url)
    if "#" not in url:
        return back(DefragResult(url, ""))
    parts = urlparse(url)
    return back(DefragResult(urlunparse(parts._replace(fragment="")), parts.fragment))


# Putting together ---------------------------------------------------------------------------------


def urlunsplit(components):
    (scheme, netloc, path, query, fragment), back = _as_texts(*components)
    place = ""
    if netloc or (scheme and scheme in uses_netloc and not path.startswith("//")):
        place = f"//{netloc or ''}" + ("/" if path and path[0] != "/" else "")
    return back("".join([
        scheme and f"{scheme}:", place, path, query and f"?{query}",
        fragment and f"#{fragment}"]))


def urlunparse(components):
    (scheme, netloc, path, params, *rest), back = _as_texts(*components)
    return back(urlunsplit((scheme, netloc, f"{path};{params}" if params else path, *rest)))


def urljoin(base, url, allow_fragments=True):
    """An address that is relative to another one."""
    if not (base and url):
        return base or url
    (base, url), back = _as_texts(base, url)
    below = urlparse(base, "", allow_fragments)
    given = urlparse(url, below.scheme, allow_fragments)
    has_place = given.scheme in uses_netloc
    if given.scheme != below.scheme or given.scheme not in uses_relative:
        return back(url)
    if not (has_place and given.netloc):
        if has_place:
            given = given._replace(netloc=below.netloc)
        if given.path or given.params:
            given = given._replace(path=_joined(below.path, given.path))
        else:
            given = given._replace(
                path=below.path, params=below.params, query=given.query or below.query)
    return back(urlunparse(given))


def _joined(base, path):
    """A path that is relative to another one, without dots."""
    if path[:1] == "/":
        names = path.split("/")
    else:
        folder = base[:base.rfind("/") + 1] if base else "/"
        first, *inner = (folder + path).split("/")
        names = [first, *filter(None, inner[:-1]), *inner[-1:]]
    result = []
    for name in names:
        if name == "..":
            del result[-1:]
        elif name != ".":
            result.append(name)
    if names[-1] in (".", ".."):
        result.append("")
    return "/".join(result) or "/"


# Quoting ------------------------------------------------------------------------------------------

_ALWAYS_SAFE = frozenset((_string.ascii_letters + _string.digits + "_.-~").encode())
_ESCAPE = re.compile(b"%([0-9a-fA-F]{2})")
_ASCII = re.compile("[\x00-\x7f]+")


@lru_cache
def _quoted_bytes(safe):
    """What stands for each byte, when some are safe beside letters and digits."""
    return [
        chr(byte) if byte in _ALWAYS_SAFE or byte in safe and byte < 0x80 else f"%{byte:02X}"
        for byte in range(256)]


def quote_from_bytes(bs, safe="/"):
    """The text of bytes of which those that are not safe are quoted."""
    if not isinstance(bs, (bytes, bytearray)):
        raise TypeError("quote_from_bytes() expected bytes")
    safe = safe.encode("ascii", "ignore") if isinstance(safe, str) else bytes(safe)
    return "".join(map(_quoted_bytes(safe).__getitem__, bs))


def quote(string, safe="/", encoding=None, errors=None):
    """A text, or bytes, with what is not safe quoted."""
    if isinstance(string, str):
        string = string.encode(encoding or "utf-8", errors or "strict")
    else:
        for name, value in (("encoding", encoding), ("errors", errors)):
            if value is not None:
                raise TypeError(f"quote() doesn't support '{name}' for bytes")
    return quote_from_bytes(string, safe)


def quote_plus(string, safe="", encoding=None, errors=None):
    """Like `quote`, with a plus sign for a space."""
    space = " " if isinstance(safe, str) else b" "
    pieces = quote(string, safe + space, encoding, errors).split(" ")
    return "+".join(pieces)


def unquote_to_bytes(string):
    """What was quoted, as bytes."""
    data = string.encode("utf-8") if isinstance(string, str) else string or b""
    return _ESCAPE.sub(lambda escape: bytes((int(escape[1], 16),)), data)


def unquote(string, encoding="utf-8", errors="replace"):
    """What was quoted, as a text."""
    if isinstance(string, bytes):
        return unquote_to_bytes(string).decode(encoding, errors)
    if "%" not in string:
        return string
    codec = encoding or "utf-8", errors or "replace"
    return _ASCII.sub(lambda part: unquote_to_bytes(part[0]).decode(*codec), string)


def unquote_plus(string, encoding="utf-8", errors="replace"):
    """Like `unquote`, with spaces for plus signs."""
    return unquote(" ".join(string.split("+")), encoding, errors)


# Queries ------------------------------------------------------------------------------------------


def parse_qsl(
    qs, keep_blank_values=False, strict_parsing=False, encoding="utf-8", errors="replace",
    max_num_fields=None, separator="&"
):
    """The names and values of a query, in pairs."""
    (qs,), back = _as_texts(qs)
    if not (separator and isinstance(separator, (str, bytes))):
        raise ValueError("Separator must be of type string or bytes.")
    if isinstance(separator, bytes):
        separator = separator.decode("ascii")
    fields = qs.split(separator) if qs else []
    if max_num_fields is not None and max_num_fields < len(fields):
        raise ValueError("Max number of fields exceeded")
    pairs = []
    for field in fields:
        if strict_parsing and "=" not in field:
            raise ValueError(f"bad query field: {field!r}")
        name, _, value = field.partition("=")
        if value or keep_blank_values and field:
            pairs.append(tuple(
                back(unquote_plus(part, encoding, errors)) for part in (name, value)))
    return pairs


def parse_qs(*args, **kwargs):
    """The values of a query by their names, in lists."""
    values = {}
    for name, value in parse_qsl(*args, **kwargs):
        values.setdefault(name, []).append(value)
    return values


def urlencode(query, doseq=False, safe="", encoding=None, errors=None, quote_via=quote_plus):
    """A query of a mapping or of pairs; with `doseq`, a value may stand for several ones."""

    def quoted(item):
        if isinstance(item, bytes):
            return quote_via(item, safe)
        return quote_via(str(item), safe, encoding, errors)

    def values(value):
        if not doseq or isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):
            return [value]
        return value

    return "&".join([
        f"{quoted(key)}={quoted(item)}" for key, value in _pairs(query) for item in values(value)])


def _pairs(query):
    if hasattr(query, "items"):
        return query.items()
    try:
        if not len(query) or isinstance(query[0], tuple):
            return query
        raise TypeError
    except TypeError as cause:
        raise TypeError("not a valid non-string sequence or mapping object") from cause


def clear_cache():
    """Forgets what was computed for sets of safe characters."""
    _quoted_bytes.cache_clear()
