# Texts of the library: tables, configurations, command lines, trees, addresses.
import argparse
import ast
import configparser
import csv
import difflib
import html
import io
import logging
import shlex
import sys
import tokenize
from urllib.parse import parse_qs, quote, urljoin, urlsplit

print(list(csv.reader(['a,"b ""x"", c",', "1,2"])), list(csv.DictReader(["x;y", "1;2"], delimiter=";")))
out = io.StringIO()
csv.writer(out, quoting=csv.QUOTE_NONNUMERIC).writerow(["a,b", 1.5, None])
print(repr(out.getvalue()))
config = configparser.ConfigParser()
config.read_string("[DEFAULT]\nroot = /r\n[a]\npath = %(root)s/x\nn: 7\nlong = one\n  two\n")
print(config["a"]["path"], config.getint("a", "n"), repr(config["a"]["long"]), config.sections())
parser = argparse.ArgumentParser(prog="tool")
parser.add_argument("files", nargs="+")
parser.add_argument("-n", "--number", type=int, default=3, help="how many (default: %(default)s)")
parser.add_argument("-v", action="count", default=0)
print(parser.parse_args(["-vv", "a", "b", "--num=5"]), parser.format_usage().strip())
print(ast.dump(ast.parse("x = f(1, *y)").body[0]))
print(ast.literal_eval("{'a': [1, (2.5, -3j)], b'x': None}"), ast.unparse(ast.parse("if  a :  b=( 1,)\nelse:c")).split("\n"))
print([token.string for token in tokenize.generate_tokens(io.StringIO("a+=b'x' # c\n").readline)])
print("".join(difflib.unified_diff(["a\n", "b\n"], ["a\n", "c\n"], "x", "y", lineterm="\n")).split("\n"), difflib.get_close_matches("appel", ["ape", "apple"]))
print(html.escape("<a b='c'>&"), html.unescape("&eacute;&#x41;&hearts;&notit;"), shlex.split("a 'b c' \"d\\\"e\""), shlex.quote("it's"))
print(urlsplit("http://u:p@Host:80/p;x?q=1#f").hostname, urljoin("http://a/b/c", "../d?e"), quote("ä /b"), parse_qs("a=1&a=%202"))
logger = logging.getLogger("shop.door")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(funcName)s %(message)s"))
logger.addHandler(handler)
logger.propagate = False
logger.warning("%d visitors", 3)

# expect: [['a', 'b "x", c', ''], ['1', '2']] [{'x': '1', 'y': '2'}]
# expect: '"a,b",1.5,""\r\n'
# expect: /r/x 7 'one\ntwo' ['a']
# expect: Namespace(files=['a', 'b'], number=5, v=2) usage: tool [-h] [-n NUMBER] [-v] files [files ...]
# expect: Assign(targets=[Name(id='x', ctx=Store())], value=Call(func=Name(id='f', ctx=Load()), args=[Constant(value=1), Starred(value=Name(id='y', ctx=Load()), ctx=Load())], keywords=[]))
# expect: {'a': [1, (2.5, (-0-3j))], b'x': None} ['if a:', '    b = (1,)', 'else:', '    c']
# expect: ['a', '+=', "b'x'", '# c', '\n', '']
# expect: ['--- x', '+++ y', '@@ -1,2 +1,2 @@', ' a', '-b', '+c', ''] ['apple', 'ape']
# expect: &lt;a b=&#x27;c&#x27;&gt;&amp; éA♥¬it; ['a', 'b c', 'd"e'] 'it'"'"'s'
# expect: host http://a/d?e %C3%A4%20/b {'a': ['1', ' 2']}
# expect: WARNING shop.door <module> 3 visitors
