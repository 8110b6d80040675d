"""Builds binary trees and counts their leaves. The same steps as trees.duh."""


def build(depth):
    if depth == 0:
        return None
    return (build(depth - 1), build(depth - 1))


def leaves(tree):
    if isinstance(tree, tuple):
        return leaves(tree[0]) + leaves(tree[1])
    return 1


def one(depth, total):
    found = leaves(build(depth))
    total[0] = total[0] + found


def main():
    total = [0]
    i = 0
    while i < 800:
        one(13, total)
        i = i + 1
    print(total[0])


main()
