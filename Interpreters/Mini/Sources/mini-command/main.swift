import InterpreterKit
import Mini

let interpreter = try Interpreter<Mini>(backend: .gil, output: Output { _ in })
print(try interpreter.run(Source(name: "x", text: "")))
print(interpreter.machine.totals()[.quanta])
