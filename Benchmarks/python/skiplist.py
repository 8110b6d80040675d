"""One skip list, filled, searched and thinned out by all threads; each operation is atomic."""

from workers import arguments, atomic, each

LEVELS = 16


def height(key):
    """The levels that a key is on: a half of all keys are on one, a quarter on two, ..."""
    bits = key * 2654435761 >> 7
    levels = 1
    while bits & 1 and levels < LEVELS:
        bits >>= 1
        levels += 1
    return levels


class Node:
    __slots__ = ("key", "value", "after")

    def __init__(self, key, value, levels):
        self.key = key
        self.value = value
        self.after = [None] * levels


class SkipList:
    """A sorted mapping."""

    def __init__(self):
        self.head = Node(None, None, LEVELS)

    def before(self, key):
        """On each level the last node before this key."""
        path = []
        node = self.head
        for level in range(LEVELS - 1, -1, -1):
            following = node.after[level]
            while following is not None and following.key < key:
                node = following
                following = node.after[level]
            path.append(node)
        path.reverse()
        return path

    def __setitem__(self, key, value):
        path = self.before(key)
        node = path[0].after[0]
        if node is not None and node.key == key:
            node.value = value
            return
        new = Node(key, value, height(key))
        for level, node in enumerate(path[:len(new.after)]):
            new.after[level] = node.after[level]
            node.after[level] = new

    def __getitem__(self, key):
        node = self.head
        for level in range(LEVELS - 1, -1, -1):
            following = node.after[level]
            while following is not None and following.key < key:
                node = following
                following = node.after[level]
        if following is None or following.key != key:
            raise KeyError(key)
        return following.value

    def __delitem__(self, key):
        path = self.before(key)
        old = path[0].after[0]
        if old is None or old.key != key:
            raise KeyError(key)
        for node, (level, following) in zip(path, enumerate(old.after)):
            node.after[level] = following

    def items(self):
        node = self.head.after[0]
        while node is not None:
            yield node.key, node.value
            node = node.after[0]


def main():
    threads, size = arguments(80000)
    keys = [(i * 514229 + 13) % 1000003 for i in range(size)]
    table = SkipList()

    def store(key):
        with atomic:
            table[key] = key % 97

    def look_up(key):
        found = 0
        for wanted in (key, key + 1):
            try:
                with atomic:
                    found += table[wanted]
            except KeyError:
                found += 1000
        return found

    def remove(key):
        with atomic:
            del table[key]

    each(store, keys, threads)
    found = sum(each(look_up, keys, threads))
    each(remove, keys[::3], threads)
    checksum = previous = count = 0
    for key, value in table.items():
        assert previous <= key
        checksum = (checksum * 31 + key * value) % 1000000007
        previous = key
        count += 1
    print("skiplist:", count, found, checksum)


main()
