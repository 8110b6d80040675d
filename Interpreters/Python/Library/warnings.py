"""Warnings: what to do with them is a list of filters."""

import sys

__all__ = [
    'warn', 'warn_explicit', 'showwarning', 'formatwarning', 'filterwarnings', 'simplefilter',
    'resetwarnings', 'catch_warnings']

# Entries: action, message pattern, category, module pattern, line. The first that fits decides.
filters = []
_defaultaction = 'default'
_onceregistry = {}
onceregistry = _onceregistry
defaultaction = _defaultaction
# Changes with the filters: what was shown once may be shown again.
_version = 1


def _filters_mutated():
    global _version
    _version += 1


def showwarning(message, category, filename, lineno, file=None, line=None):
    """Shows a warning; programs may put another function in its place."""
    _show(WarningMessage(message, category, filename, lineno, file, line))


_plain_showwarning = showwarning


def formatwarning(message, category, filename, lineno, line=None):
    return _format(WarningMessage(message, category, filename, lineno, None, line))


_plain_formatwarning = formatwarning


def _show(warning):
    file = warning.file
    if file is None:
        file = sys.stderr
        if file is None:
            return
    try:
        file.write(_format_by_hook(warning))
    except OSError:
        pass


def _format_by_hook(warning):
    if formatwarning is not _plain_formatwarning:
        return formatwarning(
            warning.message, warning.category, warning.filename, warning.lineno, warning.line)
    return _format(warning)


def _format(warning):
    text = f'{warning.filename}:{warning.lineno}: {warning.category.__name__}: {warning.message}\n'
    line = warning.line
    if line is None:
        try:
            import linecache
            line = linecache.getline(warning.filename, warning.lineno)
        except Exception:
            line = None
    if line:
        text += '  %s\n' % line.strip()
    return text


def _deliver(warning):
    """To whatever shows warnings."""
    if showwarning is not _plain_showwarning:
        if not callable(showwarning):
            raise TypeError('warnings.showwarning() must be set to a function or method')
        showwarning(
            warning.message, warning.category, warning.filename, warning.lineno, warning.file,
            warning.line)
    else:
        _show(warning)


class WarningMessage:
    """A warning with its place."""

    _WARNING_DETAILS = (
        'message', 'category', 'filename', 'lineno', 'file', 'line', 'source')

    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message = message
        self.category = category
        self.filename = filename
        self.lineno = lineno
        self.file = file
        self.line = line
        self.source = source
        self._category_name = category.__name__ if category else None

    def __str__(self):
        return ('{message : %r, category : %r, filename : %r, lineno : %s, line : %r}' % (
            self.message, self._category_name, self.filename, self.lineno, self.line))


# MARK: filters

_ACTIONS = ('error', 'ignore', 'always', 'default', 'module', 'once')


def filterwarnings(action, message='', category=Warning, module='', lineno=0, append=False):
    """Adds a filter by patterns."""
    assert action in _ACTIONS, 'invalid action: %r' % (action,)
    assert isinstance(message, str), 'message must be a string'
    assert isinstance(category, type), 'category must be a class'
    assert issubclass(category, Warning), 'category must be a Warning subclass'
    assert isinstance(module, str), 'module must be a string'
    assert isinstance(lineno, int) and lineno >= 0, 'lineno must be an int >= 0'
    if message or module:
        import re
    message = re.compile(message, re.I) if message else None
    module = re.compile(module) if module else None
    _add_filter((action, message, category, module, lineno), append)


def simplefilter(action, category=Warning, lineno=0, append=False):
    """Adds a filter for all messages and modules."""
    assert action in _ACTIONS, 'invalid action: %r' % (action,)
    assert isinstance(lineno, int) and lineno >= 0, 'lineno must be an int >= 0'
    _add_filter((action, None, category, None, lineno), append)


def _add_filter(item, append):
    if append:
        if item not in filters:
            filters.append(item)
    else:
        try:
            filters.remove(item)
        except ValueError:
            pass
        filters.insert(0, item)
    _filters_mutated()


def resetwarnings():
    filters[:] = []
    _filters_mutated()


class _OptionError(Exception):
    """An argument of -W that makes no sense."""


def _process_options(arguments):
    for argument in arguments:
        try:
            _add_option(argument)
        except _OptionError as error:
            print('Invalid -W option ignored:', error, file=sys.stderr)


def _add_option(argument):
    parts = argument.split(':')
    if len(parts) > 5:
        raise _OptionError('too many fields (max 5): %r' % (argument,))
    action, message, category, module, line = (part.strip() for part in parts + [''] * (5 - len(parts)))
    matches = [known for known in _ACTIONS if known.startswith(action)] if action else ['default']
    if action == 'all':
        matches = ['always']
    if not matches:
        raise _OptionError('invalid action: %r' % (action,))
    try:
        number = int(line) if line else 0
        if number < 0:
            raise ValueError
    except ValueError:
        raise _OptionError('invalid lineno %r' % (line,)) from None
    import re
    if message:
        message = re.escape(message)
    if module:
        module = re.escape(module) + r'\Z'
    filterwarnings(matches[0], message, _category(category), module, number)


def _category(name):
    if not name:
        return Warning
    module, _, last = name.rpartition('.')
    try:
        owner = __import__(module or 'builtins', None, None, [last])
        category = getattr(owner, last)
    except (ImportError, AttributeError):
        raise _OptionError('unknown warning category: %r' % (name,)) from None
    if not isinstance(category, type) or not issubclass(category, Warning):
        raise _OptionError('invalid warning category: %r' % (name,))
    return category


# MARK: warning

def warn(message, category=None, stacklevel=1, source=None):
    """Warns of what the calling function does, or one of its callers."""
    if isinstance(message, Warning):
        category = message.__class__
    if category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(
            "category must be a Warning subclass, not '{:s}'".format(type(category).__name__))
    try:
        frame = sys._getframe(max(stacklevel, 1))
    except ValueError:
        names, filename, lineno = sys.__dict__, 'sys', 1
    else:
        names, filename, lineno = frame.f_globals, frame.f_code.co_filename, frame.f_lineno
    module = names.get('__name__', '<string>')
    registry = names.setdefault('__warningregistry__', {})
    warn_explicit(message, category, filename, lineno, module, registry, names, source)


def warn_explicit(message, category, filename, lineno, module=None, registry=None,
                  module_globals=None, source=None):
    lineno = int(lineno)
    if module is None:
        module = filename or '<unknown>'
        if module[-3:].lower() == '.py':
            module = module[:-3]
    if registry is None:
        registry = {}
    if registry.get('version', 0) != _version:
        registry.clear()
        registry['version'] = _version
    if isinstance(message, Warning):
        text = str(message)
        category = message.__class__
    else:
        text = message
        message = category(message)
    key = (text, category, lineno)
    if registry.get(key):
        return
    action = _action(text, category, module, lineno)
    if action == 'ignore':
        return
    if action == 'error':
        raise message
    if action == 'once':
        registry[key] = 1
        once = (text, category)
        if _onceregistry.get(once):
            return
        _onceregistry[once] = 1
    elif action == 'module':
        registry[key] = 1
        anywhere = (text, category, 0)
        if registry.get(anywhere):
            return
        registry[anywhere] = 1
    elif action == 'default':
        registry[key] = 1
    elif action != 'always':
        raise RuntimeError('Unrecognized action (%r) in warnings.filters:\n %s' % (action, filters))
    _deliver(WarningMessage(message, category, filename, lineno, source=source))


def _action(text, category, module, lineno):
    for action, message, kind, pattern, line in filters:
        if ((message is None or message.match(text)) and issubclass(category, kind)
                and (pattern is None or pattern.match(module)) and line in (0, lineno)):
            return action
    return _defaultaction


class catch_warnings:
    """While its block runs, the filters may be changed, and warnings are collected in a list on demand."""

    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0,
                 append=False):
        self._record = record
        self._module = sys.modules['warnings'] if module is None else module
        self._entered = False
        self._filter = None if action is None else (action, category, lineno, append)

    def __repr__(self):
        args = []
        if self._record:
            args.append('record=True')
        if self._module is not sys.modules['warnings']:
            args.append('module=%r' % self._module)
        return '%s(%s)' % (type(self).__name__, ', '.join(args))

    def __enter__(self):
        if self._entered:
            raise RuntimeError('Cannot enter %r twice' % self)
        self._entered = True
        module = self._module
        self._filters = module.filters
        module.filters = module.filters[:]
        module._filters_mutated()
        self._showwarning = module.showwarning
        self._deliver = module._deliver
        if self._filter is not None:
            simplefilter(*self._filter)
        if not self._record:
            return None
        log = []
        module._deliver = log.append
        module.showwarning = module._plain_showwarning
        return log

    def __exit__(self, *exc_info):
        if not self._entered:
            raise RuntimeError('Cannot exit %r without entering first' % self)
        module = self._module
        module.filters = self._filters
        module._filters_mutated()
        module.showwarning = self._showwarning
        module._deliver = self._deliver


def _deprecated(name, message='{name!r} is deprecated and slated for removal in Python {remove}',
                *, remove, _version=sys.version_info):
    text = message.format(name=name, remove='.'.join(map(str, remove)))
    if (_version[:2] > remove) or (_version[:2] == remove and _version[3] != 'alpha'):
        raise RuntimeError(f'{name!r} was slated for removal after Python {remove}')
    warn(text, DeprecationWarning, stacklevel=3)


if not sys.warnoptions:
    filterwarnings('default', category=DeprecationWarning, module='__main__', append=True)
    for _kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        simplefilter('ignore', category=_kind, append=True)
else:
    for _kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        simplefilter('ignore', category=_kind, append=True)
    _process_options(sys.warnoptions)
