"""One B-tree, filled, searched and thinned out by all threads; each operation is atomic."""

from bisect import bisect_left

from workers import arguments, atomic, each

LEAST = 8  # keys of a node other than the root
MOST = 2 * LEAST + 1


class Node:
    """Keys in order; an inner node has a child before, between and after them."""

    def __init__(self, keys, children=None):
        self.keys = keys
        self.children = children

    def split(self, index):
        """Makes two of the full child at this index and takes the key between them."""
        child = self.children[index]
        keys, children = child.keys, child.children
        right = Node(keys[LEAST + 1:], children and children[LEAST + 1:])
        self.keys.insert(index, keys[LEAST])
        self.children.insert(index + 1, right)
        del keys[LEAST:]
        if children:
            del children[LEAST + 1:]

    def strengthen(self, index):
        """Gives the child at this index a key to spare, and returns it."""
        child = self.children[index]
        if len(child.keys) > LEAST:
            return child
        if index > 0 and len(self.children[index - 1].keys) > LEAST:
            left = self.children[index - 1]
            child.keys.insert(0, self.keys[index - 1])
            self.keys[index - 1] = left.keys.pop()
            if left.children:
                child.children.insert(0, left.children.pop())
            return child
        if index < len(self.keys) and len(self.children[index + 1].keys) > LEAST:
            right = self.children[index + 1]
            child.keys.append(self.keys[index])
            self.keys[index] = right.keys.pop(0)
            if right.children:
                child.children.append(right.children.pop(0))
            return child
        return self.merge(min(index, len(self.keys) - 1))

    def merge(self, index):
        """Makes one of the children at this index and the next."""
        left, right = self.children[index], self.children.pop(index + 1)
        left.keys.append(self.keys.pop(index))
        left.keys += right.keys
        if left.children:
            left.children += right.children
        return left

    def walk(self):
        if self.children:
            for child, key in zip(self.children, self.keys):
                yield from child.walk()
                yield key
            yield from self.children[-1].walk()
        else:
            yield from self.keys


class BTree:
    def __init__(self):
        self.root = Node([])

    def __contains__(self, key):
        node = self.root
        while True:
            index = bisect_left(node.keys, key)
            if index < len(node.keys) and node.keys[index] == key:
                return True
            if not node.children:
                return False
            node = node.children[index]

    def add(self, key):
        if len(self.root.keys) == MOST:
            self.root = Node([], [self.root])
            self.root.split(0)
        node = self.root
        while node.children:
            index = bisect_left(node.keys, key)
            if len(node.children[index].keys) == MOST:
                node.split(index)
                if key > node.keys[index]:
                    index += 1
            node = node.children[index]
        node.keys.insert(bisect_left(node.keys, key), key)

    def remove(self, key):
        node = self.root
        while True:
            index = bisect_left(node.keys, key)
            found = index < len(node.keys) and node.keys[index] == key
            if not node.children:
                if not found:
                    raise KeyError(key)
                node.keys.pop(index)
                break
            if found:
                # Its neighbour in order, which is in a leaf, takes its place.
                before, after = node.children[index], node.children[index + 1]
                if len(before.keys) > LEAST:
                    key = node.keys[index] = self.largest(before)
                    node = before
                elif len(after.keys) > LEAST:
                    key = node.keys[index] = self.smallest(after)
                    node = after
                else:
                    node = node.merge(index)
            else:
                node = node.strengthen(index)
        if not self.root.keys and self.root.children:
            self.root = self.root.children[0]

    @staticmethod
    def largest(node):
        while node.children:
            node = node.children[-1]
        return node.keys[-1]

    @staticmethod
    def smallest(node):
        while node.children:
            node = node.children[0]
        return node.keys[0]

    def __iter__(self):
        return self.root.walk()


def main():
    threads, size = arguments(200000)
    keys = [(i * 514229 + 13) % 1000003 for i in range(size)]
    tree = BTree()

    def add(key):
        with atomic:
            tree.add(key)

    def look_up(key):
        with atomic:
            return (key in tree) + (key + 1 in tree)

    def remove(key):
        with atomic:
            tree.remove(key)

    each(add, keys, threads)
    found = sum(each(look_up, keys, threads))
    each(remove, keys[::3], threads)
    checksum = previous = count = 0
    for key in tree:
        assert previous <= key
        checksum = (checksum * 31 + key) % 1000000007
        previous = key
        count += 1
    print("btree:", count, found, checksum)


main()
