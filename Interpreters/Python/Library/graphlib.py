"""An order of nodes such that each comes after those it depends on."""

from types import GenericAlias

__all__ = ["TopologicalSorter", "CycleError"]


class CycleError(ValueError):
    """The graph has a cycle: the second argument is a list of its nodes, the first one repeated."""


class _Node:
    __slots__ = ("node", "missing", "successors", "state")

    WAITING, GIVEN, DONE = range(3)

    def __init__(self, node):
        self.node = node
        # How many nodes it still waits for.
        self.missing = 0
        self.successors = []
        self.state = _Node.WAITING


class TopologicalSorter:
    """Nodes and their predecessors, given out when all predecessors are done."""

    def __init__(self, graph=None):
        self._nodes = {}
        # A list of nodes ready to be given out, once `prepare` has been called.
        self._ready = None
        self._given = 0
        self._finished = 0
        if graph is not None:
            for node, predecessors in graph.items():
                self.add(node, *predecessors)

    def _info(self, node):
        info = self._nodes.get(node)
        if info is None:
            info = self._nodes[node] = _Node(node)
        return info

    def add(self, node, *predecessors):
        """Adds a node, or predecessors to it."""
        if self._ready is not None:
            raise ValueError("Nodes cannot be added after a call to prepare()")
        info = self._info(node)
        info.missing += len(predecessors)
        for predecessor in predecessors:
            self._info(predecessor).successors.append(node)

    def prepare(self):
        """Ends the adding of nodes; fails if there is a cycle."""
        if self._ready is not None:
            raise ValueError("cannot prepare() more than once")
        self._ready = [info.node for info in self._nodes.values() if info.missing == 0]
        cycle = self._find_cycle()
        if cycle:
            raise CycleError("nodes are in a cycle", cycle)

    def get_ready(self):
        """A tuple of the nodes that have become ready since the last call."""
        self._require_prepared()
        result = tuple(self._ready)
        for node in result:
            self._nodes[node].state = _Node.GIVEN
        self._ready.clear()
        self._given += len(result)
        return result

    def is_active(self):
        """True while there are nodes to be given out or done."""
        self._require_prepared()
        return self._finished < self._given or bool(self._ready)

    def __bool__(self):
        return self.is_active()

    def done(self, *nodes):
        """Tells that nodes given out by `get_ready` are done."""
        self._require_prepared()
        for node in nodes:
            info = self._nodes.get(node)
            if info is None:
                raise ValueError(f"node {node!r} was not added using add()")
            if info.state == _Node.WAITING:
                raise ValueError(
                    f"node {node!r} was not passed out (still not ready)"
                )
            if info.state == _Node.DONE:
                raise ValueError(f"node {node!r} was already marked done")
            info.state = _Node.DONE
            for successor in info.successors:
                other = self._nodes[successor]
                other.missing -= 1
                if other.missing == 0:
                    self._ready.append(successor)
            self._finished += 1

    def _require_prepared(self):
        if self._ready is None:
            raise ValueError("prepare() must be called first")

    def _find_cycle(self):
        nodes = self._nodes
        path, iterators, places, seen = [], [], {}, set()
        for node in nodes:
            if node in seen:
                continue
            while True:
                if node in seen:
                    if node in places:
                        return path[places[node]:] + [node]
                else:
                    seen.add(node)
                    iterators.append(iter(nodes[node].successors).__next__)
                    places[node] = len(path)
                    path.append(node)
                while path:
                    try:
                        node = iterators[-1]()
                        break
                    except StopIteration:
                        del places[path.pop()]
                        iterators.pop()
                else:
                    break
        return None

    def static_order(self):
        """All nodes, each after its predecessors."""
        self.prepare()
        while self.is_active():
            ready = self.get_ready()
            yield from ready
            self.done(*ready)

    __class_getitem__ = classmethod(GenericAlias)
