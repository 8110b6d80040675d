"""Other programs: starts them, talks to them, waits for them."""

__all__ = ["Popen", "PIPE", "STDOUT", "call", "check_call", "getstatusoutput", "getoutput",
           "check_output", "run", "CalledProcessError", "DEVNULL", "SubprocessError",
           "TimeoutExpired", "CompletedProcess"]

import io
import os
import posix
import shlex
import signal
import sys
import threading
import time
from types import GenericAlias

PIPE = -1
STDOUT = -2
DEVNULL = -3


class SubprocessError(Exception):
    """What the exceptions here are derived from."""


class _Unhappy(SubprocessError):
    """A program has not ended as it should; `stdout` is another name of what it wrote."""

    @property
    def stdout(self):
        return self.output

    @stdout.setter
    def stdout(self, value):
        self.output = value


class TimeoutExpired(_Unhappy):
    """A program has not ended in time."""

    def __init__(self, cmd, timeout, output=None, stderr=None):
        self.cmd, self.timeout = cmd, timeout
        self.output, self.stderr = output, stderr

    def __str__(self):
        return f"Command '{self.cmd}' timed out after {self.timeout} seconds"


class CalledProcessError(_Unhappy):
    """A program has ended with a status other than 0."""

    def __init__(self, returncode, cmd, output=None, stderr=None):
        self.returncode, self.cmd = returncode, cmd
        self.output, self.stderr = output, stderr

    def __str__(self):
        status = self.returncode
        if not status or status > 0:
            end = f"returned non-zero exit status {status}"
        else:
            name = _signal_name(-status)
            end = f"died with {name}" if name else f"died with unknown signal {-status}"
        return f"Command '{self.cmd}' {end}."


def _signal_name(number):
    """How a signal is shown, if it is known."""
    for name in dir(signal):
        if name.startswith("SIG") and name[3:4] != "_" and getattr(signal, name) == number:
            return f"<Signals.{name}: {number}>"
    return None


class CompletedProcess:
    """A program that has ended."""

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, args, returncode, stdout=None, stderr=None):
        self.args, self.returncode = args, returncode
        self.stdout, self.stderr = stdout, stderr

    def __repr__(self):
        shown = [f"{name}={value!r}" for name, value in vars(self).items()
                 if value is not None or name == "returncode"]
        return f"{type(self).__name__}({', '.join(shown)})"

    def check_returncode(self):
        if self.returncode:
            raise CalledProcessError(self.returncode, self.args, self.stdout, self.stderr)


def list2cmdline(seq):
    return shlex.join(map(os.fsdecode, seq))


class Popen:
    """A program that runs beside this one."""

    def __init__(
        self, args, bufsize=-1, executable=None, stdin=None, stdout=None, stderr=None,
        preexec_fn=None, close_fds=True, shell=False, cwd=None, env=None, universal_newlines=None,
        startupinfo=None, creationflags=0, restore_signals=True, start_new_session=False,
        pass_fds=(), *, user=None, group=None, extra_groups=None, encoding=None, errors=None,
        text=None, umask=-1, pipesize=-1, process_group=None
    ):
        for name, value, plain in (
                ("preexec_fn", preexec_fn, None), ("user", user, None), ("group", group, None),
                ("extra_groups", extra_groups, None), ("umask", umask, -1)):
            if value != plain:
                raise ValueError(f"{name} is not supported on this platform")
        if text is not None and universal_newlines is not None and bool(text) != bool(
                universal_newlines):
            raise SubprocessError("Cannot disambiguate when both text and universal_newlines are "
                                  "supplied but different. Pass one or the other.")
        self.args = args
        self.returncode = None
        self.pid = None
        self.text_mode = bool(encoding or errors or text or universal_newlines)
        self.encoding, self.errors = encoding, errors
        self.stdin = self.stdout = self.stderr = None
        self._waiting = threading.Lock()
        # The threads that read and write for `communicate`, and what they have read.
        self._talks, self._pieces = None, {}
        ours, theirs, files = [], [], []
        try:
            pairs = []
            for number, given in ((0, stdin), (1, stdout), (2, stderr)):
                if given is None:
                    continue
                if given == PIPE:
                    reading, writing = os.pipe()
                    child, own = (reading, writing) if number == 0 else (writing, reading)
                    theirs.append(child)
                    ours.append(own)
                    files.append((number, own))
                elif given == DEVNULL:
                    child = os.open(os.devnull, os.O_RDWR)
                    theirs.append(child)
                elif given == STDOUT:
                    if number != 2:
                        raise ValueError("STDOUT can only be used for stderr")
                    child = next((pair[1] for pair in pairs if pair[0] == 1), 1)
                elif isinstance(given, int):
                    child = given
                else:
                    child = given.fileno()
                pairs.append((number, child))
            # A descriptor among the first three might be overwritten before it is used.
            safe = []
            for number, child in pairs:
                if child < 3 and child != number:
                    child = os.dup(child)
                    while child < 3:
                        theirs.append(child)
                        child = os.dup(child)
                    theirs.append(child)
                safe.append((number, child))
            safe += [(descriptor, descriptor) for descriptor in pass_fds]
            self._start(args, executable, shell, cwd, env, safe, start_new_session)
        except BaseException:
            for descriptor in ours:
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        for number, descriptor in files:
            mode = "wb" if number == 0 else "rb"
            buffering = io.DEFAULT_BUFFER_SIZE if bufsize in (-1, 1) else bufsize
            file = io.open(descriptor, mode, buffering)
            if self.text_mode:
                file = io.TextIOWrapper(
                    file, encoding=encoding, errors=errors,
                    **({"write_through": True, "line_buffering": bufsize == 1}
                       if number == 0 else {}))
            setattr(self, ("stdin", "stdout", "stderr")[number], file)

    def _start(self, args, executable, shell, cwd, env, pairs, start_new_session):
        if isinstance(args, (str, bytes, os.PathLike)):
            args = [args]
        else:
            args = list(args)
        if not args:
            raise IndexError("list index out of range")
        args = [os.fspath(arg) for arg in args]
        for arg in args:
            if not isinstance(arg, (str, bytes)):
                raise TypeError(
                    f"expected str, bytes or os.PathLike object, not {type(arg).__name__}")
            if ("\0" if isinstance(arg, str) else b"\0") in arg:
                raise ValueError("embedded null byte")
        if shell:
            args = ["/bin/sh", "-c", *args]
            if executable:
                args[0] = executable
        program = os.fspath(executable or args[0])
        if cwd is not None:
            cwd = os.fspath(cwd)
            if not os.path.isdir(cwd):
                os.stat(cwd)
                raise NotADirectoryError(20, os.strerror(20), cwd)
            args = ["/bin/sh", "-c", 'cd -- "$0" && exec "$@"', cwd, program, *args[1:]]
            _check_program(program, cwd, env)
            program = "/bin/sh"
        environment = None
        if env is not None:
            environment = []
            for key, value in env.items():
                key, value = os.fsencode(key), os.fsencode(value)
                if b"=" in key:
                    raise ValueError("illegal environment variable name")
                environment.append(key + b"=" + value)
        else:
            environment = [os.fsencode(key) + b"=" + os.fsencode(value)
                           for key, value in os.environ.items()]
        flat = [descriptor for pair in pairs for descriptor in pair]
        sys.stdout and not sys.stdout.closed and sys.stdout.flush()
        self.pid = posix._spawn(program, args, environment, flat, bool(start_new_session))

    def __repr__(self):
        text = f"<{type(self).__name__}: returncode: {self.returncode} args: {self.args!r}>"
        return text if len(text) <= 80 else text[:76] + "...>"

    __class_getitem__ = classmethod(GenericAlias)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        for file in (self.stdout, self.stderr):
            if file:
                file.close()
        try:
            if self.stdin:
                self.stdin.close()
        finally:
            self.wait()

    universal_newlines = property(
        lambda self: self.text_mode, lambda self, value: setattr(self, "text_mode", bool(value)))

    def _poll(self, options):
        with self._waiting:
            if self.returncode is not None:
                return self.returncode
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid == self.pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            return self.returncode

    def poll(self):
        """The status of a program that has ended, or None."""
        return self._poll(os.WNOHANG)

    def wait(self, timeout=None):
        if self.returncode is not None:
            return self.returncode
        if timeout is None:
            return self._poll(0)
        end = time.monotonic() + timeout
        delay = 0.0005
        while self.poll() is None:
            rest = end - time.monotonic()
            if rest <= 0:
                raise TimeoutExpired(self.args, timeout)
            delay = min(delay * 2, rest, 0.05)
            time.sleep(delay)
        return self.returncode

    def communicate(self, input=None, timeout=None):
        """Writes the input, reads all output, waits for the end."""
        end = None if timeout is None else time.monotonic() + timeout

        def left():
            return None if end is None else max(0, end - time.monotonic())

        if self._talks is None:
            self._talks = [
                threading.Thread(target=function, args=args, daemon=True)
                for function, *args in (
                    (self._read_all, self.stdout), (self._read_all, self.stderr),
                    (self._write_all, self.stdin, input))
                if args[0]]
            for thread in self._talks:
                thread.start()
        try:
            for thread in self._talks:
                thread.join(left())
                if thread.is_alive():
                    raise TimeoutExpired(self.args, timeout)
            self.wait(left())
        except TimeoutExpired:
            # What there is so far is given as it came.
            so_far = [b"".join(self._pieces.get(file, ())) or None
                      for file in (self.stdout, self.stderr)]
            raise TimeoutExpired(self.args, timeout, *so_far) from None
        return self._output(self.stdout), self._output(self.stderr)

    def _output(self, file):
        """All that was read from one of the files, or None if there is no such file."""
        if file is None:
            return None
        data = b"".join(self._pieces[file])
        if not self.text_mode:
            return data
        text = data.decode(file.encoding, file.errors)
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _read_all(self, file):
        pieces = self._pieces.setdefault(file, [])
        try:
            while piece := os.read(file.fileno(), 1 << 15):
                pieces.append(piece)
            file.close()
        except (OSError, ValueError):
            pass  # It was closed because nobody waits for it any more.

    def _write_all(self, file, input):
        try:
            if input:
                file.write(input)
        except BrokenPipeError:
            pass  # The program does not read all of it.
        try:
            file.close()
        except BrokenPipeError:
            pass

    def send_signal(self, sig):
        if self.poll() is not None:
            return
        try:
            os.kill(self.pid, sig)
        except ProcessLookupError:
            pass  # It has ended in the meantime.

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


def _check_program(program, cwd, env):
    """Raises what starting a program that is not there would raise."""
    name = os.fsdecode(program)
    if "/" in name:
        place = os.path.join(os.fsdecode(cwd), name)
        if not os.path.exists(place):
            raise FileNotFoundError(2, os.strerror(2), program)
        return
    path = (os.environ if env is None else env).get("PATH", os.defpath)
    if not any(os.access(os.path.join(folder, name), os.X_OK) for folder in path.split(":")):
        raise FileNotFoundError(2, os.strerror(2), program)


def _refuse(kwargs, names, message):
    if any(kwargs.get(name) is not None for name in names):
        raise ValueError(message)


def _or_kill(process, function, *args):
    """What a function gives that waits for a process; when it fails, the process is ended."""
    try:
        return function(*args)
    except BaseException:
        process.kill()
        process.wait()
        raise


def run(*popenargs, input=None, capture_output=False, timeout=None, check=False, **kwargs):
    """Runs a program to its end."""
    if input is not None:
        _refuse(kwargs, ["stdin"], "stdin and input arguments may not both be used.")
        kwargs["stdin"] = PIPE
    if capture_output:
        _refuse(kwargs, ["stdout", "stderr"],
                "stdout and stderr arguments may not be used with capture_output.")
        kwargs.update(stdout=PIPE, stderr=PIPE)
    with Popen(*popenargs, **kwargs) as process:
        output = _or_kill(process, process.communicate, input, timeout)
    result = CompletedProcess(process.args, process.returncode, *output)
    if check:
        result.check_returncode()
    return result


def call(*popenargs, timeout=None, **kwargs):
    """The status with which a program ends."""
    with Popen(*popenargs, **kwargs) as process:
        return _or_kill(process, process.wait, timeout)


def check_call(*popenargs, **kwargs):
    """Runs a program that must end well."""
    status = call(*popenargs, **kwargs)
    args = kwargs.get("args", popenargs[0] if popenargs else None)
    CompletedProcess(args, status).check_returncode()
    return 0


def check_output(*popenargs, timeout=None, **kwargs):
    """What a program writes that must end well."""
    for name in kwargs.keys() & {"stdout", "check"}:
        raise ValueError(f"{name} argument not allowed, it will be overridden.")
    if kwargs.get("input", PIPE) is None:
        texts = ("text", "universal_newlines", "encoding", "errors")
        kwargs["input"] = "" if any(map(kwargs.get, texts)) else b""
    return run(*popenargs, stdout=PIPE, check=True, timeout=timeout, **kwargs).stdout


def getstatusoutput(cmd, *, encoding=None, errors=None):
    """(status, output without the last newline) of a command of the shell."""
    done = run(cmd, shell=True, text=True, stdout=PIPE, stderr=STDOUT, encoding=encoding,
               errors=errors)
    return done.returncode, done.stdout.removesuffix("\n")


def getoutput(cmd, *, encoding=None, errors=None):
    return getstatusoutput(cmd, encoding=encoding, errors=errors)[1]
