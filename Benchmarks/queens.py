"""Placements of 12 queens. The same steps as queens.duh."""


def safe(board, row, column):
    above = 0
    free = 1
    while free and above < row:
        other = board[above]
        if other == column or other - column == row - above or column - other == row - above:
            free = 0
        above = above + 1
    return free


def solutions(board, row, n):
    if row == n:
        return 1
    found = 0
    column = 0
    while column < n:
        if safe(board, row, column):
            board[row] = column
            found = found + solutions(board, row + 1, n)
        column = column + 1
    return found


def count(first, second, n, total):
    board = [first, second]
    while len(board) < n:
        board.append(0)
    found = solutions(board, 2, n)
    total[0] = total[0] + found


def main():
    n = 12
    total = [0]
    first = 0
    while first < n:
        second = 0
        while second < n:
            if safe([first], 1, second):
                count(first, second, n, total)
            second = second + 1
        first = first + 1
    print(total[0])


main()
