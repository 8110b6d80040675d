# Strings and bytes.
text = "Grüße, Welt 🎉"
print(len(text), text[::-1], text.upper(), text.encode()[:8], text.find("W"), "ß".upper())  # expect: 13 🎉 tleW ,eßürG GRÜSSE, WELT 🎉 b'Gr\xc3\xbc\xc3\x9fe,' 7 SS
print("a,b,,c".split(","), " x  y ".split(), "-".join(["1", "2"]), "abc".replace("b", "BB"))  # expect: ['a', 'b', '', 'c'] ['x', 'y'] 1-2 aBBc
print("%5.2f|%-4d|%s|%r|%x" % (3.14159, 42, "s", "q", 255), "{0}-{1!r:>5}-{name}".format(1, "a", name="n"))  # expect:  3.14|42  |s|'q'|ff 1-  'a'-n
print("hello world".title(), "Hello".swapcase(), "abc".center(9, "*"), "12".zfill(5), "x\ty".expandtabs(4))  # expect: Hello World hELLO ***abc*** 00012 x   y
print("abcabc".count("bc"), "abc".startswith(("x", "ab")), "a-b-c".rpartition("-"), "ab\ncd\r\n".splitlines())  # expect: 2 True ('a-b', '-', 'c') ['ab', 'cd']
print(repr("it's"), repr('"'), repr("\n\x00\u20ac\ud800"), ascii("é"))  # expect: "it's" '"' '\n\x00€\ud800' '\xe9'
print(b"bytes"[1], b"a" + b"b", bytes([65, 66]), bytearray(b"xy").hex(), b"\xff".decode("latin-1"))  # expect: 121 b'ab' b'AB' 7879 ÿ
print("é" < "z", "abc" < "abd", "a" * 3, "b" in "abc", chr(8364), ord("€"))  # expect: False True aaa True € 8364
print("  strip ".strip() + "|", "xxhixx".strip("x"), "abc".isalpha(), "12".isdigit(), "Ab".islower())  # expect: strip| hi True True False
