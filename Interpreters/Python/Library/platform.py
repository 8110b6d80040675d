"""What the program runs on."""

import os
import sys
from collections import namedtuple


class uname_result(namedtuple('uname_result', 'system node release version machine')):
    """What kind of machine this is."""

    @property
    def processor(self):
        return ''

    def __iter__(self):
        return iter((self[0], self[1], self[2], self[3], self[4], self.processor))


def uname():
    return uname_result(*os.uname())


def system():
    return os.uname()[0]


def node():
    return os.uname()[1]


def release():
    return os.uname()[2]


def version():
    return os.uname()[3]


def machine():
    return os.uname()[4]


def processor():
    return ''


def architecture(executable=sys.executable, bits='', linkage=''):
    return bits or '64bit', linkage or 'ELF'


def libc_ver(executable=None, lib='', version='', chunksize=16384):
    return 'glibc', ''


def platform(aliased=False, terse=False):
    name = os.uname()
    if terse:
        return f'{name[0]}-{name[2]}'
    return f'{name[0]}-{name[2]}-{name[4]}-with-glibc'


def python_implementation():
    return 'Quanta'


def python_version():
    return '.'.join(map(str, sys.version_info[:3]))


def python_version_tuple():
    return tuple(map(str, sys.version_info[:3]))


def python_branch():
    return ''


def python_revision():
    return ''


def python_build():
    return 'quanta', ''


def python_compiler():
    return 'Swift'


def freedesktop_os_release():
    """What the distribution says of itself."""
    for path in ('/etc/os-release', '/usr/lib/os-release'):
        try:
            with open(path, encoding='utf-8') as file:
                facts = {'NAME': 'Linux', 'ID': 'linux', 'PRETTY_NAME': 'Linux'}
                for line in file:
                    key, found, value = line.strip().partition('=')
                    if found and not key.startswith('#'):
                        facts[key] = value.strip('"\'')
                return facts
        except OSError:
            continue
    raise OSError('Unable to read files /etc/os-release, /usr/lib/os-release')
