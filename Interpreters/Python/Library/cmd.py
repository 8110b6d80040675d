"""Programs that take commands line by line."""

import sys
from string import ascii_letters, digits

__all__ = ["Cmd"]

IDENTCHARS, PROMPT = f"{ascii_letters}{digits}_", "(Cmd) "


def _hook(doc, answer=lambda *words: None):
    """A method that is to be replaced."""
    def hook(self, *words):
        return answer(*words)
    hook.__doc__ = doc
    return hook


class Cmd:
    """Each method `do_NAME` is a command; its docstring, or a method `help_NAME`, is the help."""

    prompt, identchars, ruler, lastcmd = PROMPT, IDENTCHARS, "=", ""
    intro, doc_leader, use_rawinput = None, "", 1
    doc_header = "Documented commands (type help <topic>):"
    misc_header = "Miscellaneous help topics:"
    undoc_header = "Undocumented commands:"
    nohelp = "*** No help on %s"

    def __init__(self, completekey="tab", stdin=None, stdout=None):
        self.stdin, self.stdout = stdin or sys.stdin, stdout or sys.stdout
        self.cmdqueue, self.completekey = [], completekey

    def _print(self, text=""):
        self.stdout.write(f"{text}\n")

    def _next_line(self):
        """The next line: one that waits, or one that the user types."""
        if self.cmdqueue:
            return self.cmdqueue.pop(0)
        if self.use_rawinput:
            try:
                return input(self.prompt)
            except EOFError:
                return "EOF"
        self.stdout.write(self.prompt)
        self.stdout.flush()
        line = self.stdin.readline()
        return line.rstrip("\r\n") if line else "EOF"

    def cmdloop(self, intro=None):
        """Takes commands until one says that it was the last."""
        self.preloop()
        if intro is not None:
            self.intro = intro
        if self.intro:
            self._print(self.intro)
        is_last = False
        while not is_last:
            line = self.precmd(self._next_line())
            is_last = self.postcmd(self.onecmd(line), line)
        self.postloop()

    # To be replaced

    preloop = _hook("Before the first command.")
    postloop = _hook("After the last command.")
    precmd = _hook("The line as it is to be understood.", lambda line: line)
    postcmd = _hook("Was this the last command?", lambda stop, line: stop)

    def emptyline(self):
        """At an empty line the last command is done again."""
        return self.onecmd(self.lastcmd) if self.lastcmd else None

    def default(self, line):
        """At a line that is no command."""
        self._print(f"*** Unknown syntax: {line}")

    # Commands

    def parseline(self, line):
        """The command, its argument and the line; None for what is not there."""
        line = line.strip()
        for sign, word in (("?", "help"), ("!", "shell" if hasattr(self, "do_shell") else None)):
            if line.startswith(sign):
                if word is None:
                    return None, None, line
                line = f"{word} {line[1:]}"
        if not line:
            return None, None, line
        name = line[:len(line) - len(line.lstrip(self.identchars))]
        return name, line[len(name):].strip(), line

    def onecmd(self, line):
        """Does one command; true if it was the last."""
        name, argument, line = self.parseline(line)
        if not line:
            return self.emptyline()
        if name is None:
            return self.default(line)
        self.lastcmd = "" if line == "EOF" else line
        command = getattr(self, f"do_{name}", None) if name else None
        return self.default(line) if command is None else command(argument)

    def get_names(self):
        """The names of all attributes of the class."""
        return dir(self.__class__)

    def _named(self, prefix):
        return [name[len(prefix):] for name in self.get_names() if name.startswith(prefix)]

    def do_help(self, arg):
        'List available commands with "help" or detailed help with "help cmd".'
        if not arg:
            return self._print_topics()
        function = getattr(self, f"help_{arg}", None)
        if function is not None:
            return function()
        command = getattr(self, f"do_{arg}", None)
        self._print(command and command.__doc__ or self.nohelp % (arg,))

    def _print_topics(self):
        topics = dict.fromkeys(self._named("help_"))
        documented, others = [], []
        for name in sorted(set(self._named("do_"))):
            if name in topics:
                del topics[name]
                documented.append(name)
            else:
                has_text = getattr(self, f"do_{name}").__doc__
                (documented if has_text else others).append(name)
        self._print(self.doc_leader)
        for header, names in ((self.doc_header, documented), (self.misc_header, sorted(topics)),
                              (self.undoc_header, others)):
            self.print_topics(header, names, 15, 80)

    def print_topics(self, header, cmds, cmdlen, maxcol):
        """Prints names below a header."""
        if not cmds:
            return
        self._print(header)
        if self.ruler:
            self._print(self.ruler * len(header))
        self.columnize(cmds, maxcol - 1)
        self._print()

    def columnize(self, list, displaywidth=80):
        """Prints texts in columns, as few lines as there can be."""
        if not list:
            return self._print("<empty>")
        wrong = [str(i) for i, text in enumerate(list) if not isinstance(text, str)]
        if wrong:
            raise TypeError(f"list[i] not a string for i in {', '.join(wrong)}")
        for rows in range(1, len(list) + 1):
            columns = [list[start:start + rows] for start in range(0, len(list), rows)]
            widths = [max(map(len, column)) for column in columns]
            if sum(widths) + 2 * (len(widths) - 1) <= displaywidth:
                break
        for row in range(rows):
            cells = [(column[row] if row < len(column) else "").ljust(width)
                     for column, width in zip(columns, widths)]
            while rows > 1 and cells and not cells[-1].strip():
                cells.pop()
            self._print("  ".join(cells) if len(list) > 1 else list[0])

    # Completion, for those who read lines themselves

    def completenames(self, text, *ignored):
        """The commands that begin so."""
        return [name for name in self._named("do_") if name.startswith(text)]

    def completedefault(self, *ignored):
        """The arguments of commands without a method `complete_NAME`."""
        return []

    def complete_help(self, *args):
        topics = {name for name in self._named("help_") if name.startswith(args[0])}
        return [*{*self.completenames(*args), *topics}]
