"""Sessions in which a user types statements."""

import sys
import traceback
from codeop import CommandCompiler, compile_command

__all__ = ["InteractiveInterpreter", "InteractiveConsole", "interact", "compile_command"]


class InteractiveInterpreter:
    """Runs statements in a namespace, and shows what goes wrong."""

    def __init__(self, locals=None):
        self.compile = CommandCompiler()
        self.locals = {"__name__": "__console__", "__doc__": None} if locals is None else locals

    def runsource(self, source, filename="<input>", symbol="single"):
        """Runs a text, unless it is only the beginning of a statement: then it is true."""
        needs_more = False
        try:
            statement = self.compile(source, filename, symbol)
            needs_more = statement is None
        except (SyntaxError, ValueError, OverflowError):
            self.showsyntaxerror(filename)
        else:
            if not needs_more:
                self.runcode(statement)
        return needs_more

    def runcode(self, code):
        """Runs a code object. Only SystemExit gets out."""
        try:
            exec(code, self.locals)
        except BaseException as error:
            if isinstance(error, SystemExit):
                raise
            self.showtraceback()

    def _show(self, error, trace, lines):
        """Writes lines about an exception, or leaves it to `sys.excepthook` if that is somebody
        else's. Debuggers may look at it later."""
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
        if sys.excepthook is sys.__excepthook__:
            self.write("".join(lines()))
        else:
            # Somebody wants to show exceptions in another way.
            sys.excepthook(type(error), error, trace)

    def showtraceback(self):
        """Shows the exception that is being handled; the frame of this module is left out."""
        error = sys.exc_info()[1]
        trace = error.__traceback__
        self._show(
            error, trace, lambda: traceback.format_exception(type(error), error, trace.tb_next)
        )

    def showsyntaxerror(self, filename=None):
        """Shows the exception that is being handled, with the name of the file if it has none."""
        error = sys.exc_info()[1]
        if filename and type(error) is SyntaxError and len(error.args) == 2:
            message, place = error.args
            trace = error.__traceback__
            error = SyntaxError(message, (filename, *place[1:])).with_traceback(trace)
        self._show(
            error, error.__traceback__, lambda: traceback.format_exception_only(type(error), error)
        )

    def write(self, data):
        """Where everything goes that is shown."""
        sys.stderr.write(data)


class InteractiveConsole(InteractiveInterpreter):
    """Reads the statements, too, line by line."""

    def __init__(self, locals=None, filename="<console>"):
        super().__init__(locals)
        self.filename, self.buffer = filename, []

    def push(self, line):
        """Takes a line; true if the statement needs more."""
        self.buffer.append(line)
        needs_more = self.runsource("\n".join(self.buffer), self.filename)
        if not needs_more:
            self.resetbuffer()
        return needs_more

    def raw_input(self, prompt=""):
        """A line without its end; EOFError if there is none."""
        return input(prompt)

    def resetbuffer(self):
        """Forgets the lines of a statement that has only begun."""
        self.buffer = []

    def interact(self, banner=None, exitmsg=None):
        """Reads and runs statements until there are no more lines."""
        name = type(self).__name__
        if banner is None:
            banner = f"Python {sys.version} on {sys.platform}\n({name})"
        if banner:
            self.write(f"{banner}\n")
        prompts = getattr(sys, "ps1", ">>> "), getattr(sys, "ps2", "... ")
        needs_more = False
        while True:
            try:
                needs_more = self.push(self.raw_input(prompts[needs_more]))
            except KeyboardInterrupt:
                self.resetbuffer()
                needs_more = False
                self.write("\nKeyboardInterrupt\n")
            except EOFError:
                self.write("\n")
                break
        farewell = f"now exiting {name}..." if exitmsg is None else exitmsg
        if farewell != "":
            self.write(f"{farewell}\n")


def interact(banner=None, readfunc=None, local=None, exitmsg=None):
    """A session; lines may come from a function."""
    console = InteractiveConsole(local)
    console.raw_input = readfunc or console.raw_input
    console.interact(banner=banner, exitmsg=exitmsg)


if __name__ == "__main__":
    interact()
