"""An order of nodes such that each comes after those it depends on."""

from types import GenericAlias

__all__ = ["TopologicalSorter", "CycleError"]


class CycleError(ValueError):
    """The graph has a cycle. The second argument is a list of the nodes on it, each a predecessor
    of the next; the first and the last are the same."""


class TopologicalSorter:
    """Nodes and their predecessors; a node is given out when all its predecessors are done."""

    def __init__(self, graph=None):
        # For each node the nodes that wait for it, and how many it waits for itself.
        self._successors = {}
        self._missing = {}
        # Nodes to be given out, once all nodes are known; those given out, and those of them done.
        self._ready = None
        self._given = set()
        self._done = set()
        for node, predecessors in (graph or {}).items():
            self.add(node, *predecessors)

    def add(self, node, *predecessors):
        """Adds a node with predecessors, or more predecessors of a known node."""
        if self._ready is not None:
            raise ValueError("Nodes cannot be added after a call to prepare()")
        for known in (node, *predecessors):
            self._successors.setdefault(known, [])
            self._missing.setdefault(known, 0)
        for predecessor in predecessors:
            self._successors[predecessor].append(node)
            self._missing[node] += 1

    def prepare(self):
        """All nodes are known now. CycleError if there is no order of them; nodes that are not on a
        cycle, nor behind one, can be had even so."""
        if self._ready is not None:
            raise ValueError("cannot prepare() more than once")
        self._ready = [node for node, missing in self._missing.items() if not missing]
        cycle = self._find_cycle()
        if cycle is not None:
            raise CycleError("nodes are in a cycle", cycle)

    def _find_cycle(self):
        # The path from the first node to the one looked at, each with its untried successors.
        path, harmless = {}, set()
        for start in self._successors:
            if start not in harmless:
                path[start] = iter(self._successors[start])
            while path:
                node, untried = path.popitem()
                path[node] = untried
                for successor in untried:
                    if successor in path:
                        nodes = [*path]
                        return nodes[nodes.index(successor):] + [successor]
                    if successor not in harmless:
                        path[successor] = iter(self._successors[successor])
                        break
                else:
                    harmless.add(node)
                    del path[node]
        return None

    def _require_prepared(self):
        if self._ready is None:
            raise ValueError("prepare() must be called first")

    def get_ready(self):
        """The nodes that can be given out now, as a tuple; each comes once."""
        self._require_prepared()
        nodes, self._ready = tuple(self._ready), []
        self._given.update(nodes)
        return nodes

    def done(self, *nodes):
        """Nodes that were given out are done."""
        self._require_prepared()
        for node in nodes:
            fault = (
                "was not added using add()" if node not in self._missing
                else "was not passed out (still not ready)" if node not in self._given
                else "was already marked done" if node in self._done
                else None
            )
            if fault is not None:
                raise ValueError(f"node {node!r} {fault}")
            self._done.add(node)
            for successor in self._successors[node]:
                self._missing[successor] -= 1
                if not self._missing[successor]:
                    self._ready.append(successor)

    def is_active(self):
        """Is there more to come: nodes that are ready, or will be when others are done?"""
        self._require_prepared()
        return bool(self._ready) or len(self._done) < len(self._given)

    def __bool__(self):
        return self.is_active()

    def static_order(self):
        """All nodes, one after the other, each behind its predecessors."""
        self.prepare()
        while nodes := self.get_ready():
            yield from nodes
            self.done(*nodes)

    __class_getitem__ = classmethod(GenericAlias)
