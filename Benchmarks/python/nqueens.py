"""All placements of SIZE queens that do not attack each other, found by recursive generators."""

from workers import arguments, each


def placements(size, board):
    """All ways to complete a board, given as the columns of the queens in its first rows."""
    row = len(board)
    if row == size:
        yield board
        return
    columns = set(board)
    falling = {column - above for above, column in enumerate(board)}
    rising = {column + above for above, column in enumerate(board)}
    for column in range(size):
        if column not in columns and column - row not in falling and column + row not in rising:
            yield from placements(size, board + [column])


def main():
    threads, size = arguments(11)

    def complete(start):
        count = checksum = 0
        for board in placements(size, start):
            count += 1
            checksum += sum((row + 1) * column * column for row, column in enumerate(board))
        return count, checksum

    starts = [[first, second] for first in range(size) for second in range(size)
              if abs(first - second) > 1]
    results = each(complete, starts, threads)
    print("nqueens:", sum(count for count, _ in results), sum(sums for _, sums in results))


main()
