"""Kinds of tokens."""

_NAMES = (
    "ENDMARKER NAME NUMBER STRING NEWLINE INDENT DEDENT LPAR RPAR LSQB RSQB COLON COMMA SEMI PLUS "
    "MINUS STAR SLASH VBAR AMPER LESS GREATER EQUAL DOT PERCENT LBRACE RBRACE EQEQUAL NOTEQUAL "
    "LESSEQUAL GREATEREQUAL TILDE CIRCUMFLEX LEFTSHIFT RIGHTSHIFT DOUBLESTAR PLUSEQUAL MINEQUAL "
    "STAREQUAL SLASHEQUAL PERCENTEQUAL AMPEREQUAL VBAREQUAL CIRCUMFLEXEQUAL LEFTSHIFTEQUAL "
    "RIGHTSHIFTEQUAL DOUBLESTAREQUAL DOUBLESLASH DOUBLESLASHEQUAL AT ATEQUAL RARROW ELLIPSIS "
    "COLONEQUAL OP AWAIT ASYNC TYPE_IGNORE TYPE_COMMENT SOFT_KEYWORD ERRORTOKEN COMMENT NL "
    "ENCODING").split()
_SIGNS = (
    "( ) [ ] : , ; + - * / | & < > = . % { } == != <= >= ~ ^ << >> ** += -= *= /= %= &= |= ^= <<= "
    ">>= **= // //= @ @= -> ... :=").split()

globals().update((_name, _number) for _number, _name in enumerate(_NAMES))
N_TOKENS = len(_NAMES)
NT_OFFSET = 256
tok_name = dict(enumerate(_NAMES)) | {N_TOKENS: "N_TOKENS", NT_OFFSET: "NT_OFFSET"}
EXACT_TOKEN_TYPES = {_sign: _number for _number, _sign in enumerate(_SIGNS, _NAMES.index("LPAR"))}

__all__ = ["tok_name", "ISTERMINAL", "ISNONTERMINAL", "ISEOF", "N_TOKENS", "NT_OFFSET", *_NAMES]


def ISNONTERMINAL(x):
    """Is it a rule of the grammar?"""
    return not ISTERMINAL(x)


def ISTERMINAL(x):
    """Is it a kind of token?"""
    return x < NT_OFFSET


def ISEOF(x):
    """Is it the end?"""
    return x == 0
