"""The algorithm of Examples/duhton/queens.duh, for comparison with CPython: python3 queens.py"""


def safe(board, row, column):
    above = 0
    free = True
    while free and above < row:
        other = board[above]
        if other == column or other - column == row - above or column - other == row - above:
            free = False
        above += 1
    return free


def solutions(board, row, n):
    if row == n:
        return 1
    found = 0
    column = 0
    while column < n:
        if safe(board, row, column):
            board[row] = column
            found += solutions(board, row + 1, n)
        column += 1
    return found


def main(n):
    total = 0
    for first in range(n):
        for second in range(n):
            if safe([first], 1, second):
                board = [first, second] + [0] * (n - 2)
                total += solutions(board, 2, n)
    print(n, "queens:", total, "solutions")


main(11)
