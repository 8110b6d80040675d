# Tests. The traceback of a failure reads this file, and a replay does not read files again.
# with: backend=gil,serial
import io
import unittest


class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1 + 1, 2)

    def test_wrong(self):
        self.assertEqual([1, 2], [1, 3])

    @unittest.skip("not today")
    def test_skipped(self):
        self.fail()

    def test_raises(self):
        with self.assertRaisesRegex(ZeroDivisionError, "zero"):
            1 // 0


out = io.StringIO()
result = unittest.TextTestRunner(out).run(unittest.defaultTestLoader.loadTestsFromTestCase(Sums))
print(result, out.getvalue().split("\n")[0])
print([line for line in out.getvalue().split("\n") if line.startswith(("-", "+", "First", "Lists"))])

# expect: <unittest.runner.TextTestResult run=4 errors=0 failures=1> ..sF
# expect: ['----------------------------------------------------------------------', 'First differing element 1:', '- [1, 2]', '+ [1, 3]', '----------------------------------------------------------------------']
