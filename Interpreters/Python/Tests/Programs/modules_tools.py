# Mocks, signals, customs of places, encodings.
import codecs
import locale
import signal
from unittest.mock import MagicMock, Mock, call, patch

mock = Mock(side_effect=[1, KeyError("none")])
print(mock("a", b=2), mock.call_args, mock.call_count)  # expect: 1 call('a', b=2) 1
mock.nested.method(3).again()
print(mock.mock_calls)
# expect: [call('a', b=2), call.nested.method(3), call.nested.method().again()]
try:
    mock.assert_called_once_with("b")
except AssertionError as error:
    print(str(error).splitlines()[0])  # expect: expected call not found.
magic = MagicMock()
magic.__len__.return_value = 4
magic.__getitem__.side_effect = lambda key: key * 2
print(len(magic), magic[5], magic.mock_calls)
# expect: 4 10 [call.__len__(), call.__getitem__(5)]
with patch("os.getcwd", return_value="/elsewhere") as patched:
    import os
    print(os.getcwd(), patched.mock_calls == [call()])  # expect: /elsewhere True
print(os.getcwd() == "/elsewhere")  # expect: False

print(signal.SIGINT, repr(signal.Signals(15)), signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
# expect: 2 <Signals.SIGTERM: 15> True
print(locale.setlocale(locale.LC_ALL, "C"), locale.format_string("%d %.1f", (1234, 2.5), True))
# expect: C 1234 2.5
for encoding in ("utf-7", "punycode", "idna", "cp1251", "koi8-r", "cp437"):
    word = "привет" if encoding != "cp437" else "größe"
    print(encoding, word.encode(encoding), word.encode(encoding).decode(encoding) == word)
# expect: utf-7 b'+BD8EQAQ4BDIENQRC-' True
# expect: punycode b'b1agh1afp' True
# expect: idna b'xn--b1agh1afp' True
# expect: cp1251 b'\xef\xf0\xe8\xe2\xe5\xf2' True
# expect: koi8-r b'\xd0\xd2\xc9\xd7\xc5\xd4' True
# expect: cp437 b'gr\x94\xe1e' True
try:
    codecs.encode(b"bytes", "utf8")
except TypeError as error:
    print(error)
# expect: encoding with 'utf8' codec failed (TypeError: utf_8_encode() argument 1 must be str, not bytes)


# What the compiler finds odd goes to the module warnings.
import warnings
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    exec(compile("x = 5\nx is 5\nassert (x, 'y')\n", "text", "exec"))
    eval("lambda: (3)['x']")
for warning in seen:
    print(warning.category.__name__, warning.message, warning.filename, warning.lineno)
# expect: SyntaxWarning "is" with a literal. Did you mean "=="? text 2
# expect: SyntaxWarning assertion is always true, perhaps remove parentheses? text 3
# expect: SyntaxWarning 'int' object is not subscriptable; perhaps you missed a comma? <string> 1
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        compile("\n5 is 5", "text", "exec")
    except SyntaxError as error:
        print(type(error).__name__, error, error.lineno, error.offset, error.end_offset)
# expect: SyntaxError "is" with a literal. Did you mean "=="? (text, line 2) 2 1 7
