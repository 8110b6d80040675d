"""Reads SIZE pieces of a server's log with a regular expression and keeps statistics of it."""

import re
from collections import Counter

from workers import arguments, each

LINES = 600

LINE = re.compile(
    r'(?P<address>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] '
    r'"(?P<method>[A-Z]+) (?P<path>[^ ?"]+)(?:\?(?P<query>\S*))? HTTP/(?P<version>\d\.\d)" '
    r'(?P<status>\d{3}) (?P<size>\d+|-)(?: "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)")?')

PATHS = ("/", "/index.html", "/news/today", "/api/items", "/api/items/17", "/images/logo.png",
         "/search", "/account/login", "/feed.xml")
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "Bot/2.1 (+http://bot.example)")


def written(seed):
    """The lines of a log."""
    for number in range(LINES):
        seed = (seed * 1103515245 + 12345) % 2147483648
        pick = seed >> 8
        if pick % 50 == 0:
            yield "-- log rotated --"
            continue
        query = f"?q=word{pick % 13}&page={pick % 7}" if pick % 3 == 0 else ""
        size = "-" if pick % 11 == 0 else pick % 50000
        yield (
            f'10.{pick % 4}.{pick % 200}.{pick % 250} - {"anna" if pick % 5 == 0 else "-"} '
            f'[{1 + pick % 28:02d}/Mar/2017:{pick % 24:02d}:{number % 60:02d}:{pick % 60:02d}] '
            f'"{"POST" if pick % 9 == 0 else "GET"} {PATHS[pick % len(PATHS)]}{query} HTTP/1.1" '
            f'{(200, 200, 200, 304, 404, 500)[pick % 6]} {size} '
            f'"-" "{AGENTS[pick % len(AGENTS)]}"')


class Processor:
    """Keeps one kind of statistics. Those that are wanted are its subclasses."""

    def __init__(self):
        self.counts = Counter()

    def process(self, entry):
        raise NotImplementedError


class Statuses(Processor):
    def process(self, entry):
        self.counts[entry["status"][0] + "xx"] += 1


class Sections(Processor):
    def process(self, entry):
        section = entry["path"].split("/")[1]
        self.counts[section or "(top)"] += entry["size"]


class Words(Processor):
    def process(self, entry):
        for name, value in entry["query"].items():
            if name == "q":
                self.counts[value.upper()] += 1


class Hours(Processor):
    def process(self, entry):
        day, hour, *_ = entry["time"].split(":")
        if not day.startswith("0"):
            self.counts[hour] += 1


class Failures(Processor):
    def process(self, entry):
        if entry["status"] >= "400" and "Bot" not in entry["agent"]:
            self.counts["{method} {path}".format(**entry)] += 1


def parse(line):
    """The entry of a line, as a dictionary; ValueError if it is none."""
    match = LINE.match(line)
    if match is None:
        raise ValueError("not an entry: %r" % line)
    entry = match.groupdict()
    entry["size"] = int(entry["size"]) if entry["size"] != "-" else 0
    pairs = (pair.split("=", 1) for pair in (entry["query"] or "").split("&") if pair)
    entry["query"] = {name: value for name, value in pairs}
    return entry


def study(seed):
    processors = [kind() for kind in Processor.__subclasses__()]
    errors = 0
    for line in written(seed):
        try:
            entry = parse(line)
        except ValueError:
            errors += 1
            continue
        for processor in processors:
            processor.process(entry)
    return errors, [processor.counts for processor in processors]


def main():
    threads, size = arguments(300)
    totals = [Counter() for _ in Processor.__subclasses__()]
    errors = 0
    for failed, counts in each(study, range(size), threads):
        errors += failed
        for total, count in zip(totals, counts):
            total.update(count)
    leading = [name for total in totals for name, _ in total.most_common(2)]
    print("parsible:", errors, *leading, sum(sum(total.values()) for total in totals))


main()
