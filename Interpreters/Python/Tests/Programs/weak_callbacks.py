# When the collector has run is not recorded, so a replay may differ.
# with: backend=gil,serial
# Weak references whose objects are gone are called for without `gc.collect`.
def weak():
    import weakref

    class Thing:
        pass

    calls = []
    for i in range(3000):
        weakref.finalize(Thing(), calls.append, i)
        [[j] for j in range(100)]
    return len(calls) > 0


print(weak())  # expect: True
