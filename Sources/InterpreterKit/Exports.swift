// A language author imports InterpreterKit and nothing else.
@_exported import Gateway
@_exported import ManagedHeap
@_exported import Observe
@_exported import Quanta
